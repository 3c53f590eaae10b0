from pathlib import Path

import pytest

from tests.architecture.impurities import find_impurities
from tests.architecture.sources import PURE, list_python, name


@pytest.mark.parametrize("path", list_python(*PURE), ids=name)
def test_a_pure_file_depends_on_its_arguments_only(path: Path) -> None:
    found = find_impurities(path.read_text(encoding="utf-8"))
    assert not found, "\n".join(f"{name(path)}:{line}: {wording}" for line, wording in found)


@pytest.mark.parametrize(
    ("source", "wording"),
    [
        ("at = time.time()", "time.time"),
        ("at = time.monotonic", "time.monotonic"),
        ("roll = random.random()", "random.random"),
        ("salt = os.urandom(8)", "os.urandom"),
        ("at = datetime.now(UTC)", "now()"),
        ("at = datetime.datetime.utcnow()", "utcnow()"),
        ("day = date.today()", "today()"),
        ("key = hash(word)", "hash()"),
        ("key = id(thing)", "id()"),
        ("text = open(path).read()", "open()"),
        ("print(1)", "print()"),
        ("yuan = 12.5", "a float literal"),
        ("yuan = 1e2", "a float literal"),
        ("yuan = float(text)", "float()"),
        ("yuan = fen / 100", "/ gives a float"),
        ("fen /= 2", "/ gives a float"),
        ("assert ready", "assert"),
        ("for key in {1, 2}: use(key)", "the order of a set"),
        ("for key in set(keys): use(key)", "the order of a set"),
        ("keys = frozenset(rows)\nfor key in keys: use(key)", "the order of a set"),
        ("def f(keys: set[str]) -> list[str]:\n    return [key for key in keys]", "the order of a set"),
        ("def f(keys: frozenset[str]) -> None:\n    for key in keys - seen: use(key)", "the order of a set"),
        ("rows = list({row.id for row in rows})", "the order of a set"),
        ("rows = [*{1, 2}]", "the order of a set"),
        ("text = ','.join({'a', 'b'})", "the order of a set"),
        ("KEYS = {1, 2}\ndef f():\n    for key in KEYS: use(key)", "the order of a set"),
        ("for key in set(a).union(b): use(key)", "the order of a set"),
        ("keys = set(a)\nfirst = keys.pop()", "the order of a set"),
        ("keys: set[str] = read()\ntotals = {key: 0 for key in keys}", "the order of a set"),
    ],
)
def test_an_impurity_is_named(source: str, wording: str) -> None:
    assert wording in [words for _, words in find_impurities(source)]


@pytest.mark.parametrize(
    "source",
    [
        "late = at >= state.now",
        "day = datetime.fromtimestamp(at, UTC)",
        "fen = total // 2",
        "for key in sorted({1, 2}): use(key)",
        "held = any(key in seen for key in set(keys))",
        "total = sum(fen[key] for key in set(keys))",
        "count = len(set(keys))",
        "common = {key for key in set(a) if key in b}",
        "if key in {1, 2}: use(key)",
        "def f(keys: set[str]): ...\n\ndef g(keys: list[str]):\n    for key in keys: use(key)",
        "for key in {1: 'a', 2: 'b'}: use(key)",
    ],
)
def test_what_gives_the_same_every_time_is_left_alone(source: str) -> None:
    assert find_impurities(source) == []
