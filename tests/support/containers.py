"""Kafka in a container, where a Docker engine answers: the official image, told by variables what to be."""

import os
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from time import sleep

from streams.kafka.local.layout import CONTROLLER, PLAIN, list_common_properties
from streams.kafka.local.ports import LOOPBACK, choose_ports
from streams.kafka.local.probe import ask_brokers

IMAGE = "apache/kafka:4.1.1"
INSIDE_PORT = 9092
READY_SECONDS_MAX = 60
_LOOK_AGAIN_SECONDS = 0.1
DEFAULT_HOST = "unix:///var/run/docker.sock"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start: an image, its variables, and the port of this machine that leads to the one inside."""

    image: str
    variables: dict[str, str]
    port: int


def plan_container(port: int) -> Plan:
    """Plan a single broker that tells its clients to come to this port of the loopback."""
    properties = list_common_properties(brokers=1) | {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@localhost:{INSIDE_PORT + 1}",
        "controller.listener.names": CONTROLLER,
        "inter.broker.listener.name": PLAIN,
        "listeners": f"{PLAIN}://:{INSIDE_PORT},{CONTROLLER}://:{INSIDE_PORT + 1}",
        "advertised.listeners": f"{PLAIN}://{LOOPBACK}:{port}",
        "listener.security.protocol.map": f"{PLAIN}:PLAINTEXT,{CONTROLLER}:PLAINTEXT",
    }
    return Plan(IMAGE, {name_variable(name): value for name, value in properties.items()}, port)


def name_variable(name: str) -> str:
    """Give the variable by which the image is told a property: ``node.id`` → ``KAFKA_NODE_ID``."""
    return f"KAFKA_{name.replace('.', '_').upper()}"


def answers(host: str) -> bool:
    """Tell whether an engine may be there; of a socket file it is tried, any other host is taken at its word."""
    scheme, _, path = host.partition("://")
    if scheme != "unix":
        return True
    with socket.socket(socket.AF_UNIX) as trial, suppress(OSError):
        trial.connect(path)
        return True
    return False


def offer_container() -> AbstractContextManager[str] | None:
    """Offer a broker in a container, if an engine answers and has the image or can get it."""
    if not answers(os.environ.get("DOCKER_HOST") or DEFAULT_HOST):
        return None
    from docker.errors import DockerException  # noqa: PLC0415 -- slow to import, and most runs need none of it
    from testcontainers.core.docker_client import DockerClient  # noqa: PLC0415 -- the same

    with suppress(DockerException), closing(DockerClient().client) as engine:
        if not engine.images.list(name=IMAGE):
            engine.images.pull(IMAGE)
        return _run(plan_container(choose_ports(1)[0]))
    return None


@contextmanager
def _run(plan: Plan) -> Iterator[str]:
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415 -- slow to import

    container = DockerContainer(plan.image).with_bind_ports(INSIDE_PORT, plan.port).with_envs(**plan.variables)
    with container:
        _await_ready(plan.port)
        yield f"{LOOPBACK}:{plan.port}"


def _await_ready(port: int) -> None:
    for _ in range(int(READY_SECONDS_MAX / _LOOK_AGAIN_SECONDS)):
        with suppress(OSError):
            if ask_brokers(port):
                return
        sleep(_LOOK_AGAIN_SECONDS)
    message = f"Kafka in a container was not ready within {READY_SECONDS_MAX} s"
    raise TimeoutError(message)
