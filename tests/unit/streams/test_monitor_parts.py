"""What a monitor is run with: how events travel, how counties' numbers are counted, and what is set aside."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mode.utils.queues import FlowControlQueue

from schemas.anomalies import Double
from schemas.errors import InvariantError
from streams.monitors.app import KeepingFlow
from streams.monitors.events import PARTITIONS, choose_partition, list_events, route_events
from streams.monitors.monitor import Event
from streams.monitors.quarantine import SET_ASIDE_MAX, Aside, Quarantine
from streams.monitors.telling import Numbers

EVENTS = st.lists(st.tuples(st.binary(min_size=32, max_size=32), st.binary(max_size=40)), max_size=20)


@given(EVENTS)
def test_every_event_comes_out_in_its_keys_partition_in_order(events: list[Event]) -> None:
    routed = route_events(events)
    assert set(routed) <= set(range(PARTITIONS))
    for partition in range(PARTITIONS):
        wanted = [event for event in events if choose_partition(event[0]) == partition]
        assert list(list_events(routed.get(partition, b""))) == wanted


@pytest.mark.parametrize("cut", [1, 31, 35, 36, 39])
def test_a_torn_record_is_noticed(cut: int) -> None:
    (value,) = route_events([(bytes(32), b"abcd")]).values()
    with pytest.raises(InvariantError):
        list(list_events(value[:cut]))


def test_a_key_that_is_none_is_noticed() -> None:
    with pytest.raises(InvariantError):
        route_events([(b"short", b"")])


def test_a_double_gets_its_number_once() -> None:
    numbers = Numbers()
    first, second = Double("R17", "511112", 1, "511113", 2), Double("R17", "511112", 1, "511113", 3)
    assert [numbers.find_number(each) for each in (first, first, second, first, second)] == [1, None, 2, None, None]


def test_what_is_set_aside_is_kept_once_for_its_owner_only(tmp_path: Path) -> None:
    told: list[Aside] = []
    quarantine = Quarantine(tmp_path / "quarantine", told.append)
    aside = Aside("c.disclosures.v1", 3, 17, "ValueError")
    quarantine.keep(aside, b"bytes")
    quarantine.keep(aside, b"others")  # never: the same place holds the same bytes
    (path,) = (tmp_path / "quarantine").iterdir()
    assert (path.name, path.read_bytes()) == ("c.disclosures.v1-3-17.bin", b"bytes")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert told == [aside, aside]


def test_a_monitor_that_sets_everything_aside_stops(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, lambda _: None)
    aside = Aside("t", 0, 0, "ValueError")
    for _ in range(SET_ASIDE_MAX):
        quarantine.keep(aside, b"")
    with pytest.raises(InvariantError, match="too many"):
        quarantine.keep(aside, b"")


def test_what_an_agent_did_not_foresee_ends_the_process_and_tells_nothing_of_the_record() -> None:
    program = """
import asyncio
from streams.monitors.app import _finish

async def fail():
    raise RuntimeError("511199196001010000")

asyncio.run(_finish(fail()))
print("went on")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603 -- ours
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "the monitor stops: RuntimeError\n" in ended.stderr
    assert "511199" not in ended.stderr


def test_records_that_wait_are_kept_when_a_flow_that_never_stopped_is_told_to_go_on() -> None:
    flow = KeepingFlow()
    waiting = FlowControlQueue[str](flow_control=flow, clear_on_resume=True)
    flow.resume()
    waiting.put_nowait("a record")
    flow.resume()
    assert waiting.qsize() == 1
    flow.suspend()
    flow.resume()
    assert waiting.qsize() == 0
