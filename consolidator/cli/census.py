"""Owns the command ``census``: request, show, report. A person's ID is never a word of the command line."""

import io
import re
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from consolidator.bootstrap import load_view, open_home
from consolidator.cli.terminal import put, put_json, put_table, say
from consolidator.home.files import write_whole
from consolidator.language import pick, tag
from consolidator.returns.cells import Cell, is_formula_like
from consolidator.returns.sheets import Table, write_csv, write_xlsx
from consolidator.views.census import Question, list_questions, show_person
from consolidator.views.consolidation import COUNTY_ROW, Consolidation, Town, build_report, describe_town
from consolidator.views.facts import STATUSES
from consolidator.views.words import KEEPERS, name_in
from schemas.errors import InputError, UsageError

_PERSON_ID = re.compile(r"[0-9]{17}[0-9X]|[0-9A-HJ-NPQRTUWXY]{18}")
_REQUEST = (("序号", 8), ("户名", 16), ("证件号码", 22), ("银行代码", 10), ("账号", 24), ("核验结果", 12))
_COUNTS = (
    ("人口", "people", "people"),
    ("持卡人数", "holders", "holders"),
    ("归并前卡数", "cards before", "cards"),
    ("归并后账户", "accounts after", "designated"),
    ("减少卡数", "cards saved", "saved"),
    ("他人保管", "kept by others", "kept_by_others"),
    ("多人共用", "named by several", "named_by_several"),
    ("无指定账户", "without designation", "undesignated"),
)
_STATUSES = ("normal", "mismatch", "dormant", "closed", "inactive", "")
_PERSONS = (("乡镇 township", 12), ("村 village", 16), ("姓名 name", 14), ("证件号码 ID", 22), ("卡数 cards", 8))
_ACCOUNTS = (
    ("乡镇 township", 12),
    ("账号 account", 24),
    ("银行代码 bank", 10),
    ("户名 holder", 14),
    ("证件号码 ID", 22),
    ("保管人 keeper", 12),
    ("涉及人数 persons", 10),
)


# ---- what must not stand on the command line


def read_private(word: str | None, file: Path | None, option: str) -> str:
    """Read an ID or account number from a line of stdin (``-``) or a file: other users see a command line's words."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            message = f"文件无法读取 / {option}-file cannot be read: name a text file with one line"
            raise UsageError(message) from error
    if word != "-":
        message = (
            f"号码不要写在命令行上 / a number on the command line is seen by others: "
            f"write {option} - and give it on stdin, or use {option}-file FILE"
        )
        raise UsageError(message)
    return sys.stdin.readline().strip()


def read_identity(args: Namespace) -> str:
    """Read the person's ID. InputError ``S01`` when it is none."""
    identity = read_private(args.id, args.id_file, "--id").upper()
    if _PERSON_ID.fullmatch(identity) is None:
        raise InputError("S01", "an ID has 18 characters")
    return identity


# ---- request: what a bank is asked


def request(args: Namespace) -> int:
    """Write the verification list for a bank."""
    questions = list_questions(load_view(open_home(args.home)).state, args.bank)
    as_sheet = args.out is not None and args.out.suffix == ".xlsx"
    told = questions if as_sheet else [each for each in questions if not is_formula_like(each.name)]
    left_out = len(questions) - len(told)
    raw = _render_request(told, as_sheet=as_sheet)
    if args.out is not None:
        write_whole(args.out, raw)
    if args.json:
        put_json({"bank": args.bank, "rows": len(told), "left_out": left_out, "file": str(args.out or "")})
    elif args.out is None:
        sys.stdout.write(raw.decode())
    say(f"{tag('核验清单', 'verification list')}: {len(told)}  {args.out or ''}".rstrip())
    if left_out:
        say(
            pick(
                f"有 {left_out} 个户名形似公式,不能写入 CSV:请用 --out 文件名.xlsx",
                f"{left_out} names look like formulas and cannot stand in CSV: use --out FILE.xlsx",
            )
        )
    return InputError.exit_code if left_out else 0


def _render_request(questions: Sequence[Question], *, as_sheet: bool) -> bytes:
    rows: list[Sequence[Cell]] = [
        (str(number), each.name, each.identity, each.bank, each.account, "")
        for number, each in enumerate(questions, start=1)
    ]
    file = io.BytesIO()
    table = Table("核验清单", _REQUEST, rows)
    if as_sheet:
        write_xlsx(file, [table])
    else:
        write_csv(file, table)
    return file.getvalue()


# ---- show: one person


