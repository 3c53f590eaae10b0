"""Owns what a local cluster is to be, and the properties that make a Kafka broker it. Starts nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from streams.kafka.local.ports import LOOPBACK, choose_ports

ADMIN = "admin"
PLAIN, SECURE, PROXIED, CONTROLLER = "PLAINTEXT", "SECURE", "PROXIED", "CONTROLLER"
# A broker starts with half the work when Java compiles only simply: for tests. Long runs are faster with all of it.
QUICK_START = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LONG_RUN = ("-Xmx1g",)
_PRINCIPAL_IS_COMMON_NAME = r"RULE:^CN=([^,]+).*$/$1/,DEFAULT"


@dataclass(frozen=True, slots=True)
class Certificates:
    """What brokers show and whom they trust, as PEM files; ``super_user`` is the principal that may do everything.

    With certificates a cluster gets a listener more, which asks every client for one (mTLS) and denies whatever no ACL
    allows. The plaintext listener on loopback stays, for an admin on this machine, who may do everything.
    """

    ca: Path
    certificate: Path
    key: Path
    super_user: str = ADMIN


@dataclass(frozen=True, slots=True)
class Layout:
    """What a cluster is to be.

    ``proxies``: ports of this machine, one per broker, where a proxy stands; each broker then has a listener more that
    tells clients to come through its proxy. ``properties``: broker properties that are added, or stand for ours.
    ``java``: options of the Java of each broker. ``session_milliseconds``: how long a broker may be silent before
    the others count it as lost. One that was killed comes back after that long; one whose disk or processor is busy for
    longer leads nothing any more, though it lives, so it is short only where brokers are killed.
    """

    brokers: int = 1
    certificates: Certificates | None = None
    proxies: tuple[int, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    java: tuple[str, ...] = QUICK_START
    session_milliseconds: int = 9_000  # Kafka's own


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a cluster, by listener, one per broker, whether it has that listener now or not."""

    plain: tuple[int, ...]
    controllers: tuple[int, ...]
    secure: tuple[int, ...]
    proxied: tuple[int, ...]


def choose_all_ports(brokers: int) -> Ports:
    """Give free ports for every listener that a cluster of so many brokers may have."""
    chosen = choose_ports(4 * brokers)
    return Ports(*(chosen[at : at + brokers] for at in range(0, len(chosen), brokers)))


def list_properties(layout: Layout, ports: Ports, index: int, folder: Path) -> dict[str, str]:
    """Give the properties of broker ``index`` (from 0; its node id is one more), whose files stand in ``folder``."""
    return (
        _list_roles(layout, ports, index, folder)
        | list_common_properties(layout.brokers)
        | _list_patience(layout)
        | (_list_security(layout.certificates, folder) if layout.certificates else {})
        | dict(layout.properties)
    )


def _list_roles(layout: Layout, ports: Ports, index: int, folder: Path) -> dict[str, str]:
    inside = {CONTROLLER: ports.controllers[index], PLAIN: ports.plain[index]}
    inside |= {SECURE: ports.secure[index]} if layout.certificates else {}
    inside |= {PROXIED: ports.proxied[index]} if layout.proxies else {}
    outside = {name: port for name, port in inside.items() if name != CONTROLLER}
    outside |= {PROXIED: layout.proxies[index]} if layout.proxies else {}
    voters = (f"{node}@{LOOPBACK}:{port}" for node, port in enumerate(ports.controllers, 1))
    return {
        "process.roles": "broker,controller",
        "node.id": str(index + 1),
        "controller.quorum.voters": ",".join(voters),
        "controller.listener.names": CONTROLLER,
        "inter.broker.listener.name": PLAIN,
        "listeners": _render_listeners(inside),
        "advertised.listeners": _render_listeners(outside),
        "listener.security.protocol.map": ",".join(
            f"{name}:{'SSL' if name == SECURE else 'PLAINTEXT'}" for name in inside
        ),
        "log.dirs": str(folder / "data"),
    }


def _render_listeners(listeners: Mapping[str, int]) -> str:
    return ",".join(f"{name}://{LOOPBACK}:{port}" for name, port in listeners.items())


def list_common_properties(brokers: int) -> dict[str, str]:
    """Give the properties that every broker of a cluster of this size has, wherever it runs."""
    return _list_replication(brokers) | _list_habits()


def _list_replication(brokers: int) -> dict[str, str]:
    """With three brokers any one may be lost: three copies, of which two must have a record."""
    copies, in_sync = str(min(3, brokers)), "2" if brokers > 2 else "1"  # noqa: PLR2004 -- two of three
    return {
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
    }


def _list_habits() -> dict[str, str]:
    """One machine, few clients, quick starts; and nothing that comes to be by a slip of the pen."""
    return {
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        "offsets.topic.num.partitions": "1",
        "transaction.state.log.num.partitions": "1",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "log.cleaner.dedupe.buffer.size": str(16 << 20),
        "num.network.threads": "2",
        "num.io.threads": "4",
    }


def _list_patience(layout: Layout) -> dict[str, str]:
    """Say when a broker is lost; it tells that it lives several times as often."""
    return {
        "broker.session.timeout.ms": str(layout.session_milliseconds),
        "broker.heartbeat.interval.ms": str(min(2_000, layout.session_milliseconds // 6)),
    }


def _list_security(certificates: Certificates, folder: Path) -> dict[str, str]:
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "keystore.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates.ca.absolute()),
        "ssl.client.auth": "required",
        "ssl.principal.mapping.rules": _PRINCIPAL_IS_COMMON_NAME,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        # Whoever comes without TLS, on this machine: the brokers among themselves, and the admin.
        "super.users": f"User:{certificates.super_user};User:ANONYMOUS",
    }


def render_properties(properties: Mapping[str, str]) -> str:
    r"""Give the text of a Java properties file.

    >>> render_properties({"log.dirs": r"C:\data", "node.id": "1"})
    'log.dirs=C:\\\\data\nnode.id=1\n'
    """
    return "".join(f"{name}={value.replace(chr(92), chr(92) * 2)}\n" for name, value in properties.items())
