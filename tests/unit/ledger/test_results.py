"""``results``: what a bank says became of its orders moves their lines on; what differs from the order is R51."""

import json
from typing import Any

import pytest

from consolidator.facts.lines import CREDITED, LINE_STATES, is_ordered_to, note_ordered
from schemas.commands import Command
from schemas.documents import derive_commands, parse_document
from tests.support.answered import FEN, add_bank, answer, paid_to, result, sign_results
from tests.support.world import (
    COUNTY,
    HOUR,
    Columns,
    World,
    codes_of,
    digest_of,
    key_of,
    make_id,
    make_programme,
    officer,
)

STATUSES = ("credited", "failed", "unknown", "returned")
# From each state that an ordered line may be in, what each status makes of it; None: R51.
AFTER: dict[str, tuple[str | None, ...]] = {
    "ordered": ("credited", "failed", "unknown", "returned"),
    "credited": ("credited", None, "credited", "returned"),
    "failed": (None, "failed", "failed", None),
    "unknown": ("credited", "failed", "unknown", "returned"),
    "returned": ("returned", None, "returned", "returned"),
}


@pytest.fixture
def world() -> World:
    """A county with four ordered lines, whose policy knows the bank that pays them."""
    made = World()
    made.set_up()
    add_bank(made)
    made.send_batch("B-1", made.settle_people(4))
    assert codes_of(made.release("B-1", [("402", 4, 4 * FEN)])) == [""]
    return made


def told(world: World, kind: str) -> list[Any]:
    """Give the private parts of a kind's entries."""
    pairs = zip(world.entries(), world.privates(), strict=True)
    return [json.loads(private) for entry, private in pairs if entry["kind"] == kind and private]


def pass_hours(world: World) -> None:
    """Let two hours pass, so that what moved is closed."""
    world.now += 2 * HOUR
    world.apply(Command("tick", world.now, b""))


def evidence(world: World) -> list[Any]:
    """Give what the R51 findings say was told."""
    return [private["evidence"]["R51"] for private in told(world, "finding")]


# ---- what becomes of a line


@pytest.mark.parametrize("before", AFTER)
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_in_every_state_does_what_the_table_says(world: World, before: str, status: str) -> None:
    if before != "ordered":
        answer(world, result(1, before))
    entries = len(world.entries("change"))
    after = AFTER[before][STATUSES.index(status)]
    assert codes_of(answer(world, result(1, status))) == ([""] if after else ["", "S25"])
    assert world.line_states("B-1") == [after or before, *["ordered"] * 3]
    steps = {True: 0, False: 2 if (before, status) in (("ordered", "returned"), ("unknown", "returned")) else 1}
    assert len(world.entries("change")) - entries == steps[after in (before, None)]
    assert len(world.entries("finding")) == (after is None)


def test_the_entry_names_bank_document_and_key_and_seals_what_the_bank_told(world: World) -> None:
    rest: dict[str, Any] = {
        "account": paid_to(2),
        "why": "account_state",
        "reason": "账户已销户",
        "serial": "T-7",
        "on": "2026-11-06",
    }
    raw = sign_results(world, [result(2, "failed", **rest)])
    world.submit(raw)
    (change,) = world.entries("change")
    assert (change["line"], change["from"], change["to"], change["amount_fen"]) == (2, "ordered", "failed", FEN)
    assert (change["bank"], change["route"], change["findings"]) == ("402", "", [])
    assert (change["by"], change["cause"]) == (key_of("teller"), digest_of(raw))
    assert told(world, "change") == [rest]
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["accepted"], effect["refused"]) == ("results", 1, 0)


def test_what_the_bank_does_not_tell_is_sealed_as_empty(world: World) -> None:
    answer(world, result(1, "credited"))
    assert told(world, "change") == [{"account": "", "on": "", "reason": "", "serial": "", "why": ""}]


def test_columns_that_a_bank_leaves_out_are_empty_too(world: World) -> None:
    header = {"kind": "results", "source": "bank-402-results", "id": "RES-1", "salt": "0" * 32}
    columns: Columns = {"order": [f"{COUNTY}/bank-402/B-1/1/0"], "status": ["credited"], "amount_fen": [FEN]}
    assert codes_of(world.send("teller", header, columns)) == [""]
    assert told(world, "change") == [{"account": "", "on": "", "reason": "", "serial": "", "why": ""}]


def test_money_that_came_back_of_an_ordered_line_was_credited_first(world: World) -> None:
    answer(world, result(3, "returned"), result(1, "credited"), result(4, "unknown"))
    answer(world, result(1, "returned"), result(4, "returned"))
    moves = [(entry["line"], entry["from"], entry["to"], entry["findings"]) for entry in world.entries("change")]
    assert moves == [
        (3, "ordered", "credited", []),
        (1, "ordered", "credited", []),
        (4, "ordered", "unknown", []),
        (3, "credited", "returned", ["R53:yellow"]),
        (4, "unknown", "credited", []),
        (1, "credited", "returned", ["R53:yellow"]),
        (4, "credited", "returned", ["R53:yellow"]),
    ]
    assert world.line_states("B-1") == ["returned", "ordered", "returned", "returned"]


def test_a_county_that_does_not_look_at_returns_moves_the_line_all_the_same(world: World) -> None:
    world.set_policy("policy-2", [("rule", "R53", {"enabled": False})])
    answer(world, result(1, "returned"))
    assert [entry["findings"] for entry in world.entries("change")] == [[], []]


