"""Quorums and witnesses' keys for tests: every key follows from its name."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from consolidator.gate.quorums import derive_policy
from consolidator.transparency.keys import COSIGNATURE, Ed25519Signer, derive_signer, parse_vkey, render_vkey
from consolidator.transparency.policy import Policy
from schemas.quorum import QuorumValue
from tests.support.world import ORIGIN, make_signer

NAMES = ("w1", "w2", "w3", "w4")
LOG_VKEY = render_vkey(make_signer(ORIGIN).verifier)


def make_witness_key(name: str) -> Ed25519Signer:
    """Derive a witness's key."""
    return derive_signer(f"{name}.example/witness", sha256(name.encode()).digest(), COSIGNATURE)


def describe_witness(name: str, url: str = "", *, follows: bool = False) -> dict[str, Any]:
    """Give a witness as a quorum's value names it."""
    vkey = render_vkey(make_witness_key(name).verifier)
    return {"name": name, "vkey": vkey, "url": url or f"http://{name}.example", "follows": follows}


def describe_quorum(
    names: Sequence[str] = NAMES, threshold: int = 3, urls: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Give the value of a quorum of one group; the first two follow the entries."""
    listed = [describe_witness(name, (urls or {}).get(name, ""), follows=name in names[:2]) for name in names]
    group = {"name": "enough", "threshold": threshold, "members": list(names)}
    return {"type": "witnesses", "witnesses": listed, "groups": [group], "quorum": "enough"}


def make_quorum(names: Sequence[str] = NAMES, threshold: int = 3) -> QuorumValue:
    """Give it as a model."""
    return QuorumValue.model_validate(describe_quorum(names, threshold))


def derive_test_policy(value: QuorumValue) -> Policy:
    """Give the policy that a bank would pin: the log's key, the witnesses, the quorum."""
    return derive_policy(value, parse_vkey(LOG_VKEY))
