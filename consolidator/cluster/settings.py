"""Owns ``cluster.toml``: its keys, their meaning, how it is read. Unknown keys are refused.

The table of counties is a promise for life: a county's partition never changes and is never given to another.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import ConfigurationError
from schemas.identifiers import BankCode, County
from schemas.topics import Cluster
from streams.kafka.client import Connection, Tls

CLUSTER_FILE = "cluster.toml"
COUNTIES_MAX = 3000
_MONITORS = "monitor-"  # monitors own all topics that begin so (schemas/topics.yaml)
PathText = Annotated[str, Field(pattern=r'^[^"\\\x00-\x1f\x7f]{1,400}$')]
Prefix = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]  # a dot ends it in a topic's name
Bootstrap = Annotated[str, Field(pattern=r"^[A-Za-z0-9._\[\]-]+:[0-9]{1,5}(,[A-Za-z0-9._\[\]-]+:[0-9]{1,5})*$")]
Principal = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
WorkerName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
_Names = Annotated[list[Principal], Field(max_length=COUNTIES_MAX)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Kafka(_Section):
    """The brokers."""

    bootstrap: Bootstrap
    prefix: Prefix = "consolidator"
    replication: Annotated[int, Field(ge=0, le=9)] = 0
    min_insync: Annotated[int, Field(ge=0, le=9)] = 0
    ca: PathText | None = None
    cert: PathText | None = None
    key: PathText | None = None


class Place(_Section):
    """A county's partition, the worker that runs its ledger, and its home where the office is on this machine."""

    code: County
    partition: Annotated[int, Field(ge=0, lt=COUNTIES_MAX)]
    worker: WorkerName = ""
    home: PathText | None = None
    retired: bool = False


class Principals(_Section):
    """Names of client certificates (CN) by role; ``bank`` by the bank's code."""

    worker: _Names = []
    office: _Names = []
    adapter: _Names = []
    witness: _Names = []
    monitor: _Names = []
    auditor: _Names = []
    bank: dict[BankCode, _Names] = {}


class ClusterSettings(_Section):
    """The settings of a cluster."""

    banks: Annotated[list[BankCode], Field(max_length=200)] = []
    snapshots: PathText
    state: PathText
    kafka: Kafka
    county: Annotated[list[Place], Field(min_length=1, max_length=COUNTIES_MAX)]
    principals: Principals = Principals()


