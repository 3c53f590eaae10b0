"""Owns the list of files that intake turned away, one a source: made from the reasons that stand beside them."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from consolidator.home.files import disk_errors
from consolidator.intake.refusals import REASON
from consolidator.returns.cells import Cell
from consolidator.returns.lists import is_written, write_list
from consolidator.returns.sheets import Table
from consolidator.returns.store import Store
from consolidator.returns.texts import render_solved

NAME = "files-turned-away"  # no document's list is called so: theirs end in a digest
_TITLE = "退回文件"
_COLUMNS: Sequence[tuple[str, int]] = (
    ("原文件 file", 40),
    ("位置 place", 16),
    ("原因代码 code", 14),
    ("原因 reason", 48),
    ("说明 detail", 40),
    ("下一步 next", 48),
)


def write_turned_away(refused: Path, returns: Path, store: Store) -> None:
    """Bring every source's list up to date; a folder in which nothing came or went costs one look."""
    with disk_errors():
        folders = sorted(path for path in refused.iterdir() if path.is_dir()) if refused.is_dir() else []
    for folder in folders:
        with disk_errors():
            names = sorted(path.name for path in folder.iterdir() if _is_reason(path))
        listing = sha256("\n".join(names).encode()).hexdigest()
        known = store.find_listing(folder.name)
        target = returns / folder.name
        if listing == known and is_written(target, NAME):
            continue
        if names or known:
            write_list(target, NAME, partial(_make_table, [folder / name for name in names]))
            store.put_listing(folder.name, listing)


def _is_reason(path: Path) -> bool:
    return path.name.endswith(REASON) and not path.name.startswith(".")


def _make_table(reasons: Sequence[Path]) -> Table:
    return Table(_TITLE, _COLUMNS, _list_rows(reasons))


def _list_rows(reasons: Sequence[Path]) -> Iterator[tuple[Cell, ...]]:
    for path in reasons:
        yield _describe(_read(path))
    if not reasons:
        yield (None, None, None, "已处理 done", render_solved(0), None)


def _read(path: Path) -> dict[str, Any]:
    """Read a reason; one that was taken out meanwhile, or is broken, still has its row."""
    try:
        reason: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        reason = {"file": path.name.removesuffix(REASON)}
    return {**_NOTHING, **reason}


_NOTHING: dict[str, Any] = {
    "file": "",
    "position": "",
    "code": "",
    "text": {"zh": "", "en": ""},
    "detail": "",
    "next": {"zh": "", "en": ""},
}


def _describe(reason: dict[str, Any]) -> tuple[Cell, ...]:
    text, step = reason["text"], reason["next"]
    return (
        reason["file"],
        reason["position"],
        reason["code"],
        f"{text['zh']} / {text['en']}",
        reason["detail"],
        f"{step['zh']} / {step['en']}",
    )
