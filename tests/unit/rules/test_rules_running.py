"""Running rules: settings, missing registers, odd items, and what a level does."""

import msgspec
import pytest

from consolidator.facts.programmes import Programme, RuleSetting
from consolidator.facts.registers import Official
from consolidator.facts.state import State
from consolidator.rules import catalogue
from consolidator.rules.catalogue import CATALOGUE, RuleText, is_stopping, render_finding, show_findings
from consolidator.rules.groups import GROUP_RULES
from consolidator.rules.running import LINE_RULES, Hits, find_level, list_unchecked
from tests.support.world import VILLAGE
from tests.unit.rules.desk import PEOPLE, PROGRAMME, make_slice, make_state, run
from tests.unit.rules.guilty import CASES, make_guilty

REGISTER_OF = {rule.code: rule.register for rule in LINE_RULES if rule.register is not None}
EVERYTHING = msgspec.structs.replace(PROGRAMME, unit="household", bars_payroll=True)  # every register is needed
# Found elsewhere: over whole documents (R18 stands among the line rules only for the register it misses), while claims
# are written, or about batches.
GROUP_ONLY = {"R18"}
ELSEWHERE = {"R11", "R16", "R17", "R36", "R40", "R41", "R43", "R44", "R45", "R51", "R53", "R55"}
# A form of a rule with a level of its own keeps it, whatever a county sets for the code.
FIXED = {"R01", "R35"}


def test_every_line_rule_has_its_guilty_line() -> None:
    assert set(CASES) == {rule.code for rule in LINE_RULES} - GROUP_ONLY


def test_nobody_is_conspicuous_in_an_innocent_slice() -> None:
    hits = run(make_state(), PEOPLE)
    assert (hits.findings, hits.evidence, hits.refused, hits.held) == ({}, {}, set(), set())


@pytest.mark.parametrize("code", CASES)
def test_a_rule_hits_its_line_and_no_other(code: str) -> None:
    hits, case = make_guilty(code), CASES[code]
    assert hits.findings == {item: [f"{code}:{case.level}"] for item in case.items}
    assert hits.refused == (set(case.items) if case.level == "red" else set())
    assert hits.held == (set(case.items) if case.level == "orange" else set())


@pytest.mark.parametrize("code", CASES)
def test_a_rule_keeps_the_facts_it_compared_and_no_others(code: str) -> None:
    case = CASES[code]
    facts = {item: {code: dict(case.evidence)} for item in case.items} if case.evidence else {}
    assert make_guilty(code).evidence == facts


@pytest.mark.parametrize("code", CASES)
def test_a_county_can_switch_a_rule_off(code: str) -> None:
    hits = make_guilty(code, None, None, **{code: RuleSetting(enabled=False)})
    assert (hits.findings, hits.evidence) == ({}, {})


@pytest.mark.parametrize("level", ["red", "orange", "yellow", "blue"])
@pytest.mark.parametrize("code", [code for code in CASES if code not in FIXED])
def test_a_county_can_give_a_rule_another_level(code: str, level: str) -> None:
    hits, items = make_guilty(code, None, None, **{code: RuleSetting(level=level)}), CASES[code].items
    assert hits.findings == {item: [f"{code}:{level}"] for item in items}
    assert hits.refused == (set(items) if level == "red" else set())
    assert hits.held == (set(items) if level == "orange" else set())


def test_a_form_with_a_level_of_its_own_keeps_it() -> None:
    assert make_guilty("R01", R01=RuleSetting(level="orange")).findings == {0: ["R01:blue"]}
    assert make_guilty("R35", R35=RuleSetting(level="blue")).findings == {0: ["R35:orange"]}
    state = make_state(R13=RuleSetting(level="blue"))
    state.designations.clear()
    assert run(state, PEOPLE[:1]).findings == {0: ["R13:orange"]}


@pytest.mark.parametrize(
    ("code", "innocent"),
    [
        ("R07", {}),
        ("R19", {}),
        ("R22", {"standard_kind": "ceiling"}),
        ("R33", {}),
        ("R35", {}),
        ("R38", {"standard_fen": None}),
        ("R42", {"publicity_required": False}),
    ],
)
def test_a_rule_says_nothing_of_a_programme_that_does_not_ask_for_it(code: str, innocent: dict[str, object]) -> None:
    hits = make_guilty(code, None, innocent, **{code: RuleSetting(required=True)})
    assert (hits.findings, hits.evidence) == ({}, {})


