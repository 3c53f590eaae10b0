"""The command line itself: help, words, errors, exit codes, and what is loaded for them."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from consolidator.cli import main as entry
from consolidator.cli.commands import make_parser
from consolidator.cli.errors import tell_error
from consolidator.cli.main import main
from consolidator.cli.parsing import Parser
from consolidator.cli.terminal import progress, put_table
from schemas import errors


def list_parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Give a parser and all below it."""
    yield parser
    for action in parser._actions:  # noqa: SLF001 -- argparse shows its sub-parsers nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 -- the same
            for below in action.choices.values():
                yield from list_parsers(below)


PARSERS = list(list_parsers(make_parser()))


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.prog)
def test_every_help_begins_with_examples_that_can_be_parsed(parser: Parser) -> None:
    lines = parser.format_help().splitlines()
    assert lines[0] == "示例 examples:"
    assert lines[1].startswith("  consolidator ")
    for example in parser.examples:
        words = example.split("  ")[0].split()[1:]
        assert make_parser().parse_args(words).call


@pytest.mark.parametrize(
    "parser", [each for each in PARSERS if each.get_default("call")], ids=lambda parser: parser.prog
)
def test_every_verb_has_json_and_something_that_runs_it(parser: Parser) -> None:
    assert "--json" in parser.format_help()
    module, _, function = parser.get_default("call").partition(":")
    assert callable(getattr(import_module(f"consolidator.cli.{module}"), function))


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["status"],
        ["init", "--home", "x", "--county", "1"],
        ["sample", "--to", "x", "--lines", "many"],
    ],
)
def test_wrong_words_end_with_2_and_name_the_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert [line.split(":")[0].split(":")[0] for line in told.err.splitlines()] == ["错误", "error", "下一步 next"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.VerificationError("x"), 3),
        (errors.InputError("I03", "x"), 4),
        (errors.ConfigurationError("中 / x"), 5),
        (errors.DependencyError("x"), 6),
        (errors.ConflictError("x"), 7),
        (errors.InvariantError("x"), 1),
        (errors.ConsolidatorError("x"), 1),
    ],
)
def test_every_error_has_its_exit_code_and_three_lines(
    error: errors.ConsolidatorError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell_error(error) == code
    first, second, third = capsys.readouterr().err.splitlines()
    assert first.startswith("错误:")
    assert second.startswith("error: ")
    assert "x" in second
    assert third.startswith("下一步 next:")


def test_a_two_language_message_is_told_in_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    tell_error(errors.ConflictError("目录已存在 / it exists: choose another"))
    first, second, _ = capsys.readouterr().err.splitlines()
    assert (first, second) == ("错误:目录已存在", "error: it exists: choose another")


def test_a_reason_code_is_told_with_its_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    tell_error(errors.InputError("D13", "name a batch"))
    told = capsys.readouterr().err
    assert "D13 找不到所指报送件" in told
    assert "核对批次或摘要 / check the batch or digest" in told


@pytest.mark.parametrize("debug", [True, False])
def test_something_unexpected_is_told_without_its_text_unless_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, *, debug: bool
) -> None:
    def fail(_: object) -> None:
        message = "511199194912310021"
        raise KeyError(message)

    monkeypatch.setattr("consolidator.cli.status.run", fail)
    words = ["status", "--home", str(tmp_path)] + (["--debug"] if debug else [])
    assert main(words) == 1
    told = capsys.readouterr().err
    assert "KeyError" in told
    assert ("511199194912310021" in told) is debug


def test_an_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "import_module", interrupt)
    assert main(["status", "--home", "x"]) == 1
    assert "interrupted" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "consolidator", "sample", "--to", str(tmp_path / "s"), "--lines", "500", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 -- our own
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from consolidator.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit(bool({'pydantic', 'sqlite3', 'cryptography', 'msgspec', 'rich'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0  # noqa: S603 -- our own


def test_status_loads_neither_the_ledger_nor_the_adapters() -> None:
    heavy = "{'consolidator.sealing', 'bank_adapters', 'rich'}"
    code = f"import sys, consolidator.cli.status; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 -- our own


def test_no_progress_bar_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("x") as advance:
        advance(1, 2)
    assert capsys.readouterr() == ("", "")


def test_columns_line_up_with_chinese_in_them(capsys: pytest.CaptureFixture[str]) -> None:
    put_table([("县区", "a"), ("x", "b")])
    assert capsys.readouterr().out == "县区  a\nx     b\n"


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["key", "new", "--name", "root-1", "--to", str(tmp_path / "k"), "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["vkey"].startswith("root-1+")
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    content = (tmp_path / "k").read_bytes()
    assert content.startswith(b"PRIVATE+KEY+root-1+")
    assert main(words) == 7
    assert (tmp_path / "k").read_bytes() == content
    assert main(["key", "show", str(tmp_path / "k"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told
    assert main(["key", "show", str(tmp_path / "k")]) == 0
    assert capsys.readouterr().out == f"{told['vkey']}\n"
    assert main(["key", "new", "--name", "a b", "--to", str(tmp_path / "l")]) == 5
