"""Reviews: hold, stop and comment at once; clearing by two persons, assessed anew."""

import pytest

from consolidator.facts.lines import Batch, OpenLines
from consolidator.facts.state import State
from consolidator.ledger import changes
from consolidator.ledger.changes import reopen_part
from consolidator.ledger.moves import open_lines
from consolidator.rules.running import Hits, run_line_rules
from consolidator.rules.slices import Slice
from schemas.errors import InvariantError
from tests.support.world import HOUR, VILLAGE, World, codes_of, key_of, make_account, make_id, make_name, make_programme

IDS = [make_id(number) for number in range(4)]


@pytest.fixture
def world() -> World:
    """Batch B-1 of three ready lines; the fourth person is only registered."""
    made = World()
    made.set_up()
    made.settle_people(4)
    made.send_batch("B-1", IDS[:3])
    return made


def working(world: World) -> OpenLines:
    """Give the working columns of B-1."""
    return open_lines(world.batch("B-1"))


def refusals(world: World) -> list[list[object]]:
    """Give the refused items of the last document that took effect."""
    found: list[list[object]] = world.entries("effect")[-1]["positions"]
    return found


def test_a_hold_takes_effect_at_once_and_hides_its_reason(world: World) -> None:
    digest = world.review("clerk", "hold", "B-1", [2])
    assert world.line_states("B-1") == ["ready", "held", "ready"]
    (change,) = world.entries("change")
    assert {key: change[key] for key in ("line", "from", "to", "findings", "by", "cause", "bank", "route")} == {
        "line": 2,
        "from": "ready",
        "to": "held",
        "findings": ["H03:orange"],
        "by": key_of("clerk"),
        "cause": digest,
        "bank": "402",
        "route": "on_us",
    }
    assert "核实" not in str(world.entries())
    assert '"reason":"核实"'.encode() in world.privates()[-2]
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["accepted"], effect["refused"], effect["cause"]) == ("review", 1, 0, digest)


def test_oversight_may_hold(world: World) -> None:
    world.review("supervisor", "hold", "B-1", [1], source="oversight")
    assert world.line_states("B-1") == ["held", "ready", "ready"]


def test_lines_that_are_not_there_or_in_another_state_are_refused_and_the_rest_is_done(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [4, 1, 1])
    assert world.line_states("B-1") == ["held", "ready", "ready"]
    assert refusals(world) == [[1, "S03"], [3, "S04"]]
    world.review("reviewer", "stop", "B-1", [2])
    assert refusals(world) == [[1, "S04"]]
    assert codes_of(world.clear("B-1", [2, 1])) == ["", "S04"]
    assert world.line_states("B-1") == ["ready", "ready", "ready"]


def test_a_stop_ends_a_held_line_and_settles_the_batch_with_its_last_one(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1, 2, 3])
    world.review("reviewer", "stop", "B-1", [1, 2])
    assert refusals(world) == []
    assert world.batch("B-1").state == "assessed"
    world.review("approver", "stop", "B-1", [3])
    assert world.batch("B-1").state == "settled"
    settled = world.entries("batch")[-1]
    assert (settled["state"], settled["totals"]) == ("settled", {"stopped": [3, 30_000]})
    stop = world.entries("change")[-1]
    assert (stop["from"], stop["to"], stop["bank"], stop["findings"]) == ("held", "stopped", "", ["H03:orange"])
    with pytest.raises(InvariantError):
        working(world)


def test_a_stopped_line_shows_what_it_was_held_for_in_order_of_codes(world: World) -> None:
    world.set_policy("policy-2", [("programme", "HOME", make_programme(unit="household"))])
    world.settle_people(4, household_size=2)
    world.send_batch("H-1", IDS[:2], fields={"programme": "HOME", "publicity": None})
    world.review("reviewer", "stop", "H-1", [1])
    assert world.entries("change")[-1]["findings"] == ["R18:orange", "R42:orange"]


def test_a_cleared_line_shows_all_it_was_cleared_of_in_order_of_codes(world: World) -> None:
    world.set_policy("policy-2", [("programme", "FARM", make_programme(standard_kind="exact"))])
    fields = {"period": "2025", "publicity": None}
    world.send_batch("B-2", [IDS[0]], [9_000], fields, village=["511112001009"])
    found = ["R04:orange", "R22:orange", "R42:orange"]
    world.review("reviewer", "hold", "B-1", [1])
    assert world.findings("B-2") == [found]
    assert codes_of(world.clear("B-2", [1])) == [""]
    assert world.entries("change")[-1]["findings"] == found


def test_a_comment_is_an_entry_whose_text_is_hidden(world: World) -> None:
    digest = world.review("supervisor", "comment", "B-1", [3], source="oversight")
    (comment,) = world.entries("comment")
    assert (comment["line"], comment["by"], comment["cause"]) == (3, key_of("supervisor"), digest)
    assert world.privates()[-2] == '{"reason":"核实"}'.encode()
    assert world.line_states("B-1") == ["ready"] * 3


