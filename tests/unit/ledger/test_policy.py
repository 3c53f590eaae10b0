"""``policy``: two root officers, checked as a whole, all or nothing."""

from typing import Any

import pytest

from consolidator.facts.parties import Source
from consolidator.facts.programmes import Bank, Plan, Programme, RuleSetting
from consolidator.facts.state import Policy
from tests.support.world import Columns, World, codes_of, key_of, make_id, make_programme, officer

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
    assert world.state.policy.banks["105"] == Bank("建行", "", 200_000, 2**53 - 1)
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
            ("source", "bank-105", {"name": "建行", "type": "bank", "bank": "105"}),
            officer("town-clerk", "town-1", "clerk", ["register"]),
            ("programme", "BIRTH", make_programme(paying_banks=["105"], agent_bank="105", unit="household")),
            ("plan", "PLAN-1", {"programme": "BIRTH", "fen": 5_000_000}),
            ("rule", "R11", {"enabled": False, "level": "red", "required": True, "parameters": {"persons_max": 1}}),
            ("setting", "cooling_off_hours", {"value": 24}),
            ("quorum", "quorum", {"type": "none"}),
        ],
    )
    policy = world.state.policy
    assert policy.sources["town-1"] == Source("示例镇", "township", "")
    assert policy.sources["bank-105"] == Source("建行", "bank", "105")
    assert policy.officers[key_of("town-clerk")].id == "town-clerk"
    assert policy.programmes["BIRTH"].unit == "household"
    assert policy.plans == {"PLAN-1": Plan("BIRTH", 5_000_000)}
    setting = RuleSetting(enabled=False, level="red", required=True, parameters={"persons_max": 1})
    assert policy.rules == {"R11": setting}
    assert policy.settings == {"cooling_off_hours": 24}
    assert policy.quorum == "none"


def test_a_rule_setting_that_says_nothing_runs_the_rule_as_the_catalogue_has_it(world: World) -> None:
    world.set_policy("policy-2", [("rule", "R11", {})])
    assert world.state.policy.rules == {"R11": RuleSetting(enabled=True, level=None, required=False, parameters={})}


def test_a_programme_that_says_no_more_than_it_must_gets_the_usual_values(world: World) -> None:
    value = make_programme()
    for optional in ("universal", "review_window_hours"):
        del value[optional]
    world.set_policy("policy-2", [("programme", "FARM", value)])
    assert world.state.policy.programmes["FARM"] == Programme(
        id="FARM",
        name="耕地地力保护补贴",
        short_name="地力补贴",
        cycle="year",
        unit="person",
        standard_fen=10_000,
        paying_banks=["402"],
        agent_bank="402",
        universal=False,
        review_window_hours=72,
        standard_kind="exact",
        publicity_required=True,
        bars_payroll=False,
        age_min=None,
        age_max=None,
        excludes=[],
        line_max_fen=None,
        sensitive=False,
    )


def test_everything_a_programme_says_is_set(world: World) -> None:
    said = {
        "cycle": "month",
        "unit": "machine",
        "standard_fen": None,
        "paying_banks": ["103", "402"],
        "universal": True,
        "review_window_hours": 0,
        "standard_kind": "ceiling",
        "publicity_required": False,
        "bars_payroll": True,
        "age_min": 16,
        "age_max": 60,
        "excludes": ["FARM"],
        "line_max_fen": 77,
    }
    world.set_policy("policy-2", [("programme", "TOOL", make_programme(**said))])
    programme = world.state.policy.programmes["TOOL"]
    assert {name: getattr(programme, name) for name in said} == said


def test_everything_a_bank_says_is_set(world: World) -> None:
    value = {"name": "建行", "branch": "105000000001", "file_lines_max": 500, "file_fen_max": 1_000_000}
    world.set_policy("policy-2", [("bank", "105", value)])
    assert world.state.policy.banks["105"] == Bank("建行", "105000000001", 500, 1_000_000)


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
        ("plan", "PLAN-1", {"programme": "BIRTH", "fen": 1}),
        ("rule", "R99", {}),
        ("rule", "R11", {"parameters": {"persons_max": 3, "machines_max": 3}}),
        ("rule", "R21", {"parameters": {"x": 1}}),
        ("programme", "BIRTH", make_programme(excludes=["FARM", "BIRTH"])),
        ("programme", "BIRTH", make_programme(age_min=61, age_max=60)),
        *(
            (subject, name, None)
            for subject, name in (("rule", "R11"), ("setting", "cooling_off_hours"), ("quorum", "q"))
        ),
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
        "plan of an unknown programme",
        "unknown rule",
        "threshold of another rule",
        "threshold of a rule that has none",
        "programme that excludes itself",
        "programme for which nobody is of age",
        "rules cannot be withdrawn",
        "settings cannot be withdrawn",
        "the quorum cannot be withdrawn",
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


def test_wrong_and_odd_items_of_a_policy_stand_in_their_order(world: World) -> None:
    columns: Columns = {"subject": ["rule", "no subject"], "id": ["R99", "x"], "value": [{}, {}]}
    world.send("root-1", {"kind": "policy", "source": "root", "id": "policy-2"}, columns)
    assert world.entries("effect")[-1]["positions"] == [[1, "S02"], [2, "S01"]]


def test_nobody_sets_a_setting_beyond_a_year_of_hours(world: World) -> None:
    world.set_policy("policy-2", [("setting", "cooling_off_hours", {"value": 8_760})])
    assert world.state.policy.settings == {"cooling_off_hours": 8_760}
    assert codes_of(world.propose_policy("policy-3", [("setting", "cooling_off_hours", {"value": 8_761})])[1]) == [
        "",
        "S02",
        "S02",
    ]


