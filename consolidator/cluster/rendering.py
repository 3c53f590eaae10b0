"""Owns the writing of ``cluster.toml`` with every key explained."""

from collections.abc import Iterable

from consolidator.cluster.settings import ClusterSettings, Kafka, Place, Principals

_HEAD = """\
# 集群设置。未列出的键会被拒绝。 Settings of a cluster. Unknown keys are refused.
# 路径相对于本文件所在目录 / paths are relative to this file's folder

# 付款银行(三位代码),每家一个代发主题;撤下的银行留在表中,主题才会留存
# paying banks by 3-digit code, a topic of orders for each; a bank that pays no more stays, and with it its topic
banks = [{banks}]
# 状态快照的共享目录,每台机器都能读写 / the shared folder of snapshots, which every worker's machine reads and writes
snapshots = "{snapshots}"
# 本机的工作目录:监测程序的表、进程状态 / this machine's own folder: monitors' tables, processes' states
state = "{state}"
"""
_KAFKA = """
[kafka]
# 代理地址,逗号分隔 / brokers, host:port, separated by commas
bootstrap = "{bootstrap}"
# 主题名的第一段 / the first word of the topics' names
prefix = "{prefix}"
# 副本数和写入前须同步的副本数;0 即按 topics.yaml(3 和 2)。只有一台代理时写 1 和 1
# copies of each record, and how many must have it before it counts; 0: as topics.yaml says (3 and 2); one broker: 1, 1
replication = {replication}
min_insync = {min_insync}
# 双向 TLS 的 PEM 文件:签发机构、本机证书(主体的 CN 就是身份)、密钥。不填即明文,只用于本机试用
# PEM files for mutual TLS: the authority, our certificate (its subject's CN is who we are), its key; without them
# plaintext, good for trying out on one machine only
"""
_COUNTY = """
# 县区表。一县一分区,终身不变,永不转给别县:新县区用下一个分区号;停用的县区留在表中,写 retired = true
# The counties. One county is one partition, for life, and never another county's: a new county takes the next number;
# a retired one stays, with retired = true
#   code       县区代码 / the county's 6-digit code
#   partition  分区,从 0 起,不留空 / its partition, from 0, without gaps
#   worker     由哪个记账进程负责 / the worker that runs its ledger; change it to move the county
#   home       本县主目录(办公端在本机时) / the county's home, if its office is on this machine
"""
_PRINCIPALS = """
# 证书主体(CN)的角色,权限由 topics apply 按 topics.yaml 授予;未列出的一律拒绝
# Roles of certificates' subjects (CN); 'topics apply' grants what topics.yaml says, and all others are denied
"""


def render_cluster(settings: ClusterSettings) -> str:
    """Write settings with every key explained. No value can hold a quote, so none is escaped."""
    head = _HEAD.format(banks=_quote(settings.banks), snapshots=settings.snapshots, state=settings.state)
    counties = "".join(map(_render_place, settings.county))
    return f"{head}{_render_kafka(settings.kafka)}{_COUNTY}{counties}{_PRINCIPALS}{_render_roles(settings.principals)}"


def _quote(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _render_kafka(kafka: Kafka) -> str:
    files = {"ca": kafka.ca, "cert": kafka.cert, "key": kafka.key}
    lines = (
        f'# {name} = "certs/{name}.pem"\n' if value is None else f'{name} = "{value}"\n'
        for name, value in files.items()
    )
    return _KAFKA.format(**kafka.model_dump(include={"bootstrap", "prefix", "replication", "min_insync"})) + "".join(
        lines
    )


def _render_place(place: Place) -> str:
    rows = [f'code = "{place.code}"', f"partition = {place.partition}"]
    rows += [f'worker = "{place.worker}"'] if place.worker else []
    rows += [f'home = "{place.home}"'] if place.home else []
    rows += ["retired = true"] if place.retired else []
    return "[[county]]\n" + "".join(f"{row}\n" for row in rows)


def _render_roles(principals: Principals) -> str:
    roles = "".join(f"{role} = [{_quote(names)}]\n" for role, names in principals if role != "bank")
    banks = "".join(f'"{bank}" = [{_quote(names)}]\n' for bank, names in principals.bank.items())
    return (
        f"[principals]\n{roles}\n"
        "# 每家银行的证书,只读本行的代发主题 / certificates of each bank, which read the orders of that bank only\n"
        f"[principals.bank]\n{banks}"
    )
