"""Running rules: settings, missing registers, odd items, and what a level does."""

from collections.abc import Mapping

import msgspec
import pytest

from consolidator.facts.programmes import RuleSetting
from consolidator.facts.registers import Official
from consolidator.facts.state import State
from consolidator.rules import catalogue
from consolidator.rules.catalogue import CATALOGUE, RuleText, is_stopping, render_finding
from consolidator.rules.evidence import WITH_EVIDENCE
from consolidator.rules.groups import GROUP_RULES, find_crowded_collectors, find_shared_households
from consolidator.rules.running import LINE_RULES, Hits, find_level, list_unchecked
from tests.support.world import VILLAGE, make_account
from tests.unit.rules.desk import PEOPLE, make_state, run

REGISTER_OF = {rule.code: rule.register for rule in LINE_RULES if rule.register is not None}
# For each rule a line of PEOPLE[0] that it hits and no other rule does, with its usual level.
LEVELS = {
    "R01": "blue",
    "R02": "red",
    "R03": "red",
    "R05": "red",
    "R08": "yellow",
    "R09": "yellow",
    "R13": "blue",
    "R21": "red",
    "R54": "orange",
}
# R18 looks at whole documents; among the line rules it stands only for the register it misses.
GROUP_ONLY = {"R18"}
# A form of a rule with a level of its own keeps it, whatever a county sets for the code.
FIXED = {"R01"}


def make_guilty(code: str, odd: Mapping[int, tuple[str, str]] | None = None, **settings: RuleSetting) -> Hits:
    """Run the rules over a slice whose line 1 only this rule hits."""
    state = make_state(**settings)
    person, registers = PEOPLE[0], state.registers
    columns: dict[str, list[object]] = {}
    match code:
        case "R01":
            person = "001199196001010019"
            registers.population[person] = msgspec.structs.replace(registers.population[PEOPLE[0]], id=person)
            registers.library[person] = VILLAGE
            state.designations[person] = state.designations[PEOPLE[0]]
        case "R02":
            columns = {"beneficiary_name": ["李四", registers.population[PEOPLE[1]].name]}
        case "R03":
            del registers.library[person]
        case "R05":
            registers.deaths[person] = "2020-01-01"
        case "R08":
            registers.officials[person] = Official(VILLAGE, "会计")
        case "R09":
            registers.relatives[person] = PEOPLE[5]
        case "R13":
            columns = {"account": [make_account(77), None]}
        case "R21":
            columns = {"amount_fen": [10_001, 10_000]}
        case _:
            columns = {"payee_id": [PEOPLE[5], PEOPLE[1]]}
    return run(state, [person, PEOPLE[1]], odd=odd, **columns)


def test_every_line_rule_has_its_guilty_line() -> None:
    assert set(LEVELS) == {rule.code for rule in LINE_RULES} - GROUP_ONLY


def test_nobody_is_conspicuous_in_an_innocent_slice() -> None:
    hits = run(make_state(), PEOPLE)
    assert (hits.findings, hits.evidence, hits.refused, hits.held) == ({}, {}, set(), set())


@pytest.mark.parametrize("code", LEVELS)
def test_a_rule_hits_its_line_and_no_other(code: str) -> None:
    hits = make_guilty(code)
    assert hits.findings == {0: [f"{code}:{LEVELS[code]}"]}
    assert hits.refused == ({0} if LEVELS[code] == "red" else set())
    assert hits.held == ({0} if LEVELS[code] == "orange" else set())


@pytest.mark.parametrize("code", LEVELS)
def test_a_county_can_switch_a_rule_off(code: str) -> None:
    hits = make_guilty(code, None, **{code: RuleSetting(enabled=False)})
    assert (hits.findings, hits.evidence) == ({}, {})


@pytest.mark.parametrize("level", ["red", "orange", "yellow", "blue"])
@pytest.mark.parametrize("code", [code for code in LEVELS if code not in FIXED])
def test_a_county_can_give_a_rule_another_level(code: str, level: str) -> None:
    hits = make_guilty(code, None, **{code: RuleSetting(level=level)})
    assert hits.findings == {0: [f"{code}:{level}"]}
    assert hits.refused == ({0} if level == "red" else set())
    assert hits.held == ({0} if level == "orange" else set())


def test_a_form_with_a_level_of_its_own_keeps_it() -> None:
    assert make_guilty("R01", R01=RuleSetting(level="orange")).findings == {0: ["R01:blue"]}
    state = make_state(R13=RuleSetting(level="blue"))
    state.designations.clear()
    assert run(state, PEOPLE[:1]).findings == {0: ["R13:orange"]}


@pytest.mark.parametrize("code", LEVELS)
def test_evidence_is_kept_for_exactly_the_rules_that_have_some(code: str) -> None:
    assert set(make_guilty(code).evidence.get(0, {})) == {code} & WITH_EVIDENCE


# ---- a register that was never filled


def needing(register: str) -> list[str]:
    """Give the codes that look at a register."""
    return sorted(code for code, name in REGISTER_OF.items() if name == register)


def without(register: str, **settings: RuleSetting) -> State:
    """Make the county without one register's snapshot."""
    state = make_state(**settings)
    del state.registers.snapshots[register]
    state.registers.officials[PEOPLE[0]] = Official(VILLAGE, "会计")
    return state


@pytest.mark.parametrize(("code", "register"), REGISTER_OF.items())
def test_a_rule_without_its_register_does_not_look(code: str, register: str) -> None:
    state = without(register)
    getattr(state.registers, register).clear()
    hits = run(state, PEOPLE[:2])
    assert not any(finding.startswith(code) for found in hits.findings.values() for finding in found)
    assert code in needing(register)
    assert list_unchecked(state.registers.snapshots, state.policy.rules) == needing(register)


