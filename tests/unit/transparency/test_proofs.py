"""RFC 6962 proofs against the RFC's own definitions, and everything that must not pass for a proof."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.proofs import (
    check_consistency,
    check_growth,
    check_inclusion,
    make_consistency_proof,
    make_inclusion_proof,
    read_compact_range,
)
from consolidator.transparency.tree import EMPTY_ROOT, CompactRange, TreeHead
from schemas.errors import VerificationError
from tests.unit.transparency.naive import BORDER_SIZES, NaiveTree, numbered_leaves, serve

SMALL = 70
LEAVES = numbered_leaves(70_001)
TREE = NaiveTree(LEAVES)
READ = serve(LEAVES)
OTHER = b"\x55" * 32


def near(*sizes: int) -> list[int]:
    """Give places at the borders of tiles below a size, and the size's own ends."""
    return sorted({place for size in sizes for place in (*BORDER_SIZES, size - 2, size - 1) if 0 <= place < size})


def harmed(proof: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    """Give proofs that differ in one place: a bit, a hash left out, put in, doubled, exchanged, cut or lengthened."""
    for at, node in enumerate(proof):
        before, after = proof[:at], proof[at + 1 :]
        yield (*before, bytes([node[0] ^ 1]) + node[1:], *after)
        yield (*before, node[:-1] + bytes([node[-1] ^ 0x80]), *after)
        yield (*before, node[:-1], *after)
        yield (*before, node + b"\0", *after)
        yield (*before, *after)
        yield (*before, node, *proof[at:])
        yield (*before, OTHER, *after)
    yield (*proof, OTHER)
    yield (OTHER, *proof)
    for at in range(1, len(proof)):
        yield (*proof[: at - 1], proof[at], proof[at - 1], *proof[at + 1 :])


def test_every_inclusion_proof_of_small_trees_is_the_one_of_the_definition() -> None:
    for size in range(1, SMALL):
        for index in range(size):
            proof = make_inclusion_proof(READ, index, size)
            assert list(proof) == TREE.path(index, 0, size)
            check_inclusion(LEAVES[index], index, TREE.head(size), proof)


def test_every_consistency_proof_of_small_trees_is_the_one_of_the_definition() -> None:
    for size in range(1, SMALL):
        for old in range(1, size + 1):
            proof = make_consistency_proof(READ, old, size)
            assert list(proof) == TREE.proof(old, 0, size)
            check_consistency(TREE.head(old), TREE.head(size), proof)


@pytest.mark.parametrize("size", [size for size in BORDER_SIZES if size])
def test_proofs_at_the_borders_of_tiles_are_those_of_the_definition(size: int) -> None:
    read = serve(LEAVES[:size])
    for index in near(size):
        proof = make_inclusion_proof(read, index, size)
        assert list(proof) == TREE.path(index, 0, size)
        check_inclusion(LEAVES[index], index, TREE.head(size), proof)
    for old in [*near(size)[1:], size]:
        proof = make_consistency_proof(read, old, size)
        assert list(proof) == TREE.proof(old, 0, size)
        check_consistency(TREE.head(old), TREE.head(size), proof)


@given(st.data())
def test_any_proof_of_any_tree_is_the_one_of_the_definition(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    assert list(make_inclusion_proof(READ, index, size)) == TREE.path(index, 0, size)
    assert list(make_consistency_proof(READ, old, size)) == TREE.proof(old, 0, size)
    check_inclusion(LEAVES[index], index, TREE.head(size), TREE.path(index, 0, size))
    check_consistency(TREE.head(old), TREE.head(size), TREE.proof(old, 0, size))


@pytest.mark.parametrize("size", BORDER_SIZES)
def test_the_compact_range_comes_back_from_the_tree(size: int) -> None:
    assert read_compact_range(READ, size) == CompactRange().append_hashes(LEAVES[:size])


@pytest.mark.parametrize(
    ("index", "size"), [(0, 1), (0, 2), (1, 2), (2, 3), (5, 7), (6, 7), (3, 8), (300, 700), (0, 257)]
)
def test_an_inclusion_proof_harmed_in_one_place_proves_nothing(index: int, size: int) -> None:
    proof, head = make_inclusion_proof(READ, index, size), TREE.head(size)
    check_inclusion(LEAVES[index], index, head, proof)
    for other in harmed(proof):
        with pytest.raises(VerificationError):
            check_inclusion(LEAVES[index], index, head, other)


@pytest.mark.parametrize(
    ("old", "size"), [(1, 2), (1, 3), (2, 3), (3, 7), (4, 7), (6, 7), (7, 7), (8, 8), (300, 700), (256, 257)]
)
def test_a_consistency_proof_harmed_in_one_place_proves_nothing(old: int, size: int) -> None:
    proof, before, after = make_consistency_proof(READ, old, size), TREE.head(old), TREE.head(size)
    check_consistency(before, after, proof)
    for other in harmed(proof):
        with pytest.raises(VerificationError):
            check_consistency(before, after, other)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 257])
