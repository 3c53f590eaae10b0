"""Sensitive programmes: entries tell counts, private parts hold village and amount, and ordinary ones are as ever."""

import json
from typing import Any

import pytest

from consolidator.ledger.closes import close_hour
from consolidator.ledger.moves import SENSITIVE
from consolidator.ledger.showing import find_hidden
from schemas.documents import derive_commands, parse_document
from tests.support.discreet import (
    ASSESSED,
    CARE,
    HIDDEN_VILLAGE,
    LATER,
    NEXT,
    SENSITIVE_BATCHES,
    UNKNOWN,
    VOID,
    care,
    fen_of,
    live_discreetly,
    make_care,
    pair_privates,
)
from tests.support.world import HOUR, Columns, World, codes_of, make_programme

Pair = tuple[dict[str, Any], dict[str, Any]]
PERSONS = {
    *("account", "beneficiary_id", "beneficiary_name", "designation", "evidence", "head_id", "payee_id"),
    *("payee_name", "stated_account"),
}


@pytest.fixture(scope="module")
def world() -> World:
    """A county in which everything happened."""
    return live_discreetly()


def find(world: World, kind: str, document: str = "", nth: int = 0) -> Pair:
    """Give the n-th entry of a kind about a batch, with its private part."""
    found = [pair for pair in pair_privates(world) if pair[0]["kind"] == kind]
    return [pair for pair in found if not document or pair[0]["document"] == document][nth]


def test_the_header_of_a_sensitive_batch_seals_its_control_total(world: World) -> None:
    public, private = find(world, "document", ASSESSED)
    assert public["sensitive"] is True
    assert "control_fen" not in public
    assert public["control_count"] == 26
    assert private == {"control_fen": sum(map(fen_of, range(25)))}


def test_a_line_tells_neither_amount_nor_route_nor_village(world: World) -> None:
    public, private = find(world, "line", ASSESSED, 20)
    assert set(public) == {
        *("v", "kind", "at", "source", "document", "line", "programme", "period", "state", "bank", "findings", "sealed")
    }
    assert (public["line"], public["bank"], public["state"]) == (21, "103", "ready")
    assert set(private) == PERSONS | {"amount_fen", "route", "village"}
    assert (private["amount_fen"], private["route"], private["village"]) == (fen_of(20), "on_us", HIDDEN_VILLAGE)


def test_what_tells_of_the_person_or_the_amount_is_told_by_its_level(world: World) -> None:
    shown = [(public["findings"], private.get("findings")) for public, private in pair_privates(world)
             if public["kind"] == "line" and public["document"] == ASSESSED]  # fmt: skip
    assert shown[3] == ([":yellow"], ["R08:yellow"])
    assert shown[4] == ([":red"], ["R07:red"])
    assert shown[5] == ([":red"], ["R05:red"])
    assert shown[25][0] == [":red", "R02:orange", "R03:red", "R13:orange"]
    assert shown[25][1] == ["R02:orange", "R03:red", "R13:orange", "S12:red"]
    assert shown[0] == ([], None)


def test_ages_and_amounts_are_told_by_their_level_and_kept_in_full_inside() -> None:
    world = World()
    world.set_up()
    ids = world.settle_people(3)
    world.set_policy("care", [("programme", CARE, make_care(age_max=5))])
    world.send_batch("C", ids[:1], [100], care("2026"))
    assert world.findings("C") == [[":red"]]
    assert find(world, "line")[1]["findings"] == ["R33:red"]
    world.set_policy("care-2", [("programme", CARE, make_care(age_max=None, standard_fen=100))])
    world.send_batch("D", ids[1:], [101, 99], care("2026"))
    assert world.findings("D") == [[":red"], [":orange"]]
    assert [private["findings"] for public, private in pair_privates(world) if public["kind"] == "line"] == [
        *(["R33:red"], ["R21:red"], ["R22:orange"])
    ]
    assert world.batch("D").open is not None
    assert world.batch("D").open.findings == {2: ["R22:orange"]}  # type: ignore[union-attr]  # seen above


def test_a_change_tells_its_arrow_and_bank_only(world: World) -> None:
    public, private = find(world, "change", ASSESSED)
    assert not {"amount_fen", "route"} & public.keys()
    assert (public["from"], public["to"], public["bank"]) == ("ready", "held", "402")
    assert (private["amount_fen"], private["route"], private["reason"]) == (fen_of(0), "on_us", "核实")


def test_a_batch_tells_counts_by_state_and_seals_totals_plan_and_jumps(world: World) -> None:
    public, private = find(world, "batch", ASSESSED)
    assert public["counts"] == {"ready": 23, "refused": 3}
    assert public["findings"] == ["R41:yellow"]
    assert not {"totals", "plan_fen", "used_fen", "jumps"} & public.keys()
    refused = fen_of(4) + fen_of(5)
    ready = sum(map(fen_of, range(25))) - refused
    assert private == {"totals": {"ready": [23, ready], "refused": [3, refused]}, "plan_fen": 1, "used_fen": ready}
    public, private = find(world, "batch", NEXT)
    assert public["findings"] == ["R55:yellow"]
    assert private["jumps"] == [[HIDDEN_VILLAGE, 23, 12]]


