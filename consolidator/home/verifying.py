"""Owns the verification of a home's own log: what is published, what is committed, and that they are one log."""

from collections.abc import Callable

from consolidator.home.disclosed import verify_opened
from consolidator.home.epochs.reports import list_retired, tell_retired
from consolidator.home.paths import Home
from consolidator.keys import read_epoch_keys
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.edges import TileEdge
from consolidator.transparency.keys import Verifier
from consolidator.transparency.tree import CompactRange, TreeHead
from consolidator.verify.following import check_tree
from consolidator.verify.log import Report, check_totals, verify_log
from consolidator.verify.published import Opened, Terms, read_to_head
from consolidator.verify.sources import CHECKPOINT, MissingFileError, Read, read_from_folder
from schemas.commits import CommitRecord
from schemas.errors import ConfigurationError, VerificationError
from streams.embedded.journal import open_journal_read_only
from streams.journal import Journal

Advance = Callable[[int, int], None]


def read_own_log(home: Home) -> Read:
    """Give a reader of what the home has published. VerificationError when it is nothing."""
    if not (home.log / CHECKPOINT).exists():
        message = "日志尚未公布 / nothing is published yet: run 'consolidator run --once' first"
        raise MissingFileError(message)
    return read_from_folder(home.log)


def verify_home(home: Home, terms: Terms, now: int, advance: Advance) -> tuple[Opened, Report, CommitRecord]:
    """Verify the published log, the journal's entries up to the last commit, and that the one is the other's beginning.

    Raises VerificationError that says in one sentence what is wrong.
    """
    read = read_own_log(home)
    opened = read_to_head(read, terms, now, lambda each: check_tree(read, TileEdge(), each.head))
    with open_journal_read_only(home.journal) as journal:
        record = journal.last_commit()
        if record is None or record.head.size < opened.head.size:
            message = (
                f"已公布 {opened.head.size} 条,多于账本 / {opened.head.size} entries are published, which is more than "
                "the journal holds"
            )
            raise VerificationError(message)
        report = _verify_journal(journal, record, terms.policy.log_key, opened.head, advance)
    return opened, report, record


def verify_disclosures(home: Home, record: CommitRecord, log_key: Verifier) -> Report:
    """Verify the journal's entries once more with their private parts: commitments, and all totals in fen.

    This is for who may see them; the home's own epoch keys open them. Raises VerificationError, and ConfigurationError
    where a retired year's private parts are gone: what was sealed then is checked by nobody any more.
    """
    head = open_checkpoint(record.head.checkpoint.encode(), log_key)
    with open_journal_read_only(home.journal) as journal:
        gone = tell_retired(list_retired(journal), 0)
        if gone:
            raise ConfigurationError(gone)
        report = verify_opened(journal.bundles(), head, read_epoch_keys(home.epoch_keys))
    check_totals(report, record.head.totals)
    return report


def _verify_journal(
    journal: Journal, record: CommitRecord, log_key: Verifier, published: TreeHead, advance: Advance
) -> Report:
    roots = set[bytes]()

    def heed(tree: CompactRange) -> None:
        advance(tree.size, record.head.size)
        if tree.size == published.size:
            roots.add(tree.root())

    report = verify_log(journal.bundles(), record.head.checkpoint.encode(), log_key, heed)
    check_totals(report, record.head.totals)
    if published.root not in roots:
        message = (
            f"账本前 {published.size} 条与已公布的日志不同 / the journal's first {published.size} entries are not "
            "those that were published"
        )
        raise VerificationError(message)
    return report
