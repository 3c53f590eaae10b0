"""``disposition``: what became of findings, and the suppression of repeated false hits by two persons."""

from collections.abc import Sequence
from typing import Any

import pytest

from consolidator.facts.registers import Suppression
from consolidator.rules import catalogue
from consolidator.rules.catalogue import CATALOGUE
from tests.support.world import HOUR, World, codes_of, digest_of, key_of, make_id, make_programme

IDS = [make_id(number) for number in range(4)]
HOME = {"programme": "HOME"}
BELOW = [9_000, 10_000, 10_000]  # the first line is held for R22
DAY = 24 * HOUR


@pytest.fixture
def world() -> World:
    """Batch B-1 of three lines, of which the first is below the standard; two households of two in all."""
    made = World()
    made.set_up()
    made.set_policy("policy-2", [("programme", "HOME", make_programme(unit="household"))])
    made.settle_people(4, household_size=2)
    made.send_batch("B-1", IDS[:3], BELOW)
    return made


def sign(  # noqa: PLR0913, PLR0917 -- a disposition with its usual values
    world: World,
    key: str,
    action: str,
    lines: Sequence[int],
    codes: Sequence[str],
    until: Sequence[str | None] | None = None,
    verdict: str = "unfounded",
    batch: str = "B-1",
) -> bytes:
    """Make a disposition."""
    fields = {
        "kind": "disposition",
        "source": "oversight" if key == "supervisor" else "bureau",
        "id": f"disposition-{key}-{world.numbers.get(key, 0) + 1}",
        "action": action,
        "batch": {"source": "bank-402", "id": batch},
    }
    columns: dict[str, Any] = {"line": list(lines), "code": list(codes), "until": until}
    return world.sign(key, fields, columns | {"verdict": [verdict] * len(lines), "reason": ["已核实"] * len(lines)})


def record(world: World, lines: Sequence[int], codes: Sequence[str], key: str = "reviewer", **more: Any) -> list[str]:  # noqa: ANN401 -- as for sign
    """Record dispositions; gives the codes."""
    return codes_of(world.submit(sign(world, key, "record", lines, codes, **more)))


def suppress(
    world: World,
    lines: Sequence[int],
    codes: Sequence[str],
    until: Sequence[str | None] | None = None,
    batch: str = "B-1",
) -> list[str]:
    """Have the reviewer suppress and the approver confirm; gives the codes of the confirm."""
    days = ["2026-11-30"] * len(lines) if until is None else until
    raw = sign(world, "reviewer", "suppress", lines, codes, days, batch=batch)
    assert codes_of(world.submit(raw)) == [""]
    return codes_of(world.confirm("approver", "bureau", digest_of(raw), f"c-{world.numbers.get('approver', 0) + 1}"))


# ---- recording


@pytest.mark.parametrize("verdict", ["confirmed", "unfounded", "data_error", "needs_material"])
def test_a_disposition_is_an_entry_with_a_private_reason(world: World, verdict: str) -> None:
    assert record(world, [1], ["R22"], verdict=verdict) == [""]
    (entry,) = world.entries("disposition")
    digest = world.entries("document")[-1]["digest"]
    del entry["sealed"], entry["at"]
    assert entry == {
        "v": 1,
        "kind": "disposition",
        "source": "bank-402",
        "document": "B-1",
        "line": 1,
        "code": "R22",
        "verdict": verdict,
        "by": key_of("reviewer"),
        "cause": digest,
    }
    assert world.privates()[-2] == '{"code":"R22","reason":"已核实"}'.encode()
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["accepted"], effect["refused"]) == ("disposition", 1, 0)


def test_the_document_of_a_disposition_says_its_action_and_batch(world: World) -> None:
    record(world, [1], ["R22"])
    document = world.entries("document")[-1]
    assert (document["action"], document["batch_source"], document["batch_document"]) == ("record", "bank-402", "B-1")


def test_oversight_records_at_once_and_nothing_else_changes(world: World) -> None:
    assert record(world, [1, 2], ["R22", "R08"], "supervisor", until=["2026-12-31", None]) == [""]
    assert [(entry["line"], entry["code"], entry["by"]) for entry in world.entries("disposition")] == [
        (1, "R22", key_of("supervisor")),
        (2, "R08", key_of("supervisor")),
    ]
    assert all("until" not in entry for entry in world.entries("disposition"))
    assert world.state.suppressions == {}
    assert world.line_states("B-1") == ["held", "ready", "ready"]


