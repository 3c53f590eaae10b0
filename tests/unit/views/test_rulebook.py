"""The rule book page: every rule is in it, and the committed copy is what the code says."""

from pathlib import Path

from consolidator.rules.catalogue import CATALOGUE
from consolidator.views.rulebook import render_rule_book

COMMITTED = Path(__file__).parents[3] / "docs" / "rules.md"


def test_every_rule_has_its_row_with_both_texts_and_its_thresholds() -> None:
    rows = {row.split("|")[1].strip(): row for row in render_rule_book().splitlines() if row.startswith("| R")}
    assert rows.keys() == CATALOGUE.keys()
    for code, text in CATALOGUE.items():
        assert text.zh in rows[code]
        assert text.why_en in rows[code]
        assert all(f"`{name}` = {value}" in rows[code] for name, value in text.parameters.items())


def test_what_a_rule_looks_at_is_told() -> None:
    book = render_rule_book()
    assert "| R18 | 一户多人重复(按户项目)<br>per-household item to two members | orange | 多行 several lines |" in book
    assert "单行 one line<br>多行 several lines" in next(row for row in book.splitlines() if row.startswith("| R54"))


def test_the_committed_page_is_the_codes_own() -> None:
    message = "run: consolidator rules write --to docs/rules.md"
    assert COMMITTED.read_text(encoding="utf-8") == render_rule_book(), message