@pytest.mark.parametrize("change", [{"unit": "plot"}, {"cycle": "month"}], ids=["unit", "cycle"])
def test_a_programme_keeps_unit_and_cycle_once_a_line_of_it_was_decided(world: World, change: dict[str, str]) -> None:
    programme = ("programme", "FARM", make_programme(**change))
    world.set_policy("policy-2", [programme])
    world.set_policy("policy-3", [("programme", "FARM", make_programme())])
    world.send_batch("B-1", [make_id(0)])
    outcomes = world.propose_policy("policy-4", [programme])[1]
    assert codes_of(outcomes) == ["", "S02", "S02"]
    assert "cannot change any more" in repr(outcomes)
    assert (world.state.policy.programmes["FARM"].unit, world.state.policy.programmes["FARM"].cycle) == (
        "person",
        "year",
    )
    other = make_programme(review_window_hours=0)
    assert codes_of(world.set_policy("policy-5", [("programme", "FARM", other)])) == ["", ""]


@pytest.mark.parametrize("bank_count", [200, 201])
def test_a_county_has_at_most_two_hundred_banks(world: World, bank_count: int) -> None:
    banks = [("bank", f"{600 + number}", {"name": "银行"}) for number in range(bank_count - 2)]
    codes = codes_of(world.propose_policy("policy-2", banks)[1])
    assert codes == ([""] if bank_count == 200 else ["", "S02", "S02"])


def test_a_bank_that_paid_lines_counts_after_it_has_gone_and_one_that_did_not_does_not(world: World) -> None:
    world.settle_people(1)
    world.send_batch("B-1", [make_id(0)])
    farm = ("programme", "FARM", make_programme(paying_banks=["601"], agent_bank="601"))
    banks = [("bank", f"{600 + number}", {"name": "银行"}) for number in range(198)]
    world.set_policy("policy-2", [*banks, farm])
    assert codes_of(world.propose_policy("policy-3", [("bank", "999", {"name": "银行"})])[1]) == ["", "S02", "S02"]
    world.set_policy("policy-4", [("bank", "402", None)])
    assert codes_of(world.propose_policy("policy-5", [("bank", "999", {"name": "银行"})])[1]) == ["", "S02", "S02"]
    assert codes_of(world.set_policy("policy-6", [("bank", "602", {"name": "改名"})])) == ["", ""]
    world.set_policy("policy-7", [("bank", "103", None)])
    assert codes_of(world.propose_policy("policy-8", [("bank", "999", {"name": "银行"})])[1]) == [""]


def test_withdrawals_take_out_officer_source_bank_and_plan(world: World) -> None:
    clerk = officer("town-clerk", "town-1", "clerk", ["register"])
    plans = [("plan", name, {"programme": "FARM", "fen": 1}) for name in ("PLAN-1", "PLAN-2")]
    world.set_policy("policy-2", [BANK, SOURCE, clerk, *plans])
    gone = (("officer", "town-clerk"), ("source", "town-1"), ("bank", "105"), ("plan", "PLAN-1"))
    world.set_policy("policy-3", [(subject, name, None) for subject, name in gone])
    policy = world.state.policy
    assert policy.plans == {"PLAN-2": Plan("FARM", 1)}
    assert key_of("town-clerk") not in policy.officers
    assert "town-1" not in policy.sources
    assert "105" not in policy.banks


@pytest.mark.parametrize("subject", ["officer", "source", "bank", "plan"])
def test_what_is_not_there_may_be_withdrawn(world: World, subject: str) -> None:
    identifier = "999" if subject == "bank" else "nobody"
    assert codes_of(world.set_policy("policy-2", [(subject, identifier, None)])) == ["", ""]
    assert world.state.policy.version == 2


def test_a_plan_may_stand_behind_its_programme_in_one_policy(world: World) -> None:
    plan = ("plan", "PLAN-9", {"programme": "BIRTH", "fen": 1})
    assert "S02" in codes_of(world.propose_policy("policy-2", [plan, ("programme", "BIRTH", make_programme())])[1])
    world.set_policy("policy-3", [("programme", "BIRTH", make_programme()), plan])
    assert world.state.policy.plans == {"PLAN-9": Plan("BIRTH", 1)}


def test_a_bank_stays_also_where_it_is_one_of_several_that_a_programme_pays_through(world: World) -> None:
    world.set_policy("policy-2", [BANK, ("programme", "FARM", make_programme(paying_banks=["402", "105"]))])
    assert codes_of(world.propose_policy("policy-3", [("bank", "105", None)])[1]) == ["", "S02", "S02"]


def test_a_bank_stays_while_one_programme_of_several_pays_through_it(world: World) -> None:
    programme = make_programme(paying_banks=["105"], agent_bank="105")
    world.set_policy("policy-2", [BANK, ("programme", "BIRTH", programme)])
    assert set(world.state.policy.programmes) == {"BIRTH", "FARM"}
    for bank in ("105", "402"):
        assert codes_of(world.propose_policy(f"policy-{bank}", [("bank", bank, None)])[1]) == ["", "S02", "S02"]


@pytest.mark.parametrize("ages", [{"age_min": 60}, {"age_max": 60}, {"age_min": 60, "age_max": 60}])
def test_a_programme_may_have_one_bound_of_age_or_two_that_are_equal(world: World, ages: dict[str, int]) -> None:
    assert codes_of(world.set_policy("policy-2", [("programme", "BIRTH", make_programme(**ages))])) == ["", ""]
    set_up = world.state.policy.programmes["BIRTH"]
    assert (set_up.age_min, set_up.age_max) == (ages.get("age_min"), ages.get("age_max"))


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
