"""docker-compose.yml as tests read it, and its services as plain processes: only paths, hosts and ports are others.

Each service gets a folder that stands for the root of its container; what it mounts are links in there.
"""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from streams.kafka.local.ports import LOOPBACK, choose_ports

ROOT = Path(__file__).parents[2]
READY_SECONDS_MAX = 120
END_SECONDS_MAX = 40
_LOOK_AGAIN_SECONDS = 0.5
_ADDRESS = re.compile(r"\b[a-z][a-z0-9.-]*:([0-9]{4})\b|\b0\.0\.0\.0:([0-9]{4})\b")
_PATH = re.compile(r"(?<![\w./:-])/(?=(?:cluster|etc|run|public|secrets|deploy)\b)")
Service = Mapping[str, Any]


def read_compose() -> dict[str, Any]:
    """Read the file; YAML's merges are done."""
    composed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return composed


def split_command(service: Service) -> list[str]:
    """Give a service's command as words; compose writes a dollar as two."""
    return shlex.split(service["command"].replace("$$", "$"))


def render_health(service: Service) -> str:
    """Give a service's health check as a line of shell; empty when it has none."""
    test = service["healthcheck"].get("test", "")
    words = test if isinstance(test, str) else shlex.join(test[1:])
    return words.replace("$$", "$")


def is_once(service: Service) -> bool:
    """Say whether a service does one thing and ends."""
    return str(service["restart"]).startswith("on-failure")


def list_mounts(service: Service) -> Iterator[tuple[str, str]]:
    """Give what a service mounts: target, and source below the folder of all sources."""
    for mount in service.get("volumes", []):
        if isinstance(mount, str):
            source, _, target = mount.partition(":")
            yield target, f"volumes/{source}"
        elif mount["type"] == "bind":
            yield mount["target"], mount["source"].removeprefix("./deploy/")
        else:
            yield mount["target"], f"volumes/{mount['source']}/{mount['volume']['subpath']}"
    for secret in service.get("secrets", []):
        given = {"source": secret, "target": secret} if isinstance(secret, str) else secret
        yield f"/run/secrets/{given['target']}", f"secrets/{given['source']}"


def list_ordered(services: Mapping[str, Service]) -> list[str]:
    """Give the services that ``up`` starts, each behind those it depends on."""
    ordered: dict[str, None] = {}

    def add(name: str) -> None:
        for before in services[name].get("depends_on", {}):
            add(before)
        ordered[name] = None

    for name, service in services.items():
        if "profiles" not in service:
            add(name)
    return list(ordered)


@dataclass
class Machine:
    """A folder in which services run as processes; ``kafka`` is where a broker with TLS answers."""

    folder: Path
    services: Mapping[str, Service]
    ports: dict[str, int] = field(default_factory=dict)
    running: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give every port that the file names one of this machine's.

        A home names its cluster's settings by a way up and down again. Here it leads up from the volume, so all homes
        read those of ``setup``.
        """
        (self.folder / "volumes").mkdir()
        (self.folder / "volumes" / "etc").symlink_to(self.folder / "containers" / "setup" / "etc")
        texts = [service.get("command", "") for service in self.services.values()]
        named = sorted({found[1] or found[2] for text in texts for found in _ADDRESS.finditer(text)})
        self.ports |= dict(zip(named, choose_ports(len(named)), strict=True))

    @property
    def volume(self) -> Path:
        """The volume that holds everything but Kafka's."""
        return self.folder / "volumes" / "cluster"

    def translate(self, name: str, text: str) -> str:
        """Write paths, hosts and ports of a container as they are here."""
        text = _ADDRESS.sub(lambda found: f"{LOOPBACK}:{self.ports[found[1] or found[2]]}", text)
        text = text.replace("0.0.0.0", LOOPBACK)  # noqa: S104 -- this is where it goes
        for port, here in self.ports.items():
            text = re.sub(rf"\b{port}\b", str(here), text)
        return _PATH.sub(f"{self.folder}/containers/{name}/", text)

    def mount(self, name: str) -> None:
        """Make the folder that stands for a container's root."""
        root = self.folder / "containers" / name
        root.mkdir(parents=True)
        (root / "deploy").symlink_to(ROOT / "deploy")
        for target, source in list_mounts(self.services[name]):
            if source in {"volumes/cluster", "secrets"}:  # all else must be there by now, as for Docker
                (self.folder / source).mkdir(parents=True, exist_ok=True)
            place = root / target.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(self.folder / source)
        for setting in self.services[name].get("configs", []):
            place = root / setting["target"].lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            text = (ROOT / "deploy" / "cluster.toml").read_text(encoding="utf-8")
            place.write_text(self.translate(name, text), encoding="utf-8")

    def start(self, name: str) -> None:
        """Start a service; its words are kept in ``logs``."""
        words = [self.translate(name, word) for word in split_command(self.services[name])]
        (self.folder / "logs").mkdir(exist_ok=True)
        with (self.folder / "logs" / name).open("wb") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 -- our own commands
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_make_environment()
            )

    def is_healthy(self, name: str) -> bool:
        """Run a service's health check."""
        return self.execute(name, render_health(self.services[name])).returncode == 0

    def execute(self, name: str, line: str) -> "subprocess.CompletedProcess[bytes]":
        """Run a line of shell where a service runs."""
        return subprocess.run(  # noqa: S603 -- our own commands
            ["sh", "-c", self.translate(name, line)],  # noqa: S607 -- as Docker does
            capture_output=True,
            check=False,
            env=_make_environment(),
        )

    def wait_for(self, name: str, condition: str) -> None:
        """Wait until a service is as one that depends on it needs it."""
        if condition == "service_completed_successfully":
            assert self.running[name].wait(READY_SECONDS_MAX) == 0, self.tell(name)
            return
        until = time.monotonic() + READY_SECONDS_MAX
        while not self.is_healthy(name):
            assert self.running[name].poll() is None, self.tell(name)
            assert time.monotonic() < until, self.tell(name)
            time.sleep(_LOOK_AGAIN_SECONDS)

    def end(self) -> dict[str, int]:
        """End what still runs, the last first; gives each service's exit code."""
        for name in reversed(self.running):
            self.running[name].terminate()
        codes = {name: process.wait(END_SECONDS_MAX) for name, process in self.running.items()}
        self.running.clear()
        return codes

    def tell(self, name: str) -> str:
        """Give the last of what a service said."""
        return f"{name}: " + (self.folder / "logs" / name).read_text(encoding="utf-8", errors="replace")[-2000:]


def _make_environment() -> dict[str, str]:
    """Have ``consolidator`` and ``python`` found as in the image."""
    return os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@contextmanager
def closing_all(machine: Machine) -> Iterator[Machine]:
    """Leave nothing running, however it ends."""
    try:
        yield machine
    finally:
        for process in machine.running.values():
            process.kill()
            process.wait()


def start_all(machine: Machine, given: Sequence[str]) -> None:
    """Start every service in order, each when what it depends on is as it must be; ``given`` run already."""
    for name in list_ordered(machine.services):
        if name in given:
            continue
        for before, wanted in machine.services[name].get("depends_on", {}).items():
            if before not in given:
                machine.wait_for(before, wanted["condition"])
        machine.mount(name)
        machine.start(name)
