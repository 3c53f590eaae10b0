"""``results`` that differ from their orders change nothing and are R51; what cannot be is refused alone."""

from typing import Any

import pytest

from consolidator.facts.lines import is_ordered_to, note_ordered
from schemas.documents import derive_commands, parse_document
from tests.support.answered import FEN, add_bank, answer, order_four, paid_to, result, sign_results, told
from tests.support.world import COUNTY, World, codes_of, make_id, make_programme, officer


@pytest.fixture
def world() -> World:
    """A county with four ordered lines, whose policy knows the bank that pays them."""
    return order_four()


def evidence(world: World) -> list[Any]:
    """Give what the R51 findings say was told."""
    return [private["evidence"]["R51"] for private in told(world, "finding")]


# ---- what differs


@pytest.mark.parametrize(
    ("row", "differs"),
    [
        (result(1, "credited", FEN + 1), ["amount"]),
        (result(1, "failed", FEN - 1), ["amount"]),
        (result(1, "credited", account=paid_to(2)), ["account"]),
        (result(1, "unknown", 0, account=paid_to(2)), ["account", "amount"]),
    ],
)
def test_a_result_that_differs_from_the_order_changes_nothing_and_is_a_finding(
    world: World, row: dict[str, Any], differs: list[str]
) -> None:
    assert codes_of(answer(world, row)) == ["", "S25"]
    assert world.line_states("B-1")[0] == "ordered"
    (finding,) = world.entries("finding")
    assert (finding["line"], finding["state"], finding["findings"]) == (1, "ordered", ["R51:red"])
    facts = {"differs": differs, "told_status": row["status"], "told_fen": row["amount_fen"]}
    assert evidence(world) == [facts | {"told_account": row["account"] or ""}]
    assert codes_of(answer(world, result(1, "credited", account=paid_to(1)))) == [""]
    assert world.line_states("B-1")[0] == "credited"


def test_a_contradiction_differs_in_state_and_each_line_is_compared_with_its_own_amount(world: World) -> None:
    ids = [make_id(number) for number in range(3)]
    world.set_policy("policy-2", [("programme", "LAND", make_programme(standard_kind="ceiling"))])
    world.send_batch("B-2", ids, [100, 200, 300], fields={"programme": "LAND"})
    world.release("B-2", [("402", 3, 600)])
    orders = [f"{COUNTY}/bank-402/B-2/{line}/0" for line in (1, 2, 3)]
    rows = [result(0, "credited", 100 * line, order=order) for line, order in enumerate(orders, start=1)]
    assert codes_of(answer(world, *rows)) == [""]
    assert [(entry["line"], entry["amount_fen"]) for entry in world.entries("change")] == [(1, 100), (2, 200), (3, 300)]
    answer(world, result(0, "failed", 300, order=orders[2]))
    assert [facts["differs"] for facts in evidence(world)] == [["state"]]


def test_batches_are_settled_in_the_order_they_came_and_refused_items_told_in_theirs(world: World) -> None:
    for number in (2, 3):
        world.send_batch(f"B-{number}", [make_id(0)], fields={"period": f"202{number + 5}"})
        world.release(f"B-{number}", [("402", 1, FEN)])
    orders = [f"{COUNTY}/bank-402/B-{number}/1/0" for number in (9, 3, 2)]
    rows = [result(0, "credited", order=order) for order in orders]
    answer(world, rows[0], *rows, result(0, "credited", order="no order"), rows[0])
    settled = [entry["document"] for entry in world.entries("batch") if entry["state"] == "settled"]
    assert settled == ["B-2", "B-3"]
    assert world.entries("effect")[-1]["positions"] == [[1, "S03"], [2, "S03"], [5, "S01"], [6, "S03"]]


def test_each_difference_is_told_once(world: World) -> None:
    for fen in (1, 2):
        answer(world, result(1, "credited", fen))
    answer(world, result(1, "failed", 1), result(2, "credited", 1))
    answer(world, result(1, "credited", account=paid_to(2)))
    assert [(entry["line"], entry["findings"]) for entry in world.entries("finding")] == [
        (1, ["R51:red"]),
        (1, ["R51:red"]),
        (2, ["R51:red"]),
        (1, ["R51:red"]),
    ]


def test_an_order_that_was_never_sent_and_is_said_to_be_paid_is_held(world: World) -> None:
    world.send_batch("B-2", [make_id(0), make_id(0)], fields={"period": "2027"})
    assert world.line_states("B-2") == ["ready", "refused"]
    rows = [result(1, "credited", order=f"{COUNTY}/bank-402/B-2/{line}/0") for line in (1, 2)]
    assert codes_of(answer(world, *rows)) == ["", "S25", "S25"]
    assert world.line_states("B-2") == ["held", "refused"]
    assert world.entries("change")[-1]["findings"] == ["R51:red"]
    assert [entry["state"] for entry in world.entries("finding")] == ["refused"]
    assert codes_of(world.clear("B-2", [1])) == ["", "S09"]


def test_a_held_line_that_is_said_to_be_paid_stays_held_with_the_finding(world: World) -> None:
    world.send_batch("B-2", [make_id(0)], fields={"period": "2027"})
    world.review("reviewer", "hold", "B-2", [1])
    answer(world, result(1, "credited", order=f"{COUNTY}/bank-402/B-2/1/0"))
    assert [(entry["state"], entry["findings"]) for entry in world.entries("finding")] == [("held", ["R51:red"])]


