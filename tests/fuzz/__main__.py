"""Runs the fuzzers for long: ``python -m tests.fuzz --seconds 600 [--seed TEXT] [TARGET ...]``; exit 1 for a fault."""

import argparse
import sys
import time

from tests.fuzz.campaign import attack, keep
from tests.fuzz.targets import load_targets


def main() -> int:
    """Attack the named targets one after the other and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *load_targets()], metavar="TARGET")
    parser.add_argument("--seconds", type=float, default=600, help="for each target")
    parser.add_argument("--seed", default=str(time.time_ns()), help="the same seed tries the same files")
    words = parser.parse_args()
    faults = 0
    for name in words.targets or load_targets():
        told = attack(load_targets()[name], words.seconds, f"{name}:{words.seed}")
        outcome = "ok"
        if told.fault is not None:
            outcome = f"{told.fault.error}\n  {keep(name, told.fault)}"
            faults += 1
        sys.stdout.write(f"{name:10} {told.tried:9,} files  seed {words.seed}  {outcome}\n")
        sys.stdout.flush()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
