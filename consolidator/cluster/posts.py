"""Owns what running one county of a cluster takes: its home's keys, its partition, its snapshots; and the look before.

A worker reads only settings and keys of a home, and writes nothing there.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from consolidator.bootstrap import Office, county_maker, open_home
from consolidator.cluster.joining import make_shard
from consolidator.cluster.settings import ClusterSettings, Place
from consolidator.sealing import County
from schemas.commands import parse_genesis
from schemas.errors import ConfigurationError, InputError
from schemas.records import parse_command
from streams.kafka.owning import derive_transactional_id
from streams.kafka.reading import reading
from streams.kafka.rights import check_partition, check_readable, check_transactional, check_writable
from streams.kafka.shard import Shard
from streams.kafka.states import States


@dataclass(frozen=True, slots=True)
class Post:
    """A county ready to be run: where it stands on Kafka, its snapshots, and what makes its machine."""

    shard: Shard
    origin: str
    states: States
    make_county: Callable[[], County]


def open_post(settings: ClusterSettings, folder: Path, place: Place) -> Post:
    """Read a county's settings and keys; paths are taken from ``folder``. ConfigurationError says what is missing."""
    office = _open_office(folder, place)
    shard = make_shard(settings, folder, place, office.settings)
    states = States(folder / settings.snapshots / place.code)
    return Post(shard, office.settings.origin, states, county_maker(office))


def _open_office(folder: Path, place: Place) -> Office:
    if place.home is None:
        message = (
            f"县区 {place.code} 在 cluster.toml 中没有 home:记账进程要用主目录中的密钥 / "
            f"county {place.code} has no 'home' in cluster.toml: a worker needs the keys that are there"
        )
        raise ConfigurationError(message)
    office = open_home(folder / place.home)
    if office.settings.county != place.code:
        message = (
            f"主目录 {place.home} 属于县区 {office.settings.county},不是 {place.code} / "
            f"{place.home} is the home of county {office.settings.county}, not of {place.code}: correct cluster.toml"
        )
        raise ConfigurationError(message)
    return office


async def check_shard(shard: Shard) -> None:
    """Return if all topics are there, with this county's partition, and we may do what a worker does.

    ConfigurationError names what is missing. A consumer without rights would hang for ever, so this comes first.
    """
    written = shard.list_committed()
    read = [shard.topic("commands"), *written]
    await check_readable(shard.connection, read)
    await check_writable(shard.connection, written)
    await check_transactional(shard.connection, derive_transactional_id(shard))
    await check_partition(shard, read)


async def check_genesis(post: Post) -> None:
    """Return unless the county's partition begins with another county's genesis: then raise ConfigurationError.

    Read as it stands: to the county's own journal another county's commands would be no commands at all.
    """
    shard = post.shard
    async with reading(shard.connection, shard.topic("commands"), shard.partition) as reader:
        row = await reader.first(reader.begin, reader.end)
    if row is None:
        return
    with suppress(InputError):  # what is no command is the journal's to pass over
        command = parse_command(row.value, row.headers)
        if command.kind == "genesis":
            genesis = parse_genesis(command.body)
            check_owner(post, genesis.county, genesis.origin)


def check_owner(post: Post, county: str, origin: str) -> None:
    """Raise ConfigurationError unless what stands in the partition is this county's, under this log's name."""
    if (county, origin) != (post.shard.county, post.origin):
        where = f"{post.shard.partition}"
        message = (
            f"分区 {where} 属于县区 {county}(日志 {origin}),不是 {post.shard.county}({post.origin})。"
            "一县一分区,终身不变,请更正 cluster.toml / "
            f"partition {where} belongs to county {county} (log {origin}), not to {post.shard.county} "
            f"({post.origin}): a county's partition is for life, correct cluster.toml"
        )
        raise ConfigurationError(message)
