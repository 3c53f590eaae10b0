"""Owns the commands ``topics check`` and ``topics apply``."""

import asyncio
import re
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from consolidator.cli.terminal import put, put_json, say
from consolidator.cluster.settings import make_cluster, make_connection, read_cluster
from consolidator.language import choose, pick, tag
from schemas.errors import UsageError, VerificationError
from schemas.topics import Cluster
from streams.kafka.admin import Comparison, apply_topics, check_topics, want
from streams.kafka.client import Connection, Tls
from streams.kafka.definitions import load_topics
from streams.kafka.differences import EVERYWHERE, Acl, Difference, Kind, Wanted

_BANK = re.compile(r"[0-9]{3}")
_DIFFER = VerificationError.exit_code
# What differs, and what a person does about it; what "apply" mends needs no advice.
_TEXTS: Mapping[Kind, tuple[str, str]] = {
    "missing_topic": ("没有主题 / no topic", ""),
    "few_partitions": ("分区太少 / too few partitions", ""),
    "setting": ("主题设置不符 / a setting differs", ""),
    "missing_right": ("缺少权限 / a right is missing", ""),
    "unknown_topic": (
        "多出的主题 / a topic that cluster.toml does not ask for",
        "若属撤下的银行,请写回 banks / a bank that pays no more stays in 'banks'; otherwise see whose it is",
    ),
    "many_partitions": (
        "分区太多 / too many partitions",
        "分区不能减少,县区表可能缺行,请补回 / partitions cannot be taken away: put back the rows that the table lacks",
    ),
    "replication": (
        "副本数不符 / another number of replicas",
        "用 kafka-reassign-partitions.sh 迁移副本 / move replicas with kafka-reassign-partitions.sh",
    ),
    "larger_setting": (
        "主题设置比应有的大 / a setting is larger than it should be",
        "调小会丢数据或削弱保护,确认后用 kafka-configs.sh 修改 / less loses or endangers records: use kafka-configs.sh",
    ),
    "cleanup": (
        "清理方式不符,可能已丢记录 / another cleanup policy: records may be lost already",
        "先核验日志,再用 kafka-configs.sh 修改 / verify the logs first, then change it with kafka-configs.sh",
    ),
    "extra_right": (
        "多出的权限 / a right that nobody should have",
        "确认后用 kafka-acls.sh 删除 / see whose it is, then remove it with kafka-acls.sh",
    ),
}


def check(args: Namespace) -> int:
    """Compare topics and rights with what the settings ask for."""
    connection, wanted = _open(args)
    found = asyncio.run(check_topics(connection, wanted))
    return _tell(args, found)


def apply(args: Namespace) -> int:
    """Make what is missing, and tell what is left to a person."""
    connection, wanted = _open(args)
    return _tell(args, asyncio.run(apply_topics(connection, wanted)))


def _open(args: Namespace) -> tuple[Connection, Wanted]:
    if args.cluster is None:
        connection, cluster = _open_trial(args)
    else:
        settings = read_cluster(args.cluster)
        connection, cluster = make_connection(settings, args.cluster.parent), make_cluster(settings)
    return _act_as(connection, args.cert, args.cert_key), want(load_topics(), cluster)


def _open_trial(args: Namespace) -> tuple[Connection, Cluster]:
    """Take one broker to try out: a single copy of everything, and nobody is asked who he is."""
    if args.partitions < 1 or not all(map(_BANK.fullmatch, args.bank)):
        message = "分区至少一个,银行代码是三位数字 / at least one partition; a bank's code has three digits"
        raise UsageError(message)
    cluster = Cluster("consolidator", args.partitions, tuple(args.bank), replication=1, min_insync=1)
    return Connection(args.bootstrap), cluster


def _act_as(connection: Connection, cert: Path | None, key: Path | None) -> Connection:
    """Take an administrator's certificate instead of the one in the settings, whose authority stays."""
    if cert is None and key is None:
        return connection
    if cert is None or key is None or connection.tls is None:
        message = (
            "--cert 与 --cert-key 须同时给出,且集群设置中有 ca / "
            "--cert and --cert-key go together, and with a cluster whose settings name a ca"
        )
        raise UsageError(message)
    return replace(connection, tls=Tls(connection.tls.ca, cert, key))


def _tell(args: Namespace, found: Comparison) -> int:
    code = _DIFFER if found.differences else 0
    if args.json:
        put_json(asdict(found))
        return code
    _put_all(tag("已改", "mended"), found.mended)
    _put_all(tag("不符", "differs"), found.differences)
    if not found.authorizer:
        say(
            pick(
                "代理没有启用授权:谁都可以读写,权限一项未比较",
                "the brokers have no authorizer: everybody may do everything, and rights were not compared",
            )
        )
    if not found.differences:
        put(pick("主题与权限符合要求", "topics and rights are as they should be"))
    elif any(each.is_mended for each in found.differences):
        say(f"{tag('下一步', 'next')}: consolidator topics apply")
    return code


def _put_all(label: str, differences: Sequence[Difference]) -> None:
    for each in differences:
        text, advice = _TEXTS[each.kind]
        step = f" → {choose(advice)}" if advice else ""
        put(f"{label}  {choose(text)}: {_render(each)}{step}")


def _render(each: Difference) -> str:
    """Give which one, in what, and ``found → wanted``."""
    if each.acl is not None:
        return _render_acl(each.acl)
    change = " → ".join(value for value in (each.found, each.wanted) if value)
    return " ".join(part for part in (each.name, each.key, change) if part)


def _render_acl(acl: Acl) -> str:
    right = acl.right
    scope = f"{right.name}*" if right.pattern == "prefixed" else right.name
    place = "" if acl.host == EVERYWHERE else f" @{acl.host}"
    return f"{acl.permission} {right.principal}{place} {right.operation} {right.resource} {scope}"
