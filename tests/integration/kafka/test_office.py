"""A county's home on a cluster: it publishes and pays only what it decided itself as the worker did."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from consolidator.bootstrap import open_desk, open_home
from consolidator.cli.main import main
from consolidator.cluster import feeding, founding
from consolidator.cluster.joining import find_seat
from consolidator.home.running import open_runner
from consolidator.intake.spool import heal_spool
from schemas.errors import DependencyError
from schemas.topics import topic_name
from streams.embedded.copying import create_copy
from streams.embedded.journal import open_journal_read_only
from streams.kafka.appending import Appender, open_producer
from streams.kafka.client import Connection
from streams.kafka.loop import Loop
from streams.kafka.reading import reading
from tests.integration.kafka.conftest import Told
from tests.integration.kafka.county import decide_otherwise, list_files, run, submit, working
from tests.integration.office import read_head


def test_a_sample_county_ends_as_on_one_machine(home: Path, sample: Path, alone: Path) -> None:
    with working(home):
        assert main(["submit", "--home", str(home), str(sample)]) == 0
        assert main(["run", "--home", str(home), "--once"]) == 4
    assert read_head(open_home(home)) == read_head(open_home(alone))
    what = ("outbox", "log", "returns")
    assert list_files(home, *what) == list_files(alone, *what)


def test_without_a_worker_a_run_says_what_it_waits_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(feeding, "WORKER_SECONDS", 0.5)
    assert run(home) == 6
    assert "consolidator worker run --cluster" in capsys.readouterr().err
    assert not (home / "log").exists()


def test_status_tells_how_far_the_copy_is_behind(home: Path, ask: Callable[..., Told]) -> None:
    before = ask("status", "--home", home)["cluster"]
    with working(home):
        assert run(home) == 0
    after = ask("status", "--home", home)
    assert (before["copied"], before["committed"], before["commands"], before["pending"]) == (1, 0, 1, 1)
    assert (after["engine"], after["cluster"]["behind"], after["cluster"]["pending"]) == ("kafka", 0, 0)
    found = ask("doctor", "--home", home)["findings"]
    assert [each["level"] for each in found if each["check"] == "cluster"] == ["ok"]


def test_a_worker_that_decides_otherwise_is_not_followed(home: Path, sample: Path) -> None:
    with working(home, decide_otherwise(home)):
        submit(home, sample)
        assert run(home) == 3
        assert run(home) == 3  # what was decided here before the comparison does not go out at the next start either
    assert not list_files(home, "outbox")
    assert not (home / "log" / "checkpoint").exists()


def test_a_lost_copy_is_made_again_and_nothing_is_sent_twice(home: Path, sample: Path) -> None:
    with working(home):
        submit(home, sample)
        assert run(home) == 4
        before = list_files(home, "outbox", "log", "returns")
        for path in home.glob("journal.sqlite*"):
            path.unlink()
        for path in (home / "outbox").rglob("*.txt"):  # taken by the bank
            path.unlink()
        taken = list_files(home, "outbox")
        assert run(home) == 4
    assert list_files(home, "outbox") == taken
    assert list_files(home, "log", "returns").items() <= before.items()


def test_without_the_gate_s_records_nothing_is_sent_again(
    home: Path, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with working(home):
        submit(home, sample)
        assert run(home) == 4
        (home / "gate.sqlite").unlink()
        before = list_files(home, "outbox")
        assert run(home) == 5
    assert "gate.sqlite" in capsys.readouterr().err
    assert list_files(home, "outbox") == before


def test_every_published_head_is_told_once(home: Path, sample: Path, broker: str, prefix: str) -> None:
    with working(home):
        assert run(home) == 0
        assert run(home) == 0
        first = read_notes(broker, prefix)
        submit(home, sample)
        assert run(home) == 4
    notes = read_notes(broker, prefix)
    assert (len(first), len(notes)) == (1, 2)
    assert notes[-1] == (home / "log" / "checkpoint").read_bytes()


def read_notes(broker: str, prefix: str) -> list[bytes]:
    """Give what the cosignatures topic holds."""

    async def read() -> list[bytes]:
        topic = topic_name(prefix, "cosignatures")
        async with reading(Connection(broker, prefix=prefix), topic, 0) as reader:
            return [row.value or b"" async for rows in reader.range(0, reader.end) for row in rows]

    return asyncio.run(read())


def test_what_is_no_command_is_passed_over_and_kept(
    home: Path, sample: Path, alone: Path, broker: str, prefix: str
) -> None:
    with working(home):
        send_raw(broker, prefix, b"junk", [("kind", b"header")])
        submit(home, sample)
        send_raw(broker, prefix, b"more junk", [])
        send_raw(broker, prefix, b"{}", [("kind", b"genesis"), ("at", b"1"), ("item", b"0")])
        assert run(home) == 4
    assert read_head(open_home(home)) == read_head(open_home(alone))
    kept = [path for path in (home / "refused" / "unknown").iterdir() if not path.name.endswith(".json")]
    assert [path.read_bytes() for path in kept] == [b"junk"]  # what stands behind the last commit is not copied yet
    assert main(["log", "replay", "--home", str(home)]) == 0
    assert main(["doctor", "--home", str(home)]) == 0


def send_raw(broker: str, prefix: str, value: bytes, headers: list[tuple[str, bytes]]) -> None:
    """Write a record to the county's commands as somebody's broken program would."""

    async def send() -> None:
        producer = await open_producer(Connection(broker, prefix=prefix))
        try:
            await producer.send_and_wait(topic_name(prefix, "commands"), value, partition=0, headers=headers)
        finally:
            await producer.stop()

    asyncio.run(send())


def test_half_a_document_is_completed_by_whoever_submits_it_again(home: Path, sample: Path, alone: Path) -> None:
    seat = find_seat(home, open_home(home).settings)
    with open_journal_read_only(alone / "journal.sqlite") as journal:
        header = next(command for _, command in journal.commands(1) if command.kind == "header")
    with Loop() as loop, working(home):
        appender = Appender(loop)
        appender.append(seat.shard, [header])  # its writer died before the parts
        appender.close()
        assert run(home) == 0
        submit(home, sample)
        assert run(home) == 4
    assert read_head(open_home(home)) == read_head(open_home(alone))


def test_what_a_crash_left_in_the_spool_is_appended_again_unless_the_copy_has_all_of_it(
    home: Path, sample: Path, alone: Path
) -> None:
    with working(home):
        submit(home, sample)
        assert run(home) == 4
        size = read_head(open_home(home)).size
        kept = min((home / "taken" / "root").glob("*-00000001-*.jsonl"))
        stamp = "001793000000"
        shutil.copy(kept, home / "taken" / "root" / "new" / f"{stamp}_{kept.name}")
        with open_desk(open_home(home)) as desk:
            assert heal_spool(desk.home, desk.journal) == 0
        for path in home.glob("journal.sqlite*"):
            path.unlink()
        create_copy(home / "journal.sqlite")
        shutil.copy(kept, home / "taken" / "root" / "new" / f"{stamp}_{kept.name}")
        with open_desk(open_home(home)) as desk:
            assert heal_spool(desk.home, desk.journal) == 1
        assert run(home) == 4
    assert read_head(open_home(home)).size == size
    assert read_head(open_home(home)) == read_head(open_home(alone))


def test_an_act_counts_what_stands_in_the_partition_and_is_not_copied_yet(
    home: Path, sample: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    key, policy = str(sample / "keys" / "root-1.key"), tmp_path / "policy.toml"
    with working(home):
        submit(home, sample)
        assert run(home) == 4
    capsys.readouterr()
    assert main(["policy", "show", "--home", str(home)]) == 0
    policy.write_text(capsys.readouterr().out)
    for _ in range(2):
        assert main(["policy", "propose", "--home", str(home), "--key", key, str(policy)]) == 0
    with working(home):
        assert run(home) == 0


def test_a_year_on_a_cluster_is_not_retired_yet(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["epoch", "retire", "--home", str(home), "2026"]) == 5
    assert "topics" in capsys.readouterr().err


def test_a_long_way_is_gone_in_turns_and_published_after_each(
    home: Path, sample: Path, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with working(home):
        submit(home, sample)
        assert run(home) == 4
        published = list_files(home, "log")
        for path in home.glob("journal.sqlite*"):
            path.unlink()
        shutil.rmtree(home / "log")
        monkeypatch.setattr(feeding, "TURN_ENTRIES", 200)
        office, heads = open_home(home), list[int]()
        with open_runner(office) as runner:
            runner.publisher.on_head = lambda head, _: heads.append(head.size)
            runner.apply_all()
    assert read_head(office) == read_head(open_home(alone))
    assert len(heads) >= 3
    assert heads == sorted(heads)
    assert heads[-1] == read_head(office).size
    assert {path for path in published if "/tile/" in path and ".p/" not in path} <= set(list_files(home, "log"))


def test_a_document_that_came_too_early_is_offered_again_through_the_partition(home: Path, sample: Path) -> None:
    files = {path.name: path for path in (sample / "files").rglob("POLICY-*.jsonl")}
    early, first = files["POLICY-PLAN-0016.jsonl"], files["POLICY-2026-01.jsonl"]
    with working(home):
        for path in (early, first):
            assert main(["submit", "--home", str(home), str(path)]) == 0
        assert run(home) == 4  # it names a programme that the first one, which nobody has confirmed, would make
        assert run(home) == 0
    with open_journal_read_only(home / "journal.sqlite") as journal:
        headers = [command.document for _, command in journal.commands(1) if command.kind == "header"]
    assert headers.count(headers[0]) == 2
    assert len(headers) == 3


def test_an_init_that_was_interrupted_is_finished_by_the_same_words(
    tmp_path: Path, cluster: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["init", "--home", str(tmp_path / "home"), "--county", "511112", "--sample", str(sample)]
    with monkeypatch.context() as patch:
        patch.setattr(founding, "_append", interrupt)
        assert main([*words, "--cluster", str(cluster)]) == 6
    assert run(tmp_path / "home") == 5  # it says that init is to be repeated
    assert main([*words, "--cluster", str(cluster)]) == 0
    with working(tmp_path / "home"):
        assert run(tmp_path / "home") == 0


def interrupt(*_: object) -> None:
    """Fail as brokers do that go away just now."""
    message = "gone"
    raise DependencyError(message)


def test_a_county_is_founded_once(home: Path, cluster: Path, sample: Path, tmp_path: Path) -> None:
    again = ["init", "--county", "511112", "--sample", str(sample), "--cluster", str(cluster), "--home"]
    assert main([*again, str(home)]) == 7
    assert main([*again, str(tmp_path / "another")]) == 7
    assert not (tmp_path / "another").exists()
