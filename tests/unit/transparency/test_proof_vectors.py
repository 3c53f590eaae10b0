"""Proofs, good and bad, that others made: transparency-dev's vectors from the folder shared/vectors."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from consolidator.transparency.proofs import check_consistency, check_growth, check_inclusion
from consolidator.transparency.tree import TreeHead
from schemas.errors import VerificationError

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "vectors" / "merkle"
pytestmark = pytest.mark.skipif(not VECTORS.exists(), reason="the folder shared/vectors is not beside this repository")


def read(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Give name and content of every vector of a kind."""
    return [(str(path.relative_to(VECTORS)), json.loads(path.read_text())) for path in (VECTORS / kind).rglob("*.json")]


def hashes(vector: dict[str, Any]) -> list[bytes]:
    """Give the proof's hashes; some vectors have none."""
    return [b64decode(node) for node in vector["proof"] or ()]


def is_included(vector: dict[str, Any]) -> bool:
    """Say whether our check lets an inclusion proof through."""
    head = TreeHead(vector["treeSize"], b64decode(vector["root"] or ""))
    try:
        check_inclusion(b64decode(vector["leafHash"] or ""), vector["leafIdx"], head, hashes(vector))
    except VerificationError:
        return False
    return True


def is_consistent(vector: dict[str, Any]) -> bool:
    """Say whether our strict check lets a consistency proof through."""
    old, new = (TreeHead(vector[f"size{side}"], b64decode(vector[f"root{side}"] or "")) for side in (1, 2))
    try:
        check_consistency(old, new, hashes(vector))
    except VerificationError:
        return False
    return True


def test_inclusion_proofs_of_others_are_judged_as_they_judge_them() -> None:
    vectors = read("inclusion")
    wrong = [name for name, vector in vectors if is_included(vector) == vector["wantErr"]]
    assert (len(vectors), wrong) == (98, [])


def test_consistency_proofs_of_others_are_judged_as_they_judge_them_but_for_the_empty_tree() -> None:
    vectors = read("consistency")
    differing = [vector for _, vector in vectors if is_consistent(vector) == vector["wantErr"]]
    assert len(vectors) == 98
    assert [vector["size1"] for vector in differing] == [0, 0, 0]
    assert not any(vector["wantErr"] for vector in differing)


def test_where_they_differ_a_witness_accepts_what_has_the_empty_trees_root() -> None:
    for _, vector in read("consistency"):
        if vector["size1"] == 0 and not vector["wantErr"]:
            new = TreeHead(vector["size2"], b64decode(vector["root2"] or ""))
            check_growth(TreeHead(0, b64decode(vector["root1"] or "")), new, hashes(vector))
