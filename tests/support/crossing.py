"""Counties for monitors: their disclosures as a monitor reads them, and the monitor of R17 with a key of its own."""

from collections.abc import Iterable, Iterator

from consolidator.monitors.crossing import CrossCounty, Row, parse_row
from consolidator.monitors.documents import render_finding_document
from schemas.anomalies import Anomaly
from schemas.commits import Bundle
from tests.support.monitored import add_monitor
from tests.support.world import World, key_of, make_signer

HERE, THERE = "511112", "511113"
MONITOR = CrossCounty(b"m" * 32)
Event = tuple[bytes, bytes]


def make_county(count: int = 3) -> World:
    """Make a county whose policy knows the monitor, with people 0 to ``count`` - 1 and no batch yet."""
    world = World()
    world.set_up()
    add_monitor(world)
    world.settle_people(count)
    return world


def list_bundles(world: World) -> list[Bundle]:
    """Give all that a county disclosed."""
    return [bundle for step in world.steps for bundle in step.bundles]


def list_events(world: World, county: str) -> list[Event]:
    """Give what the monitor reads out of a county's disclosures."""
    return [event for bundle in list_bundles(world) for event in MONITOR.read(county, bundle)]


class Table:
    """A monitor's table, and all that it found."""

    def __init__(self) -> None:
        """Start with no row."""
        self.rows: dict[bytes, bytes] = {}
        self.found: list[Anomaly] = []

    def take(self, events: Iterable[Event]) -> list[Anomaly]:
        """Fold events in; gives what was found by them."""
        found = [anomaly for event in events for anomaly in self._fold(*event)]
        self.found += found
        return found

    def _fold(self, key: bytes, event: bytes) -> Iterator[Anomaly]:
        self.rows[key], found = MONITOR.fold(self.rows.get(key), event)
        yield from found

    def read_rows(self) -> list[Row]:
        """Give every row."""
        return [parse_row(raw) for raw in self.rows.values()]


def sign_anomaly(anomaly: Anomaly, number: int) -> bytes:
    """Make the monitor's document."""
    return render_finding_document(anomaly, number, "monitor", key_of("monitor"), make_signer("monitor").sign)
