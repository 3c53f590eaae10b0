"""Entries with all their fields, as docs/entries.md promises them to whoever reads the log."""

from typing import Any

import pytest

from schemas.commits import Outcome
from tests.support.world import World, key_of, make_id, make_programme

IDS = [make_id(number) for number in range(4)]
BATCH = {"source": "bank-402", "document": "B-1", "programme": "FARM", "period": "2026"}


@pytest.fixture
def world() -> World:
    """A county of four registered people, each with a designated account at bank 402."""
    made = World()
    made.set_up()
    made.settle_people(4)
    return made


def read_last(world: World, kind: str) -> dict[str, Any]:
    """Give the last entry of a kind without what every entry has; a commitment only says that it is there."""
    entry = {name: value for name, value in world.entries(kind)[-1].items() if name not in ("v", "kind", "at")}
    return entry | ({"sealed": len(entry["sealed"])} if "sealed" in entry else {})


def test_a_line_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:1], fields={"publicity": None})
    assert read_last(world, "line") == {
        **BATCH,
        "line": 1,
        "village": "511112001001",
        "amount_fen": 10_000,
        "state": "held",
        "bank": "",
        "route": "",
        "findings": ["R42:orange"],
        "sealed": 64,
    }


def test_a_void_batch_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:3], [10_000, None, 10_000])
    assert read_last(world, "batch") == {
        **BATCH,
        "state": "void",
        "findings": ["R40:red"],
        "positions": [2],
        "count": 3,
        "fen": 20_000,
    }


def test_an_assessed_batch_over_its_plan_in_full(world: World) -> None:
    world.set_policy("plans", [("plan", "PLAN-1", {"programme": "FARM", "fen": 10_000})])
    world.send_batch("B-1", IDS[:2])
    assert read_last(world, "batch") == {
        **BATCH,
        "state": "assessed",
        "totals": {"ready": [2, 20_000]},
        "registers": {"library": "2026-10-31", "population": "2026-10-31"},
        "rules": 2,
        "not_checked": ["R05", "R08", "R09"],
        "findings": ["R41:yellow"],
        "plan_fen": 10_000,
        "used_fen": 20_000,
    }


def test_a_settled_batch_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:1])
    world.review("reviewer", "hold", "B-1", [1])
    world.review("reviewer", "stop", "B-1", [1])
    assert read_last(world, "batch") == {**BATCH, "state": "settled", "totals": {"stopped": [1, 10_000]}}


def test_a_change_by_a_person_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:3], [9_000, 10_000, 9_000])
    cause = world.review("reviewer", "hold", "B-1", [2])
    held = read_last(world, "change")
    common = {**BATCH, "line": 2, "amount_fen": 10_000, "findings": ["H03:orange"], "by": key_of("reviewer")}
    assert held == common | {
        "from": "ready",
        "to": "held",
        "bank": "402",
        "route": "on_us",
        "cause": cause,
        "sealed": 64,
    }
    cause = world.review("reviewer", "stop", "B-1", [2])
    stopped = read_last(world, "change")
    assert stopped == common | {"from": "held", "to": "stopped", "bank": "", "route": "", "cause": cause, "sealed": 64}


@pytest.fixture
def household(world: World) -> World:
    """The same people, two a household, and a programme by household with a batch of the first one's line."""
    world.settle_people(4, household_size=2)
    world.set_policy("home", [("programme", "HOME", make_programme(unit="household"))])
    world.send_batch("B-1", IDS[:1], fields={"programme": "HOME"})
    return world


def find_cause(world: World, document: str) -> str:
    """Give the digest of a document."""
    digests: list[str] = [entry["digest"] for entry in world.entries("document") if entry["document"] == document]
    return digests[-1]


def test_a_change_by_a_later_batch_in_full(household: World) -> None:
    household.send_batch("B-2", IDS[1:2], fields={"programme": "HOME"})
    assert read_last(household, "change") == {
        **BATCH,
        "programme": "HOME",
        "line": 1,
        "amount_fen": 10_000,
        "from": "ready",
        "to": "held",
        "bank": "402",
        "route": "on_us",
        "findings": ["R18:orange"],
        "by": "",
        "cause": find_cause(household, "B-2"),
        "sealed": 64,
    }


