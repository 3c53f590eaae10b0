"""What goes back to the senders, the census and designations, through the command line on a real home."""

import csv
import io
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from consolidator.bootstrap import Office
from consolidator.cli.main import main
from consolidator.home.running import run_once as run_home
from tests.integration.office import make_home, run_once, save_key, submit, submit_world
from tests.support.world import START, World, make_account, make_id, make_name

Told = dict[str, Any]
Ask = Callable[..., Told]


@pytest.fixture
def world() -> World:
    """Three persons with a designated card each; one of a batch's three lines is of somebody nobody knows."""
    world = World()
    world.set_up()
    ids = world.settle_people(3)
    world.send_batch("B-1", [ids[0], make_id(700), ids[1]], row=[4, 5, 6])
    return world


@pytest.fixture
def office(tmp_path: Path, world: World) -> Office:
    """A home that has run the World."""
    office = make_home(tmp_path / "home")
    submit_world(office, tmp_path / "documents", world)
    assert run_once(office) == 0
    return office


def list_returns(office: Office) -> dict[str, bytes]:
    """Give all lists by name."""
    folder = office.home.returns
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".state")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def read_csv(raw: bytes) -> list[list[str]]:
    """Read a CSV list."""
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def write_line(path: Path, *texts: str) -> Path:
    """Write a file with these lines."""
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


# ---- lists


def test_a_run_leaves_a_list_for_the_sender(office: Office) -> None:
    lists = list_returns(office)
    text, sheet = sorted(lists)
    assert text.startswith("bank-402/B-1_")
    [_, row] = read_csv(lists[text])
    assert row[2:6] == ["5", "2", "某甲", make_id(700)]
    [_, cells] = openpyxl.load_workbook(io.BytesIO(lists[sheet])).worksheets[0].iter_rows(values_only=True)
    assert cells[5] == make_id(700)
    assert stat.S_IMODE((office.home.returns / text).stat().st_mode) == 0o600


def test_a_second_run_changes_nothing_and_deleted_lists_come_back(office: Office) -> None:
    before = list_returns(office)
    inodes = [(office.home.returns / name).stat().st_ino for name in before]
    run_home(office)
    assert [(office.home.returns / name).stat().st_ino for name in before] == inodes
    for name in before:
        (office.home.returns / name).unlink()
    (office.home.returns / ".state").unlink()
    run_home(office)
    assert list_returns(office) == before


def test_a_file_turned_away_is_listed_for_its_source(office: Office, tmp_path: Path) -> None:
    bad = tmp_path / "PAY402_20261106_0001.txt"
    bad.write_bytes("※\n".encode())
    submit(office, [bad], START + 900, "bank-402")
    run_home(office)
    rows = read_csv(list_returns(office)["bank-402/files-turned-away.csv"])
    assert rows[1][0] == bad.name


def test_a_late_clearing_reaches_the_list(office: Office, tmp_path: Path, ask: Ask) -> None:
    home, keys = office.home.root, {name: save_key(tmp_path, name) for name in ("reviewer", "approver")}
    ask("review", "hold", "--home", home, "--key", keys["reviewer"], "bank-402/B-1", 1, "--reason", "核实")
    ask("run", "--home", home, "--once")
    name = next(name for name in list_returns(office) if name.endswith(".csv"))
    assert [row[3] for row in read_csv(list_returns(office)[name])[1:]] == ["1", "2"]
    told = ask("review", "clear", "--home", home, "--key", keys["reviewer"], "bank-402/B-1", 1, "--reason", "属实")
    ask("run", "--home", home, "--once")
    ask("confirm", "--home", home, "--key", keys["approver"], told["digest"])
    ask("run", "--home", home, "--once")
    assert [row[3] for row in read_csv(list_returns(office)[name])[1:]] == ["2"]


# ---- explain