def test_a_clearing_waits_for_a_second_person(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1])
    digest = world.review("reviewer", "clear", "B-1", [1])
    assert world.line_states("B-1")[0] == "held"
    world.confirm("approver", "bureau", digest, "c-1")
    assert world.line_states("B-1")[0] == "ready"
    change = world.entries("change")[-1]
    assert (change["from"], change["to"], change["bank"], change["route"]) == ("held", "ready", "402", "on_us")
    assert (change["findings"], change["by"]) == (["H03:orange"], key_of("approver"))
    assert change["cause"] == world.entries("document")[-1]["digest"]


def test_two_clearings_may_wait_at_once_and_the_second_finds_nothing_to_do(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1])
    first = world.review("reviewer", "clear", "B-1", [1])
    second = world.review("reviewer", "clear", "B-1", [1])
    assert codes_of(world.confirm("approver", "bureau", first, "c-1")) == [""]
    assert codes_of(world.confirm("approver", "bureau", second, "c-2")) == ["", "S04"]


def test_without_designation_nothing_can_be_cleared(world: World) -> None:
    stranger = make_id(7)
    world.register(
        "population", {"id": [stranger], "name": [make_name(7)], "household": ["X"], "village": [VILLAGE]}, "delta"
    )
    world.register("library", {"id": [stranger], "village": [VILLAGE], "status": ["active"]}, "delta")
    world.send_batch("B-2", [stranger])
    assert world.findings("B-2") == [["R13:orange"]]
    assert codes_of(world.clear("B-2", [1])) == ["", "S08"]
    world.take_census([stranger], ["103"], [make_account(7)])
    world.designate([stranger], ["103"], [make_account(7)])
    assert codes_of(world.clear("B-2", [1])) == ["", "H02"]
    assert world.line_states("B-2") == ["held"]
    world.designate([stranger], ["103"], [make_account(7)], ["103000000001"])
    assert codes_of(world.clear("B-2", [1])) == [""]
    change = world.entries("change")[-1]
    assert (change["bank"], change["route"]) == ("402", "interbank")
    assert open_lines(world.batch("B-2")).designation == [2]


def test_a_red_finding_cannot_be_cleared(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1])
    world.register("deaths", {"id": [IDS[0]], "died_on": ["2025-12-31"]})
    assert codes_of(world.clear("B-1", [1])) == ["", "S09"]
    assert world.line_states("B-1")[0] == "held"


def test_what_a_group_rule_found_at_level_red_cannot_be_cleared(world: World) -> None:
    home = {"programme": "HOME"}
    rules = [("programme", "HOME", make_programme(unit="household")), ("rule", "R18", {"level": "red"})]
    world.set_policy("policy-2", rules)
    world.settle_people(4, household_size=2)
    world.send_batch("H-1", [IDS[0], IDS[2]], fields=home)
    world.send_batch("H-2", [IDS[1]], fields=home)
    assert [world.line_states(name) for name in ("H-1", "H-2")] == [["held", "ready"], ["refused"]]
    assert open_lines(world.batch("H-1")).findings == {1: ["R18:red"]}
    assert codes_of(world.clear("H-1", [1])) == ["", "S09"]
    world.set_policy("policy-3", [("rule", "R18", {"enabled": False})])
    assert codes_of(world.clear("H-1", [1])) == ["", "S09"]
    assert world.line_states("H-1") == ["held", "ready"]
    world.review("reviewer", "stop", "H-1", [1])
    assert world.line_states("H-1") == ["stopped", "ready"]


def test_what_a_group_rule_found_at_level_orange_can_be_cleared(world: World) -> None:
    world.set_policy("policy-2", [("programme", "HOME", make_programme(unit="household"))])
    world.settle_people(4, household_size=2)
    world.send_batch("H-1", IDS[:2], fields={"programme": "HOME"})
    assert codes_of(world.clear("H-1", [1])) == [""]
    assert world.line_states("H-1") == ["ready", "held"]
    assert world.entries("change")[-1]["findings"] == ["R18:orange"]


def test_a_clearing_reads_and_checks_a_part_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = world.settle_people(1_002)
    world.send_batch("B-2", ids, fields={"period": "2025"})
    lines = [1, 2, 1_001, 3, 1_002]
    world.review("reviewer", "hold", "B-2", lines)
    digest = world.review("reviewer", "clear", "B-2", lines)
    read: list[int] = []
    checked: list[int] = []

    def reopen(state: State, batch: Batch, index: int, first_line: int) -> Slice:
        read.append(first_line)
        return reopen_part(state, batch, index, first_line)

    def run(part: Slice) -> Hits:
        checked.append(part.first_line)
        return run_line_rules(part)

    monkeypatch.setattr(changes, "reopen_part", reopen)
    monkeypatch.setattr(changes, "run_line_rules", run)
    assert codes_of(world.confirm("approver", "bureau", digest, "c-1")) == [""]
    assert (read, checked) == ([1, 1_001], [1, 1_001])
    assert set(world.line_states("B-2")) == {"ready"}


