"""Owns the question whether a year may be retired: long enough over, the oldest, and nothing of it still at work."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from consolidator.facts.lines import HELD, LINE_STATES, ORDERED, READY, UNDECIDED, UNKNOWN
from consolidator.facts.state import State
from consolidator.gate.sending import Gate
from schemas.errors import ConfigurationError, ConflictError
from schemas.instants import derive_year, render_instant
from streams.embedded.journal import SqliteJournal
from streams.journal import Cut

_UNDECIDED = (UNDECIDED, READY, HELD)
_UNANSWERED = (ORDERED, UNKNOWN)
NAMED_MAX = 5  # in a message


def find_year_end(year: int) -> int:
    """Give the first instant after a year (UTC, as epoch keys count).

    >>> render_instant(find_year_end(2026))
    '2027-01-01T00:00:00Z'
    """
    return int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp())


def find_due(year: int, retention_years: int) -> int:
    """Give the first instant at which a year may be retired.

    >>> render_instant(find_due(2026, 30))
    '2057-01-01T00:00:00Z'
    """
    return find_year_end(year + retention_years)


def check_year(year: int, keys: Mapping[int, bytes], due: int, now: int, last: int) -> None:
    """Refuse a year that is not the oldest, or not over long enough, by the clock and by the ledger's own time.

    Raises ConfigurationError. Two clocks, because one that is wrong would destroy what must be kept.
    """
    if year not in keys or year != min(keys):
        oldest = min(keys, default=0)
        message = (
            f"只能从最早的年度 {oldest} 起依次销毁 / years are retired in order: the oldest left is {oldest}, see "
            "'consolidator epoch list'"
        )
        raise ConfigurationError(message)
    clocks = (("本机时间", "this machine's clock", now), ("台账最后时间", "the ledger's time", last))
    for name_zh, name_en, at in clocks:
        if at < due:
            until, told = render_instant(due), render_instant(at)
            message = (
                f"{year} 年数据须保管至 {until},{name_zh} {told};年限见 consolidator.toml 的 retention_years / data of "
                f"{year} are kept until {until}, and {name_en} says {told}: wait, or see retention_years in "
                "consolidator.toml"
            )
            raise ConfigurationError(message)


def check_settled(state: State, journal: SqliteJournal, year: int) -> None:
    """Refuse while something of the year may still take effect. ConflictError names it."""
    names = [*_list_open_batches(state, year), *_list_open_documents(state, journal, year)]
    if names:
        _refuse(names)


def _list_open_batches(state: State, year: int) -> Iterator[str]:
    """Name the batches in which a line can still be paid."""
    for batch in state.batches:
        if derive_year(batch.assessed_at) > year:
            continue
        counts = [f"{LINE_STATES[each]} {batch.sums[each][0]}" for each in _UNDECIDED if batch.sums[each][0]]
        if counts:
            yield f"{batch.source}/{batch.document} ({', '.join(counts)})"


def _list_open_documents(state: State, journal: SqliteJournal, year: int) -> Iterator[str]:
    """Name the documents that wait for their parts or for a second person."""
    for digest in [*state.pending, *(document.digest for document in state.open.values())]:
        header = journal.find_header(digest)
        if header is not None and derive_year(header.at) <= year:
            yield digest


def _refuse(names: list[str]) -> None:
    told = "; ".join(names[:NAMED_MAX]) + (" …" if len(names) > NAMED_MAX else "")
    message = (
        f"该年度还有 {len(names)} 件未办结,先办结:{told} / {len(names)} things of that year are still open: settle, "
        f"stop or confirm them first: {told}"
    )
    raise ConflictError(message)


def count_unanswered(state: State, year: int) -> tuple[int, int]:
    """Count the lines, and their fen, that were ordered and of which no bank ever said what became of them."""
    batches = (batch for batch in state.batches if derive_year(batch.assessed_at) == year)
    sums = [batch.sums[each] for batch in batches for each in _UNANSWERED]
    return sum(count for count, _ in sums), sum(fen for _, fen in sums)


def check_answered(unanswered: tuple[int, int]) -> None:
    """Refuse while banks have not answered: afterwards nobody can say whose line an answer is about."""
    if unanswered[0]:
        message = (
            f"该年度还有 {unanswered[0]} 笔已送银行而无回单,先查询;确实查不到的加 --unanswered / {unanswered[0]} lines "
            "of that year were ordered and no bank answered: ask the banks first; if they cannot say, add --unanswered"
        )
        raise ConflictError(message)


def check_sent(gate: Gate, cut: Cut) -> None:
    """Refuse while an order file of the year was not sent. ConflictError names it."""
    files = [file.file for file in gate.journal.order_files() if file.entry < cut.entry]
    waiting = [name for name in files if (gate.records.find(name) or ("", ""))[0] != "sent"]
    if waiting:
        _refuse(waiting)
