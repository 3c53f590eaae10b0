"""Officers' acts through the command line, from the held line to the order file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consolidator.cli.main import main
from streams.embedded.journal import open_journal_read_only
from tests.integration.office import (
    make_home,
    run_once,
    save_key,
    submit_world,
)
from tests.support.world import World, make_id

Told = dict[str, Any]


def test_lines_are_held_cleared_released_and_paid_by_the_acts_of_officers(
    tmp_path: Path, ask: Callable[..., Told]
) -> None:
    office = make_home(tmp_path / "home")
    world = World()
    world.set_up()
    world.send_batch("B-1", world.settle_people(5))
    submit_world(office, tmp_path / "d", world)
    home, batch = office.home.root, "bank-402/B-1"
    keys = {name: save_key(tmp_path, name) for name in ("supervisor", "reviewer", "approver", "clerk")}

    def act(*words: object) -> Told:
        told = ask(*words)
        ask("run", "--home", home, "--once")
        return told

    act("status", "--home", home)
    act("review", "hold", "--home", home, "--key", keys["supervisor"], batch, 2, 4, "--reason", "核实")
    held = ask("review", "list", "--home", home, "--batch", batch)["held"]
    assert [row["line"] for row in held] == ["bank-402/B-1/2", "bank-402/B-1/4"]
    assert {row["beneficiary_name"] for row in held} == {"示*"}
    full = ask("review", "list", "--home", home, "--full")["held"]
    assert full[0]["beneficiary_name"] == world.name_of(make_id(1))
    act("review", "stop", "--home", home, "--key", keys["reviewer"], batch, 4, "--reason", "不实")
    cleared = act("review", "clear", "--home", home, "--key", keys["reviewer"], batch, 2, "--reason", "属实")
    act("confirm", "--home", home, "--key", keys["approver"], cleared["digest"])
    shown = ask("batch", "show", "--home", home, batch)
    assert shown["ready_by_bank"] == [{"bank": "402", "count": 4, "fen": 40_000}]
    released = act(
        "batch", "release", "--home", home, "--key", keys["clerk"], batch, "--pay", "402:SQ-1:PZ-1:2026-11-16"
    )
    act("confirm", "--home", home, "--key", keys["approver"], released["digest"])
    status = ask("status", "--home", home)
    assert status["orders"] == {"sent": 1, "waiting": 0}
    assert {name: sums["count"] for name, sums in status["lines"].items()} == {"ordered": 4, "stopped": 1}
    story = ask("explain", "--home", home, "bank-402/B-1/2")
    assert story["state"] == "ordered"
    assert [event["to"] for event in story["history"]] == ["ready", "held", "ready"]
    assert ask("log", "verify", "--home", home)["verified"]
    assert [row["state"] for row in ask("batch", "list", "--home", home)["batches"]] == ["released"]


def test_two_acts_before_a_run_take_two_numbers(tmp_path: Path, ask: Callable[..., Told]) -> None:
    office = make_home(tmp_path / "home")
    world = World()
    world.set_up()
    world.send_batch("B-1", world.settle_people(3))
    submit_world(office, tmp_path / "d", world)
    run_once(office)
    key = save_key(tmp_path, "reviewer")
    for line in (1, 2):
        ask("review", "hold", "--home", office.home.root, "--key", key, "bank-402/B-1", line, "--reason", "核实")
    assert ask("run", "--home", office.home.root, "--once")["documents"] == 2


def test_one_person_cannot_do_both_steps(tmp_path: Path, ask: Callable[..., Told]) -> None:
    office = make_home(tmp_path / "home")
    world = World()
    world.set_up()
    world.send_batch("B-1", world.settle_people(3))
    world.review("reviewer", "hold", "B-1", [1])
    submit_world(office, tmp_path / "d", world)
    run_once(office)
    home, key = office.home.root, save_key(tmp_path, "reviewer")
    cleared = ask("review", "clear", "--home", home, "--key", key, "bank-402/B-1", 1, "--reason", "属实")
    ask("confirm", "--home", home, "--key", key, cleared["digest"])
    told = ask("run", "--home", home, "--once", code=4)
    assert [(each["outcome"], each["code"]) for each in told["refused"]] == [("refused", "D14")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["review", "hold", "--key", "KEY", "bank-402/B-9", "1", "--reason", "x"], 4),
        (["review", "hold", "--key", "KEY", "bank-402/B-1", "4", "--reason", "x"], 2),
        (["review", "hold", "--key", "KEY", "bank-402/B-1", "1", "--reason", "x" * 201], 4),
        (["batch", "release", "--key", "KEY", "bank-402/B-1", "--pay", "402:SQ:PZ"], 2),
        (["batch", "release", "--key", "KEY", "bank-402/B-1", "--pay", "103:SQ:PZ:2026-11-16"], 2),
        (["batch", "release", "--key", "KEY", "bank-402/B-1", "--pay", "402:SQ:PZ:16.11.2026"], 4),
        (["confirm", "--key", "KEY", "3f1c"], 4),
        (["confirm", "--key", "NOBODY", "0" * 64], 5),
        (["confirm", "--key", "MISSING", "0" * 64], 5),
        (["explain", "bank-402/B-1/99"], 4),
        (["explain", "x"], 4),
    ],
)
def test_a_wrong_act_is_refused_before_it_is_signed(tmp_path: Path, words: list[str], code: int) -> None:
    office = make_home(tmp_path / "home")
    world = World()
    world.set_up()
    world.send_batch("B-1", world.settle_people(3))
    submit_world(office, tmp_path / "d", world)
    run_once(office)
    keys = {"KEY": save_key(tmp_path, "clerk"), "NOBODY": save_key(tmp_path, "nobody"), "MISSING": tmp_path / "x"}
    assert main([*(str(keys.get(word, word)) for word in words), "--home", str(office.home.root)]) == code
    with open_journal_read_only(office.home.journal) as journal:
        record = journal.last_commit()
        assert record is not None
        assert journal.next_position() == record.position


def test_status_lists_what_waits_for_a_second_person_until_somebody_confirms_it(
    tmp_path: Path, ask: Callable[..., Told], capsys: pytest.CaptureFixture[str]
) -> None:
    office = make_home(tmp_path / "home")
    world = World()
    world.set_up()
    world.send_batch("B-1", world.settle_people(3))
    world.review("reviewer", "hold", "B-1", [1])
    submit_world(office, tmp_path / "d", world)
    run_once(office)
    home, reviewer = office.home.root, save_key(tmp_path, "reviewer")
    assert ask("status", "--home", home)["awaiting"] == {"count": 0, "documents": []}
    words = ["--home", home, "--key", reviewer, "bank-402/B-1", 1, "--reason", "属实"]
    digest = ask("review", "clear", *words, "--id", "CLEAR-1")["digest"]
    ask("run", "--home", home, "--once")
    awaiting = ask("status", "--home", home)["awaiting"]
    assert awaiting["count"] == 1
    (row,) = awaiting["documents"]
    assert row.pop("at").startswith("20")
    assert row == {
        "digest": digest,
        "source": "bureau",
        "document": "CLEAR-1",
        "kind": "review",
        "action": "clear",
        "batch": "bank-402/B-1",
    }
    assert main(["status", "--home", str(home)]) == 0
    told = capsys.readouterr()
    assert digest in told.out
    assert "放行 clear" in told.out
    assert f"consolidator confirm --home {home}" in told.err
    ask("confirm", "--home", home, "--key", save_key(tmp_path, "approver"), digest)
    ask("run", "--home", home, "--once")
    assert ask("status", "--home", home)["awaiting"] == {"count": 0, "documents": []}


def test_a_county_writes_its_policy_as_a_file_and_two_root_officers_put_it_in_force(
    tmp_path: Path, ask: Callable[..., Told], capsys: pytest.CaptureFixture[str]
) -> None:
    office = make_home(tmp_path / "home")
    world = World()
    world.set_up()
    submit_world(office, tmp_path / "d", world)
    run_once(office)
    home, file = office.home.root, tmp_path / "policy.toml"
    capsys.readouterr()
    assert main(["policy", "show", "--home", str(home)]) == 0
    shown = capsys.readouterr().out
    file.write_text(f"{shown}\n[rule.R11]\nlevel = 'yellow'\nparameters = {{ persons_max = 9 }}\n", encoding="utf-8")
    root_1, root_2 = save_key(tmp_path, "root-1"), save_key(tmp_path, "root-2")
    digest = ask("policy", "propose", "--home", home, "--key", root_1, file)["digest"]
    ask("run", "--home", home, "--once")
    before = ask("policy", "show", "--home", home)
    ask("confirm", "--home", home, "--key", root_2, digest)
    ask("run", "--home", home, "--once")
    after = ask("policy", "show", "--home", home)
    assert after["version"] == before["version"] + 1
    assert [row["level"] for row in after["rules"] if row["code"] == "R11"] == ["yellow"]
    assert before["programmes"] == after["programmes"]


@pytest.mark.parametrize(("text", "code"), [("[rule.R11]\nlevel = 'green'\n", 4), (None, 2)])
def test_a_wrong_policy_file_is_refused_before_it_is_signed(tmp_path: Path, text: str | None, code: int) -> None:
    office, file = make_home(tmp_path / "home"), tmp_path / "policy.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    key = save_key(tmp_path, "root-1")
    assert main(["policy", "propose", "--home", str(office.home.root), "--key", str(key), str(file)]) == code
