"""Owns the commands about a cluster's table of counties: ``cluster init``, ``add``, ``assign`` and ``show``."""

import os
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from consolidator.cli.terminal import put, put_json, put_table, say
from consolidator.cluster.changing import add_county, assign_county, found_cluster
from consolidator.cluster.rendering import render_cluster
from consolidator.cluster.settings import ClusterSettings, read_cluster
from consolidator.home.files import hold_folder, write_whole
from consolidator.language import pick, tag
from schemas.errors import ConflictError, UsageError


def init(args: Namespace) -> int:
    """Write the settings of a new cluster."""
    homes = dict(_parse_county(args.to, word) for word in args.county)
    if len(homes) != len(args.county):
        message = "同一县区写了两次 / a county is given twice"
        raise UsageError(message)
    kafka = {"bootstrap": args.bootstrap, "prefix": args.prefix}
    kafka |= {"replication": args.replication, "min_insync": args.replication // 2 + 1} if args.replication else {}
    settings = found_cluster(kafka, args.bank, homes, args.worker or ["w1"])
    with hold_folder(args.to.absolute().parent):
        if args.to.exists():
            message = f"{args.to} 已存在,不会覆盖 / {args.to} exists and is not replaced: choose another file"
            raise ConflictError(message)
        write_whole(args.to, render_cluster(settings).encode())
    say(f"{tag('下一步', 'next')}: consolidator topics apply --cluster {args.to}")
    return _show(args, settings)


def add(args: Namespace) -> int:
    """Give a new county the next partition."""
    home = _place_home(args.cluster, args.home)
    settings = _change(args.cluster, lambda before: add_county(before, args.county, home, args.worker))
    say(f"{tag('下一步', 'next')}: consolidator topics apply --cluster {args.cluster}")
    return _show(args, settings)


def assign(args: Namespace) -> int:
    """Give a county to another worker."""
    settings = _change(args.cluster, lambda before: assign_county(before, args.county, args.worker))
    say(
        pick(
            "用此文件的记账进程一秒内生效;文件在多台机器上时,先更新交出的一方",
            "workers that use this file follow within a second; on several machines bring it to the one that gives the "
            "county up first",
        )
    )
    return _show(args, settings)


def show(args: Namespace) -> int:
    """Show the counties with their partitions and workers."""
    return _show(args, read_cluster(args.cluster))


def _change(path: Path, change: Callable[[ClusterSettings], ClusterSettings]) -> ClusterSettings:
    """Change a settings file: one at a time, whole or not at all. Remarks of one's own in it are not kept."""
    read_cluster(path)  # a wrong path is told before a folder is made for it
    with hold_folder(path.absolute().parent):
        settings = change(read_cluster(path))
        write_whole(path, render_cluster(settings).encode())
    return settings


def _parse_county(file: Path, word: str) -> tuple[str, str]:
    code, found, home = word.partition("=")
    if not found or not home:
        message = f"县区写成 代码=主目录,不是 {word} / a county is written as CODE=HOME, not {word}"
        raise UsageError(message)
    return code, _place_home(file, Path(home))


def _place_home(file: Path, home: Path) -> str:
    """Give a home as seen from the settings file's folder, where paths in it begin."""
    return os.path.relpath(home.absolute(), file.absolute().parent)


def _show(args: Namespace, settings: ClusterSettings) -> int:
    if args.json:
        put_json(settings.model_dump())
        return 0
    put(f"Kafka {settings.kafka.bootstrap}  {tag('付款银行', 'banks')} {' '.join(settings.banks) or '-'}")
    head = (tag("县区", "county"), tag("分区", "partition"), tag("记账进程", "worker"), tag("主目录", "home"))
    rows = [
        (
            place.code,
            str(place.partition),
            pick("已停用", "retired") if place.retired else place.worker,
            place.home or "-",
        )
        for place in sorted(settings.county, key=lambda place: place.partition)
    ]
    put_table([head, *rows])
    return 0
