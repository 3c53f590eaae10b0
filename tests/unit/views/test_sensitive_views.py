"""Officers see everything of a sensitive programme; the demo's page and whoever reads the log see what is public."""

import json

import pytest

from consolidator.demo.story import Sum, count_codes, sum_banks, tell_story
from consolidator.views.batches import show_batch
from consolidator.views.explaining import explain_line
from consolidator.views.reading import list_entries, parse_line_ref
from consolidator.views.reviews import list_held
from tests.support.discreet import ASSESSED, CARE, LATER, VOID, care, fen_of, live_discreetly, make_care
from tests.support.world import World
from tests.unit.views.log import Log


@pytest.fixture(scope="module")
def world() -> World:
    """A county in which everything happened."""
    return live_discreetly()


def test_explain_tells_amount_route_and_code(world: World) -> None:
    story = explain_line(Log(world), parse_line_ref(f"bank-402/{ASSESSED}/4"), full=False)
    assert story["amount_fen"] == fen_of(3)
    assert story["history"][0]["route"] == "on_us"
    assert [(finding["code"], finding["facts"]["position"]) for finding in story["history"][0]["findings"]] == [
        ("R08", "村文书")
    ]
    assert [event["code"] for event in story["history"] if event["kind"] == "disposition"] == ["R08", "R08"]
    assert story["state"] == "failed"
    assert story["history"][-1]["answer"]["why"] == "account_state"
    sentences = "\n".join(sentence["zh"] for sentence in story["sentences"])
    assert "73000.21 元" in sentences.replace(",", "")


def test_explain_tells_why_a_sensitive_batch_is_void(world: World) -> None:
    void = explain_line(Log(world), parse_line_ref(f"bank-402/{VOID}/1"), full=False)["void"]
    assert void["stated"]["fen"] == fen_of(42)
    assert void["readable"] == {"count": 2, "fen": fen_of(40) + fen_of(41)}


def test_batches_and_held_lines_are_shown_with_their_amounts() -> None:
    world = World()
    world.set_up()
    ids = world.settle_people(2)
    world.set_policy("care", [("programme", CARE, make_care(standard_fen=100))])
    world.send_batch("C", ids, [99, 100], care("2026"))
    shown = show_batch(world.state, world.batch("C"))
    assert (shown["fen"], shown["held_by_finding"]) == (199, {"R22:orange": 1})
    (held,) = list_held(world.state)
    assert (held["amount_fen"], held["findings"]) == (99, ["R22:orange"])


def test_the_demos_page_is_told_from_what_is_public(world: World) -> None:
    story = tell_story(list_entries(Log(world).bundles()))
    assert story.assessed["refused"] == Sum(5, 0)
    assert story.stopped == Sum(1, 0)
    assert story.cleared == Sum(1, 0)
    later = fen_of(50) + fen_of(51)
    assert story.assessed["ready"] == Sum(23 + 1 + 12 + 10 + 2, 100_000 + later)
    assert sum_banks(story)["103"] == (1, Sum(5, 0))
    assert not {"R05", "R07", "R08"} & count_codes(story).keys()
    assert LATER in json.dumps([list(place) for place in story.found])
    assert story.members == {}


def test_the_demos_page_shows_no_household_of_a_sensitive_programme() -> None:
    world = World()
    world.set_up()
    ids = world.settle_people(4, household_size=2)
    world.set_policy("care", [("programme", CARE, make_care(unit="household"))])
    world.send_batch("C", ids, [100] * 4, care("2026"))
    assert world.findings("C") == [["R18:orange"]] * 4
    assert tell_story(list_entries(Log(world).bundles())).members == {}
