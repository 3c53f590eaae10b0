"""R43: announced batches that did not come, and batches that stay unsettled, by the calendar day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from consolidator.facts.lines import HELD, READY
from consolidator.facts.state import State, find_setting
from consolidator.rules.catalogue import ORANGE, YELLOW, render_finding
from consolidator.rules.slices import find_parameter
from schemas.instants import count_days, derive_day

LATE = "R43"


@dataclass(frozen=True, slots=True)
class Delay:
    """Something late: its name in :attr:`State.overdue`, the finding, and the public fields of its entry."""

    name: str
    finding: str
    fields: dict[str, Any]


def find_delays(state: State, now: int) -> Iterator[Delay]:
    """Give what is late and was not noted at this level yet: yellow first, orange after ``orange_days``."""
    setting = find_setting(state, LATE)
    if not setting.enabled:
        return
    orange_days = find_parameter(state, LATE, "orange_days")
    for name, days, fields in (*_list_missing(state, now), *_list_stuck(state, now)):
        finding = render_finding(LATE, ORANGE if days > orange_days else setting.level or YELLOW)
        if days > 0 and state.overdue.get(name) != finding:
            yield Delay(name, finding, fields)


def _list_missing(state: State, now: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Give announced batches with the days since they were due."""
    today = derive_day(now)
    for name, expected in sorted(state.expected.items()):
        programme, period, township = name.split("|")
        fields = {"programme": programme, "period": period, "township": township, "due_on": expected.due_on}
        yield name, count_days(expected.due_on, today), {"what": "expected", "source": expected.source} | fields


def _list_stuck(state: State, now: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Give batches in which lines wait, with the days since they grew too old."""
    age_days = find_parameter(state, LATE, "age_days")
    today = derive_day(now)
    for batch in state.batches:
        waiting = batch.sums[READY][0] + batch.sums[HELD][0]
        if waiting:
            fields = {"source": batch.source, "document": batch.document, "programme": batch.programme}
            since = derive_day(batch.assessed_at)
            yield (
                f"{batch.source}/{batch.document}",
                count_days(since, today) - age_days,
                {"what": "batch", "since_on": since, "period": batch.period} | fields,
            )
