"""R43: what is late, by the calendar day in China; yellow first, then orange."""

from typing import Any

import pytest

from consolidator.facts.lines import HELD, ORDERED, READY, Batch
from consolidator.facts.programmes import RuleSetting
from consolidator.facts.registers import Expected
from consolidator.facts.state import State
from consolidator.rules.lateness import Delay, find_delays
from tests.support.world import START
from tests.unit.rules.desk import make_batch, make_state

DAY = 86_400
MIDNIGHT = START + 16 * 3600  # 2026-11-02 begins in China
NAME = "FARM|2026-11|511112001"


def make_expecting(due_on: str = "2026-11-01", setting: RuleSetting | None = None) -> State:
    """Make a county in which one batch is announced."""
    state = make_state(**({} if setting is None else {"R43": setting}))
    state.expected = {NAME: Expected(due_on, "bureau")}
    return state


def find(state: State, days: int) -> list[str]:
    """Give the findings so many days after 1 November 2026."""
    return [delay.finding for delay in find_delays(state, START + days * DAY)]


def make_waiting(state: int, **fields: Any) -> Batch:  # noqa: ANN401 -- any field of a batch
    """Make a batch with one line in a state, assessed on 1 November 2026 unless said."""
    batch = make_batch(0, **fields)
    batch.sums[state] = [1, 10_000]
    return batch


def test_an_announced_batch_is_late_from_the_day_after_it_was_due() -> None:
    state = make_expecting()
    assert list(find_delays(state, MIDNIGHT - 1)) == []
    fields = {
        "what": "expected",
        "source": "bureau",
        "programme": "FARM",
        "period": "2026-11",
        "township": "511112001",
        "due_on": "2026-11-01",
    }
    assert list(find_delays(state, MIDNIGHT)) == [Delay(NAME, "R43:yellow", fields)]


def test_yellow_becomes_orange_after_fifteen_days() -> None:
    state = make_expecting()
    assert [find(state, days) for days in (0, 1, 15, 16)] == [[], ["R43:yellow"], ["R43:yellow"], ["R43:orange"]]


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        (RuleSetting(), ["R43:yellow"]),
        (RuleSetting(level="blue"), ["R43:blue"]),
        (RuleSetting(enabled=False), []),
        (RuleSetting(parameters={"orange_days": 9}), ["R43:orange"]),
        (RuleSetting(parameters={"orange_days": 10}), ["R43:yellow"]),
        (RuleSetting(level="blue", parameters={"orange_days": 9}), ["R43:orange"]),
    ],
)
def test_the_county_sets_level_and_days(setting: RuleSetting, found: list[str]) -> None:
    assert find(make_expecting(setting=setting), 10) == found


def test_what_was_noted_is_told_again_only_at_another_level() -> None:
    state = make_expecting()
    state.overdue = {NAME: "R43:yellow"}
    assert [find(state, days) for days in (1, 15, 16)] == [[], [], ["R43:orange"]]
    state.overdue = {NAME: "R43:orange"}
    assert [find(state, days) for days in (16, 99)] == [[], []]


@pytest.mark.parametrize("line", [READY, HELD])
def test_a_batch_in_which_a_line_waits_is_late_after_thirty_days(line: int) -> None:
    state = make_state()
    state.batches = [make_waiting(line)]
    assert find(state, 30) == []
    (delay,) = find_delays(state, START + 31 * DAY)
    assert (delay.name, delay.finding) == ("bank-402/B-0", "R43:yellow")
    assert delay.fields == {
        "what": "batch",
        "since_on": "2026-11-01",
        "source": "bank-402",
        "document": "B-0",
        "programme": "FARM",
        "period": "2026",
    }
    assert [find(state, days) for days in (45, 46)] == [["R43:yellow"], ["R43:orange"]]


def test_a_batch_grows_old_by_the_calendar_of_china() -> None:
    state = make_state(R43=RuleSetting(parameters={"age_days": 0}))
    state.batches = [make_waiting(READY, assessed_at=MIDNIGHT - 1)]
    assert list(find_delays(state, MIDNIGHT - 1)) == []
    (delay,) = find_delays(state, MIDNIGHT)
    assert delay.fields["since_on"] == "2026-11-01"


def test_a_batch_that_waits_for_its_bank_only_is_not_stuck() -> None:
    state = make_state()
    state.batches = [make_waiting(ORDERED), make_batch(1)]
    assert find(state, 99) == []


def test_announced_batches_come_first_each_in_order() -> None:
    state = make_expecting()
    state.expected["BIRTH|2026|511112002"] = Expected("2026-10-01", "civil")
    state.batches = [make_waiting(READY), make_waiting(HELD)]
    assert [delay.name for delay in find_delays(state, START + 31 * DAY)] == [
        "BIRTH|2026|511112002",
        NAME,
        "bank-402/B-0",
        "bank-402/B-0",
    ]
