"""``cluster init``, ``add``, ``assign``, ``show`` as a person meets them."""

import json
from pathlib import Path

import pytest

from consolidator.cli.main import main
from consolidator.cluster.settings import read_cluster

INIT = ("cluster", "init", "--bootstrap", "127.0.0.1:9092", "--bank", "402")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A new cluster of two counties."""
    path = tmp_path / "sub" / "cluster.toml"
    counties = [f"--county={code}={tmp_path / 'homes' / code}" for code in ("511112", "511113")]
    assert main([*INIT, "--to", str(path), "--worker", "w1", "--worker", "w2", *counties]) == 0
    return path


def test_a_new_file_explains_itself_and_homes_are_seen_from_it(file: Path) -> None:
    settings = read_cluster(file)
    assert [(place.code, place.worker, place.home) for place in settings.county] == [
        ("511112", "w1", "../homes/511112"),
        ("511113", "w2", "../homes/511113"),
    ]
    assert (settings.kafka.replication, settings.kafka.min_insync) == (0, 0)
    assert "# The counties. One county is one partition, for life" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("copies", "wanted"), [("1", (1, 1)), ("3", (3, 2))])
def test_copies_of_each_record_can_be_named(tmp_path: Path, copies: str, wanted: tuple[int, int]) -> None:
    path = tmp_path / "cluster.toml"
    assert main([*INIT, "--to", str(path), "--county", "511112=h", "--replication", copies]) == 0
    kafka = read_cluster(path).kafka
    assert (kafka.replication, kafka.min_insync) == wanted
    assert read_cluster(path).county[0].worker == "w1"


def test_a_file_that_stands_is_not_replaced(file: Path) -> None:
    before = file.read_bytes()
    assert main([*INIT, "--to", str(file), "--county", "511114=h"]) == 7
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("counties", "code"), [(["511112"], 2), (["511112="], 2), (["511112=a", "511112=b"], 2), (["51111=a"], 5)]
)
def test_counties_are_written_as_code_and_home(tmp_path: Path, counties: list[str], code: int) -> None:
    path = tmp_path / "cluster.toml"
    assert main([*INIT, "--to", str(path), *(f"--county={county}" for county in counties)]) == code
    assert not path.exists()


def test_a_county_is_added_and_moved(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--cluster", str(file), "--county", "511114", "--worker"]
    assert main(["cluster", "add", *words, "w1", "--home", str(file.parent / "511114")]) == 0
    assert "topics apply" in capsys.readouterr().err
    assert main(["cluster", "assign", *words, "w2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["county"][2] == {
        "code": "511114",
        "partition": 2,
        "worker": "w2",
        "home": "511114",
        "retired": False,
    }
    assert read_cluster(file).model_dump() == told


def test_the_table_is_shown(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["cluster", "show", "--cluster", str(file)]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[2] == ["511112", "0", "w1", "../homes/511112"]
    assert rows[3] == ["511113", "1", "w2", "../homes/511113"]


def test_a_wrong_path_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "cluster.toml"
    assert main(["cluster", "assign", "--cluster", str(path), "--county", "511112", "--worker", "w2"]) == 5
    assert not path.parent.exists()
