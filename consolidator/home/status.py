"""Owns the county's status: what the last commit record and the gate's records say. It replays nothing."""

from pathlib import Path
from typing import Any

from consolidator.gate.records import count_sent
from consolidator.home.paths import Home
from consolidator.home.waiting import describe_witnesses
from consolidator.publishing.checkpoints import read_published
from consolidator.settings import read_settings
from consolidator.transparency.keys import Verifier, parse_vkey, render_vkey
from consolidator.transparency.policy import Policy, parse_policy
from schemas.errors import ConfigurationError, VerificationError
from schemas.instants import render_instant
from streams.embedded.journal import open_journal_read_only
from streams.recovery import FIRST_POSITION

_LOG_LINE = "log "


def read_log_key(policy: Path) -> Verifier:
    """Take the log's verifier key from a policy file. ConfigurationError when there is none."""
    try:
        lines = policy.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"策略文件 {policy} 无法读取 / the policy file {policy} cannot be read"
        raise ConfigurationError(message) from error
    keys = [line.removeprefix(_LOG_LINE).strip() for line in lines if line.startswith(_LOG_LINE)]
    if len(keys) != 1:
        message = (
            f"策略文件 {policy} 应有且仅有一行 log / the policy file {policy} must have exactly one line 'log VKEY'"
        )
        raise ConfigurationError(message)
    return parse_vkey(keys[0])


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
    """Give size, root, ordinal, origin, vkey, last time, lines and fen by state, pending commands, order files."""
    home = Home(root)
    settings = read_settings(home.settings)
    with open_journal_read_only(home.journal) as journal:
        record = journal.last_commit()
        pending = journal.next_position() - (FIRST_POSITION if record is None else record.position)
        ordered = sum(1 for _ in journal.order_files())
        log_key = read_log_key(home.policy)
        witnesses = describe_witnesses(home, journal, log_key)
    sent = count_sent(home.gate)
    head = None if record is None else record.head
    totals = {} if head is None else {name: sums for name, sums in head.totals.items() if any(sums)}
    return {
        "county": settings.county,
        "origin": settings.origin,
        "vkey": render_vkey(log_key),
        "size": 0 if head is None else head.size,
        "root": "" if head is None else head.root,
        "published_size": _read_published_size(home, log_key),
        "ordinal": 0 if head is None else head.ordinal,
        "last_at": "" if head is None else render_instant(head.now),
        "checkpoint": "" if head is None else head.checkpoint,
        "lines": {name: {"count": count, "fen": fen} for name, (count, fen) in totals.items()},
        "pending": pending,
        "orders": {"sent": sent, "waiting": ordered - sent},
        **witnesses,
    }
