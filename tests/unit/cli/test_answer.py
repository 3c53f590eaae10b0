"""``bank answer``: a made-up bank reads order files and writes its result files, which intake reads."""

import json
from pathlib import Path
from typing import Any

import pytest

from bank_adapters.formats.orders import parse_order_file
from bank_adapters.profiles import load_profiles, match_profiles
from bank_adapters.reading import parse_file
from consolidator.cli.main import main
from tests.golden.bank_files.regenerate import FOLDER
from tests.unit.bank_adapters.samples import find_out

BANKS = ("102", "103", "105", "402", "403")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A bank's folder with an order file of each bank, a proof and a hidden file."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for bank in BANKS:
        name = find_out(f"orders-{bank}").file_name.format(file=f"PAY-1_{bank}")
        (folder / name).write_bytes((FOLDER / f"orders-{bank}.golden").read_bytes())
        (folder / f"{name}.tlog-proof").write_bytes(b"proof")
    (folder / ".draft").write_bytes(b"")
    return folder


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> Any:  # noqa: ANN401 -- whatever JSON there is
    assert main(["bank", "answer", *map(str, words), "--json"]) == 0
    told = capsys.readouterr()
    assert "made up" in told.err
    return json.loads(told.out)


def test_each_bank_answers_in_its_own_layout_about_the_very_orders(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    told = answer(capsys, inbox, "--out", out, "--on", "2026-11-16")
    assert told["simulated"] is True
    assert sorted(each["bank"] for each in told["files"]) == [*BANKS]
    for each in told["files"]:
        assert (each["count"], each["credited"], each["failed"]) == (4, 4, 0)
        (profile,) = match_profiles(each["name"], load_profiles())
        draft = parse_file(profile, each["name"], (out / each["name"]).read_bytes(), None)
        orders = parse_order_file(find_out(f"orders-{each['bank']}"), Path(each["file"]).read_bytes())
        assert draft.columns["order"] == [order.order_id for order in orders]
        assert draft.columns["amount_fen"] == [order.amount_fen for order in orders]
        assert draft.columns["on"] == ["2026-11-16"] * 4
    assert len(list(out.iterdir())) == len(BANKS)


def test_a_person_is_told_what_was_made_up(inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [inbox / "PAY-1_402.txt", "--bank", "402", "--out", tmp_path, "--failed", "100", "--on", "2026-11-16"]
    assert main(["bank", "answer", *map(str, words), "--lang", "en"]) == 0
    told = capsys.readouterr()
    counts = "credited 0 · failed 4 · unknown 0 · returned 0"
    assert told.out == f"402  RS402_PAY-1_402_20261116.txt  count 4  49.36 yuan  {counts}\n"
    assert "never use them for real money" in told.err


def test_the_same_answer_may_be_written_again_and_another_not(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [inbox / "PAY-1_402.txt", "--out", tmp_path, "--on", "2026-11-16"]
    assert answer(capsys, *words) == answer(capsys, *words)
    assert main(["bank", "answer", *map(str, words), "--failed", "100"]) == 7
    assert answer(capsys, *words[:-1], "2026-11-17", "--failed", "100")["files"][0]["failed"] == 4


def test_a_file_name_with_other_signs_still_gives_one_that_intake_knows(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = (inbox / "PAY-1_402.txt").rename(inbox / "代发 1.txt")
    (told,) = answer(capsys, path, "--out", tmp_path)["files"]
    assert [profile.name for profile in match_profiles(told["name"], load_profiles())] == ["results-402"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["PAY-1_402.txt", "--failed", "101"], 2),
        (["PAY-1_402.txt", "--failed", "60", "--unknown", "41"], 2),
        (["PAY-1_402.txt", "--failed", "-1"], 2),
        (["nowhere.txt"], 2),
        (["PAY-1_402.txt", "--bank", "999"], 5),
        (["PAY-1_402.txt", "--bank", "102"], 4),
        (["PAY-1_402.txt", "--on", "16.11.2026"], 4),
        (["PAY-1_402.txt.tlog-proof"], 4),
    ],
)
def test_what_cannot_be_answered_is_refused(inbox: Path, words: list[str], code: int) -> None:
    first, *others = words
    assert main(["bank", "answer", str(inbox / first), "--out", str(inbox / "out"), *others]) == code
    assert not (inbox / "out").exists()