def test_a_county_that_switched_r51_off_still_changes_nothing(world: World) -> None:
    world.set_policy("policy-2", [("rule", "R51", {"enabled": False})])
    assert codes_of(answer(world, result(1, "credited", 1))) == ["", "S25"]
    assert (world.line_states("B-1")[0], world.entries("finding")) == ("ordered", [])


def test_an_account_is_compared_with_the_one_it_was_ordered_to_and_not_with_todays(world: World) -> None:
    world.take_census([make_id(0)], ["402"], [paid_to(900)])
    world.designate([make_id(0)], ["402"], [paid_to(900)])
    assert codes_of(answer(world, result(1, "credited", account=paid_to(900)))) == ["", "S25"]
    assert codes_of(answer(world, result(1, "credited", account=paid_to(1)))) == [""]


def test_a_batch_ordered_before_accounts_were_remembered_is_compared_without_them(world: World) -> None:
    batch = world.batch("B-1")
    del batch.ordered_to[:]
    assert codes_of(answer(world, result(1, "credited", account=paid_to(2)))) == [""]
    note_ordered(batch, [2], [paid_to(2)])
    assert [is_ordered_to(batch, line, paid_to(2)) for line in (1, 2, 3)] == [True, True, True]
    assert not is_ordered_to(batch, 2, paid_to(1))


def test_a_county_started_from_its_snapshot_knows_what_was_ordered_and_told(world: World) -> None:
    answer(world, result(1, "credited", 1), result(2, "failed"))
    world.county.restore(world.county.snapshot())
    count = len(world.entries())
    assert codes_of(answer(world, result(1, "credited", 1), result(3, "credited", account=paid_to(4)))) == [
        "",
        "S25",
        "S25",
    ]
    assert len(world.entries("finding")) == 2
    assert len(world.entries()) == count + 3


# ---- what is refused


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (f"{COUNTY}/bank-402/B-9/1/0", "S03"),
        (f"{COUNTY}/bureau/B-1/1/0", "S03"),
        (f"{COUNTY}/bank-402/B-1/5/0", "S03"),
        (f"{COUNTY}/bank-402/B-1/1/1", "S03"),
        ("511113/bank-402/B-1/1/0", "S03"),
        (f"{COUNTY}/bank-402/B-1/0/0", "S01"),
        ("B-1/1", "S01"),
    ],
)
def test_an_order_that_is_not_there_is_refused_alone(world: World, order: str, code: str) -> None:
    assert codes_of(answer(world, result(1, "credited", order=order), result(2, "credited"))) == ["", code]
    assert world.line_states("B-1")[:2] == ["ordered", "credited"]


def test_a_void_batch_has_no_orders(world: World) -> None:
    world.send_batch("B-2", [make_id(0)], fields={"totals": {"count": 1, "fen": 1}})
    assert codes_of(answer(world, result(1, "credited", order=f"{COUNTY}/bank-402/B-2/1/0"))) == ["", "S03"]


def test_a_bank_speaks_of_its_own_orders_only(world: World) -> None:
    add_bank(world, "103", "other")
    raw = sign_results(world, [result(1, "credited"), result(2, "credited", 1)], "other", "bank-103-results")
    assert codes_of(world.submit(raw)) == ["", "S26", "S26"]
    assert (world.line_states("B-1"), world.entries("finding")) == (["ordered"] * 4, [])


def test_a_bank_without_a_code_in_policy_speaks_of_any(world: World) -> None:
    world.set_policy("policy-2", [officer("any", "bank-402", "adapter", ["results"])])
    assert codes_of(world.submit(sign_results(world, [result(1, "credited")], "any", "bank-402"))) == [""]


def test_a_bank_that_policy_took_out_meanwhile_speaks_of_none(world: World) -> None:
    raw = sign_results(world, [result(1, "credited")])
    document = parse_document(raw)
    *first, last = derive_commands(document, world.now)
    for command in first:
        world.apply(command)
    world.set_policy("policy-2", [("officer", "teller", None), ("source", "bank-402-results", None)])
    steps = world.apply(last)
    assert codes_of([outcome for step in steps for outcome in step.outcomes])[-1:] == ["S26"]


def test_a_part_that_is_no_part_changes_nothing(world: World) -> None:
    header = {"kind": "results", "source": "bank-402-results", "id": "RES-1", "salt": "0" * 32}
    assert codes_of(world.submit(world.sign_raw("teller", header, [b"[]"], 1))) == ["", "D09"]


@pytest.mark.parametrize(
    ("name", "source", "role"),
    [
        ("clerk-2", "bureau", "clerk"),
        ("reviewer-2", "bureau", "reviewer"),
        ("approver-2", "bureau", "approver"),
        ("adapter-2", "bureau", "adapter"),
        ("supervisor-2", "oversight", "supervisor"),
    ],
)
def test_nobody_but_a_banks_adapter_sends_results(world: World, name: str, source: str, role: str) -> None:
    world.set_policy("policy-2", [officer(name, source, role, ["results"])])
    assert codes_of(world.submit(sign_results(world, [result(1, "credited")], name, source))) == ["D05"]


@pytest.mark.parametrize("powers", [{"programmes": ["FARM"]}, {"regions": ["511112001"]}])
def test_a_bank_speaks_for_the_whole_county(world: World, powers: dict[str, Any]) -> None:
    world.set_policy("policy-2", [officer("teller", "bank-402-results", "adapter", ["results"], **powers)])
    assert codes_of(answer(world, result(1, "credited"))) == ["D05"]
