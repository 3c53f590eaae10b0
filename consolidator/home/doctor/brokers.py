"""Owns the doctor's look at a home's cluster: its row in cluster.toml, the brokers, and whose the partition is."""

from collections.abc import Iterator

from consolidator.bootstrap import Office
from consolidator.home.doctor.findings import Finding, error, fine, note
from streams.embedded.copying import open_copy
from streams.embedded.journal import open_journal_read_only

_ADOPT = "consolidator cluster adopt --help"


def check_cluster(office: Office, _now: int) -> Iterator[Finding]:
    """Ask the brokers; a home that decides alone has none."""
    if office.settings.cluster is None:
        yield fine("cluster", "本县在本机独立运行", "this county works by itself, without a cluster")
        return
    from consolidator.cluster.joining import find_seat  # noqa: PLC0415 -- Kafka's client takes 0.2 s to load
    from consolidator.cluster.progress import read_standing  # noqa: PLC0415 -- the same

    with open_copy(office.home.journal) as copy:
        if not copy.is_copy:
            zh, en = "journal.sqlite 不是集群命令的副本", "journal.sqlite is no copy of a cluster's commands"
            yield error("cluster", zh, en, _ADOPT)
            return
    seat = find_seat(office.home.root, office.settings)
    standing = read_standing(office.home, seat)
    with open_journal_read_only(office.home.journal) as journal:
        ours = next((command for _, command in journal.commands(1)), None)
    where = f"{seat.shard.partition}"
    if ours is not None and standing.first != ours:
        zh, en = f"分区 {where} 不是本县的", f"partition {where} is not this county's"
        yield error("cluster", zh, en, f"核对县区表 / correct the table in {seat.file}")
        return
    yield fine("cluster", f"代理可用,分区 {where} 是本县的", f"the brokers answer, partition {where} is this county's")
    waiting = standing.commands - standing.committed
    if waiting:
        step = f"consolidator worker run --cluster {seat.file} --name {seat.place.worker}"
        yield note("cluster", f"记账进程未提交的命令 {waiting}", f"{waiting} commands wait for the worker", step)
    behind = standing.committed - standing.copied
    if behind:
        step = f"consolidator run --home {office.home.root} --once"
        yield note("cluster", f"尚未复制的命令 {behind}", f"{behind} committed commands are not copied yet", step)