# ---- a register that was never filled


def needing(register: str) -> list[str]:
    """Give the codes that look at a register."""
    return sorted(code for code, name in REGISTER_OF.items() if name == register)


def without(register: str, **settings: RuleSetting) -> State:
    """Make the county without one register's snapshot."""
    state = make_state(**settings)
    del state.registers.snapshots[register]
    state.registers.officials[PEOPLE[0]] = Official(VILLAGE, "会计")
    if register == "payroll":
        state.registers.payroll[PEOPLE[0]] = "县农业农村局"
    return state


def list_missing(state: State, programme: Programme = EVERYTHING) -> list[str]:
    """List the rules that have no register to look at."""
    return list_unchecked(programme, state.registers.snapshots, state.policy.rules)


@pytest.mark.parametrize(("code", "register"), REGISTER_OF.items())
def test_a_rule_without_its_register_does_not_look(code: str, register: str) -> None:
    state = without(register)
    getattr(state.registers, register).clear()
    hits = run(state, PEOPLE[:2], programme=EVERYTHING)
    assert not any(finding.startswith(code) for found in hits.findings.values() for finding in found)
    assert code in needing(register)
    assert list_missing(state) == needing(register)


@pytest.mark.parametrize(("code", "register"), REGISTER_OF.items())
def test_a_rule_that_policy_requires_holds_every_line_it_cannot_check(code: str, register: str) -> None:
    state = without(register, **{code: RuleSetting(required=True, level="red")})
    hits = run(state, PEOPLE[:2], programme=EVERYTHING)
    for item in (0, 1):
        assert f"{code}:orange" in hits.findings[item]
        assert hits.evidence[item][code] == {"not_checked": register}
    assert (hits.held, hits.refused) == ({0, 1}, set())


@pytest.mark.parametrize(("code", "register"), REGISTER_OF.items())
def test_a_rule_that_is_switched_off_needs_no_register(code: str, register: str) -> None:
    state = without(register, **{code: RuleSetting(enabled=False, required=True)})
    hits = run(state, PEOPLE[:2], programme=EVERYTHING)
    assert hits.held == set()
    others = [other for other in needing(register) if other != code]
    assert list_missing(state) == others


def test_a_rule_needs_the_register_it_is_about() -> None:
    assert REGISTER_OF == {
        "R02": "population",
        "R03": "library",
        "R04": "library",
        "R05": "deaths",
        "R07": "payroll",
        "R08": "officials",
        "R09": "relatives",
        "R18": "population",
    }


def test_with_a_population_the_line_form_of_r18_finds_nothing() -> None:
    hits = run(make_state(R18=RuleSetting(required=True)), PEOPLE)
    assert (hits.findings, hits.evidence) == ({}, {})


def test_a_county_without_registers_lists_every_rule_that_needs_one() -> None:
    assert list_unchecked(EVERYTHING, {}, {}) == sorted(REGISTER_OF)
    assert list_missing(make_state()) == []


@pytest.mark.parametrize(("code", "field"), [("R07", {"bars_payroll": False}), ("R18", {"unit": "person"})])
def test_a_rule_misses_no_register_in_a_programme_it_is_not_about(code: str, field: dict[str, object]) -> None:
    programme = msgspec.structs.replace(EVERYTHING, **field)
    assert list_unchecked(programme, {}, {}) == sorted(set(REGISTER_OF) - {code})
    state = make_state(**{code: RuleSetting(required=True)})
    state.registers.snapshots.clear()
    assert run(state, PEOPLE[2:3], programme=programme).held == set()


def test_a_collection_is_held_also_where_no_relations_were_ever_sent() -> None:
    state = make_state()
    del state.registers.snapshots["relations"]
    hits = run(state, PEOPLE[:1], payee_id=[PEOPLE[4]])
    assert hits.findings == {0: ["R54:orange"]}
    assert hits.evidence == {0: {"R54": {"day": "2026-11-01"}}}


# ---- odd items


