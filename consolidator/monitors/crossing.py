"""Owns R17: a person's lines for one programme and period in two counties. One row a person, programme and period.

A row only grows, and what is in it does not depend on the order in which sightings came, nor on how often: a monitor
may be told the same again, by a restart or by a transaction that was aborted and done anew.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest
from typing import NamedTuple

from consolidator.monitors.sightings import ENDED, Sighting, list_sightings, parse_sighting, render_sighting
from schemas.anomalies import Anomaly, Double
from schemas.canonical import render_canonical
from schemas.commits import Bundle
from schemas.errors import invariant

CROSSING = "R17"
REFERENCE_CHARACTERS = 32
LINES_MAX = 1_000  # of one person, programme and period in all counties, some per plot or machine

Place = tuple[str, str, str, int]  # county, source, document, line


class Claim(NamedTuple):
    """What is known of one line: its entry (None while only its end was seen), and whether it has ended."""

    entry: int | None
    ended: bool

    @property
    def stands(self) -> bool:
        """Whether the line holds its entitlement."""
        return self.entry is not None and not self.ended


Row = Mapping[Place, Claim]


@dataclass(frozen=True, slots=True)
class CrossCounty:
    """The monitor of R17; ``key`` is its own, 32 random bytes."""

    key: bytes
    name: str = "r17"

    def read(self, county: str, bundle: Bundle) -> list[tuple[bytes, bytes]]:
        """Give what matters of a county's bundle: events, each with the key of its row."""
        return [(pseudonym, render_sighting(seen)) for pseudonym, seen in list_sightings(self.key, county, bundle)]

    def fold(self, row: bytes | None, event: bytes) -> tuple[bytes, list[Anomaly]]:
        """Take an event into its row; gives the row as it is then, and what is found by it, for both counties."""
        before, sighting = parse_row(row), parse_sighting(event)
        after = add_sighting(before, sighting)
        place = _find_place(sighting)
        found = list(self._find_doubles(after, place)) if _begins_to_stand(before, after, place) else []
        return render_row(after), found

    def _find_doubles(self, row: Row, place: Place) -> Iterator[Anomaly]:
        """Give, for a line that has come to stand, each line of another county that stands, from both sides."""
        for other in sorted(row):
            if other[0] != place[0] and row[other].stands:
                yield self._compare(row, place, other)
                yield self._compare(row, other, place)

    def _compare(self, row: Row, place: Place, other: Place) -> Anomaly:
        county, source, document, line = place
        entry, other_entry = row[place].entry or 0, row[other].entry or 0
        double = Double(CROSSING, county, entry, other[0], other_entry)
        return Anomaly(
            rule=CROSSING,
            reference=self._derive_reference(double),
            county=county,
            source=source,
            document=document,
            line=line,
            entry=entry,
            other_county=other[0],
            other_entry=other_entry,
        )

    def _derive_reference(self, double: Double) -> str:
        return digest(self.key, render_canonical(double._asdict()), sha256).hex()[:REFERENCE_CHARACTERS]


def add_sighting(row: Row, sighting: Sighting) -> dict[Place, Claim]:
    """Give a row with a sighting in it. InvariantError when a row is longer than any person's lines can be."""
    place = _find_place(sighting)
    known = row.get(place, Claim(None, ended=False))
    if sighting.state == ENDED:
        known = known._replace(ended=True)
    elif known.entry is None:
        known = known._replace(entry=sighting.entry)
    after = {**row, place: known}
    invariant(len(after) <= LINES_MAX, "one person has more lines for one programme and period than a row holds")
    return after


def _begins_to_stand(before: Row, after: Row, place: Place) -> bool:
    return after[place].stands and not (place in before and before[place].stands)


def _find_place(sighting: Sighting) -> Place:
    return sighting.county, sighting.source, sighting.document, sighting.line


def list_doubles(row: Row) -> list[tuple[Place, Place]]:
    """Give the pairs of lines in different counties that stand now, each once."""
    standing = sorted(place for place, claim in row.items() if claim.stands)
    return [(one, two) for at, one in enumerate(standing) for two in standing[at + 1 :] if one[0] != two[0]]


def render_row(row: Row) -> bytes:
    """Write a row, the same bytes for the same content.

    >>> render_row({("511112", "agri", "B-1", 1): Claim(7, ended=False)})
    b'{"lines":[["511112","agri","B-1",1,7,false]]}'
    """
    return render_canonical({"lines": [[*place, *row[place]] for place in sorted(row)]})


def parse_row(raw: bytes | None) -> dict[Place, Claim]:
    """Read a row that :func:`render_row` wrote; none yet is an empty one."""
    lines = [] if raw is None else json.loads(raw)["lines"]
    return {
        (county, source, document, line): Claim(entry, ended) for county, source, document, line, entry, ended in lines
    }
