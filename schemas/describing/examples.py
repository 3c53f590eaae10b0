"""Owns one example of each kind: documents signed with published keys, about nobody. A new kind is one row here.

The same bytes every time. The keys come from public words, so a signature by one of them proves nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.commands import Genesis, render_genesis
from schemas.documents import parse_document, render_document, render_parts
from schemas.orders import OrderColumns, render_order_part
from schemas.vkeys import COSIGNATURE, ED25519, Verifier, render_vkey

COUNTY = "511112"
_ELDER, _CHILD = "511199194912310021", "511199196112210017"  # region 511199 is nobody's
_NAMES = ["示例甲", "示例乙"]
_VILLAGE, _TOWN = "511112101201", "511112101"
_CARDS = ["6299402447587213728", "6299402400000000000"]
_BRANCH = "402665500015"
_BATCH = {"source": "bank-402", "id": "EXAMPLE-BATCH"}
_SNAPSHOT = {"update": "full", "snapshot_on": "2026-10-31"}
_OFFICER = {
    "source": "bureau",
    "role": "clerk",
    "kinds": ["review", "release"],
    "programmes": ["*"],
    "regions": [COUNTY],
}
_PROGRAMME = {
    "name": "农村低保",
    "short_name": "农村低保",
    "cycle": "month",
    "unit": "person",
    "standard_fen": 39_600,
    "paying_banks": ["402"],
    "agent_bank": "402",
}


def _key(name: str) -> tuple[str, Ed25519PrivateKey]:
    """Derive a key that everybody can derive; its public half in hex comes first."""
    private = Ed25519PrivateKey.from_private_bytes(sha256(f"published example key of {name}".encode()).digest())
    return private.public_key().public_bytes_raw().hex(), private


def _make_vkey(name: str, kind: int) -> str:
    return render_vkey(Verifier(name, kind, bytes.fromhex(_key(name)[0])))


def _make_quorum() -> Mapping[str, Any]:
    """Give the usual quorum: three of four, two of whom follow the entries."""
    names = ["w1", "w2", "w3", "w4"]
    witnesses = [
        {
            "name": name,
            "vkey": _make_vkey(f"{name}.example/witness", COSIGNATURE),
            "url": f"https://{name}.example",
            "follows": name in names[:2],
        }
        for name in names
    ]
    group = {"name": "three-of-four", "threshold": 3, "members": names}
    return {"type": "witnesses", "witnesses": witnesses, "groups": [group], "quorum": "three-of-four"}


_ITEMS: Sequence[tuple[str, str, Mapping[str, Any] | None]] = (
    ("source", "bureau", {"name": "示例县财政局", "type": "bureau"}),
    ("officer", "bureau-clerk", {"key": sha256(b"officer").hexdigest(), "person": "P-1", **_OFFICER}),
    ("bank", "402", {"name": "示例农信社"}),
    ("programme", "RURAL-LOW", _PROGRAMME),
    ("plan", "示财计〔2026〕1号", {"programme": "RURAL-LOW", "fen": 100_000_000}),
    ("rule", "R18", {"enabled": True, "level": "orange", "required": True, "parameters": {}}),
    ("setting", "cooling_off_hours", {"value": 72}),
    ("quorum", "quorum", {"type": "none"}),
    ("quorum", "quorum", _make_quorum()),
    ("bank", "999", None),
)
_BATCH_FIELDS = {
    "department": "民政局",
    "township": _TOWN,
    "programme": "RURAL-LOW",
    "period": "2026-10",
    "policy_number": "示民发〔2026〕1号",
    "plan_number": "示财计〔2026〕1号",
    "publicity": {"from_on": "2026-10-20", "to_on": "2026-10-27", "place": "村务公开栏"},
    "entered_by": "录入岗",
    "checked_by": "复核岗",
    "totals": {"count": 2, "fen": 79_200},
}
_Row = tuple[str, str, Mapping[str, Any], Mapping[str, Sequence[Any]]]
# Source, kind, the header's fields of that kind, columns.
_ROWS: Sequence[_Row] = (
    (
        "bureau",
        "policy",
        {},
        {
            "subject": [each[0] for each in _ITEMS],
            "id": [each[1] for each in _ITEMS],
            "value": [each[2] for each in _ITEMS],
        },
    ),
    (
        "police",
        "register",
        {"register_name": "population", **_SNAPSHOT},
        {"id": [_ELDER, _CHILD], "name": _NAMES, "household": ["H-1", "H-1"], "village": [_VILLAGE, _VILLAGE]},
    ),
    (
        "civil",
        "register",
        {"register_name": "library", **_SNAPSHOT},
        {"id": [_ELDER, _CHILD], "village": [_VILLAGE, _VILLAGE], "status": ["active", "ended"]},
    ),
    (
        "civil",
        "register",
        {"register_name": "relations", **_SNAPSHOT},
        {
            "payee_id": [_CHILD],
            "beneficiary_id": [_ELDER],
            "relation": ["guardian"],
            "from_on": ["2020-01-01"],
            "to_on": [None],
        },
    ),
    (
        "civil",
        "register",
        {"register_name": "deaths", "update": "delta", "snapshot_on": "2026-10-31"},
        {"id": [_ELDER], "died_on": ["2026-10-30"]},
    ),
    (
        "personnel",
        "register",
        {"register_name": "officials", **_SNAPSHOT},
        {"id": [_CHILD], "village": [_VILLAGE], "position": ["村会计"]},
    ),
    (
        "personnel",
        "register",
        {"register_name": "relatives", **_SNAPSHOT},
        {"id": [_ELDER], "official_id": [_CHILD], "relation": ["父亲"]},
    ),
    ("personnel", "register", {"register_name": "payroll", **_SNAPSHOT}, {"id": [_CHILD], "employer": ["示例单位"]}),
    (
        "town-01",
        "accounts",
        {"snapshot_on": "2026-10-31"},
        {
            "holder_id": [_ELDER, _CHILD],
            "bank": ["402", "402"],
            "account": _CARDS,
            "branch": [_BRANCH, None],
            "programmes": [["RURAL-LOW"], []],
            "keeper": ["self", "unknown"],
        },
    ),
    (
        "town-01",
        "designations",
        {},
        {"payee_id": [_ELDER, _CHILD], "bank": ["402", "402"], "account": _CARDS, "branch": [_BRANCH, None]},
    ),
    (
        "bureau",
        "expected",
        {},
        {"programme": ["RURAL-LOW"], "period": ["2026-11"], "township": [_TOWN], "due_on": ["2026-11-25"]},
    ),
    (
        "bank-402",
        "batch",
        _BATCH_FIELDS,
        {
            "beneficiary_id": [_ELDER, _CHILD],
            "beneficiary_name": _NAMES,
            "payee_id": [_CHILD, _CHILD],
            "payee_name": [_NAMES[1], _NAMES[1]],
            "village": [_VILLAGE, None],
            "amount_fen": [39_600, 39_600],
            "account": [_CARDS[1], None],
            "source_line": [None, "bank-402/EXAMPLE-EARLIER/7"],
            "row": [2, 3],
        },
    ),
    ("bureau", "review", {"action": "hold", "batch": _BATCH}, {"line": [2], "reason": ["入户核实"]}),
    (
        "bureau",
        "release",
        {"batch": _BATCH, "number": 1},
        {
            "bank": ["402"],
            "application": ["SQ-1"],
            "voucher": ["PZ-1"],
            "voucher_on": ["2026-11-05"],
            "count": [1],
            "fen": [39_600],
        },
    ),
    (
        "bureau",
        "disposition",
        {"action": "record", "batch": _BATCH},
        {"line": [2], "code": ["R18"], "verdict": ["unfounded"], "reason": ["已分户"]},
    ),
    (
        "bureau",
        "access",
        {"reader": "auditor", "asker": "示例县审计局", "ground": "示审通〔2026〕1号", "salt": "0" * 32},
        {"index": [7]},
    ),
    (
        "monitor",
        "finding",
        {"code": "R17", "reference": "0" * 32},
        {
            "source": ["bank-402"],
            "document": ["EXAMPLE-BATCH"],
            "line": [1],
            "entry": [7],
            "other_county": ["511113"],
            "other_entry": [42],
        },
    ),
    (
        "bank-402",
        "results",
        {"salt": "0" * 32},
        {
            "order": [f"{COUNTY}/bank-402/EXAMPLE-BATCH/1/0", f"{COUNTY}/bank-402/EXAMPLE-BATCH/2/1"],
            "status": ["credited", "failed"],
            "amount_fen": [39_600, 39_600],
            "account": [_CARDS[0], None],
            "why": [None, "account_state"],
            "reason": [None, "账户已销户"],
            "serial": ["20261106000123", None],
            "on": ["2026-11-06", "2026-11-06"],
        },
    ),
)


def render_examples() -> dict[str, bytes]:
    """Give the examples: file name → bytes."""
    numbers: Counter[str] = Counter()
    files = {_name(row): _render_row(row, numbers) for row in _ROWS}
    digest = parse_document(files["policy.jsonl"]).envelope.digest
    confirm: _Row = ("bureau-2", "confirm", {"document": digest, "note": "同意"}, {})
    files[_name(confirm)] = _render_row(confirm, numbers)
    origin = f"consolidator.example/{COUNTY}"
    roots = [_key("root-1")[0], _key("root-2")[0]]
    genesis = Genesis(county=COUNTY, origin=origin, roots=roots, key=_make_vkey(origin, ED25519))
    orders = OrderColumns(
        account=[_CARDS[0]] * 2,
        amount_fen=[39_600] * 2,
        bank=["402"] * 2,
        branch=[""] * 2,
        line=[1, 2],
        name=[_NAMES[1]] * 2,
        round=[0, 1],
    )
    return files | {"genesis.json": render_genesis(genesis), "order-part.json": render_order_part(orders)}


def _name(row: _Row) -> str:
    register = row[2].get("register_name")
    return f"{row[1]}-{register}.jsonl" if register else f"{row[1]}.jsonl"


def _render_row(row: _Row, numbers: Counter[str]) -> bytes:
    """Sign one document with the next number of its source's key."""
    source, kind, fields, columns = row
    numbers[source] += 1
    key, private = _key(source)
    head = {"county": COUNTY, "kind": kind, "source": source, "id": f"EXAMPLE-{kind.upper()}", "seq": numbers[source]}
    if "register_name" in fields:
        head["id"] = f"EXAMPLE-{fields['register_name'].upper()}"
    parts, count = render_parts(columns) if columns else ([], 0)
    return render_document({**head, **fields}, parts, count, key, private.sign)
