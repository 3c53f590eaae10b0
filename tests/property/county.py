"""The little county of the random histories: who lives there, its policy, and how a model's document becomes bytes.

The county is set up once, and every history begins with a copy of it. Documents are really signed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any

from consolidator.facts.snapshots import parse_snapshot, render_snapshot
from consolidator.facts.state import State
from consolidator.rules.catalogue import CATALOGUE
from schemas.canonical import render_canonical
from schemas.commands import Command
from schemas.documents import render_parts
from schemas.envelope import derive_digest, render_envelope
from tests.property.model import Model
from tests.property.policy import (
    COOLING_OFF_SECONDS,
    PAYING,
    PEOPLE_BEHIND,
    PERSONS_MAX,
    REVIEW_SECONDS,
    STANDARD_FEN,
)
from tests.support.world import (
    COUNTY,
    VILLAGE,
    Columns,
    World,
    make_account,
    make_id,
    make_programme,
    make_signer,
    officer,
)
from tests.support.world import key_of as _key_of

Row = dict[str, Any]
KEYS = ("adapter", "clerk", "reviewer", "approver", "deputy", "supervisor")
MODELLED = ("R01", "R05", "R13", "R16", "R18", "R21", "R40", "R54")
ONE_UNIT = 1000  # thousandths; a line of one unit states no quantity
BRANCH = "103100000001"
WRONG_CHECK, WRONG_DAY, OLD_REGION, ODD_SHAPE = 6, 7, 8, 9
# Two households of two, one alone, one whom the population register does not know at first, and four odd papers.
IDS = (
    *(make_id(number) for number in range(6)),
    make_id(6)[:-1] + ("1" if make_id(6).endswith("0") else "0"),
    "511199196002300011",  # 30 February, with the right check digit
    make_id(8, region="991199"),
    make_id(9)[:-1],
)
HOMES = {0: "H-A", 1: "H-A", 2: "H-B", 3: "H-B", 4: "H-C"}
DESIGNATED = {0: 0, 1: 0, 2: 0, 3: 2, OLD_REGION: 0, WRONG_CHECK: 0}  # person → which of his accounts
ACCOUNT_BANKS = (("402", ""), ("402", ""), ("103", BRANCH), ("103", ""))  # of each person's four accounts
_SOURCES = {"adapter": "bank-402", "supervisor": "oversight"}


def account_of(person: int, choice: int) -> str:
    """Give a person's account; the census knows four of each."""
    return make_account(10 * person + choice)


@cache
def prepare() -> World:
    """Make the county: policy, people, census, first designations. Every rule that the model does not know is off."""
    world = World()
    world.set_up()
    world.set_policy("policy-2", list(_list_policy()))
    people = range(len(IDS) - 1)  # an ID of an odd shape is in no register
    holders = [person for person in people for _ in ACCOUNT_BANKS]
    world.register("population", _make_people([IDS[person] for person in HOMES], list(HOMES.values())))
    census: Columns = {
        "holder_id": [IDS[person] for person in holders],
        "bank": [bank for _ in people for bank, _ in ACCOUNT_BANKS],
        "account": [account_of(person, choice) for person in people for choice in range(len(ACCOUNT_BANKS))],
        "branch": [branch or None for _ in people for _, branch in ACCOUNT_BANKS],
    }
    world.send("clerk", {"kind": "accounts", "source": "bureau", "id": "census", "snapshot_on": "2026-10-31"}, census)
    for person, choice in DESIGNATED.items():
        world.designate([IDS[person]], [ACCOUNT_BANKS[choice][0]], [account_of(person, choice)])
    return world


