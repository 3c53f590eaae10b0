"""Owns the view of held lines, for reviewers: which lines, why, whose, with masked names unless asked for in full."""

from collections.abc import Callable, Iterator
from typing import Any

from consolidator.facts.lines import HELD, Batch
from consolidator.facts.state import State
from consolidator.ledger.changes import Reader
from consolidator.privacy.masking import mask_name
from schemas.identifiers import derive_line_ref

Show = Callable[[str], str]


def list_held(state: State, batch: Batch | None = None, show_name: Show = mask_name) -> Iterator[dict[str, Any]]:
    """Give every held line, of one batch or of all, in order. ``show_name`` turns a name into what may be shown."""
    reader = Reader(state)
    for each in state.batches if batch is None else [batch]:
        if each.open is not None and each.state != "open":
            for line in sorted(each.open.findings):
                if each.states[line - 1] == HELD:
                    yield _describe(reader, each, line, show_name)


def _describe(reader: Reader, batch: Batch, line: int, show_name: Show) -> dict[str, Any]:
    part, item = reader.find_slice(batch, line)
    findings = [] if batch.open is None else batch.open.findings[line]
    rows = part.columns.row
    return {
        "line": derive_line_ref(batch.source, batch.document, line),
        "programme": batch.programme,
        "period": batch.period,
        "amount_fen": batch.fen[line - 1],
        "beneficiary_name": show_name(part.columns.beneficiary_name[item]),
        "payee_name": show_name(part.payee_name[item]),
        "findings": findings,
        "file": batch.file,
        "row": None if rows is None else rows[item],
    }
