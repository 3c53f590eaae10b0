"""A monitor for the county of tests: its key in policy, and the findings it signs about lines of batch B-1."""

from typing import Any

from tests.support.world import World, officer

OTHER = "511113"
NAMES = ["source", "document", "line", "entry", "other_county", "other_entry"]


def add_monitor(world: World, **powers: object) -> None:
    """Register the monitor's key."""
    source = ("source", "monitor", {"name": "市级监测", "type": "monitor"})
    world.set_policy("policy-monitor", [source, officer("monitor", "monitor", "supervisor", ["finding"], **powers)])


def item(line: int, other_entry: int = 42, **fields: object) -> dict[str, Any]:
    """Make an item about a line of B-1."""
    base = {"source": "bank-402", "document": "B-1", "line": line, "entry": 1}
    return base | {"other_county": OTHER, "other_entry": other_entry} | fields


def sign(
    world: World, items: list[dict[str, Any]], key: str = "monitor", source: str = "monitor", **fields: object
) -> bytes:
    """Make a finding document."""
    header = {"kind": "finding", "source": source, "id": f"F-{world.numbers.get(key, 0) + 1}", "code": "R17"}
    columns = {name: [each[name] for each in items] for name in NAMES}
    return world.sign(key, header | {"reference": "7" * 32} | fields, columns)
