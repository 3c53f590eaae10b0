"""Quorums by counting all sets of witnesses: when enough cosigned, and when two halves could be shown two logs."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.cosignatures import Cosignature, cosign
from consolidator.transparency.keys import COSIGNATURE, Verifier
from consolidator.transparency.policy import NO_QUORUM, Group, Policy, Witness, validate_policy
from consolidator.transparency.quorum import (
    check_policy,
    check_quorum,
    count_overlap,
    find_quorum_second,
    list_cosigners,
    meets_quorum,
    open_with_quorum,
)
from schemas.errors import ConfigurationError, VerificationError
from tests.unit.transparency.parties import CHECKPOINT, LOG, NOW, SIGNED, make_cosigned, make_policy, make_witness


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Give a policy of at most six witnesses in nested groups; some stand outside the quorum."""
    count = draw(st.integers(1, 6))
    witnesses = tuple(Witness(f"w{number}", make_witness(number).verifier) for number in range(1, count + 1))
    free, groups = [witness.name for witness in witnesses], list[Group]()
    for number in range(draw(st.integers(0, 4))):
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        groups.append(Group(f"g{number}", draw(st.integers(1, len(members))), tuple(members)))
        free = [name for name in free if name not in members] + [f"g{number}"]
    names = [*(witness.name for witness in witnesses), *(group.name for group in groups), NO_QUORUM]
    return validate_policy(Policy(LOG.verifier, draw(st.sampled_from(names)), witnesses, tuple(groups)))


def holds(policy: Policy, name: str, agreed: set[str]) -> bool:
    """Say by recursion whether a witness or group agrees."""
    group = next((group for group in policy.groups if group.name == name), None)
    if group is None:
        return name in agreed
    return sum(holds(policy, member, agreed) for member in group.members) >= group.threshold


def all_sets(policy: Policy) -> list[set[str]]:
    """Give every set of the policy's witnesses."""
    names = [witness.name for witness in policy.witnesses]
    return [set(some) for some in chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))]


@given(policies())
def test_a_set_of_witnesses_is_enough_when_the_tree_of_groups_says_so(policy: Policy) -> None:
    for agreed in all_sets(policy):
        expected = policy.quorum == NO_QUORUM or holds(policy, policy.quorum, agreed)
        assert meets_quorum(policy, agreed) == expected


@given(policies(), st.integers(0, 4))
def test_the_linter_knows_the_least_that_any_two_sufficient_sets_share(policy: Policy, dishonest: int) -> None:
    enough = [agreed for agreed in all_sets(policy) if meets_quorum(policy, agreed)]
    least = min(len(first & second) for first in enough for second in enough)
    assert count_overlap(policy) == least
    if least > dishonest:
        check_policy(policy, dishonest)
    else:
        with pytest.raises(ConfigurationError, match=f"share only {least} witnesses, and {dishonest} may lie"):
            check_policy(policy, dishonest)


@pytest.mark.parametrize("count", range(1, 8))
def test_in_one_group_the_rule_is_2k_minus_n_greater_f(count: int) -> None:
    for threshold in range(1, count + 1):
        policy = make_policy(count, threshold)
        assert count_overlap(policy) == max(2 * threshold - count, 0)
        for dishonest in range(4):
            if 2 * threshold - count > dishonest:
                check_policy(policy, dishonest)
            else:
                with pytest.raises(ConfigurationError, match="2k - n"):
                    check_policy(policy, dishonest)


def test_three_of_four_bears_one_liar_and_two_of_three_does_not() -> None:
    check_policy(make_policy(4, 3))
    for policy in (make_policy(3, 2), make_policy(1, 1), make_policy(4, 2), Policy(LOG.verifier, NO_QUORUM)):
        with pytest.raises(ConfigurationError):
            check_policy(policy)


def test_liars_choose_the_members_whose_own_overlap_is_the_least() -> None:
    witnesses = tuple(Witness(f"w{number}", make_witness(number).verifier) for number in range(1, 6))
    large = Group("large", 3, ("w1", "w2", "w3"))
    for members in (("large", "w4", "w5"), ("w4", "large", "w5"), ("w4", "w5", "large")):
        policy = validate_policy(Policy(LOG.verifier, "g", witnesses, (large, Group("g", 2, members))))
        assert count_overlap(policy) == 1
    assert count_overlap(Policy(LOG.verifier, "g", witnesses, (large, Group("g", 3, ("large", "w4", "w5"))))) == 5


