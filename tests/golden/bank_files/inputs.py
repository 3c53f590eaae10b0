"""Owns one small file per incoming profile and format, as its sender would write it. All people are fictional."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from openpyxl import Workbook

from tests.unit.bank_adapters.samples import TITLES
from tests.unit.bank_adapters.workbooks import Value, save, save_workbook

PEOPLE = [
    ("魏槐仓", "511199196112210017", "6299402447587213728", 39606),
    ("迪丽·热巴", "511199198402040019", "6299402447587213736", 120000),
    ("𠀀某", "51119919730410001X", "0062994024475872", 5),
]
FEN = sum(fen for *_, fen in PEOPLE)
YUAN = f"{FEN // 100}.{FEN % 100:02d}"


def _row(*values: Value) -> Sequence[Value]:
    return values


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _bytes(text: str, width: int) -> str:
    return text + " " * (width - len(text.encode("gb18030")))


def _pay_102() -> bytes:
    lines = [f"F{'6299000000000000102':32}{'0017':10}BT01{FEN:016}{3:08}20261106"]
    for serial, (name, person, account, fen) in enumerate(PEOPLE, start=1):
        lines.append(f"D{serial:08}{account:32}{_bytes(name, 60)}{person}{fen:016}{_bytes('农村低保', 20)}")
    return "\r\n".join([*lines, f"E{FEN:016}{3:08}END", ""]).encode("gb18030")


def _pay_103() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    rows: list[Sequence[Value]] = [
        ["代发工资及补贴清单"],
        ["制表日期:2026-11-06"],
        ["总笔数", 3, "总金额(元)", FEN / 100],
        ["序号", "收款人姓名", "收款人证件号码", "收款账号", "金额(元)", "开户行行号", "备注"],
        *(
            _row(n, name, person, account, fen / 100, "402665500015", "")
            for n, (name, person, account, fen) in _number()
        ),
    ]
    for row in rows:
        sheet.append([*row])
    sheet.merge_cells("A1:G1")
    for number in range(5, 8):
        sheet[f"E{number}"].number_format = "#,##0.00"
    return save(book)


def _number() -> Iterator[tuple[int, tuple[str, str, str, int]]]:
    yield from enumerate(PEOPLE, start=1)


def _pay_105() -> bytes:
    lines = ["惠农补贴批量代发", "请勿修改本文件", f"B20261106※3※{YUAN}※20261106"]
    for name, person, account, fen in PEOPLE:
        lines.append(f"6299000000000000105※0017※BT01※{name}※{account}※示例农信社※402665500015※{person}※{_yuan(fen)}※")
    return "\n".join([*lines, "#END#※3", ""]).encode()


def _pay_105_fixed() -> bytes:
    lines = [f"{3:08}{YUAN:0>16}20261106{'6299000000000000105':32}"]
    lines += [f"{name:30}{account:32}{person}{_yuan(fen):0>16}{'农村低保':20}" for name, person, account, fen in PEOPLE]
    return "\r\n".join([*lines, ""]).encode()


def _pay_402() -> bytes:
    lines = [f"H|B20261106|0017|3|{YUAN}|20261106"]
    lines += [f"{n}|{name}|{account}|{person}|{_yuan(fen)}|农村低保|" for n, (name, person, account, fen) in _number()]
    return "\r\n".join([*lines, f"T|3|{YUAN}|END", ""]).encode("gb18030")


def _pay_403() -> bytes:
    return save_workbook(
        [
            ["惠农补贴发放表"],
            ["编号", "卡号", "姓名", "身份证号码", "实发金额", "村代码"],
            *(_row(n, account, name, person, fen / 100, 511112101201) for n, (name, person, account, fen) in _number()),
            ["合计", 3, None, None, FEN / 100],
        ]
    )


def _pay_403_csv() -> bytes:
    lines = [f"00,{YUAN},3,0017", "序号,卡号,姓名,身份证号码,实发金额,用途"]
    lines += [
        f'{n},{account},{name},{person},{_yuan(fen)},"低保,十月"' for n, (name, person, account, fen) in _number()
    ]
    return "\r\n".join([*lines, f"99,3,{YUAN}", ""]).encode("utf-8-sig")


def _bureau() -> tuple[list[str], list[list[str]]]:
    titles = TITLES.split(",")
    rows = []
    for serial, (name, person, account, fen) in _number():
        values = {"序号": str(serial), "村代码": "511112101201", "享受对象姓名": name, "享受对象身份证号": person}
        values |= {"数量": "12.35", "单位": "亩", "金额(元)": _yuan(fen), "账号": account, "行号": "402665500015"}
        rows.append([values.get(title, "") for title in titles])
    return titles, rows


def _corrections() -> tuple[list[str], list[list[str]]]:
    """Give the same lines, of which the second corrects a line of an earlier batch."""
    titles, rows = _bureau()
    named = ["", "civil/DB-202610-001/2", ""]
    return [*titles, "更正原明细"], [[*row, source] for row, source in zip(rows, named, strict=True)]


def _csv(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    return "\r\n".join([*map(",".join, [titles, *rows]), ""]).encode("utf-8-sig")


def _bureau_xlsx() -> bytes:
    titles, rows = _bureau()
    money = [titles.index("数量"), titles.index("金额(元)")]
    return save_workbook(
        [titles, *([float(v) if i in money else v or None for i, v in enumerate(row)] for row in rows)]
    )


def _bureau_json() -> bytes:
    titles, rows = _bureau()
    found = [{title: value for title, value in zip(titles, row, strict=True) if value} for row in rows]
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _order(line: int) -> str:
    return f"511112/civil/DB-202610-001/{line}/0"


def _results_102() -> bytes:
    none = "00000000"
    told = [("0000", "交易成功", "102-1", "20261106"), ("E201", "账户已销户", "", none), ("P001", "处理中", "", none)]
    lines = [f"R{'0017':10}{FEN:016}{3:08}20261106"]
    for (n, (name, _, account, fen)), (code, reason, number, day) in zip(_number(), told, strict=True):
        line = f"D{n:08}{_order(n):110}{account:32}{_bytes(name, 256)}{fen:016}"
        lines.append(f"{line}{code}{_bytes(reason, 60)}{number:24}{day}")
    return "\r\n".join([*lines, f"E{FEN:016}{3:08}END", ""]).encode("gb18030")


def _results_103() -> bytes:
    """Flags and days as people's spreadsheets keep them: numbers, dates, texts."""
    told: list[Sequence[Value]] = [
        (1, None, "103-1", date(2026, 11, 6)),
        (0, "户名不符", None, None),
        ("9", "收款行退回", "103-3", "2026/11/9"),
    ]
    book = Workbook()
    sheet = book.worksheets[0]
    rows: list[Sequence[Value]] = [
        ["代发工资及补贴结果清单"],
        ["制表日期:2026-11-09"],
        ["总笔数", 3, "总金额(元)", FEN / 100],
        ["序号", "收款人姓名", "收款账号", "金额(元)", "处理标志", "失败原因", "交易流水号", "入账日期", "代发指令号"],
        *(
            _row(n, name, account, fen / 100, *said, _order(n))
            for (n, (name, _, account, fen)), said in zip(_number(), told, strict=True)
        ),
    ]
    for row in rows:
        sheet.append([*row])
    sheet.merge_cells("A1:I1")
    return save(book)