def test_nothing_public_tells_accounts_reasons_or_serials(world: World) -> None:
    rest: dict[str, Any] = {"account": paid_to(1), "reason": "账户已销户", "serial": "SERIAL-7"}
    answer(world, result(1, "failed", **rest), result(2, "credited", FEN, account=paid_to(1)))
    public = json.dumps(world.entries(), ensure_ascii=False)
    for secret in rest.values():
        assert secret not in public
    assert "0" * 32 not in public


# ---- what is told again


def test_the_same_results_in_another_file_change_nothing(world: World) -> None:
    rows = [result(line, status) for line, status in enumerate(STATUSES, start=1)]
    answer(world, *rows)
    count = len(world.entries("change"))
    assert codes_of(answer(world, *rows)) == [""]
    assert len(world.entries("change")) == count
    assert world.entries("effect")[-1]["accepted"] == 4


def test_the_same_document_again_is_nothing(world: World) -> None:
    raw = sign_results(world, [result(1, "credited")])
    world.submit(raw)
    count = len(world.entries())
    assert world.submit_document(parse_document(raw)) == []
    assert len(world.entries()) == count


def test_a_line_stated_twice_in_one_document_counts_once(world: World) -> None:
    assert codes_of(answer(world, result(1, "credited"), result(1, "failed"), result(2, "failed"))) == ["", "S10"]
    assert world.line_states("B-1")[:2] == ["credited", "failed"]
    assert world.entries("finding") == []


def test_partial_answers_add_up_and_settle_the_batch_when_the_last_has_come(world: World) -> None:
    answer(world, result(1, "credited"), result(2, "unknown"))
    answer(world, result(3, "failed"), result(4, "credited"))
    assert world.batch("B-1").state == "released"
    answer(world, result(2, "credited"))
    assert world.batch("B-1").state == "settled"
    settled = world.entries("batch")[-1]
    assert (settled["state"], settled["totals"]) == ("settled", {"credited": [3, 3 * FEN], "failed": [1, FEN]})


def test_a_later_return_does_not_open_a_settled_batch_again(world: World) -> None:
    answer(world, *[result(line, "credited") for line in range(1, 5)])
    count = len(world.entries("batch"))
    assert codes_of(answer(world, result(2, "returned"))) == [""]
    assert (world.batch("B-1").state, len(world.entries("batch"))) == ("settled", count)
    assert world.line_states("B-1")[1] == "returned"


def test_a_document_of_several_parts_is_one(world: World) -> None:
    ids = world.settle_people(1_500)
    world.send_batch("B-2", ids, fields={"period": "2027"})
    world.release("B-2", [("402", 1_500, 1_500 * FEN)])
    rows = [result(0, "credited", order=f"{COUNTY}/bank-402/B-2/{line}/0") for line in range(1_500, 0, -1)]
    assert codes_of(answer(world, *rows)) == [""]
    assert world.batch("B-2").state == "settled"


def test_one_document_may_speak_of_several_batches(world: World) -> None:
    world.send_batch("B-2", [make_id(0)], fields={"period": "2027"})
    world.release("B-2", [("402", 1, FEN)])
    answer(world, result(1, "failed"), result(1, "failed", order=f"{COUNTY}/bank-402/B-2/1/0"))
    assert [world.line_states(name)[0] for name in ("B-1", "B-2")] == ["failed", "failed"]
    assert world.batch("B-2").state == "settled"


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


# ---- books


def test_a_close_tells_what_each_bank_credited(world: World) -> None:
    pass_hours(world)
    answer(world, result(1, "credited"), result(2, "failed"), result(3, "returned"), result(4, "unknown"))
    pass_hours(world)
    assert world.entries("close")[-1]["rows"] == [
        ["FARM", "402", "credited", 2, 2 * FEN],
        ["FARM", "402", "failed", 1, FEN],
        ["FARM", "402", "returned", 1, FEN],
        ["FARM", "402", "unknown", 1, FEN],
    ]


def test_failed_and_returned_money_is_free_in_the_plan_again(world: World) -> None:
    (use,) = world.state.plan_use.values()
    assert use == [4 * FEN, 4 * FEN]
    answer(world, result(1, "credited"), result(2, "failed"), result(3, "returned"), result(4, "unknown"))
    assert use == [2 * FEN, 2 * FEN]


def test_of_a_sensitive_programme_the_log_tells_no_amount_of_any_result(world: World) -> None:
    world.set_policy("policy-care", [("programme", "CARE", make_programme(sensitive=True))])
    world.send_batch("B-2", [make_id(0), make_id(1)], fields={"programme": "CARE"})
    world.release("B-2", [("402", 2, 2 * FEN)])
    rows = [result(1, "returned", order=f"{COUNTY}/bank-402/B-2/{line}/0", reason="户名不符") for line in (1, 2)]
    assert codes_of(answer(world, *rows)) == [""]
    changes = world.entries("change")
    assert [(entry["line"], entry["to"]) for entry in changes] == [
        (1, "credited"),
        (2, "credited"),
        (1, "returned"),
        (2, "returned"),
    ]
    assert not any({"amount_fen", "route"} & entry.keys() for entry in changes)
    assert {private["amount_fen"] for private in told(world, "change")} == {FEN}
    assert {private["reason"] for private in told(world, "change")} == {"户名不符"}
    assert world.entries("batch")[-1]["counts"] == {"returned": 2}


def test_the_states_that_pay_keep_their_numbers() -> None:
    assert LINE_STATES[CREDITED] == "credited"