def test_holding_and_stopping_read_a_part_once_and_run_no_rule(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def reopen(state: State, batch: Batch, index: int, first_line: int) -> Slice:
        read.append(first_line)
        return reopen_part(state, batch, index, first_line)

    monkeypatch.setattr(changes, "reopen_part", reopen)
    monkeypatch.delattr(changes, "run_line_rules")
    world.review("reviewer", "hold", "B-1", [1, 2, 3])
    assert read == [1]
    world.review("reviewer", "stop", "B-1", [1, 2])
    assert read == [1, 1]


def test_a_clearing_takes_over_the_designation_and_route_of_its_day(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1])
    world.take_census([IDS[0]], ["402"], [make_account(50)])
    world.designate([IDS[0]], ["402"], [make_account(50)])
    world.now += 73 * HOUR
    world.clear("B-1", [1])
    assert working(world).designation[0] == 2
    assert make_account(50).encode() in world.privates()[-2]
    world.release("B-1", [("402", 3, 30_000)])
    assert make_account(50).encode() in b"".join(part.body for step in world.steps for part in step.order_parts)


def test_what_was_cleared_is_only_what_stood_then(world: World) -> None:
    """A death that was in the register by mistake, went, and comes back for good stops the release again."""
    world.register("deaths", {"id": [IDS[0]], "died_on": ["2025-06-01"]})
    world.release("B-1", [("402", 3, 30_000)])
    assert world.line_states("B-1") == ["held", "ready", "ready"]
    world.register("deaths", {"id": [IDS[3]], "died_on": ["2025-06-01"]})
    assert codes_of(world.clear("B-1", [1])) == [""]
    assert working(world).cleared == {1: []}
    world.register("deaths", {"id": [IDS[0]], "died_on": ["2025-06-01"]}, "delta")
    assert codes_of(world.release("B-1", [("402", 3, 30_000)]))[-1] == "D17"
    assert world.line_states("B-1") == ["held", "ready", "ready"]


def test_a_cleared_finding_does_not_stop_the_release_again(world: World) -> None:
    world.set_policy("policy-2", [("rule", "R21", {"level": "orange"})])
    world.send_batch("B-2", [IDS[3]], [20_000])
    assert world.findings("B-2") == [["R21:orange"]]
    world.clear("B-2", [1])
    assert codes_of(world.release("B-2", [("402", 1, 20_000)])) == [""]
    assert world.line_states("B-2") == ["ordered"]


def test_a_line_that_is_cleared_and_held_again_can_be_cleared_again(world: World) -> None:
    for _ in range(2):
        world.review("reviewer", "hold", "B-1", [1])
        assert codes_of(world.clear("B-1", [1])) == [""]
    assert codes_of(world.release("B-1", [("402", 3, 30_000)])) == [""]


def test_what_a_line_was_held_for_is_kept_only_while_it_is_held(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1, 2, 3])
    world.clear("B-1", [1])
    world.review("reviewer", "stop", "B-1", [2])
    assert working(world).findings == {3: ["H03:orange"]}


def test_a_held_line_shows_the_route_of_the_designation_it_was_assessed_with(world: World) -> None:
    card = make_account(50)
    world.take_census([IDS[1]], ["103"], [card])
    world.designate([IDS[1]], ["103"], [card], ["103000000001"])
    world.now += 10 * 24 * HOUR
    world.send_batch("B-2", IDS[:3], fields={"period": "2025"})
    assert [entry["route"] for entry in world.entries("line")[-3:]] == ["on_us", "interbank", "on_us"]
    world.review("reviewer", "hold", "B-2", [2, 3])
    assert [entry["route"] for entry in world.entries("change")] == ["interbank", "on_us"]


def test_lines_of_later_parts_are_found(world: World) -> None:
    world.set_policy("policy-2", [("programme", "FARM", make_programme(standard_fen=None))])
    ids = world.settle_people(1_200)
    world.send_batch("B-2", ids, fields={"period": "2025"})
    world.review("reviewer", "hold", "B-2", [1_150])
    assert world.line_states("B-2")[1_149] == "held"
    assert make_id(1_149).encode() in world.privates()[-2]
    assert codes_of(world.clear("B-2", [1_150])) == [""]


def test_lines_on_both_sides_of_a_cut_between_parts_are_each_assessed_by_their_own_part(world: World) -> None:
    world.set_policy("policy-2", [("programme", "FARM", make_programme(standard_fen=None))])
    ids = world.settle_people(1_001)
    world.send_batch("B-2", ids, fields={"period": "2025"})
    world.review("reviewer", "hold", "B-2", [999, 1_000, 1_001])
    world.register("deaths", {"id": [ids[1_000]], "died_on": ["2024-06-01"]})
    assert codes_of(world.clear("B-2", [999, 1_000, 1_001])) == ["", "S09"]
    assert world.line_states("B-2")[998:] == ["ready", "ready", "held"]


def test_a_review_whose_line_is_odd_refuses_that_item_only(world: World) -> None:
    fields = {
        "kind": "review",
        "source": "bureau",
        "id": "review-odd",
        "action": "hold",
        "batch": {"source": "bank-402", "id": "B-1"},
    }
    outcomes = world.send("reviewer", fields, {"line": [0, 1], "reason": ["x", "y"]})
    assert codes_of(outcomes) == ["", "S01"]
    assert world.line_states("B-1") == ["held", "ready", "ready"]
