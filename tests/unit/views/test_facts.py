"""What a finding compared is shown in words: no fact that a rule tells may be without a name in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import consolidator
from consolidator.rules.running import LINE_RULES
from consolidator.views.facts import FACTS, REGISTERS, STATUSES, mask_facts, name_fact, render_facts, render_value
from schemas.parts import REGISTER_PARTS

PRODUCT = Path(consolidator.__file__).parent
# Where facts are made: every rule; and the ledger's own, which tells them through ``explain``.
RULES = sorted(path for path in (PRODUCT / "rules").glob("*.py") if path.name != "catalogue.py")
LEDGER = sorted((PRODUCT / "ledger").glob("*.py"))
_NO_FACTS = {"programme", "period", "township", "source", "document", "lines_min", "jump_percent", "R41", "R55"}


def find_keys(source: str) -> Iterator[str]:
    """Give every key of a mapping that the source writes down."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            for key in node.keys:
                yield from () if key is None else _find_texts(key)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            yield from _find_texts(node.slice)


def find_explained(source: str) -> Iterator[str]:
    """Give the keys of what the source tells through ``explain``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "explain":
            yield from find_keys(ast.unparse(node))


def _find_texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _find_texts(node.body)
        yield from _find_texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_every_fact_that_a_rule_tells_has_words(path: Path) -> None:
    told = set(find_keys(path.read_text(encoding="utf-8"))) - _NO_FACTS
    assert told <= FACTS.keys(), "name them in consolidator/views/facts.py"


@pytest.mark.parametrize("path", LEDGER, ids=lambda path: path.name)
def test_every_fact_that_the_ledger_tells_has_words(path: Path) -> None:
    assert set(find_explained(path.read_text(encoding="utf-8"))) <= FACTS.keys()


def test_a_key_without_words_is_seen() -> None:
    source = 'facts["new"] = 1\nhits.explain(item, code, {"other": 1})\nx = {"a" if y else "b": 1, **z}'
    assert set(find_keys(source)) == {"new", "other", "a", "b"}
    assert set(find_explained(source)) == {"other"}


def test_words_are_said_once_and_in_both_languages() -> None:
    assert all(zh and en and not zh.isascii() and en.isascii() for zh, en in FACTS.values())


def test_every_register_has_a_name() -> None:
    assert REGISTER_PARTS.keys() == REGISTERS.keys()
    assert {rule.register for rule in LINE_RULES if rule.register} <= REGISTERS.keys()


def test_a_fact_nobody_named_is_shown_as_it_is() -> None:
    assert name_fact("novel") == ("novel", "novel")
    assert render_facts({"novel": [["a", 1], 2], "died_on": ""}) == (
        "死亡日期 -,novel a、1、2",
        "died on -, novel a、1、2",
    )


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("standard_fen", 5, "0.05"),
        ("quantity_milli", 12_350, "12.35"),
        ("quantity_milli", 100_000, "100"),
        ("not_checked", "deaths", "死亡登记册"),
        ("status", "dormant", "睡眠"),
        ("status", "new word", "new word"),
        ("members", 3, "3"),
        ("born_until", "20081031", "2008-10-31"),
        ("born_after", "", "-"),
        ("held_by", None, "-"),
    ],
)
def test_a_value_reads_as_people_write_it(name: str, value: object, shown: str) -> None:
    assert render_value(name, value)[0] == shown


def test_third_persons_are_masked() -> None:
    facts = {"registered_name": "示甲乙", "registered_payee_name": "示丙", "official_id": "x", "day": "2026-01-01"}
    assert mask_facts(facts) == {"registered_name": "示*", "registered_payee_name": "示*", "day": "2026-01-01"}


def test_every_answer_of_a_bank_has_words() -> None:
    assert STATUSES.keys() == {"normal", "mismatch", "dormant", "closed", "inactive", ""}
