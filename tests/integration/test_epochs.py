"""The end of a year's data: refused too early, then nothing that only that year held is left, and the rest stands."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from consolidator.bootstrap import open_desk, open_home
from consolidator.cli.main import main
from consolidator.home.files import write_whole
from consolidator.intake.submitting import Submission, submit_file
from consolidator.keys import read_epoch_keys
from streams.embedded.lock import hold_lock
from tests.integration.ages import LATE, LIVING, NOW, PAY_FILE, SECRETS, YEAR, Story, find_secrets, make_aged, review
from tests.integration.conftest import Told
from tests.integration.office import read_head, run_once, save_key
from tests.support.world import make_id

Ask = Callable[..., Told]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A home whose first year is over for 35 years."""
    return make_aged(tmp_path / "home", tmp_path)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same home and the files that were sent; not to be changed."""
    folder = tmp_path_factory.mktemp("aged")
    make_aged(folder / "home", folder)
    return folder


@pytest.fixture
def home(done: Path, tmp_path: Path) -> Path:
    """A copy of the home that may be changed."""
    return shutil.copytree(done / "home", tmp_path / "copy" / "home")


def retire(home: Path, *words: str, year: int = YEAR) -> int:
    """Run the command; gives its exit code."""
    return main(["epoch", "retire", "--home", str(home), str(year), *words])


def describe_log(home: Path) -> dict[str, str]:
    """Give every published file with its digest."""
    files = sorted(path for path in (home / "log").rglob("*") if path.is_file())
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


def test_nothing_that_only_that_year_held_is_left_and_everybody_can_still_verify(home: Path, ask: Ask) -> None:
    office = open_home(home)
    assert set(find_secrets(home, SECRETS)) == set(SECRETS)  # or the search would prove nothing
    head, log = read_head(office), describe_log(home)
    shutil.copytree(home / "log", home.with_name("copy"))
    told = ask("epoch", "retire", "--home", home, YEAR, "--unanswered")
    assert find_secrets(home, SECRETS) == {}
    assert set(find_secrets(home, {"living": LIVING})) == {"living"}
    assert min(read_epoch_keys(office.home.epoch_keys)) == YEAR + 1
    assert told["removed"] | {"documents_sha256": ""} == {
        "commands": 37,
        "documents": 20,
        "documents_sha256": "",
        "disclosures": 14,
        "order_lists": 1,
        "taken": 22,
        "refused": 4,
        "outbox": 1,
    }
    assert (told["unanswered"], told["state"]) == ([4, 40_000], "retired")
    assert told["head"] == {"command": 42, "size": head.size, "root": head.root}
    assert (read_head(office), describe_log(home)) == (head, log)
    assert ask("log", "verify", "--home", home)["root"] == head.root
    policy = home / "policy.txt"
    assert ask("log", "verify", "--dir", home.with_name("copy"), "--policy", policy)["root"] == head.root
    replayed = ask("log", "replay", "--home", home)
    assert (replayed["root"], replayed["retired"], replayed["first"]) == (head.root, [YEAR], 39)
    assert ask("doctor", "--home", home)["findings"]
    assert ask("status", "--home", home)["retired"] == [told]
    assert ask("epoch", "list", "--home", home)["years"][0] == told


def test_the_county_goes_on_as_if_nothing_were_gone(story: Story, ask: Ask) -> None:
    home = story.office.home.root
    twin = open_home(shutil.copytree(home, home.with_name("twin")))
    assert retire(home, "--unanswered") == 0
    story.world.send_batch("B-2026", [make_id(1)], fields={"period": "2026"})
    story.pass_on()
    run_once(story.office)
    with open_desk(twin) as desk:
        submit_file(desk, Submission(max(story.folder.glob("*.jsonl"), key=os.path.getmtime), "", story.world.now))
    run_once(twin)
    head = read_head(twin)
    assert read_head(story.office) == head
    assert ask("log", "replay", "--home", home)["root"] == head.root
    assert ask("log", "verify", "--home", home)["root"] == head.root


def test_a_county_without_snapshots_recovers_from_the_retained_state(home: Path) -> None:
    office = open_home(home)
    assert retire(home, "--unanswered") == 0
    head = read_head(office)
    with closing(sqlite3.connect(home / "journal.sqlite", isolation_level=None)) as journal:
        journal.execute("DELETE FROM snapshots")
    assert run_once(office) == 0
    assert read_head(office) == head
    with closing(sqlite3.connect(home / "journal.sqlite", isolation_level=None)) as journal:
        journal.execute("DELETE FROM snapshots")
        journal.execute("UPDATE retirements SET state = zeroblob(9)")
    assert run_once(office) == 1
    assert main(["log", "replay", "--home", str(home)]) == 1


def test_lists_for_senders_are_made_again_from_what_is_left(home: Path) -> None:
    assert any((home / "returns").rglob("B-1990_*"))
    living = {path.name: path.read_bytes() for path in (home / "returns").rglob("B-1991_*")}
    assert living
    assert retire(home, "--unanswered") == 0
    assert not any((home / "returns").rglob("B-1990_*"))
    assert {path.name: path.read_bytes() for path in (home / "returns").rglob("B-1991_*")} == living
    shutil.rmtree(home / "returns")
    assert main(["run", "--home", str(home), "--once"]) == 0
    assert {path.name: path.read_bytes() for path in (home / "returns").rglob("*.csv")} == {
        name: raw for name, raw in living.items() if name.endswith(".csv")
    }


def test_lists_that_lag_behind_do_not_stop_a_retirement(home: Path) -> None:
    (home / "returns" / ".state").unlink()
    with closing(sqlite3.connect(home / "returns" / ".state", isolation_level=None)) as store:
        store.execute("PRAGMA user_version = 1")
    assert retire(home, "--unanswered") == 0
    assert any((home / "returns").rglob("B-1991_*"))


def test_a_retired_line_is_told_without_what_is_gone(home: Path, ask: Ask) -> None:
    before = ask("explain", "--home", home, "bank-402/B-1990/1")
    assert retire(home, "--unanswered") == 0
    after = ask("explain", "--home", home, "bank-402/B-1990/1")
    assert (
        (after["state"], after["order_file"])
        == (before["state"], before["order_file"])
        == (
            "ordered",
            "bank-402_B-1990_402_001",
        )
    )
    assert (before["order"]["serial"], after["order"]["serial"]) == (1, 0)
    assert after["sentences"][-1]["zh"].startswith("1990 年已到期销毁")
    assert [event["persons"] for event in after["history"]] == [{}, {}]
    stopped = ask("explain", "--home", home, "bank-402/B-1990/5")
    assert (stopped["state"], stopped["order"]) == ("stopped", None)
    assert all("指定账户第" not in sentence["zh"] for sentence in after["sentences"] + stopped["sentences"])
    living = ask("explain", "--home", home, "bank-402/B-1991/1")
    assert not living["sentences"][-1]["zh"].startswith("1990")


def test_the_same_command_again_says_the_same(home: Path, ask: Ask) -> None:
    told = ask("epoch", "retire", "--home", home, YEAR, "--unanswered")
    assert ask("epoch", "retire", "--home", home, YEAR) == told
    assert main(["epoch", "list", "--home", str(home)]) == 0
    assert main(["status", "--home", str(home)]) == 0
    assert main(["log", "replay", "--home", str(home)]) == 0


# ---- numbers and repeats


def test_an_adapter_goes_on_with_its_next_number(done: Path, home: Path, ask: Ask) -> None:
    assert retire(home, "--unanswered") == 0
    raw = (done / PAY_FILE).read_bytes()
    cover = (done / f"{PAY_FILE}.cover.csv").read_text()
    name = PAY_FILE.replace("1990", "2026")
    write_whole(home.parent / name, raw.replace(b"1990", b"2026"))
    cover = cover.replace("PAY-0001", "PAY-0002").replace("1989", "2025")
    write_whole(home.parent / f"{name}.cover.csv", cover.encode())
    assert ask("submit", "--home", home, home.parent / name)["new"] == 1
    assert ask("run", "--home", home, "--once")["documents"] == 1
    assert sorted(path.name[17:25] for path in (home / "taken" / "bank-402").glob("*.jsonl"))[-2:] == ["00000002"] * 2


def test_a_retired_document_that_comes_again_is_known(done: Path, home: Path, ask: Ask) -> None:
    batch = next(path for path in done.glob("*.jsonl") if b'"beneficiary_id"' in path.read_bytes())
    assert retire(home, "--unanswered") == 0
    assert ask("submit", "--home", home, batch)["new"] == 1
    head = read_head(open_home(home))
    assert ask("run", "--home", home, "--once")["refused"] == []
    assert read_head(open_home(home)).root == head.root


def test_a_retired_document_that_waited_for_its_number_is_not_waited_for(story: Story, ask: Ask) -> None:
    home = story.office.home.root
    assert retire(home, "--unanswered") == 0
    world = story.world
    for _ in range(LATE - 2):  # the year after sent one
        world.register("deaths", {"id": [make_id(77)], "died_on": ["2026-10-01"]}, snapshot_on="2026-10-31")
    story.pass_on()
    run_once(story.office)
    ask("submit", "--home", home, story.folder / "gap.jsonl")
    assert ask("run", "--home", home, "--once", code=4)["documents"] == 1  # its account is in no census


# ---- refused


def test_a_year_is_kept_as_long_as_the_settings_say(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = home / "consolidator.toml"
    settings.write_text(settings.read_text().replace("retention_years = 30", "retention_years = 36"))
    assert retire(home, "--unanswered") == 5
    said = capsys.readouterr().err
    assert "1990 年数据须保管至 2027-01-01T00:00:00Z" in said
    assert "retention_years in consolidator.toml" in said
    settings.write_text(settings.read_text().replace("retention_years = 36", "retention_years = 35"))
    assert retire(home, "--unanswered") == 0


def test_a_clock_that_is_ahead_of_the_ledger_destroys_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = make_aged(tmp_path / "home", tmp_path, until=NOW - 20 * 365 * 86_400)
    assert retire(story.office.home.root, "--unanswered") == 5
    assert "the ledger's time says 2006" in capsys.readouterr().err


@pytest.mark.parametrize("year", [YEAR - 1, YEAR + 1, 2100])
def test_only_the_oldest_year_may_go(home: Path, year: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert retire(home, "--unanswered", year=year) == 5
    assert "the oldest left is 1990" in capsys.readouterr().err


def test_lines_no_bank_answered_on_are_kept_unless_let_go(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert retire(home) == 7
    assert "4 lines of that year were ordered" in capsys.readouterr().err
    assert set(find_secrets(home, SECRETS)) == set(SECRETS)


def test_a_year_with_open_lines_stays(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    home = story.office.home.root
    assert retire(home, "--unanswered") == 0
    assert retire(home, "--unanswered", year=YEAR + 1) == 7
    assert "bank-402/B-1991 (held 1)" in capsys.readouterr().err
    review(story.world, "stop", "B-1991", [1], "reason of a stop")
    story.pass_on()
    run_once(story.office)
    assert retire(home, year=YEAR + 1) == 0
    assert find_secrets(home, {"living": LIVING}) == {}
    for year in range(YEAR + 2, YEAR + 6):  # nothing was sent in these
        assert retire(home, year=year) == 0
    assert main(["log", "replay", "--home", str(home)]) == 0
    assert main(["log", "verify", "--home", str(home)]) == 0
    assert set(find_secrets(home, {"this year's": SECRETS["reason of a stop"]})) == {"this year's"}


def test_a_document_that_waits_for_a_second_person_keeps_its_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = make_aged(tmp_path / "home", tmp_path, pending=True)
    assert retire(story.office.home.root, "--unanswered") == 7
    assert "1 things of that year are still open" in capsys.readouterr().err


def test_a_county_at_work_is_left_alone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hold_lock(home / "ledger.lock"):
        assert retire(home, "--unanswered") == 7
    assert "is at work in this home" in capsys.readouterr().err


def test_an_order_file_that_was_not_sent_keeps_its_year(home: Path) -> None:
    with closing(sqlite3.connect(home / "gate.sqlite", isolation_level=None)) as gate:
        gate.execute("UPDATE sendings SET state = 'intent'")
    assert retire(home, "--unanswered") == 7


def test_a_journal_that_is_not_what_its_commands_give_keeps_everything(home: Path) -> None:
    with closing(sqlite3.connect(home / "journal.sqlite", isolation_level=None)) as journal:
        select = "SELECT first, disclosures FROM bundles WHERE length(disclosures) > 400"
        first, raw = journal.execute(select).fetchone()
        changed = raw[:40] + bytes([raw[40] ^ 1]) + raw[41:]
        journal.execute("UPDATE bundles SET disclosures = ? WHERE first = ?", (changed, first))
    assert retire(home, "--unanswered") == 3
    assert set(find_secrets(home, SECRETS)) == set(SECRETS)


def test_while_somebody_reads_nothing_is_called_finished(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(f"file:{home}/journal.sqlite?mode=ro", uri=True, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM commands").fetchone()
        assert retire(home, "--unanswered") == 7
        assert "another process is reading" in capsys.readouterr().err
        assert main(["status", "--home", str(home)]) == 0
        assert "1990(未完成)" in capsys.readouterr().out
        assert main(["doctor", "--home", str(home)]) == 5
        assert retire(home, "--unanswered", year=YEAR + 1) == 7
    assert retire(home) == 0
    assert find_secrets(home, SECRETS) == {}


@pytest.mark.kill
def test_a_retirement_killed_anywhere_leaves_a_county_that_works_and_is_finished_by_the_same_command(
    done: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.integration.retiring", str(done / "home"), str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 -- our own
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(told) > 60
    assert {each["begun"] for each in told} == {False, True}
    root = read_head(open_home(done / "home")).root
    for each in told:
        assert {*each.pop("codes"), *each.pop("ends")} == {
            0
        }  # run, log verify, log replay, before the repeat and after
        each.pop("begun")
        assert each == {"again": 0, "left": {}, "root": root, "key": False}


def test_what_a_retired_year_sealed_is_neither_opened_nor_added_up(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_once(open_home(home))
    assert main(["log", "verify", "--home", str(home), "--disclosed"]) == 0
    assert retire(home, "--unanswered") == 0
    capsys.readouterr()
    asked = ["--index", "5", "--open", "--key", str(save_key(tmp_path, "approver")), "--ground", "复核"]
    for words in (["log", "prove", "--home", str(home), *asked], ["log", "verify", "--home", str(home), "--disclosed"]):
        assert main(words) == 5
        assert f"{YEAR} was retired" in capsys.readouterr().err
    assert main(["log", "verify", "--home", str(home)]) == 0
