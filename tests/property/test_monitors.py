"""R17 by its table: rows and standing doubles do not depend on the order between counties, nor on what comes again."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from consolidator.monitors.crossing import CrossCounty, list_doubles, parse_row
from consolidator.monitors.sightings import Sighting, render_sighting
from schemas.anomalies import Anomaly, Double

COUNTIES = ("511112", "511113", "511114")
PEOPLE = (b"a" * 32, b"b" * 32)
MONITOR = CrossCounty(b"m" * 32)


@dataclass(frozen=True)
class Seen:
    """A sighting of a person."""

    person: bytes
    sighting: Sighting


@st.composite
def draw_logs(draw: st.DrawFn) -> list[list[Seen]]:
    """Draw each county's sightings in its log's order: lines, some of which are stopped later."""
    logs = []
    for county in COUNTIES[: draw(st.integers(2, 3))]:
        log: list[Seen] = []
        for line in range(1, draw(st.integers(0, 5)) + 1):
            person, state = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(("ready", "held")))
            log.append(Seen(person, Sighting(county, len(log), "agri", "B-1", line, state)))
        for seen in draw(st.lists(st.sampled_from(log), unique=True)) if log else ():
            ended = Sighting(county, len(log), "agri", "B-1", seen.sighting.line, "stopped")
            log.append(Seen(seen.person, ended))
        logs.append(log)
    return logs


@st.composite
def draw_arrivals(draw: st.DrawFn, logs: Sequence[Sequence[Seen]]) -> list[Seen]:
    """Draw an order of arrival that keeps each county's own; stretches of it come again, as after a restart."""
    left = [list(log) for log in logs]
    arrived: list[Seen] = []
    while any(left):
        log = draw(st.sampled_from([log for log in left if log]))
        arrived.append(log.pop(0))
    for at in draw(st.lists(st.integers(0, len(arrived)), max_size=3)):
        arrived[at:at] = arrived[max(0, at - 4) : at]
    return arrived


def fold(arrived: Sequence[Seen]) -> tuple[dict[bytes, bytes], list[Anomaly]]:
    """Give the rows and all that was found."""
    rows: dict[bytes, bytes] = {}
    found: list[Anomaly] = []
    for seen in arrived:
        rows[seen.person], more = MONITOR.fold(rows.get(seen.person), render_sighting(seen.sighting))
        found += more
    return rows, found


def list_standing(logs: Sequence[Sequence[Seen]]) -> set[Double]:
    """Find the doubles the plain way: every two lines of a person in two counties that were never stopped."""
    seen = [each for log in logs for each in log]
    stopped = {(each.sighting.county, each.sighting.line) for each in seen if each.sighting.state == "stopped"}
    lines = [each for each in seen if (each.sighting.county, each.sighting.line) not in stopped]
    return {
        Double("R17", one.sighting.county, one.sighting.entry, two.sighting.county, two.sighting.entry)
        for one in lines
        for two in lines
        if one.person == two.person and one.sighting.county != two.sighting.county
    }


@given(st.data())
def test_neither_order_nor_repeats_change_what_stands(data: st.DataObject) -> None:
    logs = data.draw(draw_logs())
    (rows, found), (again, found_again) = (fold(data.draw(draw_arrivals(logs))) for _ in range(2))
    assert rows == again
    doubles = [anomaly.double for anomaly in found]
    assert len(doubles) == len(set(doubles))
    standing = list_standing(logs)
    assert standing <= set(doubles)
    assert standing <= {anomaly.double for anomaly in found_again}
    assert 2 * sum(len(list_doubles(parse_row(raw))) for raw in rows.values()) == len(standing)


@given(st.data())
def test_without_stops_exactly_the_doubles_are_found_in_any_order(data: st.DataObject) -> None:
    logs = [[seen for seen in log if seen.sighting.state != "stopped"] for log in data.draw(draw_logs())]
    for _ in range(2):
        _, found = fold(data.draw(draw_arrivals(logs)))
        assert {anomaly.double for anomaly in found} == list_standing(logs)
        assert {anomaly.reference for anomaly in found} == {
            MONITOR._derive_reference(anomaly.double)  # noqa: SLF001 -- each name is that of its double
            for anomaly in found
        }