def test_any_of_two_replicas_of_each_body_breaks_an_overlap_of_all_bodies() -> None:
    witnesses = tuple(Witness(f"w{number}", make_witness(number).verifier) for number in range(1, 7))
    bodies = tuple(Group(f"body{at}", 1, (f"w{2 * at + 1}", f"w{2 * at + 2}")) for at in range(3))
    policy = Policy(LOG.verifier, "all", witnesses, (*bodies, Group("all-bodies", 3, ("body0", "body1", "body2"))))
    policy = Policy(LOG.verifier, "all-bodies", witnesses, policy.groups)
    assert count_overlap(policy) == 0
    with pytest.raises(ConfigurationError, match="share only 0"):
        check_policy(policy, dishonest_max=0)


@pytest.mark.parametrize("name", ["w1.example", LOG.name])
def test_no_body_votes_twice_and_no_log_witnesses_itself(name: str) -> None:
    twin = Witness("twin", Verifier(name, COSIGNATURE, make_witness(9).verifier.public))
    others = tuple(Witness(f"w{number}", make_witness(number).verifier) for number in (1, 2, 3))
    group = Group("g", 3, ("w1", "w2", "w3", "twin"))
    with pytest.raises(ConfigurationError, match="same key name"):
        check_policy(Policy(LOG.verifier, "g", (*others, twin), (group,)))


@pytest.mark.parametrize("numbers", [(1, 2, 3), (4, 2, 3), (1, 2, 3, 4), (9, 4, 3, 1)])
def test_enough_cosignatures_open_the_checkpoint(numbers: tuple[int, ...]) -> None:
    cosigned = open_with_quorum(make_cosigned(*numbers), make_policy(4, 3))
    assert cosigned.checkpoint == CHECKPOINT
    assert {each.seconds for each in cosigned.cosignatures} == {NOW}


def test_who_is_missing_is_named() -> None:
    with pytest.raises(VerificationError, match=r"wait for some of w1, w3$"):
        open_with_quorum(make_cosigned(2, 4), make_policy(4, 3))


@pytest.mark.parametrize("numbers", [(), (1, 2), (1, 1, 2, 2), (1, 2, 9), (1, 2, 8, 9)])
def test_too_few_cosignatures_are_refused_however_often_they_stand_there(numbers: tuple[int, ...]) -> None:
    with pytest.raises(VerificationError, match=r"some of .*w4"):
        open_with_quorum(make_cosigned(*numbers), make_policy(4, 3))


def test_without_a_quorum_the_logs_own_signature_is_enough() -> None:
    assert open_with_quorum(SIGNED, Policy(LOG.verifier, NO_QUORUM)).checkpoint == CHECKPOINT


def test_cosigners_are_told_by_their_names_in_the_policy_in_its_order() -> None:
    policy = make_policy(4, 3)
    found = open_with_quorum(make_cosigned(4, 1, 2), policy).cosignatures
    assert list_cosigners(policy, found) == ["w1", "w2", "w4"]
    check_quorum(policy, found)
    with pytest.raises(VerificationError):
        check_quorum(policy, found[:2])
    assert not meets_quorum(policy, ["w1", "w2", "w9", "quorum-of-bodies"])


@given(policies(), st.data())
def test_a_quorum_is_as_old_as_the_newest_cosignatures_that_are_enough(policy: Policy, data: st.DataObject) -> None:
    signers = data.draw(st.lists(st.sampled_from(policy.witnesses), unique=True))
    line = cosign(CHECKPOINT, make_witness(1), NOW)
    found = [Cosignature(witness.key, data.draw(st.integers(0, 9)), line) for witness in signers]
    if policy.quorum == NO_QUORUM:
        assert find_quorum_second(policy, found) is None
    elif not meets_quorum(policy, list_cosigners(policy, found)):
        with pytest.raises(VerificationError, match="too few"):
            find_quorum_second(policy, found)
    else:
        since = find_quorum_second(policy, found)
        enough = [
            at
            for at in range(10)
            if meets_quorum(policy, list_cosigners(policy, [each for each in found if each.seconds >= at]))
        ]
        assert since == max(enough)
