"""Owns what is kept of records of the commands topic that are no commands, for a person to look at."""

import json
from pathlib import Path

from consolidator.home.files import write_whole
from streams.kafka.commands import Poison

KEPT_MAX = 1_000  # of all counties of a worker; the topic itself has them all


def keep_poison(folder: Path, county: str, poison: Poison) -> bool:
    """Keep a record's bytes, and beside them where it stood and what is wrong; says whether there was room.

    What is kept already stays. DependencyError when the disk does not take it. Files are their owner's alone, as the
    bytes may hold anything.
    """
    path = folder / f"{county}-{poison.position}.bin"
    note = path.with_suffix(".json")
    if note.exists():
        return True
    if folder.is_dir() and len(list(folder.glob("*.json"))) >= KEPT_MAX:
        return False
    write_whole(path, poison.raw)
    told = {"county": county, "position": poison.position, "code": poison.error.code, "detail": poison.error.detail}
    write_whole(note, f"{json.dumps(told, ensure_ascii=False)}\n".encode())
    return True
