"""The edges of rules: the day, the line and the amount next to the one that counts."""

import msgspec
import pytest

from consolidator.facts.lines import HELD, ORDERED, READY, Batch, OpenLines, derive_place
from consolidator.rules.conditions import find_excluded
from consolidator.rules.groups import (
    GROUP_RULES,
    GroupRule,
    Roster,
    group_buyers,
    group_collections,
    group_households,
    group_stated,
    judge_index,
    prune,
)
from consolidator.rules.identity import is_resident_id
from consolidator.rules.lateness import find_delays
from consolidator.rules.rosters import count_roster, find_jumps
from tests.support.world import START, VILLAGE, make_id
from tests.unit.rules.desk import PEOPLE, PROGRAMME, make_batch, make_slice, make_state, run

PERSON, OTHER = PEOPLE[:2]
DAY = 86_400


@pytest.mark.parametrize("value", ["51119919600101001", "110105194912310021", "110105194913310028"])
def test_a_wrong_id_is_answered_with_false(value: str) -> None:
    assert is_resident_id(value) is False


def test_r33_lets_the_last_birthday_pass_beside_somebody_too_young() -> None:
    programme = msgspec.structs.replace(PROGRAMME, age_min=16)
    ids = ["511199201012310000", "511199201101010000"]
    hits = run(make_state(), ids, programme=programme)
    assert [item for item, found in hits.findings.items() if "R33:red" in found] == [1]


def test_r19_gives_the_lines_in_their_order() -> None:
    state = make_state()
    ids = [make_id(number) for number in range(20)]
    state.policy.programmes["FOREST"] = msgspec.structs.replace(PROGRAMME, id="FOREST", excludes=["FARM"])
    state.claims.entitlements = {"FOREST": {"2026": dict.fromkeys([ids[16], ids[8], ids[1]], 0)}}
    assert list(find_excluded(make_slice(state, ids))) == [1, 8, 16]


def test_r05_does_not_name_a_beneficiary_who_died_on_the_first_day_when_the_payee_is_the_dead_one() -> None:
    state = make_state()
    state.registers.deaths = {PERSON: "2026-01-01", OTHER: "2025-05-05"}
    hits = run(state, [PERSON], payee_id=[OTHER])
    facts = {"snapshot_on": "2026-10-31", "payee_died_on": "2025-05-05", "day": "2026-11-01"}
    assert hits.evidence[0]["R05"] == facts


def test_r05_names_a_dead_beneficiary_for_whom_somebody_alive_collects() -> None:
    state = make_state()
    state.registers.deaths = {PERSON: "2025-12-31"}
    hits = run(state, [PERSON], payee_id=[OTHER])
    facts = {"snapshot_on": "2026-10-31", "died_on": "2025-12-31", "period_start": "2026-01-01"}
    assert hits.evidence[0]["R05"] == facts


def test_r43_counts_ready_and_held_lines_together() -> None:
    state = make_state()
    batch = make_batch(0)
    batch.sums[READY], batch.sums[HELD] = [1, 10_000], [1, 10_000]
    state.batches = [batch]
    assert [delay.name for delay in find_delays(state, START + 31 * DAY)] == ["bank-402/B-0"]


@pytest.mark.parametrize("line", [READY, HELD])
def test_r43_counts_lines_not_fen(line: int) -> None:
    state = make_state()
    batch = make_batch(0)
    batch.sums[line] = [1, 0]
    state.batches = [batch]
    assert [delay.name for delay in find_delays(state, START + 31 * DAY)] == ["bank-402/B-0"]


@pytest.mark.parametrize("group", [group_households, group_collections, group_stated, group_buyers])
def test_a_group_rule_that_is_not_about_a_document_finds_no_groups_in_it(group: object) -> None:
    roster = Roster(make_state(), PROGRAMME, "2026", 0, PEOPLE, PEOPLE, None, frozenset())
    assert callable(group)
    assert group(roster) == {}