def test_a_private_code_stands_in_the_private_part_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    private = catalogue.RuleText("red", "服刑在押人员领取", "prisoner paid", "-", "-", public=False)
    monkeypatch.setitem(CATALOGUE, "R31", private)
    record(world, [1], ["R31"])
    assert world.entries("disposition")[-1]["code"] == ""
    assert b'"code":"R31"' in world.privates()[-2]


def test_a_line_or_a_rule_that_is_not_there_is_refused_item_by_item(world: World) -> None:
    assert record(world, [3, 4, 1], ["R22", "R22", "R99"]) == ["", "S03", "S01"]
    assert [entry["line"] for entry in world.entries("disposition")] == [3]
    effect = world.entries("effect")[-1]
    assert (effect["accepted"], effect["positions"]) == (1, [[2, "S03"], [3, "S01"]])


@pytest.mark.parametrize("action", ["record", "suppress"])
def test_a_part_that_is_no_part_refuses_the_document_before_it_waits(world: World, action: str) -> None:
    fields = {
        "kind": "disposition",
        "source": "bureau",
        "id": "d-1",
        "action": action,
        "batch": {"source": "bank-402", "id": "B-1"},
    }
    assert codes_of(world.submit(world.sign_raw("reviewer", fields, [b"[]"], 1))) == ["", "D09"]
    assert world.state.pending == {}
    assert world.entries("effect")[-1]["codes"] == {"D09": 1}


@pytest.mark.parametrize("batch", ["B-9", "VOID"])
def test_only_batches_with_lines_have_dispositions(world: World, batch: str) -> None:
    world.send_batch("VOID", IDS[:1], fields={"totals": {"count": 9, "fen": 9}})
    assert record(world, [1], ["R22"], batch=batch) == ["D13" if batch == "B-9" else "D16"]


def test_a_settled_batch_still_has_dispositions_but_no_reviews(world: World) -> None:
    world.send_batch("SETTLED", [make_id(900)])
    assert world.batch("SETTLED").state == "settled"
    assert record(world, [1], ["R03"], batch="SETTLED") == [""]
    world.review("reviewer", "comment", "SETTLED", [1])
    assert world.entries("document")[-1]["code"] == "D16"


# ---- suppressing


def test_a_suppression_waits_for_its_second_person(world: World) -> None:
    raw = sign(world, "reviewer", "suppress", [1], ["R22"], ["2026-11-30"])
    assert codes_of(world.submit(raw)) == [""]
    assert (world.state.suppressions, world.entries("disposition")) == ({}, [])
    assert codes_of(world.confirm("reviewer", "bureau", digest_of(raw), "c-1")) == ["D14"]
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "c-2")) == [""]
    (entry,) = world.entries("disposition")
    cause = world.entries("document")[-1]["digest"]
    assert (entry["until"], entry["by"], entry["cause"]) == ("2026-11-30", key_of("approver"), cause)
    assert world.state.suppressions == {"R22": {f"FARM|{IDS[0]}": Suppression("2026-11-30", cause)}}


def test_a_suppressed_finding_only_informs_in_the_persons_next_batch(world: World) -> None:
    assert suppress(world, [1], ["R22"]) == [""]
    assert world.line_states("B-1") == ["held", "ready", "ready"]
    world.send_batch("B-2", IDS[:2], [9_000, 9_000], fields={"period": "2025"})
    assert world.line_states("B-2") == ["ready", "held"]
    assert world.findings("B-2") == [["R22:blue"], ["R22:orange"]]
    assert b'"R22":{"quantity_milli":1000,"standard_fen":10000,"suppressed_until":"2026-11-30"}' in b"".join(
        world.privates()
    )


@pytest.mark.parametrize(("days", "state"), [(29, "ready"), (30, "held")])
def test_a_suppression_ends_after_its_day_in_china(world: World, days: int, state: str) -> None:
    assert suppress(world, [1], ["R22"]) == [""]
    world.now += days * DAY + 15 * HOUR  # 2026-11-30 23:00 in China, and a day later
    world.send_batch("B-2", IDS[:1], [9_000], fields={"period": "2025"})
    assert world.line_states("B-2") == [state]


