"""Somebody else's witness, litewitness, built once a run from what go.mod pins. Without Go, the tests say so."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.transparency.parties import LOG_VKEY
from tests.unit.witness.bench import Client
from tests.witnesses.lite import open_lite

HERE = Path(__file__).parent


def do_without(reason: str) -> None:
    """Skip, or fail where everything must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true the other witness must run")
    pytest.skip(f"{reason}: no other witness was asked")


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build litewitness."""
    if shutil.which("go") is None:
        do_without("Go is not installed")
    path = tmp_path_factory.mktemp("witnesses") / "litewitness"
    words = ["go", "build", "-o", str(path), "filippo.io/torchwood/cmd/litewitness"]
    built = subprocess.run(words, cwd=HERE, capture_output=True, text=True, check=False)  # noqa: S603 -- the one Go there is, no shell
    if built.returncode != 0:
        do_without(f"Go cannot build litewitness ({built.stderr.strip().splitlines()[-1]})")
    return path


@pytest.fixture
def lite(program: Path, tmp_path: Path) -> Iterator[Client]:
    """Give somebody who talks to a litewitness that knows our log."""
    with open_lite(program, tmp_path, LOG_VKEY) as running:
        yield Client(running.url)
