"""Snapshots in a folder that workers share: whole or not there, and never removed by one who was shut out."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from schemas.errors import DependencyError
from streams.kafka.states import States


def _digest(state: bytes) -> str:
    return sha256(state).hexdigest()


def test_a_state_is_found_again_by_its_position_and_digest(tmp_path: Path) -> None:
    states = States(tmp_path / "county")
    states.keep(7, b"seven")
    assert states.find(7, _digest(b"seven")) == b"seven"
    assert states.find(8, _digest(b"seven")) is None
    assert states.find(7, _digest(b"eight")) is None
    (path,) = states.folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_state_that_was_changed_or_cut_off_is_not_given(tmp_path: Path) -> None:
    states = States(tmp_path)
    states.keep(7, b"seven")
    (path,) = tmp_path.iterdir()
    for raw in (b"sevem", b"seve", b""):
        path.write_bytes(raw)
        assert states.find(7, _digest(b"seven")) is None


def test_only_what_is_older_is_removed_with_the_drafts_that_a_dead_writer_left(tmp_path: Path) -> None:
    states = States(tmp_path)
    for position in (5, 9, 20, 1_000):
        states.keep(position, b"%d" % position)
    for position in (5, 20):
        (tmp_path / f".{position:015}-{'ab' * 32}.4711").write_bytes(b"half")
    (tmp_path / "a note of the operator's").write_bytes(b"")
    states.forget_before(20)
    assert [states.find(position, _digest(b"%d" % position)) for position in (5, 9, 20, 1_000)] == [
        None,
        None,
        b"20",
        b"1000",
    ]
    assert len(list(tmp_path.iterdir())) == 4


def test_an_owner_that_slept_through_two_others_removes_nothing_of_theirs(tmp_path: Path) -> None:
    """He stored the state at 9 and forgets what was before 5, his older one, when he wakes."""
    sleeper, heir = States(tmp_path), States(tmp_path)
    for position in (5, 9):
        sleeper.keep(position, b"%d" % position)
    heir.keep(12, b"12")
    heir.forget_before(9)
    sleeper.forget_before(5)
    assert heir.find(12, _digest(b"12")) == b"12"


WRITE = """
import resource, signal, sys
from pathlib import Path
from schemas.errors import DependencyError
from streams.kafka.states import States
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    States(Path(sys.argv[1])).keep(7, bytes(2000))
except DependencyError as error:
    sys.exit(error.exit_code)
"""


def test_a_full_disk_and_a_folder_without_rights_are_clear_errors(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", WRITE, str(tmp_path)], check=False)  # noqa: S603 -- our own words
    assert done.returncode == DependencyError.exit_code
    assert not list(tmp_path.glob("*.state"))
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DependencyError, match="cannot be written"):
        States(tmp_path / "file").keep(7, b"seven")
    with pytest.raises(DependencyError, match="cannot be written"):
        States(tmp_path / "nowhere").forget_before(7)
    assert States(tmp_path / "nowhere").find(7, "") is None