def test_a_void_batch_seals_what_was_readable(world: World) -> None:
    public, private = find(world, "batch", VOID)
    assert (public["state"], public["count"], public["findings"]) == ("void", 2, ["R40:red"])
    assert "fen" not in public
    assert private == {"fen": fen_of(40) + fen_of(41)}


def test_a_release_tells_counts_by_bank_and_an_order_file_its_count(world: World) -> None:
    public, private = find(world, "release", ASSESSED, 1)
    assert public["counts"] == {"103": 5, "402": 17}
    assert "banks" not in public
    rows = {bank: (count, fen) for bank, count, fen in private["banks"]}
    others = sum(map(fen_of, range(20, 25)))
    assert rows["103"] == (5, others)
    public, private = find(world, "orders", ASSESSED)
    assert (public["bank"], public["count"]) == ("103", 5)
    assert "fen" not in public
    assert set(private) == {"fen", "parts"}
    assert private["fen"] == others


def test_closes_merge_per_bank_and_tell_fen_of_ten_ordered_lines_or_more(world: World) -> None:
    closes = [pair for pair in pair_privates(world) if pair[0]["kind"] == "close"]
    first, private = closes[0]
    assert first["rows"] == [["FARM", "402", "ready", 10, 100_000]]
    assert first["sensitive"] == [["103", "ready", 5, None], ["402", "ready", 19, None], ["", "refused", 3, None]]
    assert [row[:4] for row in private["rows"]] == [
        [CARE, "", "refused", 3],
        [CARE, "103", "ready", 5],
        [CARE, "402", "ready", 19],
    ]
    ordered = [row for public, _ in closes for row in public.get("sensitive", []) if row[1] == "ordered"]
    assert [row[2] for row in ordered] == [5, 17, 1, 12]
    assert [row[3] is None for row in ordered] == [True, False, True, False]
    assert ordered[3][3] == sum(fen_of(number) + 11 for number in range(60, 72))


@pytest.mark.parametrize(("lines", "fen"), [(9, None), (10, 7_000), (11, 7_000)])
def test_the_fen_of_ten_ordered_lines_stand_in_a_close_and_of_nine_do_not(lines: int, fen: int | None) -> None:
    county = World()
    county.state.moves = {f"{SENSITIVE}402|ordered|{CARE}": [lines, 7_000]}
    (emission,) = close_hour(county.state, county.now)
    assert json.loads(emission.blocks[0].render([""])[0])["sensitive"] == [["402", "ordered", lines, fen]]


def test_merged_rows_stand_once_in_the_last_part_of_a_long_close() -> None:
    county = World()
    county.state.moves = {f"P-{number}|402|ready": [1, 1] for number in range(501)}
    county.state.moves[f"{SENSITIVE}402|ordered|{CARE}"] = [1, 1]
    parts = [json.loads(each.blocks[0].render([""])[0]) for each in close_hour(county.state, county.now)]
    assert [len(part["rows"]) for part in parts] == [500, 1]
    assert ["sensitive" in part for part in parts] == [False, True]


@pytest.mark.parametrize(
    ("banks", "rows", "sizes"),
    [
        (66, 500, [(500, 399)]),
        (67, 500, [(500, 0), (0, 405)]),
        (67, 495, [(495, 405)]),
        (200, 500, [(500, 0), (0, 1_203)]),
    ],
)
def test_an_hour_of_many_banks_stays_within_the_bound_of_an_entry(
    banks: int, rows: int, sizes: list[tuple[int, int]]
) -> None:
    county, most = World(), [1_000_000, 10**15]
    by_bank = ("ready", "ordered", "credited", "failed", "unknown", "returned")
    county.state.moves = {f"P-{number:05d}-ABCDEFG|402|undecided": most for number in range(rows)}
    for number in range(banks):
        county.state.moves |= {f"{SENSITIVE}{number:03d}|{state}|{CARE}": most for state in by_bank}
    county.state.moves |= {f"{SENSITIVE}|{state}|{CARE}": most for state in ("held", "refused", "stopped")}
    entries = [each.blocks[0].render(["0" * 64])[0] for each in close_hour(county.state, county.now)]
    parts = list(map(json.loads, entries))
    assert [(len(part["rows"]), len(part.get("sensitive", ()))) for part in parts] == sizes
    assert [(part["part"], part["parts"]) for part in parts] == [(at, len(sizes)) for at in range(1, len(sizes) + 1)]
    assert max(map(len, entries)) < 65_535


