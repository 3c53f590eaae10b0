"""Owns the running of line rules over a slice: each rule once, as one look at the columns, returning only its hits."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consolidator.facts.programmes import Programme, RuleSetting
from consolidator.facts.registers import Suppression
from consolidator.facts.state import State, find_setting
from consolidator.rules import (
    accounts,
    amounts,
    collection,
    conditions,
    corrections,
    duplicates,
    evidence,
    identity,
    library,
    officials,
)
from consolidator.rules.catalogue import BLUE, CATALOGUE, ORANGE, RED, YELLOW, render_finding
from consolidator.rules.slices import Slice

_DEFAULT = RuleSetting()
QUIETED = frozenset((ORANGE, YELLOW))  # a red finding cannot be cleared, so it cannot be suppressed either


@dataclass(frozen=True, slots=True)
class LineRule:
    """A rule that looks at lines one by one: ``find`` gives the items it hits, ``tell`` the facts compared for one.

    ``register`` names the register without which it cannot be checked, ``applies`` the programmes it is about.
    """

    code: str
    find: Callable[[Slice], Sequence[int]]
    register: str | None = None
    level: str | None = None  # where it differs from the catalogue's level: a milder or sharper form of the code
    tell: Callable[[Slice, int], Mapping[str, Any]] | None = None
    applies: Callable[[Programme], bool] | None = None


def _look_at_no_line(_: Slice) -> Sequence[int]:
    return ()


LINE_RULES = (
    LineRule("R01", identity.find_wrong_ids),
    LineRule("R01", identity.find_wrong_payee_ids),
    LineRule("R01", identity.find_unknown_regions, level=BLUE),
    LineRule("R02", identity.find_name_mismatches, "population", tell=evidence.tell_names),
    LineRule("R02", identity.find_payee_name_mismatches, "population", tell=evidence.tell_names),
    LineRule("R02", identity.find_unregistered, "population", level=ORANGE, tell=evidence.tell_names),
    LineRule("R03", library.find_unlisted, "library"),
    LineRule("R04", library.find_strangers, "library", tell=evidence.tell_village),
    LineRule("R05", identity.find_deceased, "deaths", tell=evidence.tell_deaths),
    LineRule("R05", identity.find_deceased_payees, "deaths", tell=evidence.tell_deaths),
    LineRule(
        "R07",
        conditions.find_salaried,
        "payroll",
        tell=evidence.tell_employer,
        applies=lambda programme: programme.bars_payroll,
    ),
    LineRule("R08", officials.find_officials, "officials", tell=evidence.tell_position),
    LineRule("R09", officials.find_relatives, "relatives", tell=evidence.tell_official),
    LineRule("R12", accounts.find_foreign, tell=evidence.tell_account_status),
    LineRule("R13", accounts.find_undesignated, level=ORANGE, tell=evidence.tell_suspension),
    LineRule("R13", accounts.find_rerouted),
    LineRule("R14", accounts.find_restless, tell=evidence.tell_changes),
    LineRule(  # a group rule; here only its missing register is seen
        "R18",
        _look_at_no_line,
        "population",
        applies=lambda programme: programme.unit == "household",
    ),
    LineRule("R19", conditions.find_excluded, tell=evidence.tell_rivals),
    LineRule("R21", amounts.find_above_standard, tell=evidence.tell_quantity),
    LineRule("R22", amounts.find_below_standard, tell=evidence.tell_quantity),
    LineRule(
        "R33",
        conditions.find_wrong_ages,
        tell=evidence.tell_births,
        applies=lambda programme: (programme.age_min, programme.age_max) != (None, None),
    ),
    LineRule(
        "R35",
        duplicates.find_without_serial,
        level=ORANGE,
        applies=lambda programme: programme.unit == "machine",
    ),
    LineRule("R38", amounts.find_unusual, tell=evidence.tell_usual_limit),
    LineRule(
        "R42",
        conditions.find_unpublished,
        tell=evidence.tell_publicity,
        applies=lambda programme: programme.publicity_required,
    ),
    LineRule("R46", accounts.find_abnormal, tell=evidence.tell_account_status),
    LineRule("R48", corrections.find_repeated, tell=corrections.tell_round),
    LineRule("R54", collection.find_unrelated, tell=evidence.tell_relations),
)


@dataclass(slots=True)
class Hits:
    """What was found in a slice: item → its findings (``CODE:level``) and the facts compared (code → facts)."""

    part: Slice
    findings: dict[int, list[str]] = field(default_factory=dict)
    evidence: dict[int, dict[str, Any]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)

    def add(self, items: Collection[int], code: str, level: str) -> None:
        """Note one finding for many items; the same finding twice on one line counts once.

        A finding that was suppressed for a line's beneficiary only informs.
        """
        if level in QUIETED and code in self.part.state.suppressions:
            items = self._quiet(items, code)
        self.insist(items, code, level)

    def insist(self, items: Collection[int], code: str, level: str) -> None:
        """Note one finding for many items, whatever was suppressed."""
        finding = render_finding(code, level)
        for item in items:
            found = self.findings.get(item)
            if found is None:
                self.findings[item] = [finding]
            elif finding not in found:
                found.append(finding)
        if level == RED:
            self.refused.update(items)
        elif level == ORANGE:
            self.held.update(items)

    def _quiet(self, items: Collection[int], code: str) -> list[int]:
        """Turn suppressed findings blue; returns the items for which the finding stands."""
        standing = []
        for item in items:
            suppressed = derive_suppressed(self.part.programme.id, self.part.beneficiary_id[item])
            suppression = find_suppression(self.part.state, code, suppressed, self.part.day)
            if suppression is None:
                standing.append(item)
            else:
                self.add((item,), code, BLUE)
                self.explain(item, code, {"suppressed_until": suppression.until})
        return standing

    def explain(self, item: int, code: str, facts: Mapping[str, Any]) -> None:
        """Keep the facts compared for one finding of one item."""
        if facts:
            self.evidence.setdefault(item, {}).setdefault(code, {}).update(facts)


def derive_suppressed(programme: str, beneficiary: str) -> str:
    """Name what a suppression is about: one person in one programme."""
    return f"{programme}|{beneficiary}"


def find_suppression(state: State, code: str, suppressed: str, day: str) -> Suppression | None:
    """Give what quiets a finding on a day, if anything does."""
    found = state.suppressions.get(code, {}).get(suppressed)
    return None if found is None or found.until < day else found


def run_line_rules(part: Slice) -> Hits:
    """Run every enabled rule over a slice. Items with an odd shape are refused (S01), and rules pass over them."""
    hits = Hits(part)
    for rule, setting in list_rules(part.programme, part.state.policy.rules):
        if rule.register is not None and rule.register not in part.state.registers.snapshots:
            _add_unchecked(hits, part, rule, setting)
            continue
        items = rule.find(part)
        if part.odd:
            items = [item for item in items if item not in part.odd]
        hits.add(items, rule.code, find_level(rule.code, rule.level, setting))
        _tell(hits, part, rule, items)
    for item, (name, code) in part.odd.items():
        hits.add((item,), code, RED)
        hits.explain(item, code, {"field": name})
    return hits


def list_rules(programme: Programme, settings: Mapping[str, RuleSetting]) -> Iterator[tuple[LineRule, RuleSetting]]:
    """Give the enabled rules that are about a programme, each with the county's setting."""
    for rule in LINE_RULES:
        setting = settings.get(rule.code, _DEFAULT)
        if setting.enabled and (rule.applies is None or rule.applies(programme)):
            yield rule, setting


