"""A sample county on one machine and on a cluster, for tests that look at both."""

from pathlib import Path
from typing import Any

import pytest

from consolidator.cli.main import main
from tests.integration.kafka.county import make_cluster_file

Told = dict[str, Any]


@pytest.fixture(scope="package")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample of 500 lines."""
    folder = tmp_path_factory.mktemp("sample") / "s"
    assert main(["sample", "--to", str(folder), "--lines", "500", "--seed", "3"]) == 0
    return folder


@pytest.fixture(scope="package")
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