@pytest.mark.parametrize("code", CASES)
def test_rules_pass_over_a_line_of_odd_shape(code: str) -> None:
    hits = make_guilty(code, odd=dict.fromkeys(CASES[code].items, ("remark", "S01")))
    assert hits.findings == {item: ["S01:red"] for item in CASES[code].items}
    assert hits.evidence == {item: {"S01": {"field": "remark"}} for item in CASES[code].items}
    assert (hits.refused, hits.held) == (set(CASES[code].items), set())


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
    hits = Hits(make_slice(make_state(), PEOPLE[:5]))
    for items, level in (((1, 2), "orange"), ((2, 3), "orange"), ((2,), "red"), ((4,), "blue")):
        hits.add(items, "R18", level)
    assert hits.findings == {1: ["R18:orange"], 2: ["R18:orange", "R18:red"], 3: ["R18:orange"], 4: ["R18:blue"]}
    assert (hits.refused, hits.held) == ({2}, {1, 2, 3})


def test_facts_of_one_code_add_up() -> None:
    hits = Hits(make_slice(make_state(), PEOPLE[:5]))
    hits.explain(0, "R54", {"day": "2026-11-01"})
    hits.explain(0, "R54", {"persons": 6})
    hits.explain(0, "R18", {"members": 3})
    hits.explain(1, "R18", {})
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
    groups = {rule.code for rule in GROUP_RULES}
    assert groups == {"R11", "R18", "R36", "R54"}
    assert {rule.code for rule in LINE_RULES} >= GROUP_ONLY
    assert set(CATALOGUE) == {rule.code for rule in LINE_RULES} | groups | ELSEWHERE
    for text in CATALOGUE.values():
        assert all((text.zh, text.en, text.why_zh, text.why_en))


def test_the_catalogue_gives_each_rule_its_usual_level() -> None:
    levels: dict[str, list[str]] = {}
    for code, text in CATALOGUE.items():
        levels.setdefault(text.level, []).append(code)
    assert levels == {
        "red": ["R01", "R02", "R03", "R05", "R07", "R12", "R16", "R21", "R33", "R35", "R40", "R44", "R45", "R51"],
        "orange": ["R04", "R11", "R14", "R17", "R18", "R19", "R22", "R36", "R38", "R42", "R46", "R54"],
        "yellow": ["R08", "R09", "R41", "R43", "R48", "R53", "R55"],
        "blue": ["R13"],
    }
    assert all(text.public for text in CATALOGUE.values())


def test_the_catalogue_has_these_thresholds_and_no_others() -> None:
    assert {code: dict(text.parameters) for code, text in CATALOGUE.items() if text.parameters} == {
        "R11": {"persons_max": 3},
        "R14": {"changes_max": 2, "quiet_days": 3},
        "R36": {"machines_max": 3, "window_days": 365},
        "R38": {"factor_percent": 300, "lines_min": 1000},
        "R43": {"age_days": 30, "orange_days": 15},
        "R48": {"rounds_min": 3},
        "R54": {"persons_max": 5},
        "R55": {"jump_percent": 30, "lines_min": 10},
    }


def test_a_private_rule_shows_only_its_level(monkeypatch: pytest.MonkeyPatch) -> None:
    private = {"R31": RuleText("red", "服刑在押人员领取", "prisoner paid", "-", "-", public=False)}
    monkeypatch.setattr(catalogue, "CATALOGUE", {**CATALOGUE, **private})
    assert [render_finding(code, "red") for code in ("R31", "S01")] == ["R31:red", "S01:red"]
    assert catalogue.list_private() == {"R31"}
    assert show_findings(["R05:red", "R31:red", "S01:red"], catalogue.list_private()) == [":red", "R05:red", "S01:red"]


def test_what_tells_of_a_person_or_of_the_amount_is_discreet() -> None:
    persons, amounts = {"R05", "R07", "R08", "R09", "R19", "R33"}, {"R21", "R22", "R38", "R44", "S12", "H04"}
    assert catalogue.list_discreet() == persons | amounts
    assert catalogue.list_private() == frozenset()


def test_findings_of_which_none_is_hidden_stay_as_they_are() -> None:
    assert show_findings(["R22:orange", "R13:blue"], {"R33"}) == ["R22:orange", "R13:blue"]
    assert show_findings(["R33:red", "R21:red", "R13:blue"], {"R33", "R21"}) == [":red", "R13:blue"]


@pytest.mark.parametrize(
    ("finding", "stopping"),
    [("R05:red", True), ("R18:orange", True), (":red", True), ("R08:yellow", False), ("R13:blue", False), ("", False)],
)
def test_red_and_orange_keep_a_line_from_being_paid(finding: str, stopping: object) -> None:
    assert is_stopping(finding) is stopping
