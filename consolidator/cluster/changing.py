"""Owns the changes of a cluster's table: a first one, a county more, a county moved. Pure: settings in, settings out.

A county's partition is given once: nothing here changes one, gives one twice, or takes a row away.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from consolidator.cluster.settings import ClusterSettings, count_partitions, validate_cluster
from schemas.errors import ConfigurationError, ConflictError


def found_cluster(
    kafka: Mapping[str, Any], banks: Sequence[str], homes: Mapping[str, str], workers: Sequence[str]
) -> ClusterSettings:
    """Make settings for counties (code → home), each given the next partition and dealt out to workers in turn.

    ``kafka`` are the keys of that section. ConfigurationError names what is wrong.

    >>> made = found_cluster({"bootstrap": "k:9092"}, ["402"], {"511112": "a", "511113": "b"}, ["w1"])
    >>> [(place.code, place.partition, place.worker) for place in made.county]
    [('511112', 0, 'w1'), ('511113', 1, 'w1')]
    """
    rows = [
        {"code": code, "partition": number, "worker": workers[number % len(workers)], "home": home}
        for number, (code, home) in enumerate(homes.items())
    ]
    raw = {"banks": list(banks), "snapshots": "snapshots", "state": "state", "kafka": dict(kafka), "county": rows}
    return validate_cluster(raw)


def add_county(settings: ClusterSettings, code: str, home: str, worker: str) -> ClusterSettings:
    """Give a new county the next partition. ConflictError when the table has it, also as a retired one."""
    if any(place.code == code for place in settings.county):
        message = (
            f"县区 {code} 已在表中,一县一分区,终身不变 / county {code} stands in the table already: its partition is "
            "for life"
        )
        raise ConflictError(message)
    raw = settings.model_dump(exclude_defaults=True)
    raw["county"].append({"code": code, "partition": count_partitions(settings), "worker": worker, "home": home})
    return validate_cluster(raw)


def assign_county(settings: ClusterSettings, code: str, worker: str) -> ClusterSettings:
    """Give a county to another worker. ConfigurationError when the table has no such county, or it is retired."""
    raw = settings.model_dump(exclude_defaults=True)
    row = next((row for row in raw["county"] if row["code"] == code and not row.get("retired")), None)
    if row is None:
        message = f"表中没有在用的县区 {code} / the table has no county {code} that is in use: see 'cluster show'"
        raise ConfigurationError(message)
    row["worker"] = worker
    return validate_cluster(raw)