def test_a_late_finding_in_full(household: World) -> None:
    household.review("reviewer", "hold", "B-1", [1])
    household.send_batch("B-2", IDS[1:2], fields={"programme": "HOME"})
    assert read_last(household, "finding") == {
        **BATCH,
        "programme": "HOME",
        "line": 1,
        "state": "held",
        "findings": ["R18:orange"],
        "cause": find_cause(household, "B-2"),
    }


def test_a_comment_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:1])
    cause = world.review("supervisor", "comment", "B-1", [1], source="oversight")
    assert read_last(world, "comment") == {
        "source": "bank-402",
        "document": "B-1",
        "line": 1,
        "by": key_of("supervisor"),
        "cause": cause,
        "sealed": 64,
    }


def test_a_release_and_its_order_file_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:2])
    world.release("B-1", [("402", 2, 20_000)])
    assert read_last(world, "release") == {
        "source": "bank-402",
        "document": "B-1",
        "release": 1,
        "outcome": "accepted",
        "banks": [["402", 2, 20_000]],
        "by": key_of("approver"),
        "cause": find_cause(world, "confirm-1"),
    }
    assert read_last(world, "orders") == {
        **BATCH,
        "bank": "402",
        "release": 1,
        "number": 1,
        "file": "bank-402_B-1_402_001",
        "count": 2,
        "fen": 20_000,
        "parts": 1,
        "sealed": 64,
    }


def test_a_refused_release_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:2])
    world.release("B-1", [("402", 2, 19_999)])
    assert read_last(world, "release") == {
        "source": "bank-402",
        "document": "B-1",
        "release": 1,
        "outcome": "refused",
        "code": "D17",
        "banks": [["402", 2, 20_000]],
        "by": key_of("approver"),
        "cause": find_cause(world, "confirm-1"),
    }


def test_an_effect_with_a_refused_item_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:2])
    cause = world.review("clerk", "hold", "B-1", [1, 9])
    effect = read_last(world, "effect")
    assert effect.pop("document").startswith("review-clerk-")
    assert effect == {
        "source": "bureau",
        "of": "review",
        "cause": cause,
        "accepted": 1,
        "refused": 1,
        "codes": {"S03": 1},
        "positions": [[2, "S03"]],
    }


def test_an_effect_of_a_document_that_came_to_nothing_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:2])
    world.release("B-1", [("402", 2, 20_000)])
    world.release("B-1", [("402", 1, 10_000)], number=2)
    assert read_last(world, "effect") == {
        "source": "bureau",
        "document": "release-6",
        "of": "release",
        "cause": find_cause(world, "confirm-2"),
        "accepted": 0,
        "refused": 1,
        "codes": {"D16": 1},
        "positions": [],
    }


def test_the_outcome_of_a_document_that_came_to_nothing_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:2])
    world.release("B-1", [("402", 2, 20_000)])
    _, outcome = world.release("B-1", [("402", 1, 10_000)], number=2)
    named = ("bureau", "release-6", "release", find_cause(world, "release-6"))
    assert outcome == Outcome("refused", *named, "D16", "", "")


def test_the_outcomes_of_a_void_batch_in_full(world: World) -> None:
    new, void, item = world.send_batch("B-1", IDS[:2], [None, 10_000])
    named = ("bank-402", "B-1", "batch", find_cause(world, "B-1"))
    assert new == Outcome("new", *named, "", "", "")
    assert void == Outcome("void", *named, "D20", "", "")
    assert item == Outcome("item", *named, "I20", "line 1", "")


def test_the_outcome_of_a_refused_release_in_full(world: World) -> None:
    world.send_batch("B-1", IDS[:2])
    _, outcome = world.release("B-1", [("402", 2, 19_999)])
    named = ("bureau", "release-5", "release", find_cause(world, "release-5"))
    assert outcome == Outcome("refused", *named, "D17", "", "402: 2 lines, 20000 fen")