def _results_105() -> bytes:
    told = [("0", "成功", "A1", "20261106"), ("1", "无此账户", "", ""), ("6", "超时", "A3", "20261106")]
    lines = ["惠农补贴代发回单 V1", f"B20261106※20261106※3※{YUAN}"]
    for (n, (name, _, _, fen)), (code, reason, number, day) in zip(_number(), told, strict=True):
        lines.append(f"6299000000000000105※{n}※{name}※{_yuan(fen)}※{code}※{reason}※{number}※{day}※{_order(n)}")
    return "\n".join([*lines, "#END#※3", ""]).encode()


def _results_402() -> bytes:
    """The account of the order that failed only; a code that nobody listed."""
    told = [("S000", "", "402-1"), ("F011", "已销户", ""), ("Z999", "系统保留", "402-3")]
    lines = [f"H|B20261106|3|{YUAN}|20261106"]
    for (n, (_, _, account, fen)), (code, reason, number) in zip(_number(), told, strict=True):
        failed = account if code.startswith("F") else ""
        lines.append(f"{n}|{_order(n)}|{failed}|{_yuan(fen)}|{code}|{reason}|{number}|2026-11-06")
    return "\r\n".join([*lines, f"T|3|{YUAN}|END", ""]).encode("gbk")


def _results_403() -> bytes:
    day = "2026年11月6日"
    told = [("成功", "", "P1", day), ("失败-限额", '"二类户,超限"', "P2", day), ("处理中", "", "", "")]
    lines = [f"00,{YUAN},3", "序号,卡号,姓名,实发金额,交易结果,备注,平台流水号,完成日期,商户订单号"]
    for (n, (name, _, account, fen)), said in zip(_number(), told, strict=True):
        lines.append(",".join([str(n), account, name, _yuan(fen), *said, _order(n)]))
    return "\r\n".join([*lines, f"99,3,{YUAN}", ""]).encode("utf-8-sig")


