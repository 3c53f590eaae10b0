"""Owns what a cluster's folder remembers between two starts: who the cluster is, and at which ports it listens."""

import base64
import json
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from schemas.errors import ConfigurationError, ConflictError
from streams.kafka.local.layout import Ports, choose_all_ports

_FILE = "cluster.json"


@dataclass(frozen=True, slots=True)
class Remembered:
    """A cluster's id, as Kafka writes it, and its ports."""

    cluster_id: str
    ports: Ports


def remember(folder: Path, brokers: int) -> Remembered:
    """Give what the folder remembers, or make it up and write it down.

    ConflictError: the folder is of a cluster of another size. ConfigurationError: it cannot be read.
    """
    path = folder / _FILE
    if not path.exists():
        made = Remembered(make_cluster_id(), choose_all_ports(brokers))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(made)), encoding="utf-8")
        return made
    found = _read(path)
    if len(found.ports.plain) != brokers:
        count = len(found.ports.plain)
        message = (
            f"{folder} 里是 {count} 个 broker 的集群,请用相同个数或另选文件夹 / "
            f"{folder} is of a cluster of {count} brokers: start as many, or choose another folder"
        )
        raise ConflictError(message)
    return found


def _read(path: Path) -> Remembered:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Remembered(told["cluster_id"], Ports(**{name: tuple(ports) for name, ports in told["ports"].items()}))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{path} 已损坏,请另选文件夹 / {path} cannot be read: choose another folder"
        raise ConfigurationError(message) from error


def make_cluster_id() -> str:
    """Make an id in Kafka's form of a UUID: 22 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
