"""What the ledger refuses, as the operator sees it; what waits, and what may come again."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from consolidator.bootstrap import open_home
from tests.integration.office import (
    list_documents,
    make_home,
    read_head,
    submit,
    submit_world,
    write_documents,
    write_pay_file,
)
from tests.support.witnesses import LOG_VKEY
from tests.support.world import START, World, make_id, officer

Told = dict[str, Any]


def test_run_names_file_place_and_next_step_of_what_it_refused(tmp_path: Path, ask: Callable[..., Told]) -> None:
    office = make_home(tmp_path / "home")
    world = World(pinned={"key": LOG_VKEY})
    world.set_up()
    ids = world.settle_people(3)
    submit_world(office, tmp_path / "d", world)
    path = write_pay_file(tmp_path, ids)
    path.write_bytes(path.read_bytes().replace(b"|100.00|", b"|100.001|", 1))
    submit(office, [path], START + 50)
    told = ask("run", "--home", office.home.root, "--once", code=4)
    assert [(each["outcome"], each["code"], each["file"], each["position"]) for each in told["refused"]] == [
        ("void", "D20", path.name, ""),
        ("item", "I20", path.name, "row 2"),
    ]
    assert told["refused"][1]["next"]["zh"]
    again = ask("run", "--home", office.home.root, "--once")
    assert again["refused"] == []


def test_a_document_after_a_gap_waits_and_takes_effect_when_its_number_is_due(
    tmp_path: Path, ask: Callable[..., Told]
) -> None:
    world = World(pinned={"key": LOG_VKEY})
    world.set_up()
    world.settle_people(4)
    documents = list_documents(world)
    policy, acts = documents[:2], documents[2:]
    office = make_home(tmp_path / "home")
    paths = write_documents(tmp_path / "d", [*policy, *reversed(acts)])
    home = office.home.root
    submit(office, paths[:-1])
    told = ask("run", "--home", home, "--once", code=4)
    assert [(each["outcome"], each["code"]) for each in told["refused"]] == [("gap", "D02")] * (len(acts) - 1)
    shutil.copytree(home, tmp_path / "copy")
    for office in (open_home(home), open_home(tmp_path / "copy")):
        submit(office, paths[-1:], START + 60)
    told = ask("run", "--home", home, "--once")
    assert told["documents"] == len(acts)
    assert told["refused"] == []
    for _ in range(3):
        ask("run", "--home", tmp_path / "copy", "--once")
    assert ask("status", "--home", home) == ask("status", "--home", tmp_path / "copy")
    assert ask("log", "replay", "--home", home)["identical"]


def test_a_gap_of_a_key_that_was_withdrawn_is_not_offered_for_ever(tmp_path: Path, ask: Callable[..., Told]) -> None:
    office = make_home(tmp_path / "home")
    world = World(pinned={"key": LOG_VKEY})
    world.set_up()
    late = world.sign("clerk", {"kind": "designations", "source": "bureau", "id": "D-2"}, _designate(), seq=2)
    early = world.sign("clerk", {"kind": "designations", "source": "bureau", "id": "D-1"}, _designate(), seq=1)
    world.set_policy("policy-2", [("officer", "clerk", None)])
    policy, confirm, withdrawal, second = list_documents(world)
    submit(office, write_documents(tmp_path / "d", [policy, confirm, late, early, withdrawal, second]))
    told = ask("run", "--home", office.home.root, "--once", code=4)
    before = ask("status", "--home", office.home.root)
    assert before["pending"] == 0
    assert "gap" in [each["outcome"] for each in told["refused"]]
    ask("run", "--home", office.home.root, "--once")
    assert ask("status", "--home", office.home.root) == before


def _designate() -> dict[str, list[str]]:
    return {"payee_id": [make_id(1)], "bank": ["402"], "account": ["62170000000001"]}


def test_a_document_of_an_unknown_key_is_taken_once_its_officer_is_registered(
    tmp_path: Path, ask: Callable[..., Told]
) -> None:
    office = make_home(tmp_path / "home")
    world = World(pinned={"key": LOG_VKEY})
    world.set_up()
    fields = {"kind": "register", "source": "bureau", "id": "R-1", "register_name": "deaths", "update": "full"}
    columns = {"id": [make_id(1)], "died_on": ["2026-01-01"]}
    early = world.sign("newcomer", fields | {"snapshot_on": "2026-10-31"}, columns)
    world.set_policy("policy-2", [officer("newcomer", "bureau", "clerk", ["register"])])
    documents = list_documents(world)
    paths = write_documents(tmp_path / "d", [*documents[:2], early, *documents[2:]])
    home = office.home.root
    submit(office, paths)
    told = ask("run", "--home", home, "--once", code=4)
    assert [(each["outcome"], each["code"]) for each in told["refused"]] == [("unauthenticated", "I09")]
    (kept,) = office.home.refused.glob("bureau/*.jsonl")
    assert kept.read_bytes() == early
    assert json.loads(kept.with_name(f"{kept.name}.reason.json").read_text())["code"] == "I09"
    ordinal = ask("status", "--home", home)["ordinal"]
    assert [outcome.word for outcome in submit(office, paths[2:3], START + 99)] == ["new"]
    assert ask("run", "--home", home, "--once")["documents"] == 1
    assert ask("status", "--home", home)["ordinal"] == ordinal + 2
    assert [outcome.word for outcome in submit(office, paths[2:3], START + 100)] == ["identical"]


def test_every_kind_of_authenticated_refusal_is_an_entry_and_the_rest_goes_on(
    tmp_path: Path, ask: Callable[..., Told]
) -> None:
    office = make_home(tmp_path / "home")
    world = World(pinned={"key": LOG_VKEY})
    world.set_up()
    ids = world.settle_people(3)
    world.send_batch("B-1", ids)
    world.send_batch("B-1", ids, [5_000] * 3)
    world.send(
        "adapter",
        world.batch_fields("B-2", 3, 30_001),
        {"beneficiary_id": ids, "beneficiary_name": ["甲"] * 3, "amount_fen": [10_000] * 3},
    )
    world.send(
        "supervisor",
        {
            "kind": "release",
            "source": "oversight",
            "id": "X",
            "batch": {"source": "bank-402", "id": "B-1"},
            "number": 1,
        },
        {
            "bank": ["402"],
            "application": ["a"],
            "voucher": ["v"],
            "voucher_on": ["2026-11-01"],
            "count": [3],
            "fen": [30_000],
        },
    )
    world.submit(
        world.sign(
            "adapter",
            world.batch_fields("B-3", 3, 30_000),
            {"beneficiary_id": ids, "beneficiary_name": ["甲"] * 3, "amount_fen": [10_000] * 3},
            seq=1,
        )
    )
    submit_world(office, tmp_path / "d", world)
    told = ask("run", "--home", office.home.root, "--once", code=4)
    assert [(each["outcome"], each["code"]) for each in told["refused"]] == [
        ("conflict", "D03"),
        ("void", "D20"),
        ("refused", "D05"),
        ("conflict", "D01"),
    ]
    entries = [entry for entry in world.entries("document") if entry["outcome"] != "new"]
    assert [entry["code"] for entry in entries] == ["D03", "D05", "D01"]
    assert read_head(office).root == world.county.head().root