def _tell(hits: Hits, part: Slice, rule: LineRule, items: Collection[int]) -> None:
    """Keep the facts behind a rule's hits, with the date of the register it looked at."""
    if rule.tell is None and rule.register is None:
        return
    snapshot = part.state.registers.snapshots.get(rule.register or "")
    dated = {} if snapshot is None else {"snapshot_on": snapshot.snapshot_on}
    for item in items:
        hits.explain(item, rule.code, dated if rule.tell is None else {**dated, **rule.tell(part, item)})


def find_level(code: str, own: str | None, setting: RuleSetting) -> str:
    """Give the level a finding gets: the rule's own form, else the county's setting, else the catalogue's.

    >>> find_level("R21", None, RuleSetting(level="orange"))
    'orange'
    """
    return own or setting.level or CATALOGUE[code].level


def find_own_level(state: State, code: str) -> str:
    """Give the level of a rule that has one form only."""
    return find_level(code, None, find_setting(state, code))


def list_unchecked(
    programme: Programme, snapshots: Mapping[str, object], settings: Mapping[str, RuleSetting]
) -> list[str]:
    """List the enabled rules whose register was never filled; the batch's entry says so."""
    rules = (rule for rule, _ in list_rules(programme, settings))
    return sorted({rule.code for rule in rules if rule.register is not None and rule.register not in snapshots})


def _add_unchecked(hits: Hits, part: Slice, rule: LineRule, setting: RuleSetting) -> None:
    """A rule that policy requires and that cannot look holds every line; otherwise the batch's entry tells."""
    if not setting.required:
        return
    items = [item for item in range(len(part)) if item not in part.odd]
    hits.insist(items, rule.code, ORANGE)
    for item in items:
        hits.explain(item, rule.code, {"not_checked": rule.register})
