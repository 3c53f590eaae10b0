"""Owns what the public log shows of a batch: of a sensitive programme counts only, of a hidden code its level only.

What is not shown goes to the entry's private part, under its commitment; nothing is lost.
"""

from collections.abc import Callable, Mapping
from typing import Any

from consolidator.facts.lines import Batch
from consolidator.facts.state import State
from consolidator.ledger.emission import Emission
from consolidator.rules.catalogue import list_discreet, list_private, show_findings
from consolidator.rules.conditions import EXCLUDED, list_excluded
from schemas.entries import extend_private
from schemas.instants import render_instant

# Fields of a sensitive programme's entries that stand in the private part, by kind.
_SECRET: Mapping[str, frozenset[str]] = {
    "batch": frozenset(("fen", "jumps", "plan_fen", "totals", "used_fen")),
    "change": frozenset(("amount_fen", "route")),
    "orders": frozenset(("fen",)),
    "release": frozenset(("banks",)),
}
# What stands in place of figures in count and fen: the counts alone, by state or by bank.
_COUNTS: Mapping[str, Callable[[Any], dict[str, int]]] = {
    "totals": lambda totals: {state: count for state, (count, _) in totals.items()},
    "banks": lambda rows: {bank: count for bank, count, _ in rows},
}


def find_hidden(state: State, batch: Batch) -> frozenset[str]:
    """Give the codes of which entries about a batch's lines show the level only.

    R19 also where the other subsidy may be a sensitive one: an ordinary line must not say who has that.
    """
    if batch.sensitive:
        return list_discreet()
    programmes = state.policy.programmes
    told = any(programmes[name].sensitive for name in list_excluded(state, batch.programme))
    return list_private() | {EXCLUDED} if told else list_private()


def show(emission: Emission, state: State, batch: Batch, entry: Mapping[str, Any], private: bytes = b"") -> None:
    """Add an entry (``kind`` and its fields) about a batch, with what it may not show in its private part."""
    public, secret = dict(entry), dict[str, Any]()
    if batch.sensitive:
        secret = {name: public.pop(name) for name in sorted(_SECRET.get(entry["kind"], frozenset()) & public.keys())}
        for name in sorted(_COUNTS.keys() & secret.keys()):
            public["counts"] = _COUNTS[name](secret[name])
    if "findings" in public:
        public["findings"] = show_findings(entry["findings"], find_hidden(state, batch))
        if public["findings"] != entry["findings"]:
            secret["findings"] = list(entry["findings"])
    emission.add(
        public.pop("kind"), render_instant(state.now), public, extend_private(private, secret) if secret else private
    )
