"""A second place that publishes a county's log from public topics, and stops where heads disagree."""

from pathlib import Path

import pytest

from consolidator.bootstrap import open_home
from consolidator.cli.main import main
from consolidator.cluster.joining import find_seat
from consolidator.keys import read_signer
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from schemas.records import Word, render_checkpoint
from streams.kafka.appending import Appender
from streams.kafka.loop import Loop
from tests.integration.kafka.county import list_files, run, submit, working
from tests.integration.kafka.test_office_faults import leave_last_out
from tests.integration.office import read_head


def publish(home: Path, cluster: Path, to: Path) -> int:
    """Publish what is there."""
    words = ["publish", "--cluster", str(cluster), "--county", "511112", "--to", str(to), "--once"]
    return main([*words, "--policy", str(home / "policy.txt")])


def send_forged(home: Path, word: Word, size: int) -> None:
    """Write a head of another tree, signed with the log's own key, as its thief would."""
    office = open_home(home)
    checkpoint = Checkpoint(office.settings.origin, size, bytes(32))
    note = sign_checkpoint(checkpoint, read_signer(office.home.log_key))
    shard = find_seat(home, office.settings).shard
    with Loop() as loop:
        appender = Appender(loop)
        appender.send(shard, [render_checkpoint(shard.county, word, size, note)])  # type: ignore[arg-type]  # two of the words
        appender.close()


def test_a_mirror_has_the_files_of_the_log(home: Path, cluster: Path, sample: Path, tmp_path: Path) -> None:
    to = tmp_path / "www" / "log"
    last = leave_last_out(sample, tmp_path / "all-but-one")
    with working(home):
        assert publish(home, cluster, to) == 0
        submit(home, tmp_path / "all-but-one")
        run(home)
        assert publish(home, cluster, to) == 0
        assert main(["submit", "--home", str(home), str(last)]) == 0
        run(home)
        assert publish(home, cluster, to) == 0
    ours, theirs = list_files(home, "log"), list_files(tmp_path / "www", "log")
    assert (to / "checkpoint").read_bytes() == (home / "log" / "checkpoint").read_bytes()
    assert {path: digest for path, digest in ours.items() if ".p/" not in path}.items() <= theirs.items()
    assert main(["log", "verify", "--dir", str(to), "--policy", str(home / "policy.txt")]) == 0


@pytest.mark.parametrize("word", ["checkpoints", "cosignatures"])
def test_a_mirror_stops_at_a_head_of_another_tree(
    home: Path, cluster: Path, tmp_path: Path, word: Word, capsys: pytest.CaptureFixture[str]
) -> None:
    with working(home):
        assert run(home) == 0
    size = read_head(open_home(home)).size
    assert publish(home, cluster, tmp_path / "log") == 0
    before = list_files(tmp_path, "log")
    send_forged(home, word, size)
    assert publish(home, cluster, tmp_path / "log") == 3
    assert f"at size {size}" in capsys.readouterr().err
    assert list_files(tmp_path, "log") == before


def test_a_county_that_the_cluster_does_not_have_is_told(
    home: Path, cluster: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["publish", "--cluster", str(cluster), "--county", "511113", "--to", str(tmp_path / "log"), "--once"]
    assert main([*words, "--policy", str(home / "policy.txt")]) == 5
    assert "511113" in capsys.readouterr().err
