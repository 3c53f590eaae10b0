"""Proofs, good and bad, that others made: transparency-dev's vectors from the folder shared/vectors."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consolidator.transparency.proofs import check_consistency, check_growth, check_inclusion
from consolidator.transparency.tree import EMPTY_ROOT, TreeHead
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


def is_taken(vector: dict[str, Any], check: Callable[[TreeHead, TreeHead, list[bytes]], None]) -> bool:
    """Say whether a check of ours lets a consistency proof through."""
    old, new = (TreeHead(vector[f"size{side}"], b64decode(vector[f"root{side}"] or "")) for side in (1, 2))
    try:
        check(old, new, hashes(vector))
    except VerificationError:
        return False
    return True


def test_inclusion_proofs_of_others_are_judged_as_they_judge_them() -> None:
    vectors = read("inclusion")
    wrong = [name for name, vector in vectors if is_included(vector) == vector["wantErr"]]
    assert (len(vectors), wrong) == (98, [])


def test_consistency_proofs_of_others_are_judged_as_they_judge_them() -> None:
    vectors = read("consistency")
    wrong = [name for name, vector in vectors if is_taken(vector, check_consistency) == vector["wantErr"]]
    assert (len(vectors), wrong) == (98, [])


def test_a_witness_takes_the_growth_out_of_nothing_besides_and_nothing_else() -> None:
    judged = [(is_taken(vector, check_growth), vector) for _, vector in read("consistency")]
    besides = [vector for taken, vector in judged if taken == vector["wantErr"]]
    assert [vector["desc"] for vector in besides] == ["size1 is zero and size2 is not zero"]
    assert [vector["root1"] for vector in besides] == [b64encode(EMPTY_ROOT).decode()]
