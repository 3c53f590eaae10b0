"""R08 R09 R13 R21 R54 by line: hits, and the innocents that look like them."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.facts.registers import Official, Relation
from consolidator.facts.state import State
from consolidator.rules.collection import find_collected
from tests.support.designating import make_first
from tests.support.world import START, VILLAGE, make_account
from tests.unit.rules.desk import FIRM, PEOPLE, PROGRAMME, findings_of, make_slice, make_state, run

OFFICIAL, WIFE, CHILD, OTHER = PEOPLE[:4]
UNIVERSAL = msgspec.structs.replace(PROGRAMME, universal=True)
WITHOUT_STANDARD = msgspec.structs.replace(PROGRAMME, standard_fen=None)


@pytest.fixture
def state() -> State:
    """A county with one official and his wife on his declared list."""
    made = make_state()
    made.registers.officials[OFFICIAL] = Official(VILLAGE, "村主任")
    made.registers.relatives[WIFE] = OFFICIAL
    return made


# ---- R08 and R09


def test_r08_opens_a_clue_on_an_official_and_pays(state: State) -> None:
    hits = run(state, [OFFICIAL, OTHER])
    assert hits.findings == {0: ["R08:yellow"]}
    assert hits.evidence == {0: {"R08": {"snapshot_on": "2026-10-31", "position": "村主任"}}}
    assert (hits.refused, hits.held) == (set(), set())


def test_r08_has_nothing_against_an_official_in_a_programme_for_everybody(state: State) -> None:
    assert findings_of(state, OFFICIAL, programme=UNIVERSAL) == []


def test_r09_opens_a_clue_on_a_declared_relative_and_pays(state: State) -> None:
    hits = run(state, [OTHER, WIFE])
    assert hits.findings == {1: ["R09:yellow"]}
    assert hits.evidence == {1: {"R09": {"snapshot_on": "2026-10-31", "official_id": OFFICIAL}}}
    assert (hits.refused, hits.held) == (set(), set())


def test_r08_and_r09_look_at_the_payee(state: State) -> None:
    for payee, code in ((OFFICIAL, "R08:yellow"), (WIFE, "R09:yellow")):
        state.registers.relations[payee] = {OTHER: [Relation("mandate", "2020-01-01", None)]}
        assert findings_of(state, OTHER, payee_id=payee) == [code]
    state.registers.relations[OTHER] = {OFFICIAL: [Relation("mandate", "2020-01-01", None)]}
    assert findings_of(state, OFFICIAL, payee_id=OTHER) == []


# ---- R13


def test_r13_holds_a_payee_without_designation(state: State) -> None:
    del state.designations[OTHER]
    hits = run(state, [OTHER, CHILD])
    assert hits.findings == {0: ["R13:orange"]}
    assert hits.held == {0}


def test_r13_looks_for_the_payees_account_not_for_the_beneficiarys(state: State) -> None:
    del state.designations[CHILD]
    state.registers.relations[OTHER] = {CHILD: [Relation("guardian", "2020-01-01", None)]}
    assert findings_of(state, CHILD, payee_id=OTHER) == []


def test_r13_does_not_take_a_designation_that_is_not_yet_in_force(state: State) -> None:
    state.designations[OTHER] = make_first("402", make_account(3), "", START, START + 1)
    assert findings_of(state, OTHER) == ["R13:orange"]
    state.now = START + 1
    assert findings_of(state, OTHER) == []


def test_r13_informs_that_the_stated_account_is_not_the_designated_one(state: State) -> None:
    stated = [make_account(2), make_account(99), None]
    hits = run(state, [CHILD, OTHER, PEOPLE[4]], account=stated)
    assert hits.findings == {1: ["R13:blue"]}
    assert (hits.refused, hits.held) == (set(), set())


def test_r13_without_designation_is_held_and_not_rerouted(state: State) -> None:
    del state.designations[OTHER]
    assert findings_of(state, OTHER, account=make_account(3)) == ["R13:orange"]


# ---- R21


@dataclass
class Amount:
    """One line's amount, what it was for, and whether that is too much."""

    fen: int
    milli: int | None
    above: object


@pytest.mark.parametrize(
    "amount",
    [
        Amount(10_000, 1_000, above=False),
        Amount(10_001, 1_000, above=True),
        Amount(10_000, None, above=False),
        Amount(10_001, None, above=True),
        Amount(123_400, 12_340, above=False),
        Amount(123_401, 12_340, above=True),
        Amount(12_345, 1_234, above=True),
        Amount(12_340, 1_234, above=False),
        Amount(0, 0, above=False),
        Amount(1, 0, above=True),
    ],
)
def test_r21_compares_amount_with_rate_times_quantity_to_the_last_fen(state: State, amount: Amount) -> None:
    found = findings_of(state, OTHER, amount_fen=amount.fen, quantity_milli=amount.milli)
    assert (found == ["R21:red"]) is amount.above


