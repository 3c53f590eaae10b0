"""R04 R07 R19 R33 R42: what the library, a programme and its list ask of a line."""

import msgspec
import pytest

from consolidator.facts.programmes import Programme
from consolidator.facts.state import State
from consolidator.rules.conditions import find_births
from consolidator.rules.slices import is_resident
from tests.support.world import START, VILLAGE, make_id
from tests.unit.rules.desk import FIRM, PEOPLE, PROGRAMME, findings_of, make_slice, make_state, run

PERSON, OTHER = PEOPLE[:2]
STRANGER = make_id(500)
ELSEWHERE = "511112001002"


def replace(**fields: object) -> Programme:
    """Change the usual programme."""
    return msgspec.structs.replace(PROGRAMME, **fields)


# ---- R04


@pytest.mark.parametrize(
    ("stated", "listed", "found"),
    [
        (VILLAGE, VILLAGE, []),
        (ELSEWHERE, VILLAGE, ["R04:orange"]),
        (VILLAGE, ELSEWHERE, ["R04:orange"]),
        (None, VILLAGE, []),
    ],
)
def test_r04_compares_the_village_stated_with_the_librarys(stated: str | None, listed: str, found: list[str]) -> None:
    state = make_state()
    state.registers.library[PERSON] = listed
    assert findings_of(state, PERSON, village=stated) == found


def test_r04_has_nothing_to_compare_for_who_is_not_in_the_library() -> None:
    state = make_state()
    del state.registers.library[PERSON]
    assert findings_of(state, PERSON, village=ELSEWHERE) == ["R03:red"]


def test_r04_names_the_librarys_village_of_each_line() -> None:
    state = make_state()
    state.registers.library[OTHER] = ELSEWHERE
    hits = run(state, [PERSON, OTHER, PEOPLE[2]], village=[ELSEWHERE, VILLAGE, VILLAGE])
    dated = {"snapshot_on": "2026-10-31"}
    assert hits.evidence == {
        0: {"R04": dated | {"registered_village": VILLAGE}},
        1: {"R04": dated | {"registered_village": ELSEWHERE}},
    }


# ---- R07


def test_r07_refuses_who_is_on_the_payroll_where_the_programme_bars_him() -> None:
    state = make_state()
    state.registers.payroll[OTHER] = "示例中学"
    hits = run(state, [PERSON, OTHER], programme=replace(bars_payroll=True))
    assert hits.findings == {1: ["R07:red"]}
    assert hits.evidence == {1: {"R07": {"snapshot_on": "2026-10-31", "employer": "示例中学"}}}
    assert findings_of(state, OTHER) == []


def test_r07_looks_at_the_beneficiary_not_at_who_collects_for_him() -> None:
    state = make_state()
    state.registers.payroll[OTHER] = "示例中学"
    programme = replace(bars_payroll=True)
    assert findings_of(state, PERSON, payee_id=OTHER, programme=programme) == ["R54:orange"]
    assert findings_of(state, OTHER, payee_id=PERSON, programme=programme) == ["R07:red", "R54:orange"]


# ---- R19

FOREST = replace(id="FOREST", excludes=["FARM"])


def hold(state: State, programme: str, period: str, *ids: str) -> State:
    """Let people hold an entitlement."""
    state.claims.entitlements.setdefault(programme, {})[period] = dict.fromkeys(ids, 0)
    return state


@pytest.mark.parametrize(
    ("period", "found"),
    [
        ("2026", ["R19:orange"]),
        ("2025", []),
        ("2027", []),
        ("2026-01", ["R19:orange"]),
        ("2026-12", ["R19:orange"]),
        ("2025-12", []),
        ("2027-01", []),
        ("2026Q4", ["R19:orange"]),
        ("2025Q4", []),
        ("2026H2", ["R19:orange"]),
        ("2027H1", []),
    ],
)
def test_r19_holds_who_has_an_excluded_programmes_subsidy_for_an_overlapping_period(
    period: str, found: list[str]
) -> None:
    state = hold(make_state(), "FOREST", period, PERSON)
    state.policy.programmes["FOREST"] = FOREST
    assert findings_of(state, PERSON) == found
    assert findings_of(state, OTHER) == []


