"""Faults to put into the ledger and its rules, one at a time: the proof that the random histories can fail.

Each replaces one function where it is used. They are what a tired hand might write, not nonsense.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from consolidator.facts.registers import Relation, is_related
from consolidator.facts.snapshots import parse_snapshot
from consolidator.facts.state import State
from consolidator.ledger import ledger, releases
from consolidator.ledger.changes import Reader
from consolidator.ledger.powers import judge_confirm
from consolidator.rules import amounts, identity, running
from consolidator.rules.duplicates import claim_in_order
from consolidator.rules.groups import GroupHits, run_group_rule
from consolidator.rules.running import Hits
from consolidator.rules.slices import Slice

Patch = pytest.MonkeyPatch
Find = Callable[[Slice], Sequence[int]]


def _replace_rule(patch: Patch, old: Find, **changes: Any) -> None:  # noqa: ANN401 -- any field of a rule
    rules = tuple(replace(rule, **changes) if rule.find is old else rule for rule in running.LINE_RULES)
    assert rules != running.LINE_RULES
    patch.setattr(running, "LINE_RULES", rules)


def stop_keeps_the_entitlement(patch: Patch) -> None:
    """R16: a stopped line still holds what it claimed."""
    patch.setattr("consolidator.ledger.changes.free_claims", lambda *_: None)


def repeats_inside_a_file_pass(patch: Patch) -> None:
    """R16: only earlier documents are looked at."""

    def claim(keys: Sequence[str], first: int, refused: set[int], held: dict[str, int]) -> dict[int, int]:
        late = claim_in_order(keys, first, refused, held)
        return {item: place for item, place in late.items() if place < first}

    patch.setattr("consolidator.ledger.claims.claim_in_order", claim)


def only_the_last_of_a_household_is_held(patch: Patch) -> None:
    """R18: the line that came first passes."""

    def run(*given: Any) -> GroupHits:  # noqa: ANN401 -- as it is called
        hits = run_group_rule(*given)
        places = dict([max(hits.places.items())]) if hits.code == "R18" and hits.places else hits.places
        return replace(hits, places=places)

    patch.setattr("consolidator.ledger.batches.run_group_rule", run)


def a_clue_is_told_each_time(patch: Patch) -> None:
    """R18 and R54: an ordered line gets its clue again with every document."""
    patch.setattr("consolidator.ledger.marks._is_news", lambda *_: True)


def standards_are_rounded(patch: Patch) -> None:
    """R21: rate times quantity is rounded to whole fen."""

    def find(part: Slice) -> Sequence[int]:
        standard, quantities = part.programme.standard_fen or 0, part.columns.quantity_milli
        units = [1000 if milli is None else milli for milli in quantities or [None] * len(part)]
        return [item for item, fen in enumerate(part.amount_fen) if fen > (standard * units[item] + 500) // 1000]

    _replace_rule(patch, amounts.find_above_standard, find=find)


def death_on_the_first_day_counts(patch: Patch) -> None:
    """R05: who died on the day his period begins is refused."""

    def find(part: Slice) -> Sequence[int]:
        deaths = [part.state.registers.deaths.get(value, "9999") for value in part.beneficiary_id]
        return [item for item, died_on in enumerate(deaths) if part.period_start >= died_on]

    _replace_rule(patch, identity.find_deceased, find=find)


def old_regions_are_refused(patch: Patch) -> None:
    """R01: an unknown region is red instead of blue."""
    _replace_rule(patch, identity.find_unknown_regions, level="red")


def relations_end_a_day_early(patch: Patch) -> None:
    """R54: a relation is not valid on its last day."""

    def is_valid(relations: list[Relation] | None, day: str) -> bool:
        return is_related(relations, day) and any(found.to_on is None or day < found.to_on for found in relations or ())

    patch.setattr("consolidator.rules.collection.is_related", is_valid)


def release_does_not_look_again(patch: Patch) -> None:
    """A release orders what was assessed, whatever is known since."""
    patch.setattr("consolidator.ledger.releases.run_line_rules", Hits)


def release_pays_a_changed_designation(patch: Patch) -> None:
    """H01: another designation than the assessed one is paid."""
    patch.setattr("consolidator.ledger.releases._compare_designations", lambda *_: None)


def release_compares_no_figures(patch: Patch) -> None:
    """A release with wrong figures is accepted."""
    right = releases._judge  # noqa: SLF001 -- a fault goes where the real code is

    def judge(*given: Any) -> tuple[str, str]:  # noqa: ANN401 -- as it is called
        code, detail = right(*given)
        return "" if code == "D17" else code, detail

    patch.setattr(releases, "_judge", judge)


def release_waits_for_nobody(patch: Patch) -> None:
    """A batch is released before its review window is over."""
    patch.setattr(releases, "find_review_end", lambda *_: 0)


def changes_take_effect_at_once(patch: Patch) -> None:
    """Nothing cools off."""
    patch.setattr("consolidator.ledger.designations.HOUR_SECONDS", 0)


def one_person_is_enough(patch: Patch) -> None:
    """Whoever may confirm may confirm himself."""

    def judge(state: State, *given: Any) -> str:  # noqa: ANN401 -- as it is called
        code = judge_confirm(state, *given)
        return "" if code == "D14" else code

    patch.setattr("consolidator.ledger.admission.judge_confirm", judge)


def red_lines_can_be_cleared(patch: Patch) -> None:
    """S09: two persons can let a dead man be paid."""
    right = Reader.find_hits

    def find(*given: Any) -> Hits:  # noqa: ANN401 -- as it is called
        hits = right(*given)
        hits.refused.clear()
        return hits

    patch.setattr(Reader, "find_hits", find)


def clearings_reach_what_nobody_saw(patch: Patch) -> None:
    """S17: a clearing also lets go what was found after it was proposed."""
    right = ledger._make_act  # noqa: SLF001 -- a fault goes where the real code is
    patch.setattr(ledger, "_make_act", lambda *given: replace(right(*given), proposed=2**53))


def gaps_are_told_each_time(patch: Patch) -> None:
    """A document that came too early gets its entry again with every repeat."""
    numbers = count()
    patch.setattr("consolidator.ledger.admission._note", lambda *_: str(next(numbers)))


def unreadable_amounts_are_nothing(patch: Patch) -> None:
    """R40: an amount nobody can read counts as zero."""
    patch.setattr("consolidator.ledger.batches._list_unreadable", lambda _: [])


def batches_settle_late(patch: Patch) -> None:
    """A batch of refused lines only stays open until somebody looks at it."""
    patch.setattr("consolidator.ledger.orders.settle", lambda _: False)


def snapshots_forget_households(patch: Patch) -> None:
    """After a start from a snapshot nobody knows whose household has a line."""

    def parse(raw: bytes) -> State:
        state = parse_snapshot(raw)
        state.claims.households.clear()
        return state

    patch.setattr("tests.property.living.parse_snapshot", parse)


FAULTS: Sequence[Callable[[Patch], None]] = (
    stop_keeps_the_entitlement,
    repeats_inside_a_file_pass,
    only_the_last_of_a_household_is_held,
    a_clue_is_told_each_time,
    standards_are_rounded,
    death_on_the_first_day_counts,
    old_regions_are_refused,
    relations_end_a_day_early,
    release_does_not_look_again,
    release_pays_a_changed_designation,
    release_compares_no_figures,
    release_waits_for_nobody,
    changes_take_effect_at_once,
    one_person_is_enough,
    red_lines_can_be_cleared,
    clearings_reach_what_nobody_saw,
    gaps_are_told_each_time,
    unreadable_amounts_are_nothing,
    batches_settle_late,
    snapshots_forget_households,
)
