"""Every parser is attacked for a while, and with everything that once broke it: 20 s each in CI, 1 s at a desk.

``FUZZ_SECONDS`` sets another time; ``python -m tests.fuzz --seconds 600`` is the long form.
"""

import os
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.campaign import CRASHERS, Fault, attack, keep, try_once
from tests.fuzz.mutating import mutate
from tests.fuzz.targets import Target, load_targets

SECONDS = float(os.environ.get("FUZZ_SECONDS", "20" if os.environ.get("CI") else "1"))


@pytest.mark.parametrize("name", load_targets())
def test_no_bytes_break_a_parser(name: str) -> None:
    told = attack(load_targets()[name], SECONDS, f"{name}:1")
    assert told.tried > 0
    assert told.fault is None, f"{told.fault.error}: kept as {keep(name, told.fault)}"


@pytest.mark.parametrize("path", sorted(CRASHERS.glob("*-*")), ids=lambda path: path.name)
def test_what_once_broke_a_parser_does_so_no_more(path: Path) -> None:
    assert try_once(load_targets()[path.name.split("-")[0]], path.read_bytes()) is None


@pytest.mark.parametrize("name", load_targets())
def test_the_files_that_are_right_break_nothing(name: str) -> None:
    target = load_targets()[name]
    assert [try_once(target, raw) for raw in target.seeds] == [None] * len(target.seeds)


def test_a_fault_is_found_and_kept_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.campaign.CRASHERS", tmp_path / "crashers")

    def refuse(raw: bytes) -> None:
        if b"x" in raw:
            raise KeyError

    told = attack(Target([b"x" * 50], refuse), 5, "1")
    assert told.fault is not None
    assert told.fault.error == "KeyError()"
    assert keep("toy", told.fault).read_bytes() == told.fault.raw


def test_a_hang_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.campaign.ONE_FILE_SECONDS_MAX", 0.05)

    def hang(_: bytes) -> None:
        while True:
            pass

    assert try_once(Target([], hang), b"") == Fault(b"", "HangError()")


def test_the_same_seed_makes_the_same_files() -> None:
    seeds = load_targets()["xlsx"].seeds
    made = [[mutate(random, seeds[0], seeds) for _ in range(20)] for random in (Random("7"), Random("7"))]
    assert made[0] == made[1]
    assert len(set(made[0])) > 15
