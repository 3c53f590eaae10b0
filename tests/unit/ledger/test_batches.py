"""Batches: totals first, then each line to its state, bank and route; what is void, refused, held and why."""

from typing import Any

import pytest

from consolidator.facts.state import find_batch
from consolidator.ledger import batches
from schemas.orders import parse_order_part
from tests.support.world import HOUR, VILLAGE, World, codes_of, make_account, make_id, make_programme, officer


@pytest.fixture
def world() -> World:
    """A county of four registered people, each with a designated account at bank 402."""
    made = World()
    made.set_up()
    made.settle_people(4)
    return made


IDS = [make_id(number) for number in range(4)]


def test_ready_lines_say_bank_route_and_village_and_hide_the_rest(world: World) -> None:
    world.send_batch("B-1", IDS[:2])
    first, second = world.entries("line")
    assert (first["line"], second["line"]) == (1, 2)
    assert {key: first[key] for key in ("amount_fen", "bank", "route", "state", "findings", "village")} == {
        "amount_fen": 10_000,
        "bank": "402",
        "route": "on_us",
        "state": "ready",
        "findings": [],
        "village": VILLAGE,
    }
    assert make_id(0) in world.privates()[-3].decode()
    batch = world.entries("batch")[-1]
    assert (batch["state"], batch["totals"]) == ("assessed", {"ready": [2, 20_000]})
    assert batch["registers"] == {"library": "2026-10-31", "population": "2026-10-31"}
    assert batch["not_checked"] == ["R05", "R08", "R09", "R41"]
    assert batch["rules"] == 1


def test_a_stated_village_and_account_are_kept_beside_the_known_ones(world: World) -> None:
    register = {"id": IDS[:1], "village": ["511112001009"], "status": ["active"]}
    world.register("library", register, "delta")
    world.send_batch("B-1", IDS[:2], village=["511112001009", None], account=["6222" + "0" * 12, None])
    lines = world.entries("line")
    assert [line["village"] for line in lines] == ["511112001009", VILLAGE]
    assert [line["findings"] for line in lines] == [["R13:blue"], []]
    assert [line["state"] for line in lines] == ["ready", "ready"]
    assert b'"stated_account":"6222000000000000"' in world.privates()[-3]


def test_a_line_of_somebody_unknown_that_states_no_village_has_none(world: World) -> None:
    world.send_batch("B-1", [IDS[0], make_id(900)])
    world.send_batch("B-2", [make_id(901), IDS[1]], village=[None, VILLAGE])
    assert [line["village"] for line in world.entries("line")] == [VILLAGE, "", "", VILLAGE]


@pytest.mark.parametrize(
    ("totals", "fen"),
    [({"count": 2, "fen": 19_999}, 20_000), ({"count": 3, "fen": 20_000}, 20_000), ({"count": 2, "fen": 0}, 20_000)],
)
def test_totals_that_lie_void_the_batch(world: World, totals: dict[str, int], fen: int) -> None:
    outcomes = world.send_batch("B-1", IDS[:2], fields={"totals": totals})
    assert [(outcome.word, outcome.code) for outcome in outcomes] == [("new", ""), ("void", "D20")]
    (entry,) = world.entries("batch")
    assert (entry["state"], entry["findings"], entry["positions"]) == ("void", ["R40:red"], [])
    assert (entry["count"], entry["fen"]) == (2, fen)
    assert world.entries("line") == []
    assert world.batch("B-1").state == "void"
    assert world.line_states("B-1") == []


def test_unreadable_amounts_void_the_batch_and_name_their_lines(world: World) -> None:
    outcomes = world.send_batch("B-1", IDS[:3], [None, 10_000, None], fields={"totals": {"count": 3, "fen": 10_000}})
    assert [(outcome.word, outcome.code, outcome.position) for outcome in outcomes[1:]] == [
        ("void", "D20", ""),
        ("item", "I20", "line 1"),
        ("item", "I20", "line 3"),
    ]
    (entry,) = world.entries("batch")
    assert (entry["positions"], entry["count"], entry["fen"]) == ([1, 3], 3, 10_000)


def test_a_void_batch_lists_a_hundred_positions_by_row_of_the_file_and_claims_nothing(world: World) -> None:
    count = 150
    amounts = [None] * 149 + [10_000]
    outcomes = world.send_batch("B-1", IDS[:1] * count, amounts, row=[number + 5 for number in range(count)])
    assert outcomes[2].position == "row 5"
    assert len(outcomes) == 2 + 149
    assert world.entries("batch")[0]["positions"] == list(range(1, 101))
    world.send_batch("B-2", IDS[:1])
    assert world.line_states("B-2") == ["ready"]


