"""The demo as a whole: figures that machines judge, the home it leaves, and what it may replace."""

import json
import re
import shutil
from pathlib import Path

import pytest

from consolidator.bootstrap import load_view, open_home
from consolidator.cli.main import main
from consolidator.demo import DemoResult, run_demo
from consolidator.facts.lines import sum_states
from schemas.errors import ConflictError, UsageError

LINES, SEED = 500, 7
# The log's bytes on every machine and Python. A change here changes what everybody has recorded: see CONTRIBUTING.
RECORDED = (1310, "6ac1ecc98d35f4ff3afb4d660bcff6bd941d63c7771bc6cc89144418e511f684")
KEYS = {
    *("lines", "ready", "held", "refused", "cleared", "ordered", "fen", "findings", "planted", "found", "false_holds"),
    *("answers", "settled", "corrections"),
    *("cards_before", "accounts_after", "size", "root", "origin", "vkey", "seconds", "lines_per_second"),
    "quorum",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "demo-home"


@pytest.fixture(scope="module")
def result(home: Path) -> DemoResult:
    return run_demo(home, LINES, SEED)


def test_everything_planted_is_found_and_nothing_else_is_held(result: DemoResult) -> None:
    figures = result.figures
    assert figures["found"] == figures["planted"] > 0
    assert figures["false_holds"] == 0


def test_lines_are_ready_held_or_refused_in_count_and_fen(result: DemoResult) -> None:
    figures = result.figures
    assert figures["lines"] == LINES == figures["ready"] + figures["held"] + figures["refused"]
    fen = figures["fen"]
    assert fen["lines"] == fen["ready"] + fen["held"] + fen["refused"]
    assert fen.keys() == {"lines", "ready", "held", "refused", "cleared", "ordered"}


def test_what_was_ready_and_what_was_cleared_is_ordered(result: DemoResult) -> None:
    """One line was ready, held by hand and cleared; one was ready, held at its release and cleared: twice counted."""
    figures, story_twice = result.figures, 2
    assert figures["ordered"] == figures["ready"] + figures["cleared"] - story_twice


def test_banks_answer_every_order_and_each_end_comes(result: DemoResult) -> None:
    """One result differs from its order and changes nothing: that line still waits. As it was before corrections."""
    figures = result.figures
    counts = {state: part["count"] for state, part in figures["answers"].items()}
    assert counts == {"credited": figures["ordered"] - 5, "failed": 3, "unknown": 0, "returned": 1}
    assert sum(part["fen"] for part in figures["answers"].values()) < figures["fen"]["ordered"]
    assert (figures["findings"]["R51"], figures["findings"]["R53"]) == (1, 1)
    assert figures["settled"] > 0


def test_what_banks_did_not_pay_is_in_the_senders_lists(result: DemoResult, home: Path) -> None:
    lists = "".join(path.read_text(encoding="utf-8") for path in (home / "returns").rglob("*.csv"))
    counts = {word: lists.count(word) for word in ("发放失败 failed", "已退票 returned", "待查询 unknown", "S25")}
    assert result.figures["settled"]
    unpaid = 4 - len(result.figures["corrections"]["lines"])  # who is paid again leaves the list
    assert counts == {"发放失败 failed": unpaid - 1, "已退票 returned": 1, "待查询 unknown": 0, "S25": 1}
    assert lists.count("不符之处 金额") == 1


def test_what_was_not_paid_of_a_batch_is_corrected_and_paid(result: DemoResult, home: Path) -> None:
    corrections = result.figures["corrections"]
    source, document, _ = corrections["lines"][0]["source_line"].split("/")
    assert corrections["batch"] == f"{source}/{document}-FIX"
    assert [each["state"] for each in corrections["lines"]] == ["credited"] * 2
    state = load_view(open_home(home)).state
    assert sum_states(state.batches[state.batch_index[f"{source}/{document}"]])["rebuilt"][0] == 2
    assert state.batches[state.batch_index[corrections["batch"]]].state == "settled"


def test_the_round_of_a_correction_stands_in_its_bank_file(result: DemoResult, home: Path) -> None:
    for each in result.figures["corrections"]["lines"]:
        assert each["order"].endswith("-FIX/" + each["line"].rpartition("/")[2] + "/1")
        assert [path for path in (home / "outbox").rglob("*-FIX_*") if each["order"].encode() in path.read_bytes()]


def test_a_raised_and_a_repeated_correction_are_refused(result: DemoResult) -> None:
    refused = result.figures["corrections"]["refused"]
    assert "R44:red" in refused["raised"]
    assert "R45:red" in refused["twice"]


def test_the_page_tells_of_corrections(result: DemoResult, home: Path) -> None:
    page = (home / "demo.html").read_text(encoding="utf-8")
    assert "十、更正重发 Paid again" in page
    assert all(each["order"] in page for each in result.figures["corrections"]["lines"])
    assert f"explain --home {home} {result.figures['corrections']['lines'][0]['source_line']}" in page


def test_whoever_looks_at_the_home_is_told_of_corrections(
    result: DemoResult, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = result.figures["corrections"]["lines"][0]
    assert main(["explain", "--home", str(home), "--lang", "zh", first["source_line"]]) == 0
    assert f"已有更正行 {first['line']}(发放成功)" in capsys.readouterr().out


def test_the_log_with_the_banks_answers_is_verified_and_replayed(result: DemoResult, home: Path) -> None:
    assert result.figures["answers"]
    assert main(["log", "verify", "--home", str(home), "--disclosed"]) == 0
    assert main(["log", "replay", "--home", str(home)]) == 0


def test_the_figures_are_json_with_every_promised_key(result: DemoResult) -> None:
    assert json.loads(json.dumps(result.figures)).keys() >= KEYS


def test_without_witnesses_figures_and_page_say_so(result: DemoResult, home: Path) -> None:
    assert result.figures["quorum"] == "none"
    assert "无见证,仅供演示" in (home / "demo.html").read_text(encoding="utf-8")
    assert not (home / "witnesses").exists()


def test_many_cards_become_fewer_accounts(result: DemoResult, home: Path) -> None:
    truth = json.loads((home / "sample" / "truth.json").read_bytes())
    assert result.figures["cards_before"] == truth["cards"]
    assert result.figures["accounts_after"] == truth["designated"] < truth["cards"]


def test_the_log_is_the_recorded_one_byte_for_byte(result: DemoResult) -> None:
    assert (result.figures["size"], result.figures["root"]) == RECORDED


def test_the_same_seed_gives_the_same_root_in_another_home(result: DemoResult, tmp_path: Path) -> None:
    stages: list[str] = []
    again = run_demo(tmp_path / "other", LINES, SEED, lambda stage, _done, _total: stages.append(stage))
    assert (again.figures["root"], again.figures["size"]) == (result.figures["root"], result.figures["size"])
    assert list(dict.fromkeys(stages)) == ["sample", "submit", "run"]


def test_every_paying_bank_has_its_order_files(result: DemoResult, home: Path) -> None:
    files = [path for path in (home / "outbox").rglob("*") if path.is_file()]
    assert result.figures["ordered"] > 0
    assert {path.parent.name for path in files} <= {"102", "103", "105", "402", "403"}
    assert files


def test_what_is_odd_about_a_batch_as_a_whole_is_found_too(result: DemoResult) -> None:
    assert {result.figures["findings"][code] for code in ("R41", "R55")} == {1}


def test_the_page_tells_of_every_kind_of_document_that_came(result: DemoResult, home: Path) -> None:
    page = (home / "demo.html").read_text(encoding="utf-8")
    assert result.figures["root"]
    assert all(name in page for name in ("银行核验结果", "应报批次预告", "疑点处置", "银行回执"))


@pytest.mark.parametrize("wanted", ["发放前有人变更了指定账户", "两名根管理员追加计划后", "没有出厂编号", "名单激增"])
def test_the_page_says_why_releases_were_refused_and_names_milder_forms(
    result: DemoResult, home: Path, wanted: str
) -> None:
    assert result.figures["root"]
    assert wanted in (home / "demo.html").read_text(encoding="utf-8")


def test_the_page_in_the_home_shows_no_id_and_no_account(result: DemoResult, home: Path) -> None:
    page = (home / "demo.html").read_text(encoding="utf-8")
    assert result.figures["root"]
    assert "村干部一家三口" in page
    assert not re.search(r"[0-9]{15}", page)


@pytest.fixture
def older(result: DemoResult, home: Path, tmp_path: Path) -> Path:
    """Give a copy of the demo's home."""
    assert result.figures["home"] == str(home)
    return shutil.copytree(home, tmp_path / "h")


def test_an_older_demo_is_replaced(result: DemoResult, older: Path) -> None:
    assert run_demo(older, LINES, SEED + 1).figures["root"] != result.figures["root"]
    assert [path.name for path in older.parent.iterdir()] == ["h"]


def test_a_demo_killed_between_home_and_sample_is_replaced(older: Path) -> None:
    (older / "sample").rename(older.parent / ".h.sample")
    assert run_demo(older, LINES, SEED).figures["lines"] == LINES


def test_anything_else_at_the_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConflictError, match="--home"):
        run_demo(tmp_path, LINES, SEED)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_county_of_its_own_with_a_sample_inside_is_left_alone(older: Path) -> None:
    (older / "keys" / "log.key").write_text("another key\n", encoding="utf-8")
    with pytest.raises(ConflictError, match="--home"):
        run_demo(older, LINES, SEED)
    assert (older / "journal.sqlite").exists()


def test_too_few_lines_leave_an_older_demo_where_it_is(older: Path) -> None:
    with pytest.raises(UsageError):
        run_demo(older, 10, SEED)
    assert (older / "demo.html").exists()
