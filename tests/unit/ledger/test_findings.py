"""``finding``: what a monitor says of lines here; one not yet ordered is held, an ordered one gets a clue."""

import json
from typing import Any

import pytest

from schemas.commits import Outcome
from schemas.documents import parse_document
from tests.support.monitored import OTHER, add_monitor, item, sign
from tests.support.world import COUNTY, Columns, World, codes_of, digest_of, make_id, make_programme, officer


@pytest.fixture
def world() -> World:
    """A county with four ready lines, whose policy knows a monitor."""
    made = World()
    made.set_up()
    add_monitor(made)
    made.send_batch("B-1", made.settle_people(4))
    return made


def tell(world: World, *items: dict[str, Any]) -> list[Outcome]:
    """Let the monitor tell something."""
    return world.submit(sign(world, list(items)))


def set_rule(world: World, name: str, **fields: object) -> None:
    """Set how the county runs R17."""
    world.set_policy(name, [("rule", "R17", {"enabled": True, **fields})])


def evidence(world: World, kind: str) -> list[Any]:
    """Give what the private parts of a kind's entries say was compared."""
    pairs = zip(world.entries(), world.privates(), strict=True)
    return [json.loads(private).get("evidence", {}).get("R17") for entry, private in pairs if entry["kind"] == kind]


# ---- what becomes of a line


def test_a_ready_line_is_held_with_what_was_compared_in_its_private_part(world: World) -> None:
    raw = sign(world, [item(2)])
    assert codes_of(world.submit(raw)) == [""]
    assert world.line_states("B-1") == ["ready", "held", "ready", "ready"]
    (change,) = world.entries("change")
    assert (change["line"], change["from"], change["to"]) == (2, "ready", "held")
    assert (change["findings"], change["by"], change["cause"]) == (["R17:orange"], "", digest_of(raw))
    assert evidence(world, "change") == [{"entry": 1, "other_county": OTHER, "other_entry": 42}]
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["accepted"], effect["refused"]) == ("finding", 1, 0)


def test_nothing_public_tells_with_which_line_it_was_compared(world: World) -> None:
    tell(world, item(1))
    world.release("B-1", [("402", 3, 30_000)])
    tell(world, item(2), item(1, 43))
    public = json.dumps([entry for entry in world.entries() if entry["kind"] in ("change", "finding", "document")])
    assert OTHER not in public
    assert "7" * 32 not in public
    assert make_id(0) not in public


def test_a_line_that_is_held_already_gets_the_finding_and_stays_held(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1])
    tell(world, item(1))
    (finding,) = world.entries("finding")
    assert (finding["line"], finding["state"], finding["findings"]) == (1, "held", ["R17:orange"])
    assert evidence(world, "finding") == [{"entry": 1, "other_county": OTHER, "other_entry": 42}]
    assert len(finding["sealed"]) == 64
    world.clear("B-1", [1])
    assert world.entries("change")[-1]["findings"] == ["H03:orange", "R17:orange"]


def test_an_ordered_line_gets_a_clue(world: World) -> None:
    assert codes_of(world.release("B-1", [("402", 4, 40_000)])) == [""]
    tell(world, item(3))
    (finding,) = world.entries("finding")
    assert (finding["line"], finding["state"], finding["findings"]) == (3, "ordered", ["R17:orange"])
    assert world.line_states("B-1") == ["ordered"] * 4


def test_a_held_line_is_not_released_with_the_others(world: World) -> None:
    tell(world, item(2))
    assert codes_of(world.release("B-1", [("402", 4, 40_000)])) == ["", "D17"]
    assert codes_of(world.release("B-1", [("402", 3, 30_000)])) == [""]
    assert world.line_states("B-1") == ["ordered", "held", "ordered", "ordered"]


def test_what_two_persons_let_go_is_paid_and_not_held_again_for_the_same(world: World) -> None:
    tell(world, item(2))
    assert codes_of(world.clear("B-1", [2])) == [""]
    assert world.entries("change")[-1]["findings"] == ["R17:orange"]
    count = len(world.entries("change"))
    assert codes_of(tell(world, item(2))) == [""]
    assert (len(world.entries("change")), world.entries("finding")) == (count, [])
    assert codes_of(world.release("B-1", [("402", 4, 40_000)])) == [""]
    assert world.line_states("B-1") == ["ordered"] * 4


def test_another_line_elsewhere_is_news_also_for_a_line_that_was_let_go(world: World) -> None:
    tell(world, item(2))
    world.clear("B-1", [2])
    tell(world, item(2, other_county="511114"))
    assert world.line_states("B-1")[1] == "held"
    world.clear("B-1", [2])
    tell(world, item(2, 43))
    assert world.line_states("B-1")[1] == "held"