def test_a_suppression_that_ended_between_assessment_and_release_holds_the_line(world: World) -> None:
    suppress(world, [1], ["R22"])
    world.send_batch("B-2", IDS[:1], [9_000], fields={"period": "2025"})
    world.now += 40 * DAY
    assert codes_of(world.release("B-2", [("402", 1, 9_000)])) == ["", "D18"]
    assert world.entries("change")[-1]["findings"] == ["R22:orange"]


def test_a_later_suppression_replaces_the_earlier_one(world: World) -> None:
    suppress(world, [1], ["R22"])
    suppress(world, [1], ["R22"], ["2027-01-31"])
    assert world.state.suppressions["R22"][f"FARM|{IDS[0]}"].until == "2027-01-31"


@pytest.mark.parametrize(
    ("code", "until", "refusal"),
    [
        ("R22", None, "S07"),
        ("R22", "2026-02-30", "S07"),
        ("R22", "2026-10-31", "S07"),
        ("R22", "2026-11-01", ""),
        ("R22", "2027-11-02", ""),
        ("R22", "2027-11-03", "S07"),
        ("R13", "2026-11-30", "S16"),
        ("R42", "2026-11-30", "S16"),
        ("R99", "2026-11-30", "S01"),
    ],
)
def test_a_suppression_needs_a_day_to_come_and_a_finding_that_can_be_quiet(
    world: World, code: str, until: str | None, refusal: str
) -> None:
    assert suppress(world, [1], [code], [until]) == (["", refusal] if refusal else [""])
    assert (code in world.state.suppressions) is (not refusal)
    assert len(world.entries("disposition")) == (0 if refusal else 1)


@pytest.mark.parametrize("code", ["R13", "R42"])
def test_what_a_line_is_held_for_since_nothing_may_be_paid_cannot_be_quieted(world: World, code: str) -> None:
    world.state.designations.pop(IDS[3])
    world.send_batch("B-2", [IDS[3]], fields={"publicity": None})
    assert world.findings("B-2") == [["R13:orange", "R42:orange"]]
    assert suppress(world, [1], [code], batch="B-2") == ["", "S16"]
    assert world.state.suppressions == {}


def test_without_any_day_nothing_is_suppressed(world: World) -> None:
    raw = sign(world, "reviewer", "suppress", [1], ["R22"])
    world.submit(raw)
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "c-1")) == ["", "S07"]


def test_a_line_that_holds_nothing_is_nobodys_whose_findings_could_be_quiet(world: World) -> None:
    world.send_batch("B-2", IDS[:2], [10_001, 9_000], fields={"period": "2025"})
    world.review("reviewer", "stop", "B-2", [2])
    assert world.line_states("B-2") == ["refused", "stopped"]
    assert suppress(world, [1, 2], ["R08", "R08"], batch="B-2") == ["", "S04", "S04"]
    assert world.state.suppressions == {}


def test_a_person_is_found_by_his_line_also_behind_a_plots_number(world: World) -> None:
    world.set_policy("policy-3", [("programme", "PLOT", make_programme(unit="plot"))])
    world.send_batch("B-2", IDS[:2], [9_000] * 2, fields={"programme": "PLOT"}, plot=["P-1", "P-2"])
    suppress(world, [2], ["R22"], batch="B-2")
    assert list(world.state.suppressions["R22"]) == [f"PLOT|{IDS[1]}"]


def test_each_line_of_each_batch_is_its_own_persons(world: World) -> None:
    world.send_batch("B-2", IDS[3:])
    suppress(world, [1, 3], ["R08", "R08"])
    assert list(world.state.suppressions["R08"]) == [f"FARM|{IDS[0]}", f"FARM|{IDS[2]}"]
    suppress(world, [1], ["R09"], batch="B-2")
    assert list(world.state.suppressions["R09"]) == [f"FARM|{IDS[3]}"]


