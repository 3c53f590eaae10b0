"""The judge of Kafka counties finds fault with everything that it is there to find."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.canonical import render_canonical
from schemas.records import parse_commit
from tests.conformance.kafka import BANK, Cluster, make_cluster
from tests.conformance.toy import ToyMachine, document
from tests.support.kafka_checks import (
    Partition,
    Seen,
    check_against_undisturbed,
    check_committed,
    count_beside,
    read_partition,
)
from tests.support.owners import County

ORDERS = f"orders.{BANK}"
Spoil = Callable[[Sequence[Seen]], Sequence[Seen]]


@pytest.fixture(scope="module")
def cluster(broker: str) -> Cluster:
    """Topics for this module."""
    return make_cluster(broker, 4)


@pytest.fixture(scope="module")
def county(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> County:
    """Give a county whose work was done by three owners."""
    county = County(cluster.connection, next(cluster.numbers), tmp_path_factory.mktemp("county"))
    county.begin([document(1, 2, 40)])
    county.finish()
    county.append([document(2, 3, 40), document(3, 1, 8)])
    county.finish()
    return county


@pytest.fixture(scope="module")
def found(county: County) -> Partition:
    """Give what it holds."""
    return read_partition(county.shard)


def _drop(rows: Sequence[Seen]) -> Sequence[Seen]:
    return [*rows[:1], *rows[2:]]


def _drop_last(rows: Sequence[Seen]) -> Sequence[Seen]:
    return rows[:-1]


def _double(rows: Sequence[Seen]) -> Sequence[Seen]:
    return [*rows[:2], *rows[1:]]


def _double_at_the_end(rows: Sequence[Seen]) -> Sequence[Seen]:
    return [*rows, rows[-1]]


def _turn(rows: Sequence[Seen]) -> Sequence[Seen]:
    return rows[::-1]


def _rekey(rows: Sequence[Seen]) -> Sequence[Seen]:
    return [*rows[:-1], replace(rows[-1], key=b"511113")]


def _flip(rows: Sequence[Seen]) -> Sequence[Seen]:
    value = rows[-1].value
    return [*rows[:-1], replace(rows[-1], value=value[:-1] + bytes([value[-1] ^ 1]))]


def _spoil(found: Partition, word: str, spoil: Spoil) -> Partition:
    spoilt = spoil(found.topics[word])
    assert list(spoilt) != list(found.topics[word])
    return Partition({**found.topics, word: spoilt})


def test_what_is_right_is_not_blamed(county: County, found: Partition, tmp_path: Path) -> None:
    check_committed(found, "511112")
    assert count_beside(found, found) == 0
    check_against_undisturbed(found, county.shard, ToyMachine, tmp_path)


@pytest.mark.parametrize("spoil", [_drop, _drop_last, _double, _double_at_the_end, _turn, _rekey])
@pytest.mark.parametrize("word", ["entries", "disclosures", ORDERS, "commits", "checkpoints"])
def test_a_record_missing_doubled_or_out_of_place_is_found(found: Partition, word: str, spoil: Spoil) -> None:
    with pytest.raises(AssertionError):
        check_committed(_spoil(found, word, spoil), "511112")


@pytest.mark.parametrize("word", ["entries", "disclosures", ORDERS, "checkpoints"])
def test_a_byte_that_differs_from_the_undisturbed_run_is_found(
    county: County, found: Partition, word: str, tmp_path: Path
) -> None:
    spoilt = _spoil(found, word, _flip)
    with pytest.raises((AssertionError, ValueError)):
        _judge(spoilt, county, tmp_path)


def _judge(found: Partition, county: County, folder: Path) -> None:
    check_committed(found, county.shard.county)
    check_against_undisturbed(found, county.shard, ToyMachine, folder)


@pytest.mark.parametrize("spoil", [_drop, _drop_last])
def test_a_command_that_was_not_accepted_is_found(
    county: County, found: Partition, spoil: Spoil, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError):
        check_against_undisturbed(_spoil(found, "commands", spoil), county.shard, ToyMachine, tmp_path)


@pytest.mark.parametrize("word", ["entries", "disclosures", ORDERS, "checkpoints"])
def test_an_uncommitted_record_that_contradicts_a_committed_one_is_found(found: Partition, word: str) -> None:
    more = Partition({**found.topics, word: [*found.topics[word], found.topics[word][-1]]})
    assert count_beside(more, found) == 1
    with pytest.raises(AssertionError):
        count_beside(_spoil(more, word, _flip), found)


def test_a_commit_that_states_another_number_of_bundles_or_another_state_is_found(found: Partition) -> None:
    rows = found.topics["commits"]
    commit = parse_commit(rows[-1].value)
    head = commit.record.head.model_copy(update={"now": 0})
    for changed in (
        commit.model_copy(update={"bundles": commit.bundles + 1}),
        commit.model_copy(update={"orders": {BANK: commit.orders.get(BANK, 0) + 1}}),
        commit.model_copy(update={"orders": {**commit.orders, "103": 0}}),
    ):
        row = replace(rows[-1], value=render_canonical(changed.model_dump()))
        with pytest.raises(AssertionError):
            check_committed(Partition({**found.topics, "commits": [*rows[:-1], row]}), "511112")
    other = commit.model_copy(update={"record": commit.record.model_copy(update={"head": head})})
    row = replace(rows[-1], value=render_canonical(other.model_dump()))
    with pytest.raises(AssertionError):
        count_beside(Partition({**found.topics, "commits": [*rows, row]}), found)


def test_a_bundle_whose_entries_are_not_as_many_as_it_says_is_found(found: Partition) -> None:
    cut = {}
    for word in ("entries", "disclosures"):
        row = found.topics[word][-1]
        cut[word] = [*found.topics[word][:-1], replace(row, headers={**row.headers, "count": b"99"})]
    with pytest.raises((AssertionError, struct.error)):
        check_committed(Partition({**found.topics, **cut}), "511112")
