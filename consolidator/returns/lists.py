"""Owns the rows of one document's list, and its files: .xlsx for people, CSV for programs, whole or not at all."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import IO

from consolidator.home.files import PRIVATE, disk_errors, make_folder, sync_folder
from consolidator.returns.cells import Cell, Yuan
from consolidator.returns.folding import CLOSED_STATES
from consolidator.returns.sheets import Table, write_csv, write_xlsx
from consolidator.returns.store import KnownDocument, Store, StoredLine, StoredWords, parse_standing
from consolidator.returns.texts import (
    COLUMNS,
    render_codes,
    render_compared,
    render_next,
    render_reasons,
    render_solved,
    render_state,
)
from schemas.identifiers import derive_line_ref

TITLE = "疑点及退回清单"
DIGEST_CHARACTERS = 8  # tells two documents of one id apart
_CHUNK_BYTES = 1_048_576


def name_list(document: KnownDocument) -> str:
    """Give the name of a document's list, without suffix; a document's id never holds personal data."""
    return f"{document.document}_{document.digest[:DIGEST_CHARACTERS]}"


def list_rows(store: Store, document: KnownDocument) -> Iterator[tuple[Cell, ...]]:
    """Give the rows of a document's list: what is open or to be known; when all is solved, a note that says so."""
    solved = told = 0
    for line in store.lines(document.id):
        words = _render_words(line.words)
        if words:
            told += 1
            yield _describe(document, line, words)
        else:
            solved += 1
    if not told:
        yield (document.document, document.file, *[None] * 6, "已处理 done", None, render_solved(solved), *[None] * 3)


@lru_cache(maxsize=4_096)  # a list says the same few things thousands of times
def _render_words(words: StoredWords) -> tuple[str, ...]:
    """Write state, codes, reasons, facts and what to do; nothing when the line is solved."""
    standing = parse_standing(words)
    if not standing.findings and standing.state in CLOSED_STATES:
        return ()
    return (
        render_state(standing.state),
        render_codes([*standing.findings, *filter(None, [standing.told.get("why")])]),
        render_reasons(standing),
        render_compared(standing),
        render_next(standing),
    )


def _describe(document: KnownDocument, line: StoredLine, words: Sequence[str]) -> tuple[Cell, ...]:
    person = line.person
    state, codes, reasons, compared, step = words
    return (
        document.document,
        document.file,
        person.row,
        line.line or None,
        person.name,
        person.identity,
        person.payee,
        None if person.amount_fen is None else Yuan(person.amount_fen),
        state,
        codes,
        reasons,
        ";".join(filter(None, (person.order and f"指令 order {person.order}", compared))),
        step,
        derive_line_ref(document.source, document.document, line.line) if _is_line(document, line) else None,
    )


def _is_line(document: KnownDocument, line: StoredLine) -> bool:
    """Say whether a row is of a line of a batch: the only ones that others name."""
    return document.kind == "batch" and line.line > 0


def write_document_list(folder: Path, store: Store, document: KnownDocument) -> bool:
    """Write a document's list below ``folder``; says whether anything changed."""
    return write_list(folder, name_list(document), lambda: Table(TITLE, COLUMNS, list_rows(store, document)))


def write_list(folder: Path, name: str, make_table: Callable[[], Table]) -> bool:
    """Write both files of a list, unless they are there with these rows already.

    The CSV is renamed last, so that a crash in between leaves one that differs, and both are written again.
    """
    with disk_errors():
        make_folder(folder)
        sheet, text = folder / f"{name}.xlsx", folder / f"{name}.csv"
        draft = text.with_name(f".{text.name}.tmp")
        _write(draft, lambda file: write_csv(file, make_table()))
        if sheet.exists() and text.exists() and _digest(draft) == _digest(text):
            draft.unlink()
            return False
        sheet_draft = sheet.with_name(f".{sheet.name}.tmp")
        _write(sheet_draft, lambda file: write_xlsx(file, [make_table()]))
        sheet_draft.replace(sheet)
        draft.replace(text)
        sync_folder(folder)
    return True


def is_written(folder: Path, name: str) -> bool:
    """Say whether both files of a list are there."""
    return all((folder / f"{name}{suffix}").exists() for suffix in (".xlsx", ".csv"))


def _write(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "w+b") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> bytes:
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.digest()