def test_an_inclusion_proof_holds_for_its_leaf_index_size_and_root_only(size: int) -> None:
    index, head = size // 2, TREE.head(size)
    proof, leaf = make_inclusion_proof(READ, index, size), LEAVES[size // 2]
    wrong = [(OTHER, index, head), (leaf, index, TreeHead(size, OTHER)), (leaf[:-1], index, head), (b"", index, head)]
    wrong += [(leaf, place, head) for place in range(-1, size + 2) if place != index]
    wrong += [(leaf, index, TreeHead(count, head.root)) for count in (-1, 0, index, 2 * size, 2**62, 2**64 + size)]
    for other, place, claimed in wrong:
        with pytest.raises(VerificationError):
            check_inclusion(other, place, claimed, proof)


@pytest.mark.parametrize(("old", "size"), [(1, 2), (2, 3), (3, 7), (4, 7), (4, 8), (6, 7), (7, 7), (200, 257)])
def test_a_consistency_proof_holds_for_its_two_heads_only(old: int, size: int) -> None:
    before, after, proof = TREE.head(old), TREE.head(size), make_consistency_proof(READ, old, size)
    wrong = [(TreeHead(old, OTHER), after), (before, TreeHead(size, OTHER)), (TreeHead(0, EMPTY_ROOT), after)]
    wrong += [(TreeHead(old, after.root), TreeHead(size, before.root))] if old < size else []
    wrong += [(after, before)] if old < size else []
    wrong += [
        (TreeHead(-1, before.root), after),
        (before, TreeHead(old - 1, after.root)),
        (before, TreeHead(2**64, after.root)),
    ]
    for first, second in wrong:
        with pytest.raises(VerificationError):
            check_consistency(first, second, proof)


def test_a_consistency_proof_serves_no_other_pair_of_sizes_where_it_says_something() -> None:
    """Sizes of the same shape take the same proof; then the roots, which bind their sizes, must be the right ones."""
    for old, size in pairwise(range(1, 40)):
        for claimed in range(1, 80):
            if claimed != size:
                with pytest.raises(VerificationError):
                    check_consistency(TREE.head(old), TreeHead(claimed, OTHER), make_consistency_proof(READ, old, size))


def test_hashes_of_other_lengths_prove_nothing_though_they_join_to_the_same_bytes() -> None:
    leaf, sibling, head = LEAVES[0], LEAVES[1], TREE.head(2)
    check_inclusion(leaf, 0, head, (sibling,))
    with pytest.raises(VerificationError, match="leaf hash is none"):
        check_inclusion(leaf[:-1], 0, head, (leaf[-1:] + sibling,))
    with pytest.raises(VerificationError, match="leaf hash is none"):
        check_inclusion(b"", 0, TreeHead(1, b""), ())
    for wrong in (sibling[:-1], sibling + b"\0", b""):
        with pytest.raises(VerificationError, match="1 hashes of 32 bytes"):
            check_inclusion(leaf, 0, head, (wrong,))


def test_nothing_is_proven_from_an_empty_tree_but_a_witness_starts_there() -> None:
    empty, head = TreeHead(0, EMPTY_ROOT), TREE.head(7)
    for new in (empty, head):
        with pytest.raises(VerificationError, match="one of 0"):
            check_consistency(empty, new, ())
        check_growth(empty, new, ())
    assert make_consistency_proof(READ, 0, 7) == ()


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (TreeHead(0, EMPTY_ROOT), TREE.head(7), (OTHER,)),
        (TreeHead(0, OTHER), TREE.head(7), ()),
        (TreeHead(0, EMPTY_ROOT), TreeHead(0, OTHER), ()),
        (TreeHead(0, EMPTY_ROOT), TreeHead(-1, EMPTY_ROOT), ()),
        (TREE.head(3), TREE.head(7), ()),
        (TREE.head(7), TreeHead(7, OTHER), ()),
        (TREE.head(7), TREE.head(6), ()),
        (TREE.head(7), TreeHead(0, EMPTY_ROOT), ()),
    ],
)
def test_a_witness_refuses_growth_that_is_none(old: TreeHead, new: TreeHead, proof: tuple[bytes, ...]) -> None:
    with pytest.raises(VerificationError):
        check_growth(old, new, proof)


def test_a_witness_sees_the_same_head_again_and_growth_with_its_proof() -> None:
    check_growth(TREE.head(7), TREE.head(7), ())
    check_growth(TREE.head(3), TREE.head(7), make_consistency_proof(READ, 3, 7))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (7, 7), (-1, 7), (70_001, 70_001)])
def test_no_proof_is_made_for_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(VerificationError, match="has no entry"):
        make_inclusion_proof(READ, index, size)


@pytest.mark.parametrize(("old", "size"), [(8, 7), (-1, 7)])
def test_no_proof_is_made_for_a_log_that_shrinks(old: int, size: int) -> None:
    with pytest.raises(VerificationError, match="does not grow"):
        make_consistency_proof(READ, old, size)
