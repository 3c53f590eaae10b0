"""Owns the opening of entries for who holds the private parts: each as it would stand if nothing of it were hidden.

What the public sees and what was sealed must agree. Whether it was sealed is for who has the keys.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consolidator.verify.books import require
from consolidator.verify.corrections import APART
from schemas.canonical import render_canonical

Fields = Mapping[str, Any]
# What a private part may hold in place of the public entry, by kind.
_HIDDEN: Mapping[str, Sequence[str]] = {
    "document": ("control_fen",),
    "line": ("amount_fen", "findings", "route", "village"),
    "change": ("amount_fen", "findings", "route"),
    "finding": ("findings",),
    "batch": ("fen", "findings", "jumps", "plan_fen", "totals", "used_fen"),
    "release": ("banks",),
    "orders": ("fen",),
    "disposition": ("code",),
}
_NEVER_SEALED = frozenset(("document", "finding", "batch", "release", "close"))  # where nothing is hidden or compared


def open_fields(fields: Fields, private: Fields) -> dict[str, Any]:
    """Give an entry's fields with those that its private part holds in their place. Who made it is believed.

    >>> open_fields({"kind": "orders", "count": 2, "sealed": "5"}, {"fen": 300, "parts": []})
    {'kind': 'orders', 'count': 2, 'sealed': '5', 'fen': 300}
    """
    kind = fields["kind"]
    found = {name: private[name] for name in _HIDDEN.get(kind, ()) if name in private}
    seals = kind not in _NEVER_SEALED or "evidence" in private
    dropped = {"counts", "sensitive"} | (set() if seals else {"sealed"})
    return {name: value for name, value in fields.items() if name not in dropped} | found


@dataclass(slots=True)
class Opener:
    """Opens the entries of a log in order; it remembers which batches are sensitive."""

    sensitive: set[tuple[str, str]] = field(default_factory=set)

    def open(self, raw: bytes, private: bytes) -> bytes:
        """Give an entry as it would stand if nothing were hidden. VerificationError where both do not agree."""
        fields, secret = json.loads(raw), json.loads(private or b"{}")
        _check_findings(fields.get("findings", []), secret.get("findings", []))
        opened = _open_close(fields, secret) if fields["kind"] == "close" else open_fields(fields, secret)
        batch = fields.get("source", ""), fields.get("document", "")
        if fields["kind"] == "document" and "sensitive" in fields and fields["outcome"] == "new":
            self.sensitive.add(batch)
        if batch in self.sensitive and "programme" in opened:
            opened["programme"] += APART
        return render_canonical(opened)


def _check_findings(public: Sequence[str], secret: Sequence[str]) -> None:
    """What was found is told, or is told by its level; nothing else is told."""
    if secret:
        shown = {finding if finding in public else f":{finding.partition(':')[2]}" for finding in secret}
        require(shown == set(public), "the findings it tells are not those it seals")


def _open_close(fields: Fields, secret: Fields) -> dict[str, Any]:
    """Put the rows of sensitive programmes among the others; those that were merged must be their sums."""
    rows = secret.get("rows", [])
    merged: dict[tuple[str, str], list[int]] = {}
    for _, bank, state, count, fen in rows:
        pair = merged.setdefault((bank, state), [0, 0])
        pair[0] += count
        pair[1] += fen
    for bank, state, count, fen in fields.get("sensitive", []):
        found = merged.get((bank, state), [0, 0])
        require([count, found[1] if fen is None else fen] == found, "a merged row is not the sum of what it seals")
    apart = [[f"{programme}{APART}", *rest] for programme, *rest in rows]
    return open_fields(fields, {}) | {"rows": [*fields["rows"], *apart]}
