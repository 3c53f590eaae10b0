"""Time is data: stamps that come late, hours that close, ticks that find nothing to do."""

import json
from typing import Any

import pytest

from consolidator.ledger.closes import close_hour
from consolidator.ledger.emission import Emission
from schemas.commands import Command
from schemas.instants import render_instant
from tests.support.books import Books
from tests.support.world import HOUR, START, World, make_id

IDS = [make_id(number) for number in range(3)]


@pytest.fixture
def world() -> World:
    """Two ready lines and a held one, all in the first hour."""
    made = World()
    made.set_up()
    made.settle_people(3)
    made.send_batch("B-1", IDS)
    made.review("reviewer", "hold", "B-1", [3])
    return made


def rows_of(emission: Emission) -> list[list[Any]]:
    """Give the rows of the close entries in an emission."""
    entries = [json.loads(entry) for block in emission.blocks for entry in block.render([""])]
    return [row for entry in entries for row in entry["rows"]]


def tick(world: World, at: int) -> int:
    """Send a tick; gives the number of steps it made."""
    return len(world.apply(Command("tick", at, b"")))


def test_the_first_command_past_an_hour_closes_it_before_its_own_entries(world: World) -> None:
    before = len(world.entries())
    world.now = START + HOUR
    world.review("reviewer", "comment", "B-1", [1])
    close, document = world.entries()[before : before + 2]
    assert close == {
        "v": 1,
        "kind": "close",
        "at": render_instant(START + HOUR + 1),
        "hour": "2026-11-01T00",
        "rows": [["FARM", "402", "ready", 3, 30_000], ["FARM", "", "held", 1, 10_000]],
        "part": 1,
        "parts": 1,
    }
    assert (document["kind"], document["at"]) == ("document", render_instant(START + HOUR + 1))


def test_a_tick_past_the_hour_closes_it_and_takes_an_ordinal(world: World) -> None:
    ordinal = world.county.head().ordinal
    assert tick(world, START + HOUR - 1) == 0
    assert world.county.head().ordinal == ordinal
    assert tick(world, START + HOUR) == 1
    head = world.county.head()
    assert (head.ordinal, head.now) == (ordinal + 1, START + HOUR)
    assert tick(world, START + HOUR) == 0
    assert tick(world, START + 5 * HOUR) == 0
    assert world.county.head() == head


def test_rows_stand_in_the_order_of_programme_bank_and_state_written_as_one_text() -> None:
    """So a row without a bank comes after the rows of its programme that have one."""
    made = World()
    keys = ["FARM||held", "FARM|402|ready", "FARM|103|ordered", "FARM-2|402|ready", "FARM||refused", "FARM|402|ordered"]
    made.state.moves = {key: [1, 1] for key in keys}
    rows = [row for emission in close_hour(made.state, START + HOUR) for row in rows_of(emission)]
    assert [tuple(row[:3]) for row in rows] == [
        ("FARM-2", "402", "ready"),
        ("FARM", "103", "ordered"),
        ("FARM", "402", "ordered"),
        ("FARM", "402", "ready"),
        ("FARM", "", "held"),
        ("FARM", "", "refused"),
    ]


def test_an_hour_without_moves_closes_nothing(world: World) -> None:
    tick(world, START + HOUR)
    world.now = START + 3 * HOUR
    world.review("reviewer", "comment", "B-1", [1])
    assert len(world.entries("close")) == 1


def test_moves_of_several_hours_are_told_apart(world: World) -> None:
    for hour in (1, 2):
        world.now = START + hour * HOUR
        world.clear("B-1", [3])
        world.review("reviewer", "hold", "B-1", [3])
    tick(world, START + 9 * HOUR)
    assert [entry["hour"] for entry in world.entries("close")] == ["2026-11-01T00", "2026-11-01T01", "2026-11-01T02"]
    Books().read(world.entries()).check_closes()


def test_a_late_stamp_gets_the_last_time(world: World) -> None:
    tick(world, START + HOUR)
    raw = world.sign("clerk", {"kind": "designations", "source": "bureau", "id": "late"})
    world.submit(raw, at=START + 5)
    assert world.entries("document")[-1]["at"] == render_instant(START + HOUR)
    assert world.county.head().now == START + HOUR
    assert len(world.entries("close")) == 1


def test_a_late_stamp_never_closes_the_hour_again(world: World) -> None:
    tick(world, START + HOUR)
    world.clear("B-1", [3])
    assert tick(world, START + 10) == 0


def test_a_repeat_past_the_hour_closes_nothing(world: World) -> None:
    raw = world.sign("clerk", {"kind": "designations", "source": "bureau", "id": "d-1"})
    world.submit(raw)
    assert world.submit(raw, at=START + 2 * HOUR) == []
    assert world.county.head().now < START + HOUR


@pytest.mark.parametrize(("rows", "sizes"), [(500, [500]), (501, [500, 1]), (1_000, [500, 500])])
def test_rows_beyond_the_bound_of_an_entry_come_in_parts(rows: int, sizes: list[int]) -> None:
    world = World()
    world.state.moves = {f"P-{number:05d}-ABCDEFG|402|undecided": [1_000_000, 10**13] for number in range(rows)}
    blocks = [block for emission in close_hour(world.state, START + HOUR) for block in emission.blocks]
    entries = [json.loads(block.render(())[0]) for block in blocks]
    assert [len(entry["rows"]) for entry in entries] == sizes
    assert [(entry["part"], entry["parts"]) for entry in entries] == [
        (number, len(sizes)) for number in range(1, len(sizes) + 1)
    ]
    assert all(len(block.render(())[0]) < 65_535 for block in blocks)
    assert world.state.moves == {}
