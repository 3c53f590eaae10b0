"""Owns the way from the ledger's quorums to the policy that checkpoints are judged by."""

from pathlib import Path

from consolidator.transparency.keys import Verifier, parse_vkey
from consolidator.transparency.policy import POLICY_BYTES_MAX, Group, Policy, Witness, parse_policy
from schemas.errors import ConfigurationError
from schemas.quorum import QuorumValue


def derive_policy(value: QuorumValue, log_key: Verifier) -> Policy:
    """Give the policy of a quorum that the ledger took."""
    witnesses = tuple(Witness(each.name, parse_vkey(each.vkey), each.url) for each in value.witnesses)
    groups = tuple(Group(each.name, each.threshold, tuple(each.members)) for each in value.groups)
    return Policy(log_key, value.quorum, witnesses, groups)


def read_policy(path: Path) -> Policy:
    """Read a policy file. ConfigurationError when it cannot be read or does not hold together."""
    try:
        with path.open("rb") as file:
            raw = file.read(POLICY_BYTES_MAX + 1)
    except OSError as error:
        message = f"策略文件 {path} 无法读取 / the policy file {path} cannot be read: {error.strerror}"
        raise ConfigurationError(message) from error
    return parse_policy(raw)