def test_an_odd_item_refuses_its_line_with_its_fen_and_the_rest_goes_on(world: World) -> None:
    fields = {"totals": {"count": 3, "fen": 30_000}}
    outcomes = world.send_batch("B-1", ["no id", *IDS[1:3]], fields=fields)
    assert [(outcome.word, outcome.code, outcome.position, outcome.detail) for outcome in outcomes[1:]] == [
        ("item", "S01", "line 1", "beneficiary_id")
    ]
    assert world.line_states("B-1") == ["refused", "ready", "ready"]
    assert world.findings("B-1") == [["S01:red"], [], []]
    assert world.entries("batch")[0]["totals"] == {"ready": [2, 20_000], "refused": [1, 10_000]}


def test_odd_items_are_told_in_the_order_of_their_lines(world: World) -> None:
    outcomes = world.send_batch("B-1", [IDS[0], "no id", IDS[2]], village=["no village", VILLAGE, VILLAGE])
    assert [(outcome.position, outcome.detail) for outcome in outcomes[1:]] == [
        ("line 1", "village"),
        ("line 2", "beneficiary_id"),
    ]


def test_a_list_that_never_hung_is_evidence_without_a_day(world: World) -> None:
    world.send_batch("B-1", IDS[:1], fields={"publicity": None})
    assert b'"evidence":{"R42":{"day":"2026-11-01","publicity_until":""}}' in world.privates()[-2]


def test_a_batch_remembers_the_file_it_came_from_if_it_came_from_one(world: World) -> None:
    file = {"name": "代发.xlsx", "sha256": "0" * 64}
    world.send_batch("B-1", IDS[:1], fields={"file": file})
    world.send_batch("B-2", IDS[1:2])
    assert [world.batch(name).file for name in ("B-1", "B-2")] == ["代发.xlsx", ""]


@pytest.mark.parametrize(("column", "value"), [("payee_id", IDS[1]), ("payee_name", "示例乙")])
def test_half_a_payee_refuses_the_batch_so_that_nobody_is_paid_under_anothers_name(
    world: World, column: str, value: str
) -> None:
    assert codes_of(world.send_batch("B-1", IDS[:1], None, None, **{column: [value]})) == ["", "D09"]
    assert world.entries("line") == []
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["codes"], effect["positions"]) == ("batch", {"D09": 1}, [])


def test_a_zero_amount_is_refused(world: World) -> None:
    world.send_batch("B-1", IDS[:2], [0, 10_000])
    assert world.line_states("B-1") == ["refused", "ready"]
    assert world.findings("B-1") == [["R22:orange", "S12:red"], []]


def test_a_county_never_sums_more_than_its_numbers_hold(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert batches.COUNTY_FEN_MAX == 2**53 - 1
    monkeypatch.setattr(batches, "COUNTY_FEN_MAX", 30_000)
    world.send_batch("B-1", [IDS[0], IDS[1]], [10_000, 10_001])
    assert world.line_states("B-1") == ["ready", "refused"]
    assert codes_of(world.send_batch("B-2", IDS[1:3], [5_000, 5_000])) == ["", "D24"]
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["accepted"], effect["codes"]) == ("batch", 0, {"D24": 2})
    assert find_batch(world.state, "bank-402", "B-2") is None
    assert codes_of(world.send_batch("B-3", IDS[1:2], [9_999])) == [""]


def test_a_batch_of_2500_lines_is_assessed_in_three_slices(world: World) -> None:
    world.send_batch("B-1", world.settle_people(2_500))
    assert [step.lines for step in world.steps[-4:]] == [1_000, 1_000, 500, 0]
    assert [len(step.bundles) for step in world.steps[-4:]] == [4, 4, 2, 1]
    assert [entry["line"] for entry in world.entries("line")] == list(range(1, 2_501))
    world.release("B-1", [("402", 2_500, 25_000_000)])
    (file,) = [file for step in world.steps for file in step.order_files]
    parts = [part for step in world.steps for part in step.order_parts]
    assert (file.count, file.fen, file.parts, [part.index for part in parts]) == (2_500, 25_000_000, 3, [0, 1, 2])
    assert set(world.line_states("B-1")) == {"ordered"}
    assert world.batch("B-1").open is None


