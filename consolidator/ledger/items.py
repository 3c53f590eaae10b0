"""Owns the reading of documents whose items stand alone: all parts, one by one, refused items counted from 1.

A document is read whole before anything of it takes effect, so a wrong last part leaves no half a document behind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from consolidator.ledger.acts import Act, H, emit_effect, emit_refusal
from consolidator.ledger.emission import Emission
from schemas.errors import InputError
from schemas.parts import PARTS, Columns, parse_part

C = TypeVar("C", bound=Columns)


@dataclass(slots=True)
class Tally:
    """What became of the items so far: how many were accepted, which were refused (item from 1, code).

    ``details`` say more to the operator, without personal data.
    """

    accepted: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    details: dict[int, str] = field(default_factory=dict)

    def count(self, item: int, code: str, detail: str = "") -> None:
        """Count an item that was carried out (no code), or refused although its shape is right."""
        if code:
            self.refused.append((item, code))
            self.details[item] = detail
        else:
            self.accepted += 1


@dataclass(frozen=True, slots=True)
class Items(Generic[C]):
    """One part and, for each index of its columns that may be used, the item's number in the document."""

    columns: C
    numbers: list[tuple[int, int]]
    size: int


def read_parts(act: Act[H], model: type[C], tally: Tally) -> list[Items[C]]:
    """Read all parts of a document; odd items go to the tally.

    Raises InputError: ``D09`` a part is no part, ``D10`` the parts hold another number of items than the header states.
    """
    parts = [parse_part(model, raw) for raw in act.parts]
    sizes = [len({*parsed.positions, *parsed.refused}) for parsed in parts]
    if sum(sizes) != act.header.count:
        raise InputError("D10", f"{sum(sizes)} items are there")
    first = 1
    found = []
    for parsed, size in zip(parts, sizes, strict=True):
        numbers = [(index, first + at) for index, at in enumerate(parsed.positions) if at not in parsed.refused]
        tally.refused += [(first + at, code) for at, (_, code) in sorted(parsed.refused.items())]
        found.append(Items(parsed.columns, numbers, size))
        first += size
    return found


def propose_items(act: Act[H]) -> Iterator[Emission]:
    """Check that a document that waits for its second person can be read; its items are judged at the confirm."""
    try:
        read_parts(act, PARTS[act.header.kind], Tally())
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)


def carry_out(act: Act[H], model: type[C], take: Callable[[C, int], str]) -> Iterator[Emission]:
    """Carry a document's items out, part by part. ``take`` does one, and gives a reason code or empty."""
    tally = Tally()
    try:
        parts = read_parts(act, model, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    for items in parts:
        for index, number in items.numbers:
            tally.count(number, take(items.columns, index))
        yield Emission(lines=items.size)
    yield emit_effect(act, tally.accepted, sorted(tally.refused))
