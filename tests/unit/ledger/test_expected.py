"""``expected`` and R43: what is announced, what arrives, what is late when a day has passed."""

from collections.abc import Sequence

import pytest

from consolidator.facts.registers import Expected
from consolidator.ledger.ledger import is_tick_due
from schemas.commands import Command
from schemas.instants import render_instant
from tests.support.world import HOUR, START, World, codes_of, make_id, officer

IDS = [make_id(number) for number in range(2)]
DAY = 24 * HOUR
MIDNIGHT = START + 16 * HOUR  # 2026-11-02 begins in China
NAME = "FARM|2026|511112001"


@pytest.fixture
def world() -> World:
    """A county in which batches of FARM are paid to two people."""
    made = World()
    made.set_up()
    made.settle_people(2)
    return made


def announce(world: World, due_on: str = "2026-11-01", programme: str = "FARM", period: str = "2026") -> list[str]:
    """Announce a batch; gives the codes."""
    return announce_all(world, [programme], [period], [due_on])


def announce_all(world: World, programmes: Sequence[str], periods: Sequence[str], due_on: Sequence[str]) -> list[str]:
    """Announce batches of one township; gives the codes."""
    fields = {"kind": "expected", "source": "bureau", "id": f"expected-{world.numbers['clerk'] + 1}"}
    columns = {"programme": programmes, "period": periods, "township": ["511112001"] * len(programmes)}
    return codes_of(world.send("clerk", fields, columns | {"due_on": due_on}))


def tick(world: World, at: int) -> int:
    """Send a tick; gives the number of steps it made, after asking whether it would make one."""
    due = is_tick_due(world.state, at)
    steps = world.apply(Command("tick", at, b""))
    assert due is bool(steps)
    return len(steps)


def list_late(world: World) -> list[tuple[str, list[str]]]:
    """Give when each overdue entry was written, and its findings."""
    return [(entry["at"], entry["findings"]) for entry in world.entries("overdue")]


# ---- announcing


def test_an_announcement_is_kept_by_programme_period_and_township(world: World) -> None:
    assert announce(world, "2026-11-30") == [""]
    assert world.state.expected == {NAME: Expected("2026-11-30", "bureau")}
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["accepted"], effect["refused"]) == ("expected", 1, 0)


def test_the_same_announcement_again_moves_its_day(world: World) -> None:
    announce(world, "2026-11-30")
    announce(world, "2026-12-15")
    assert world.state.expected == {NAME: Expected("2026-12-15", "bureau")}


def test_only_the_source_that_announced_a_batch_moves_its_day(world: World) -> None:
    announce(world, "2026-11-30")
    fields = {"kind": "expected", "source": "town-1", "id": "expected-1"}
    township = ("source", "town-1", {"name": "示例镇", "type": "township"})
    world.set_policy("policy-2", [township, officer("town-clerk", "town-1", "clerk", ["expected"])])
    columns = {
        "programme": ["FARM"] * 2,
        "period": ["2026", "2025"],
        "township": ["511112001"] * 2,
        "due_on": ["2099-12-31"] * 2,
    }
    assert codes_of(world.send("town-clerk", fields, columns)) == ["", "S20"]
    assert world.state.expected[NAME] == Expected("2026-11-30", "bureau")
    assert world.state.expected["FARM|2025|511112001"] == Expected("2099-12-31", "town-1")
    assert world.entries("effect")[-1]["positions"] == [[1, "S20"]]


def test_what_another_source_says_of_a_late_batch_does_not_make_it_late_again(world: World) -> None:
    announce(world)
    tick(world, MIDNIGHT)
    world.now = MIDNIGHT
    world.set_policy("policy-2", [officer("teller", "bank-402", "clerk", ["expected"])])
    columns = {"programme": ["FARM"], "period": ["2026"], "township": ["511112001"], "due_on": ["2026-11-01"]}
    world.send("teller", {"kind": "expected", "source": "bank-402", "id": "expected-1"}, columns)
    assert world.state.overdue == {NAME: "R43:yellow"}


def test_an_unknown_programme_and_a_day_that_is_none_are_refused(world: World) -> None:
    codes = announce_all(
        world, ["FARM", "OTHER", "FARM"], ["2026", "2026", "2025"], ["2026-02-30", "2026-11-30", "2026-11-30"]
    )
    assert codes == ["", "S07", "D11"]
    assert list(world.state.expected) == ["FARM|2025|511112001"]
    assert world.entries("effect")[-1]["positions"] == [[1, "S07"], [2, "D11"]]


def test_a_part_that_is_no_part_refuses_the_announcement(world: World) -> None:
    fields = {"kind": "expected", "source": "bureau", "id": "expected-1"}
    assert codes_of(world.submit(world.sign_raw("clerk", fields, [b"[]"], 1))) == ["", "D09"]
    assert world.state.expected == {}


# ---- arriving


def test_an_assessed_batch_is_no_longer_expected(world: World) -> None:
    announce_all(world, ["FARM", "FARM"], ["2026", "2025"], ["2026-11-30"] * 2)
    world.send_batch("B-1", IDS)
    assert list(world.state.expected) == ["FARM|2025|511112001"]
    assert tick(world, START + 40 * DAY) > 0
    assert [entry["period"] for entry in world.entries("overdue") if entry["what"] == "expected"] == ["2025"]


@pytest.mark.parametrize("fields", [{"period": "2025"}, {"township": "511112002"}, {"totals": {"count": 9, "fen": 1}}])
def test_another_batch_or_a_void_one_is_not_the_expected_one(world: World, fields: dict[str, object]) -> None:
    announce(world)
    world.send_batch("B-1", IDS, fields=fields)
    assert list(world.state.expected) == [NAME]


