"""In which language people are told: both, or the one that ``--lang`` or the locale names."""

import json
from pathlib import Path

import pytest

from consolidator.cli.commands import make_parser
from consolidator.cli.errors import tell_error, tell_unexpected
from consolidator.cli.main import main
from consolidator.cli.terminal import yuan
from consolidator.home.reports import render_refusal
from consolidator.intake.outcomes import FileOutcome, render_outcome
from consolidator.language import Language, choose, choose_language, pick, speaking, tag
from consolidator.views.words import STATES, name_in
from schemas import errors
from schemas.commits import Outcome


@pytest.mark.parametrize(
    ("words", "locale", "language"),
    [
        ([], {}, "both"),
        ([], {"LANG": "C.UTF-8"}, "both"),
        ([], {"LANG": "de_DE.UTF-8"}, "both"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "en_GB"}, "en"),
        ([], {"LANG": "en_GB", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "en_GB", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ([], {"LANG": "en_GB", "LC_ALL": "C"}, "both"),
        (["--lang", "en", "status"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["status", "--lang", "zh"], {"LANG": "en_GB"}, "zh"),
        (["status", "--lang=zh"], {"LANG": "en_GB"}, "zh"),
        (["status", "--lang"], {"LANG": "en_GB"}, "en"),
        (["status", "--lang", "fr"], {}, "both"),
        (["submit", "--", "--lang", "zh"], {"LANG": "en_GB"}, "en"),
        (["--lang", "zh", "submit", "--", "--lang", "en"], {}, "zh"),
    ],
)
def test_the_option_chooses_then_the_locale_else_both(
    words: list[str], locale: dict[str, str], language: Language
) -> None:
    assert choose_language(words, locale) == language


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("已结束 / ended", "已结束", "ended"),
        ("县区 county", "县区", "county"),
        ("标准(分) standard, fen", "标准(分)", "standard, fen"),
        ("日志 / the log's name", "日志", "the log's name"),
        ("chmod 600 keys/log.key", "chmod 600 keys/log.key", "chmod 600 keys/log.key"),
        ("vkey", "vkey", "vkey"),
        ("批次", "批次", "批次"),
    ],
)
def test_a_text_of_ours_is_told_by_halves(text: str, zh: str, en: str) -> None:
    assert choose(text) == text
    with speaking("zh"):
        assert choose(text) == zh
    with speaking("en"):
        assert choose(text) == en


def test_the_language_ends_with_its_command() -> None:
    with pytest.raises(KeyError), speaking("zh"):
        raise KeyError
    assert (pick("中", "x"), tag("中", "x")) == ("中 / x", "中 x")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "both",
            "错误:目录已存在\nerror: it exists\n下一步 next:稍后再试,或换一个名称 / try later, or use another name\n",
        ),
        ("zh", "错误:目录已存在\n下一步:稍后再试,或换一个名称\n"),
        ("en", "error: it exists\nnext: try later, or use another name\n"),
    ],
)
def test_an_error_is_told_in_the_language_of_now(
    language: Language, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with speaking(language):
        tell_error(errors.ConflictError("目录已存在 / it exists"))
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("both", "错误:I14 列数不符"),
        ("zh", "错误:I14 列数不符(row 7, 3 of 4)"),
        ("en", "error: wrong number of columns: row 7, 3 of 4"),
    ],
)
def test_a_code_keeps_its_place_and_detail_in_every_language(
    language: Language, first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with speaking(language):
        tell_error(errors.InputError("I14", "3 of 4", "row 7"))
    assert capsys.readouterr().err.splitlines()[0] == first


def test_a_code_without_detail_is_told_alone(capsys: pytest.CaptureFixture[str]) -> None:
    tell_error(errors.InputError("I11"))
    assert capsys.readouterr().err.splitlines()[:2] == ["错误:I11 缺少随附封面", "error: cover sheet missing"]


def test_a_code_that_is_not_ours_is_told_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    tell_error(errors.InputError("X99", "odd"))
    assert "error: X99 odd" in capsys.readouterr().err


def test_what_has_no_chinese_is_told_in_english_rather_than_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    with speaking("zh"):
        tell_error(errors.ConfigurationError("no journal at x"))
    assert capsys.readouterr().err.splitlines()[0] == "错误:配置有误(no journal at x)"


def test_something_unexpected_is_told_in_one_language(capsys: pytest.CaptureFixture[str]) -> None:
    with speaking("en"):
        assert tell_unexpected(KeyError(), debug=False) == 1
    assert capsys.readouterr().err.isascii()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["status"], "缺少 --home"),
        (["status", "--home"], "--home 缺少取值"),
        (["status", "--home", "x", "--more"], "不认识的参数 --more"),
        (["status", "--home", "x", "--lang", "fr"], "--lang 没有 'fr'"),
        (["sample", "--to", "x", "--lines", "many"], "--lines 应为整数,不是 'many'"),
        (["init", "--home", "x", "--county", "1"], "--root-key --sample 须填其一"),
        (
            ["init", "--home", "x", "--county", "1", "--sample", "s", "--root-key", "k"],
            "--root-key 与 --sample 不能同时",
        ),
    ],
)
def test_wrong_words_are_told_in_chinese(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "zh", *words] if "fr" not in words else words) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--lang", "en", "status"], ["status", "--lang", "en"]])
def test_the_option_stands_before_or_after_the_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.isascii()