@given(st.integers(0, 5_000_000_000), st.integers(0, 10**12), st.integers(0, 10**13))
def test_r21_is_exact_for_any_numbers(fen: int, milli: int, standard: int) -> None:
    programme = msgspec.structs.replace(PROGRAMME, standard_fen=standard)
    found = findings_of(make_state(), OTHER, amount_fen=fen, quantity_milli=milli, programme=programme)
    whole, rest = divmod(standard * milli, 1000)
    assert (found == ["R21:red"]) == (fen > whole)
    assert 0 <= rest < 1000


def test_r21_counts_one_unit_where_the_file_has_no_quantities(state: State) -> None:
    hits = run(state, [OTHER, CHILD, PEOPLE[4]], amount_fen=[10_000, 10_001, 10_000])
    assert hits.findings == {1: ["R21:red"]}
    assert hits.evidence == {1: {"R21": {"standard_fen": 10_000, "quantity_milli": 1000}}}


def test_r21_keeps_standard_and_quantity_as_evidence(state: State) -> None:
    hits = run(state, [OTHER, CHILD], amount_fen=[20_001, 10_001], quantity_milli=[2_000, None])
    assert hits.evidence == {
        0: {"R21": {"standard_fen": 10_000, "quantity_milli": 2_000}},
        1: {"R21": {"standard_fen": 10_000, "quantity_milli": 1_000}},
    }


def test_r21_has_nothing_to_say_where_a_programme_has_no_standard(state: State) -> None:
    assert findings_of(state, OTHER, amount_fen=5_000_000_000, programme=WITHOUT_STANDARD) == []


# ---- R54 by line


def collect(state: State, *relations: Relation, **more: Any) -> list[str]:  # noqa: ANN401 -- as for make_slice
    """Let OTHER collect for CHILD under these relations."""
    state.registers.relations[OTHER] = {CHILD: list(relations)}
    return findings_of(state, CHILD, payee_id=OTHER, **more)


def test_r54_keeps_the_date_of_the_relations_it_looked_at(state: State) -> None:
    hits = run(state, [CHILD], payee_id=[OTHER])
    assert hits.evidence == {0: {"R54": {"snapshot_on": "2026-10-31", "day": "2026-11-01"}}}


def test_r54_holds_a_collection_without_any_relation(state: State) -> None:
    hits = run(state, [CHILD], payee_id=[OTHER])
    assert hits.findings == {0: ["R54:orange"]}
    assert hits.evidence[0]["R54"]["day"] == "2026-11-01"
    assert hits.held == {0}


@pytest.mark.parametrize("relation", ["guardian", "mandate", "household_head"])
def test_r54_has_nothing_against_a_lawful_collector(state: State, relation: str) -> None:
    assert collect(state, Relation(relation, "2020-01-01", None)) == []
    assert collect(state, Relation(relation, "2026-11-01", "2026-11-01")) == []


def test_r54_asks_for_a_relation_valid_on_the_day_of_the_decision(state: State) -> None:
    assert collect(state, Relation("mandate", "2020-01-01", "2026-10-31")) == ["R54:orange"]
    assert collect(state, Relation("mandate", "2026-11-02", None)) == ["R54:orange"]


def test_r54_takes_the_day_in_china(state: State) -> None:
    until = Relation("mandate", "2020-01-01", "2026-11-01")
    state.now = START + 16 * 3600 - 1
    assert collect(state, until) == []
    state.now += 1
    assert collect(state, until) == ["R54:orange"]


def test_r54_asks_for_the_relation_of_this_payee_to_this_beneficiary(state: State) -> None:
    state.registers.relations[CHILD] = {OTHER: [Relation("guardian", "2020-01-01", None)]}
    state.registers.relations[OTHER] = {WIFE: [Relation("guardian", "2020-01-01", None)]}
    assert findings_of(state, CHILD, payee_id=OTHER) == ["R54:orange"]


def test_r54_has_nothing_against_who_collects_his_own(state: State) -> None:
    assert findings_of(state, CHILD, payee_id=CHILD) == []


def test_r54_holds_a_collection_for_a_firm_as_for_anybody(state: State) -> None:
    found = findings_of(state, FIRM, beneficiary_id_type="uscc", payee_id=OTHER)
    assert found == ["R54:orange"]


def test_collected_lines_are_those_with_another_payee(state: State) -> None:
    assert find_collected(make_slice(state, PEOPLE[:3])) == ()
    payees = [PEOPLE[0], PEOPLE[3], PEOPLE[2]]
    assert find_collected(make_slice(state, PEOPLE[:3], payee_id=payees)) == [1]
