"""How a process follows cluster.toml."""

from pathlib import Path

import pytest

from consolidator.cluster.rendering import render_cluster
from consolidator.cluster.settings import ClusterSettings, Kafka, Place
from consolidator.cluster.watching import ClusterFile, list_assigned
from consolidator.home.files import write_whole
from schemas.errors import ConfigurationError


def make_settings(*workers: str) -> ClusterSettings:
    """Make a county for each worker's name."""
    places = [Place(code=str(511101 + number), partition=number, worker=name) for number, name in enumerate(workers)]
    kafka = Kafka(bootstrap="127.0.0.1:9092")
    return ClusterSettings(snapshots="snapshots", state="state", kafka=kafka, county=places)


def write(path: Path, settings: ClusterSettings) -> None:
    """Write a file as the program does."""
    write_whole(path, render_cluster(settings).encode())


@pytest.fixture
def file(tmp_path: Path) -> ClusterFile:
    """A file of two counties of w1."""
    write(tmp_path / "cluster.toml", make_settings("w1", "w1"))
    return ClusterFile(tmp_path / "cluster.toml")


def test_a_file_that_was_not_written_says_nothing_new(file: ClusterFile) -> None:
    assert not file.look()


def test_a_county_given_to_another_worker_is_seen(file: ClusterFile) -> None:
    write(file.path, make_settings("w1", "w2"))
    assert file.look()
    assert list(list_assigned(file.settings, "w1")) == ["511101"]
    assert list(list_assigned(file.settings, "w2")) == ["511102"]
    assert not file.look()


def test_a_file_written_anew_with_the_same_content_says_nothing_new(file: ClusterFile) -> None:
    write(file.path, make_settings("w1", "w1"))
    assert not file.look()


def test_a_broken_file_is_told_of_once_and_the_settings_stay(file: ClusterFile) -> None:
    before = file.settings
    file.path.write_text("[[county", encoding="utf-8")
    with pytest.raises(ConfigurationError):
        file.look()
    assert not file.look()
    assert file.settings == before


def test_a_file_that_is_gone_is_told_of_once_and_may_come_back(file: ClusterFile) -> None:
    file.path.unlink()
    with pytest.raises(ConfigurationError):
        file.look()
    assert not file.look()
    write(file.path, make_settings("w2", "w2"))
    assert file.look()
    assert not list_assigned(file.settings, "w1")


def test_a_process_does_not_start_on_a_broken_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        ClusterFile(tmp_path / "cluster.toml")


def test_a_retired_county_is_nobodys(file: ClusterFile) -> None:
    settings = file.settings.model_copy(
        update={"county": [file.settings.county[0], file.settings.county[1].model_copy(update={"retired": True})]}
    )
    write(file.path, settings)
    assert file.look()
    assert list(list_assigned(file.settings, "w1")) == ["511101"]
