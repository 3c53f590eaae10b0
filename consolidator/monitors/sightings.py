"""Owns what a monitor takes out of a county's disclosures: who is due what, under a keyed name, and where that stands.

The name is HMAC-SHA-256 under the monitor's key of programme, period, beneficiary and round. Without the key nobody
finds the person by trying out ID numbers.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from hmac import digest
from typing import Any

from schemas.canonical import render_canonical
from schemas.commits import Bundle, list_raw_entries

_KINDS = (b'"kind":"line"', b'"kind":"change"')
_CLAIMING = frozenset(("ready", "held"))
ENDED = "stopped"
FIRST_ROUND = 0  # a rebuilt line takes the place of its source, in the same county


@dataclass(frozen=True, slots=True)
class Sighting:
    """A line that claims an entitlement (``ready`` or ``held``), or has given it back (``stopped``).

    A line that its bank did not pay, or that came back, claims it still: a correction may pay it any day.
    ``entry`` is the entry that says so, in the log of ``county``; the batch is named by ``source`` and ``document``.
    """

    county: str
    entry: int
    source: str
    document: str
    line: int
    state: str


def render_sighting(sighting: Sighting) -> bytes:
    """Write a sighting.

    >>> render_sighting(Sighting("511112", 7, "agri", "B-1", 1, "ready"))
    b'{"county":"511112","document":"B-1","entry":7,"line":1,"source":"agri","state":"ready"}'
    """
    return render_canonical(asdict(sighting))


def parse_sighting(raw: bytes) -> Sighting:
    """Read a sighting that :func:`render_sighting` wrote."""
    return Sighting(**json.loads(raw))


def derive_pseudonym(key: bytes, programme: str, period: str, beneficiary: str) -> bytes:
    """Give the 32 bytes under which all counties' lines for one entitlement meet.

    >>> derive_pseudonym(b"k", "FARM", "2026", "X") == derive_pseudonym(b"k", "FARM", "2027", "X")
    False
    """
    return digest(key, f"{programme}|{period}|{beneficiary}|{FIRST_ROUND}".encode(), sha256)


def list_sightings(key: bytes, county: str, bundle: Bundle) -> Iterator[tuple[bytes, Sighting]]:
    """Give the sightings of a bundle's entries, each with its pseudonym, in order.

    A refused line claims nothing. What was retired with its year has no beneficiary any more, and is passed over.
    """
    for index, raw, private in list_raw_entries([bundle]):
        if not any(kind in raw for kind in _KINDS):
            continue
        fields = json.loads(raw)
        state, beneficiary = _find_state(fields), json.loads(private or b"{}").get("beneficiary_id", "")
        if state and beneficiary:
            place = (fields["source"], fields["document"], fields["line"], state)
            yield (
                derive_pseudonym(key, fields["programme"], fields["period"], beneficiary),
                Sighting(county, index, *place),
            )


def _find_state(fields: dict[str, Any]) -> str:
    """Give the state that matters: of a line when it is assessed, later only that it was stopped; else empty."""
    if fields["kind"] == "line":
        return fields["state"] if fields["state"] in _CLAIMING else ""
    return ENDED if fields["kind"] == "change" and fields["to"] == ENDED else ""
