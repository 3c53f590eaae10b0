"""What the READMEs tell people to type is what the program understands, in both languages."""

import re
from pathlib import Path

import pytest

from consolidator.cli.commands import make_parser

ROOT = Path(__file__).parents[3]
_COMMAND = re.compile(r"^\.venv/bin/consolidator ([^#\n]+)", re.MULTILINE)


def read_commands(name: str) -> list[str]:
    """Give the commands that a page shows, without the program's name."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")  # a long command goes on in the next line
    return [words.strip() for words in _COMMAND.findall(text)]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_command_shown_can_be_parsed(name: str) -> None:
    commands = read_commands(name)
    assert commands
    assert all(make_parser().parse_args(command.split()).call for command in commands)


def test_every_command_of_the_page_about_the_log_can_be_parsed() -> None:
    text = (ROOT / "docs" / "log.md").read_text(encoding="utf-8")
    commands = re.findall("^consolidator ([^#\n]+)", text, re.MULTILINE)
    assert len(commands) >= 6
    assert all(make_parser().parse_args(command.split()).call for command in commands)


def test_the_chinese_page_shows_every_command_of_the_english_one() -> None:
    assert set(read_commands("README.md")) <= set(read_commands("README.zh-CN.md"))


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_page_that_is_linked_exists(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
