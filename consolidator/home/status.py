"""Owns the county's status: what the last commit record and the gate's records say. It replays nothing."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from consolidator.gate.records import count_sent
from consolidator.home.epochs.reports import describe_retired, list_retired
from consolidator.home.paths import Home
from consolidator.home.waiting import describe_witnesses
from consolidator.publishing.checkpoints import read_published
from consolidator.settings import Settings, read_settings
from consolidator.transparency.keys import Verifier, render_vkey
from consolidator.transparency.policy import Policy, parse_policy
from schemas.envelope import parse_envelope
from schemas.errors import ConfigurationError, VerificationError
from schemas.headers import DispositionHeader, ReleaseHeader, ReviewHeader, parse_header
from schemas.instants import render_instant
from streams.embedded.journal import SqliteJournal, open_journal_read_only
from streams.recovery import FIRST_POSITION


def read_policy(path: Path) -> Policy:
    """Read a policy file: which log to trust, under whose eyes. ConfigurationError when it is none."""
    try:
        return parse_policy(path.read_bytes())
    except OSError as error:
        message = f"策略文件 {path} 无法读取 / the policy file {path} cannot be read"
        raise ConfigurationError(message) from error
    except ConfigurationError as error:
        message = f"策略文件 {path} 有误({error}) / the policy file {path} is wrong: {error}"
        raise ConfigurationError(message) from error


def _read_published_size(home: Home, log_key: Verifier) -> int | None:
    """Give what is published; None when the checkpoint is of no use, which ``doctor`` tells more about."""
    try:
        return read_published(home.log, log_key).size
    except VerificationError:
        return None


def read_status(root: Path) -> dict[str, Any]:
    """Give head, lines and fen by state, pending commands, documents that wait for a second person, order files."""
    home = Home(root)
    settings = read_settings(home.settings)
    with open_journal_read_only(home.journal) as journal:
        record = journal.last_commit()
        pending = journal.next_position() - (FIRST_POSITION if record is None else record.position)
        ordered = sum(1 for _ in journal.order_files())
        retired = [describe_retired(each) for each in list_retired(journal)]
        awaiting = [] if record is None else list(_list_awaiting(journal, record.head.awaiting))
        log_key = read_policy(home.policy).log_key
        witnesses = describe_witnesses(home, journal, log_key)
    sent = count_sent(home.gate)
    head = None if record is None else record.head
    totals = {} if head is None else {name: sums for name, sums in head.totals.items() if any(sums)}
    return {
        "county": settings.county,
        "origin": settings.origin,
        "engine": settings.engine,
        "cluster": _describe_cluster(home, settings),
        "vkey": render_vkey(log_key),
        "size": 0 if head is None else head.size,
        "root": "" if head is None else head.root,
        "published_size": _read_published_size(home, log_key),
        "ordinal": 0 if head is None else head.ordinal,
        "last_at": "" if head is None else render_instant(head.now),
        "checkpoint": "" if head is None else head.checkpoint,
        "lines": {name: {"count": count, "fen": fen} for name, (count, fen) in totals.items()},
        "pending": pending,
        "awaiting": {"count": 0 if head is None else head.awaiting_count, "documents": awaiting},
        "orders": {"sent": sent, "waiting": ordered - sent},
        "retired": retired,
        **witnesses,
    }


def _describe_cluster(home: Home, settings: Settings) -> dict[str, object] | None:
    """Say where the county stands on its cluster; None where it has none."""
    if settings.cluster is None:
        return None
    from consolidator.cluster.progress import describe_standing  # noqa: PLC0415 -- Kafka's client takes 0.2 s to load

    return describe_standing(home, settings)


def _list_awaiting(journal: SqliteJournal, digests: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Describe documents that wait for a second person; ``at`` is when intake stamped them."""
    for digest in digests:
        command = journal.find_header(digest)
        if command is not None:
            yield {"digest": digest, "at": render_instant(command.at), **_describe(command.body)}


def _describe(body: bytes) -> dict[str, str]:
    """Give a document's source, id, kind, and what it would do to which batch (empty for a policy)."""
    header = parse_header(parse_envelope(body).header)
    about = {"source": header.source, "document": header.id, "kind": header.kind, "action": "", "batch": ""}
    if isinstance(header, ReviewHeader | DispositionHeader):
        about["action"] = header.action
    if isinstance(header, ReviewHeader | DispositionHeader | ReleaseHeader):
        about["batch"] = f"{header.batch.source}/{header.batch.id}"
    return about
