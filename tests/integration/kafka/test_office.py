"""A county's home on a cluster: it publishes and pays only what it decided itself as the worker did."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from consolidator.bootstrap import open_home
from consolidator.cli.main import main
from tests.integration.kafka.county import make_cluster_file, working
from tests.integration.office import read_head

Told = dict[str, Any]


def list_files(home: Path, *folders: str) -> dict[str, str]:
    """Give the files of some folders with their digests."""
    return {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted((home / folder).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample of 500 lines."""
    folder = tmp_path_factory.mktemp("sample") / "s"
    assert main(["sample", "--to", str(folder), "--lines", "500", "--seed", "3"]) == 0
    return folder


@pytest.fixture(scope="module")
def alone(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's county on one machine; not to be changed."""
    home = tmp_path_factory.mktemp("alone") / "home"
    assert main(["init", "--home", str(home), "--county", "511112", "--sample", str(sample)]) == 0
    assert main(["submit", "--home", str(home), str(sample)]) == 0
    assert main(["run", "--home", str(home), "--once"]) == 4
    return home


@pytest.fixture
def cluster(tmp_path: Path, broker: str, prefix: str) -> Path:
    """The settings of a cluster with topics of its own."""
    return make_cluster_file(tmp_path, broker, prefix)


@pytest.fixture
def home(tmp_path: Path, cluster: Path, sample: Path) -> Path:
    """A home on that cluster."""
    words = ["init", "--home", str(tmp_path / "home"), "--county", "511112", "--sample", str(sample)]
    assert main([*words, "--cluster", str(cluster)]) == 0
    return tmp_path / "home"


def test_a_sample_county_ends_as_on_one_machine(home: Path, sample: Path, alone: Path) -> None:
    with working(home):
        assert main(["submit", "--home", str(home), str(sample)]) == 0
        assert main(["run", "--home", str(home), "--once"]) == 4
    assert read_head(open_home(home)) == read_head(open_home(alone))
    what = ("outbox", "log", "returns")
    assert list_files(home, *what) == list_files(alone, *what)
