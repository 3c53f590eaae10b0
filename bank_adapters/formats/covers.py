"""Owns the cover sheet (封面), ``FILE.cover.csv``: key and value, what the file itself does not say."""

import csv
import re
from collections.abc import Callable, Mapping
from typing import Any

from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.text import PADDING, decode, fold_title, split_lines
from schemas.errors import InputError
from schemas.money import parse_fen, parse_yuan

COVER_BYTES_MAX = 65_536
_BATCH: Mapping[str, str] = {
    "编号": "id",
    "部门": "department",
    "乡镇代码": "township",
    "项目编码": "programme",
    "期间": "period",
    "政策文号": "policy_number",
    "计划文号": "plan_number",
    "录入人": "entered_by",
    "复核人": "checked_by",
}
_PUBLICITY: Mapping[str, str] = {"公示开始": "from_on", "公示结束": "to_on", "公示地点": "place"}
_TOTALS: Mapping[str, str] = {"总笔数": "count", "总金额(元)": "yuan"}
_SUMS: Mapping[str, Callable[[str], int]] = {"yuan": parse_yuan, "fen": parse_fen}
_COUNT_SHAPE = re.compile(r"[0-9]{1,7}")
_REGISTER: Mapping[str, str] = {
    "编号": "id",
    "登记册": "register_name",
    "更新方式": "update",
    "截至日期": "snapshot_on",
}
_KEYS: Mapping[str, Mapping[str, str]] = {
    "batch": _BATCH,
    "register": _REGISTER,
    "accounts": {"编号": "id", "截至日期": "snapshot_on"},
    "designations": {"编号": "id"},
    "results": {},  # a bank's answer says all itself: it needs no cover sheet
}
_OPTIONAL: Mapping[str, frozenset[str]] = {"batch": frozenset((*_PUBLICITY, *_TOTALS))}
_KNOWN = frozenset((*_OPTIONAL["batch"], *(key for keys in _KEYS.values() for key in keys)))
_WORDS: Mapping[str, str] = {
    "人口": "population",
    "对象库": "library",
    "关系": "relations",
    "死亡": "deaths",
    "村干部": "officials",
    "村干部亲属": "relatives",
    "财政供养": "payroll",
    "全量": "full",
    "增量": "delta",
}


def parse_cover(layout: InLayout, raw: bytes | None) -> dict[str, Any]:
    """Read a cover sheet as header fields. InputError ``I11`` missing, ``I12`` naming the key that is wrong."""
    if raw is None and not needs_cover(layout):
        return {"kind": layout.kind}
    if raw is None:
        raise InputError("I11")
    if len(raw) > COVER_BYTES_MAX:
        raise InputError("I12", "the cover sheet is too large")
    values = _read_pairs(raw)
    keys = _KEYS[layout.kind]
    _check_keys(values, keys, _OPTIONAL.get(layout.kind, frozenset()))
    fields: dict[str, Any] = {"kind": layout.kind} | {field: values[key] for key, field in keys.items()}
    if layout.kind == "register":
        fields |= {name: _WORDS.get(fields[name], fields[name]) for name in ("register_name", "update")}
        if fields["register_name"] != layout.register_name:
            raise InputError("I12", "登记册 is not the one of this file")
    return fields | _read_publicity(values)


def needs_cover(layout: InLayout) -> bool:
    """Say whether a file says nothing of itself without its cover sheet."""
    return bool(_KEYS[layout.kind])


def parse_totals(raw: bytes | None, stated: Mapping[str, str]) -> dict[str, int]:
    """Give a batch's control totals: the file's own where it has them, else the cover's. Where both are, they agree.

    Raises InputError ``I15`` for totals of the file that cannot be read, ``I12`` for the cover's.
    """
    values = {} if raw is None else _read_pairs(raw)
    own = read_totals({name: stated[name] for name in ("count", *_SUMS) if name in stated}, "I15")
    cover = read_totals({name: values[key] for key, name in _TOTALS.items() if key in values}, "I12")
    if own is not None and cover is not None and own != cover:
        raise InputError("I12", "总笔数, 总金额(元) are not the file's own")
    totals = own or cover
    if totals is None:
        raise InputError("I12", "总笔数 and 总金额(元) are missing")
    return totals


def read_totals(texts: Mapping[str, str], code: str) -> dict[str, int] | None:
    """Read a count and a sum in yuan or fen; None when neither is stated."""
    if not texts:
        return None
    count = texts.get("count", "")
    if _COUNT_SHAPE.fullmatch(count) is None:
        raise InputError(code, "the number of lines is no whole number")
    unit = next((unit for unit in _SUMS if unit in texts), "yuan")
    try:
        return {"count": int(count), "fen": _SUMS[unit](texts.get(unit, ""))}
    except InputError as error:
        raise InputError(code, f"the total is no amount in {unit}") from error


def _read_pairs(raw: bytes) -> dict[str, str]:
    """Read the rows; a row of titles (键,值) and empty rows are passed over."""
    values: dict[str, str] = {}
    for row, line in enumerate(split_lines(_decode(raw)), start=1):
        try:
            fields = [field.strip(PADDING) for field in next(csv.reader([line], strict=True), [])]
        except csv.Error as error:
            raise InputError("I12", "quotation marks do not match", f"row {row}") from error
        if not any(fields) or fields == ["键", "值"]:
            continue
        if len(fields) != 2:  # noqa: PLR2004 -- key and value
            raise InputError("I12", "each row has a key and a value", f"row {row}")
        key = fold_title(fields[0])
        if key not in _KNOWN:
            raise InputError("I12", "a key is unknown", f"row {row}")
        if key in values:
            raise InputError("I12", "a key stands twice", f"row {row}")
        values[key] = fields[1]
    return values


def _decode(raw: bytes) -> str:
    try:
        return decode(raw, "utf-8")
    except InputError as error:
        raise InputError("I12", "the cover sheet is not UTF-8", error.position) from error


def _check_keys(values: Mapping[str, str], keys: Mapping[str, str], optional: frozenset[str]) -> None:
    for key in keys:
        if not values.get(key):
            raise InputError("I12", f"{key} is missing")
    for key in values:
        if key not in keys and key not in optional:
            raise InputError("I12", f"{key} does not belong to files of this kind")


def _read_publicity(values: Mapping[str, str]) -> dict[str, Any]:
    stated = {field: values[key] for key, field in _PUBLICITY.items() if values.get(key)}
    if not stated:
        return {}
    if len(stated) != len(_PUBLICITY):
        raise InputError("I12", "公示开始, 公示结束, 公示地点 go together")
    return {"publicity": stated}
