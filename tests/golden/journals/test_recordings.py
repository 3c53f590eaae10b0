"""Recorded homes replay to their recorded roots for ever, from the first command and from any snapshot."""

from typing import TYPE_CHECKING

import pytest

from consolidator.sealing import County
from schemas.commands import Command
from tests.golden.journals.recording import Recording, describe_head, list_recordings, parse_recording

if TYPE_CHECKING:
    from pathlib import Path

RECORDINGS = list_recordings()


def _replay(county: County, commands: list[Command]) -> None:
    for command in commands:
        for _ in county.apply(command):
            pass


@pytest.fixture(params=RECORDINGS, ids=lambda path: path.name.removesuffix(".json.xz"))
def recording(request: pytest.FixtureRequest) -> Recording:
    path: Path = request.param
    return parse_recording(path.read_bytes())


def test_three_homes_are_recorded() -> None:
    assert len(RECORDINGS) >= 3


def test_a_recorded_home_replays_to_its_recorded_head(recording: Recording) -> None:
    county = County(recording.epoch_keys, recording.signer)
    _replay(county, list(recording.commands))
    assert describe_head(county) == recording.head


@pytest.mark.parametrize("tenths", [3, 7])
def test_a_recorded_home_goes_on_from_a_snapshot_as_if_nothing_had_been(recording: Recording, tenths: int) -> None:
    commands = list(recording.commands)
    cut = len(commands) * tenths // 10
    first, second = (County(recording.epoch_keys, recording.signer) for _ in range(2))
    _replay(first, commands[:cut])
    second.restore(first.snapshot())
    _replay(second, commands[cut:])
    assert describe_head(second) == recording.head