def show(args: Namespace) -> int:
    """Answer the three questions for one person."""
    person = show_person(load_view(open_home(args.home)).state, read_identity(args), full=args.full)
    if args.json:
        put_json(person)
    else:
        _tell_person(person)
    return 0


def _tell_person(person: dict[str, Any]) -> None:
    put(f"{person['name'] or '-'}  {person.get('id', '')}  {tag('乡镇', 'township')} {person['township'] or '-'}")
    banks = "、".join(person["banks"]) or "-"
    cards, kept = person["cards"], person["kept_by_others"]
    put(pick(f"有几张卡:{cards}", f"how many cards: {cards}"))
    put(pick(f"在哪些银行:{banks}", f"at which banks: {banks}"))
    put(pick(f"由他人保管:{kept}", f"kept by others: {kept}"))
    if person["suspended"]:
        put(pick("指定账户已暂停", "the designation is suspended"))
    if not cards:
        say(
            pick(
                "持卡台账中没有此人的账户:先报持卡台账",
                "the census has no account of this person: send the card census first",
            )
        )
        return
    put("")
    put_table([_head_cards(), *(_render_card(card) for card in person["accounts"])])


def _head_cards() -> tuple[str, ...]:
    return (
        tag("银行", "bank"),
        tag("账号", "account"),
        tag("保管人", "keeper"),
        tag("发放项目", "programmes"),
        tag("银行核验", "bank's answer"),
        tag("指定账户", "designation"),
    )


def _render_card(card: dict[str, Any]) -> tuple[str, ...]:
    status = f"{pick(*STATUSES[card['status']])} {card['checked_on']}".strip()
    version = f"{tag('版本', 'version')} {card['designation']}" if card["designation"] else "-"
    force = f" ({pick('生效中', 'in force')})" if card["in_force"] else ""
    return (
        f"{card['bank']} {card['bank_name']}".strip(),
        card["account"],
        name_in(KEEPERS, card["keeper"]),
        "、".join(card["programmes"]) or "-",
        status,
        version + force,
    )


# ---- report: the county


def report(args: Namespace) -> int:
    """Report how far consolidation is, by township."""
    found = build_report(load_view(open_home(args.home)).state)
    if args.to is not None:
        _write_report(args.to, found)
    if args.json:
        put_json({"townships": [describe_town(town) for town in found.towns], "file": str(args.to or "")})
        return 0
    titles = [tag(zh, en) for zh, en, _ in _COUNTS]
    put_table([(tag("乡镇", "township"), *titles), *(_render_town(town) for town in found.towns)])
    put("")
    statuses = [pick(*STATUSES[status]) for status in _STATUSES]
    rows = [(_name_town(town), *(str(town.statuses[status]) for status in _STATUSES)) for town in found.towns]
    put_table([(tag("账户核验", "accounts by answer"), *statuses), *rows])
    if args.to is None:
        say(pick("名单只写入文件:加 --to 文件名.xlsx", "names stand in the file only: add --to FILE.xlsx"))
    return 0


def _render_town(town: Town) -> tuple[str, ...]:
    return (_name_town(town), *(str(town.counts[name]) for _, _, name in _COUNTS))


def _name_town(town: Town) -> str:
    if town.code == COUNTY_ROW:
        return tag("全县", "county")
    return town.code or tag("不详", "unknown")


def _write_report(path: Path, found: Consolidation) -> None:
    """Write figures, persons without designation and shared accounts; it holds personal data, so mode 0600."""
    if path.suffix != ".xlsx":
        message = "报告写成 .xlsx / the report is a workbook: name it --to FILE.xlsx"
        raise UsageError(message)
    titles = [("乡镇 township", 14), *((f"{zh} {en}", 16) for zh, en, _ in _COUNTS)]
    titles += [(" ".join(STATUSES[status]), 14) for status in _STATUSES]
    figures: list[Sequence[Cell]] = [
        (
            _name_town(town),
            *(town.counts[name] for _, _, name in _COUNTS),
            *(town.statuses[status] for status in _STATUSES),
        )
        for town in found.towns
    ]
    persons: list[Sequence[Cell]] = [
        (each.town, each.village, each.name, each.identity, each.cards) for each in found.undesignated
    ]
    accounts: list[Sequence[Cell]] = [
        (each.town, each.account, each.bank, each.holder_name, each.holder, KEEPERS[each.keeper], each.persons)
        for each in found.shared
    ]
    file = io.BytesIO()
    tables = [
        Table("汇总", titles, figures),
        Table("无指定账户人员", _PERSONS, persons),
        Table("代管及共用账户", _ACCOUNTS, accounts),
    ]
    write_xlsx(file, tables)
    write_whole(path, file.getvalue())
