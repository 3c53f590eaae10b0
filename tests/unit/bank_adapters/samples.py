"""Small bank and bureau files for tests."""

from bank_adapters.drafts import Draft
from bank_adapters.formats.covers import needs_cover
from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.profiles import load_profiles
from bank_adapters.reading import parse_file
from schemas.orders import OrderColumns, OrderFile

ID = "511199196112210017"
COVER = (
    "编号,PAY-1\n部门,民政局\n乡镇代码,511112000\n项目编码,RURAL-LOW\n期间,2026-10\n政策文号,示1号\n计划文号,P1\n"
    "录入人,甲\n复核人,乙\n"
)
COVER_TOTALS = f"{COVER}总笔数,1\n总金额(元),396.00\n"
TITLES = (
    "序号,村代码,组,户主姓名,户主身份证号,领款人姓名,领款人身份证号,享受对象姓名,享受对象身份证号,关系,数量,单位,标准(元),"
    "金额(元),账号,开户行,行号,编号,备注"
)


def find_in(name: str) -> InLayout:
    """Give a profile of files that come in."""
    profile = load_profiles()[name]
    assert isinstance(profile, InLayout)
    return profile


def find_out(name: str) -> OrderLayout:
    """Give a profile of order files."""
    profile = load_profiles()[name]
    assert isinstance(profile, OrderLayout)
    return profile


def pay_text(*lines: str, count: str = "1", yuan: str = "396.00", end: str = "\r\n") -> str:
    """Write a batch-pay file of bank 402."""
    return end.join([f"H|B1|0017|{count}|{yuan}|20261106", *lines, f"T|{count}|{yuan}|END", ""])


def read_pay(raw: bytes, cover: str = COVER) -> Draft:
    """Read a batch-pay file of bank 402."""
    return parse_file(find_in("batchpay-402"), "PAY402_20261106_0001.txt", raw, cover.encode())


def read_bureau(*rows: str, cover: str = COVER_TOTALS, titles: str = TITLES) -> Draft:
    """Read a bureau CSV."""
    raw = "\r\n".join([titles, *rows, ""]).encode()
    return parse_file(find_in("bureau-batch"), "batch_1.csv", raw, cover.encode())


def bureau_row(**fields: str) -> str:
    """Write one row of the bureau's CSV; fields by title."""
    values = {"序号": "1", "享受对象姓名": "示例", "享受对象身份证号": ID, "金额(元)": "396.00"} | fields
    return ",".join(values.get(title, "") for title in TITLES.split(","))


def make_order_file(count: int, fen: int) -> OrderFile:
    """Make an order file's header."""
    return OrderFile(
        file="bank-402_PAY-1_402_001",
        county="511112",
        source="bank-402",
        document="PAY-1",
        programme="RURAL-LOW",
        period="2026-10",
        bank="402",
        release=1,
        summary="农村低保",
        count=count,
        fen=fen,
        parts=1,
        ordered_at=1_793_491_200,
    )


def make_orders(names: list[str]) -> OrderColumns:
    """Make a list of orders, 12.34 yuan each."""
    count = len(names)
    return OrderColumns(
        account=[f"62994024{number:011d}" for number in range(count)],
        amount_fen=[1234] * count,
        bank=["402"] * count,
        branch=["402665500015"] * count,
        line=list(range(1, count + 1)),
        name=names,
    )


REGISTER_WORDS = {
    "population": "人口",
    "library": "对象库",
    "relations": "关系",
    "deaths": "死亡",
    "officials": "村干部",
    "relatives": "村干部亲属",
    "payroll": "财政供养",
}


def find_cover(layout: InLayout) -> bytes | None:
    """Give a cover sheet that fits a profile's golden file; None where none is needed."""
    return _write_cover(layout).encode() if needs_cover(layout) else None


def _write_cover(layout: InLayout) -> str:
    if layout.register_name is not None:
        return f"编号,R-1\n登记册,{REGISTER_WORDS[layout.register_name]}\n更新方式,全量\n截至日期,2026-10-31\n"
    covers = {"accounts": "编号,C-1\n截至日期,2026-10-31\n", "designations": "编号,Z-1\n"}
    total = "" if layout.header or layout.trailer or layout.cells else "总笔数,3\n总金额(元),1596.11\n"
    return covers.get(layout.kind, COVER + total)
