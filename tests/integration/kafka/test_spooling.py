"""Documents from a machine without the county's home: into the partition whole, whatever dies on the way."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import pytest

from consolidator.cli.main import main
from consolidator.cluster.spooling import Offers, Spool, SpooledJournal, check_clock, open_spool
from consolidator.home.paths import Home
from consolidator.intake.outcomes import FileOutcome
from consolidator.intake.submitting import Submission, submit_all
from consolidator.sealing import County
from consolidator.settings import derive_origin
from schemas.commands import Command
from schemas.documents import derive_commands, parse_document
from schemas.errors import ConfigurationError
from streams.engine import Engine
from streams.kafka.appending import Appender
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.states import States
from tests.integration.office import list_documents, save_key, write_documents, write_pay_file
from tests.support.clusters import TestCluster, make_busy_world, make_world
from tests.support.world import EPOCHS, START, World, make_signer

CODE = "511112"


@dataclass
class Bureau:
    """A cluster of one county, and a machine elsewhere that has a spool."""

    cluster: TestCluster
    spool: Path

    def submit(self, world: World, folder: Path, offers: Offers = "new") -> list[FileOutcome]:
        """Submit all that a World applied, with its stamps."""
        stamps = {command.document: command.at for command in world.commands if command.document}
        paths = write_documents(folder, list_documents(world))
        submissions = [Submission(path, "", at) for path, at in zip(paths, stamps.values(), strict=True)]
        with open_spool(Spool(self.cluster.file, CODE, self.spool, offers), ()) as desk:
            return submit_all(desk, submissions)

    def words(self, *more: object) -> list[str]:
        """Give the words of the command."""
        place = ["--cluster", str(self.cluster.file), "--county", CODE, "--spool", str(self.spool)]
        return ["submit", *place, "--json", *map(str, more)]

    def commands(self) -> list[Command]:
        """Give what stands in the partition."""
        with self.open() as journal:
            return [command for _, command in journal.commands(1)]

    def decide(self) -> County:
        """Run the county's ledger to the end of its partition."""
        with self.open() as journal:
            engine = Engine(journal, lambda: County(EPOCHS, make_signer(derive_origin(CODE))))
            engine.recover()
            engine.run()
            return engine.machine

    @contextmanager
    def open(self) -> Iterator[KafkaJournal]:
        """Open the county's journal."""
        with Loop() as loop:
            journal = KafkaJournal(self.cluster.shard(CODE), loop, States(self.cluster.root / "snapshots"))
            try:
                yield journal
            finally:
                journal.close()


@pytest.fixture
def bureau(tmp_path: Path, broker: str) -> Bureau:
    """A county whose partition holds its genesis."""
    cluster = TestCluster(tmp_path / "cluster", broker)
    cluster.root.mkdir()
    cluster.add(CODE)
    cluster.apply()
    cluster.append({CODE: make_world(CODE).commands[:1]})
    return Bureau(cluster, tmp_path / "spool")


@pytest.fixture(scope="module")
def world() -> World:
    """A county's first payments."""
    made = make_busy_world(CODE, 5)
    made.release("PAY-0", [("402", 5, 50_000)])
    return made


def list_documents_of(commands: Sequence[Command]) -> list[tuple[str, list[tuple[str, int, bytes]]]]:
    """Give document by document what stands in a row of commands."""
    groups = groupby((each for each in commands if each.document), lambda command: command.document)
    return [(digest, [(each.kind, each.index, each.body) for each in group]) for digest, group in groups]


def test_the_ledger_comes_to_the_same_as_in_a_home(bureau: Bureau, world: World, tmp_path: Path) -> None:
    outcomes = bureau.submit(world, tmp_path / "documents")
    assert {each.word for each in outcomes} == {"new"}
    assert bureau.commands() == world.commands
    assert bureau.decide().head() == world.county.head()


def test_what_was_sent_is_known_and_may_be_sent_again_without_harm(
    bureau: Bureau, world: World, tmp_path: Path
) -> None:
    bureau.submit(world, tmp_path / "documents")
    assert {each.word for each in bureau.submit(world, tmp_path / "documents")} == {"identical"}
    assert len(bureau.commands()) == len(world.commands)
    assert {each.word for each in bureau.submit(world, tmp_path / "documents", "all")} == {"new"}
    assert len(bureau.commands()) == 2 * len(world.commands) - 1
    assert bureau.decide().head().root == world.county.head().root


