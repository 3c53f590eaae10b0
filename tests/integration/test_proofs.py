"""Proofs of single entries, made from a published log and checked by somebody who has only the file and his policy."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from consolidator.cli.main import main
from consolidator.transparency.keys import derive_signer
from consolidator.transparency.tlogproof import parse_tlog_proof
from schemas.extras import Extra, render_extra
from tests.support.published import serve
from tests.unit.verify.exported import ENTRIES, Exported, export, head_of, make_policy
from tests.unit.verify.spoiling import SIZE, WIDTH, flip

INDEX = 300
Change = Callable[[bytes, Exported], bytes]


@pytest.fixture
def log(tmp_path: Path) -> Exported:
    return export(tmp_path)


@pytest.fixture
def proof(log: Exported) -> Path:
    """A proof of entry 300, checked as it is: a check that refuses everything would refuse it."""
    path = log.root / "300.tlog-proof"
    assert prove(log, INDEX, path) == check(path, log) == 0
    return path


def prove(log: Exported, index: int, to: Path) -> int:
    """Make the proof of an entry."""
    words = ["--dir", str(log.folder), "--policy", str(log.root / "policy.txt"), "--index", str(index), "--to", str(to)]
    return main(["log", "prove", *words])


def check(path: Path, log: Exported) -> int:
    """Check a proof under the log's policy."""
    return main(["log", "check-proof", str(path), "--policy", str(log.root / "policy.txt")])


