"""Kill -9 of the gate at every write: the order file is out once, and never without its proof."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.kill
ROOT = Path(__file__).parents[3]


def test_killed_at_any_write_the_gate_sends_once_and_never_a_file_without_its_proof(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.unit.gate.killing", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 -- our own
    assert json.loads(done.stdout)["points"] > 25