def test_explain_speaks_in_sentences(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", "--home", str(office.home.root), "bank-402/B-1/2"]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "现为「退回」。\nLine bank-402/B-1/2" in told
    assert "疑点 R03 不在补贴对象库" in told
    assert make_id(700) not in told
    assert main([*words, "--full", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert make_id(700) in told
    assert "Finding R03" in told
    assert "疑点" not in told


# ---- census


def test_a_bank_gets_its_verification_list(
    office: Office, tmp_path: Path, ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["census", "request", "--home", str(office.home.root), "--bank", "402"]
    assert main(words) == 0
    rows = read_csv(capsys.readouterr().out.encode())
    assert rows[0] == ["序号", "户名", "证件号码", "银行代码", "账号", "核验结果"]
    assert rows[1] == ["1", make_name(0), make_id(0), "402", make_account(0), ""]
    out = tmp_path / "v.xlsx"
    assert ask(*words, "--out", out) == {"bank": "402", "rows": 3, "left_out": 0, "file": str(out)}
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows(max_col=5) for cell in row} == {"s"}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_name_that_csv_cannot_hold_exactly_is_left_out_with_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ask: Ask
) -> None:
    office, world = make_home(tmp_path / "home"), World()
    world.set_up()
    ids = world.settle_people(2)
    columns = {"id": [ids[0]], "name": ["=示甲"], "household": ["1"], "village": ["511112001001"]}
    world.register("population", columns, "delta")
    submit_world(office, tmp_path / "d", world)
    run_once(office)
    capsys.readouterr()
    words = ["census", "request", "--home", str(office.home.root), "--bank", "402"]
    assert main(words) == 4
    told = capsys.readouterr()
    assert [row[2] for row in read_csv(told.out.encode())[1:]] == [ids[1]]
    assert "--out FILE.xlsx" in told.err
    assert ask(*words, "--out", tmp_path / "v.xlsx")["rows"] == 2


def test_a_person_is_shown_by_an_id_that_never_stands_on_the_command_line(
    office: Office, tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = office.home.root
    file = write_line(tmp_path / "id.txt", make_id(0))
    assert ask("census", "show", "--home", home, "--id-file", file)["cards"] == 1
    assert ask("census", "show", "--home", home, "--id-file", file, "--full")["id"] == make_id(0)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{make_id(0)}\n"))
    assert main(["census", "show", "--home", str(home), "--id", "-"]) == 0
    told = capsys.readouterr().out
    assert "how many cards: 1" in told
    assert "****0000" in told
    assert main(["census", "show", "--home", str(home), "--id", make_id(0)]) == 2
    assert make_id(0) not in capsys.readouterr().err


@pytest.mark.parametrize(("text", "code"), [("511199", 4), ("５" * 18, 4), ("", 4)])
def test_what_is_no_id_is_refused(office: Office, tmp_path: Path, text: str, code: int) -> None:
    file = write_line(tmp_path / "id.txt", text)
    assert main(["census", "show", "--home", str(office.home.root), "--id-file", str(file)]) == code
    assert main(["census", "show", "--home", str(office.home.root), "--id-file", str(tmp_path / "none")]) == 2


def test_a_person_without_cards_is_told_what_to_do(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_line(tmp_path / "id.txt", make_id(77))
    assert main(["census", "show", "--home", str(office.home.root), "--id-file", str(file)]) == 0
    assert "send the card census first" in capsys.readouterr().err


def test_the_report_names_persons_in_the_file_only(
    office: Office, tmp_path: Path, ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    home, out = office.home.root, tmp_path / "report.xlsx"
    county = ask("census", "report", "--home", home, "--to", out)["townships"][0]
    assert (county["people"], county["cards"], county["designated"], county["saved"]) == (3, 3, 3, 0)
    assert openpyxl.load_workbook(out).sheetnames == ["汇总", "无指定账户人员", "代管及共用账户"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert main(["census", "report", "--home", str(home)]) == 0
    told = capsys.readouterr()
    assert "--to FILE.xlsx" in told.err
    assert make_id(0) not in told.out
    assert main(["census", "report", "--home", str(home), "--to", str(tmp_path / "report.csv")]) == 2


# ---- designations


def test_an_account_is_designated_and_suspended_by_signed_documents(
    office: Office, tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, key = office.home.root, save_key(tmp_path, "clerk")
    person = write_line(tmp_path / "id.txt", make_id(0))

    def run() -> list[str]:
        ask("run", "--home", home, "--once")
        rows = ask("designation", "show", "--home", home, "--id-file", person)["designations"]
        return [row["standing"] for row in rows]

    assert run() == ["in_force"]
    ask("designation", "suspend", "--home", home, "--key", key, "--id-file", person)
    assert run() == ["replaced", "suspended"]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{make_id(0)}\n{make_account(0)}\n"))
    words = ["designation", "set", "--home", home, "--key", key, "--bank", "402", "--branch", "402000000001"]
    ask(*words, "--id", "-", "--account", "-")
    assert run() == ["replaced", "replaced", "in_force"]


@pytest.mark.parametrize("case", [(0, "103", "S05"), (9, "402", "S05"), (1, "402", "S06")])
def test_an_account_that_is_not_the_payees_own_is_refused_at_the_keyboard(
    office: Office, tmp_path: Path, case: tuple[int, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    account, bank, told = case
    person, number = write_line(tmp_path / "id.txt", make_id(0)), write_line(tmp_path / "a.txt", make_account(account))
    words = ["designation", "set", "--home", str(office.home.root), "--key", str(save_key(tmp_path, "clerk"))]
    given = ["--id-file", str(person), "--account-file", str(number), "--bank", bank]
    assert main([*words, *given]) == 4
    shown = capsys.readouterr().err
    assert told in shown
    assert make_account(account) not in shown


def test_a_person_without_designation_cannot_be_suspended_and_is_told_so(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, person = str(office.home.root), str(write_line(tmp_path / "id.txt", make_id(77)))
    key = str(save_key(tmp_path, "clerk"))
    assert main(["designation", "suspend", "--home", home, "--key", key, "--id-file", person]) == 4
    assert "S14" in capsys.readouterr().err
    assert main(["designation", "show", "--home", home, "--id-file", person]) == 0
    assert "consolidator designation set" in capsys.readouterr().err


def test_a_history_is_shown_as_a_table(office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    person = str(write_line(tmp_path / "id.txt", make_id(0)))
    assert main(["designation", "show", "--home", str(office.home.root), "--id-file", person]) == 0
    told = capsys.readouterr().out
    assert "生效中 / in force" in told
    assert make_account(0) not in told
