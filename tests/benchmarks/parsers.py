"""Measures how fast files are parsed and what memory they take: ``python -m tests.benchmarks.parsers [--lines N]``.

Prints its conditions and medians of five; each figure comes from a process of its own. Every person, account and amount
is another one. Compare machines by the leaf-and-tree rate of the same run.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook

from bank_adapters.reading import parse_file
from consolidator.bench.data import make_citizens, make_name
from consolidator.bench.memory import measure_peak_bytes
from consolidator.transparency.tree import CompactRange
from tests.unit.bank_adapters.samples import COVER, TITLES, find_in
from tests.unit.bank_adapters.workbooks import save

RUNS = 5
LEAVES = 200_000
REFERENCE_LEAVES_PER_SECOND = 1_200_000


def _yuan(number: int) -> str:
    return f"{100 + number % 9000}.{number % 100:02d}"


def _sum(lines: int) -> str:
    fen = sum((100 + number % 9000) * 100 + number % 100 for number in range(lines))
    return f"{fen // 100}.{fen % 100:02d}"


def _list_rows(lines: int) -> list[list[str]]:
    titles = TITLES.split(",")
    rows = []
    for number, person in enumerate(make_citizens(lines)):
        values = {"序号": str(number + 1), "村代码": f"511112101{200 + number % 15:03d}", "组": "三组"}
        values |= {
            "享受对象姓名": make_name(number),
            "享受对象身份证号": person,
            "数量": f"{number % 50}.35",
            "单位": "亩",
        }
        values |= {"标准(元)": "32.07", "金额(元)": _yuan(number), "账号": f"6217{number:014d}", "开户行": "示例农信社"}
        rows.append([(values | {"行号": "402665500015"}).get(title, "") for title in titles])
    return rows


def _make_csv(lines: int) -> bytes:
    return "\r\n".join([TITLES, *map(",".join, _list_rows(lines)), ""]).encode()


def _make_json(lines: int) -> bytes:
    titles = TITLES.split(",")
    rows = [dict(zip(titles, row, strict=True)) for row in _list_rows(lines)]
    return json.dumps(rows, ensure_ascii=False).encode()


def _make_xlsx(lines: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    titles = TITLES.split(",")
    money = titles.index("金额(元)")
    sheet.append(titles)
    for row in _list_rows(lines):
        sheet.append([float(text) if place == money else text or None for place, text in enumerate(row)])
    return save(book)


def _make_pay(lines: int) -> bytes:
    rows = [
        f"{number + 1}|{make_name(number)}|6217{number:014d}|{person}|{_yuan(number)}|农村低保|"
        for number, person in enumerate(make_citizens(lines))
    ]
    total = f"{lines}|{_sum(lines)}"
    return "\r\n".join([f"H|B1|0017|{total}|20261106", *rows, f"T|{total}|END", ""]).encode("gb18030")


def _make_fixed(lines: int) -> bytes:
    rows = [
        f"D{number + 1:08}{f'6217{number:014d}':32}{make_name(number)}{' ' * 54}{person}"
        f"{_yuan(number).replace('.', ''):0>16}{'农村低保'}{' ' * 12}"
        for number, person in enumerate(make_citizens(lines))
    ]
    fen = f"{_sum(lines).replace('.', ''):0>16}{lines:08}"
    head = f"F{'6299':32}{'0017':10}BT01{fen}20261106"
    return "\r\n".join([head, *rows, f"E{fen}END", ""]).encode("gb18030")


CASES: dict[str, tuple[str, str, Callable[[int], bytes]]] = {
    "csv, 19 columns": ("bureau-batch", "batch_1.csv", _make_csv),
    "delimited, 7 columns": ("batchpay-402", "PAY402_20261106_0001.txt", _make_pay),
    "fixed in bytes, 7 columns": ("batchpay-102", "PAY102_20261106_0001.dat", _make_fixed),
    "json, 19 columns": ("bureau-batch", "batch_1.json", _make_json),
    "xlsx, 19 columns": ("bureau-batch", "batch_1.xlsx", _make_xlsx),
}


def measure_case(case: str, lines: int, path: Path) -> tuple[float, float, int]:
    """Give seconds (wall, processor) to parse a file of so many lines, and this process's peak memory in KiB."""
    name, file, _ = CASES[case]
    profile = find_in(name)
    cover = COVER if profile.header else f"{COVER}总笔数,{lines}\n总金额(元),{_sum(lines)}\n"
    raw = path.read_bytes()
    wall, own = time.perf_counter(), time.process_time()
    draft = parse_file(profile, file, raw, cover.encode())
    taken = time.perf_counter() - wall, time.process_time() - own
    assert len(draft.columns["amount_fen"] or ()) == lines
    assert draft.columns["bad"] == []
    return *taken, measure_peak_bytes() // 1024


def measure_leaves() -> float:
    """Give leaves per second of the log's tree, which tells machines apart."""
    leaves = [f"{number:0300d}".encode() for number in range(LEAVES)]
    start = time.process_time()
    CompactRange().append_many(leaves)
    return LEAVES / (time.process_time() - start)


def _call(*words: str) -> list[float]:
    command = [sys.executable, "-m", "tests.benchmarks.parsers", *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- this very program
    return [float(word) for word in done.stdout.split()]


def _tell(case: str, lines: int, path: Path) -> str:
    words = ("--case", case, "--lines", str(lines), "--file", str(path))
    _call(*words, "--make")
    runs = [_call(*words) for _ in range(RUNS)]
    wall, own, kib = (statistics.median(run[place] for run in runs) for place in range(3))
    rates = f"{lines / wall:10,.0f} lines/s  {lines / own:10,.0f} lines/s of processor time"
    return f"{case:26} {rates}  {kib / 1024:6,.0f} MiB"


def _tell_conditions(lines: int) -> str:
    leaves = measure_leaves()
    machine = f"Python {platform.python_version()} · {platform.machine()} · {os.cpu_count()} cores"
    return (
        f"{machine} · load {os.getloadavg()[0]:.1f} · {lines:,} lines · medians of {RUNS}\n"
        f"leaves and tree {leaves:,.0f}/s, {leaves / REFERENCE_LEAVES_PER_SECOND:.2f} of the reference machine\n"
    )


def main() -> None:
    """Measure every case, or be the child that makes or parses one file."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.parsers", description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.make:
        words.file.write_bytes(CASES[words.case][2](words.lines))
    elif words.file:
        sys.stdout.write(" ".join(map(str, measure_case(words.case, words.lines, words.file))))
    else:
        sys.stdout.write(_tell_conditions(words.lines))
        with TemporaryDirectory() as folder:
            for case in [words.case] if words.case else CASES:
                sys.stdout.write(f"{_tell(case, words.lines, Path(folder) / 'file')}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