def test_a_second_comparison_is_told_while_the_line_is_held_and_needs_a_new_proposal(world: World) -> None:
    tell(world, item(2))
    digest = world.review("reviewer", "clear", "B-1", [2])
    tell(world, item(2, 43))
    assert [entry["findings"] for entry in world.entries("finding")] == [["R17:orange"]]
    assert codes_of(world.confirm("approver", "bureau", digest, "C-1")) == ["", "S17"]
    assert world.line_states("B-1")[1] == "held"


@pytest.mark.parametrize("end", ["ready", "held", "ordered"])
def test_the_same_comparison_is_told_once(world: World, end: str) -> None:
    if end == "held":
        world.review("reviewer", "hold", "B-1", [1])
    if end == "ordered":
        world.release("B-1", [("402", 4, 40_000)])
    before = len(world.entries("change"))
    tell(world, item(1), item(1))
    tell(world, item(1))
    assert len(world.entries("change")) - before + len(world.entries("finding")) == 1
    assert world.entries("effect")[-1]["accepted"] == 1


def test_the_same_document_again_is_nothing(world: World) -> None:
    raw = sign(world, [item(1)])
    world.submit(raw)
    count = len(world.entries())
    assert world.submit_document(parse_document(raw)) == []
    assert len(world.entries()) == count


def test_lines_of_several_batches_are_marked_by_one_document(world: World) -> None:
    world.send_batch("B-2", [make_id(0)], fields={"period": "2027"})
    tell(world, item(4), item(1, document="B-2"))
    assert [world.line_states(name)[-1] for name in ("B-1", "B-2")] == ["held", "held"]


def test_a_county_started_from_its_snapshot_knows_what_was_told(world: World) -> None:
    tell(world, item(1))
    world.county.restore(world.county.snapshot())
    tell(world, item(1))
    assert len(world.entries("change")) == 1


def test_a_sensitive_programmes_line_tells_no_amount(world: World) -> None:
    world.set_policy("policy-care", [("programme", "CARE", make_programme(sensitive=True))])
    world.send_batch("B-2", [make_id(0)], fields={"programme": "CARE"})
    tell(world, item(1, document="B-2"))
    (change,) = world.entries("change")
    assert change["findings"] == ["R17:orange"]
    assert not {"amount_fen", "route"} & change.keys()


# ---- settings


@pytest.mark.parametrize(
    ("level", "state"), [("yellow", "ready"), ("blue", "ready"), ("orange", "held"), ("red", "held")]
)
def test_policy_sets_the_level(world: World, level: str, state: str) -> None:
    set_rule(world, "policy-2", level=level)
    tell(world, item(1))
    assert world.line_states("B-1")[0] == state
    told = world.entries("change") + world.entries("finding")
    assert [entry["findings"] for entry in told] == [[f"R17:{level}"]]


def test_a_red_finding_cannot_be_cleared(world: World) -> None:
    set_rule(world, "policy-2", level="red")
    tell(world, item(1))
    assert codes_of(world.clear("B-1", [1])) == ["", "S09"]


def test_a_rule_that_is_switched_off_marks_nothing(world: World) -> None:
    world.set_policy("policy-2", [("rule", "R17", {"enabled": False})])
    assert codes_of(tell(world, item(1))) == ["", "S23"]
    assert world.line_states("B-1")[0] == "ready"


def test_a_suppressed_finding_marks_nothing_for_that_person_until_its_day(world: World) -> None:
    tell(world, item(1), item(2))
    fields = {"kind": "disposition", "source": "bureau", "id": "D-1", "action": "suppress"}
    columns: Columns = {
        "line": [1],
        "code": ["R17"],
        "verdict": ["unfounded"],
        "reason": ["两地已核实"],
        "until": ["2026-12-31"],
    }
    raw = world.sign("reviewer", fields | {"batch": {"source": "bank-402", "id": "B-1"}}, columns)
    world.submit(raw)
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "C-1")) == [""]
    world.clear("B-1", [1, 2])
    tell(world, item(1, 43), item(2, 43))
    assert world.line_states("B-1")[:2] == ["ready", "held"]


# ---- what is refused


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"document": "B-9"}, "S03"),
        ({"source": "bureau"}, "S03"),
        ({"line": 5}, "S03"),
        ({"line": 0}, "S01"),
        ({"entry": 10_000}, "S21"),
        ({"other_county": COUNTY}, "S01"),
        ({"other_county": "5111"}, "S01"),
    ],
)
def test_an_item_that_cannot_be_is_refused_alone(world: World, fields: dict[str, Any], code: str) -> None:
    assert codes_of(tell(world, item(1) | fields, item(2))) == ["", code]
    assert world.line_states("B-1") == ["ready", "held", "ready", "ready"]


