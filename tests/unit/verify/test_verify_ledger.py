"""What the real ledger writes through the real engine is accepted, and replay agrees."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from consolidator.sealing import County
from consolidator.verify.log import check_totals, verify_log
from schemas.commands import Command
from streams.embedded.journal import SqliteJournal, create_journal, open_journal
from streams.engine import Engine
from streams.replay import check_replay
from tests.support.books import Books
from tests.support.world import EPOCHS, HOUR, ORIGIN, START, Columns, World, digest_of, make_signer, officer


def _make_county() -> County:
    return County(EPOCHS, make_signer(ORIGIN))


@pytest.fixture(scope="module")
def world() -> World:
    """A county with holds, a clearing, releases in one and in several files, a void batch, a suppression, lateness."""
    world = World()
    world.set_up()
    ids = world.settle_people(30)
    world.send_batch("P1", ids[:10])
    world.send_batch("P2", ids[5:15], [99_999] * 10)
    world.review("clerk", "hold", "P1", [1, 2])
    world.release("P1", [("402", 8, 80_000)])
    world.now += 2 * HOUR
    world.confirm("approver", "bureau", world.review("reviewer", "clear", "P1", [1]), "clearing")
    world.release("P1", [("402", 1, 10_000)], 2)
    world.review("reviewer", "stop", "P1", [2])
    world.send_batch("P3", ids[:3], [1, 2, None])
    world.now += HOUR
    world.send_batch("P4", ids[20:])
    world.set_policy("policy-2", [("bank", "402", {"name": "农商行", "file_lines_max": 4})])
    world.release("P4", [("402", 10, 100_000)])
    world.submit(_sign_disposition(world, "record", None))
    raw = _sign_disposition(world, "suppress", "2026-12-31")
    world.submit(raw)
    world.confirm("approver", "bureau", digest_of(raw), "suppression")
    world.set_policy("policy-3", [officer("auditor", "oversight", "supervisor", ["access"])])
    opened = {"reader": "auditor", "asker": "示例某甲", "ground": "示审通1号", "salt": "0" * 32}
    world.send("auditor", {"kind": "access", "source": "oversight", "id": "A-1", **opened}, {"index": [0, 7]})
    announced = {"programme": ["FARM"], "period": ["2025"], "township": ["511112001"], "due_on": ["2026-11-02"]}
    world.send("clerk", {"kind": "expected", "source": "bureau", "id": "announced"}, announced)
    world.send_batch("P5", ids[:2], fields={"period": "2024"})
    for day in (2, 20, 40, 60):
        world.apply(Command("tick", START + day * 24 * HOUR, b""))
    return world


def _sign_disposition(world: World, action: str, until: str | None) -> bytes:
    """Make a disposition of the first line of P4, as the reviewer."""
    batch = {"source": "bank-402", "id": "P4"}
    fields = {"kind": "disposition", "source": "bureau", "id": f"d-{action}", "action": action, "batch": batch}
    columns: Columns = {"line": [1], "code": ["R08"], "verdict": ["unfounded"], "reason": ["已核实"], "until": [until]}
    return world.sign("reviewer", fields, columns)


@pytest.fixture
def journal(world: World, tmp_path: Path) -> Iterator[SqliteJournal]:
    """The county's commands, run through the engine."""
    create_journal(tmp_path / "journal.sqlite", world.commands[0])
    with open_journal(tmp_path / "journal.sqlite") as journal:
        journal.append(world.commands[1:])
        engine = Engine(journal, _make_county)
        engine.recover()
        engine.run()
        engine.close()
        yield journal


def test_the_engine_commits_what_the_ledger_made(world: World, journal: SqliteJournal) -> None:
    assert list(journal.bundles()) == [bundle for step in world.steps for bundle in step.bundles]
    record = journal.last_commit()
    assert record is not None
    assert record.head == world.county.head()


def test_the_ledgers_log_is_accepted_with_its_own_totals(journal: SqliteJournal) -> None:
    record = journal.last_commit()
    assert record is not None
    report = verify_log(journal.bundles(), record.head.checkpoint.encode(), make_signer(ORIGIN).verifier)
    check_totals(report, record.head.totals)
    assert (report.size, report.root) == (record.head.size, record.head.root)
    assert report.kinds["orders"] == 5
    assert (report.kinds["disposition"], report.kinds["overdue"]) == (2, 4)
    assert report.kinds["access"] == 1
    assert report.kinds["close"] > 1
    assert report.batches["void"] == 1


def test_the_ledgers_log_adds_up_in_an_outsiders_books(world: World) -> None:
    Books().read(world.entries()).check_closes()


def test_a_start_from_the_snapshot_and_a_replay_reach_the_same_head(world: World, journal: SqliteJournal) -> None:
    engine = Engine(journal, _make_county)
    engine.recover()
    assert engine.machine.head() == world.county.head()
    assert check_replay(journal, _make_county).root == world.county.head().root
