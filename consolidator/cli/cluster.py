"""Owns the command ``cluster adopt``."""

from argparse import Namespace

from consolidator.cli.terminal import progress, put, put_json, say
from consolidator.cluster.adopting import Adopted, adopt
from consolidator.language import choose, pick, tag


def run_adopt(args: Namespace) -> int:
    """Move a county to a cluster."""
    with progress(choose("迁入集群 adopt")) as advance:
        adopted = adopt(args.home, args.cluster, args.wait, advance)
    if args.json:
        put_json(_describe(adopted))
        return 0
    head, where = adopted.record.head, f"{adopted.seat.shard.partition}"
    put(f"{pick('已迁入集群,分区', 'the county is on the cluster, partition')} {where}")
    put(f"{tag('条目', 'size')} {head.size}  {tag('根', 'root')} {head.root}")
    say(f"{tag('下一步', 'next')}: consolidator run --home {args.home}")
    return 0


def _describe(adopted: Adopted) -> dict[str, object]:
    head, shard = adopted.record.head, adopted.seat.shard
    return {
        "county": shard.county,
        "partition": shard.partition,
        "commands": adopted.record.position - 1,
        "appended": adopted.appended,
        "size": head.size,
        "root": head.root,
    }
