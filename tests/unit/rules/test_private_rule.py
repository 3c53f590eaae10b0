"""A private rule: the log tells the level of what it finds, the private part the code; inside, codes are whole."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from consolidator.home.disclosed import verify_opened
from consolidator.rules import catalogue, running
from consolidator.transparency.checkpoint import Checkpoint
from consolidator.verify.log import verify_log
from consolidator.views import explaining
from consolidator.views.batches import show_batch
from consolidator.views.explaining import explain_line
from consolidator.views.reading import parse_line_ref
from consolidator.views.rulebook import render_rule_book
from tests.fixtures.rules.official_amounts import CODE, RULE, TEXT
from tests.support.world import EPOCHS, ORIGIN, VILLAGE, Columns, World, make_id, make_signer
from tests.unit.views.log import Log

OTHER = "R91"  # a second private rule with the same level
OFFICIAL, FARMER = make_id(0), make_id(1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A county whose program has two private rules, and two people with accounts, one of them an official."""
    codes = cast("dict[str, Any]", catalogue.CATALOGUE)
    monkeypatch.setitem(codes, CODE, replace(TEXT, public=False))
    monkeypatch.setitem(codes, OTHER, replace(TEXT, public=False))
    for module in (running, explaining):
        monkeypatch.setattr(module, "LINE_RULES", (*running.LINE_RULES, RULE))
    made = World()
    made.set_up(standard_kind="ceiling", universal=True)
    made.settle_people(2)
    made.register("officials", {"id": [OFFICIAL], "village": [VILLAGE], "position": ["村主任"]})
    return made


def read_privates(world: World, kind: str) -> list[dict[str, Any]]:
    """Give the private parts of the entries of a kind."""
    pairs = zip(world.entries(), world.privates(), strict=True)
    return [json.loads(private or b"{}") for entry, private in pairs if entry["kind"] == kind]


def test_the_log_tells_its_level_and_the_private_part_its_code(world: World) -> None:
    world.send_batch("B-1", [OFFICIAL, FARMER], [5_001, 5_001])
    assert world.findings("B-1") == [[":orange"], []]
    held, ready = read_privates(world, "line")
    assert (held["findings"], "findings" in ready) == (["R90:orange"], False)
    assert world.entries("line")[0]["amount_fen"] == 5_001
    assert CODE.encode() not in b"".join(bundle.entries for step in world.steps for bundle in step.bundles)


def test_it_is_cleared_by_its_own_code(world: World) -> None:
    """What was cleared is compared with what a release finds: by code, since levels say too little."""
    world.send_batch("B-1", [OFFICIAL], [5_001])
    world.clear("B-1", [1])
    assert world.line_states("B-1") == ["ready"]
    (change,) = world.entries("change")
    assert change["findings"] == [":orange"]
    assert read_privates(world, "change")[0]["findings"] == ["R90:orange"]
    world.release("B-1", [("402", 1, 5_001)])
    assert world.line_states("B-1") == ["ordered"]


def test_another_private_finding_of_the_same_level_is_news_at_the_release(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.send_batch("B-1", [OFFICIAL], [5_001])
    world.clear("B-1", [1])
    another = replace(RULE, code=OTHER, find=lambda part: range(len(part)), tell=None)
    monkeypatch.setattr(running, "LINE_RULES", (*running.LINE_RULES, another))
    world.release("B-1", [("402", 1, 5_001)])
    assert world.line_states("B-1") == ["held"]
    assert world.entries("change")[-1]["findings"] == [":orange"]
    assert read_privates(world, "change")[-1]["findings"] == ["R91:orange"]


def test_a_disposition_and_a_suppression_of_it_tell_no_code(world: World) -> None:
    world.send_batch("B-1", [OFFICIAL], [5_001])
    batch = {"source": "bank-402", "id": "B-1"}
    fields = {"kind": "disposition", "source": "bureau", "id": "d-1", "action": "record", "batch": batch}
    columns: Columns = {"line": [1], "code": [CODE], "verdict": ["unfounded"], "reason": ["已核实"], "until": [None]}
    world.send("reviewer", fields, columns)
    assert world.entries("disposition")[-1]["code"] == ""
    assert read_privates(world, "disposition")[-1] == {"code": CODE, "reason": "已核实"}


def test_officers_see_the_code(world: World) -> None:
    world.send_batch("B-1", [OFFICIAL], [5_001])
    story = explain_line(Log(world), parse_line_ref("bank-402/B-1/1"), full=False)
    (finding,) = story["history"][0]["findings"]
    assert (finding["code"], finding["zh"], finding["facts"]["fen_max"]) == (CODE, TEXT.zh, 5_000)
    assert show_batch(world.state, world.batch("B-1"))["held_by_finding"] == {"R90:orange": 1}


def test_the_log_is_verified_as_it_is_told_and_as_it_is_opened(world: World) -> None:
    world.send_batch("B-1", [OFFICIAL, FARMER], [5_001, 5_001])
    bundles = [bundle for step in world.steps for bundle in step.bundles]
    head = world.county.head()
    report = verify_log(bundles, head.checkpoint.encode(), make_signer(ORIGIN).verifier)
    opened = verify_opened(bundles, Checkpoint(ORIGIN, head.size, bytes(32)), EPOCHS)
    assert report.totals == opened.totals == {"held": (1, 5_001), "ready": (1, 5_001)}


@pytest.mark.usefixtures("world")
def test_the_rule_book_says_that_it_is_private() -> None:
    assert "| R90(不公开 private) |" in render_rule_book()
    assert ": H04, R05, R07, R08, R09, R19, R21, R22, R33, R38, R44, R90, R91, S12\n" in render_rule_book()