# ---- groups: what a line left in an index


def find_rule(code: str) -> GroupRule:
    """Give a group rule."""
    return next(rule for rule in GROUP_RULES if rule.code == code)


def make_open_batch(index: int, *states: int) -> Batch:
    """Make a batch with lines in these states, of which something can still change."""
    return make_batch(index, states=bytearray(states), open=OpenLines(parts=[], designation=[]))


@pytest.mark.parametrize(
    ("household", "keys"), [("H-NEW", ["H-OLD"]), ("H-OLD", ["H-OLD"]), ("H-NOBODY", ["H-OLD"]), (None, ["H-OLD"])]
)
def test_r18_finds_a_lines_place_although_the_person_has_moved(household: str | None, keys: list[str]) -> None:
    state = make_state()
    known = state.registers.population[PERSON]
    if household is None:
        del state.registers.population[PERSON]
    else:
        state.registers.population[PERSON] = msgspec.structs.replace(known, household=household)
    place, others = derive_place(3, 1), [derive_place(3, line) for line in (2, 3)]
    index = {"H-NEW": [(OTHER, others[0])], "H-OLD": [(PEOPLE[2], others[1]), (PERSON, place)]}
    assert find_rule("R18").find_keys(make_slice(state, [PERSON]), 0, index, place) == keys


def test_a_pruned_group_keeps_everybodys_newest_line_and_what_can_still_be_held() -> None:
    state = make_state()
    state.batches = [
        make_batch(0, states=bytearray([ORDERED, ORDERED])),
        make_open_batch(1, READY, HELD, ORDERED),
        make_batch(2, states=bytearray([ORDERED, READY])),
        make_open_batch(3, ORDERED, ORDERED),
    ]
    old = [(PERSON, derive_place(0, 1)), (OTHER, derive_place(0, 2))]
    waiting = [(PERSON, derive_place(1, 1)), (PERSON, derive_place(1, 2))]
    paid = [(PERSON, derive_place(1, 3)), (PERSON, derive_place(2, 1)), (PERSON, derive_place(2, 2))]
    newest = [(PERSON, derive_place(3, 1))]
    assert prune(state, [*old, *waiting, *paid, *newest]) == [old[1], *waiting, *newest]


def test_groups_are_judged_again_only_where_a_line_can_still_be_held() -> None:
    state = make_state()
    state.batches = [make_batch(0, states=bytearray([ORDERED] * 4)), make_open_batch(1, ORDERED, READY, HELD)]
    paid = [(PEOPLE[0], derive_place(0, 1)), (PEOPLE[1], derive_place(0, 2))]
    alone = [(PEOPLE[2], derive_place(1, 2))]
    mixed = [(PEOPLE[3], derive_place(0, 3)), (PEOPLE[4], derive_place(1, 3))]
    state.claims.households = {"FARM": {"2025": {"H-PAID": paid}, "2026": {"H-ALONE": alone, "H-MIXED": mixed}}}
    hits = judge_index(find_rule("R18"), state)
    facts = {"household": "H-MIXED", "members": 2}
    assert hits.code == "R18"
    assert hits.places == {place: (beneficiary, facts) for beneficiary, place in mixed}
    state.batches[1].states[2] = ORDERED
    assert judge_index(find_rule("R18"), state).places == {}


# ---- R55


def test_r55_compares_nothing_in_a_period_that_was_not_counted() -> None:
    state = make_state()
    state.history.rosters = {"FARM": {"2025": {VILLAGE: 100}}}
    assert find_jumps(state, make_batch(period="2026"), [VILLAGE]) == []


def test_r55_counts_villages_in_their_order_so_that_snapshots_are_alike() -> None:
    state = make_state()
    count_roster(state, make_batch(), {"511112001009": 1, "511112001002": 2})
    assert list(state.history.rosters["FARM"]["2026"]) == ["511112001002", "511112001009"]
