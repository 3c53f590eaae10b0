"""Owns the list of announced batches that did not come (R43): for who announced them, and who usually sends them.

An announcement names no sender. Whoever sent a batch of the programme for the township before is taken for him, else
whoever ever sent one of the programme.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from consolidator.returns.cells import Cell
from consolidator.returns.lists import is_written, write_list
from consolidator.returns.sheets import Table
from consolidator.returns.store import KnownDocument, Missing, Standing, Store
from consolidator.returns.texts import render_codes, render_reasons

NAME = "batches-overdue"  # no document's list is called so: theirs end in a digest
_TITLE = "逾期未报清单"
_COLUMNS: Sequence[tuple[str, int]] = (
    ("项目编码 programme", 18),
    ("期间 period", 12),
    ("乡镇代码 township", 16),
    ("应报日期 due", 14),
    ("预告单位 announced by", 20),
    ("通常报送单位 usual senders", 28),
    ("原因代码 code", 14),
    ("原因 reason", 40),
    ("下一步 next", 60),
)
_SEND = "尽快报送;不再报送的,告知预告单位 / send it soon; if it will not come, tell who announced it"
_UNKNOWN_SENDER = "查明应报单位并催报 / find out who should send it, and ask for it"
_DONE = "已处理:预告的批次均已报送 / all solved: every announced batch has come"


def take_announcements(store: Store, document: KnownDocument, parts: Iterator[bytes]) -> None:
    """Take batches that are announced anew for another day out of the list: they are late again only after that."""
    for item, names in enumerate(chain.from_iterable(map(_read_names, parts)), start=1):
        if store.find_line(document.id, item) is None:  # nothing was wrong with the item
            store.forget_missing(*names)


def _read_names(raw: bytes) -> Iterator[tuple[Any, ...]]:
    columns: Mapping[str, Sequence[Any]] = json.loads(raw)
    return zip(*(columns[name] for name in ("programme", "period", "township", "due_on")), strict=True)


def write_overdue(returns: Path, store: Store) -> None:
    """Bring the lists up to date: of every source that ever had one, and of those that need one now."""
    sources = _share_out(store)
    for source in sorted({*sources, *store.list_reminded()}):
        rows = sources.get(source, [])
        listing = "\n".join(f"{row}" for row, _ in rows)
        target = returns / source
        if listing == store.find_reminder(source) and is_written(target, NAME):
            continue
        write_list(target, NAME, partial(_make_table, rows))
        store.put_reminder(source, listing)


Row = tuple[Missing, Sequence[str]]


def _share_out(store: Store) -> dict[str, list[Row]]:
    """Give each source its rows, each with its usual senders."""
    shares: dict[str, list[Row]] = {}
    for missing in store.list_missing():
        senders = store.list_senders(missing.programme, missing.township)
        for source in sorted({missing.source, *senders}):
            shares.setdefault(source, []).append((missing, senders))
    return shares


def _make_table(rows: Sequence[Row]) -> Table:
    return Table(_TITLE, _COLUMNS, _list_rows(rows))


def _list_rows(rows: Sequence[Row]) -> Iterator[tuple[Cell, ...]]:
    for missing, senders in rows:
        yield (
            missing.programme,
            missing.period,
            missing.township,
            missing.due_on,
            missing.source,
            " ".join(senders),
            render_codes([missing.finding]),
            render_reasons(Standing("expected", findings=[missing.finding])),
            _SEND if senders else _UNKNOWN_SENDER,
        )
    if not rows:
        yield (*[None] * 7, "已处理 done", _DONE)
