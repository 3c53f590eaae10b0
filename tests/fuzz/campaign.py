"""Owns a run against one target: time-boxed, and every fault is told with the bytes that made it."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from types import FrameType

from consolidator.bench.memory import measure_peak_bytes
from tests.fuzz.mutating import mutate
from tests.fuzz.targets import Target

CRASHERS = Path(__file__).parent / "crashers"
ONE_FILE_SECONDS_MAX = 20  # a file of a fuzzer is small: whatever takes this long hangs
GROWTH_KIB_MAX = 400_000


class HangError(Exception):
    """One file took too long."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Bytes that broke a parser, and how."""

    raw: bytes
    error: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a run found, and how many files it tried."""

    tried: int
    fault: Fault | None


def attack(target: Target, seconds: float, seed: str) -> Told:
    """Try mutated files until the time is over or one breaks the parser."""
    random = Random(seed)
    before = _measure_kib()
    end = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < end:
        raw = mutate(random, random.choice(target.seeds), target.seeds)
        tried += 1
        fault = try_once(target, raw)
        if fault is None and _measure_kib() - before > GROWTH_KIB_MAX:
            fault = Fault(raw, "memory")
        if fault is not None:
            return Told(tried, fault)
    return Told(tried, None)


def try_once(target: Target, raw: bytes) -> Fault | None:
    """Give the fault that bytes cause, if they do."""
    try:
        with _limit():
            target.run(raw)
    except Exception as error:  # noqa: BLE001 -- any exception that leaves a parser is what we look for
        return Fault(raw, repr(error))
    return None


def keep(name: str, fault: Fault) -> Path:
    """Keep the bytes for ever: they are replayed by a normal test."""
    CRASHERS.mkdir(exist_ok=True)
    path = CRASHERS / f"{name}-{sha256(fault.raw).hexdigest()[:12]}"
    path.write_bytes(fault.raw)
    return path


@contextmanager
def _limit() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, ONE_FILE_SECONDS_MAX)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _measure_kib() -> int:
    return measure_peak_bytes() // 1024
