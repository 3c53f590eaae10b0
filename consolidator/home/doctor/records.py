"""Owns the doctor's look at what is kept: the journal, its last commit and snapshot, the gate's records."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from consolidator.gate.records import count_sent
from consolidator.home.doctor.findings import RESTORE, Finding, error, fine, note
from consolidator.home.epochs.reports import list_retired
from consolidator.home.paths import Home
from consolidator.home.status import read_policy
from consolidator.publishing.checkpoints import NOTHING, check_published, derive_tree_head, read_published
from consolidator.transparency.tree import CompactRange
from schemas.commands import Command
from schemas.commits import list_raw_entries
from schemas.envelope import parse_envelope
from schemas.errors import InputError
from schemas.headers import parse_base_header
from schemas.instants import render_instant
from streams.embedded.journal import SqliteJournal, open_journal_read_only
from streams.embedded.schema import SCHEMA_VERSION, connect_read_only, sqlite_errors
from streams.recovery import FIRST_POSITION


def check_journal(home: Home) -> Iterator[Finding]:
    """Open the journal, which checks its schema version, and have SQLite check the file."""
    with closing(connect_read_only(home.journal)) as connection:
        yield from _check_file("journal", home.journal, connection)
    yield fine("journal", f"结构版本 {SCHEMA_VERSION}", f"schema version {SCHEMA_VERSION}")


def check_commits(home: Home) -> Iterator[Finding]:
    """Read the last commit record and the newest snapshot, whose digest must be the one its record states."""
    with open_journal_read_only(home.journal) as journal:
        record = journal.last_commit()
        run = f"consolidator run --home {home.root} --once"
        if record is None:
            yield note("commits", "尚未运行", "nothing was run yet", run)
            return
        size = record.head.size
        yield fine("commits", f"最后提交可读,条目 {size}", f"the last commit can be read, {size} entries")
        yield _judge_snapshot(journal, run)
        pending = journal.next_position() - max(record.position, FIRST_POSITION)
        if pending:
            yield note("commits", f"待处理命令 {pending}", f"{pending} commands are pending", run)


def _judge_snapshot(journal: SqliteJournal, run: str) -> Finding:
    found = journal.newest_snapshot()
    if found is None:
        return note("snapshot", "没有可用快照,启动时全部重放", "no good snapshot: a start replays everything", run)
    position = found[0].position
    return fine("snapshot", f"快照摘要一致,位置 {position}", f"the snapshot fits its digest, position {position}")


def check_commands(home: Home) -> Iterator[Finding]:
    """See that every document in the journal still has the bytes that were signed: its digest, and its parts'."""
    parts: dict[str, Sequence[str]] = {}
    with open_journal_read_only(home.journal) as journal:
        for position, command in journal.commands(FIRST_POSITION):
            if not _is_as_signed(command, parts):
                zh, en = f"第 {position} 条命令被改动", f"command {position} was changed on disk"
                yield error("commands", zh, en, RESTORE)
                return
    yield fine("commands", f"报送件 {len(parts)} 件与签名一致", f"{len(parts)} documents are as they were signed")


def _is_as_signed(command: Command, parts: dict[str, Sequence[str]]) -> bool:
    """Compare a command with its digest; ``parts`` keeps, by document, the digests its header states."""
    if command.kind == "header":
        try:
            envelope = parse_envelope(command.body)
            parts[command.document] = parse_base_header(envelope.header).parts
        except InputError:
            return False
        return envelope.digest == command.document
    if command.kind == "part":
        stated = parts.get(command.document, ())
        return command.index < len(stated) and sha256(command.body).hexdigest() == stated[command.index]
    return True


def check_retired(home: Home) -> Iterator[Finding]:
    """Tell which years were retired, and whether one is not finished."""
    with open_journal_read_only(home.journal) as journal:
        retired = list_retired(journal)
    if not retired:
        yield fine("retired", "没有已销毁的年度", "no year was retired")
    for each in retired:
        year, at = each.report.year, render_instant(each.report.at)
        if each.finished:
            yield fine("retired", f"{year} 年已于 {at} 销毁", f"{year} was retired at {at}")
        else:
            step = f"consolidator epoch retire --home {home.root} {year}"
            yield error("retired", f"{year} 年的销毁尚未完成", f"the retirement of {year} is not finished", step)


def check_entries(home: Home) -> Iterator[Finding]:
    """See that the log's entries still give the root of the last commit. 'log verify' also looks into them."""
    with open_journal_read_only(home.journal) as journal:
        record = journal.last_commit()
        if record is None:
            return
        tree = CompactRange()
        for bundle in journal.bundles():
            if bundle.first < record.head.size:
                tree = tree.append_many([entry for _, entry, _ in list_raw_entries([bundle])])
    if (tree.size, tree.root().hex()) == (record.head.size, record.head.root):
        yield fine("entries", "公开条目与根一致", "the log's entries give its root")
    else:
        yield error("entries", "公开条目与根不一致", "the log's entries do not give its root", RESTORE)


def check_public(home: Home) -> Iterator[Finding]:
    """Check that a start would go on from what is published; whether that is whole is for ``log verify``."""
    published = read_published(home.log, read_policy(home.policy).log_key)
    with open_journal_read_only(home.journal) as journal:
        record = journal.last_commit()
    check_published(published, NOTHING if record is None else derive_tree_head(record.head))
    yield fine("published", f"已公布条目 {published.size}", f"{published.size} entries are published")


def check_gate(home: Home) -> Iterator[Finding]:
    """Check the gate's records: without them order files would be sent twice."""
    with open_journal_read_only(home.journal) as journal:
        ordered = sum(1 for _ in journal.order_files())
    if not home.gate.exists():
        yield _judge_absence(ordered)
        return
    with sqlite_errors(), closing(sqlite3.connect(f"{home.gate.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        yield from _check_file("gate", home.gate, connection)
    sent = count_sent(home.gate)
    if sent < ordered:
        step = f"consolidator run --home {home.root} --once"
        yield note("gate", f"未发出的代发文件 {ordered - sent}", f"{ordered - sent} order files were not sent", step)
    else:
        yield fine("gate", f"已发出代发文件 {sent}", f"{sent} order files were sent")


def _judge_absence(ordered: int) -> Finding:
    if not ordered:
        return fine("gate", "尚无代发文件", "no order file yet")
    return error("gate", "缺闸口记录,再运行会重复发送", "no gate.sqlite: a run would send order files again", RESTORE)


def _check_file(check: str, path: Path, connection: sqlite3.Connection) -> Iterator[Finding]:
    """Have SQLite check the pages; what it says is about pages and tables, never about rows."""
    with sqlite_errors():
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said == "ok":
        yield fine(check, f"{path.name} 完好", f"{path.name} is whole")
    else:
        yield error(check, f"{path.name} 已损坏", f"{path.name} is damaged", RESTORE)
