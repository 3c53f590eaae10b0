"""Owns the running of line rules over a slice: each rule once, as one look at the columns, returning only its hits."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consolidator.facts.programmes import RuleSetting
from consolidator.rules import accounts, amounts, collection, identity, officials
from consolidator.rules.catalogue import CATALOGUE, ORANGE, RED, render_finding
from consolidator.rules.evidence import WITH_EVIDENCE, find_evidence
from consolidator.rules.slices import Slice

_DEFAULT = RuleSetting()


@dataclass(frozen=True, slots=True)
class LineRule:
    """A rule that looks at lines one by one. ``register`` names the register without which it cannot be checked."""

    code: str
    find: Callable[[Slice], Sequence[int]]
    register: str | None = None
    level: str | None = None  # where it differs from the catalogue's level: a milder or sharper form of the code


def _look_at_no_line(_: Slice) -> Sequence[int]:
    return ()


LINE_RULES = (
    LineRule("R01", identity.find_wrong_ids),
    LineRule("R01", identity.find_wrong_payee_ids),
    LineRule("R01", identity.find_unknown_regions, level="blue"),
    LineRule("R02", identity.find_name_mismatches, register="population"),
    LineRule("R02", identity.find_payee_name_mismatches, register="population"),
    LineRule("R02", identity.find_unregistered, register="population", level=ORANGE),
    LineRule("R03", identity.find_unlisted, register="library"),
    LineRule("R05", identity.find_deceased, register="deaths"),
    LineRule("R05", identity.find_deceased_payees, register="deaths"),
    LineRule("R08", officials.find_officials, register="officials"),
    LineRule("R09", officials.find_relatives, register="relatives"),
    LineRule("R13", accounts.find_undesignated, level=ORANGE),
    LineRule("R13", accounts.find_rerouted),
    LineRule("R18", _look_at_no_line, register="population"),  # a group rule; here only its missing register is seen
    LineRule("R21", amounts.find_above_standard),
    LineRule("R54", collection.find_unrelated),
)


@dataclass(slots=True)
class Hits:
    """What was found in a slice: item → its findings (``CODE:level``) and the facts compared (code → facts)."""

    findings: dict[int, list[str]] = field(default_factory=dict)
    evidence: dict[int, dict[str, Any]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)

    def add(self, items: Collection[int], code: str, level: str) -> None:
        """Note one finding for many items; the same finding twice on one line counts once."""
        finding = render_finding(code, level)
        for item in items:
            findings = self.findings.setdefault(item, [])
            if finding not in findings:
                findings.append(finding)
        if level == RED:
            self.refused.update(items)
        elif level == ORANGE:
            self.held.update(items)

    def explain(self, item: int, code: str, facts: Mapping[str, Any]) -> None:
        """Keep the facts compared for one finding of one item."""
        self.evidence.setdefault(item, {}).setdefault(code, {}).update(facts)


def run_line_rules(part: Slice) -> Hits:
    """Run every enabled rule over a slice. Items with an odd shape are refused (S01), and rules pass over them."""
    hits = Hits()
    settings = part.state.policy.rules
    for rule in LINE_RULES:
        setting = settings.get(rule.code, _DEFAULT)
        if not setting.enabled:
            continue
        if rule.register is not None and rule.register not in part.state.registers.snapshots:
            _add_unchecked(hits, part, rule, setting)
            continue
        items = rule.find(part)
        if part.odd:
            items = [item for item in items if item not in part.odd]
        hits.add(items, rule.code, find_level(rule.code, rule.level, setting))
        if rule.code in WITH_EVIDENCE:
            for item in items:
                hits.explain(item, rule.code, find_evidence(part, rule.code, item))
    for item, (name, code) in part.odd.items():
        hits.add((item,), code, RED)
        hits.explain(item, code, {"field": name})
    return hits


def find_level(code: str, own: str | None, setting: RuleSetting) -> str:
    """Give the level a finding gets: the rule's own form, else the county's setting, else the catalogue's.

    >>> find_level("R21", None, RuleSetting(level="orange"))
    'orange'
    """
    return own or setting.level or CATALOGUE[code].level


def list_unchecked(snapshots: Mapping[str, object], settings: Mapping[str, RuleSetting]) -> list[str]:
    """List the enabled rules whose register was never filled; the batch's entry says so."""
    return sorted(
        {
            rule.code
            for rule in LINE_RULES
            if rule.register is not None
            and rule.register not in snapshots
            and settings.get(rule.code, _DEFAULT).enabled
        }
    )


def _add_unchecked(hits: Hits, part: Slice, rule: LineRule, setting: RuleSetting) -> None:
    """A rule that policy requires and that cannot look holds every line; otherwise the batch's entry tells."""
    if not setting.required:
        return
    items = [item for item in range(len(part)) if item not in part.odd]
    hits.add(items, rule.code, ORANGE)
    for item in items:
        hits.explain(item, rule.code, {"not_checked": rule.register})
