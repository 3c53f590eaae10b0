"""Homes to look over: one that has run a sample, one of a county's own that was only begun."""

import shutil
from pathlib import Path

import pytest

from consolidator.bootstrap import open_home
from consolidator.cli.main import main
from consolidator.home.creating import create_home, plan_county
from consolidator.home.running import run_once
from consolidator.transparency.keys import derive_signer, render_vkey

BEGUN_AT = 1_793_491_200  # 2026-11-01T00:00:00Z


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has run a sample; not to be changed."""
    folder = tmp_path_factory.mktemp("ran")
    sample, home = str(folder / "sample"), str(folder / "home")
    assert main(["sample", "--to", sample, "--lines", "500", "--seed", "3"]) == 0
    assert main(["init", "--home", home, "--county", "511112", "--sample", sample]) == 0
    assert main(["submit", "--home", home, sample]) == 0
    assert main(["run", "--home", home, "--once"]) == 4
    return folder / "home"


@pytest.fixture
def home(ran: Path, tmp_path: Path) -> Path:
    """A copy of it that may be damaged."""
    shutil.copytree(ran, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A county's own home, without adapters, whose genesis alone was run."""
    roots = [render_vkey(derive_signer(name, name.encode() * 4).verifier) for name in ("root-one", "root-two")]
    create_home(tmp_path / "own", plan_county("511112", "log.example/511112", roots, BEGUN_AT))
    run_once(open_home(tmp_path / "own"))
    return tmp_path / "own"
