"""R01 R02 R03 R05: hits, and the innocents that look like them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.facts.registers import Person, Relation
from consolidator.facts.state import State
from consolidator.rules.identity import fold_name, is_firm_id, is_resident_id
from tests.support.designating import make_first
from tests.support.world import START, VILLAGE, make_account, make_id, make_name
from tests.unit.rules.desk import FIRM, PEOPLE, findings_of, make_state, run

KNOWN, DEAD, MINOR = PEOPLE[:3]
STRANGER = make_id(500)
WEIGHTS = [2**power % 11 for power in range(17, 0, -1)]  # ISO 7064, computed another way than by the table


def with_check(body: str) -> str:
    """Add the right check character to 17 digits."""
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def change_check(identity: str) -> str:
    """Give the ID another check digit."""
    return identity[:17] + ("1" if identity[17] != "1" else "2")


def collect(state: State, payee: str, **more: Any) -> list[str]:  # noqa: ANN401 -- as for make_slice
    """Let a lawful collector with an account collect for MINOR."""
    state.registers.relations[payee] = {MINOR: [Relation("guardian", "2020-01-01", None)]}
    state.designations.setdefault(payee, make_first("402", make_account(99), "", 0, 0))
    return findings_of(state, MINOR, payee_id=payee, **more)


# ---- R01


@pytest.mark.parametrize(
    "identity",
    [
        "11010519491231002X",  # the example of GB 11643
        with_check("51119920000229001"),
        with_check("51119918991231001"),
    ],
)
def test_a_right_resident_id_passes(identity: str) -> None:
    assert is_resident_id(identity)


@pytest.mark.parametrize(
    "identity",
    [
        "",
        "110105194912310021",
        "11010519491231002x",
        "11010519491231002X\n",
        "11010519491231002",
        "１1010519491231002X",
        FIRM,
        with_check("51119920010229001"),
        with_check("51119920001301001"),
        with_check("51119920000001001"),
        with_check("51119920000100001"),
        with_check("51119900000101001"),
    ],
)
def test_a_wrong_resident_id_does_not_pass(identity: str) -> None:
    assert not is_resident_id(identity)


@given(st.integers(0, 119_999), st.integers(0, 16), st.integers(1, 9))
def test_one_digit_misread_is_always_seen(number: int, place: int, shift: int) -> None:
    identity = make_id(number)
    assert is_resident_id(identity)
    wrong = identity[:place] + str((int(identity[place]) + shift) % 10) + identity[place + 1 :]
    assert not is_resident_id(wrong)


@given(st.integers(0, 119_999), st.integers(0, 15))
def test_two_neighbouring_digits_exchanged_are_always_seen(number: int, place: int) -> None:
    identity = make_id(number)
    exchanged = identity[:place] + identity[place + 1] + identity[place] + identity[place + 2 :]
    assert is_resident_id(exchanged) == (identity[place] == identity[place + 1])


@pytest.mark.parametrize("sign", [sign for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if sign != "3"])
def test_a_firms_code_has_exactly_one_right_check_character(sign: str) -> None:
    assert is_firm_id(FIRM)
    assert not is_firm_id(FIRM[:17] + sign)


def test_r01_refuses_a_wrong_check_digit() -> None:
    wrong = change_check(STRANGER)
    assert "R01:red" in findings_of(make_state(), wrong)
    assert "R01:red" not in findings_of(make_state(), STRANGER)


def test_r01_refuses_a_day_that_does_not_exist() -> None:
    assert "R01:red" in findings_of(make_state(), with_check("51119920010229001"))


FIRM_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("place", range(17))
def test_each_character_of_a_firms_code_weighs_three_times_the_one_before(place: int) -> None:
    for value, sign in enumerate(FIRM_LETTERS):
        body = "0" * place + sign + "0" * (16 - place)
        assert is_firm_id(body + FIRM_LETTERS[-value * 3**place % 31])  # GB 32100, computed without its table


def test_r01_reads_a_firms_code_as_a_firms() -> None:
    state = make_state()
    assert findings_of(state, FIRM, beneficiary_id_type="uscc") == ["R13:orange"]
    assert findings_of(state, FIRM[:17] + "4", beneficiary_id_type="uscc") == ["R01:red", "R03:red", "R13:orange"]


def test_r01_refuses_a_firms_code_stated_as_a_persons_and_the_other_way_round() -> None:
    state = make_state()
    assert "R01:red" in findings_of(state, FIRM, beneficiary_id_type="resident")
    assert "R01:red" in findings_of(state, FIRM)
    assert "R01:red" in findings_of(state, STRANGER, beneficiary_id_type="uscc")


def test_r01_tells_persons_and_firms_apart_line_by_line() -> None:
    types = ["uscc", "resident", "resident", "uscc"]
    hits = run(make_state(), [FIRM, KNOWN, FIRM, change_check(FIRM)], beneficiary_id_type=types)
    assert [item for item, found in sorted(hits.findings.items()) if "R01:red" in found] == [2, 3]


@pytest.mark.parametrize("region", ["511199", "510100", "820000", "220181"])
def test_r01_knows_every_province_and_asks_no_more_of_a_region(region: str) -> None:
    assert not any(finding.startswith("R01") for finding in findings_of(make_state(), make_id(3, region)))


PROVINCES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91"
)


def test_r01_knows_these_provinces_and_no_others() -> None:
    ids = [make_id(3, f"{province:02d}1199") for province in range(100)]
    hits = run(make_state(), ids).findings
    unknown = [f"{item:02d}" for item, found in hits.items() if "R01:blue" in found]
    assert unknown == [f"{province:02d}" for province in range(100) if f"{province:02d}" not in PROVINCES]


@pytest.mark.parametrize("region", ["001199", "161199", "991199"])
def test_r01_only_informs_about_a_region_nobody_has(region: str) -> None:
    found = findings_of(make_state(), make_id(3, region))
    assert "R01:blue" in found
    assert "R01:red" not in found


def test_r01_asks_no_region_of_a_firm() -> None:
    firm = "0" * 16
    right = next(firm + "0" + sign for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_firm_id(firm + "0" + sign))
    assert "R01:blue" not in findings_of(make_state(), right, beneficiary_id_type="uscc")
    assert "R01:blue" in findings_of(make_state(), right, beneficiary_id_type="resident")


@pytest.mark.parametrize(
    ("payee", "id_type", "found"),
    [
        (KNOWN, "resident", []),
        (STRANGER, "resident", []),
        (change_check(STRANGER), "resident", ["R01:red"]),
        (with_check("51119920010229001"), "resident", ["R01:red"]),
        (FIRM, "uscc", []),
        (FIRM[:17] + "4", "uscc", ["R01:red"]),
        (FIRM, "resident", ["R01:red"]),
        (STRANGER, "uscc", ["R01:red"]),
    ],
)
def test_r01_reads_also_the_id_of_who_collects_for_another(payee: str, id_type: str, found: list[str]) -> None:
    assert collect(make_state(), payee, payee_id_type=id_type) == found


def test_r01_takes_a_payee_without_a_type_for_a_resident() -> None:
    assert collect(make_state(), STRANGER) == []
    assert collect(make_state(), FIRM) == ["R01:red"]


def test_r01_counts_once_where_beneficiary_and_payee_are_both_wrong() -> None:
    wrong = [change_check(STRANGER), change_check(make_id(501))]
    hits = run(make_state(), wrong, payee_id=wrong[::-1])
    assert [found.count("R01:red") for found in hits.findings.values()] == [1, 1]


def test_r01_asks_no_region_of_a_payee() -> None:
    assert collect(make_state(), make_id(3, "001199")) == []


# ---- R02


def test_r02_refuses_a_name_that_is_not_the_registered_one() -> None:
    hits = run(make_state(), [KNOWN], beneficiary_name=["李四"])
    assert hits.findings[0] == ["R02:red"]
    assert hits.evidence[0] == {"R02": {"snapshot_on": "2026-10-31", "registered_name": make_name(0)}}


@pytest.mark.parametrize(("registered", "stated"), [("e\u0301", "\u00e9"), ("\u00e9", "e\u0301"), ("𬴊示", "𬴊示")])
def test_r02_takes_two_spellings_of_the_same_characters_for_one_name(registered: str, stated: str) -> None:
    state = make_state()
    state.registers.population[KNOWN] = Person(KNOWN, registered, "H0", VILLAGE)
    assert findings_of(state, KNOWN, beneficiary_name=stated) == []


@pytest.mark.parametrize("stated", ["示例 一", "示例﨑", "𬴊"])
def test_r02_folds_nothing_but_composition(stated: str) -> None:
    assert findings_of(make_state(), KNOWN, beneficiary_name=stated) == ["R02:red"]


def test_folding_a_name_is_composition_only() -> None:
    assert fold_name("A\u030a") == "\u00c5"
    assert fold_name("Ａ１") == "Ａ１"


def test_r02_holds_a_person_the_population_does_not_know() -> None:
    state = make_state()
    state.registers.library[STRANGER] = VILLAGE
    hits = run(state, [STRANGER])
    assert hits.findings[0] == ["R02:orange", "R13:orange"]
    assert hits.evidence[0] == {"R02": {"snapshot_on": "2026-10-31"}}
    assert (hits.refused, hits.held) == (set(), {0})


def test_r02_does_not_look_for_firms_in_the_population() -> None:
    assert "R02:orange" not in findings_of(make_state(), FIRM, beneficiary_id_type="uscc")


def test_r02_refuses_a_collector_under_a_name_that_is_not_his() -> None:
    """One person's account under another's name must not come about."""
    state = make_state()
    assert collect(state, KNOWN, payee_name="李四") == ["R02:red"]
    assert collect(state, KNOWN, payee_name=make_name(2)) == ["R02:red"]
    assert collect(state, KNOWN) == []


def test_r02_names_both_registered_persons_where_one_collects_for_another() -> None:
    hits = run(make_state(), [KNOWN, MINOR], payee_id=[DEAD, MINOR], payee_name=["李四", make_name(2)])
    assert hits.findings == {0: ["R02:red", "R54:orange"]}
    assert hits.evidence[0]["R02"] == {
        "snapshot_on": "2026-10-31",
        "registered_name": make_name(0),
        "registered_payee_name": make_name(1),
    }


def test_r02_compares_a_payees_name_as_it_compares_a_beneficiarys() -> None:
    state = make_state()
    state.registers.population[KNOWN] = Person(KNOWN, "e\u0301", "H0", VILLAGE)
    assert collect(state, KNOWN, payee_name="\u00e9") == []


def test_r02_has_nothing_to_compare_a_payee_with_whom_the_population_does_not_know() -> None:
    assert collect(make_state(), STRANGER, payee_name="李四") == []
    state = make_state()
    state.registers.library[STRANGER] = VILLAGE
    hits = run(state, [STRANGER], payee_id=[make_id(501)], payee_name=["李四"])
    assert hits.findings[0] == ["R02:orange", "R13:orange", "R54:orange"]
    assert hits.evidence[0]["R02"] == {"snapshot_on": "2026-10-31"}


def test_r02_refuses_a_second_name_for_who_collects_his_own() -> None:
    """The order goes to the payee's name, so the beneficiary's right one beside it does not help."""
    state = make_state()
    assert findings_of(state, KNOWN, payee_id=KNOWN) == []
    assert findings_of(state, KNOWN, payee_id=KNOWN, payee_name="李四") == ["R02:red"]
    firm: dict[str, Any] = {"beneficiary_id_type": "uscc", "payee_id": FIRM, "payee_id_type": "uscc"}
    assert "R02:red" not in findings_of(state, FIRM, **firm)
    assert "R02:red" in findings_of(state, FIRM, **firm, payee_name="示例公司")


# ---- R03


def test_r03_refuses_who_is_not_in_the_library() -> None:
    state = make_state()
    del state.registers.library[KNOWN]
    hits = run(state, [KNOWN, PEOPLE[2]])
    assert hits.findings == {0: ["R03:red"]}
    assert hits.evidence == {0: {"R03": {"snapshot_on": "2026-10-31"}}}


def test_r03_refuses_who_is_not_in_a_library_that_is_smaller_than_the_batch() -> None:
    state = make_state()
    state.registers.library = {KNOWN: VILLAGE}
    assert run(state, [KNOWN, PEOPLE[2]]).findings == {1: ["R03:red"]}


# ---- R05


@pytest.mark.parametrize(
    ("died_on", "period", "found"),
    [
        ("2025-12-31", "2026", ["R05:red"]),
        ("2026-01-01", "2026", []),
        ("2026-06-15", "2026", []),
        ("2026-10-31", "2026-11", ["R05:red"]),
        ("2026-11-30", "2026-11", []),
        ("2026-11-01", "2026-10", []),
        ("2026-06-30", "2026Q3", ["R05:red"]),
        ("2026-07-01", "2026Q3", []),
        ("2026-06-30", "2026H2", ["R05:red"]),
        ("2026-07-01", "2026H2", []),
    ],
)
def test_r05_refuses_a_period_that_starts_after_the_day_of_death(died_on: str, period: str, found: list[str]) -> None:
    state = make_state()
    state.registers.deaths[DEAD] = died_on
    assert findings_of(state, DEAD, period=period) == found
    assert findings_of(state, KNOWN, period=period) == []


def test_r05_keeps_both_days_as_evidence() -> None:
    state = make_state()
    state.registers.deaths[DEAD] = "2025-12-31"
    facts = {"snapshot_on": "2026-10-31", "died_on": "2025-12-31", "period_start": "2026-01-01"}
    assert run(state, [DEAD]).evidence == {0: {"R05": facts}}


@pytest.mark.parametrize(
    ("died_on", "found"),
    [("2025-12-31", ["R05:red"]), ("2026-10-31", ["R05:red"]), ("2026-11-01", []), ("2026-11-02", [])],
)
def test_r05_refuses_a_collector_who_died_before_the_day_of_the_decision(died_on: str, found: list[str]) -> None:
    state = make_state()
    state.registers.deaths[DEAD] = died_on
    assert collect(state, DEAD) == found


def test_r05_takes_the_day_of_the_decision_in_china() -> None:
    state = make_state()
    state.registers.deaths[DEAD] = "2026-11-01"
    state.now = START + 16 * 3600 - 1
    assert collect(state, DEAD) == []
    state.now += 1
    assert collect(state, DEAD) == ["R05:red"]


def test_r05_asks_of_who_collects_his_own_only_whether_he_lived_when_the_period_began() -> None:
    state = make_state()
    state.registers.deaths[DEAD] = "2026-06-15"
    assert findings_of(state, DEAD, payee_id=DEAD) == []


def test_r05_says_who_was_dead() -> None:
    """A beneficiary who died within the period is entitled; his dead collector is the one the finding is about."""
    state = make_state()
    state.registers.deaths |= {MINOR: "2026-06-15", DEAD: "2026-03-03"}
    collector = {"payee_died_on": "2026-03-03", "day": "2026-11-01"}
    beneficiary = {"died_on": "2025-12-31", "period_start": "2026-01-01"}
    day: dict[str, str] = {"snapshot_on": "2026-10-31"}
    lines: dict[str, Any] = {"payee_id": [DEAD]}
    assert run(state, [MINOR], **lines).evidence[0]["R05"] == day | collector
    state.registers.deaths[MINOR] = "2025-12-31"
    assert run(state, [MINOR], **lines).evidence[0]["R05"] == day | beneficiary | collector
    state.registers.deaths[DEAD] = "2026-11-01"
    assert run(state, [MINOR], **lines).evidence[0]["R05"] == day | beneficiary
