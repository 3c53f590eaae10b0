"""Kills the gate before every single write while it sends an order file with its proof, and lets it go on.

Run as a script, in its own process: it forks. Prints one JSON object: how many points there were.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

from bank_adapters.profiles import load_profiles
from consolidator.gate.checking import PROOF_SUFFIX, check_order_file
from consolidator.gate.passing import Clearance, grant_clearance
from consolidator.gate.records import open_records
from consolidator.gate.sending import Gate, list_unsent, send_file
from schemas.errors import invariant
from tests.support.killing import WritePoints, finish
from tests.support.ordered import Records, cosign_note, make_world, order, read_nodes
from tests.support.witnesses import NAMES, derive_test_policy, make_quorum
from tests.support.world import EPOCHS, World

POLICY = derive_test_policy(make_quorum())
NAME = "bank-402_PAY_402_001.txt"


def send(home: Path, world: World, clearance: Clearance) -> None:
    """Do what a start does at the gate."""
    with open_records(home / "gate.sqlite") as records:
        gate = Gate(Records(world), records, home / "outbox", load_profiles(), lambda: EPOCHS)  # type: ignore[arg-type]  # it reads no more
        for file in list_unsent(gate):
            invariant(send_file(gate, clearance, file).word == "sent", "it can be sent")


def start_child(work: Callable[[], object], fatal: int, number: signal.Signals = signal.SIGKILL) -> int:
    """Do it in a child that gets a signal before its n-th write; gives its number."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            WritePoints(fatal, number).watch_everything()
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def run_child(work: Callable[[], object], fatal: int) -> int:
    """Do it in a child that ends before its n-th write; gives how it ended."""
    return finish(start_child(work, fatal))


def check_outbox(home: Path) -> bool:
    """Say whether the file is out; whenever it is, it is whole, and so is the proof beside it."""
    folder = home / "outbox" / "402"
    shown = {path.name for path in folder.iterdir()} if folder.exists() else set()
    invariant(shown <= {NAME, NAME + PROOF_SUFFIX}, "nothing else is ever there")
    if NAME in shown:
        proof = (folder / (NAME + PROOF_SUFFIX)).read_bytes()
        check_order_file(NAME, (folder / NAME).read_bytes(), proof, POLICY, load_profiles())
    return NAME in shown


def main(work: Path) -> int:
    """Kill before write 1, 2, 3, … until a run has no more writes; gives their number."""
    world = make_world()
    order(world, 3)
    note = cosign_note(world.county.head().checkpoint.encode(), NAMES[:3])
    clearance = grant_clearance(note, POLICY, read_nodes(world))
    for point in count(1):
        for takes in (False, True):
            home = work / f"{point}-{takes}"
            home.mkdir()
            ended = run_child(lambda home=home: send(home, world, clearance), point)  # type: ignore[misc]  # bound now
            was_out = check_outbox(home)
            if takes and was_out:
                shutil.rmtree(home / "outbox" / "402")  # the bank takes both away before the gate is up again
            again = run_child(lambda home=home: send(home, world, clearance), 10**9)  # type: ignore[misc]  # bound now
            invariant(again == 0, "the repeat ends well")
            invariant(check_outbox(home) != (takes and was_out), "it is out once: never twice, never not at all")
            invariant(not list((home / "outbox" / ".staging").glob("*")), "no draft stays")
            shutil.rmtree(home)
        if ended != -signal.SIGKILL:
            return point - 1
    raise AssertionError


if __name__ == "__main__":
    print(json.dumps({"points": main(Path(sys.argv[1]))}))  # noqa: T201 -- its result
