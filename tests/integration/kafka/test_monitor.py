"""The monitor of R17 on a real broker: both counties are told, once, whatever happens to it."""

from pathlib import Path

import pytest

from schemas.commands import Command
from tests.support.crossing import HERE, THERE, make_county
from tests.support.province import Province, read_headers
from tests.support.world import World, make_id


@pytest.fixture
def province(broker: str, prefix: str, tmp_path: Path) -> Province:
    """Two counties with a monitor."""
    return Province(broker, prefix, tmp_path)


@pytest.fixture
def pair() -> tuple[World, World]:
    """Two counties with forty people."""
    return make_county(40), make_county(40)


def pay(province: Province, county: str, world: World, batch: str, people: list[int]) -> None:
    """Let a county assess a batch and commit what it disclosed since."""
    before = len(world.steps)
    world.send_batch(batch, [make_id(number) for number in people])
    if county not in province.sizes:
        before = 0
    province.publish(county, world.steps[before:])


def digests(commands: list[Command]) -> list[str]:
    """Give the digest of each document, as often as it came, in order."""
    return [each.document for each in commands if each.kind == "header"]


def check_numbers(commands: list[Command], count: int) -> None:
    """Each number is one document, in order, and none is missing; a repeat is the same document."""
    numbers = dict.fromkeys(
        (header["seq"], digest) for header, digest in zip(read_headers(commands), digests(commands), strict=True)
    )
    assert [number for number, _ in numbers] == list(range(1, count + 1))


def test_both_counties_are_told_and_hold_their_line(
    province: Province, pair: tuple[World, World], capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = pair
    pay(province, HERE, here, "B-1", [0, 1])
    pay(province, THERE, there, "B-7", [2, 1])
    with province.monitor():
        told = {county: province.wait_commands(county, 1) for county in (HERE, THERE)}
    headers = {county: read_headers(commands) for county, commands in told.items()}
    assert [(county, header["county"], header["seq"], header["code"]) for county, (header,) in headers.items()] == [
        (HERE, HERE, 1, "R17"),
        (THERE, THERE, 1, "R17"),
    ]
    found = province.read_anomalies(capsys)
    assert sorted((each["county"], each["document"], each["line"], each["other_county"]) for each in found) == [
        (HERE, "B-1", 2, THERE),
        (THERE, "B-7", 2, HERE),
    ]