def test_an_hour_of_sensitive_moves_only_is_closed_with_no_other_rows(world: World) -> None:
    only = [entry for entry in world.entries("close") if not entry["rows"]]
    assert only
    assert all(entry["sensitive"] and entry["sealed"] and (entry["part"], entry["parts"]) == (1, 1) for entry in only)


def test_what_became_of_a_finding_is_told_without_a_code_that_tells_of_the_person(world: World) -> None:
    found = [pair for pair in pair_privates(world) if pair[0]["kind"] == "disposition"]
    assert [(public["code"], private["code"]) for public, private in found] == [
        ("", "R08"),
        ("R16", "R16"),
        ("", "R08"),
    ]


def test_a_batch_of_an_unknown_programme_is_taken_for_a_sensitive_one(world: World) -> None:
    public, private = find(world, "document", UNKNOWN)
    assert (public["outcome"], public["code"], public["sensitive"]) == ("refused", "D11", True)
    assert private == {"control_fen": fen_of(43)}


def test_the_log_tells_from_when_on_a_programme_is_sensitive(world: World) -> None:
    told = [entry["sensitive"] for entry in world.entries("effect") if "sensitive" in entry]
    assert told == [{CARE: True}, {CARE: False}]


def test_a_programme_that_is_no_longer_sensitive_shows_later_batches_and_no_older_ones(world: World) -> None:
    public, private = find(world, "line", LATER)
    assert (public["amount_fen"], public["village"]) == (fen_of(50), HIDDEN_VILLAGE)
    assert set(private) == PERSONS
    assert world.batch(NEXT).sensitive
    assert not world.batch(LATER).sensitive


def test_sensitivity_is_what_it_was_at_the_header_even_if_policy_changes_before_the_last_part() -> None:
    world = World()
    world.set_up()
    ids = world.settle_people(2)
    world.set_policy("care", [("programme", CARE, make_care())])
    fields = world.batch_fields("C", 2, 300, **care("2026"))
    people: Columns = {
        "beneficiary_id": ids,
        "beneficiary_name": list(map(world.name_of, ids)),
        "amount_fen": [100, 200],
    }
    document = parse_document(world.sign("adapter", fields, people))
    header, part = derive_commands(document, world.now)
    world.apply(header)
    world.set_policy("open", [("programme", CARE, make_care() | {"sensitive": False})])
    world.apply(part)
    assert world.batch("C").sensitive
    assert "amount_fen" not in find(world, "line")[0]


def test_every_entry_about_a_sensitive_batch_is_found_by_its_absence_of_amounts(world: World) -> None:
    about = [entry for entry in world.entries() if entry.get("document") in SENSITIVE_BATCHES]
    assert {entry["document"] for entry in about} == SENSITIVE_BATCHES
    assert not [entry for entry in about if {"amount_fen", "fen", "control_fen", "totals", "banks"} & entry.keys()]


def test_an_ordinary_line_does_not_say_that_its_beneficiary_has_a_sensitive_subsidy() -> None:
    world = World()
    world.set_up(excludes=[CARE], standard_fen=None)
    ids = world.settle_people(2)
    world.set_policy("care", [("programme", CARE, make_care()), ("programme", "WOOD", make_programme())])
    world.send_batch("C", ids[:1], [100], care("2026"))
    world.send_batch("F", ids[:1], [100])
    assert world.findings("F") == [[":orange"]]
    public, private = find(world, "line", "F")
    assert public["amount_fen"] == 100
    assert private["findings"] == ["R19:orange"]
    world.set_policy("farm", [("programme", "FARM", make_programme(excludes=["WOOD"], standard_fen=None))])
    world.send_batch("W", ids[1:], [10_000], {"programme": "WOOD"})
    world.send_batch("G", ids[1:], [100])
    assert world.findings("G") == [["R19:orange"]]
    world.set_policy("both", [("programme", "FARM", make_programme(excludes=[CARE, "WOOD"], standard_fen=None))])
    world.send_batch("H", ids[1:], [100], {"period": "2025"})
    assert find_hidden(world.state, world.batch("H")) >= {"R19"}


def test_a_release_with_other_figures_is_refused_as_for_any_programme() -> None:
    world = World()
    world.set_up()
    ids = world.settle_people(2)
    world.set_policy("care", [("programme", CARE, make_care(publicity_required=False))])
    world.send_batch("C", ids, [100, 200], care("2026"))
    assert codes_of(world.release("C", [("402", 2, 299)]))[-1] == "D17"
    world.now += HOUR
    assert codes_of(world.release("C", [("402", 2, 300)]))[-1] == ""
    assert find(world, "batch", "C", 0)[0]["counts"] == {"ready": 2}
    assert find(world, "release", "C", 1)[1] == {"banks": [["402", 2, 300]]}
    assert world.line_states("C") == ["ordered", "ordered"]