def test_the_newest_entry_there_is_may_be_named_and_a_later_one_may_not(world: World) -> None:
    size = len(world.entries())  # the document's own entry is the next
    assert codes_of(tell(world, item(1, entry=size), item(2, entry=size + 1))) == ["", "S21"]


@pytest.mark.parametrize("state", ["refused", "stopped"])
def test_a_line_that_has_ended_is_no_double(world: World, state: str) -> None:
    if state == "stopped":
        world.review("reviewer", "hold", "B-1", [1])
        world.review("reviewer", "stop", "B-1", [1])
        place = item(1)
    else:
        world.send_batch("B-2", [make_id(0)])
        place = item(1, document="B-2")
    assert codes_of(tell(world, place)) == ["", "S04"]
    assert world.entries("finding") == []


@pytest.mark.parametrize("unit", ["plot", "machine"])
def test_plots_and_machines_of_two_counties_are_no_doubles(world: World, unit: str) -> None:
    world.set_policy("policy-2", [("programme", "LAND", make_programme(unit=unit))])
    world.send_batch("B-2", [make_id(0)], fields={"programme": "LAND"}, plot=["P-1"])
    assert codes_of(tell(world, item(1, document="B-2"))) == ["", "S24"]
    assert world.line_states("B-2") == ["ready"]


def test_a_void_batch_has_no_lines(world: World) -> None:
    world.send_batch("B-2", [make_id(0)], fields={"totals": {"count": 1, "fen": 1}})
    assert codes_of(tell(world, item(1, document="B-2"))) == ["", "S03"]


def test_a_part_that_is_no_part_marks_nothing(world: World) -> None:
    header = {"kind": "finding", "source": "monitor", "id": "F-1", "code": "R17", "reference": "0" * 32}
    assert codes_of(world.submit(world.sign_raw("monitor", header, [b"[]"], 1))) == ["", "D09"]


@pytest.mark.parametrize("code", ["R16", "R18", "R99"])
def test_a_rule_that_no_monitor_finds_is_refused(world: World, code: str) -> None:
    assert codes_of(world.submit(sign(world, [item(1)], code=code))) == ["D26"]


# ---- who may


@pytest.mark.parametrize(
    ("name", "source", "role"),
    [
        ("clerk-2", "bureau", "clerk"),
        ("reviewer-2", "bureau", "reviewer"),
        ("approver-2", "bureau", "approver"),
        ("adapter-2", "bank-402", "adapter"),
        ("supervisor-2", "oversight", "supervisor"),
    ],
)
def test_nobody_but_a_monitor_sends_findings(world: World, name: str, source: str, role: str) -> None:
    world.set_policy("policy-2", [officer(name, source, role, ["finding"])])
    assert codes_of(world.submit(sign(world, [item(1)], name, source))) == ["D05"]


@pytest.mark.parametrize("action", ["hold", "comment"])
def test_a_monitor_sends_nothing_else(world: World, action: str) -> None:
    world.set_policy("policy-2", [officer("monitor", "monitor", "supervisor", ["finding", "review", "access"])])
    world.review("monitor", action, "B-1", [1], source="monitor")
    assert (world.entries("document")[-1]["code"], world.line_states("B-1")[0]) == ("D05", "ready")


def test_a_root_officer_sends_no_findings(world: World) -> None:
    assert codes_of(world.submit(sign(world, [item(1)], "root-1", "root"))) == ["D05"]


@pytest.mark.parametrize("powers", [{"programmes": ["FARM"]}, {"regions": ["511112001"]}, {"kinds": []}])
def test_a_monitor_looks_at_the_whole_county(world: World, powers: dict[str, Any]) -> None:
    kinds = powers.get("kinds", ["finding"])
    rest = {name: value for name, value in powers.items() if name != "kinds"}
    world.set_policy("policy-2", [officer("monitor", "monitor", "supervisor", kinds, **rest)])
    assert codes_of(tell(world, item(1))) == ["D05"]


@pytest.mark.parametrize("role", ["clerk", "reviewer", "approver", "adapter"])
def test_a_monitors_officer_is_a_supervisor(world: World, role: str) -> None:
    outcomes = world.set_policy("policy-2", [officer("monitor", "monitor", role, ["finding"])])
    assert codes_of(outcomes)[:3] == ["", "S02", "S02"]
