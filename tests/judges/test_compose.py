"""Docker Compose's own code takes docker-compose.yml, and reads the same words in it as our tests do."""

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.judges.conftest import HERE, go, need_modules
from tests.support.composed import ROOT, read_compose, render_health, split_command

Look = Callable[[Path], subprocess.CompletedProcess[str]]
_MODULE = HERE / "compose"


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Look:
    """Give what reads a Compose file."""
    need_modules(_MODULE)
    program = tmp_path_factory.mktemp("judges") / "compose"
    built = go("build", "-o", str(program), ".", module=_MODULE)
    assert built.returncode == 0, built.stderr

    def run(path: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, str(path)], capture_output=True, text=True, check=False)  # noqa: S603 -- built just now

    return run


def test_docker_compose_reads_the_same_words(look: Look) -> None:
    done = look(ROOT / "docker-compose.yml")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    services = read_compose()["services"]
    assert set(told) == set(services)
    for name, service in services.items():
        assert told[name]["command"] == (split_command(service) if "command" in service else None)
        kind, *words = told[name]["check"] or ["NONE"]
        check = "" if kind == "NONE" else words[0] if kind == "CMD-SHELL" else shlex.join(words)
        assert check == render_health(service)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("cap_drop: [ALL]", "cap_dropped: [ALL]"),
        ("subpath: policies", "subfolder: policies"),
        ("{ setup: { condition: service_completed_successfully } }", "{ setup: { condition: service_done } }"),
        ("- { source: monitor.key, target: kafka.key }", "- { source: nobody.key, target: kafka.key }"),
        (
            "depends_on: { kafka: { condition: service_healthy } }",
            "depends_on: { monitor: { condition: service_healthy } }",
        ),
    ],
)
def test_it_refuses_what_is_wrong(look: Look, tmp_path: Path, right: str, wrong: str) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "docker-compose.yml").write_text(text.replace(right, wrong), encoding="utf-8")
    assert look(tmp_path / "docker-compose.yml").returncode == 1
