"""A home in which banks told results: whatever reads entries tells of them, and nothing public names anybody."""

import json
from pathlib import Path
from typing import Any

import pytest

from consolidator.bootstrap import Office
from consolidator.cli.main import main
from consolidator.views.reading import list_entries
from streams.embedded.journal import open_journal_read_only
from tests.integration.office import ask, make_home, run_once, save_key, submit_world
from tests.support.told import order_lines, result, tell
from tests.support.world import World, make_account, make_id, make_name, officer

REASON = f"账户{make_account(1)}已销户"
SERIAL = "7" * 16


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A county with six ordered lines: one of each end, one that differs, one that nobody told of."""
    folder = tmp_path_factory.mktemp("told")
    office = make_home(folder / "home")
    world = World()
    world.set_up()
    world.set_policy("policy-2", [officer("auditor", "oversight", "supervisor", ["access"])])
    order_lines(world, 6)
    told = {"on": "2026-11-06", "serial": SERIAL}
    tell(
        world,
        result("credited", 1, **told),
        result("failed", 2, why="account_state", reason=REASON, **told),
        result("unknown", 3, why="ambiguous"),
        result("returned", 4, why="return", reason="户名不符"),
        result("credited", 5, amount_fen=9_900),
    )
    submit_world(office, folder / "d", world)
    assert run_once(office) == 4  # one result was refused
    return office


def test_the_status_counts_what_banks_told(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    told = ask(capsys, office, "status")
    for words in ("发放成功 credited", "发放失败 failed", "待查询 unknown", "已退票 returned", "已送银行 ordered"):
        assert words in told
    lines = json.loads(ask(capsys, office, "status", "--json"))["lines"]
    assert {state: sums["count"] for state, sums in lines.items()} == {
        **dict.fromkeys(("credited", "failed", "unknown", "returned"), 1),
        "ordered": 2,
    }


def test_a_batch_is_shown_by_bank_and_result_with_where_to_look(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["batch", "show", "--home", str(office.home.root), "bank-402/B-1"]) == 0
    told = capsys.readouterr()
    assert "402  发放失败 failed    1  100.00 元 yuan" in told.out
    assert "402  已送银行 ordered   2  200.00 元 yuan" in told.out
    assert "returns/bank-402/" in told.err


def test_a_line_is_explained_in_the_language_that_is_asked_for(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    zh = ask(capsys, office, "--lang", "zh", "explain", "bank-402/B-1/2")
    assert "银行所述原因:账户****已销户。" in zh
    assert zh.count(make_account(1)) == 0
    en = ask(capsys, office, "--lang", "en", "explain", "bank-402/B-1/2")
    assert "Class of the reason: state of the account." in en
    assert REASON in ask(capsys, office, "explain", "bank-402/B-1/2", "--full")


def test_the_log_is_verified_and_replayed_in_every_way(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    totals = json.loads(ask(capsys, office, "log", "verify", "--json"))["totals"]
    assert totals["failed"] == totals["returned"] == [1, 10_000]
    ask(capsys, office, "log", "verify", "--disclosed")
    ask(capsys, office, "log", "replay")


def find_told(office: Office, line: int) -> int:
    """Give the index of the last entry about a line."""
    with open_journal_read_only(office.home.journal) as journal:
        return [entry.index for entry in list_entries(journal.bundles(), b'"line":%d,' % line)][-1]


def test_what_a_bank_told_is_opened_under_names_of_its_own(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, proof = save_key(tmp_path, "auditor"), tmp_path / "told.tlog-proof"
    index = str(find_told(office, 2))
    words = ["log", "prove", "--home", str(office.home.root), "--index", index, "--open", "--key", str(key)]
    words += ["--ground", "示例", "--to", str(proof)]
    assert [main(words), run_once(office), main(words)] == [0, 0, 0]
    capsys.readouterr()
    assert main(["log", "check-proof", str(proof), "--policy", str(office.home.policy)]) == 0
    told = capsys.readouterr().out
    assert f"回执账户 account told: {make_account(1)}" in told
    assert f"银行所述原因 the bank's reason: {REASON}" in told
    assert "指定账户" not in told


def test_nothing_public_and_nothing_told_names_anybody(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    told = "".join(ask(capsys, office, *words) for words in (("status",), ("batch", "list"), ("log", "verify")))
    for line in range(1, 7):
        told += ask(capsys, office, "explain", f"bank-402/B-1/{line}")
    public: dict[Path, bytes] = {path: path.read_bytes() for path in office.home.log.rglob("*") if path.is_file()}
    published = b"".join(public.values())
    assert b'"to":"returned"' in published
    names = " ".join(str(path.relative_to(office.home.root)) for path in office.home.root.rglob("*"))
    secrets: list[Any] = [(make_id(person), make_name(person), make_account(person)) for person in range(6)]
    for secret in (*(each for group in secrets for each in group), REASON, SERIAL, "户名不符"):
        assert secret.encode() not in published
        assert secret not in names
    for secret in (each for group in secrets for each in group):
        assert secret not in told