@pytest.mark.parametrize("index", [0, 1, 255, 256, 511, 512, SIZE - WIDTH, SIZE - 1])
def test_any_entry_can_be_proved_and_is_shown(
    log: Exported, index: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prove(log, index, tmp_path / "proof") == 0
    capsys.readouterr()
    assert check(tmp_path / "proof", log) == 0
    told = capsys.readouterr()
    assert told.out.encode() == ENTRIES[index] + b"\n"
    assert f"entry {index}" in told.err
    assert "w1 w2 w3 w4" in told.err


def test_a_proof_can_be_made_over_http_and_written_to_the_screen(
    log: Exported, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(log.folder) as url:
        words = ["--url", url, "--policy", str(log.root / "policy.txt"), "--index", "7"]
        assert main(["log", "prove", *words]) == 0
    (tmp_path / "proof").write_text(capsys.readouterr().out, encoding="utf-8")
    assert check(tmp_path / "proof", log) == 0


@pytest.mark.parametrize("index", [SIZE, SIZE + 256, 10**17])
def test_an_entry_that_is_not_there_cannot_be_proved(log: Exported, index: int, tmp_path: Path) -> None:
    assert prove(log, index, tmp_path / "proof") == 3
    assert not (tmp_path / "proof").exists()


def test_a_negative_index_is_a_slip(log: Exported, tmp_path: Path) -> None:
    assert prove(log, -1, tmp_path / "proof") == 2


def test_a_damaged_tile_gives_no_proof(log: Exported, tmp_path: Path) -> None:
    log.edit("tile/0/001", flip((INDEX - 256 + 1) * 32))
    assert prove(log, INDEX, tmp_path / "proof") == 3
    assert not (tmp_path / "proof").exists()


def test_a_damaged_entry_gives_no_proof(log: Exported, tmp_path: Path) -> None:
    log.edit("tile/entries/001", lambda raw: raw.replace(ENTRIES[INDEX], ENTRIES[INDEX].replace(b"5", b"6")))
    assert prove(log, INDEX, tmp_path / "proof") == 3
    assert not (tmp_path / "proof").exists()


def edit_line(start: bytes, change: Callable[[bytes], bytes]) -> Change:
    """Change the first line that begins so."""

    def rewrite(raw: bytes, _: Exported) -> bytes:
        lines = raw.split(b"\n")
        at = next(number for number, line in enumerate(lines) if line.startswith(start))
        lines[at] = change(lines[at])
        return b"\n".join(lines)

    return rewrite


def edit_hashes(change: Callable[[list[bytes]], object]) -> Change:
    """Change the list of hashes."""

    def rewrite(raw: bytes, _: Exported) -> bytes:
        head, blank, checkpoint = raw.partition(b"\n\n")
        lines = head.split(b"\n")
        hashes = lines[3:]
        change(hashes)
        return b"\n".join([*lines[:3], *hashes]) + blank + checkpoint

    return rewrite


def put_entry(entry: bytes) -> Change:
    """Let another entry go along with the proof."""
    return edit_line(b"extra ", lambda _: b"extra " + b64encode(render_extra(Extra(entry))))


def put_extra(extra: bytes) -> Change:
    """Let other bytes go along with the proof."""
    return edit_line(b"extra ", lambda _: b"extra " + b64encode(extra))


def put_checkpoint(make: Callable[[Exported], bytes]) -> Change:
    """Put another checkpoint under the proof."""
    return lambda raw, log: raw.partition(b"\n\n")[0] + b"\n\n" + make(log)


SPOILED: Mapping[str, tuple[Change, str]] = {
    "another entry": (put_entry(ENTRIES[301]), "does not lead to the checkpoint's root"),
    "one digit of the entry": (put_entry(ENTRIES[300].replace(b":10,", b":11,")), "does not lead"),
    "a space in the entry": (put_entry(ENTRIES[300] + b" "), "does not lead"),
    "another index": (edit_line(b"index ", lambda _: b"index 301"), "does not lead"),
    "an index behind the log": (edit_line(b"index ", lambda _: b"index 9999"), "has no entry 9999"),
    "an index with a zero in front": (edit_line(b"index ", lambda _: b"index 0300"), "not a tlog-proof"),
    "a hash left out": (edit_hashes(list.pop), "the proof must have [0-9]+ hashes"),
    "a hash more": (edit_hashes(lambda h: h.append(h[0])), "the proof must have [0-9]+ hashes"),
    "two hashes swapped": (edit_hashes(list.reverse), "does not lead"),
    "a hash in another spelling": (edit_hashes(lambda h: h.__setitem__(0, h[0][:-1])), "not a tlog-proof"),
    "a hash of zeros": (edit_hashes(lambda h: h.__setitem__(0, b64encode(bytes(32)))), "does not lead"),
    "another first line": (lambda raw, _: raw.replace(b"@v1", b"@v2", 1), "not a tlog-proof"),
    "a blank line at the end": (lambda raw, _: raw + b"\n", "a note"),
    "cut in the checkpoint": (lambda raw, _: raw[:-30], "a note ends in a newline"),
    "cut in the hashes": (lambda raw, _: raw[: raw.index(b"index") + 20], "not a tlog-proof"),
    "no entry": (lambda raw, _: re.sub(b"extra .*\n", b"", raw), "no extra line"),
    "an entry that is none": (put_extra(b"{}"), "holds no entry"),
    "an extra that is no JSON": (put_extra(b"\xff"), "holds no entry"),
    "an extra with white space": (put_extra(render_extra(Extra(ENTRIES[300])) + b" "), "holds no entry"),
    "an extra with a field more": (put_extra(b'{"entry":"x","more":1,"v":1}'), "holds no entry"),
    "an entry with a lone surrogate": (put_extra(rb'{"entry":"\ud800","v":1}'), "holds no entry"),
    "a checkpoint of another size": (
        put_checkpoint(lambda log: log.cosign(head_of(ENTRIES[:-1]))),
        "does not lead|must have",
    ),
    "two witnesses where three are enough": (
        put_checkpoint(lambda log: log.cosign(head_of(ENTRIES), (1, 2))),
        "too few witnesses",
    ),
    "one witness twice": (put_checkpoint(lambda log: log.cosign(head_of(ENTRIES), (1, 2, 2))), "too few witnesses"),
    "a bit in the checkpoint's root": (
        put_checkpoint(lambda log: flip(30)(log.cosign(head_of(ENTRIES)))),
        "a signature under a known key is wrong|not a checkpoint|no known key",
    ),
    "too long": (lambda raw, _: raw + bytes(2_000_000), "a proof has at most"),
    "nothing": (lambda _, __: b"", "not a tlog-proof"),
}


@pytest.mark.parametrize(("change", "reason"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_proof_is_refused_for_the_right_reason(
    log: Exported, proof: Path, change: Change, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = proof.read_bytes()
    proof.write_bytes(change(before, log))
    assert proof.read_bytes() != before
    capsys.readouterr()
    assert check(proof, log) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert re.search(reason, told.err), told.err


def test_a_proof_of_another_log_is_refused(log: Exported, proof: Path) -> None:
    (log.root / "policy.txt").write_bytes(make_policy(derive_signer("log.example/other", bytes(32))))
    assert check(proof, log) == 3


def test_a_proof_that_is_not_there_is_a_slip(log: Exported) -> None:
    assert check(log.root / "none", log) == 2


def test_cosignatures_may_stand_in_any_order(log: Exported, proof: Path) -> None:
    signed = log.cosign(head_of(ENTRIES), (4, 2, 3))
    proof.write_bytes(proof.read_bytes().partition(b"\n\n")[0] + b"\n\n" + signed)
    assert check(proof, log) == 0
    assert parse_tlog_proof(proof.read_bytes()).index == INDEX
