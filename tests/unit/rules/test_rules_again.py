"""Groups looked at again: what earlier lines left, when registers or settings say something else; and pruning of it."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.facts.accounts import Card, CensusAccount
from consolidator.facts.lines import (
    CREDITED,
    FAILED,
    HELD,
    LINE_STATES,
    ORDERED,
    READY,
    REFUSED,
    STOPPED,
    OpenLines,
    derive_place,
)
from consolidator.facts.programmes import RuleSetting
from consolidator.facts.state import State
from consolidator.rules.groups import (
    GROUP_RULES,
    GroupHits,
    GroupRule,
    Member,
    Roster,
    judge_account,
    judge_collector,
    judge_household,
    judge_index,
    prune,
)
from tests.support.world import START, make_account
from tests.unit.rules.desk import PEOPLE, PROGRAMME, make_batch, make_state

RULES: Mapping[str, GroupRule] = {rule.code: rule for rule in GROUP_RULES}
CARD = make_account(900)
DAY = 86_400
MOVABLE = (READY, HELD)
OPEN, SETTLED = derive_place(0, 1), derive_place(1, 1)  # a ready line, and one of a batch that is settled


def make_open(*states: int, **settings: RuleSetting) -> State:
    """Make a county whose batch 0 is open with lines in these states, and whose batch 1 is settled with as many."""
    state = make_state(**settings)
    lines: dict[str, Any] = {"states": bytearray(states), "fen": array("q", [0] * len(states))}
    state.batches = [
        make_batch(0, open=OpenLines([], []), state="assessed", **lines),
        make_batch(1, state="settled", **lines),
    ]
    return state


def judge(state: State, code: str) -> GroupHits:
    """Judge one rule again."""
    return judge_index(RULES[code], state)


def put_household(state: State, *members: Member, programme: str = "FARM", period: str = "2026") -> None:
    """Let lines of one household stand in the index."""
    state.claims.households.setdefault(programme, {})[period] = {"H-NEW": list(members)}


# ---- judged again


def test_two_lines_that_now_are_of_one_household_are_marked() -> None:
    state = make_open(READY, READY)
    put_household(state, (PEOPLE[0], OPEN), (PEOPLE[2], OPEN + 1))
    hits = judge(state, "R18")
    facts = {"household": "H-NEW", "members": 2}
    assert hits.code == "R18"
    assert hits.places == {OPEN: (PEOPLE[0], facts), OPEN + 1: (PEOPLE[2], facts)}


def test_a_household_of_one_is_not_marked_again() -> None:
    state = make_open(READY, READY)
    put_household(state, (PEOPLE[0], OPEN), (PEOPLE[0], OPEN + 1))
    assert judge(state, "R18").places == {}


@pytest.mark.parametrize("movable", MOVABLE)
@pytest.mark.parametrize("other", range(len(LINE_STATES)))
def test_a_group_with_one_line_that_can_be_held_is_marked_as_a_whole(movable: int, other: int) -> None:
    state = make_open(other, movable)
    put_household(state, (PEOPLE[0], OPEN), (PEOPLE[2], OPEN + 1))
    assert set(judge(state, "R18").places) == {OPEN, OPEN + 1}


@pytest.mark.parametrize(
    "states", [(one, other) for one in (REFUSED, STOPPED, ORDERED) for other in (CREDITED, FAILED)]
)
def test_a_group_of_which_no_line_can_be_held_is_history(states: tuple[int, int]) -> None:
    state = make_open(*states)
    put_household(state, (PEOPLE[0], OPEN), (PEOPLE[2], OPEN + 1))
    assert judge(state, "R18").places == {}


def test_a_line_of_a_settled_batch_is_history_whatever_its_state_says_and_marked_beside_an_open_one() -> None:
    state = make_open(READY, READY)
    put_household(state, (PEOPLE[0], SETTLED), (PEOPLE[2], SETTLED + 1))
    assert judge(state, "R18").places == {}
    put_household(state, (PEOPLE[0], SETTLED), (PEOPLE[2], OPEN + 1))
    assert set(judge(state, "R18").places) == {SETTLED, OPEN + 1}


def test_a_group_that_is_history_does_not_keep_the_next_from_being_judged() -> None:
    state = make_open(ORDERED, ORDERED, READY, READY)
    state.claims.households = {
        "FARM": {
            "2026": {
                "H-OLD": [(PEOPLE[0], OPEN), (PEOPLE[1], OPEN + 1)],
                "H-NEW": [(PEOPLE[2], OPEN + 2), (PEOPLE[3], OPEN + 3)],
            }
        }
    }
    assert sorted(judge(state, "R18").places) == [OPEN + 2, OPEN + 3]


def test_households_are_judged_apart_in_each_programme_and_period() -> None:
    state = make_open(READY, READY, READY)
    put_household(state, (PEOPLE[0], OPEN))
    put_household(state, (PEOPLE[2], OPEN + 1), period="2025")
    put_household(state, (PEOPLE[4], OPEN + 2), programme="BIRTH")
    assert judge(state, "R18").places == {}
    put_household(state, (PEOPLE[2], OPEN + 1), (PEOPLE[3], OPEN), period="2025")
    put_household(state, (PEOPLE[4], OPEN + 2), (PEOPLE[5], OPEN), programme="BIRTH")
    assert set(judge(state, "R18").places) == {OPEN, OPEN + 1, OPEN + 2}


@pytest.mark.parametrize("code", ["R54", "R11"])
def test_persons_are_counted_again_with_the_threshold_of_today(code: str) -> None:
    state = make_open(READY, READY, READY)
    key, members = CARD, [(PEOPLE[item], OPEN + item) for item in range(3)]
    index = state.claims.collections if code == "R54" else state.claims.stated
    index |= {key: members, "another": members[:2]}
    assert judge(state, code).places == {}
    state.policy.rules[code] = RuleSetting(parameters={"persons_max": 2})
    facts = {"persons": 3, "persons_max": 2}
    assert judge(state, code).places == {OPEN + item: (PEOPLE[item], facts) for item in range(3)}


def test_r11_counts_again_with_the_holder_of_whom_the_census_learned_since() -> None:
    state = make_open(READY, READY, READY)
    state.claims.stated = {CARD: [(PEOPLE[item], OPEN + item) for item in range(3)]}
    assert judge(state, "R11").places == {}
    state.accounts[CARD] = CensusAccount(PEOPLE[7], Card("402"))
    assert [facts["persons"] for _, facts in judge(state, "R11").places.values()] == [4, 4, 4]


@pytest.mark.parametrize(("age_seconds", "marked"), [(365 * DAY, 4), (365 * DAY + 1, 0)])
def test_r36_counts_again_the_lines_within_its_window_of_today(age_seconds: int, marked: int) -> None:
    state = make_open(READY, READY)
    state.batches[1].assessed_at = START - age_seconds
    state.claims.buyers = {PEOPLE[0]: [(PEOPLE[0], place) for place in (SETTLED, SETTLED + 1, OPEN, OPEN + 1)]}
    assert len(judge(state, "R36").places) == marked


# ---- what is judged is what was left


@pytest.mark.parametrize("rule", GROUP_RULES, ids=lambda rule: rule.code)
def test_what_a_rule_leaves_is_found_again_among_all_that_was_left(rule: GroupRule) -> None:
    state = make_state()
    index = rule.index(state, "FARM", "2026")
    index["key"] = [(PEOPLE[0], OPEN)]
    assert any(found is index for found in rule.list_indexes(state))
    assert sum(len(found) for found in rule.list_indexes(state)) == 1


@pytest.mark.parametrize("rule", GROUP_RULES, ids=lambda rule: rule.code)
def test_a_county_without_lines_has_nothing_to_judge_again(rule: GroupRule) -> None:
    assert judge_index(rule, make_state()).places == {}


def test_machines_are_counted_by_line_and_all_else_by_person() -> None:
    assert {rule.code for rule in GROUP_RULES if rule.counts_persons} == {"R18", "R54", "R11"}
    assert {rule.code for rule in GROUP_RULES if not rule.counts_persons} == {"R36"}


def test_a_group_is_judged_again_as_it_was_with_its_document() -> None:
    state = make_open(READY, READY)
    programme = msgspec.structs.replace(PROGRAMME, unit="household")
    roster = Roster(state, programme, "2026", OPEN, PEOPLE[:2], PEOPLE[:2], None, frozenset())
    groups = RULES["R18"].group(roster)
    RULES["R18"].index(state, "FARM", "2026").update(groups)
    facts = {"household": "H0", "members": 2}
    assert judge(state, "R18").places == {OPEN: (PEOPLE[0], facts), OPEN + 1: (PEOPLE[1], facts)}


# ---- pruning


def test_pruning_keeps_the_newest_line_of_each_person_in_order() -> None:
    state = make_open(*[CREDITED] * 4)
    members = [(PEOPLE[item % 2], OPEN + item) for item in range(4)]
    assert prune(state, members) == members[2:]


@pytest.mark.parametrize("movable", MOVABLE)
def test_pruning_keeps_every_line_that_can_still_be_held(movable: int) -> None:
    state = make_open(movable, CREDITED, CREDITED)
    members = [(PEOPLE[0], OPEN + item) for item in range(3)]
    assert prune(state, members) == [members[0], members[2]]


def test_pruning_drops_an_older_line_of_a_settled_batch() -> None:
    state = make_open(READY, READY)
    newest = (PEOPLE[0], OPEN)
    assert prune(state, [(PEOPLE[0], SETTLED), (PEOPLE[0], SETTLED + 1), newest]) == [newest]


def test_pruning_leaves_a_list_without_history_as_it_is() -> None:
    state = make_open(CREDITED, CREDITED)
    members = [(PEOPLE[0], OPEN), (PEOPLE[1], OPEN + 1)]
    assert prune(state, members) == members
    assert prune(state, []) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.sampled_from((READY, HELD, REFUSED, STOPPED, ORDERED, CREDITED, FAILED))),
        max_size=20,
    )
)
def test_pruning_never_changes_a_verdict_nor_loses_a_line_that_can_be_held(rows: Sequence[tuple[int, int]]) -> None:
    state = make_open(*[line_state for _, line_state in rows])
    members = [(PEOPLE[number], OPEN + item) for item, (number, _) in enumerate(rows)]
    kept = prune(state, members)
    for rule_judges in (judge_household, judge_collector, judge_account):
        assert rule_judges(state, "H0", kept) == rule_judges(state, "H0", members)
    movable = [members[item] for item, (_, line_state) in enumerate(rows) if line_state in MOVABLE]
    assert [member for member in kept if member in movable] == movable
    assert kept == [member for member in members if member in kept]
    assert len(kept) <= len(movable) + len({person for person, _ in members})
