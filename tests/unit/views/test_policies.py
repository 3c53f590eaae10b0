"""The policy as a file: what it says is what is in force, and reading it back changes nothing."""

import pytest

from consolidator.intake.policy_files import Item, parse_policy_file
from consolidator.views.policies import list_number_settings, list_rule_settings, render_policy_file, show_policy
from tests.support.world import World


@pytest.fixture
def world() -> World:
    world = World()
    world.set_up(excludes=["OTHER"], age_min=18)
    rule = {"level": "yellow", "required": True, "parameters": {"persons_max": 5}}
    items: list[Item] = [
        ("rule", "R11", rule),
        ("setting", "cooling_off_hours", {"value": 24}),
        ("rule", "R38", {"enabled": False}),
    ]
    assert world.set_policy("P-2", items)[-1].word == "new"
    return world


def test_each_rule_is_told_as_it_runs_and_who_said_so(world: World) -> None:
    rows = {row["code"]: row for row in list_rule_settings(world.state)}
    assert rows["R11"] == {
        "code": "R11",
        "enabled": True,
        "level": "yellow",
        "required": True,
        "parameters": {"persons_max": 5},
        "from": "policy",
    }
    assert not rows["R38"]["enabled"]
    assert rows["R38"]["parameters"] == {"factor_percent": 300, "lines_min": 1000}
    assert rows["R14"]["from"] == "default"
    assert list_number_settings(world.state) == [{"name": "cooling_off_hours", "value": 24, "from": "policy"}]


def test_a_policy_file_that_was_shown_can_be_proposed_and_changes_nothing(world: World) -> None:
    before = show_policy(world.state)
    items = parse_policy_file(render_policy_file(world.state))
    assert ("rule", "R11") in {item[:2] for item in items}
    assert ("rule", "R14") not in {item[:2] for item in items}
    assert world.set_policy("P-3", items)[-1].word == "new"
    after = show_policy(world.state)
    assert before["version"] + 1 == after["version"]
    assert before | {"version": 0} == after | {"version": 0}


def test_a_rule_that_policy_never_set_stands_behind_a_sign_with_its_default(world: World) -> None:
    text = render_policy_file(world.state)
    assert '# [rule.R14]\n# enabled = true\n# level = "orange"' in text
    assert "# parameters = { changes_max = 2, quiet_days = 3 }" in text
