"""What people are shown: batches, held lines and the story of a line, with persons masked unless asked for in full."""

import pytest

from consolidator.views.batches import list_batches, require_batch, show_batch
from consolidator.views.explaining import explain_line
from consolidator.views.reading import parse_line_ref
from consolidator.views.reviews import list_held
from consolidator.views.words import explain_code, render_findings
from schemas.errors import InputError
from schemas.instants import render_instant
from tests.support.world import HOUR, World, make_account, make_id
from tests.unit.views.log import Log


@pytest.fixture
def world() -> World:
    """A household of three of whom one is cleared and paid, and two are held."""
    world = World()
    world.set_up(unit="household")
    ids = world.settle_people(3, 3)
    world.send_batch("B1", ids)
    digest = world.review("reviewer", "clear", "B1", [2])
    world.confirm("approver", "bureau", digest, "confirm-clear")
    world.release("B1", [("402", 1, 10_000)])
    return world


def test_a_batch_shows_its_lines_by_state_and_why_they_are_held(world: World) -> None:
    [row] = list_batches(world.state)
    assert row["states"] == {"held": {"count": 2, "fen": 20_000}, "ordered": {"count": 1, "fen": 10_000}}
    shown = show_batch(world.state, require_batch(world.state, "bank-402/B1"))
    assert shown["held_by_finding"] == {"R18:orange": 2}
    assert shown["ready_by_bank"] == []
    assert shown["next_release"] == 2
    assert shown["review_until"] == render_instant(world.batch("B1").assessed_at + HOUR)


def test_a_batch_nobody_sent_is_refused() -> None:
    world = World()
    with pytest.raises(InputError, match="D13"):
        require_batch(world.state, "bank-402/B9")


def test_held_lines_are_listed_with_masked_names_or_in_full(world: World) -> None:
    held = list(list_held(world.state))
    assert [row["line"] for row in held] == ["bank-402/B1/1", "bank-402/B1/3"]
    assert {row["beneficiary_name"] for row in held} == {"示*"}
    batch = require_batch(world.state, "bank-402/B1")
    full = list(list_held(world.state, batch, str))
    assert full[0]["beneficiary_name"] == world.name_of(make_id(0))


def test_the_story_of_a_cleared_line_ends_in_its_order_file(world: World) -> None:
    story = explain_line(Log(world), parse_line_ref("bank-402/B1/2"), full=False)
    assert story["state"] == "ordered"
    assert story["order_file"] == "bank-402_B1_402_001"
    assert [step["to"] for step in story["history"]] == ["held", "ready"]
    assert story["history"][0]["findings"][0]["facts"]["members"] == 3
    assert story["history"][1]["reason"] == "核实"
    assert story["compared"]["registers"]["population"] == "2026-10-31"


def test_a_story_names_nobody_unless_in_full(world: World) -> None:
    ref = parse_line_ref("bank-402/B1/2")
    masked = repr(explain_line(Log(world), ref, full=False))
    full = repr(explain_line(Log(world), ref, full=True))
    for person in (make_id(1), make_account(1), world.name_of(make_id(1))):
        assert person not in masked
        assert person in full


def test_a_held_line_has_no_order_file_though_its_batch_has(world: World) -> None:
    story = explain_line(Log(world), parse_line_ref("bank-402/B1/1"), full=False)
    assert (story["state"], story["order_file"]) == ("held", "")


@pytest.mark.parametrize("text", ["", "a", "a/b", "a/b/0", "a/b/x", "a/b/1/2", "a/b/１"])
def test_what_names_no_line_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="D13"):
        parse_line_ref(text)


def test_a_line_the_log_does_not_have_is_refused(world: World) -> None:
    with pytest.raises(InputError, match="S03"):
        explain_line(Log(world), parse_line_ref("bank-402/B1/9"), full=False)


def test_codes_have_words_and_private_ones_tell_nothing() -> None:
    assert explain_code("H01")[1] == "designation changed after assessment"
    assert render_findings([":red", "R13:blue"]) == "不公开的疑点(红);R13 原账户与指定账户不一致(蓝)"