def test_a_banks_own_files_are_signed_and_numbered_there(
    bureau: Bureau, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = ["--adapter-key", save_key(tmp_path, "adapter"), "--source", "bank-402", "--profile", "batchpay-402"]
    first = write_pay_file(tmp_path, ["511112199001010011"])
    second = write_pay_file(tmp_path, ["511112199001010011"], "PAY402_20261105_0002.txt", 编号="PAY-0002")
    capsys.readouterr()
    assert main(bureau.words(*key, first)) == 0
    assert main(bureau.words(*key, second, first)) == 0
    bad = write_pay_file(tmp_path, ["511112199001010011"], "PAY402_20261105_0003.txt", 期间="never")
    assert main(bureau.words(*key, bad)) == 4
    told = [json.loads(text) for text in split_objects(capsys.readouterr().out)]
    assert [[(each["outcome"], each["document"]) for each in run["files"]] for run in told] == [
        [("new", "PAY-0001")],
        [("new", "PAY-0002"), ("identical", "PAY-0001")],
        [("refused", "")],
    ]
    sent = [parse_document(render(body)) for _, body in list_documents_of(bureau.commands())]
    assert [(each.header.seq, each.header.id, each.header.source) for each in sent] == [
        (1, "PAY-0001", "bank-402"),
        (2, "PAY-0002", "bank-402"),
    ]
    assert [path.suffix for path in sorted((bureau.spool / "refused" / "bank-402").iterdir())] == [".txt", ".json"]


def render(rows: Sequence[tuple[str, int, bytes]]) -> bytes:
    """Put a document together from its commands' bodies."""
    return b"".join(body + b"\n" for _, _, body in rows)


def split_objects(text: str) -> list[str]:
    """Give the JSON objects that several commands printed."""
    found, decoder = [], json.JSONDecoder()
    while text := text.strip():
        _, end = decoder.raw_decode(text)
        found.append(text[:end])
        text = text[end:]
    return found


def make_many_documents() -> list[bytes]:
    """Make documents of several parts, and many small ones."""
    world = make_world(CODE)
    world.set_up()
    people = world.settle_people(3_000)
    for number in range(40):
        world.send_batch(f"PAY-{number}", people[:2], fields={"period": str(2026 + number)})
    return list_documents(world)


def kill_at_some_document(words: Sequence[str], spool: Path, pause_seconds: float) -> bool:
    """Start a command and kill it a moment after it took a document; says whether it was still at work."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    before = len(list(spool.glob("taken/*/*.jsonl")))
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603 -- ours
        while process.poll() is None and len(list(spool.glob("taken/*/*.jsonl"))) == before:
            time.sleep(0.005)
        time.sleep(pause_seconds)
        process.kill()
    return process.returncode < 0


def test_killed_at_random_moments_a_document_is_there_whole(bureau: Bureau, tmp_path: Path) -> None:
    documents = make_many_documents()
    paths = write_documents(tmp_path / "documents", documents)
    words = [sys.executable, "-m", "consolidator", *bureau.words(*paths)]
    random = Random(7)
    kills = [kill_at_some_document(words, bureau.spool, random.random() / 10) for _ in range(3)]
    assert any(kills)
    assert main(bureau.words(*paths)) == 0
    assert not list(bureau.spool.glob("taken/*/new/*"))
    held = {(each.document, each.kind, each.index): each.body for each in bureau.commands()}
    wanted = [each for raw in documents for each in derive_commands(parse_document(raw), START)]
    assert all(held[each.document, each.kind, each.index] == each.body for each in wanted)
    assert {digest for digest, *_ in held if digest} == {each.document for each in wanted}


def test_a_clock_that_is_ahead_is_told(bureau: Bureau, world: World) -> None:
    [raw, *_] = list_documents(world)
    commands = derive_commands(parse_document(raw), START)
    with Loop() as loop:
        appender = Appender(loop)
        home, shard = Home(bureau.spool), bureau.cluster.shard(CODE)
        right = SpooledJournal(home, shard, appender)
        ahead = SpooledJournal(home, shard, appender, now=lambda: time.time() + 400)
        for journal in (right, ahead):
            journal.append(commands)
        appender.close()
    check_clock(right)
    with pytest.raises(ConfigurationError, match="seconds ahead of the brokers'"):
        check_clock(ahead)


def test_a_spool_is_one_countys_for_life(bureau: Bureau, world: World, tmp_path: Path) -> None:
    bureau.submit(world, tmp_path / "documents")
    bureau.cluster.add("511123")
    bureau.cluster.apply()
    with (
        pytest.raises(ConfigurationError, match=f"is county {CODE}'s"),
        open_spool(Spool(bureau.cluster.file, "511123", bureau.spool), ()),
    ):
        raise AssertionError


def test_a_county_without_its_partition_is_told_at_once(bureau: Bureau) -> None:
    bureau.cluster.add("511123")
    bureau.cluster.write()
    with (
        pytest.raises(ConfigurationError, match="has no partition 1 for county 511123"),
        open_spool(Spool(bureau.cluster.file, "511123", bureau.spool), ()),
    ):
        raise AssertionError
    assert not bureau.spool.exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--home", "h", "--cluster", "c", "f"], "not allowed with argument"),
        (["f"], "is required"),
        (["--cluster", "c", "f"], "also name --county and --spool"),
        (["--home", "h", "--again", "--county", "511112", "f"], "--county, --again: only together with --cluster"),
        (
            ["--cluster", "c", "--county", "1", "--spool", "s", "--profile", "p", "f"],
            "only together with --adapter-key",
        ),
        (["--cluster", "c", "--county", "1", "--spool", "s", "--adapter-key", "k", "f"], "also name --source"),
    ],
)
def test_words_that_do_not_go_together_are_refused(
    words: Sequence[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["submit", *words]) == 2
    assert reason in capsys.readouterr().err


def test_a_person_is_told_where_the_ledgers_word_shows(
    bureau: Bureau, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [path, *_] = write_documents(tmp_path / "documents", list_documents(world))
    words: list[Any] = [word for word in bureau.words(path) if word != "--json"]
    assert main(words) == 0
    assert "shows in the county's home" in capsys.readouterr().err