def test_parts_that_are_not_full_are_refused_since_a_lines_number_tells_its_part(world: World) -> None:
    parts = [
        b'{"beneficiary_id":["%s"],"beneficiary_name":["x"],"amount_fen":[1]}' % identity.encode()
        for identity in IDS[:2]
    ]
    outcomes = world.submit(world.sign_raw("adapter", world.batch_fields("B-1", 2, 2), parts, 2))
    assert codes_of(outcomes) == ["", "D10"]
    assert world.state.batches == []


@pytest.mark.parametrize(("body", "count", "code"), [(b'{"amount_fen":[1]}', 1, "D09"), (b"[]", 1, "D09")])
def test_a_part_that_is_no_part_refuses_the_batch(world: World, body: bytes, count: int, code: str) -> None:
    outcomes = world.submit(world.sign_raw("adapter", world.batch_fields("B-1", count, 1), [body], count))
    assert codes_of(outcomes) == ["", code]
    assert world.state.batches == []


def test_a_count_that_differs_from_the_parts_refuses_the_batch(world: World) -> None:
    part = b'{"beneficiary_id":["%s"],"beneficiary_name":["x"],"amount_fen":[1]}' % IDS[0].encode()
    outcomes = world.submit(world.sign_raw("adapter", world.batch_fields("B-1", 2, 1), [part], 2))
    assert codes_of(outcomes) == ["", "D10"]


def test_a_batch_without_lines_settles_at_once(world: World) -> None:
    world.submit(world.sign_raw("adapter", world.batch_fields("B-1", 0, 0), [], 0))
    assert [entry["state"] for entry in world.entries("batch")] == ["assessed", "settled"]
    assert world.entries("batch")[1]["totals"] == {}


def test_a_batch_whose_lines_are_all_refused_settles_at_once(world: World) -> None:
    world.send_batch("B-1", [make_id(7)])
    assert "R03:red" in world.findings("B-1")[0]
    assert [entry["state"] for entry in world.entries("batch")] == ["assessed", "settled"]
    assert world.batch("B-1").open is None


# ---- routes


def add_card(world: World, number: int, bank: str, branch: str | None = None) -> None:
    """Give a person without designation a card at a bank, and designate it."""
    world.take_census([make_id(number)], [bank], [make_account(number)])
    world.designate([make_id(number)], [bank], [make_account(number)], [branch])


@pytest.fixture
def strangers() -> World:
    """A county where nobody has a designation yet, and no register is filled."""
    made = World()
    made.set_up()
    return made


def test_the_designated_accounts_bank_pays_where_the_programme_keeps_money(strangers: World) -> None:
    strangers.set_policy("policy-2", [("programme", "FARM", make_programme(paying_banks=["402", "103"]))])
    add_card(strangers, 1, "103")
    strangers.send_batch("B-1", [make_id(1)])
    (line,) = strangers.entries("line")
    assert (line["bank"], line["route"], line["state"]) == ("103", "on_us", "ready")


def test_an_order_within_a_bank_carries_no_branch_number(strangers: World) -> None:
    add_card(strangers, 1, "402", "402000000001")
    strangers.send_batch("B-1", [make_id(1)])
    strangers.release("B-1", [("402", 1, 10_000)])
    (part,) = [part for step in strangers.steps for part in step.order_parts]
    assert b'"bank":["402"],"branch":[""]' in part.body


def test_otherwise_the_agent_bank_pays_across_banks(strangers: World) -> None:
    add_card(strangers, 1, "103", "103000000001")
    strangers.send_batch("B-1", [make_id(1)])
    (line,) = strangers.entries("line")
    assert (line["bank"], line["route"], line["state"]) == ("402", "interbank", "ready")
    strangers.release("B-1", [("402", 1, 10_000)])
    (part,) = [part for step in strangers.steps for part in step.order_parts]
    assert b'"bank":["103"],"branch":["103000000001"]' in part.body


def test_across_banks_without_a_branch_number_is_held(strangers: World) -> None:
    add_card(strangers, 1, "103")
    strangers.send_batch("B-1", [make_id(1)])
    (line,) = strangers.entries("line")
    assert (line["bank"], line["route"], line["state"], line["findings"]) == ("", "", "held", ["H02:orange"])


def test_without_designation_a_line_is_held(strangers: World) -> None:
    strangers.send_batch("B-1", [make_id(1)])
    assert strangers.findings("B-1") == [["R13:orange"]]
    assert strangers.line_states("B-1") == ["held"]


