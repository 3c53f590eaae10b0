"""Owns the opening of entries for who holds the private parts: each as it would stand if nothing of it were hidden.

What the public sees and what was sealed must agree; then the totals that were committed to are checked like any others.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consolidator.privacy.commitments import commit_many, derive_openings
from consolidator.transparency.checkpoint import Checkpoint
from consolidator.verify.books import Books, require
from consolidator.verify.bundles import split_bundle
from consolidator.verify.log import Report, check_entries, conclude
from schemas.canonical import render_canonical
from schemas.commits import Bundle
from schemas.errors import VerificationError

Fields = Mapping[str, Any]
_LENGTH = 4  # of a private part, in bytes
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
_NEVER_SEALED = frozenset(("document", "finding", "batch", "release", "close"))  # where nothing is hidden
_APART = "*"  # after a programme's name: its sensitive batches are added up apart from its others


def open_fields(fields: Fields, private: Fields) -> dict[str, Any]:
    """Give an entry's fields with those that its private part holds in their place. Who made it is believed.

    >>> open_fields({"kind": "orders", "count": 2, "sealed": "5"}, {"fen": 300, "parts": []})
    {'kind': 'orders', 'count': 2, 'sealed': '5', 'fen': 300}
    """
    kind = fields["kind"]
    found = {name: private[name] for name in _HIDDEN.get(kind, ()) if name in private}
    dropped = {"counts", "sensitive"} | ({"sealed"} if kind in _NEVER_SEALED else set())
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
            opened["programme"] += _APART
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
    apart = [[f"{programme}{_APART}", *rest] for programme, *rest in rows]
    return open_fields(fields, {}) | {"rows": [*fields["rows"], *apart]}


def verify_opened(bundles: Iterable[Bundle], head: Checkpoint, epoch_keys: Mapping[int, bytes]) -> Report:
    """Check a log that was verified once more, with its private parts: commitments, then all totals in fen.

    ``epoch_keys``: year → 32 bytes. Its report tells the fen of all lines. Raises VerificationError that says in one
    sentence what is wrong, and at which entry; so it does when a private part is not there to be looked at.
    """
    books, opener = Books(), Opener()
    for bundle in bundles:
        if bundle.first >= head.size:
            break
        entries, privates = split_bundle(bundle), _split_privates(bundle)
        _check_commitments(bundle.first, entries, privates, epoch_keys)
        check_entries(books, _open_all(opener, bundle.first, entries, privates), bundle.first)
    return conclude(books, head)


def _open_all(opener: Opener, first: int, entries: Sequence[bytes], privates: Sequence[bytes]) -> list[bytes]:
    opened = list[bytes]()
    try:
        for raw, private in zip(entries, privates, strict=True):
            opened.append(opener.open(raw, private))
    except VerificationError as error:
        message = f"entry {first + len(opened)}: {error}"
        raise VerificationError(message) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:  # its log may have sealed anything
        message = f"entry {first + len(opened)}: what it seals is no private part of its kind"
        raise VerificationError(message) from error
    return opened


def _split_privates(bundle: Bundle) -> list[bytes]:
    blob, privates, at = bundle.disclosures, list[bytes](), 0
    while at < len(blob):
        end = at + _LENGTH + int.from_bytes(blob[at : at + _LENGTH], "big")
        privates.append(blob[at + _LENGTH : end])
        at = end
    require(len(privates) == bundle.count and at == len(blob), f"the private parts of entry {bundle.first} are torn")
    return privates


def _check_commitments(
    first: int, entries: Sequence[bytes], privates: Sequence[bytes], epoch_keys: Mapping[int, bytes]
) -> None:
    """Compare each seal with the private part that is there, under the key of the entry's year."""
    fields = [json.loads(raw) for raw in entries]
    made: dict[int, list[str]] = {}
    for place, (entry, private) in enumerate(zip(fields, privates, strict=True)):
        sealed, year = entry.get("sealed", ""), int(entry["at"][:4])
        if sealed and year not in made:
            require(year in epoch_keys, f"entry {first + place}: there is no epoch key of {year} to open it with")
            made[year] = commit_many(derive_openings(epoch_keys[year], first, len(entries)), privates)
        fits = made[year][place] == sealed if sealed else not private
        require(fits, f"entry {first + place}: its private part is not what was sealed")
