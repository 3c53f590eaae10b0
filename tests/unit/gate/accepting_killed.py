"""Kills or stops a bank's receiver before every single write while it takes an order file, and has the file come again.

Run as a script, in its own process: it forks. Prints one JSON object: how many points there were for each.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from consolidator.gate.accepting import Tray, accept
from consolidator.gate.placing import clear_drafts
from schemas.errors import invariant
from schemas.records import Delivery
from tests.support.delivered import expect, list_held, make_deliveries, make_tray
from tests.support.killing import finish
from tests.support.world import COUNTY
from tests.unit.gate.killing import run_child, start_child


def check_held(tray: Tray, delivery: Delivery) -> bool:
    """Say whether the file is there; whenever it is, it is whole, and so is the proof beside it."""
    held = list_held(tray.root)
    whole = expect([delivery])
    invariant(held.items() <= whole.items(), "nothing else is ever there")
    if delivery.name in held:
        invariant(held == whole, "a file is never there without its proof")
    return delivery.name in held


def take_away(tray: Tray) -> None:
    """Take what is there, as the bank does."""
    for path in (tray.root / COUNTY).iterdir():
        path.unlink()


def kill_at(point: int, delivery: Delivery, work: Path) -> Sequence[int]:
    """Kill before a write, with a bank that leaves what came and with one that takes it; gives how the kills ended."""
    ended = []
    for takes in (False, True):
        folder = work / f"{point}-{takes}"
        folder.mkdir()
        tray = make_tray(folder)
        ended.append(run_child(lambda tray=tray: accept(tray, delivery), point))  # type: ignore[misc]  # bound now
        was_there = check_held(tray, delivery)
        if takes and was_there:
            take_away(tray)
        again = run_child(lambda tray=tray: accept(tray, delivery), 10**9)  # type: ignore[misc]  # bound now
        invariant(again == 0, "the repeat ends well")
        invariant(
            check_held(tray, delivery) != (takes and was_there), "it is there once: never twice, never not at all"
        )
        clear_drafts(tray.root)
        invariant(not list((tray.root / ".staging").iterdir()), "no draft stays")
        invariant(not (tray.root / "refused").exists(), "nothing is turned away")
        shutil.rmtree(folder)
    return ended


def stop_at(point: int, delivery: Delivery, work: Path) -> bool:
    """Stop one before a write; another takes the file, the bank takes it away, the first wakes. Says if it stopped."""
    folder = work / f"stopped-{point}"
    folder.mkdir()
    tray = make_tray(folder)
    sleeper = start_child(lambda: accept(tray, delivery), point, signal.SIGSTOP)
    stopped = os.WIFSTOPPED(os.waitpid(sleeper, os.WUNTRACED)[1])
    if stopped:
        invariant(run_child(lambda: accept(tray, delivery), 10**9) == 0, "a stopped one holds up nobody")
        invariant(check_held(tray, delivery), "the other puts it there")
        take_away(tray)
        os.kill(sleeper, signal.SIGCONT)
        invariant(finish(sleeper) == 0, "it ends well")
        invariant(not check_held(tray, delivery), "it does not put it there once more")
        invariant(not (tray.root / "refused").exists(), "nothing is turned away")
    return stopped


def main(work: Path) -> dict[str, int]:
    """Kill, and then stop, before write 1, 2, 3, … until there are no more writes; gives their numbers."""
    [delivery] = make_deliveries(1)
    killed = next(point for point in count(1) if set(kill_at(point, delivery, work)) != {-signal.SIGKILL})
    stopped = next(point for point in count(1) if not stop_at(point, delivery, work))
    return {"points": killed - 1, "stopped": stopped - 1}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))  # noqa: T201 -- its result