@pytest.mark.parametrize(("code", "register"), REGISTER_OF.items())
def test_a_rule_that_policy_requires_holds_every_line_it_cannot_check(code: str, register: str) -> None:
    state = without(register, **{code: RuleSetting(required=True, level="red")})
    hits = run(state, PEOPLE[:2])
    for item in (0, 1):
        assert f"{code}:orange" in hits.findings[item]
        assert hits.evidence[item][code] == {"not_checked": register}
    assert (hits.held, hits.refused) == ({0, 1}, set())


@pytest.mark.parametrize(("code", "register"), REGISTER_OF.items())
def test_a_rule_that_is_switched_off_needs_no_register(code: str, register: str) -> None:
    state = without(register, **{code: RuleSetting(enabled=False, required=True)})
    hits = run(state, PEOPLE[:2])
    assert hits.held == set()
    others = [other for other in needing(register) if other != code]
    assert list_unchecked(state.registers.snapshots, state.policy.rules) == others


def test_the_rules_that_need_the_population_are_those_about_names_and_households() -> None:
    assert needing("population") == ["R02", "R18"]


def test_with_a_population_the_line_form_of_r18_finds_nothing() -> None:
    hits = run(make_state(R18=RuleSetting(required=True)), PEOPLE)
    assert (hits.findings, hits.evidence) == ({}, {})


def test_a_county_without_registers_lists_every_rule_that_needs_one() -> None:
    assert list_unchecked({}, {}) == sorted(REGISTER_OF)
    assert list_unchecked(make_state().registers.snapshots, {}) == []


def test_a_collection_is_held_also_where_no_relations_were_ever_sent() -> None:
    state = make_state()
    del state.registers.snapshots["relations"]
    hits = run(state, PEOPLE[:1], payee_id=[PEOPLE[4]])
    assert hits.findings == {0: ["R54:orange"]}
    assert hits.evidence == {0: {"R54": {"day": "2026-11-01"}}}


# ---- odd items


@pytest.mark.parametrize("code", LEVELS)
def test_rules_pass_over_a_line_of_odd_shape(code: str) -> None:
    hits = make_guilty(code, odd={0: ("remark", "S01")})
    assert hits.findings == {0: ["S01:red"]}
    assert hits.evidence == {0: {"S01": {"field": "remark"}}}
    assert (hits.refused, hits.held) == ({0}, set())


def test_neutral_values_of_an_odd_line_are_no_findings() -> None:
    state = make_state()
    state.designations.clear()
    hits = run(state, ["000000000000000000", PEOPLE[0]], odd={0: ("beneficiary_id", "S01")})
    assert hits.findings == {0: ["S01:red"], 1: ["R13:orange"]}


def test_a_line_of_odd_shape_is_not_held_for_a_register_that_is_missing() -> None:
    state = without("deaths", R05=RuleSetting(required=True))
    hits = run(state, PEOPLE[2:4], odd={1: ("remark", "I13")})
    assert hits.findings == {0: ["R05:orange"], 1: ["I13:red"]}


# ---- hits


def test_the_same_finding_twice_counts_once_and_different_levels_count_apart() -> None:
    hits = Hits()
    for items, level in (((1, 2), "orange"), ((2, 3), "orange"), ((2,), "red"), ((4,), "blue")):
        hits.add(items, "R18", level)
    assert hits.findings == {1: ["R18:orange"], 2: ["R18:orange", "R18:red"], 3: ["R18:orange"], 4: ["R18:blue"]}
    assert (hits.refused, hits.held) == ({2}, {1, 2, 3})


def test_facts_of_one_code_add_up() -> None:
    hits = Hits()
    hits.explain(0, "R54", {"day": "2026-11-01"})
    hits.explain(0, "R54", {"persons": 6})
    hits.explain(0, "R18", {"members": 3})
    assert hits.evidence == {0: {"R54": {"day": "2026-11-01", "persons": 6}, "R18": {"members": 3}}}


@pytest.mark.parametrize(
    ("own", "level", "expected"),
    [(None, None, "red"), (None, "blue", "blue"), ("orange", None, "orange"), ("orange", "blue", "orange")],
)
def test_a_level_is_the_forms_own_else_the_countys_else_the_catalogues(
    own: str | None, level: str | None, expected: str
) -> None:
    assert find_level("R03", own, RuleSetting(level=level)) == expected


# ---- catalogue


def test_the_catalogue_holds_every_rule_that_runs() -> None:
    groups = {find_shared_households: "R18", find_crowded_collectors: "R54"}
    assert set(groups) == set(GROUP_RULES)
    assert {rule.code for rule in LINE_RULES} >= GROUP_ONLY
    assert set(CATALOGUE) == {rule.code for rule in LINE_RULES} | set(groups.values()) | {"R16", "R40"}
    for text in CATALOGUE.values():
        assert text.level in {"red", "orange", "yellow", "blue"}
        assert all((text.zh, text.en, text.why_zh, text.why_en))


def test_a_private_rule_shows_only_its_level(monkeypatch: pytest.MonkeyPatch) -> None:
    private = {"R31": RuleText("red", "服刑在押人员领取", "prisoner paid", "-", "-", public=False)}
    monkeypatch.setattr(catalogue, "CATALOGUE", {**CATALOGUE, **private})
    assert [render_finding(code, "red") for code in ("R31", "R05", "S01")] == [":red", "R05:red", "S01:red"]


@pytest.mark.parametrize(
    ("finding", "stopping"),
    [("R05:red", True), ("R18:orange", True), (":red", True), ("R08:yellow", False), ("R13:blue", False), ("", False)],
)
def test_red_and_orange_keep_a_line_from_being_paid(finding: str, stopping: object) -> None:
    assert is_stopping(finding) is stopping