REGISTERS: Mapping[str, tuple[str, Sequence[str]]] = {
    "population": ("身份证号,姓名,户号,村代码", [PEOPLE[0][1], "魏槐仓", "H1", "511112101201"]),
    "library": ("身份证号,村代码,状态", [PEOPLE[0][1], "511112101201", "在册"]),
    "relations": (
        "领款人身份证号,享受对象身份证号,关系,起始日期,截止日期",
        [PEOPLE[0][1], PEOPLE[1][1], "监护", "2025-01-01", ""],
    ),
    "deaths": ("身份证号,死亡日期", [PEOPLE[0][1], "2026-10-01"]),
    "officials": ("身份证号,村代码,职务", [PEOPLE[0][1], "511112101201", "主任"]),
    "relatives": ("身份证号,村干部身份证号,关系", [PEOPLE[0][1], PEOPLE[1][1], "子"]),
    "payroll": ("身份证号,供养单位", [PEOPLE[0][1], "示例中学"]),
}
_TABLES: Mapping[str, tuple[str, Sequence[Sequence[str]]]] = {
    **{f"register-{name}": (titles, [row]) for name, (titles, row) in REGISTERS.items()},
    "census": (
        "持卡人身份证号,银行代码,账号,行号,发放项目,保管人",
        [[PEOPLE[0][1], "402", PEOPLE[0][2], "402665500015", "RURAL-LOW;FARM-LAND", "本人"]],
    ),
    "designations": ("领款人身份证号,银行代码,账号,行号", [[PEOPLE[0][1], "402", PEOPLE[0][2], ""]]),
    "verification": (
        "序号,户名,证件号码,银行代码,账号,核验结果",
        [
            [str(serial), name, person, "402", account, word]
            for (serial, (name, person, account, _)), word in zip(
                enumerate(PEOPLE, start=1), ("正常", "不符", "销户"), strict=True
            )
        ],
    ),
}


def make_inputs() -> dict[str, bytes]:
    """Give each file by ``profile/name``."""
    files = {
        "batchpay-102/PAY102_20261106_0001.dat": _pay_102(),
        "batchpay-103/PAY103_20261106_0001.xlsx": _pay_103(),
        "batchpay-105/PAY105_20261106_0001.txt": _pay_105(),
        "batchpay-105-fixed/DF105_20261106_0001.txt": _pay_105_fixed(),
        "batchpay-402/PAY402_20261106_0001.txt": _pay_402(),
        "batchpay-403/PAY403_20261106_0001.xlsx": _pay_403(),
        "batchpay-403-csv/PAY403_20261106_0001.csv": _pay_403_csv(),
        "results-102/HP102_bank-402_PAY-1_102_001.dat": _results_102(),
        "results-103/JG103_bank-402_PAY-1_103_001.xlsx": _results_103(),
        "results-105/RET105_bank-402_PAY-1_105_001.txt": _results_105(),
        "results-402/RS402_bank-402_PAY-1_402_001.txt": _results_402(),
        "results-403/RES403_bank-402_PAY-1_403_001.csv": _results_403(),
        "bureau-batch/batch_1.csv": _csv(*_bureau()),
        "bureau-batch/batch_1.xlsx": _bureau_xlsx(),
        "bureau-batch/batch_1.json": _bureau_json(),
        "bureau-batch/batch_corrections.csv": _csv(*_corrections()),
    }
    for name, (titles, rows) in _TABLES.items():
        stem = f"{name}/{name.replace('-', '_')}_1"
        files[f"{stem}.csv"] = _csv(titles.split(","), rows)
        files[f"{stem}.xlsx"] = save_workbook([titles.split(","), *(list(map(_as_people_type, row)) for row in rows)])
    return files


def _as_people_type(text: str) -> Value:
    """A day that is typed into a cell becomes a date."""
    return date.fromisoformat(text) if len(text) == len("2026-10-01") and text[4:5] == "-" else text or None
