"""Everything that can be done to an exported log, before the eyes of the command line."""

import re
from pathlib import Path

import pytest

from consolidator.cli.main import main
from tests.unit.verify.exported import ENTRIES, Exported, export, head_of
from tests.unit.verify.spoiling import CHECKPOINTS, FILES, HARMLESS, HISTORIES, LIES, Spoil

SPOILED = {**FILES, **CHECKPOINTS, **HISTORIES, **LIES}


@pytest.fixture
def log(tmp_path: Path) -> Exported:
    """The untouched log, verified: a verifier that refuses everything would refuse it."""
    exported = export(tmp_path)
    assert verify(exported) == 0
    return exported


def verify(log: Exported) -> int:
    """Verify the log as it is now."""
    words = ["log", "verify", "--dir", str(log.folder), "--policy", str(log.root / "policy.txt"), "--max-age", "300"]
    return main([*words, *(["--seen", str(log.seen)] if log.seen.exists() else [])])


@pytest.mark.parametrize(("spoil", "reason"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_log_is_refused_for_the_right_reason(
    log: Exported, spoil: Spoil, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(log)
    seen = log.seen.read_bytes() if log.seen.exists() else b""
    capsys.readouterr()
    assert verify(log) == 3
    told = capsys.readouterr()
    assert told.out == ""  # nothing that could be taken for a result
    assert re.search(reason, told.err), told.err
    assert (log.seen.read_bytes() if log.seen.exists() else b"") == seen


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_change_is_accepted(log: Exported, change: Spoil) -> None:
    change(log)
    assert verify(log) == 0


def test_there_are_enough_ways_to_spoil_a_log() -> None:
    assert len(SPOILED) >= 60


@pytest.mark.parametrize("name", HISTORIES)
def test_both_checkpoints_are_kept_as_evidence_when_the_log_signed_both(log: Exported, name: str) -> None:
    before = (log.folder / "checkpoint").read_bytes()
    HISTORIES[name][0](log)
    assert verify(log) == 3
    kept = {path.read_bytes() for path in log.seen.parent.glob("checkpoint.evidence-*")}
    expected = {before, (log.folder / "checkpoint").read_bytes()}
    assert kept == (set() if name == "grown, and two entries swapped" else expected)


def test_what_was_seen_is_replaced_by_a_later_head_only(log: Exported) -> None:
    HARMLESS["the same head seen before"](log)
    seen = log.seen.read_bytes()
    log.put_checkpoint(log.cosign(head_of(ENTRIES), (1, 2, 3)))
    assert verify(log) == 0
    assert log.seen.read_bytes() == seen
    HARMLESS["grown since it was seen"](log)
    assert verify(log) == 0
    assert log.seen.read_bytes() == (log.folder / "checkpoint").read_bytes() != seen
