"""Kill -9 at every write and at random moments: the next start gives the same log and the same order files."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from consolidator.cli.main import main
from tests.simulation.campaign import describe

pytestmark = pytest.mark.kill
CAMPAIGN = Path(__file__).with_name("campaign.py")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home of 2,000 lines whose commands all wait."""
    folder = tmp_path_factory.mktemp("county")
    assert main(["sample", "--to", str(folder / "sample"), "--lines", "2000", "--seed", "7"]) == 0
    assert main(["init", "--home", str(folder / "home"), "--county", "511112", "--sample", str(folder / "sample")]) == 0
    assert main(["submit", "--home", str(folder / "home"), str(folder / "sample")]) == 0
    return folder / "home"


@pytest.fixture(scope="module")
def undisturbed(home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run a copy of it in peace."""
    work = tmp_path_factory.mktemp("peace")
    shutil.copytree(home, work / "copy")
    assert main(["run", "--home", str(work / "copy"), "--once"]) == 4
    told = describe(work / "copy")
    assert told["outbox"]
    return told


def call(words: list[str]) -> str:
    """Run a process of this project's Python; its output."""
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True, timeout=1800)  # noqa: S603 -- our own words
    return done.stdout


def kill(what: str, home: Path, work: Path, *numbers: str) -> dict[str, Any]:
    """Run a campaign; what it tells."""
    words = [sys.executable, "-m", "tests.simulation.campaign", what, str(home), str(work), *numbers]
    told: dict[str, Any] = json.loads(call(words))
    return told


def test_a_kill_before_any_write_to_the_journal_changes_nothing(
    home: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    told = kill("journal", home, tmp_path)
    assert told["points"] > 50
    assert told["last_code"] in (0, 4)  # what was refused was told by the start that committed it
    assert all(ending == undisturbed for ending in told["endings"])


@pytest.mark.soak
def test_a_kill_before_any_write_at_all_changes_nothing(
    home: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    told = kill("everything", home, tmp_path)
    assert told["points"] > 400
    assert all(ending == undisturbed for ending in told["endings"])


def test_two_hundred_kills_at_random_moments_change_nothing(
    home: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    told = kill("moments", home, tmp_path, "200", "7")
    assert told["kills"] >= 200
    assert all(ending == undisturbed for ending in told["endings"])
