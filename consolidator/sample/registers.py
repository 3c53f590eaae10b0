"""Owns the register, census and designation files of the sample."""

from collections.abc import Iterable, Mapping, Sequence

from consolidator.sample.county import County, Move
from consolidator.sample.people import VILLAGE_BANK, Person, sort_people
from consolidator.sample.sheets import render_csv

Rows = tuple[Sequence[str], Iterable[Sequence[str]]]
_RELATIONS_FROM = "2025-01-01"
_KEEPERS = {"self": "本人", "family": "家属", "village": "村里", "other": "其他", "unknown": "不明"}
REGISTER_NAMES: Mapping[str, str] = {
    "population": "人口",
    "library": "对象库",
    "relations": "关系",
    "deaths": "死亡",
    "officials": "村干部",
    "relatives": "村干部亲属",
    "payroll": "财政供养",
}


def render_registers(county: County) -> dict[str, bytes]:
    """Write each register's file, in the order of :data:`REGISTER_NAMES`."""
    people = sort_people(county.registry.people)
    tables: Mapping[str, Rows] = {
        "population": (
            ("身份证号", "姓名", "户号", "村代码"),
            ((p.id, p.name, p.household, p.village) for p in people),
        ),
        "library": (
            ("身份证号", "村代码", "状态"),
            ((person.id, person.village, "在册") for person in people if person.listed),
        ),
        "relations": (
            ("领款人身份证号", "享受对象身份证号", "关系", "起始日期", "截止日期"),
            ((payee.id, other.id, word, _RELATIONS_FROM, "") for payee, other, word in county.relations),
        ),
        "deaths": (("身份证号", "死亡日期"), ((person.id, person.died_on) for person in people if person.died_on)),
        "officials": (
            ("身份证号", "村代码", "职务"),
            ((person.id, person.village, post) for person, post in county.officials),
        ),
        "relatives": (
            ("身份证号", "村干部身份证号", "关系"),
            ((person.id, official.id, word) for person, official, word in county.relatives),
        ),
        "payroll": (("身份证号", "供养单位"), ((person.id, person.employer) for person in people if person.employer)),
    }
    return {name: render_csv(*tables[name]) for name in REGISTER_NAMES}


def render_census(people: Iterable[Person]) -> bytes:
    """Write a town's card census: every card found, what was paid to it, who keeps it."""
    rows = (
        (person.id, card.bank, card.number, card.branch, ";".join(card.programmes), _KEEPERS[card.keeper])
        for person in people
        for card in person.cards
    )
    return render_csv(("持卡人身份证号", "银行代码", "账号", "行号", "发放项目", "保管人"), rows)


def render_answers(people: Iterable[Person]) -> bytes:
    """Write what the village bank answers about the accounts that were designated at it."""
    chosen = ((person, person.designated) for person in people)
    asked = [(person, card) for person, card in chosen if card is not None and card.bank == VILLAGE_BANK]
    rows = (
        (str(number), person.name, person.id, card.bank, card.number, person.answer or "正常")
        for number, (person, card) in enumerate(asked, start=1)
    )
    return render_csv(("序号", "户名", "证件号码", "银行代码", "账号", "核验结果"), rows)


DESIGNATION_HEAD = ("领款人身份证号", "银行代码", "账号", "行号")


def render_designations(people: Iterable[Person]) -> bytes:
    """Write a town's first choices."""
    rows = (
        (person.id, person.designated.bank, person.designated.number, person.designated.branch)
        for person in people
        if person.designated is not None
    )
    return render_csv(DESIGNATION_HEAD, rows)


def render_moves(moves: Iterable[Move]) -> bytes:
    """Write changes of the designated account."""
    rows = ((move.payee.id, move.card.bank, move.card.number, move.card.branch) for move in moves)
    return render_csv(DESIGNATION_HEAD, rows)
