"""The Merkle tree against RFC 6962's own definition, written as plainly as the RFC does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.tree import CompactRange, leaf_hash, node_hash
from schemas.errors import VerificationError
from tests.unit.transparency.naive import naive_root

EIGHT_LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]


def numbered(start: int, stop: int) -> list[bytes]:
    """Give distinct entries, so that a leaf in a wrong place changes the root."""
    return [b"entry %d" % number for number in range(start, stop)]


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (CompactRange().root(), "e3b0c442"),
        (leaf_hash(b""), "6e340b9c"),
        (leaf_hash(b"L123456"), "395aa064"),
        (node_hash(b"N123", b"N456"), "aa217fe8"),
        (CompactRange().append_many(EIGHT_LEAVES).root(), "5dc9da79"),
        (CompactRange().append_many([b"r%d" % number for number in range(7)]).root(), "265b3e27ddb760f8"),
    ],
    ids=["empty tree", "empty leaf", "leaf", "node", "eight leaves", "seven leaves"],
)
def test_the_published_anchors_come_out(got: bytes, expected: str) -> None:
    assert got.hex().startswith(expected)


def test_every_size_to_600_has_the_root_of_the_definition_when_leaves_come_one_by_one() -> None:
    entries = numbered(0, 600)
    tree = CompactRange()
    for size, entry in enumerate(entries):
        assert tree.root() == naive_root(entries[:size])
        tree = tree.append_many([entry])
    assert tree.root() == naive_root(entries)


def test_every_size_to_600_has_the_root_of_the_definition_when_leaves_come_at_once() -> None:
    entries = numbered(0, 600)
    wrong = [n for n in range(601) if CompactRange().append_many(entries[:n]).root() != naive_root(entries[:n])]
    assert wrong == []


@given(st.lists(st.integers(0, 300), max_size=8))
def test_the_splits_of_the_appends_never_reach_the_tree(counts: list[int]) -> None:
    tree, at = CompactRange(), 0
    for count in counts:
        tree = tree.append_many(numbered(at, at + count))
        at += count
    assert tree == CompactRange().append_many(numbered(0, at))
    assert tree.size == at
    assert tree.root() == naive_root(numbered(0, at))


@given(st.integers(0, 2000), st.integers(0, 700))
def test_a_long_run_on_any_tree_equals_its_leaf_hashes_appended_one_by_one(old: int, new: int) -> None:
    start = CompactRange().append_many(numbered(0, old))
    slow = start
    for leaf in map(leaf_hash, numbered(old, old + new)):
        slow = slow.append_hashes([leaf])
    assert start.append_many(numbered(old, old + new)) == slow


def test_peaks_are_the_full_subtrees_the_largest_first() -> None:
    entries = numbered(0, 7)
    tree = CompactRange().append_many(entries)
    assert tree.peaks == (naive_root(entries[:4]), naive_root(entries[4:6]), naive_root(entries[6:]))


def test_a_range_goes_on_from_its_recorded_size_and_peaks() -> None:
    tree = CompactRange().append_many(numbered(0, 1000))
    again = CompactRange(tree.size, tree.peaks)
    assert again.append_many(numbered(1000, 1300)).root() == naive_root(numbered(0, 1300))


def test_appending_leaves_the_old_range_as_it_was() -> None:
    tree = CompactRange().append_many(numbered(0, 5))
    before = (tree.size, tree.peaks, tree.root())
    leaves = [leaf_hash(b"more")]
    tree.append_hashes(leaves)
    assert (tree.size, tree.peaks, tree.root()) == before
    assert leaves == [leaf_hash(b"more")]


@pytest.mark.parametrize(
    ("size", "peaks"),
    [
        (-1, ()),
        (-1, (bytes(32),)),
        (0, (bytes(32),)),
        (1, ()),
        (3, (bytes(32),)),
        (4, (bytes(32), bytes(32))),
        (1, (bytes(31),)),
        (3, (bytes(32), bytes(33))),
    ],
)
def test_a_size_that_does_not_fit_its_peaks_is_refused(size: int, peaks: tuple[bytes, ...]) -> None:
    with pytest.raises(VerificationError):
        CompactRange(size, peaks)


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    forged = CompactRange().append_many([left + right])
    assert forged.root() != CompactRange().append_many([b"a", b"b"]).root()
