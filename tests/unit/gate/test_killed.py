"""Kill -9 of the gate, and of a bank's receiver, at every write: a file is there once, and never without its proof."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.kill
ROOT = Path(__file__).parents[3]


def test_killed_at_any_write_the_gate_sends_once_and_never_a_file_without_its_proof(tmp_path: Path) -> None:
    assert count_points("killing", tmp_path)["points"] > 25


def test_killed_or_stopped_at_any_write_a_receiver_receives_once_and_never_without_the_proof(tmp_path: Path) -> None:
    points = count_points("accepting_killed", tmp_path)
    assert points["points"] > 15
    assert points["stopped"] == points["points"]


def count_points(script: str, work: Path) -> dict[str, int]:
    """Run a script that kills; gives at how many points it did."""
    command = [sys.executable, "-m", f"tests.unit.gate.{script}", str(work)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 -- our own
    points: dict[str, int] = json.loads(done.stdout)
    return points
