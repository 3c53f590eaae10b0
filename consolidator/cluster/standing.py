"""Owns a worker's status file: where its counties stand, how fast they go. No personal data."""

import json
import os
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from consolidator.cluster.notices import Sight
from consolidator.cluster.settings import Place
from consolidator.home.files import write_whole
from schemas.errors import ConfigurationError
from streams.embedded.lock import find_holder

LATELY_SECONDS = 10
STATUS_FILE, LOCK_FILE, POISON_FOLDER = "status.json", "worker.lock", "poison"


@dataclass(slots=True)
class Pace:
    """How many lines a second a count went up lately."""

    _seen: deque[tuple[float, int]] = field(default_factory=deque)

    def measure(self, at: float, lines: int) -> int:
        """Take note of a count at an instant (seconds); gives lines a second over the last ten.

        >>> pace = Pace()
        >>> pace.measure(0.0, 0), pace.measure(2.0, 1000), pace.measure(20.0, 1000)
        (0, 500, 0)
        """
        self._seen.append((at, lines))
        while len(self._seen) > 2 and at - self._seen[1][0] >= LATELY_SECONDS:  # noqa: PLR2004 -- two ends of a span
            self._seen.popleft()
        (start, before), span = self._seen[0], at - self._seen[0][0]
        return round((lines - before) / span) if span > 0 and start >= at - 2 * LATELY_SECONDS else 0


def describe_county(place: Place, sight: Sight, pace: int, why: str) -> dict[str, Any]:
    """Give a county's row."""
    return {
        "county": place.code,
        "partition": place.partition,
        "state": sight.state,
        "position": sight.position,
        "size": sight.size,
        "lines": sight.lines,
        "lines_a_second": pace,
        "restarts": sight.restarts,
        "why": why,
    }


def describe_worker(name: str, at: int, counties: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the whole status: ``at`` is when, in seconds."""
    return {"v": 1, "worker": name, "process": os.getpid(), "at": at, "counties": list(counties)}


def write_status(folder: Path, status: Mapping[str, Any]) -> None:
    """Write the file. DependencyError when the disk does not take it."""
    write_whole(folder / STATUS_FILE, f"{json.dumps(status, ensure_ascii=False)}\n".encode())


def read_status(folder: Path) -> dict[str, Any]:
    """Read the file, and whether its worker lives (``alive``). ConfigurationError when none ran here."""
    try:
        status: dict[str, Any] = json.loads((folder / STATUS_FILE).read_bytes())
    except (OSError, ValueError) as error:
        message = (
            f"{folder} 处没有记账进程的状态,它尚未在本机运行 / no worker ran on this machine under that name: {folder}"
        )
        raise ConfigurationError(message) from error
    return status | {"alive": find_holder(folder / LOCK_FILE) == status.get("process")}
