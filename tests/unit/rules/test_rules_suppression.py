"""A suppressed finding of a person in a programme only informs, up to its day; red and blue ones are as they were."""

import msgspec
import pytest

from consolidator.facts.programmes import RuleSetting
from consolidator.facts.registers import Suppression
from consolidator.facts.state import State
from consolidator.rules.catalogue import NEVER_QUIET
from consolidator.rules.running import QUIETED, Hits, derive_suppressed, find_suppression
from tests.unit.rules.desk import PEOPLE, PROGRAMME, make_slice, make_state, run

BIRTH = msgspec.structs.replace(PROGRAMME, id="BIRTH")


def quiet(state: State, code: str, *ids: str, until: str = "2026-11-01") -> State:
    """Suppress a code for some people in FARM; the county's day is 2026-11-01."""
    state.suppressions[code] = {f"FARM|{identity}": Suppression(until, "") for identity in ids}
    return state


@pytest.mark.parametrize("level", ["orange", "yellow"])
def test_a_suppressed_finding_only_informs_and_says_until_when(level: str) -> None:
    state = quiet(make_state(R22=RuleSetting(level=level)), "R22", PEOPLE[0])
    hits = run(state, PEOPLE[:2], amount_fen=[9_000, 9_000])
    assert hits.findings == {0: ["R22:blue"], 1: [f"R22:{level}"]}
    compared = {"standard_fen": 10_000, "quantity_milli": 1000}
    assert hits.evidence == {0: {"R22": compared | {"suppressed_until": "2026-11-01"}}, 1: {"R22": compared}}
    assert hits.held == ({1} if level == "orange" else set())


def test_a_red_finding_is_never_quiet() -> None:
    state = quiet(make_state(), "R21", PEOPLE[0])
    hits = run(state, PEOPLE[:1], amount_fen=[10_001])
    assert hits.findings == {0: ["R21:red"]}
    assert "suppressed_until" not in hits.evidence[0]["R21"]
    assert hits.refused == {0}


def test_a_blue_finding_says_nothing_of_a_suppression() -> None:
    state = quiet(make_state(R22=RuleSetting(level="blue")), "R22", PEOPLE[0])
    hits = run(state, PEOPLE[:1], amount_fen=[9_999])
    assert hits.findings == {0: ["R22:blue"]}
    assert "suppressed_until" not in hits.evidence[0]["R22"]


def test_a_suppression_is_of_one_code() -> None:
    state = quiet(make_state(), "R38", PEOPLE[0])
    assert run(state, PEOPLE[:1], amount_fen=[9_999]).findings == {0: ["R22:orange"]}


def test_a_suppression_is_looked_up_by_the_beneficiary() -> None:
    state = quiet(make_state(), "R54", PEOPLE[4])
    assert run(state, PEOPLE[:1], payee_id=PEOPLE[4:5]).findings == {0: ["R54:orange"]}
    assert run(state, PEOPLE[4:5], payee_id=PEOPLE[:1]).findings == {0: ["R54:blue"]}


@pytest.mark.parametrize(("until", "found"), [("2026-11-01", "R22:blue"), ("2026-10-31", "R22:orange")])
def test_a_suppression_ends_after_its_day(until: str, found: str) -> None:
    state = quiet(make_state(), "R22", PEOPLE[0], until=until)
    assert run(state, PEOPLE[:1], amount_fen=[9_999]).findings == {0: [found]}


def test_a_suppression_is_found_by_code_person_and_day() -> None:
    state = quiet(make_state(), "R22", PEOPLE[0])
    his, hers = derive_suppressed("FARM", PEOPLE[0]), derive_suppressed("FARM", PEOPLE[1])
    assert find_suppression(state, "R22", his, "2026-11-01") == Suppression("2026-11-01", "")
    assert find_suppression(state, "R22", his, "2026-11-02") is None
    assert find_suppression(state, "R22", hers, "2026-11-01") is None
    assert find_suppression(state, "R21", his, "2026-11-01") is None
    assert find_suppression(state, "R22", derive_suppressed("BIRTH", PEOPLE[0]), "2026-11-01") is None


def test_a_suppression_is_of_one_programme() -> None:
    state = quiet(make_state(), "R22", PEOPLE[0])
    assert run(state, PEOPLE[:1], amount_fen=[9_999], programme=BIRTH).findings == {0: ["R22:orange"]}
    assert run(state, PEOPLE[:1], amount_fen=[9_999]).findings == {0: ["R22:blue"]}


def test_what_is_insisted_on_stands_whatever_is_suppressed() -> None:
    state = quiet(make_state(), "R22", PEOPLE[0])
    hits = Hits(make_slice(state, PEOPLE[:2]))
    hits.insist([0, 1], "R22", "orange")
    hits.insist([1], "R22", "orange")
    assert hits.findings == {0: ["R22:orange"], 1: ["R22:orange"]}
    assert (hits.held, hits.refused, hits.evidence) == ({0, 1}, set(), {})


def test_what_can_be_quiet_and_what_never() -> None:
    assert {"orange", "yellow"} == QUIETED
    assert {"R13", "R42"} == NEVER_QUIET


def test_a_suppression_does_not_stand_in_for_a_register_that_policy_requires() -> None:
    """The rule could not look at all: nobody has seen that this finding would be a false one."""
    state = quiet(make_state(R05=RuleSetting(required=True)), "R05", PEOPLE[0])
    del state.registers.snapshots["deaths"]
    hits = run(state, PEOPLE[:1])
    assert hits.findings == {0: ["R05:orange"]}
    assert hits.held == {0}
