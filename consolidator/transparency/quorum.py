"""Owns quorums: whether the witnesses that cosigned are enough, and whether a quorum can be trusted at all.

The arithmetic stands in :mod:`schemas.quorum`, where the ledger uses it too.
"""

from collections.abc import Collection, Iterable

from consolidator.transparency.cosignatures import Cosignature, Cosigned, open_cosigned
from consolidator.transparency.policy import Policy
from schemas.errors import ConfigurationError, VerificationError
from schemas.quorum import DISHONEST_MAX, NO_QUORUM, is_met
from schemas.quorum import count_overlap as count_shared


def open_with_quorum(raw: bytes, policy: Policy) -> Cosigned:
    """Read a checkpoint that its log signed and enough witnesses cosigned. Raises VerificationError.

    How old the cosignatures may be is for the caller to say: their times are in the answer.
    """
    cosigned = open_cosigned(raw, policy.log_key, [witness.key for witness in policy.witnesses])
    check_quorum(policy, cosigned.cosignatures)
    return cosigned


def check_quorum(policy: Policy, cosignatures: Iterable[Cosignature]) -> None:
    """Refuse verified cosignatures that are too few. Raises VerificationError that says who is missing."""
    names = list_cosigners(policy, cosignatures)
    if not meets_quorum(policy, names):
        missing = [witness.name for witness in policy.witnesses if witness.name not in names]
        reason = f"too few witnesses cosigned this checkpoint: wait for some of {', '.join(missing)}"
        raise VerificationError(reason)


def find_quorum_second(policy: Policy, cosignatures: Iterable[Cosignature]) -> int | None:
    """Give the POSIX second since which enough witnesses stood by this checkpoint: the latest for which it is true.

    It is what the age of a checkpoint counts from; leave out cosignatures of the future before asking. None when the
    policy asks for no witness, so that nobody vouches for a time. Raises VerificationError when they are too few.
    """
    newest = sorted(cosignatures, key=lambda cosignature: cosignature.seconds, reverse=True)
    check_quorum(policy, newest)
    if policy.quorum == NO_QUORUM:
        return None
    enough = next(at for at in range(len(newest)) if meets_quorum(policy, list_cosigners(policy, newest[: at + 1])))
    return newest[enough].seconds


def list_cosigners(policy: Policy, cosignatures: Iterable[Cosignature]) -> list[str]:
    """List the names that the policy gives to those who cosigned, in the policy's order, each once."""
    keys = {cosignature.witness for cosignature in cosignatures}
    return [witness.name for witness in policy.witnesses if witness.key in keys]


def meets_quorum(policy: Policy, names: Collection[str]) -> bool:
    """Say whether these witnesses, by their names in the policy, are enough."""
    agreed = {witness.name for witness in policy.witnesses if witness.name in names}
    return is_met(policy.quorum, policy.groups, agreed)


def count_overlap(policy: Policy) -> int:
    """Count the witnesses that any two sets, each enough for the quorum, have in common at least."""
    return count_shared(policy.quorum, (witness.name for witness in policy.witnesses), policy.groups)


def check_policy(policy: Policy, dishonest_max: int = DISHONEST_MAX) -> None:
    """Refuse a policy under which two different logs could both be cosigned while at most so many witnesses lie.

    Any two sufficient sets must share an honest witness, so they must share more than ``dishonest_max``; no quorum at
    all is refused too. A body has one key, so no two witnesses, and not the log, may have the same key name.
    Raises ConfigurationError.
    """
    names = [policy.log_key.name, *(witness.key.name for witness in policy.witnesses)]
    if len(set(names)) != len(names):
        reason = "two keys of the policy have the same key name: one key a body, and no log witnesses itself"
        raise ConfigurationError(reason)
    overlap = count_overlap(policy)
    if overlap <= dishonest_max:
        reason = (
            f"two quorums of this policy may share only {overlap} witnesses, and {dishonest_max} may lie: "
            f"ask for more of them, so that 2k - n > {dishonest_max} in a group of n"
        )
        raise ConfigurationError(reason)