def _list_policy() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for code in CATALOGUE:
        if code not in MODELLED:
            yield "rule", code, {"enabled": False}
    yield "rule", "R54", {"parameters": {"persons_max": PERSONS_MAX}}
    yield "setting", "cooling_off_hours", {"value": COOLING_OFF_SECONDS // 3600}
    yield officer("deputy", "bureau", "approver", ["review", "confirm"], person=PEOPLE_BEHIND["deputy"])
    for programme, banks in PAYING.items():
        unit = "household" if programme == "HOME" else "person"
        window = 0 if programme == "FAST" else REVIEW_SECONDS // 3600
        fields = {
            "unit": unit,
            "review_window_hours": window,
            "paying_banks": list(banks),
            "standard_fen": STANDARD_FEN,
        }
        yield "programme", programme, make_programme(**fields)


def _make_people(ids: Sequence[str], homes: Sequence[str]) -> dict[str, Sequence[str]]:
    return {"id": ids, "name": ["示例"] * len(ids), "household": homes, "village": [VILLAGE] * len(ids)}


@cache
def _save() -> bytes:
    return render_snapshot(prepare().state)


def fork() -> State:
    """Give a state of its own as :func:`prepare` left it."""
    return parse_snapshot(_save())


def fork_model() -> Model:
    """Give a model that knows the same."""
    world = prepare()
    model = Model(world.now)
    model.accepted = {key: [{"setup": number} for number in range(count)] for key, count in world.numbers.items()}
    model.homes = {IDS[person]: home for person, home in HOMES.items()}
    for person in range(len(IDS) - 1):
        for choice, (bank, branch) in enumerate(ACCOUNT_BANKS):
            model.accounts[account_of(person, choice)] = {"holder": IDS[person], "bank": bank, "branch": branch}
    for person, choice in DESIGNATED.items():
        account = account_of(person, choice)
        first = {"version": 1, "since": world.now, "account": account, **model.accounts[account]}
        model.designations[IDS[person]] = [first]
    model.moves = []
    return model


# ---- from a model's document to bytes


def make_commands(doc: Row, at: int) -> list[Command]:
    """Sign a model's document and give its commands: header, then the part if it has one."""
    header, parts = _render(doc)
    key, digest = doc["key"], derive_digest(key_of(doc["key"]), header)
    envelope = render_envelope(header, key_of(key), _find_signer(key).sign)
    return [
        Command("header", at, envelope, digest),
        *(Command("part", at, part, digest, index) for index, part in enumerate(parts)),
    ]


def _render(doc: Row) -> tuple[bytes, Sequence[bytes]]:
    """Write a document's header and parts."""
    fields, columns = _RENDER[doc["kind"]](doc)
    parts, count = render_parts(columns) if columns else ([], 0)
    header = {
        "v": 1,
        "kind": doc["kind"],
        "county": COUNTY,
        "source": _SOURCES.get(doc["key"], "bureau"),
        "id": doc["id"],
        "seq": doc["seq"],
        "count": count,
        "parts": [sha256(part).hexdigest() for part in parts],
    }
    return render_canonical(header | fields), parts


_find_signer = cache(make_signer)
key_of = cache(_key_of)
Rendered = tuple[dict[str, Any], Columns | None]


def _render_batch(doc: Row) -> Rendered:
    rows = doc["rows"]
    fields = {
        "department": "农业农村局",
        "township": "511112001",
        "programme": doc["programme"],
        "period": doc["period"],
        "policy_number": "示例〔2026〕1号",
        "plan_number": "PLAN-1",
        "entered_by": "甲",
        "checked_by": "乙",
        "totals": {"count": doc["total_count"], "fen": doc["total_fen"]},
    }
    columns: dict[str, Any] = {
        "beneficiary_id": [row["who"] for row in rows],
        "beneficiary_name": ["示例"] * len(rows),
        "amount_fen": [row["fen"] for row in rows],
    }
    if any(row["payee"] != row["who"] for row in rows):
        columns |= {"payee_id": [row["payee"] for row in rows], "payee_name": ["示例"] * len(rows)}
    if any(row["milli"] != ONE_UNIT for row in rows):
        columns["quantity_milli"] = [None if row["milli"] == ONE_UNIT else row["milli"] for row in rows]
    if any(row["stated"] for row in rows):
        columns["account"] = [row["stated"] or None for row in rows]
    return fields, columns


def _render_review(doc: Row) -> Rendered:
    fields = {"action": doc["action"], "batch": {"source": "bank-402", "id": doc["batch"]}}
    return fields, {"line": doc["lines"], "reason": ["核实"] * len(doc["lines"])}


def _render_release(doc: Row) -> Rendered:
    rows = doc["rows"]
    columns = {
        "bank": [bank for bank, _, _ in rows],
        "application": ["A-1"] * len(rows),
        "voucher": ["V-1"] * len(rows),
        "voucher_on": ["2026-11-05"] * len(rows),
        "count": [count for _, count, _ in rows],
        "fen": [fen for _, _, fen in rows],
    }
    return {"batch": {"source": "bank-402", "id": doc["batch"]}, "number": doc["number"]}, columns


def _render_confirm(doc: Row) -> Rendered:
    return {"document": derive_digest(key_of(doc["of"]["key"]), _render(doc["of"])[0])}, None


def _render_register(doc: Row, name: str, columns: Columns) -> Rendered:
    fields = {"register_name": name, "update": doc["update"], "snapshot_on": doc["snapshot_on"]}
    return {"kind": "register", **fields}, columns


def _render_death(doc: Row) -> Rendered:
    return _render_register(doc, "deaths", {"id": [doc["who"]], "died_on": [doc["died_on"]]})


def _render_household(doc: Row) -> Rendered:
    return _render_register(doc, "population", _make_people([doc["who"]], [doc["home"]]))


def _render_relation(doc: Row) -> Rendered:
    columns = {
        "payee_id": [doc["payee"]],
        "beneficiary_id": [doc["who"]],
        "relation": ["mandate"],
        "from_on": [doc["from_on"]],
        "to_on": [doc["to_on"] or None],
    }
    return _render_register(doc, "relations", columns)


def _render_choice(doc: Row) -> Rendered:
    return {"kind": "designations"}, {"payee_id": [doc["who"]], "bank": [doc["bank"]], "account": [doc["account"]]}


_RENDER: Mapping[str, Callable[[Row], Rendered]] = {
    "batch": _render_batch,
    "review": _render_review,
    "release": _render_release,
    "confirm": _render_confirm,
    "death": _render_death,
    "household": _render_household,
    "relation": _render_relation,
    "choice": _render_choice,
}
