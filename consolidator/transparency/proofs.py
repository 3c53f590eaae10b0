"""Owns RFC 6962 proofs (section 2.1.1 and 2.1.2): making them from subtree roots, checking them. Never reads a tile.

A node of the tree is named by its level (0 = leaves) and its index within the level: node (l, i) is the root of the
full subtree over the entries i·2^l to (i+1)·2^l - 1. Checks raise; none of them answers with a truth value.
"""

from collections.abc import Callable, Iterable, Sequence

from consolidator.transparency.tree import EMPTY_ROOT, HASH_BYTES, CompactRange, TreeHead, fold_peaks, node_hash
from schemas.errors import VerificationError

ReadNode = Callable[[int, int], bytes]
Proof = Sequence[bytes]


def make_inclusion_proof(read: ReadNode, index: int, size: int) -> tuple[bytes, ...]:
    """Make the proof that entry ``index`` is in the tree of ``size`` entries: the leaf's sibling first.

    Costs one ``read`` a level and a few more at the right edge. Raises VerificationError when there is no such entry.
    """
    if not 0 <= index < size:
        reason = f"a tree of {size} entries has no entry {index}"
        raise VerificationError(reason)
    return tuple(_list_siblings(read, 0, index, size))


def make_consistency_proof(read: ReadNode, old: int, size: int) -> tuple[bytes, ...]:
    """Make the proof that the tree of ``size`` entries begins with that of ``old`` entries.

    It is empty for equal sizes and for ``old`` = 0. Raises VerificationError when ``old`` is larger than ``size``.
    """
    if not 0 <= old <= size:
        reason = f"a tree of {size} entries does not grow out of one of {old}"
        raise VerificationError(reason)
    if old in (0, size):
        return ()
    level = _count_trailing_zeros(old)
    index = (old >> level) - 1
    siblings = _list_siblings(read, level, index, size)
    return tuple([read(level, index), *siblings] if index else siblings)


def read_compact_range(read: ReadNode, size: int) -> CompactRange:
    """Rebuild what a log of ``size`` entries must remember to go on. Raises VerificationError for what is no hash."""
    return CompactRange(size, tuple(_read_peaks(read, 0, size)))


def check_inclusion(leaf: bytes, index: int, head: TreeHead, proof: Proof) -> None:
    """Check that the entry with this leaf hash stands at ``index`` in the tree of this head.

    Raises VerificationError unless the proof has exactly the hashes it must have and leads to the root.
    """
    if not 0 <= index < head.size or len(leaf) != HASH_BYTES:
        reason = f"a tree of {head.size} entries has no entry {index}, or the leaf hash is none"
        raise VerificationError(reason)
    inner = (index ^ (head.size - 1)).bit_length()
    _check_shape(proof, inner + (index >> inner).bit_count())
    root = _climb(leaf, index, proof[:inner])
    if _climb_left(root, proof[inner:]) != head.root:
        reason = "the inclusion proof does not lead to the checkpoint's root: the entry is not in this log"
        raise VerificationError(reason)


def check_consistency(old: TreeHead, new: TreeHead, proof: Proof) -> None:
    """Check that the new tree begins with the whole old one, which must not be empty.

    Everything is consistent with an empty tree, so a size of 0 proves nothing and is refused: :func:`check_growth`
    is for who has seen nothing yet. Raises VerificationError.
    """
    if not 0 < old.size <= new.size:
        reason = f"a tree of {new.size} entries cannot be shown to grow out of one of {old.size}"
        raise VerificationError(reason)
    if old.size == new.size:
        _check_shape(proof, 0)
        roots = (new.root, new.root)
    else:
        roots = _derive_roots(old, new.size, proof)
    if roots != (old.root, new.root):
        reason = "the log does not grow out of what was seen before: keep both checkpoints, they are the evidence"
        raise VerificationError(reason)


def check_growth(old: TreeHead, new: TreeHead, proof: Proof) -> None:
    """Check growth as a witness does: out of an empty tree anything grows, with an empty proof; else as strictly.

    Raises VerificationError, also when a tree of 0 entries has another root than the empty one.
    """
    if old.size:
        check_consistency(old, new, proof)
        return
    _check_shape(proof, 0)
    if old.root != EMPTY_ROOT or new.size < 0 or (new.size == 0 and new.root != EMPTY_ROOT):
        reason = "a tree without entries has a root of its own, and this is another one"
        raise VerificationError(reason)


def _list_siblings(read: ReadNode, level: int, index: int, size: int) -> Iterable[bytes]:
    """List what hangs off the path from a node to the root, bottom up.

    The paths of the node and of the last node at its level meet ``inner`` levels above. Just below that place the
    sibling is the right edge of the tree, which need not be full; above it all siblings are on the left, and full.
    """
    last = (size - 1) >> level
    inner = (index ^ last).bit_length()
    for step in range(inner - 1):
        yield read(level + step, index >> step ^ 1)
    if inner:
        yield fold_peaks(_read_peaks(read, last >> (inner - 1) << (level + inner - 1), size))
    for step in range(inner, index.bit_length()):
        if index >> step & 1:
            yield read(level + step, index >> step ^ 1)


def _read_peaks(read: ReadNode, start: int, size: int) -> list[bytes]:
    """Read the roots of the full subtrees over the entries ``start`` to ``size`` - 1, the largest first."""
    peaks = []
    for level in reversed(range((size - start).bit_length())):
        if (size - start) >> level & 1:
            peaks.append(read(level, start >> level))
            start += 1 << level
    return peaks


def _derive_roots(old: TreeHead, size: int, proof: Proof) -> tuple[bytes, bytes]:
    """Climb twice from the last full subtree of the old tree: over what the old tree had, and over everything."""
    level = _count_trailing_zeros(old.size)
    index = (old.size >> level) - 1
    inner = (index ^ ((size - 1) >> level)).bit_length()
    _check_shape(proof, inner + (index >> inner).bit_count() + (index > 0))
    seed, path = (proof[0], proof[1:]) if index else (old.root, proof)
    lefts = [node for step, node in enumerate(path[:inner]) if index >> step & 1]
    return (
        _climb_left(seed, [*lefts, *path[inner:]]),
        _climb_left(_climb(seed, index, path[:inner]), path[inner:]),
    )


def _climb(node: bytes, index: int, path: Proof) -> bytes:
    for sibling in path:
        node = node_hash(sibling, node) if index & 1 else node_hash(node, sibling)
        index >>= 1
    return node


def _climb_left(node: bytes, path: Proof) -> bytes:
    for sibling in path:
        node = node_hash(sibling, node)
    return node


def _check_shape(proof: Proof, length: int) -> None:
    if len(proof) != length or any(len(node) != HASH_BYTES for node in proof):
        reason = f"the proof must have {length} hashes of 32 bytes: it was cut, padded or made for another tree"
        raise VerificationError(reason)


def _count_trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1
