"""Owns the sample's folder: files, keys, manifest.json, truth.json. Writes only into an empty or new folder."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consolidator.sample.casting import build_county
from consolidator.sample.county import County
from consolidator.sample.keyring import SEATS, derive_origin, list_adapters, list_roots, render_keys
from consolidator.sample.places import COUNTY
from consolidator.sample.sheets import NOTE
from consolidator.sample.story import Item, tell
from schemas.errors import ConflictError, UsageError
from schemas.identifiers import COUNTY as COUNTY_PATTERN
from schemas.instants import render_instant

LINES_MIN = 500  # fewer cannot hold every planted case
LINES_MAX = 1_000_000
VERSION = 1
WHOLE = 0  # the line number under which truth.json names a batch as a whole
_NOTE = f"{NOTE} / sample data, all persons are fictional"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written: counts only. ``planted`` are the lines and batches in truth.json."""

    county: str
    lines: int
    batches: int
    files: int
    people: int
    cards: int
    designated: int
    planted: int


def write_sample(
    to: Path, lines: int, seed: int, progress: Progress = lambda _done, _total: None, code: str = COUNTY
) -> SampleSummary:
    """Write a sample county into ``to``: the same bytes for the same (lines, seed, code).

    ``progress`` is called with files written and files in all. Raises UsageError when ``lines`` is out of bounds or
    ``code`` is no county's, ConflictError when the folder holds something already.
    """
    if not LINES_MIN <= lines <= LINES_MAX:
        message = (
            f"示例至少 {LINES_MIN} 行,至多 {LINES_MAX} 行 / a sample has {LINES_MIN} to {LINES_MAX} lines: use --lines"
        )
        raise UsageError(message)
    if COUNTY_PATTERN.fullmatch(code) is None:
        message = "县区代码应为六位数字 / a county code has six digits: use --county"
        raise UsageError(message)
    _check_empty(to)
    county = build_county(lines, seed, code)
    truth = render_truth(county)
    items = list(tell(county, seed))
    _write_keys(to / "keys", seed, code)
    manifest = [_write_item(to, item, place) for item, place in _number(items, progress)]
    _write_json(to / "truth.json", truth)
    _write_json(to / "manifest.json", _describe(lines, seed, code, manifest))
    return SampleSummary(
        code,
        lines,
        len(county.batches),
        len(items),
        truth["people"],
        truth["cards"],
        truth["designated"],
        len(truth["planted"]),
    )


def _check_empty(to: Path) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        message = "目标文件夹不是空的,请换一个 / the target is not empty: choose another folder with --to"
        raise ConflictError(message)


def _number(items: Sequence[Item], progress: Progress) -> Iterator[tuple[Item, str]]:
    """Give each item the name of its folder, in order."""
    width = max(3, len(str(len(items))))
    for number, item in enumerate(items, start=1):
        yield item, f"files/{number:0{width}d}-{item.source}"
        progress(number, len(items))


def _write_item(to: Path, item: Item, place: str) -> dict[str, str]:
    folder = to / place
    folder.mkdir(parents=True)
    (folder / item.name).write_bytes(item.raw)
    if item.cover is not None:
        (folder / f"{item.name}.cover.csv").write_bytes(item.cover)
    return {"file": f"{place}/{item.name}", "source": item.source, "at": render_instant(item.at), "what": item.what}


def _write_keys(folder: Path, seed: int, code: str) -> None:
    folder.mkdir(parents=True)
    for name, raw in render_keys(seed, code).items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(raw)


def _describe(lines: int, seed: int, code: str, items: Sequence[dict[str, str]]) -> dict[str, Any]:
    adapters = [
        {"source": each.source, "key": f"keys/{each.key_name}.key", "profiles": list(each.profiles)}
        for each in list_adapters()
    ]
    officers = [
        {"name": seat.name, "key": f"keys/officer-{seat.name}.key", "role": seat.role, "title": seat.title}
        for seat in SEATS
    ]
    return {
        "v": VERSION,
        "note": _NOTE,
        "county": code,
        "seed": seed,
        "lines": lines,
        "origin": derive_origin(code),
        "roots": list_roots(seed),
        "adapters": adapters,
        "officers": officers,
        "items": items,
    }


def render_truth(county: County) -> dict[str, Any]:
    """Say what is planted where, which lines only look wrong, and how many cards become how many accounts."""
    people = county.registry.people
    lines = [(batch, number, line) for batch in county.batches for number, line in enumerate(batch.lines, start=1)]
    planted = [(batch, number, line.codes, line.what) for batch, number, line in lines]
    planted += [(batch, WHOLE, batch.codes, batch.what) for batch in county.batches]
    return {
        "v": VERSION,
        "note": _NOTE,
        "planted": [
            {
                "source": batch.source,
                "document": batch.document,
                "line": number,
                "codes": list(codes),
                "what": what,
            }
            for batch, number, codes, what in planted
            if codes
        ],
        "look_alikes": [
            {"source": batch.source, "document": batch.document, "line": number, "what": line.look_alike}
            for batch, number, line in lines
            if line.look_alike
        ],
        "people": len(people),
        "cards": sum(len(person.cards) for person in people),
        "designated": sum(person.designated is not None for person in people),
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
