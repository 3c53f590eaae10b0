import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.errors import ConflictError
from streams.embedded.lock import find_holder, hold_lock

HOLDER = """
import sys
from pathlib import Path
from streams.embedded.lock import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def _start_holder(path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(  # noqa: S603 -- our own
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_process_is_told_who_runs_the_ledger(tmp_path: Path) -> None:
    with _start_holder(tmp_path / "ledger.lock") as holder:
        with pytest.raises(ConflictError, match=str(holder.pid)), hold_lock(tmp_path / "ledger.lock"):
            pass
        holder.communicate()
    with hold_lock(tmp_path / "ledger.lock"):
        assert (tmp_path / "ledger.lock").read_text() == str(os.getpid())


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with _start_holder(tmp_path / "ledger.lock") as holder:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    with hold_lock(tmp_path / "ledger.lock"):
        pass


def test_the_lock_is_free_after_an_exception_and_the_file_stays(tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError), hold_lock(tmp_path / "ledger.lock"):
        raise ArithmeticError
    with hold_lock(tmp_path / "ledger.lock"), pytest.raises(ConflictError), hold_lock(tmp_path / "ledger.lock"):
        pass
    assert (tmp_path / "ledger.lock").is_file()


def test_another_process_that_holds_the_lock_is_found_without_trying_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.lock"
    assert find_holder(path) is None
    with _start_holder(path) as holder:
        assert find_holder(path) == holder.pid
        holder.communicate()
    assert find_holder(path) is None
    with hold_lock(path):
        assert find_holder(path) is None  # that is we ourselves


@pytest.mark.parametrize("content", ["", "x", "-", "9" * 20, "\xff"])
def test_a_lock_file_that_names_nobody_is_held_by_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / "ledger.lock").write_text(content, encoding="latin-1")
    assert find_holder(tmp_path / "ledger.lock") is None


def test_a_holder_under_another_user_lives_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_process: int, _signal: int) -> None:
        raise PermissionError

    (tmp_path / "ledger.lock").write_text("1")
    monkeypatch.setattr(os, "kill", refuse)
    assert find_holder(tmp_path / "ledger.lock") == 1
