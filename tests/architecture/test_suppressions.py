import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PRODUCT, list_python, name

_REASON = r"\s*(?:--|#)\s*(?!noqa|type:)\S.*"
# What silences a tool → how it must be written: which complaint, and why.
RULES = {
    re.compile(r"#\s*(?:ruff:\s*)?noqa\b", re.IGNORECASE): re.compile(
        r"#\s(?:ruff: )?noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*" + _REASON
    ),
    re.compile(r"#\s*type:\s*ignore"): re.compile(r"# type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\]" + _REASON),
    re.compile(r"#\s*mypy:"): re.compile(r"# mypy: [a-z-]+(?:=\S+)?" + _REASON),
    re.compile(r"#\s*pragma:"): re.compile(r"# pragma: no (?:cover|branch)" + _REASON),
}


def find_unexplained(source: str) -> Iterator[tuple[int, str]]:
    """Give line and text of comments that silence a tool without naming the complaint and a reason."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and any(
            silence.search(token.string) and not form.search(token.string) for silence, form in RULES.items()
        ):
            yield token.start[0], token.string


@pytest.mark.parametrize("path", list_python(*PRODUCT, "tests", "requirements"), ids=name)
def test_whoever_silences_a_tool_says_what_and_why(path: Path) -> None:
    found = [*find_unexplained(path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(f"{name(path)}:{line}: {comment}" for line, comment in found)


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: S608",
        "# noqa: S608 --",
        "# NOQA: S608 -- reason",
        "# type: ignore",
        "# type: ignore[misc]",
        "# type: ignore  # because",
        "# pragma: no cover",
        "# mypy: ignore-errors",
        "# type: ignore[misc]  # noqa: S608",
        "# ruff: noqa",
    ],
)
def test_a_bare_suppression_is_seen(comment: str) -> None:
    assert [*find_unexplained(f"x = 1  {comment}\n")] == [(1, comment)]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: S608 -- both are constants",
        "# noqa: S603, S607 -- fixed words",
        "# type: ignore[misc]  # mypy cannot see the default",
        "# ruff: noqa: D102 -- the name is the behaviour",
        "# pragma: no cover -- only on another system",
        "# an ordinary comment",
    ],
)
def test_an_explained_suppression_is_left_alone(comment: str) -> None:
    assert [*find_unexplained(f"x = 1  {comment}\n")] == []
