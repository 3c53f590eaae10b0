"""Owns ``epoch retire``: the order of its steps, so that a crash between any two leaves a county that works.

Nothing is touched before the audit has shown that the rest stands by itself. Then the journal lets go of the year in
one transaction, which also keeps the state to replay from and the report. What is left elsewhere goes after that; until
all of it is gone, the same command finishes the work.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from consolidator.bootstrap import Office, county_maker, open_gate
from consolidator.gate.sending import Gate
from consolidator.home.epochs.auditing import Evidence, Kept, audit
from consolidator.home.epochs.readiness import (
    check_answered,
    check_sent,
    check_settled,
    check_year,
    count_unanswered,
    find_due,
    find_year_end,
)
from consolidator.home.epochs.reports import Place, Removed, Report, RetiredYear, list_retired, render_report
from consolidator.home.epochs.sweeping import list_files, list_outbox, sweep
from consolidator.intake.forgetting import list_refused, list_taken
from consolidator.intake.spool import heal_spool
from consolidator.keys import read_epoch_keys
from consolidator.returns.updating import Lists, restore_lists
from schemas.commits import Head
from schemas.errors import ConfigurationError, ConflictError
from streams.embedded.journal import Retirement, SqliteJournal, open_journal
from streams.embedded.lock import hold_lock
from streams.journal import Cut
from streams.recovery import load

_SEALED = b'"sealed":"'


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be retired. ``now``: the machine's clock; ``unanswered``: what to do with lines no bank answered on.

    ``on_progress`` is told the entries computed so far, and of how many; that goes twice up to the end.
    """

    year: int
    now: int
    unanswered: Callable[[tuple[int, int]], None] = check_answered
    on_progress: Callable[[int, int], None] = lambda _done, _all: None


def let_go(_: tuple[int, int]) -> None:
    """Let lines go that no bank ever answered on; the report says how many."""


def retire(office: Office, order: Order) -> RetiredYear:
    """Retire a year, or finish what was begun, or say that it was done; gives its report.

    Raises ConflictError when the home is at work or something of the year is still open, ConfigurationError when the
    year may not be retired (yet), VerificationError when the journal is not what its commands give.
    """
    if office.settings.cluster is not None:
        message = (
            "集群上的县区还不能销毁年度数据:主题中的命令与查阅件须一同删除,尚未实现 / a year of a county on a cluster "
            "cannot be retired yet: the commands and disclosures in its topics would have to go, too"
        )
        raise ConfigurationError(message)
    with _open(office) as (journal, gate):
        retired = {each.report.year: each for each in list_retired(journal)}
        unfinished = [year for year, each in retired.items() if not each.finished and year != order.year]
        if unfinished:
            message = (
                f"{unfinished[0]} 年的销毁尚未完成,先运行 epoch retire {unfinished[0]} / the retirement of "
                f"{unfinished[0]} is not finished: run 'consolidator epoch retire {unfinished[0]}' first"
            )
            raise ConflictError(message)
        if order.year not in retired:
            _remove(office, journal, gate, order)
        sweep(office.home, journal, gate, max([*retired, order.year]))
        journal.finish_retirement(order.year)
        restore_lists(Lists(office.home.returns, office.home.refused, journal, county_maker(office)))
        return next(each for each in list_retired(journal) if each.report.year == order.year)


@contextmanager
def _open(office: Office) -> Iterator[tuple[SqliteJournal, Gate]]:
    with (
        hold_lock(office.home.lock),
        open_journal(office.home.journal) as journal,
        open_gate(office, journal) as gate,
    ):
        heal_spool(office.home, journal)
        yield journal, gate


def _remove(office: Office, journal: SqliteJournal, gate: Gate, order: Order) -> None:
    """Check everything, then let the journal go of the year."""
    record = journal.last_commit()
    if record is None:
        message = "尚未运行 / nothing is decided yet: run 'consolidator run --once' first"
        raise ConfigurationError(message)
    year, due = order.year, find_due(order.year, office.settings.retention_years)
    check_year(year, read_epoch_keys(office.home.epoch_keys), due, order.now, record.head.now)
    unanswered = _look_over(office, journal, order)
    size = record.head.size
    kept = audit(Evidence(journal, county_maker(office), record, lambda done: order.on_progress(done, size)), year)
    check_sent(gate, kept.cut)
    report = Report(
        year=year,
        at=order.now,
        head=_place(record.position, record.head),
        replay_from=_place(kept.record.position, kept.record.head),
        unanswered=unanswered,
        removed=_count(office, gate, journal, kept, year),
    )
    journal.retire(Retirement(year, kept.cut, render_report(report)), kept.record, kept.state)


def _look_over(office: Office, journal: SqliteJournal, order: Order) -> tuple[int, int]:
    """Refuse what can be refused without an audit; gives what no bank answered on."""
    state = load(journal, county_maker(office)).machine.state
    check_settled(state, journal, order.year)
    unanswered = count_unanswered(state, order.year)
    order.unanswered(unanswered)
    return unanswered


def _place(command: int, head: Head) -> Place:
    return Place(command=command, size=head.size, root=head.root)


def _count(office: Office, gate: Gate, journal: SqliteJournal, kept: Kept, year: int) -> Removed:
    before, cut = journal.cut(), kept.cut
    documents = journal.list_documents(cut.command)
    lists = sum(file.parts for file in list_files(gate, cut) if file.entry >= before.entry)
    return Removed(
        commands=cut.command - before.command,
        documents=len(documents),
        documents_sha256=sha256("\n".join(documents).encode()).hexdigest(),
        disclosures=_count_disclosures(journal, before, cut),
        order_lists=lists,
        taken=len(list_taken(office.home, journal, cut.command)),
        refused=len(list_refused(office.home, find_year_end(year))),
        outbox=len(list_outbox(gate, cut)),
    )


def _count_disclosures(journal: SqliteJournal, first: Cut, last: Cut) -> int:
    bundles = (bundle for bundle in journal.bundles(first.entry) if first.entry <= bundle.first < last.entry)
    return sum(bundle.entries.count(_SEALED) for bundle in bundles)
