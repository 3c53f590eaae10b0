"""The monitor of R17 on a real broker: both counties are told, once, whatever happens to it."""

import json
import signal
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from consolidator.cli.main import main
from consolidator.facts.lines import HELD, READY
from consolidator.sealing import County
from schemas.commands import Command
from streams.engine import Engine
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.states import States
from tests.support.crossing import HERE, THERE, make_county
from tests.support.province import SETTINGS, WAIT_SECONDS, Province, read_headers
from tests.support.world import EPOCHS, ORIGIN, World, make_account, make_id, make_name, make_signer


@pytest.fixture
def province(broker: str, prefix: str, tmp_path: Path) -> Province:
    """Two counties with a monitor."""
    return Province(broker, prefix, tmp_path)


@pytest.fixture
def pair() -> tuple[World, World]:
    """Two counties with forty people."""
    return make_county(40), make_county(40)


def pay(province: Province, county: str, world: World, batch: str, people: list[int]) -> None:
    """Let a county assess a batch and commit what it disclosed since."""
    before = len(world.steps)
    world.send_batch(batch, [make_id(number) for number in people])
    if county not in province.sizes:
        before = 0
    province.publish(county, world.steps[before:])


def digests(commands: list[Command]) -> list[str]:
    """Give the digest of each document, as often as it came, in order."""
    return [each.document for each in commands if each.kind == "header"]


def check_numbers(commands: list[Command], count: int) -> None:
    """Each number is one document, in order, and none is missing; a repeat is the same document."""
    numbers = dict.fromkeys(
        (header["seq"], digest) for header, digest in zip(read_headers(commands), digests(commands), strict=True)
    )
    assert [number for number, _ in numbers] == list(range(1, count + 1))


def test_both_counties_are_told_and_hold_their_line(
    province: Province, pair: tuple[World, World], capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [0, 1])
    pay(province, THERE, there, "B-7", [2, 1])
    with province.monitor():
        told = {county: province.wait_commands(county, 1) for county in (HERE, THERE)}
    headers = {county: read_headers(commands) for county, commands in told.items()}
    assert [(county, header["county"], header["seq"], header["code"]) for county, (header,) in headers.items()] == [
        (HERE, HERE, 1, "R17"),
        (THERE, THERE, 1, "R17"),
    ]
    found = province.read_anomalies(capsys)
    assert sorted((each["county"], each["document"], each["line"], each["other_county"]) for each in found) == [
        (HERE, "B-1", 2, THERE),
        (THERE, "B-7", 2, HERE),
    ]


def test_a_monitor_that_is_killed_goes_on_and_tells_nothing_twice(
    province: Province, pair: tuple[World, World]
) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [0, 1])
    pay(province, THERE, there, "B-7", [1])
    with province.monitor() as process:
        province.wait_commands(HERE, 1)
        process.send_signal(signal.SIGKILL)
    pay(province, THERE, there, "B-8", [0])
    with province.monitor():
        told = {county: province.wait_commands(county, 2) for county in (HERE, THERE)}
    for commands in told.values():
        check_numbers(commands, 2)


@pytest.mark.parametrize("after", [0, 1, 7])
def test_killed_in_the_middle_it_still_tells_everything_once(
    province: Province, pair: tuple[World, World], after: int
) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [*range(30)])
    pay(province, THERE, there, "B-7", [*range(30)])
    for _ in range(2):
        with province.monitor() as process:
            assert process.stdout is not None
            for _ in range(after):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
    with province.monitor():
        told = {county: province.wait_commands(county, 30) for county in (HERE, THERE)}
    for commands in told.values():
        check_numbers(commands, 30)


def test_a_monitor_ends_when_it_is_asked_to(province: Province, pair: tuple[World, World]) -> None:
    here, _ = pair
    pay(province, HERE, here, "B-1", [0, 1])
    with province.monitor() as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"ready": True}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=WAIT_SECONDS) == 0


def test_what_is_no_bundle_is_set_aside_and_the_others_go_on(province: Province, pair: tuple[World, World]) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [0])
    province.spoil(HERE, HERE.encode(), b"no bundle")
    province.spoil(HERE, THERE.encode(), b"")
    province.spoil(HERE, b"\xff", b"x")
    pay(province, HERE, here, "B-2", [1])
    pay(province, THERE, there, "B-7", [0, 1])
    with province.monitor():
        check_numbers(province.wait_commands(HERE, 2), 2)
    kept = sorted((province.home / "quarantine").iterdir())
    assert [path.read_bytes() for path in kept] == [b"no bundle", b"", b"x"]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert "已隔离 set aside" in (province.root / "monitor.err").read_text()


def test_what_an_aborted_transaction_leaves_comes_again_and_is_one_line(
    province: Province, pair: tuple[World, World]
) -> None:
    here, there = pair
    here.send_batch("B-1", [make_id(0), make_id(1)])
    province.publish(HERE, here.steps, aborted=True)
    province.publish(HERE, here.steps)
    pay(province, THERE, there, "B-7", [0, 1])
    with province.monitor():
        check_numbers(province.wait_commands(HERE, 2), 2)


