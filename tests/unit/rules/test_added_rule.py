"""A rule is added by its text and its row in the list of line rules; no other file knows of it."""

from typing import Any, cast

import pytest

from consolidator.rules import catalogue, running
from consolidator.views import explaining
from consolidator.views.explaining import explain_line
from consolidator.views.reading import parse_line_ref
from tests.fixtures.rules.official_amounts import CODE, RULE, TEXT
from tests.support.world import VILLAGE, World, codes_of, make_id
from tests.unit.views.log import Log

OFFICIAL, FARMER = make_id(0), make_id(1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A county whose program has the rule, and two people with accounts, one of them an official."""
    monkeypatch.setitem(cast("dict[str, Any]", catalogue.CATALOGUE), CODE, TEXT)
    for module in (running, explaining):
        monkeypatch.setattr(module, "LINE_RULES", (*running.LINE_RULES, RULE))
    made = World()
    made.set_up(standard_kind="ceiling", universal=True)
    made.settle_people(2)
    return made


def appoint(world: World) -> None:
    """Send the list of officials."""
    world.register("officials", {"id": [OFFICIAL], "village": [VILLAGE], "position": ["村主任"]})


def set_rule(world: World, **value: object) -> list[str]:
    """Set the rule by policy; gives the codes."""
    return codes_of(world.set_policy(f"policy-{world.state.policy.version + 1}", [("rule", CODE, value)]))


def test_the_rule_holds_its_line_and_keeps_its_facts(world: World) -> None:
    appoint(world)
    world.send_batch("B-1", [OFFICIAL, FARMER], [5_001, 5_001])
    world.send_batch("B-2", [OFFICIAL], [5_000], fields={"period": "2025"})
    assert world.findings("B-1") == [["R90:orange"], []]
    assert world.line_states("B-1") == ["held", "ready"]
    assert world.findings("B-2") == [[]]
    evidence = b'"evidence":{"R90":{"fen_max":5000,"position":"' + "村主任".encode() + b'","snapshot_on":"2026-10-31"}}'
    assert sum(evidence in private for private in world.privates()) == 1


def test_without_its_register_the_batch_says_that_the_rule_was_not_checked(world: World) -> None:
    world.send_batch("B-1", [OFFICIAL])
    assert CODE in world.entries("batch")[-1]["not_checked"]
    assert world.line_states("B-1") == ["ready"]
    story = explain_line(Log(world), parse_line_ref("bank-402/B-1/1"), full=False)
    (told,) = [row for row in story["compared"]["unchecked"] if row["code"] == CODE]
    assert (told["zh"], told["en"], told["register"]) == (TEXT.zh, TEXT.en, "officials")
    appoint(world)
    world.send_batch("B-2", [FARMER])
    assert CODE not in world.entries("batch")[-1]["not_checked"]


def test_policy_requires_it(world: World) -> None:
    assert set_rule(world, required=True) == ["", ""]
    world.send_batch("B-1", [FARMER])
    assert world.findings("B-1") == [["R90:orange"]]
    assert b'"R90":{"not_checked":"officials"}' in b"".join(world.privates())


@pytest.mark.parametrize(
    ("value", "found", "state"),
    [
        ({"level": "red"}, ["R90:red"], "refused"),
        ({"level": "yellow"}, ["R90:yellow"], "ready"),
        ({"enabled": False}, [], "ready"),
        ({"parameters": {"fen_max": 9_999}}, ["R90:orange"], "held"),
        ({"parameters": {"fen_max": 10_000}}, [], "ready"),
    ],
)
def test_policy_sets_its_level_switch_and_threshold(
    world: World, value: dict[str, Any], found: list[str], state: str
) -> None:
    appoint(world)
    assert set_rule(world, **value) == ["", ""]
    world.send_batch("B-1", [OFFICIAL])
    assert world.findings("B-1") == [found]
    assert world.line_states("B-1") == [state]


def test_policy_refuses_a_threshold_that_the_rule_does_not_have(world: World) -> None:
    assert "S02" in set_rule(world, parameters={"persons_max": 1})


def test_explain_says_what_it_is_about_and_what_was_compared(world: World) -> None:
    appoint(world)
    world.send_batch("B-1", [OFFICIAL])
    story = explain_line(Log(world), parse_line_ref("bank-402/B-1/1"), full=False)
    (finding,) = story["history"][0]["findings"]
    assert finding == {
        "code": CODE,
        "level": "orange",
        "zh": TEXT.zh,
        "en": TEXT.en,
        "facts": {"snapshot_on": "2026-10-31", "fen_max": 5_000, "position": "村主任"},
    }
    sentences = "\n".join(sentence["zh"] for sentence in story["sentences"])
    assert TEXT.zh in sentences


def test_without_the_row_nobody_knows_the_rule() -> None:
    world = World()
    world.set_up()
    assert "S02" in codes_of(world.set_policy("policy-2", [("rule", CODE, {})]))
