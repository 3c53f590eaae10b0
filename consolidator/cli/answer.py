"""Owns the command ``bank answer``: a made-up bank's result files, to try things out. It needs no home."""

import re
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.formats.orders import OrderRow, parse_order_file
from bank_adapters.formats.text import FILE_BYTES_MAX
from bank_adapters.profiles import (
    Profile,
    find_order_profile,
    find_results_profile,
    load_own_profiles,
    load_profiles,
)
from bank_adapters.simulator.answers import Answer, render_results
from bank_adapters.simulator.deciding import HUNDRED, Shares, decide_answers
from consolidator.cli.terminal import put, put_json, say, yuan
from consolidator.gate.checking import PROOF_SUFFIX
from consolidator.home.files import write_whole
from consolidator.intake.submitting import read_bounded
from consolidator.language import pick, tag
from consolidator.views.words import STATES, name_in
from schemas.errors import ConfigurationError, ConflictError, InputError, UsageError
from schemas.instants import derive_day, parse_date
from schemas.results import RESULT_STATUSES

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class _Reply:
    """A bank's answer to one order file: under what name, what it says."""

    file: Path
    bank: str
    name: str
    answers: Sequence[Answer]
    content: bytes


def run(args: Namespace) -> int:
    """Answer order files as a bank would, each in its bank's own layout."""
    shares = Shares(args.failed, args.unknown, args.returned)
    if min(args.failed, args.unknown, args.returned) < 0 or args.failed + args.unknown + args.returned > HUNDRED:
        message = "各比例不得为负,合计不超过 100 / shares are not negative, and together at most 100"
        raise UsageError(message)
    on = derive_day(int(time.time())) if args.on is None else parse_date(args.on)
    profiles = load_own_profiles(args.profiles) if args.profiles else load_profiles()
    say(
        pick(
            "模拟:没有付款,结果是编出来的;切勿用于真实发放",
            "simulated: nobody paid, and the results are made up; never use them for real money",
        )
    )
    replies = [_reply(path, args.bank, profiles, shares, on) for path in _list_files(args.files)]
    for reply in replies:
        _write(args.out / reply.name, reply.content)
        if not args.json:
            put(_render(reply))
    if args.json:
        put_json({"simulated": True, "files": [_describe(reply) for reply in replies]})
    return 0


def _list_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Give the order files; of a folder, all but hidden files and proofs."""
    for path in paths:
        if not path.exists():
            message = f"文件不存在:{path} / no such file or folder: {path}"
            raise UsageError(message)
        if path.is_dir():
            yield from (each for each in sorted(path.iterdir()) if each.is_file() and not _is_aside(each.name))
        else:
            yield path


def _is_aside(name: str) -> bool:
    return name.startswith(".") or name.endswith(PROOF_SUFFIX)


def _reply(path: Path, bank: str | None, profiles: Mapping[str, Profile], shares: Shares, on: str) -> _Reply:
    layout, orders = _read(path, _list_layouts(bank, profiles))
    told = find_results_profile(layout.bank, profiles)
    if told is None or told.answer_name is None:
        message = f"没有 {layout.bank} 行的结果格式 / no layout of results of bank {layout.bank}: see docs/formats.md"
        raise ConfigurationError(message)
    answers = decide_answers(told, orders, shares, on)
    stem = f"{_NOT_IN_NAMES.sub('_', path.stem)}_{on.replace('-', '')}"
    return _Reply(path, layout.bank, told.answer_name.format(file=stem), answers, render_results(told, answers))


def _list_layouts(bank: str | None, profiles: Mapping[str, Profile]) -> list[OrderLayout]:
    if bank is None:
        return [each for each in profiles.values() if isinstance(each, OrderLayout)]
    layout = find_order_profile(bank, profiles)
    if layout is None:
        message = f"没有 {bank} 行的代发格式 / no order layout of bank {bank}: see docs/formats.md"
        raise ConfigurationError(message)
    return [layout]


def _read(path: Path, layouts: Sequence[OrderLayout]) -> tuple[OrderLayout, Sequence[OrderRow]]:
    """Read an order file by the one layout that fits. InputError ``I10`` when none does, UsageError when several do."""
    raw = read_bounded(path, FILE_BYTES_MAX)
    found = []
    for layout in layouts:
        with suppress(InputError):
            found.append((layout, parse_order_file(layout, raw)))
    if not found:
        raise InputError("I10", f"{path.name} is no order file of these banks")
    if len(found) > 1:
        banks = ", ".join(layout.bank for layout, _ in found)
        message = f"{path.name}:几家银行的格式都读得通({banks}) / several banks' layouts fit: name the bank with --bank"
        raise UsageError(message)
    return found[0]


def _write(path: Path, content: bytes) -> None:
    """Write an answer once: another one of that name may be on its way already."""
    if path.exists() and path.read_bytes() != content:
        message = (
            f"已有另一答复:{path},换一个 --out 或 --on / another answer is there: {path}: use another --out or --on"
        )
        raise ConflictError(message)
    write_whole(path, content)


def _describe(reply: _Reply) -> dict[str, object]:
    counts = Counter(answer.status for answer in reply.answers)
    told: dict[str, object] = {"file": str(reply.file), "bank": reply.bank, "name": reply.name}
    return told | {"count": len(reply.answers)} | {status: counts[status] for status in RESULT_STATUSES}


def _render(reply: _Reply) -> str:
    """Write one line for a person."""
    counts = Counter(answer.status for answer in reply.answers)
    told = " · ".join(f"{name_in(STATES, status)} {counts[status]}" for status in RESULT_STATUSES)
    fen = sum(answer.amount_fen for answer in reply.answers)
    return f"{reply.bank}  {reply.name}  {tag('笔数', 'count')} {len(reply.answers)}  {yuan(fen)}  {told}"
