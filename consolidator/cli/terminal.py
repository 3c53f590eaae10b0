"""Owns what goes to the terminal: data to stdout, the rest to stderr, a progress bar only when a person watches."""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from typing import Any

from consolidator.language import tag
from schemas.money import render_yuan

Advance = Callable[[int, int], None]


def put(text: str) -> None:
    """Write a line of data."""
    sys.stdout.write(f"{text}\n")


def put_json(value: Mapping[str, Any]) -> None:
    """Write one JSON object."""
    put(json.dumps(value, ensure_ascii=False, indent=1))


def say(text: str) -> None:
    """Tell the person something that is no data."""
    sys.stderr.write(f"{text}\n")


def is_watched() -> bool:
    """Say whether a person sees stderr."""
    return sys.stderr.isatty()


def _ignore(_done: int, _total: int) -> None:
    """Show nothing."""


@contextmanager
def progress(text: str) -> Iterator[Advance]:
    """Give what moves a progress bar (done, total); nothing is shown when nobody watches."""
    if not is_watched():
        yield _ignore
        return
    from rich.console import Console  # noqa: PLC0415 -- only where a bar is shown; it takes 100 ms
    from rich.progress import Progress  # noqa: PLC0415 -- the same

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def put_table(rows: list[tuple[str, ...]]) -> None:
    """Write rows in columns; Chinese characters take two places."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        put("  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip())


def yuan(fen: int) -> str:
    """Write an amount for a person."""
    return f"{render_yuan(fen)} {tag('元', 'yuan')}"


def _width(text: str) -> int:
    return sum(2 if ord(character) >= 0x1100 else 1 for character in text)  # noqa: PLR2004 -- where wide scripts begin


def end_on_signals(ending: Event) -> Event:
    """Have SIGINT and SIGTERM set an event, so that what runs until told to stop ends in good order; gives it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    return ending