def parse_cluster(text: str) -> ClusterSettings:
    """Read settings. ConfigurationError names the key, or the rule about the table, that is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"集群设置不是有效的 TOML / {CLUSTER_FILE} is not TOML: {error}"
        raise ConfigurationError(message) from error
    return validate_cluster(raw)


def validate_cluster(raw: Mapping[str, Any]) -> ClusterSettings:
    """Give settings made of plain values; errors as of :func:`parse_cluster`."""
    try:
        settings = ClusterSettings.model_validate(raw)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
        message = (
            f"集群设置项 '{where}' 不认识、缺少或有误 / {CLUSTER_FILE}: key '{where}' is unknown, missing or wrong"
        )
        raise ConfigurationError(message) from error
    _check_counties(settings)
    _check_principals(settings)
    _check_kafka(settings.kafka)
    return settings


def _check_counties(settings: ClusterSettings) -> None:
    _check_once("同一县区写了两次 / a county stands twice", (place.code for place in settings.county))
    _check_once(
        "同一分区给了两个县区 / a partition is given twice", (str(place.partition) for place in settings.county)
    )
    _check_once("同一银行写了两次 / a bank stands twice", settings.banks)
    missing = set(range(count_partitions(settings))) - {place.partition for place in settings.county}
    if missing:
        _refuse(
            f"分区 {min(missing)} 没有县区:停用的县区须留在表中并写 retired = true",
            f"partition {min(missing)} has no county: a retired county stays in the table, with retired = true",
        )
    for place in settings.county:
        if not place.worker and not place.retired:
            _refuse(f"县区 {place.code} 没有 worker", f"county {place.code} has no worker")


def _check_principals(settings: ClusterSettings) -> None:
    banks = settings.principals.bank
    _check_once(
        "同一证书给了两家银行 / one certificate is given to two banks",
        (name for names in banks.values() for name in names),
    )
    for bank in banks:
        if bank not in settings.banks:
            _refuse(f"banks 中没有银行 {bank}", f"principals.bank: bank {bank} is not in 'banks'")
    known = settings.principals.worker
    for place in settings.county:
        if known and place.worker and place.worker not in known:
            _refuse(f"principals.worker 中没有 {place.worker}", f"worker {place.worker} is not in principals.worker")


def _check_kafka(kafka: Kafka) -> None:
    if len({value is None for value in (kafka.ca, kafka.cert, kafka.key)}) != 1:
        _refuse("ca、cert、key 须同时填写或同时不填", "ca, cert and key go together: give all three, or none")
    if kafka.prefix.startswith(_MONITORS):
        _refuse(f"prefix 不能以 {_MONITORS} 开头", f"prefix: topics that begin with {_MONITORS} belong to monitors")
    if (kafka.replication == 0) != (kafka.min_insync == 0):
        _refuse(
            "replication、min_insync 须同时填写或同时为 0", "replication and min_insync go together: give both, or none"
        )
    if kafka.min_insync > kafka.replication:
        _refuse("min_insync 不能大于 replication", "min_insync is more than replication: nothing could be written")


def _check_once(complaint: str, words: Iterable[str]) -> None:
    twice = [word for word, count in Counter(words).items() if count > 1]
    if twice:
        zh, _, en = complaint.partition(" / ")
        _refuse(f"{zh}({twice[0]})", f"{en}: {twice[0]}")


def _refuse(zh: str, en: str) -> None:
    message = f"集群设置有误:{zh} / {CLUSTER_FILE}: {en}"
    raise ConfigurationError(message)


def read_cluster(path: Path) -> ClusterSettings:
    """Read a settings file. ConfigurationError when there is none."""
    try:
        return parse_cluster(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = (
            f"{path} 处没有集群设置,用 --cluster 指定 / no settings of a cluster at {path}: name them with --cluster"
        )
        raise ConfigurationError(message) from error


def count_partitions(settings: ClusterSettings) -> int:
    """Give how many partitions every topic has: one for each county there ever was."""
    return max(place.partition for place in settings.county) + 1


def list_places(settings: ClusterSettings, worker: str) -> tuple[Place, ...]:
    """Give the counties whose ledgers a worker runs, by partition; retired ones have none."""
    places = (place for place in settings.county if place.worker == worker and not place.retired)
    return tuple(sorted(places, key=lambda place: place.partition))


def make_connection(settings: ClusterSettings, folder: Path) -> Connection:
    """Give how the brokers are reached; paths are taken from ``folder``, where the settings file stands."""
    kafka = settings.kafka
    if kafka.ca is None or kafka.cert is None or kafka.key is None:
        return Connection(kafka.bootstrap, None, kafka.prefix)
    tls = Tls(folder / kafka.ca, folder / kafka.cert, folder / kafka.key)
    return Connection(kafka.bootstrap, tls, kafka.prefix)


def make_cluster(settings: ClusterSettings) -> Cluster:
    """Give what topics and rights follow from."""
    roles: tuple[Literal["worker", "office", "adapter", "witness", "monitor", "auditor"], ...] = (
        "worker",
        "office",
        "adapter",
        "witness",
        "monitor",
        "auditor",
    )
    return Cluster(
        prefix=settings.kafka.prefix,
        partitions=count_partitions(settings),
        banks=tuple(settings.banks),
        replication=settings.kafka.replication,
        min_insync=settings.kafka.min_insync,
        principals={role: tuple(getattr(settings.principals, role)) for role in roles},
        bank_principals={bank: tuple(names) for bank, names in settings.principals.bank.items()},
    )