@pytest.mark.parametrize(("period", "found"), [("2026-06", ["R19:orange"]), ("2026-05", []), ("2026-07", [])])
def test_r19_compares_months_with_months(period: str, found: list[str]) -> None:
    state = hold(make_state(), "FOREST", "2026-06", PERSON)
    state.policy.programmes["FOREST"] = FOREST
    assert findings_of(state, PERSON, period=period) == found


@pytest.mark.parametrize(
    ("own", "other", "found"),
    [(["FOREST"], [], ["R19:orange"]), ([], ["FARM"], ["R19:orange"]), ([], ["BIRTH"], []), (["BIRTH"], [], [])],
)
def test_r19_takes_one_direction_for_both(own: list[str], other: list[str], found: list[str]) -> None:
    state = hold(make_state(), "FOREST", "2026", PERSON)
    state.policy.programmes["FOREST"] = replace(id="FOREST", excludes=other)
    assert findings_of(state, PERSON, programme=replace(excludes=own)) == found


def test_r19_looks_at_persons_where_the_other_programme_is_by_plot_or_machine() -> None:
    state = hold(make_state(), "FOREST", "2026", f"{PERSON}|P-1")
    state.policy.programmes["FOREST"] = replace(id="FOREST", unit="plot", excludes=["FARM"])
    state.claims.holders = {"FOREST": {"2026": {PERSON: 1}}}
    assert findings_of(state, PERSON) == ["R19:orange"]
    assert findings_of(state, OTHER) == []


def test_r19_names_everything_the_beneficiary_has_already_in_order() -> None:
    state = hold(make_state(), "FOREST", "2026-10", PERSON)
    hold(state, "FOREST", "2026-02", PERSON)
    hold(state, "FOREST", "2026-05", OTHER)
    hold(state, "BIRTH", "2026", PERSON, OTHER)
    state.policy.programmes |= {"FOREST": FOREST, "BIRTH": replace(id="BIRTH"), "EMPTY": replace(id="EMPTY")}
    hits = run(state, [PERSON, PEOPLE[2], OTHER], programme=replace(excludes=["BIRTH", "EMPTY"]))
    assert hits.findings == {0: ["R19:orange"], 2: ["R19:orange"]}
    assert hits.evidence == {
        0: {"R19": {"has": ["BIRTH 2026", "FOREST 2026-02", "FOREST 2026-10"]}},
        2: {"R19": {"has": ["BIRTH 2026", "FOREST 2026-05"]}},
    }


# ---- R33


def born(day: str) -> str:
    """Give the part of an ID that R33 reads; rules look at nothing else of it."""
    return f"511199{day}0000"


def is_of_age(day: str, period: str = "2026", **ages: int) -> bool:
    """Say whether somebody born on a day is of age."""
    state = make_state()
    return "R33:red" not in findings_of(state, born(day), period=period, programme=replace(**ages))


@pytest.mark.parametrize(("day", "of_age"), [("20101231", True), ("20110101", False), ("19000101", True)])
def test_r33_asks_for_the_lowest_age_on_the_last_day_of_the_period(day: str, of_age: object) -> None:
    assert is_of_age(day, age_min=16) is of_age


@pytest.mark.parametrize(("day", "of_age"), [("19650101", False), ("19650102", True), ("20260101", True)])
def test_r33_asks_for_the_highest_age_on_the_first_day_of_the_period(day: str, of_age: object) -> None:
    assert is_of_age(day, age_max=60) is of_age


@pytest.mark.parametrize(
    ("day", "of_age"), [("20070201", False), ("20070202", True), ("20090228", True), ("20090301", False)]
)
def test_r33_is_met_on_some_day_of_a_month(day: str, of_age: object) -> None:
    assert is_of_age(day, "2026-02", age_min=17, age_max=18) is of_age


