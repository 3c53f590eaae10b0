"""Owns ``init --cluster``: a home whose county begins in an empty partition.

First the home with its keys and its genesis, then the genesis goes to the partition: so whatever stands there, somebody
has its keys. What was interrupted in between is finished by the same command.
"""

import os
from dataclasses import replace
from pathlib import Path

from consolidator.cluster.joining import check_office, open_commands, read_first, take_seat
from consolidator.home.creating import Founding, create_home, derive_genesis, derive_settings
from consolidator.home.paths import Home
from consolidator.settings import read_settings
from schemas.commands import Command, parse_genesis
from schemas.errors import ConfigurationError, ConflictError
from streams.embedded.copying import open_copy
from streams.kafka.appending import Appender
from streams.kafka.commands import CommandReader
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard


def found_home(root: Path, founding: Founding, file: Path) -> Home:
    """Make a home on the cluster whose settings are ``file``. ConflictError if home or county stand already.

    ConfigurationError when the settings do not have the county, or the brokers not its topics.
    """
    joined = replace(founding, cluster=os.path.relpath(file.absolute(), root.absolute()))
    shard = take_seat(file, derive_settings(joined, [])).shard
    with Loop() as loop, open_commands(shard, loop) as reader:
        check_office(shard, loop)
        _check_empty(shard, reader)
        genesis = _read_begun(Home(root), joined)
        if genesis is None:
            create_home(root, joined)
            genesis = _read_genesis(Home(root))
        _append(shard, loop, genesis)
        if read_first(reader) != genesis:
            message = (
                "另一主目录同时在此分区建立,请删除本目录 / "
                "another home was made for this partition at the same time, and came first: remove this one"
            )
            raise ConflictError(message)
    return Home(root)


def _check_empty(shard: Shard, reader: CommandReader) -> None:
    if reader.end() > 0:
        message = (
            f"分区 {shard.partition} 不是空的:该县已在集群上,或 cluster.toml 的分区有误 / "
            f"partition {shard.partition} is not empty: this county is on the cluster already, or cluster.toml names "
            "the wrong partition"
        )
        raise ConflictError(message)


def _read_begun(home: Home, founding: Founding) -> Command | None:
    """Give the genesis of a home that an interrupted init has made from the same words; None when there is none."""
    try:
        settings = read_settings(home.settings)
        genesis = _read_genesis(home)
    except ConfigurationError:
        return None
    begun, wanted = parse_genesis(genesis.body), derive_genesis(founding)
    same = (begun.county, begun.origin, begun.roots, begun.quorum) == (
        wanted.county,
        wanted.origin,
        wanted.roots,
        wanted.quorum,
    )
    return genesis if same and settings.cluster == founding.cluster else None


def _read_genesis(home: Home) -> Command:
    with open_copy(home.journal) as journal:
        return next(command for _, command in journal.commands(1))


def _append(shard: Shard, loop: Loop, genesis: Command) -> None:
    appender = Appender(loop)
    try:
        appender.append(shard, [genesis])
    finally:
        appender.close()
