"""Owns the two forms of a batch: the bank's own batch-pay file with header and trailer, and the bureau's CSV."""

from consolidator.sample.lines import Line
from consolidator.sample.places import BANK_NAMES, derive_township
from consolidator.sample.plan import Batch
from consolidator.sample.programmes import DEPARTMENTS
from consolidator.sample.sheets import NOTE, render_cover, render_csv
from schemas.money import render_milli, render_yuan

_AGENCY = "0017"
_PUBLICITY = {"公示开始": "2026-10-20", "公示结束": "2026-10-27", "公示地点": "村务公开栏"}
_HEAD = (
    *("序号", "村代码", "组", "户主姓名", "户主身份证号", "领款人姓名", "领款人身份证号"),
    *("享受对象姓名", "享受对象身份证号", "关系", "数量", "单位", "标准(元)", "金额(元)"),
    *("账号", "开户行", "行号", "编号", "备注"),
)


def render_batch(batch: Batch, county: str, day: str) -> tuple[str, bytes, bytes]:
    """Write a batch: file name, file, cover. ``day`` is when it is sent, YYYY-MM-DD."""
    if batch.form == "bank":
        name = f"PAY402_{day.replace('-', '')}_{batch.number:04d}.txt"
        return name, _render_bank_file(batch, day), _render_cover(batch, county)
    return f"batch_{batch.source}_{batch.number:04d}.csv", _render_bureau_file(batch), _render_cover(batch, county)


def _render_bank_file(batch: Batch, day: str) -> bytes:
    """GB 18030, one bar between fields, header and trailer with the totals."""
    totals = f"{len(batch.lines)}|{render_yuan(batch.stated_fen)}"
    summary = batch.programme.short_name
    rows = [
        f"{number}|{line.payee_name}|{line.stated.number if line.stated else ''}|{line.payee.id}"
        f"|{render_yuan(line.amount_fen)}|{summary}|{NOTE if number == 1 else ''}"
        for number, line in enumerate(batch.lines, start=1)
    ]
    lines = [f"H|{batch.document}|{_AGENCY}|{totals}|{day.replace('-', '')}", *rows, f"T|{totals}|END", ""]
    return "\r\n".join(lines).encode("gb18030")


def _render_bureau_file(batch: Batch) -> bytes:
    return render_csv(_HEAD, (_describe_line(batch, number, line) for number, line in enumerate(batch.lines, start=1)))


def _describe_line(batch: Batch, number: int, line: Line) -> tuple[str, ...]:
    """Write a line; payee and head are left empty where they are the beneficiary himself."""
    programme, other = batch.programme, line.payee is not line.beneficiary
    card = line.stated
    return (
        str(number),
        line.village,
        "",
        "",
        "",
        line.payee_name if other else "",
        line.payee.id if other else "",
        line.beneficiary_name,
        line.beneficiary.id,
        line.relation,
        "" if line.quantity_milli is None else render_milli(line.quantity_milli),
        programme.measure,
        render_yuan(programme.standard_fen),
        render_yuan(line.amount_fen),
        "" if card is None else card.number,
        "" if card is None else BANK_NAMES[card.bank],
        "" if card is None else card.branch,
        line.plot,
        NOTE if number == 1 else "",
    )


def _render_cover(batch: Batch, county: str) -> bytes:
    return render_cover(
        {
            "编号": batch.document,
            "部门": DEPARTMENTS[batch.programme.department],
            "乡镇代码": derive_township(county, batch.towns),
            "项目编码": batch.programme.id,
            "期间": batch.period,
            "政策文号": f"示财发〔2026〕{batch.number}号",
            "计划文号": batch.plan_number,
            **(_PUBLICITY if batch.published else dict.fromkeys(_PUBLICITY, "")),
            "录入人": "录入岗",
            "复核人": "复核岗",
            "总笔数": str(len(batch.lines)),
            "总金额(元)": render_yuan(batch.stated_fen),
        }
    )