@pytest.mark.parametrize("window", [0, 72])
def test_no_setting_lets_a_line_without_designation_be_paid(strangers: World, window: int) -> None:
    programme = make_programme(review_window_hours=window)
    off: dict[str, Any] = {"enabled": False}
    strangers.set_policy("policy-2", [("rule", "R13", off), ("programme", "FARM", programme)])
    strangers.send_batch("B-1", [make_id(1)])
    assert strangers.findings("B-1") == [["R13:orange"]]
    assert strangers.line_states("B-1") == ["held"]


# ---- standing approval


def test_a_review_window_of_zero_orders_ready_lines_at_the_last_part(world: World) -> None:
    world.set_policy("policy-2", [("programme", "FARM", make_programme(review_window_hours=0))])
    world.send_batch("B-1", [*IDS[:2], make_id(8)])
    assert world.line_states("B-1") == ["ordered", "ordered", "refused"]
    (orders,) = world.entries("orders")
    assert (orders["bank"], orders["release"], orders["file"]) == ("402", 1, "bank-402_B-1_402_001")
    assert (orders["count"], orders["fen"], orders["parts"]) == (2, 20_000, 1)
    assert world.entries("release") == []
    (file,) = [file for step in world.steps for file in step.order_files]
    assert [entry["kind"] for entry in world.entries()][file.entry] == "orders"
    assert world.batch("B-1").state == "released"


def test_a_standing_approval_with_nothing_ready_orders_nothing(world: World) -> None:
    world.set_policy("policy-2", [("programme", "FARM", make_programme(review_window_hours=0))])
    world.send_batch("B-1", [make_id(8)])
    assert world.entries("orders") == []
    assert world.batch("B-1").releases == 0


def test_a_line_cleared_after_a_standing_approval_needs_release_number_two(world: World) -> None:
    world.set_policy("policy-2", [("programme", "FARM", make_programme(review_window_hours=0, unit="household"))])
    homes = {"id": IDS, "name": [world.name_of(identity) for identity in IDS], "household": ["A", "A", "B", "C"]}
    world.register("population", {**homes, "village": [VILLAGE] * 4})
    world.send_batch("B-1", IDS[:3])
    assert world.line_states("B-1") == ["held", "held", "ordered"]
    world.clear("B-1", [1])
    assert codes_of(world.release("B-1", [("402", 1, 10_000)], 1))[-1] == "D19"
    assert codes_of(world.release("B-1", [("402", 1, 10_000)], 2)) == [""]
    assert world.line_states("B-1") == ["ordered", "held", "ordered"]
    assert [entry["file"] for entry in world.entries("orders")] == ["bank-402_B-1_402_001", "bank-402_B-1_402_002"]


def test_two_paying_banks_get_a_file_each(world: World) -> None:
    world.set_policy(
        "policy-2",
        [("programme", "FARM", make_programme(paying_banks=["402", "103"], review_window_hours=0))],
    )
    world.take_census(IDS[3:], ["103"], [make_account(9)])
    world.designate(IDS[3:], ["103"], [make_account(9)])
    world.now += 6 * 24 * HOUR  # cooling off, and the quiet days after the change (R14)
    world.send_batch("B-1", [IDS[3], *IDS[:2]])
    assert [(entry["bank"], entry["count"], entry["fen"]) for entry in world.entries("orders")] == [
        ("103", 1, 10_000),
        ("402", 2, 20_000),
    ]


def test_the_lines_of_every_slice_go_to_their_own_banks() -> None:
    world = World()
    world.set_up(paying_banks=["402", "103"], review_window_hours=0)
    ids = world.settle_people(1_003)
    world.take_census(ids[-2:], ["103"] * 2, [make_account(5_000), make_account(5_001)])
    world.designate(ids[-2:], ["103"] * 2, [make_account(5_000), make_account(5_001)])
    world.now += 6 * 24 * HOUR  # cooling off, and the quiet days after the change (R14)
    world.send_batch("B-1", ids)
    assert [(entry["bank"], entry["count"]) for entry in world.entries("orders")] == [("103", 2), ("402", 1_001)]
    first = next(part for step in world.steps for part in step.order_parts)
    assert parse_order_part(first.body).line == [1_002, 1_003]


def test_the_adapter_of_another_township_may_not_send(world: World) -> None:
    world.set_policy("policy-2", [officer("adapter", "bank-402", "adapter", ["batch"], regions=["511112002"])])
    assert codes_of(world.send_batch("B-1", IDS[:1])) == ["D05"]
