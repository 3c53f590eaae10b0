import re
from pathlib import Path

import pytest

from tests.architecture.sources import list_files, name

# Written so that no pattern and no sample below matches this very file.
_HOSTS = [
    ".".join(words)
    for words in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("proxy", "golang", "org"),
        ("registry", "npmjs", "org"),
        ("repo", "maven"),
        ("crates", "io"),
    )
]
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.$}])/(?:root|work|tmp)(?![\w-])"),
    "the address of a package registry": re.compile("|".join(map(re.escape, _HOSTS))),
    "how the work is organised": re.compile(
        r"\b(?:this|the|a|my|previous|next|last|earlier|later|another)\s+session\b(?!\s+(?:cookie|key|id|token))"
        r"|\b(?:this|next|previous)\s+issue\b|\bissue\s+#?[0-9]",
        re.IGNORECASE,
    ),
}
_IN_CONTAINERS = ("docker-compose.yml", "a path of one machine")  # the paths there are those of containers
_SLASH = "/"
_SHARED = re.compile(r"\.\./shared")


def _find(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def test_no_file_tells_where_or_how_it_was_made() -> None:
    found = [(name(path), what) for path in list_files() for what in _find(_read(path))]
    assert [each for each in found if each != _IN_CONTAINERS] == []


def test_nothing_but_tests_looks_outside_the_repository() -> None:
    outside_tests = [path for path in list_files() if not name(path).startswith("tests/")]
    assert [name(path) for path in outside_tests if _SHARED.search(_read(path))] == []


def test_the_list_of_files_is_the_repository() -> None:
    names = {name(path) for path in list_files()}
    assert {"pyproject.toml", "Makefile", ".ci/run", "schemas/py.typed", "tests/architecture/test_texts.py"} <= names
    assert not any(each.startswith((".venv", ".git/", ".mypy_cache")) for each in names)


@pytest.mark.parametrize(
    "text",
    [
        f"see {_SLASH}work/main",
        f"cp x {_SLASH}tmp/y",
        f'"{_SLASH}root"',
        "https://" + _HOSTS[0] + "/simple",
        "as the last " + "session left it",
        "closes " + "issue" + " 3",
    ],
)
def test_a_trace_of_the_workplace_is_seen(text: str) -> None:
    assert len(_find(text)) == 1


@pytest.mark.parametrize(
    "text", ["framework/root.py", "the session cookie", "an issue of paper", "$HOME/tmp", "/workers", "TLS session"]
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert _find(text) == []
