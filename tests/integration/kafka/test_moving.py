"""Counties move between workers, workers are paused and doubled, brokers go away: nothing is lost or repeated."""

import random
import shutil
import signal
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

from consolidator.cli.main import main
from tests.support.brokers import TO_KILL, StartCluster
from tests.support.clusters import TestCluster, WorkerProcess, make_busy_world, make_machine, start_worker, wait_until
from tests.support.kafka_checks import check_everything
from tests.support.world import World

HERE, THERE = "511112", "511113"
CHUNK = 4  # commands appended at a time: two batches


def found_cluster(broker: str, root: Path, count: int, worker: str = "w1") -> TestCluster:
    """Make a cluster of so many counties, all of one worker."""
    cluster = TestCluster(root, broker)
    for number in range(count):
        cluster.add(str(511101 + number), worker)
    cluster.apply()
    return cluster


def append_part(cluster: TestCluster, worlds: Mapping[str, World], start: int, end: int) -> None:
    """Append the commands from one place to before another of every county."""
    cluster.append({code: world.commands[start:end] for code, world in worlds.items()})


def wait_until_done(cluster: TestCluster, worlds: Mapping[str, World], *workers: str) -> None:
    """Wait until every county's log is as long as it gets."""

    def is_done() -> bool:
        rows = [row for worker in workers for row in cluster.status(worker)["counties"]]
        sizes = {(row["county"], row["size"]) for row in rows}
        return all((code, world.county.head().size) in sizes for code, world in worlds.items())

    wait_until(is_done, lambda: f"all counties done in {[cluster.status(worker) for worker in workers]}")


def check_all(cluster: TestCluster, worlds: Mapping[str, World], folder: Path) -> None:
    """Check every county's topics, and that they hold what one undisturbed machine decides."""
    for code, world in worlds.items():
        found = check_everything(cluster.shard(code), partial(make_machine, code), folder)
        assert found.commits()[-1].record.head == world.county.head()


