"""A worker runs its counties, says what it meets, and lets one broken county disturb no other."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from consolidator.cli.main import main
from consolidator.cluster.settings import Place
from streams.kafka.appending import open_producer
from streams.kafka.shard import Shard
from streams.kafka.states import States
from tests.integration.conftest import Told
from tests.support.clusters import TestCluster, make_busy_world, make_machine, start_worker, wait_until
from tests.support.kafka_checks import check_county, check_everything

HERE, THERE = "511112", "511113"


@pytest.fixture
def cluster(broker: str, tmp_path: Path) -> TestCluster:
    """Two counties of w1, with nothing in their partitions."""
    cluster = TestCluster(tmp_path, broker)
    cluster.add(HERE)
    cluster.add(THERE)
    cluster.apply()
    return cluster


def run_once(cluster: TestCluster, worker: str = "w1") -> int:
    """Run what is pending in this process; gives the exit code."""
    return main(["worker", "run", "--cluster", str(cluster.file), "--name", worker, "--once"])


def test_one_run_decides_all_that_is_pending_in_every_county(
    cluster: TestCluster, ask: Callable[..., Told], tmp_path: Path
) -> None:
    worlds = {HERE: make_busy_world(HERE, 1500), THERE: make_busy_world(THERE, 2500)}
    cluster.append({code: world.commands for code, world in worlds.items()})
    told = ask("worker", "run", "--cluster", cluster.file, "--name", "w1", "--once")
    assert [(row["county"], row["state"], row["restarts"]) for row in told["counties"]] == [
        (HERE, "released", 0),
        (THERE, "released", 0),
    ]
    for code, world in worlds.items():
        found = check_everything(cluster.shard(code), partial(make_machine, code), tmp_path)
        last = found.commits()[-1].record
        assert last.head == world.county.head()
        assert last.snapshot is not None
        assert States(tmp_path / "snapshots" / code).find(last.position, last.snapshot) is not None


def test_a_second_run_finds_nothing_to_do(cluster: TestCluster) -> None:
    cluster.append({HERE: make_busy_world(HERE, 100).commands})
    assert run_once(cluster) == 0
    before = check_county(cluster.shard(HERE)).commits()
    assert run_once(cluster) == 0
    assert check_county(cluster.shard(HERE)).commits() == before


def test_a_county_without_genesis_waits_for_it_and_then_runs(cluster: TestCluster) -> None:
    world = make_busy_world(HERE, 100)
    with start_worker(cluster.file, "w1") as worker:
        worker.wait_for("empty", HERE)
        worker.wait_for("empty", THERE)
        cluster.append({HERE: world.commands})
        worker.wait_for("running", HERE)
        wait_for_size(cluster, HERE, world.county.head().size)
        assert worker.end() == 0
    assert cluster.counties("w1")[THERE]["state"] == "released"


def wait_for_size(cluster: TestCluster, code: str, size: int, worker: str = "w1") -> None:
    """Wait until a county's log has so many entries."""
    wait_until(lambda: cluster.counties(worker).get(code, {}).get("size") == size, f"{code} at {size}")


