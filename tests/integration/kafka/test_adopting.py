"""A county moves from one machine to a cluster, and back: nothing is lost, whoever dies when."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from consolidator.bootstrap import open_desk, open_home
from consolidator.cli.main import main
from consolidator.cluster.joining import take_seat
from schemas.commands import Command
from schemas.errors import ConflictError
from streams.embedded.journal import open_journal, open_journal_read_only
from streams.kafka.appending import Appender
from streams.kafka.loop import Loop
from tests.integration.kafka.conftest import Told
from tests.integration.kafka.county import decide_otherwise, list_files, run, working
from tests.integration.office import read_head

KILLS = 4
SEED = 11


@pytest.fixture
def moving(alone: Path, tmp_path: Path) -> Path:
    """A home on one machine, to be moved."""
    return Path(shutil.copytree(alone, tmp_path / "home"))


def adopt(home: Path, cluster: Path, *words: str) -> int:
    """Give the command."""
    return main(["cluster", "adopt", "--cluster", str(cluster), "--home", str(home), *words])


def append(home: Path, cluster: Path, count: int) -> None:
    """Append the first commands, as an adopt would that is interrupted then."""
    with open_journal_read_only(home / "journal.sqlite") as journal, Loop() as loop:
        appender = Appender(loop)
        commands = [command for _, command in journal.commands(1)][:count]
        appender.append(take_seat(cluster, open_home(home).settings).shard, commands)
        appender.close()


def test_a_moved_county_goes_on_as_it_was(moving: Path, cluster: Path, alone: Path, ask: Callable[..., Told]) -> None:
    with working(moving, cluster=cluster):
        told = ask("cluster", "adopt", "--cluster", cluster, "--home", moving)
        assert run(moving) == 0
        assert adopt(moving, cluster) == 7
        with open_desk(open_home(moving)) as desk:
            desk.journal.append([Command("tick", read_head(open_home(moving)).now + 3600, b"")])
        assert run(moving) == 0
    status = ask("status", "--home", moving)
    assert (told["root"], told["appended"]) == (read_head(open_home(alone)).root, told["commands"])
    assert status["size"] > told["size"]
    assert list_files(moving, "outbox") == list_files(alone, "outbox")
    assert main(["doctor", "--home", str(moving)]) == 0
    assert main(["log", "replay", "--home", str(moving)]) == 0


def test_a_process_that_began_before_the_move_appends_nothing_to_the_copy(moving: Path, cluster: Path) -> None:
    with open_journal(moving / "journal.sqlite") as before, working(moving, cluster=cluster):
        assert adopt(moving, cluster) == 0
        with pytest.raises(ConflictError, match="Kafka"):
            before.append([Command("tick", 1, b"")])


def test_a_move_that_was_interrupted_is_finished_by_the_same_command(moving: Path, cluster: Path) -> None:
    append(moving, cluster, 50)
    assert adopt(moving, cluster, "--wait", "0.2") == 6
    assert open_home(moving).settings.engine == "embedded"
    with working(moving, cluster=cluster):
        assert adopt(moving, cluster) == 0
    assert open_home(moving).settings.engine == "kafka"


@pytest.mark.kill
def test_a_move_killed_at_any_moment_is_finished_by_the_same_command(moving: Path, cluster: Path, alone: Path) -> None:
    words = [sys.executable, "-m", "consolidator", "cluster", "adopt", "--cluster", cluster, "--home", moving]
    chance = Random(SEED)
    with working(moving, cluster=cluster):
        for _ in range(KILLS):
            process = subprocess.Popen([*map(str, words)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own
            try:
                process.wait(chance.uniform(0.5, 2.5))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert adopt(moving, cluster) in {0, 7}
        assert run(moving) == 0
    assert open_home(moving).settings.engine == "kafka"
    assert read_head(open_home(moving)) == read_head(open_home(alone))


def test_a_partition_with_other_commands_is_refused(moving: Path, cluster: Path) -> None:
    append(moving, cluster, 20)
    append(moving, cluster, 1)
    assert adopt(moving, cluster) == 7
    assert open_home(moving).settings.engine == "embedded"


def test_a_county_is_not_moved_to_a_worker_that_decides_otherwise(moving: Path, cluster: Path) -> None:
    with working(moving, decide_otherwise(moving), cluster):
        assert adopt(moving, cluster) == 3
    assert run(moving) == 0


def test_a_county_that_has_something_to_do_is_not_moved(moving: Path, cluster: Path) -> None:
    with open_journal(moving / "journal.sqlite") as journal:
        journal.append([Command("tick", read_head(open_home(moving)).now + 3600, b"")])
    assert adopt(moving, cluster) == 7


def test_the_way_back_is_a_setting(moving: Path, cluster: Path) -> None:
    with working(moving, cluster=cluster):
        assert adopt(moving, cluster) == 0
    settings = moving / "consolidator.toml"
    kept = settings.read_text()
    lines = [line for line in kept.splitlines() if not line.startswith("cluster =")]
    settings.write_text("\n".join(lines).replace('engine = "kafka"', 'engine = "embedded"'))
    assert run(moving) == 0
    with open_desk(open_home(moving)) as desk:
        desk.journal.append([Command("tick", read_head(open_home(moving)).now + 3600, b"")])
    assert run(moving) == 0
    settings.write_text(kept)
    assert run(moving) == 5  # by hand one cannot move: what was appended here would be missing there