@pytest.mark.parametrize(("day", "found"), [("19500101", [1]), ("19900101", []), ("20200101", [1])])
def test_r33_finds_the_one_line_whose_age_is_wrong_among_those_of_age(day: str, found: list[int]) -> None:
    ids = [born("19800101"), born(day), born("19850101")]
    hits = run(make_state(), ids, programme=replace(age_min=16, age_max=60))
    assert [item for item, findings in hits.findings.items() if "R33:red" in findings] == found


def test_r33_asks_nothing_where_a_programme_has_no_ages() -> None:
    assert is_of_age("18000101")
    assert is_of_age("99990101")


def test_r33_asks_an_age_of_zero_which_everybody_born_by_then_has() -> None:
    assert is_of_age("20261231", age_min=0)
    assert not is_of_age("20270101", age_min=0)
    assert is_of_age("20250102", age_max=0)
    assert not is_of_age("20250101", age_max=0)


def test_r33_asks_no_age_of_a_firm() -> None:
    programme = replace(age_max=60)
    assert "R33:red" not in findings_of(make_state(), FIRM, beneficiary_id_type="uscc", programme=programme)
    assert "R33:red" in findings_of(make_state(), FIRM, beneficiary_id_type="resident", programme=programme)
    assert "R33:red" in findings_of(make_state(), PERSON, programme=programme)


def test_r33_asks_the_age_of_a_registered_person_whom_a_line_calls_a_firm() -> None:
    programme = replace(age_max=60)
    assert findings_of(make_state(), PERSON, beneficiary_id_type="uscc", programme=programme) == ["R33:red"]


@pytest.mark.parametrize(
    ("identity", "types", "resident"),
    [
        (PERSON, None, True),
        (PERSON, ["resident"], True),
        (PERSON, ["uscc"], True),
        (STRANGER, None, True),
        (STRANGER, ["resident"], True),
        (STRANGER, ["uscc"], False),
        (FIRM, ["uscc"], False),
    ],
)
def test_whom_the_population_has_is_a_person_whatever_a_line_says(
    identity: str, types: list[str] | None, resident: object
) -> None:
    assert is_resident(make_slice(make_state(), [identity], beneficiary_id_type=types), 0) is resident


def test_r33_keeps_the_births_between_which_one_is_of_age() -> None:
    programme = replace(age_min=16, age_max=60)
    young = make_id(700_000)
    hits = run(make_state(), [PERSON, young], programme=programme)
    assert hits.evidence[1]["R33"] == {"born_after": "19650101", "born_until": "20101231"}
    assert "R33:red" in hits.findings[1]


@pytest.mark.parametrize(
    ("ages", "births"),
    [
        ({}, ("", "99999999")),
        ({"age_min": 1}, ("", "20250630")),
        ({"age_max": 1}, ("20240401", "99999999")),
        ({"age_min": 0, "age_max": 0}, ("20250401", "20260630")),
    ],
)
def test_the_births_of_age_follow_from_the_period(ages: dict[str, int], births: tuple[str, str]) -> None:
    part = make_slice(make_state(), [PERSON], period="2026Q2", programme=replace(**ages))
    assert find_births(part) == births


# ---- R42


@pytest.mark.parametrize(
    ("until", "found"),
    [("", ["R42:orange"]), ("2026-10-31", []), ("2026-11-01", ["R42:orange"]), ("2026-11-02", ["R42:orange"])],
)
def test_r42_holds_every_line_until_the_day_after_the_list_hung(until: str, found: list[str]) -> None:
    hits = run(make_state(), PEOPLE[:3], publicity_until=until)
    assert hits.findings == ({0: found, 1: found, 2: found} if found else {})
    facts = {"publicity_until": until, "day": "2026-11-01"}
    assert hits.evidence == ({item: {"R42": facts} for item in range(3)} if found else {})


def test_r42_takes_the_day_in_china() -> None:
    state = make_state()
    state.now = START + 16 * 3600 - 1
    assert findings_of(state, PERSON, publicity_until="2026-11-01") == ["R42:orange"]
    state.now += 1
    assert findings_of(state, PERSON, publicity_until="2026-11-01") == []


def test_r42_asks_for_no_list_where_the_programme_needs_none() -> None:
    assert findings_of(make_state(), PERSON, publicity_until="", programme=replace(publicity_required=False)) == []