def test_a_line_behind_the_last_is_nobodys(world: World) -> None:
    world.send_batch("B-2", IDS[3:])
    assert suppress(world, [4], ["R08"]) == ["", "S03"]
    assert world.state.suppressions == {}


def test_nobody_suppresses_what_a_line_is_not_held_for(world: World) -> None:
    assert suppress(world, [1, 2], ["R38", "R22"]) == ["", "S16", "S16"]
    world.send_batch("GONE", [IDS[3]], [10_001])
    assert world.batch("GONE").open is None
    assert suppress(world, [1], ["R22"], batch="GONE") == ["", "S16"]
    assert world.state.suppressions == {}


def test_what_a_line_was_let_go_for_can_be_suppressed(world: World) -> None:
    assert codes_of(world.clear("B-1", [1])) == [""]
    assert world.line_states("B-1")[0] == "ready"
    assert suppress(world, [1], ["R22"]) == [""]


def test_a_finding_that_the_county_made_a_clue_can_be_suppressed_on_any_line(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R38", {"level": "yellow"})])
    assert suppress(world, [2], ["R38"]) == [""]


def test_a_suppression_is_about_one_programme(world: World) -> None:
    assert suppress(world, [1], ["R22"]) == [""]
    world.send_batch("B-2", IDS[:1], [9_000], fields=HOME)
    assert world.findings("B-2") == [["R22:orange"]]


def test_nothing_quiets_that_a_required_register_is_missing(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R05", {"level": "orange", "required": True})])
    world.send_batch("B-2", IDS[:1], fields={"period": "2025"})
    assert world.findings("B-2") == [["R05:orange"]]
    assert suppress(world, [1], ["R05"], batch="B-2") == [""]
    world.send_batch("B-3", IDS[:1], fields={"period": "2024"})
    assert world.findings("B-3") == [["R05:orange"]]
    assert world.line_states("B-3") == ["held"]


def test_a_red_finding_stays_red_whatever_was_suppressed(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R21", {"level": "orange"})])
    world.send_batch("B-2", IDS[:1], [10_001], fields={"period": "2025"})
    assert suppress(world, [1], ["R21"], batch="B-2") == [""]
    world.set_policy("policy-4", [("rule", "R21", {"level": "red"})])
    world.send_batch("B-3", IDS[:1], [10_001], fields={"period": "2024"})
    assert world.findings("B-3") == [["R21:red"]]


# ---- groups


def suppress_household(world: World) -> None:
    """Let the first person's household be found in an earlier period, and that quieted for him."""
    world.send_batch("EARLIER", IDS[:2], fields=HOME | {"period": "2025"})
    assert suppress(world, [1], ["R18"], batch="EARLIER") == [""]


def test_a_suppressed_member_of_a_group_is_informed_and_the_others_are_held(world: World) -> None:
    suppress_household(world)
    world.send_batch("B-2", IDS[:2], fields=HOME)
    assert world.findings("B-2") == [["R18:blue"], ["R18:orange"]]
    assert world.line_states("B-2") == ["ready", "held"]


def test_a_suppressed_members_line_in_an_earlier_batch_is_not_marked(world: World) -> None:
    suppress_household(world)
    world.send_batch("B-2", IDS[:1], fields=HOME)
    world.send_batch("B-3", IDS[1:2], fields=HOME)
    assert [world.line_states(name) for name in ("B-2", "B-3")] == [["ready"], ["held"]]
    assert (world.entries("change"), world.entries("finding")) == ([], [])


def test_a_suppressed_members_earlier_line_is_marked_again_after_the_day(world: World) -> None:
    suppress_household(world)
    world.send_batch("B-2", IDS[:1], fields=HOME)
    world.now += 31 * DAY
    world.send_batch("B-3", IDS[1:2], fields=HOME)
    assert world.line_states("B-2") == ["held"]


def test_a_group_rule_that_a_county_made_red_marks_suppressed_members_too(world: World) -> None:
    suppress_household(world)
    world.set_policy("policy-3", [("rule", "R18", {"level": "red"})])
    world.send_batch("B-2", IDS[:1], fields=HOME)
    world.send_batch("B-3", IDS[1:2], fields=HOME)
    assert world.line_states("B-2") == ["held"]
    assert world.entries("change")[-1]["findings"] == ["R18:red"]
