"""Designations that are suspended: from when, by which word, and how they are taken up again."""

from collections.abc import Sequence

import pytest

from consolidator.facts.accounts import Designation, Terms, list_versions
from tests.support.world import HOUR, World, codes_of, make_account, make_id

ONE, TWO = make_id(0), make_id(1)
OLD, NEW = make_account(0), make_account(50)


@pytest.fixture
def world() -> World:
    """A county of two people, each with a designated account; the first has a second one in the census."""
    made = World()
    made.set_up()
    made.settle_people(2)
    made.take_census([ONE], ["402"], [NEW])
    return made


def act(world: World, action: str, account: str = OLD, bank: str = "402") -> list[str]:
    """Let person 1 set or suspend; gives the codes of the item."""
    return act_all(world, [action], [account], bank)


def act_all(world: World, actions: Sequence[str] | None, accounts: Sequence[str], bank: str = "402") -> list[str]:
    """Send one document of person 1 (and 2)."""
    fields = {"kind": "designations", "source": "bureau", "id": f"act-{world.numbers['clerk'] + 1}"}
    columns = {"payee_id": [ONE, TWO][: len(accounts)], "bank": [bank] * len(accounts), "account": accounts}
    return codes_of(world.send("clerk", fields, columns | {"action": actions}))[1:]


def list_history(world: World) -> list[tuple[int, str, bool]]:
    """Give version, account and suspension of person 1's designations."""
    return [(entry.version, entry.account, entry.suspended) for entry in list_versions(world.state.designations[ONE])]


def test_a_suspension_takes_effect_at_once_and_keeps_the_history(world: World) -> None:
    assert act(world, "suspend") == []
    at = world.now
    first, second = list_versions(world.state.designations[ONE])
    assert not first.suspended
    assert second == Designation(OLD, Terms(2, "402", "", at, at, suspended=True), first)
    world.send_batch("B-1", [ONE, TWO])
    assert world.line_states("B-1") == ["held", "ready"]
    assert world.findings("B-1") == [["R13:orange"], []]
    assert b'"evidence":{"R13":{"suspended":2}}' in b"".join(world.privates())
    assert b'"account":"","beneficiary_id"' in b"".join(world.privates())


def test_a_suspension_keeps_the_branch_number(world: World) -> None:
    world.designate([ONE], ["402"], [OLD], ["402000000001"])
    assert act(world, "suspend") == []
    assert world.state.designations[ONE].branch == "402000000001"


def test_suspending_again_adds_nothing(world: World) -> None:
    act(world, "suspend")
    before = list_history(world)
    assert act(world, "suspend") == []
    assert list_history(world) == before


@pytest.mark.parametrize(("account", "bank"), [(NEW, "402"), (OLD, "103"), (make_account(1), "402")])
def test_only_the_account_in_force_can_be_suspended(world: World, account: str, bank: str) -> None:
    before = list_history(world)
    assert act(world, "suspend", account, bank) == ["S14"]
    assert list_history(world) == before


def test_who_has_no_designation_has_nothing_to_suspend(world: World) -> None:
    fields = {"kind": "designations", "source": "bureau", "id": "act-1"}
    columns = {"payee_id": [make_id(9)], "bank": ["402"], "account": [make_account(9)], "action": ["suspend"]}
    assert codes_of(world.send("clerk", fields, columns)) == ["", "S14"]
    assert make_id(9) not in world.state.designations


def test_a_designation_that_is_not_in_force_yet_cannot_be_suspended(world: World) -> None:
    act(world, "set", NEW)
    assert act(world, "suspend", NEW) == ["S14"]


def test_naming_the_suspended_account_again_ends_the_suspension_at_once(world: World) -> None:
    act(world, "suspend")
    assert act(world, "set") == []
    assert list_history(world) == [(1, OLD, False), (2, OLD, True), (3, OLD, False)]
    assert world.state.designations[ONE].effective_at == world.now
    world.send_batch("B-1", [ONE])
    assert world.findings("B-1") == [[]]


def test_another_account_after_a_suspension_cools_off_as_any_change(world: World) -> None:
    act(world, "suspend")
    assert act(world, "set", NEW) == []
    changed = world.state.designations[ONE]
    assert (changed.version, changed.account, changed.effective_at) == (3, NEW, world.now + 72 * HOUR)
    world.send_batch("B-1", [ONE])
    assert world.findings("B-1") == [["R13:orange"]]
    assert b'"R13":{"pending":3}' in b"".join(world.privates())


def test_a_suspension_takes_back_a_change_that_is_cooling_off(world: World) -> None:
    act(world, "set", NEW)
    assert act(world, "suspend") == []
    world.now += 100 * HOUR
    world.send_batch("B-1", [ONE])
    assert world.findings("B-1") == [["R13:orange"]]


def test_a_suspension_while_another_is_followed_by_a_change_adds_a_version(world: World) -> None:
    act(world, "suspend")
    act(world, "set", NEW)
    assert act(world, "suspend") == []
    assert list_history(world)[-1] == (4, OLD, True)


def test_a_suspension_after_the_assessment_holds_the_line_at_release(world: World) -> None:
    world.send_batch("B-1", [ONE, TWO])
    act(world, "suspend")
    assert codes_of(world.release("B-1", [("402", 2, 20_000)])) == ["", "D17"]
    assert world.line_states("B-1") == ["held", "ready"]
    (change,) = world.entries("change")
    assert (change["findings"], change["bank"], change["route"]) == (["R13:orange"], "402", "on_us")
    digest = world.review("reviewer", "clear", "B-1", [1])
    assert codes_of(world.confirm("approver", "bureau", digest, "c-1")) == ["", "S08"]


def test_a_document_may_set_for_one_and_suspend_for_another(world: World) -> None:
    assert act_all(world, ["set", "suspend"], [NEW, make_account(1)]) == []
    assert [entry.suspended for entry in list_versions(world.state.designations[TWO])] == [False, True]
    assert act_all(world, None, [OLD, make_account(1)]) == []
    assert [entry.suspended for entry in list_versions(world.state.designations[TWO])] == [False, True, False]


def test_one_payee_has_one_word_in_a_document(world: World) -> None:
    fields = {"kind": "designations", "source": "bureau", "id": "act-1"}
    columns = {"payee_id": [ONE, ONE], "bank": ["402"] * 2, "account": [OLD] * 2, "action": ["suspend", "set"]}
    outcomes = world.send("clerk", fields, columns)
    assert [(outcome.code, outcome.position) for outcome in outcomes[1:]] == [("S10", "item 2")]
    assert list_history(world)[-1] == (2, OLD, True)