def move_about(broker: str, root: Path, count: int, lines: int) -> int:
    """Move counties between two workers while both work; gives how often one was taken by another worker."""
    chance = random.Random(7)
    cluster = found_cluster(broker, root, count)
    worlds = {place.code: make_busy_world(place.code, lines) for place in cluster.places}
    end, moves = max(len(world.commands) for world in worlds.values()), 0
    with start_worker(cluster.file, "w1") as first, start_worker(cluster.file, "w2") as second:
        workers = {"w1": first, "w2": second}
        for place in cluster.places:
            first.wait_for("empty", place.code)
        for start in range(0, end, CHUNK):
            append_part(cluster, worlds, start, start + CHUNK)
            moved = chance.sample([place.code for place in cluster.places], max(1, count // 3))
            moves += move(cluster, moved, workers)
        wait_until_done(cluster, worlds, "w1", "w2")
        assert [first.end(), second.end()] == [0, 0]
        assert not {each["event"] for worker in (first, second) for each in worker.events} & {"stopped", "retaken"}
    check_all(cluster, worlds, root)
    return moves


def move(cluster: TestCluster, codes: Sequence[str], workers: Mapping[str, WorkerProcess]) -> int:
    """Give counties to the other worker, and wait until it has taken them; gives how many those were."""
    before = {place.code: place.worker for place in cluster.places}
    after = {code: "w2" if before[code] == "w1" else "w1" for code in codes}
    runs = {code: workers[worker].count("running", code) for code, worker in after.items()}
    for code, worker in after.items():
        cluster.assign(code, worker)
    cluster.write()
    for code, worker in after.items():
        taken = partial(lambda worker, code: worker.count("running", code) > runs[code], workers[worker], code)
        wait_until(taken, f"{code} taken by {worker}")
    return len(after)


@pytest.mark.kill
def test_counties_that_move_between_two_workers_are_decided_as_if_they_had_not(broker: str, tmp_path: Path) -> None:
    assert move_about(broker, tmp_path, 6, 3_000) >= 8


@pytest.mark.soak
def test_twenty_counties_of_ten_thousand_lines_move_between_two_workers(broker: str, tmp_path: Path) -> None:
    assert move_about(broker, tmp_path, 20, 10_000) >= 40


@pytest.mark.kill
def test_a_paused_worker_that_wakes_after_another_took_over_lets_go_quietly(broker: str, tmp_path: Path) -> None:
    cluster = found_cluster(broker, tmp_path, 2)
    worlds = {place.code: make_busy_world(place.code, 12_000) for place in cluster.places}
    moved = cluster.places[0].code
    with start_worker(cluster.file, "w1") as first:
        append_part(cluster, worlds, 0, 14)
        wait_for_work(cluster, "w1", moved)
        first.send(signal.SIGSTOP)  # somewhere in its work
        cluster.assign(moved, "w2")
        cluster.write()
        append_part(cluster, worlds, 14, 1000)
        with start_worker(cluster.file, "w2") as second:
            wait_until_done(cluster, {moved: worlds[moved]}, "w2")
            first.send(signal.SIGCONT)
            wait_until_done(cluster, worlds, "w1", "w2")
            wait_until(lambda: moved not in cluster.counties("w1"), "let go")
            assert [first.end(), second.end()] == [0, 0]
    check_all(cluster, worlds, tmp_path)


def wait_for_work(cluster: TestCluster, worker: str, code: str) -> None:
    """Wait until a county has committed something."""
    wait_until(lambda: cluster.counties(worker).get(code, {}).get("size"), f"{code} at work")


def start_double(cluster: TestCluster, folder: Path) -> Path:
    """Give a settings file of another machine, which says the same; only its own folder is another."""
    folder.mkdir()
    for place in cluster.places:
        shutil.copytree(cluster.root / place.code, folder / place.code)
    text = cluster.file.read_text(encoding="utf-8")
    shared = text.replace('snapshots = "snapshots"', f'snapshots = "{cluster.root / "snapshots"}"')
    (folder / "cluster.toml").write_text(shared, encoding="utf-8")
    return folder / "cluster.toml"


@pytest.mark.kill
def test_of_two_workers_for_the_same_county_exactly_one_goes_on(broker: str, tmp_path: Path) -> None:
    cluster = found_cluster(broker, tmp_path / "a", 1)
    worlds = {place.code: make_busy_world(place.code, 12_000) for place in cluster.places}
    code = cluster.places[0].code
    other = TestCluster(tmp_path / "b", broker, cluster.prefix, cluster.places)
    start_double(cluster, tmp_path / "b")
    append_part(cluster, worlds, 0, 4)
    with start_worker(cluster.file, "w1") as first, start_worker(other.file, "w1") as second:
        first.wait_for("running", code)
        second.wait_for("running", code)
        for start in range(4, len(worlds[code].commands), 2):  # each may find out only when it has something to commit
            append_part(cluster, worlds, start, start + 2)
            wait_until(
                partial(is_decided, start + 3, code, (cluster, other), (first, second)), "decided by one of them"
            )
        loser, winner, left = (first, second, other) if is_over(first) else (second, first, cluster)
        assert loser.wait() == 7
        assert "another process has taken this county over" in loser.said
        wait_until_done(left, worlds, "w1")
        assert winner.end() == 0
    check_all(cluster, worlds, tmp_path)


def is_decided(position: int, code: str, clusters: Sequence[TestCluster], workers: Sequence[WorkerProcess]) -> bool:
    """Say whether a county stands at a position with one of two workers, or one has ended."""
    found = [cluster.counties("w1").get(code, {}).get("position", 0) for cluster in clusters]
    return max(found) >= position or any(map(is_over, workers))


def is_over(worker: WorkerProcess) -> bool:
    """Say whether it has ended."""
    return worker.process.poll() is not None


@pytest.mark.kill
def test_a_worker_waits_for_its_brokers_says_so_once_and_goes_on_by_itself(
    brokers: StartCluster, tmp_path: Path
) -> None:
    with brokers(TO_KILL) as kafka:
        cluster = found_cluster(kafka.bootstrap, tmp_path, 2)
        worlds = {place.code: make_busy_world(place.code, 10_000) for place in cluster.places}
        append_part(cluster, worlds, 0, 4)
        kafka.kill(0)
        with start_worker(cluster.file, "w1") as worker:
            wait_until(lambda: is_trying(cluster, 2), "both counties tried again")
            assert worker.said.count("\n") == 1
            kafka.restart(0)
            wait_for_work(cluster, "w1", cluster.places[0].code)
            append_part(cluster, worlds, 4, 1000)
            kafka.kill(0)  # somewhere in its work
            kafka.restart(0)
            wait_until_done(cluster, worlds, "w1")
            assert worker.end() == 0
        check_all(cluster, worlds, tmp_path)


def is_trying(cluster: TestCluster, count: int) -> bool:
    """Say whether so many counties have been started again more than once."""
    return [row["restarts"] > 1 for row in cluster.counties("w1").values()] == [True] * count


@pytest.mark.kill
def test_a_county_given_away_and_back_at_once_is_taken_again(broker: str, tmp_path: Path) -> None:
    cluster = found_cluster(broker, tmp_path, 2)
    worlds = {place.code: make_busy_world(place.code, 3_000) for place in cluster.places}
    code = cluster.places[0].code
    with start_worker(cluster.file, "w1") as worker:
        append_part(cluster, worlds, 0, 6)
        wait_for_work(cluster, "w1", code)
        cluster.assign(code, "w2")
        cluster.write()
        worker.wait_for("released", code)
        cluster.assign(code, "w1")
        cluster.write()
        append_part(cluster, worlds, 6, 1000)
        wait_until_done(cluster, worlds, "w1")
        assert worker.end() == 0
    check_all(cluster, worlds, tmp_path)


@pytest.mark.kill
def test_a_county_that_was_lost_though_it_is_ours_is_taken_back_once(broker: str, tmp_path: Path) -> None:
    cluster = found_cluster(broker, tmp_path / "a", 1)
    worlds = {place.code: make_busy_world(place.code, 3_000) for place in cluster.places}
    code = cluster.places[0].code
    double = start_double(cluster, tmp_path / "b")
    append_part(cluster, worlds, 0, 4)
    with start_worker(cluster.file, "w1") as worker:
        worker.wait_for("running", code)
        words = ["worker", "run", "--cluster", str(double), "--name", "w1", "--once"]
        assert main(words) == 0  # somebody else claims the county, and ends
        append_part(cluster, worlds, 4, 6)
        worker.wait_for("retaken", code)
        wait_for_work(cluster, "w1", code)
        assert main(words) == 0
        append_part(cluster, worlds, 6, 1000)
        assert worker.wait() == 7
    assert main(["worker", "run", "--cluster", str(cluster.file), "--name", "w1", "--once"]) == 0
    check_all(cluster, worlds, tmp_path)