def test_partitions_that_were_exchanged_are_refused(cluster: TestCluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.append({code: make_busy_world(code, 10).commands for code in (HERE, THERE)})
    here, there = cluster.places
    cluster.places = [
        here.model_copy(update={"partition": there.partition}),
        there.model_copy(update={"partition": here.partition}),
    ]
    cluster.write()
    capsys.readouterr()
    assert run_once(cluster) == 5
    assert f"partition 1 belongs to county {THERE}" in capsys.readouterr().err
    for code in (HERE, THERE):
        assert not check_county(cluster.shard(code)).commits()


def test_partitions_exchanged_after_work_was_done_are_refused(cluster: TestCluster) -> None:
    cluster.append({code: make_busy_world(code, 10).commands for code in (HERE, THERE)})
    assert run_once(cluster) == 0
    before = {code: check_county(cluster.shard(code)).commits() for code in (HERE, THERE)}
    places = cluster.places
    cluster.places = [places[0].model_copy(update={"partition": 1}), places[1].model_copy(update={"partition": 0})]
    cluster.write()
    assert run_once(cluster) == 5
    cluster.places = places
    assert {code: check_county(cluster.shard(code)).commits() for code in (HERE, THERE)} == before


def test_a_county_that_was_added_without_topics_apply_names_it_and_the_others_go_on(
    cluster: TestCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_busy_world(HERE, 10)
    cluster.append({HERE: world.commands})
    cluster.add("511114")
    cluster.write()
    capsys.readouterr()
    assert run_once(cluster) == 5
    said = capsys.readouterr().err
    assert "has no partition 2 for county 511114" in said
    assert "topics apply" in said
    assert check_county(cluster.shard(HERE)).commits()[-1].record.head == world.county.head()


def test_a_bank_without_its_topic_is_named(cluster: TestCluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.banks = ("402", "103")
    cluster.write()
    capsys.readouterr()
    assert run_once(cluster) == 5
    assert f"topic {cluster.prefix}.orders.103.v1 does not exist" in capsys.readouterr().err


def test_a_county_without_its_keys_stops_and_no_other(cluster: TestCluster) -> None:
    worlds = {code: make_busy_world(code, 10) for code in (HERE, THERE)}
    cluster.append({code: world.commands for code, world in worlds.items()})
    (cluster.root / THERE / "keys" / "epochs.keys").unlink()
    with start_worker(cluster.file, "w1") as worker:
        told = worker.wait_for("stopped", THERE)
        assert told["code"] == 5
        assert "epochs.keys" in told["why"]
        wait_for_size(cluster, HERE, worlds[HERE].county.head().size)
        assert cluster.counties("w1")[THERE]["why"] == told["why"]
        assert worker.end() == 5
    assert cluster.counties("w1")[HERE]["state"] == "released"


def test_a_broken_invariant_stops_its_county_and_no_other(cluster: TestCluster) -> None:
    worlds = {code: make_busy_world(code, 1010) for code in (HERE, THERE)}
    # the second of two batches comes later
    cluster.append({code: world.commands[:-2] for code, world in worlds.items()})
    assert run_once(cluster) == 0
    for state in (cluster.root / "snapshots" / THERE).iterdir():
        state.unlink()
    change_key(cluster.root / THERE / "keys" / "epochs.keys")  # other commitments: replay differs from the commit
    before = check_county(cluster.shard(THERE)).commits()
    with start_worker(cluster.file, "w1") as worker:
        assert worker.wait_for("stopped", THERE)["code"] == 1
        cluster.append({code: world.commands[-2:] for code, world in worlds.items()})
        wait_for_size(cluster, HERE, worlds[HERE].county.head().size)
        assert worker.end() == 1
    assert check_county(cluster.shard(THERE)).commits() == before
    assert check_county(cluster.shard(HERE)).commits()[-1].record.head == worlds[HERE].county.head()


def change_key(keys: Path) -> None:
    """Exchange the keys of two years."""
    first, second, *rest = keys.read_text(encoding="ascii").splitlines()
    exchanged = [f"{first[:5]}{second[5:]}", f"{second[:5]}{first[5:]}", *rest]
    keys.write_text("".join(f"{line}\n" for line in exchanged), encoding="ascii")


def test_a_worker_all_of_whose_counties_stopped_ends(cluster: TestCluster) -> None:
    for code in (HERE, THERE):
        (cluster.root / code / "keys" / "log.key").unlink()
    with start_worker(cluster.file, "w1") as worker:
        assert worker.wait() == 5


async def send_raw(shard: Shard, values: list[bytes]) -> None:
    """Send records that are no commands."""
    producer = await open_producer(shard.connection)
    try:
        for value in values:
            await producer.send_and_wait(shard.topic("commands"), value, partition=shard.partition)
    finally:
        await producer.stop()


def test_records_that_are_no_commands_are_kept_and_told_once_a_start(cluster: TestCluster) -> None:
    world = make_busy_world(HERE, 10)
    cluster.append({HERE: world.commands[:2]})
    asyncio.run(send_raw(cluster.shard(HERE), [b"511199194912310021", b"\x00"]))
    with start_worker(cluster.file, "w1") as worker:
        worker.wait_for("poison", HERE)
        cluster.append({HERE: world.commands[2:]})
        wait_for_size(cluster, HERE, world.county.head().size)
        assert worker.end() == 0
        told = [each for each in worker.events if each["event"] == "poison"]
        assert [(each["position"], each["code"]) for each in told] == [(3, "I30"), (4, "I30")]
        assert "511199194912310021" not in worker.said + str(worker.events)
    folder = cluster.root / "state" / "w1" / "poison"
    assert (folder / f"{HERE}-3.bin").read_bytes() == b"511199194912310021"
    assert json.loads((folder / f"{HERE}-4.json").read_bytes())["position"] == 4
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


def test_a_broken_settings_file_is_told_of_once_and_the_work_goes_on(cluster: TestCluster) -> None:
    world = make_busy_world(HERE, 10)
    with start_worker(cluster.file, "w1") as worker:
        worker.wait_for("empty", HERE)
        cluster.file.write_text("[[county", encoding="utf-8")
        worker.wait_for("settings")
        cluster.append({HERE: world.commands})
        wait_for_size(cluster, HERE, world.county.head().size)
        assert worker.end() == 0
        assert [each["event"] for each in worker.events].count("settings") == 1


def test_other_brokers_in_the_settings_ask_for_a_restart(cluster: TestCluster) -> None:
    with start_worker(cluster.file, "w1") as worker:
        worker.wait_for("empty", HERE)
        text = cluster.file.read_text(encoding="utf-8").replace('snapshots = "snapshots"', 'snapshots = "elsewhere"')
        cluster.file.write_text(text, encoding="utf-8")
        worker.wait_for("restart")
        assert worker.end() == 0


def test_the_same_worker_does_not_run_twice_on_a_machine(
    cluster: TestCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    with start_worker(cluster.file, "w1") as worker:
        worker.wait_for("empty", HERE)
        assert run_once(cluster) == 7
        assert str(worker.process.pid) in capsys.readouterr().err
        assert worker.end() == 0


def test_status_says_where_the_counties_stand_and_whether_the_worker_runs(
    cluster: TestCluster, ask: Callable[..., Told]
) -> None:
    words = ("worker", "status", "--cluster", cluster.file, "--name", "w1")
    assert main([*map(str, words)]) == 5  # it never ran here
    world = make_busy_world(HERE, 10)
    cluster.append({HERE: world.commands})
    with start_worker(cluster.file, "w1") as worker:
        size = world.county.head().size
        wait_for_size(cluster, HERE, size)
        told = ask(*words)
        assert (told["alive"], told["process"]) == (True, worker.process.pid)
        row = next(row for row in told["counties"] if row["county"] == HERE)
        assert (row["state"], row["size"], row["position"]) == ("running", size, len(world.commands) + 1)
        assert worker.end() == 0
    assert ask(*words, code=6)["alive"] is False
    assert main([*map(str, words)]) == 6


def test_a_worker_nobody_gave_a_county_says_so(cluster: TestCluster, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run_once(cluster, "w9") == 0
    assert "gives no county to w9" in capsys.readouterr().err


def test_a_home_of_another_county_is_refused(cluster: TestCluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.places[1] = Place(code=THERE, partition=1, worker="w1", home=HERE)
    cluster.write()
    capsys.readouterr()
    assert run_once(cluster) == 5
    assert f"home of county {HERE}, not of {THERE}" in capsys.readouterr().err


def test_a_county_without_a_home_is_refused(cluster: TestCluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.places[1] = Place(code=THERE, partition=1, worker="w1")
    cluster.write()
    capsys.readouterr()
    assert run_once(cluster) == 5
    assert f"county {THERE} has no 'home'" in capsys.readouterr().err


def test_brokers_that_are_away_end_a_single_run_with_their_code(tmp_path: Path) -> None:
    cluster = TestCluster(tmp_path, "127.0.0.1:1")
    cluster.add(HERE)
    cluster.write()
    assert run_once(cluster) == 6
    assert cluster.counties("w1")[HERE]["state"] == "stopped"
