"""Signature, tree, bundles and canonical bytes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.keys import derive_signer
from consolidator.verify.bundles import split_bundle
from consolidator.verify.log import verify_log
from schemas.commits import Bundle
from schemas.errors import VerificationError
from tests.unit.verify.story import ORIGIN, SIGNER, STORY, pack, render, seal

RAW = [render(entry) for entry in STORY]
CHECKPOINT = seal(RAW)


def _refuse(bundles: list[Bundle], reason: str, checkpoint: bytes = CHECKPOINT) -> None:
    with pytest.raises(VerificationError, match=reason):
        verify_log(bundles, checkpoint, SIGNER.verifier)


def test_any_cut_into_bundles_is_the_same_log() -> None:
    roots = {verify_log(pack(RAW, size), CHECKPOINT, SIGNER.verifier).root for size in (1, 3, 256)}
    assert len(roots) == 1


def test_entries_behind_the_checkpoint_are_not_looked_at() -> None:
    later = Bundle(len(RAW), 1, b"anything", b"")
    sizes: list[int] = []
    report = verify_log([*pack(RAW), later], CHECKPOINT, SIGNER.verifier, lambda tree: sizes.append(tree.size))
    assert report.size == len(RAW) == sizes[-1]


def test_an_empty_log_is_a_log() -> None:
    assert verify_log([], seal([]), SIGNER.verifier).size == 0


def test_a_checkpoint_of_another_key_is_refused() -> None:
    _refuse(pack(RAW), "no known key", seal(RAW, derive_signer(ORIGIN, b"\1" * 32)))


def test_a_checkpoint_with_a_changed_size_is_refused() -> None:
    text = CHECKPOINT.decode().replace(f"\n{len(RAW)}\n", f"\n{len(RAW) - 1}\n")
    _refuse(pack(RAW), "signature", text.encode())


def test_an_entry_changed_in_meaningless_bytes_breaks_the_root() -> None:
    changed = [raw.replace(b'"village":""', b'"village":"511112001001"', 1) for raw in RAW]
    _refuse(pack(changed), "root is not the checkpoint's")


def test_a_log_that_ends_early_is_refused() -> None:
    _refuse(pack(RAW)[:-1], "the log ends after")


def test_a_bundle_left_out_is_refused() -> None:
    bundles = pack(RAW)
    _refuse([bundles[0], *bundles[2:]], "the bundle after entry 6 begins at entry 14")


def test_a_bundle_twice_is_refused() -> None:
    bundles = pack(RAW)
    _refuse([bundles[0], *bundles], "begins at entry 0")


def test_a_checkpoint_inside_a_bundle_is_refused() -> None:
    _refuse(pack(RAW), "middle of a bundle", seal(RAW[:9]))


@pytest.mark.parametrize("harm", ["cut", "longer", "count", "none", "many"])
def test_a_torn_bundle_is_refused(harm: str) -> None:
    whole = pack(RAW)[0]
    torn = {
        "cut": replace(whole, entries=whole.entries[:-1]),
        "longer": replace(whole, entries=whole.entries + b"\0"),
        "count": replace(whole, count=whole.count + 1),
        "none": Bundle(0, 0, b"", b""),
        "many": Bundle(0, 257, b"\0\0" * 257, b""),
    }
    with pytest.raises(VerificationError, match="torn"):
        split_bundle(torn[harm])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'","bank":', b'", "bank":'),
        (b'"amount_fen":100,', b'"amount_fen":1e2,'),
        (b'"amount_fen":100,', b'"amount_fen":100.0,'),
        (b'"amount_fen":100,', b'"amount_fen":1,"amount_fen":100,'),
        (b'"kind":"line"', b'"kind":"\\u006cine"'),
        (b'"village":""', b'"village":"\\u4e2d"'),
        (b'"village":""', b'"village":"\\/"'),
        (b'"village":""', b'"village":"\xff"'),
        (b'"v":1,"village":""}', b'"village":"","v":1}'),
        (b'"v":1,"village":""}', b'"v":1,"village":""}\n'),
    ],
)
def test_an_entry_that_is_not_canonical_is_refused(old: bytes, new: bytes) -> None:
    assert old in RAW[4]
    raw = [*RAW[:4], RAW[4].replace(old, new), *RAW[5:]]
    _refuse(pack(raw), "entry 4: its (fields are not|kind is not)|entry 4: it is not canonical", seal(raw))


@given(st.integers(0, len(RAW) - 1), st.binary(max_size=80))
def test_any_bytes_in_place_of_an_entry_are_refused_and_nothing_else_happens(index: int, junk: bytes) -> None:
    raw = [*RAW[:index], junk, *RAW[index + 1 :]]
    _refuse(pack(raw), f"entry {index}: ", seal(raw))


@given(st.data())
def test_one_changed_byte_anywhere_is_refused(data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(RAW) - 1))
    place = data.draw(st.integers(0, len(RAW[index]) - 1))
    byte = data.draw(st.integers(1, 255))
    entry = RAW[index]
    changed = entry[:place] + bytes([entry[place] ^ byte]) + entry[place + 1 :]
    with pytest.raises(VerificationError):
        verify_log(pack([*RAW[:index], changed, *RAW[index + 1 :]]), CHECKPOINT, SIGNER.verifier)