def test_a_batch_that_brings_nothing_is_no_answer(world: World) -> None:
    announce(world)
    tick(world, MIDNIGHT)
    world.now = MIDNIGHT
    world.send_batch("EMPTY", [])
    world.send_batch("REFUSED", IDS, [10_001, 10_001])
    assert world.line_states("REFUSED") == ["refused"] * 2
    assert (list(world.state.expected), list(world.state.overdue)) == ([NAME], [NAME])
    world.send_batch("SOME", IDS, [10_001, 10_000])
    assert (world.state.expected, world.state.overdue) == ({}, {})


# ---- being late


def test_a_batch_that_did_not_come_is_noted_when_its_day_has_passed_in_china(world: World) -> None:
    announce(world)
    ordinal = world.county.head().ordinal
    assert tick(world, MIDNIGHT - 1) == 0
    assert world.county.head().ordinal == ordinal
    assert tick(world, MIDNIGHT) == 1
    assert world.county.head().ordinal == ordinal + 1
    (entry,) = world.entries("overdue")
    assert entry == {
        "v": 1,
        "kind": "overdue",
        "at": render_instant(MIDNIGHT),
        "what": "expected",
        "source": "bureau",
        "programme": "FARM",
        "period": "2026",
        "township": "511112001",
        "due_on": "2026-11-01",
        "findings": ["R43:yellow"],
    }
    assert world.state.overdue == {NAME: "R43:yellow"}
    assert world.state.now == MIDNIGHT


def test_it_is_noted_yellow_once_and_orange_once(world: World) -> None:
    announce(world)
    for day in range(40):
        tick(world, MIDNIGHT + day * DAY)
    assert list_late(world) == [
        ("2026-11-01T16:00:00Z", ["R43:yellow"]),
        ("2026-11-16T16:00:00Z", ["R43:orange"]),
    ]


def test_a_tick_of_the_same_day_notes_nothing(world: World) -> None:
    tick(world, MIDNIGHT)
    world.now = MIDNIGHT
    announce(world)
    assert tick(world, MIDNIGHT + 23 * HOUR) == 0
    assert tick(world, MIDNIGHT + DAY) == 1


def test_any_command_notes_what_is_late_before_its_own_entries(world: World) -> None:
    announce(world)
    world.now = MIDNIGHT
    announce(world, "2026-12-31", period="2027")
    kinds = [entry["kind"] for entry in world.entries()][-3:]
    assert kinds == ["overdue", "document", "effect"]
    assert world.entries("overdue")[0]["at"] == world.entries("document")[-1]["at"]


def test_an_hours_close_comes_before_what_is_late(world: World) -> None:
    world.send_batch("B-1", IDS)
    announce(world, period="2025")
    tick(world, MIDNIGHT)
    assert [entry["kind"] for entry in world.entries()][-2:] == ["close", "overdue"]


def test_a_batch_in_which_lines_wait_is_noted_until_they_are_settled(world: World) -> None:
    world.send_batch("B-1", IDS)
    assert tick(world, START + HOUR) == 1  # the close
    assert tick(world, START + 30 * DAY) == 0
    assert tick(world, START + 31 * DAY) == 1
    (entry,) = world.entries("overdue")
    assert (entry["what"], entry["source"], entry["document"], entry["since_on"], entry["findings"]) == (
        "batch",
        "bank-402",
        "B-1",
        "2026-11-01",
        ["R43:yellow"],
    )
    world.now = START + 31 * DAY
    world.release("B-1", [("402", 2, 20_000)])
    tick(world, START + 32 * DAY)
    tick(world, START + 99 * DAY)
    assert len(world.entries("overdue")) == 1


def test_more_than_a_thousand_late_batches_are_noted_in_slices(world: World) -> None:
    townships = [f"5111120{number:02d}" for number in range(51)]
    periods = [f"{year}" for year in range(2000, 2020)]
    columns = {
        "programme": ["FARM"] * 1_020,
        "period": periods * 51,
        "township": [township for township in townships for _ in periods],
        "due_on": ["2026-11-01"] * 1_020,
    }
    world.send("clerk", {"kind": "expected", "source": "bureau", "id": "expected-all"}, columns)
    steps = world.apply(Command("tick", MIDNIGHT, b""))
    assert [step.lines for step in steps] == [1_000, 20]
    assert len(world.entries("overdue")) == len(world.state.overdue) == 1_020
    assert tick(world, MIDNIGHT + DAY) == 0


def test_with_the_rule_off_nothing_is_late(world: World) -> None:
    announce(world)
    world.set_policy("policy-2", [("rule", "R43", {"enabled": False})])
    assert tick(world, MIDNIGHT + 99 * DAY) == 0


def test_a_repeat_on_a_later_day_notes_nothing(world: World) -> None:
    announce(world)
    raw = world.sign("clerk", {"kind": "designations", "source": "bureau", "id": "d-1"})
    world.submit(raw)
    assert world.submit(raw, at=MIDNIGHT + DAY) == []
    assert world.entries("overdue") == []


def test_an_announcement_that_moved_its_day_can_be_late_again(world: World) -> None:
    announce(world)
    tick(world, MIDNIGHT)
    world.now = MIDNIGHT
    announce(world, "2026-11-10")
    tick(world, MIDNIGHT + 9 * DAY)
    assert list_late(world) == [("2026-11-01T16:00:00Z", ["R43:yellow"]), ("2026-11-10T16:00:00Z", ["R43:yellow"])]


def test_what_was_late_is_forgotten_when_it_came(world: World) -> None:
    announce(world)
    tick(world, MIDNIGHT)
    world.now = MIDNIGHT
    world.send_batch("B-1", IDS)
    assert (world.state.expected, world.state.overdue) == ({}, {})
