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


def begin(what: str, home: Path, work: Path, *numbers: str) -> subprocess.Popen[str]:
    """Start a campaign in a process of its own."""
    words = [sys.executable, "-m", "tests.simulation.campaign", what, str(home), str(work), *numbers]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own words


def end(campaign: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a campaign; what it tells."""
    output, _ = campaign.communicate(timeout=1800)
    assert campaign.returncode == 0
    told: dict[str, Any] = json.loads(output)
    return told


def test_kills_before_any_write_to_the_journal_and_at_two_hundred_moments_change_nothing(
    home: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    """Both campaigns side by side: each is long, and neither uses more than one core."""
    works = [tmp_path / "points", tmp_path / "moments"]
    for work in works:
        work.mkdir()
    running = [begin("journal", home, works[0]), begin("moments", home, works[1], "200", "7")]
    points, moments = map(end, running)
    assert points["points"] > 50
    assert points["last_code"] in (0, 4)  # what was refused was told by the start that committed it
    assert moments["kills"] >= 200
    assert all(ending == undisturbed for ending in [*points["endings"], *moments["endings"]])


@pytest.mark.soak
def test_a_kill_before_any_write_at_all_changes_nothing(
    home: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    everything = end(begin("everything", home, tmp_path))
    assert everything["points"] > 400
    assert all(ending == undisturbed for ending in everything["endings"])
