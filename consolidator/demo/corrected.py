"""Owns what corrections (更正重发) came to, folded from the log's entries alone: which line pays which again."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from consolidator.demo.story import read_fen
from consolidator.sample.places import COUNTY
from consolidator.views.reading import StoredEntry
from schemas.identifiers import derive_line_ref, derive_order_id

_FIRST_ROUND = 1


@dataclass(slots=True)
class Again:
    """A line that pays another's money again: both names, its order's id, whether its payee chose another account."""

    line: str
    source_line: str
    order: str
    fen: int
    state: str
    chose: bool


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became of the corrections: ``batch`` sent them; ``raised`` and ``twice`` are the findings that refused."""

    batch: str
    lines: Sequence[Again]
    raised: Sequence[str]
    twice: Sequence[str]


def tell_corrected(
    entries: Iterable[StoredEntry], source: str, documents: tuple[str, str, str], chosen: Collection[int]
) -> Corrected:
    """Fold the entries of three batches: the one that corrects, the one that asks for more, the one that repeats.

    ``chosen`` are the lines of the original whose payees chose another account.
    """
    fix, raised, twice = documents
    lines: dict[int, Again] = {}
    refused: dict[str, list[str]] = {raised: [], twice: []}
    for fields in (entry.fields for entry in entries if entry.fields.get("source") == source):
        document, kind = fields.get("document"), fields["kind"]
        if kind == "line" and document in refused:
            refused[document] += fields["findings"]
        elif kind == "line" and document == fix and "source_line" in fields:
            lines[fields["line"]] = _begin(fields, chosen)
        elif kind == "change" and document == fix:
            lines[fields["line"]].state = fields["to"]
    return Corrected(f"{source}/{fix}", list(lines.values()), refused[raised], refused[twice])


def _begin(fields: dict[str, Any], chosen: Collection[int]) -> Again:
    source, document, line = fields["source"], fields["document"], fields["line"]
    return Again(
        derive_line_ref(source, document, line),
        fields["source_line"],
        derive_order_id(COUNTY, source, document, line, _FIRST_ROUND),
        read_fen(fields),
        fields["state"],
        int(fields["source_line"].rpartition("/")[2]) in chosen,
    )


def figure_corrections(corrected: Corrected | None) -> Any:  # noqa: ANN401 -- a word, or a JSON object
    """Give the corrections as machines read them: ``none``, or which line pays which again, and what was refused."""
    if corrected is None:
        return "none"
    names = ("line", "source_line", "order", "fen", "state")
    return {
        "batch": corrected.batch,
        "lines": [{name: getattr(each, name) for name in names} for each in corrected.lines],
        "refused": {"raised": list(corrected.raised), "twice": list(corrected.twice)},
    }
