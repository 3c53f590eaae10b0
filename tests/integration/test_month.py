"""A sample county's month through the command line: repeats, verification, order files, screens."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bank_adapters.formats.orders import parse_order_file
from bank_adapters.profiles import find_order_profile, load_profiles
from consolidator.cli.main import main
from consolidator.transparency.keys import render_vkey
from schemas.orders import parse_order_part
from streams.embedded.journal import open_journal, open_journal_read_only
from tests.integration.office import (
    make_home,
    read_head,
    run_once,
    submit_world,
)
from tests.support.witnesses import LOG_VKEY
from tests.support.world import World, make_signer

Told = dict[str, Any]


def test_everything_submitted_twice_changes_nothing(home: Path, sample: Path, ask: Callable[..., Told]) -> None:
    before = ask("status", "--home", home)
    told = ask("submit", "--home", home, sample)
    assert (told["new"], told["refused"]) == (0, 0)
    assert told["identical"] == len(told["files"])
    ran = ask("run", "--home", home, "--once")
    assert (ran["commands"], ran["orders_sent"], ran["refused"]) == (0, 0, [])
    assert ask("status", "--home", home) == before


def test_the_same_commands_appended_again_change_nothing(home: Path, ask: Callable[..., Told]) -> None:
    before = ask("status", "--home", home)
    with open_journal(home / "journal.sqlite") as journal:
        journal.append([command for _, command in journal.commands(2)])
    assert ask("run", "--home", home, "--once")["refused"] == []
    assert ask("status", "--home", home) == before
    ask("log", "replay", "--home", home)


def test_the_log_verifies_and_replays(done: Path, ask: Callable[..., Told]) -> None:
    status = ask("status", "--home", done)
    verified = ask("log", "verify", "--home", done)
    assert (verified["size"], verified["root"], verified["origin"]) == (
        status["size"],
        status["root"],
        status["origin"],
    )
    assert ask("log", "replay", "--home", done)["root"] == status["root"]
    assert ask("log", "verify", "--home", done, "--policy", done / "policy.txt")["verified"]


def test_a_changed_entry_or_another_key_fails_verification(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "policy.txt"
    other.write_text(f"log {render_vkey(make_signer('consolidator.example/511112').verifier)}\nquorum none\n")
    assert main(["log", "verify", "--home", str(home), "--policy", str(other)]) == 3
    other.write_text("quorum none\n")
    assert main(["log", "verify", "--home", str(home), "--policy", str(other)]) == 5
    with sqlite3.connect(home / "journal.sqlite") as journal:
        first, entries = journal.execute("SELECT first, entries FROM bundles ORDER BY first LIMIT 1").fetchone()
        journal.execute("UPDATE bundles SET entries = ? WHERE first = ?", (entries[:-3] + b"9" + entries[-2:], first))
    assert main(["log", "verify", "--home", str(home)]) == 3
    assert main(["log", "replay", "--home", str(home)]) == 3


def test_order_files_say_exactly_what_the_ledger_ordered(done: Path, ask: Callable[..., Told]) -> None:
    found = {}
    with open_journal_read_only(done / "journal.sqlite") as journal:
        for file in journal.order_files():
            parts = [parse_order_part(part.body) for part in journal.order_parts(file.file)]
            found[file.file] = [
                row for part in parts for row in zip(part.account, part.name, part.amount_fen, strict=True)
            ]
    total = 0
    for path in (done / "outbox").glob("[0-9]*/*"):
        profile = find_order_profile(path.parent.name, load_profiles())
        assert profile is not None
        rows = [(row.account, row.name, row.amount_fen) for row in parse_order_file(profile, path.read_bytes())]
        (name,) = [name for name in found if name in path.name]
        assert rows == found.pop(name)
        total += len(rows)
    assert found == {}
    status = ask("status", "--home", done)
    assert status["lines"]["ordered"]["count"] == total
    assert status["orders"]["waiting"] == 0


def test_a_real_home_gives_the_same_root_as_the_machine_alone(tmp_path: Path) -> None:
    office = make_home(tmp_path / "home")
    world = World(pinned={"key": LOG_VKEY})
    world.set_up()
    world.send_batch("B-1", world.settle_people(5))
    world.release("B-1", [("402", 5, 50_000)])
    submit_world(office, tmp_path / "d", world)
    assert run_once(office) == 0
    head, alone = read_head(office), world.county.head()
    assert (head.size, head.root, head.ordinal) == (alone.size, alone.root, alone.ordinal)


def test_screens_for_people_tell_the_same_without_ids_and_accounts(
    done: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_journal_read_only(done / "journal.sqlite") as journal:
        (file, *_) = journal.order_files()
        orders = parse_order_part(next(journal.order_parts(file.file)).body)
    line = f"{file.source}/{file.document}/{orders.line[0]}"
    for words in (
        ["status"], ["batch", "list"], ["batch", "show", f"{file.source}/{file.document}"], ["review", "list"],
        ["explain", line], ["log", "verify"], ["log", "replay"],
    ):  # fmt: skip
        capsys.readouterr()
        assert main([*words, "--home", str(done)]) == 0
        told = "".join(capsys.readouterr())
        assert "511199" not in told
        assert not [account for account in orders.account if account in told]
    assert main(["explain", line, "--home", str(done), "--full"]) == 0
    assert orders.account[0] in capsys.readouterr().out