def test_rebuilt_from_the_log_it_finds_the_same_and_goes_on_counting(
    province: Province, pair: tuple[World, World], capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [0, 1, 2])
    pay(province, THERE, there, "B-7", [2, 1, 0])
    with province.monitor():
        before = {county: province.wait_commands(county, 3) for county in (HERE, THERE)}
    found = province.read_anomalies(capsys)
    pay(province, THERE, there, "B-8", [3])
    pay(province, HERE, here, "B-2", [3])
    with province.monitor("--rebuild"):
        after = {county: province.wait_commands(county, 4) for county in (HERE, THERE)}
    for county, commands in after.items():
        check_numbers(commands, 4)
        assert digests(commands)[:3] == digests(before[county])
    anomalies = province.read_anomalies(capsys)
    assert len(anomalies) == 8
    assert all(anomaly in anomalies for anomaly in found)
    assert sorted(path.name for path in (province.home / "table").iterdir()) == ["2"]


def test_told_again_it_signs_the_same_bytes(province: Province, pair: tuple[World, World]) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [0])
    pay(province, THERE, there, "B-7", [0])
    with province.monitor():
        province.wait_commands(HERE, 1)
    pay(province, HERE, here, "B-2", [1])
    pay(province, THERE, there, "B-8", [1])
    with province.monitor("--resend"):
        commands = province.wait_commands(HERE, 2)
    first, again, second = digests(commands)
    assert first == again != second
    check_numbers(commands, 2)


def test_no_topic_of_the_monitor_holds_anything_of_a_person(province: Province, pair: tuple[World, World]) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [0])
    pay(province, THERE, there, "B-7", [0])
    with province.monitor() as process:
        province.wait_commands(HERE, 1)
        process.terminate()  # it writes its table's changelog before it ends
        process.wait(timeout=WAIT_SECONDS)
    text = b"".join(part for record in province.read_own_topics() for part in record)
    for secret in (make_id(0), make_name(0), make_account(0)):
        assert secret.encode() not in text


def test_without_the_clusters_topics_it_says_which_are_missing(
    broker: str, prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cluster.toml").write_text(SETTINGS.format(broker=broker, prefix=prefix))
    words = ["--home", str(tmp_path / "monitor")]
    assert main(["monitor", "init", *words]) == 0
    assert main(["monitor", "run", *words, "--cluster", str(tmp_path / "cluster.toml")]) == 5
    assert f"{prefix}.disclosures.v1" in capsys.readouterr().err


def test_what_counties_were_told_is_not_sent_again_after_a_plain_restart(
    province: Province, pair: tuple[World, World]
) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [0, 1, 2])
    pay(province, THERE, there, "B-7", [2, 1, 0])
    with province.monitor() as process:
        province.wait_commands(HERE, 3)
        process.terminate()
        process.wait(timeout=WAIT_SECONDS)
    pay(province, THERE, there, "B-8", [3])
    pay(province, HERE, here, "B-2", [3])
    with province.monitor():
        commands = province.wait_commands(HERE, 4)
    assert len(digests(commands)) == 4


def test_after_a_clean_end_no_record_is_read_again(province: Province, pair: tuple[World, World]) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [19])
    for number in range(20):  # each transaction leaves its marker in the topic
        pay(province, THERE, there, f"B-{number}", [number])
    with province.monitor() as process:
        province.wait_commands(HERE, 1)
        process.terminate()
        process.wait(timeout=WAIT_SECONDS)
    assert province.count_events() == 21
    with province.monitor() as process:
        assert process.stdout is not None
        process.stdout.readline()
        pay(province, HERE, here, "B-99", [0])
        province.wait_commands(HERE, 2)
    assert province.count_events() == 22


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_moments_it_tells_everything_once(
    province: Province, pair: tuple[World, World], seed: int
) -> None:
    here, there = pair
    moments = Random(seed)
    for number in range(20):
        pay(province, HERE, here, f"B-{number}", [2 * number, 2 * number + 1])
        pay(province, THERE, there, f"B-{number}", [39 - 2 * number, 38 - 2 * number])
    for _ in range(6):
        with province.monitor() as process, suppress(subprocess.TimeoutExpired):
            process.wait(timeout=moments.uniform(1.0, 3.5))
    with province.monitor():
        told = {county: province.wait_commands(county, 40) for county in (HERE, THERE)}
    for commands in told.values():
        check_numbers(commands, 40)


def test_a_ledger_on_kafka_holds_its_line(province: Province, pair: tuple[World, World], tmp_path: Path) -> None:
    here, there = pair
    here.send_batch("B-1", [make_id(0), make_id(1)])
    pay(province, THERE, there, "B-7", [1])
    documents = len({command.document for command in here.commands if command.kind == "part"})
    with Loop() as loop, closing(KafkaJournal(province.shard(HERE), loop, States(tmp_path / "states"))) as journal:
        journal.append(here.commands)
        engine = Engine(journal, lambda: County(EPOCHS, make_signer(ORIGIN)))
        engine.recover()
        engine.run()
        states = engine.machine.state.batches[0].states
        assert list(states) == [READY, READY]
        with province.monitor():
            province.wait_commands(HERE, documents + 1)
        engine.run()
        assert list(states) == [READY, HELD]


def test_a_county_that_it_does_not_know_yet_stops_it_and_is_not_lost(
    province: Province, pair: tuple[World, World]
) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [0])
    pay(province, THERE, there, "B-7", [0])
    settings = province.cluster.read_text()
    province.cluster.write_text(settings[: settings.rindex("[[county]]")])
    with province.monitor() as process:
        assert process.wait(timeout=WAIT_SECONDS) == 1
    assert "partition 1 is of a new county" in (province.root / "monitor.err").read_text()
    province.cluster.write_text(settings)
    with province.monitor():
        check_numbers(province.wait_commands(HERE, 1), 1)
