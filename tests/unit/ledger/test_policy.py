"""``policy``: two root officers, checked as a whole, all or nothing."""

from typing import Any

import pytest

from consolidator.facts.state import Policy
from tests.support.world import World, codes_of, key_of, make_programme, officer

BANK = ("bank", "105", {"name": "建行"})
SOURCE = ("source", "town-1", {"name": "示例镇", "type": "township"})


@pytest.fixture
def world() -> World:
    """A county with its usual policy."""
    made = World()
    made.set_up()
    return made


def test_a_policy_is_in_force_only_when_another_root_officer_confirms(world: World) -> None:
    digest, outcomes = world.propose_policy("policy-2", [BANK])
    assert codes_of(outcomes) == [""]
    assert "105" not in world.state.policy.banks
    assert codes_of(world.confirm("root-1", "root", digest, "c-1")) == ["D14"]
    assert "105" not in world.state.policy.banks
    assert codes_of(world.confirm("root-2", "root", digest, "c-2")) == [""]
    assert world.state.policy.banks["105"] == "建行"
    assert world.state.policy.version == 2
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["accepted"], effect["refused"]) == ("policy", 1, 0)
    assert effect["cause"] == world.entries("document")[-1]["digest"]


def test_every_subject_is_set(world: World) -> None:
    world.set_policy(
        "policy-2",
        [
            BANK,
            SOURCE,
            officer("town-clerk", "town-1", "clerk", ["register"]),
            ("programme", "BIRTH", make_programme(paying_banks=["105"], agent_bank="105", unit="household")),
            ("rule", "R21", {"enabled": False, "level": "orange", "required": True, "parameters": {"x": 1}}),
            ("setting", "cooling_off_hours", {"value": 24}),
            ("quorum", "quorum", {"type": "none"}),
        ],
    )
    policy = world.state.policy
    assert policy.sources["town-1"].type == "township"
    assert policy.officers[key_of("town-clerk")].id == "town-clerk"
    assert policy.programmes["BIRTH"].unit == "household"
    assert (policy.rules["R21"].enabled, policy.rules["R21"].level, policy.rules["R21"].parameters) == (
        False,
        "orange",
        {"x": 1},
    )
    assert policy.settings == {"cooling_off_hours": 24}
    assert policy.quorum == "none"


@pytest.mark.parametrize(
    "wrong",
    [
        officer("town-clerk", "nowhere", "clerk", ["register"]),
        officer("second", "bureau", "clerk", ["register"], key=key_of("clerk")),
        ("programme", "BIRTH", make_programme(paying_banks=["999"], agent_bank="999")),
        ("programme", "BIRTH", make_programme(paying_banks=["402"], agent_bank="103")),
        ("programme", "FARM", None),
        ("setting", "no_such_setting", {"value": 1}),
        ("bank", "105", {"name": "建行", "more": 1}),
        *(officer("second", "oversight", role, ["review"]) for role in ("clerk", "reviewer", "approver", "adapter")),
        officer("second", "bureau", "supervisor", ["review"]),
        officer("supervisor", "oversight", "reviewer", ["review"]),
        ("source", "oversight", {"name": "纪委", "type": "bureau"}),
        ("source", "bureau", {"name": "财政局", "type": "oversight"}),
        ("source", "bureau", None),
        ("bank", "402", None),
    ],
    ids=[
        "officer of an unknown source",
        "key of another officer",
        "unknown paying bank",
        "agent bank does not pay",
        "programmes cannot be withdrawn",
        "unknown setting",
        "unknown field",
        "clerk of oversight",
        "reviewer of oversight",
        "approver of oversight",
        "adapter of oversight",
        "supervisor of a bureau",
        "supervisor who becomes a reviewer",
        "oversight that becomes a bureau while it has a supervisor",
        "bureau that becomes oversight while it has a clerk",
        "source that still has officers",
        "bank that programmes pay through",
    ],
)
def test_one_wrong_item_refuses_the_whole_at_its_last_part(
    world: World, wrong: tuple[str, str, dict[str, Any] | None]
) -> None:
    before = world.state.policy
    digest, outcomes = world.propose_policy("policy-2", [BANK, wrong, SOURCE])
    assert [(outcome.word, outcome.code, outcome.position) for outcome in outcomes] == [
        ("new", "", ""),
        ("item", "S02", "item 2"),
        ("refused", "S02", ""),
    ]
    effect = world.entries("effect")[-1]
    assert (effect["accepted"], effect["codes"], effect["positions"]) == (0, {"S02": 1}, [[2, "S02"]])
    assert codes_of(world.confirm("root-2", "root", digest, "c-1")) == ["D15"]
    assert world.state.policy == before


def test_withdrawals_take_out_officer_source_and_bank(world: World) -> None:
    world.set_policy("policy-2", [BANK, SOURCE, officer("town-clerk", "town-1", "clerk", ["register"])])
    world.set_policy("policy-3", [("officer", "town-clerk", None), ("source", "town-1", None), ("bank", "105", None)])
    policy = world.state.policy
    assert key_of("town-clerk") not in policy.officers
    assert "town-1" not in policy.sources
    assert "105" not in policy.banks


def test_a_source_changes_its_name_with_its_officers_and_its_side_only_without_them(world: World) -> None:
    world.set_policy("policy-2", [("source", "oversight", {"name": "示例县纪委", "type": "oversight"})])
    assert world.state.policy.sources["oversight"].name == "示例县纪委"
    side = ("source", "oversight", {"name": "示例局", "type": "department"})
    world.set_policy("policy-3", [("officer", "supervisor", None), side])
    assert world.state.policy.sources["oversight"].type == "department"


def test_an_officer_who_gets_a_new_key_loses_the_old_one(world: World) -> None:
    world.set_policy("policy-2", [officer("clerk", "bureau", "clerk", ["register"], key=key_of("clerk-new"))])
    assert key_of("clerk") not in world.state.policy.officers
    assert world.state.policy.officers[key_of("clerk-new")].id == "clerk"


def test_a_policy_that_became_wrong_while_it_waited_has_no_effect(world: World) -> None:
    world.set_policy("policy-2", [SOURCE])
    waiting, _ = world.propose_policy("policy-3", [BANK, officer("town-clerk", "town-1", "clerk", ["register"])])
    world.set_policy("policy-4", [("source", "town-1", None)])
    version = world.state.policy.version
    assert codes_of(world.confirm("root-2", "root", waiting, "c-1")) == ["", "S02", "S02"]
    assert "105" not in world.state.policy.banks
    assert world.state.policy.version == version


def test_two_policies_may_wait_at_once_and_both_count(world: World) -> None:
    first, _ = world.propose_policy("policy-2", [BANK])
    second, _ = world.propose_policy("policy-3", [SOURCE])
    world.confirm("root-2", "root", second, "c-1")
    world.confirm("root-2", "root", first, "c-2")
    assert "town-1" in world.state.policy.sources
    assert "105" in world.state.policy.banks


def test_a_part_that_is_no_part_refuses_the_policy(world: World) -> None:
    fields = {"kind": "policy", "source": "root", "id": "policy-2"}
    outcomes = world.submit(world.sign_raw("root-1", fields, [b'{"subject":["bank"]}'], 1))
    assert codes_of(outcomes) == ["", "D09"]
    assert world.state.pending == {}


def test_a_county_without_policy_knows_only_its_roots() -> None:
    world = World()
    assert world.state.policy == Policy()
    assert codes_of(world.send("clerk", {"kind": "designations", "source": "bureau", "id": "d-1"})) == ["I09"]