def test_the_locale_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert main(["status"]) == 2
    assert capsys.readouterr().err.isascii()


@pytest.mark.parametrize("words", [["--help"], ["init", "--help"], ["batch", "--help"], ["batch", "release", "--help"]])
def test_help_is_in_one_language(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*words, "--lang", "en"])
    english = capsys.readouterr().out
    assert english.startswith("examples:\n")
    assert english.isascii()
    with pytest.raises(SystemExit):
        main([*words, "--lang", "zh"])
    chinese = capsys.readouterr().out
    assert chinese.startswith("示例:\n")
    assert "选项:" in chinese
    assert "show this help" not in chinese


def test_every_help_text_is_in_both_languages() -> None:
    waiting = [make_parser()]
    while waiting:
        parser = waiting.pop()
        for action in parser._actions:  # noqa: SLF001 -- argparse shows them nowhere else
            waiting += action.choices.values() if isinstance(action.choices, dict) else []
            assert action.help is None or " / " in action.help, f"{parser.prog} {action.dest}"


@pytest.mark.parametrize(("language", "told"), [("both", "1.00 元 yuan"), ("zh", "1.00 元"), ("en", "1.00 yuan")])
def test_amounts_have_their_unit_in_the_language_of_now(language: Language, told: str) -> None:
    with speaking(language):
        assert yuan(100) == told


def test_a_state_is_named_in_english_only_where_no_chinese_is_spoken() -> None:
    assert name_in(STATES, "held") == "存疑拦截"
    with speaking("en"):
        assert name_in(STATES, "held") == "held"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "退回  a/b (x.csv row 2)  D10 条数与报送件头不符 [x] → 重新生成报送件"),
        ("en", "refused  a/b (x.csv row 2)  D10 item count differs from the header [x] → make the document again"),
    ],
)
def test_a_refusal_of_the_ledger_is_in_one_language(language: Language, told: str) -> None:
    outcome = Outcome("refused", "a", "b", "batch", "", "D10", "row 2", "x")
    with speaking(language):
        assert render_refusal(outcome, "x.csv") == told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("both", "退回 refused  x.csv (row 2)  I14 列数不符 / wrong number of columns → "),
        ("zh", "退回  x.csv (row 2)  I14 列数不符 → 更正该行后重新报送"),
        ("en", "refused  x.csv (row 2)  I14 wrong number of columns → correct that row and send again"),
    ],
)
def test_a_file_turned_away_is_told_in_the_language_of_now(language: Language, told: str) -> None:
    with speaking(language):
        assert render_outcome(FileOutcome("x.csv", "refused", code="I14", position="row 2")).startswith(told)


def test_what_exactly_is_wrong_with_a_file_is_told() -> None:
    refused = FileOutcome("x.csv", "refused", code="I15", position="row 1", detail="column 备注 is missing")
    assert "I15 文件头有误 / file header is wrong [column 备注 is missing] → " in render_outcome(refused)


def test_json_is_the_same_in_every_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for language in ("zh", "en"):
        to = str(tmp_path / "schemas")
        assert main(["schemas", "write", "--to", to, "--json", "--lang", language]) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]
