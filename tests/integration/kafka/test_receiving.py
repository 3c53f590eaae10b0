"""A bank gets its order files from a real broker: each checked, each once, whatever dies, repeats or changes hands."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from consolidator.cli.main import main
from consolidator.gate.accepting import REASON
from consolidator.transparency.policy import render_policy_without_witnesses
from schemas.records import DELIVERY_BYTES_MAX, Delivery, Record, render_delivery
from streams.kafka.appending import Appender
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard
from tests.support.clusters import PATIENCE_SECONDS, TestCluster, wait_until
from tests.support.delivered import BANK, expect, list_held, list_refused, make_deliveries, write_policy
from tests.support.world import COUNTY, make_signer

PARTITIONS = 4
Told = dict[str, Any]


@dataclass
class Bank:
    """A cluster of some counties, and a bank's machine."""

    cluster: TestCluster
    folder: Path
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def to(self) -> Path:
        """The bank's folder."""
        return self.folder / "inbox"

    def words(self, *more: str, policy: str = "") -> list[str]:
        """Give the words of the command."""
        place = ["--cluster", str(self.cluster.file), "--bank", BANK, "--to", str(self.to)]
        return ["bank", "receive", *place, "--policy", policy or str(write_policy(self.folder)), "--json", *more]

    def start(self) -> "subprocess.Popen[bytes]":
        """Start a receiver that runs on."""
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        words = [sys.executable, "-m", "consolidator", *self.words()]
        with (self.folder / f"said-{len(self.processes)}").open("wb") as said:
            process = subprocess.Popen(words, env=environment, stdout=said, stderr=said)  # noqa: S603 -- ours
        self.processes.append(process)
        return process

    def wait_for(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait until a receiver can be told to end in good order."""
        said = self.folder / f"said-{self.processes.index(process)}"
        wait_until(lambda: "waits for order files" in said.read_text(encoding="utf-8"), "a receiver", process)

    def said(self) -> str:
        """Give what receivers said, for a test that fails."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("said-*")))

    def put(self, deliveries: Sequence[Delivery], partition: int = 0) -> None:
        """Deliver as an office does."""
        self.put_records([render_delivery(COUNTY, each) for each in deliveries], partition)

    def put_records(self, records: Sequence[Record], partition: int = 0) -> None:
        """Write records to a partition of the bank's topic."""
        shard = Shard(self.cluster.shard(COUNTY).connection, COUNTY, partition, (BANK,))
        with Loop() as loop:
            appender = Appender(loop, DELIVERY_BYTES_MAX)
            appender.send(shard, records)
            appender.close()

    def committed(self) -> dict[int, int]:
        """Give the group's offsets by partition."""
        return asyncio.run(self._ask_committed())

    async def _ask_committed(self) -> dict[int, int]:
        shard = self.cluster.shard(COUNTY)
        group = f"bank-{BANK}-{self.cluster.prefix}"
        consumer = AIOKafkaConsumer(**shard.connection.options(), group_id=group, enable_auto_commit=False)
        await consumer.start()
        try:
            places = [TopicPartition(shard.topic("deliveries", BANK), number) for number in range(PARTITIONS)]
            return {place.partition: await consumer.committed(place) or 0 for place in places}
        finally:
            await consumer.stop()


@pytest.fixture
def bank(tmp_path: Path, broker: str) -> Iterator[Bank]:
    """A bank whose topic is empty; its receivers are ended at the end."""
    cluster = TestCluster(tmp_path / "cluster", broker)
    cluster.root.mkdir()
    for number in range(PARTITIONS):
        cluster.add(f"{511112 + number}")
    cluster.apply()
    made = Bank(cluster, tmp_path)
    yield made
    for process in made.processes:
        process.kill()
        process.wait()


@pytest.fixture
def receive(bank: Bank, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Give what runs the command once and returns its object."""

    def call(code: int = 0, policy: str = "") -> Told:
        capsys.readouterr()
        assert main(bank.words("--once", policy=policy)) == code
        told: Told = json.loads(capsys.readouterr().out)
        return told

    return call


def outcomes(told: Told) -> list[tuple[str, str]]:
    """Give outcome and name of each file."""
    return [(each["outcome"], each["name"]) for each in told["files"]]


def test_files_come_with_their_proofs_byte_for_byte_and_once(bank: Bank, receive: Callable[..., Told]) -> None:
    files = make_deliveries(3)
    bank.put(files)
    told = receive()
    assert outcomes(told) == [("received", each.name) for each in files]
    assert list_held(bank.to) == expect(files)
    assert receive()["files"] == []
    assert bank.committed() == {0: 3, 1: 0, 2: 0, 3: 0}


def test_repeated_and_in_another_order_a_file_is_there_once(bank: Bank, receive: Callable[..., Told]) -> None:
    files = make_deliveries(3)
    bank.put([files[2], files[0], files[0], files[2]])
    bank.put([files[1], files[0]], partition=2)
    told = receive()
    assert (told["received"], told["known"], told["refused"]) == (3, 3, 0)
    assert list_held(bank.to) == expect(files)


def test_what_is_wrong_is_kept_with_its_reason_and_the_next_ones_go_on(
    bank: Bank, receive: Callable[..., Told]
) -> None:
    files = make_deliveries(4)
    changed = files[1]._replace(content=files[1].content.replace(b"100.00", b"900.00"))
    bank.put([files[0], changed, files[2]._replace(proof=files[0].proof)])
    bank.put_records([Record("deliveries", b"junk", (), BANK)])
    bank.put([files[3]])
    told = receive(code=3)
    assert [(each["outcome"], each.get("code", "")) for each in told["files"]] == [
        ("received", ""),
        ("refused", "I32"),
        ("refused", "I32"),
        ("refused", "I31"),
        ("received", ""),
    ]
    assert list_held(bank.to) == expect([files[0], files[3]])
    reasons = [json.loads((folder / REASON).read_bytes())["code"] for folder in list_refused(bank.to)]
    assert sorted(reasons) == ["I31", "I32", "I32"]
    assert bank.committed()[0] == 5


def test_a_bank_that_pins_the_log_later_receives_what_it_turned_away(bank: Bank, receive: Callable[..., Told]) -> None:
    files = make_deliveries(2)
    bank.put(files)
    told = receive(code=3, policy=str(make_other_policy(bank.folder)))
    assert [each["code"] for each in told["files"]] == ["I33", "I33"]
    assert list_held(bank.to) == {}
    assert receive()["received"] == 2
    assert list_held(bank.to) == expect(files)
    assert list_refused(bank.to) == []


def test_a_person_reads_what_came_and_what_to_do(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = make_deliveries(2)
    bank.put([first, second._replace(proof=b"")])
    capsys.readouterr()
    assert main([word for word in bank.words("--once", "--lang", "en") if word != "--json"]) == 3
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0] == f"received  {COUNTY}/{first.name}  count 3  300.00 yuan"
    assert lines[1].startswith(f"refused  {second.name}  I32 the order file fails its check: do not pay it [it came")
    assert "received 1 · known 0 · refused 1" in told.err
    assert f"{bank.to}/refused/" in told.err
    assert "send the results back by submit --cluster" in told.err


def make_other_policy(folder: Path) -> Path:
    """Write the policy of a log that has nothing to do with this county."""
    path = folder / "other.txt"
    path.write_bytes(render_policy_without_witnesses(make_signer("log.example/511113").verifier))
    return path


def test_killed_in_the_middle_a_receiver_loses_nothing(bank: Bank, receive: Callable[..., Told]) -> None:
    """At every write: tests/unit/gate/test_killed.py."""
    files = make_deliveries(40)
    bank.put(files[:20])
    bank.put(files[20:], partition=1)
    process = bank.start()
    wait_until(lambda: len(list_held(bank.to)) >= len(files) // 2, "the first files", process)
    process.kill()
    process.wait()
    check_nothing_is_lost(bank, {0: files[:20], 1: files[20:]})
    receive()
    assert list_held(bank.to) == expect(files)


def check_nothing_is_lost(bank: Bank, put: dict[int, Sequence[Delivery]]) -> None:
    """Compare: what the group is done with is on disk, byte for byte, and nothing else is."""
    committed = bank.committed()
    done = [each for number, files in put.items() for each in files[: committed[number]]]
    held = list_held(bank.to)
    assert expect(done).items() <= held.items()
    assert held.items() <= expect([each for files in put.values() for each in files]).items()


def test_in_a_storm_of_rebalances_every_file_is_there_once(bank: Bank) -> None:
    files = make_deliveries(28)
    put = {number: files[number * 7 : number * 7 + 7] for number in range(PARTITIONS)}
    random = Random(11)
    sleeper, *running = [bank.start() for _ in range(3)]
    for turn in range(7):
        for number in range(PARTITIONS):
            bank.put(put[number][turn : turn + 1], number)
        if turn == 1:
            bank.wait_for(sleeper)
            wait_until(lambda: bank.said().count('"received"') >= PARTITIONS, "the first files", sleeper)
            sleeper.send_signal(signal.SIGSTOP)  # the others take over; it wakes with a record in its hands
        victim = running.pop(random.randrange(len(running)))
        victim.send_signal(random.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGTERM)))
        running.append(bank.start())
        time.sleep(random.random())
    whole = expect(files)
    wait_until(lambda: list_held(bank.to) == whole, "all files", running[-1])
    sleeper.send_signal(signal.SIGCONT)
    for process in (sleeper, *running):
        bank.wait_for(process)
        process.send_signal(signal.SIGTERM)
    assert [process.wait(PATIENCE_SECONDS) for process in (sleeper, *running)] == [0, 0, 0]
    check_nothing_is_lost(bank, put)
    assert list_refused(bank.to) == []
    received = [json.loads(line)["name"] for line in bank.said().splitlines() if '"received"' in line]
    assert len(set(received)) == len(received)  # nobody received what another one had
