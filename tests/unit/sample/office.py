"""Reads a sample's files the plain way, with nothing of the program's own readers: what a careful clerk would see."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of a batch, amounts in fen, quantity in thousandths."""

    source: str
    document: str
    line: int
    programme: str
    period: str
    beneficiary_id: str
    beneficiary_name: str
    payee_id: str
    amount_fen: int
    quantity_milli: int | None
    plot: str
    account: str
    village: str

    @property
    def place(self) -> tuple[str, str, int]:
        """How truth.json names the line."""
        return self.source, self.document, self.line


@dataclass(frozen=True)
class Sheet:
    """A batch file: what it states and what it holds."""

    cover: dict[str, str]
    stated: tuple[int, int]
    rows: list[Row]


class Office:
    """A sample folder, opened."""

    def __init__(self, folder: Path) -> None:
        """Read manifest, truth and batches."""
        self.folder = folder
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
        self.truth: dict[str, Any] = json.loads((folder / "truth.json").read_bytes())
        files = [folder / item["file"] for item in self.manifest["items"]]
        self.signed = [path for path in files if path.suffix == ".jsonl"]
        self.legacy = [path for path in files if path.suffix != ".jsonl"]
        self.sheets = [
            _read_sheet(path, item["source"])
            for path, item in zip(files, self.manifest["items"], strict=True)
            if path.name.startswith(("PAY402_", "batch_"))
        ]

    @property
    def first_plans(self) -> dict[str, int]:
        """Give each plan number's fen as the first policy has it."""
        part = json.loads(self.signed[0].read_bytes().splitlines()[1])
        items = zip(part["subject"], part["id"], part["value"], strict=True)
        return {name: value["fen"] for subject, name, value in items if subject == "plan"}

    def table(self, prefix: str) -> list[dict[str, str]]:
        """Give all rows of the CSV files whose name begins so, in order of sending."""
        return [row for path in self.legacy if path.name.startswith(prefix) for row in read_csv(path)]

    @property
    def rows(self) -> list[Row]:
        """Give all batch lines, in order of sending."""
        return [row for sheet in self.sheets for row in sheet.rows]


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def read_cover(path: Path) -> dict[str, str]:
    cover = path.with_name(f"{path.name}.cover.csv").read_bytes().decode("utf-8-sig")
    return {key: value for key, value in csv.reader(io.StringIO(cover, newline="")) if key != "键"}


def read_thousandths(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 1000 + int(rest.ljust(3, "0") or "0")


def _read_fen(text: str) -> int:
    return read_thousandths(text) // 10


def _read_sheet(path: Path, source: str) -> Sheet:
    cover = read_cover(path)
    names = (source, cover["编号"])
    call = (cover["项目编码"], cover["期间"])
    if path.suffix == ".txt":
        head, *body, tail = [row.split("|") for row in path.read_bytes().decode("gb18030").rstrip("\r\n").split("\r\n")]
        assert (head[0], tail[0], tail[3], head[3:5]) == ("H", "T", "END", tail[1:3])
        rows = [
            Row(*names, number, *call, fields[3], fields[1], fields[3], _read_fen(fields[4]), None, "", fields[2], "")
            for number, fields in enumerate(body, start=1)
        ]
        return Sheet(cover, (int(head[3]), _read_fen(head[4])), rows)
    rows = [
        Row(
            *names,
            number,
            *call,
            fields["享受对象身份证号"],
            fields["享受对象姓名"],
            fields["领款人身份证号"] or fields["享受对象身份证号"],
            _read_fen(fields["金额(元)"]),
            read_thousandths(fields["数量"]) if fields["数量"] else None,
            fields["编号"],
            fields["账号"],
            fields["村代码"],
        )
        for number, fields in enumerate(read_csv(path), start=1)
    ]
    return Sheet(cover, (int(cover["总笔数"]), _read_fen(cover["总金额(元)"])), rows)
