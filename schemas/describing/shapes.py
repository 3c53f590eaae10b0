"""Owns the list of shapes that are described: names, titles, models. A new kind, register or subject is a line here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel

from schemas.anomalies import Anomaly
from schemas.commands import Genesis
from schemas.envelope import _Envelope  # the envelope's model is nobody else's business
from schemas.headers import AnyHeader, Header
from schemas.orders import OrderColumns, OrderFile
from schemas.parts import PARTS, REGISTER_PARTS, Columns
from schemas.policy import SUBJECTS
from schemas.records import Commit

REGISTER = "register"
_KINDS: Mapping[str, str] = {
    "policy": "政策设置",
    REGISTER: "登记册",
    "accounts": "持卡台账",
    "designations": "指定账户",
    "expected": "应报批次",
    "batch": "批次",
    "review": "复核",
    "release": "支付审批",
    "disposition": "疑点处置",
    "access": "授权查阅",
    "finding": "监测疑点",
    "results": "银行回执",
    "confirm": "确认",
}
_REGISTERS: Mapping[str, str] = {
    "population": "人口",
    "library": "补贴对象库",
    "relations": "关系",
    "deaths": "死亡",
    "officials": "村干部",
    "relatives": "村干部亲属",
    "payroll": "财政供养人员",
}
_SUBJECTS: Mapping[str, str] = {
    "source": "报送单位",
    "officer": "经办人员",
    "bank": "银行",
    "programme": "项目",
    "plan": "用款计划",
    "rule": "规则",
    "setting": "参数",
    "quorum": "见证要求",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Something with a schema of its own: its file's name without suffix, its title (zh, en), its model."""

    name: str
    title: str
    model: type[BaseModel]


def list_shapes() -> list[Shape]:
    """Give everything that is described, in the order a reader needs it."""
    return [
        Shape("envelope", "签名信封 signed envelope", _Envelope),
        Shape("genesis", "创始命令 genesis command", Genesis),
        *_list_headers(),
        *_list_parts(),
        *(
            Shape(f"policy-{name}", f"政策项:{_SUBJECTS[name]} policy item: {name}", SUBJECTS[name])
            for name in SUBJECTS
        ),
        Shape("order-part", "代发明细部分 part of an order list", OrderColumns),
        Shape("order-file", "代发文件摘要 what an order file is about", OrderFile),
        Shape("commit", "提交记录 record of a commit", Commit),
        Shape("anomaly", "监测发现 what a monitor found", Anomaly),
    ]


def _list_headers() -> Iterator[Shape]:
    models: tuple[type[Header], ...] = get_args(get_args(AnyHeader)[0])
    for model in models:
        (kind,) = get_args(model.model_fields["kind"].annotation)
        yield Shape(f"header-{kind}", f"报送件头:{_KINDS[kind]} document header: {kind}", model)


def _list_parts() -> Iterator[Shape]:
    for kind, word in _KINDS.items():
        if kind in PARTS:
            yield Shape(f"part-{kind}", f"明细部分:{word} part: {kind}", PARTS[kind])
        elif kind == REGISTER:
            yield from _list_registers()


def _list_registers() -> Iterator[Shape]:
    for name, model in REGISTER_PARTS.items():
        yield Shape(f"part-register-{name}", f"明细部分:{_REGISTERS[name]}登记册 part: register {name}", model)


def find_part_model(kind: str, register_name: str = "") -> type[Columns] | None:
    """Give the model of a kind's parts; None for a kind that has none.

    >>> find_part_model("register", "deaths").__name__, find_part_model("confirm")
    ('DeathsPart', None)
    """
    return REGISTER_PARTS[register_name] if kind == REGISTER else PARTS.get(kind)
