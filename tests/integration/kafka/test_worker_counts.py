"""A sample county gives the same root, byte for byte, on both engines, however many workers it goes through."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from consolidator.bootstrap import open_home
from consolidator.cli.main import main
from consolidator.cluster.settings import Place
from schemas.commands import Command
from schemas.commits import Bundle, Head
from schemas.orders import OrderFile, OrderPart
from streams import engine as engine_module
from streams.embedded.journal import open_journal_read_only
from streams.kafka import reading
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.states import States
from tests.integration.office import read_head
from tests.support.clusters import TestCluster
from tests.support.kafka_checks import check_county

CODE = "511112"


@dataclass(frozen=True)
class Embedded:
    """The sample county after its month on one machine."""

    home: Path
    commands: list[Command]
    head: Head
    bundles: list[Bundle]
    files: list[OrderFile]
    parts: list[OrderPart]


@dataclass(frozen=True)
class Way:
    """How the commands go through: by how many workers, in how many turns, in commits and fetches of which size."""

    workers: int
    turns: int
    commit_lines: int
    fetch_bytes: int


@pytest.fixture(scope="module")
def embedded(done: Path) -> Embedded:
    """Read all of it."""
    office = open_home(done)
    with open_journal_read_only(office.home.journal) as journal:
        files = list(journal.order_files())
        return Embedded(
            done,
            [command for _, command in journal.commands(1)],
            read_head(office),
            list(journal.bundles()),
            files,
            [part for file in files for part in journal.order_parts(file.file)],
        )


@pytest.mark.parametrize("way", [Way(1, 1, 10_000, 8_388_608), Way(2, 3, 1_000, 50_000), Way(4, 5, 2_500, 2_000)])
def test_a_sample_county_has_the_root_of_one_machine(
    embedded: Embedded, broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    monkeypatch.setattr(engine_module, "COMMIT_LINES_MAX", way.commit_lines)
    monkeypatch.setattr(reading, "FETCH_BYTES", way.fetch_bytes)
    banks = tuple(sorted({file.bank for file in embedded.files}))
    cluster = TestCluster(tmp_path, broker, banks=banks, places=[Place(code=CODE, partition=0, worker="w0", home=CODE)])
    shutil.copytree(embedded.home, tmp_path / CODE)
    cluster.apply()
    taken = -(-len(embedded.commands) // way.turns)
    for turn in range(way.turns):
        worker = f"w{turn % way.workers}"
        cluster.append({CODE: embedded.commands[turn * taken :][:taken]})
        cluster.assign(CODE, worker)
        cluster.write()
        assert main(["worker", "run", "--cluster", str(cluster.file), "--name", worker, "--once"]) == 0
    check_county(cluster.shard(CODE))
    check_equal(cluster, embedded)


def check_equal(cluster: TestCluster, embedded: Embedded) -> None:
    """Compare all that was committed with what one machine has."""
    shard = cluster.shard(CODE)
    with Loop() as loop:
        journal = KafkaJournal(shard, loop, States(cluster.root / "snapshots" / CODE))
        record = journal.last_commit()
        files = list(journal.order_files())
        parts = [part for file in files for part in journal.order_parts(file.file)]
        assert record is not None
        assert record.head == embedded.head
        assert list(journal.bundles()) == embedded.bundles
        assert (files, parts) == (embedded.files, embedded.parts)
        journal.close()
