"""A sample county that has run, for tests that look at it, and a way to ask the command line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consolidator.cli.main import main

Told = dict[str, Any]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample of 500 lines."""
    folder = tmp_path_factory.mktemp("sample") / "s"
    assert main(["sample", "--to", str(folder), "--lines", "500", "--seed", "3"]) == 0
    return folder


@pytest.fixture(scope="module")
def done(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has run the sample; not to be changed."""
    home = tmp_path_factory.mktemp("done") / "home"
    assert main(["init", "--home", str(home), "--county", "511112", "--sample", str(sample)]) == 0
    assert main(["submit", "--home", str(home), str(sample)]) == 0
    assert main(["run", "--home", str(home), "--once"]) == 4
    return home


@pytest.fixture
def home(done: Path, tmp_path: Path) -> Path:
    """A copy of the home that may be changed."""
    shutil.copytree(done, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Give what runs a command with --json and returns its object."""

    def call(*words: object, code: int = 0) -> Told:
        capsys.readouterr()
        assert main([*map(str, words), "--json"]) == code
        told: Told = json.loads(capsys.readouterr().out)
        return told

    return call
