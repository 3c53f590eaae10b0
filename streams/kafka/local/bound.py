"""Owns the tie between a broker and the process that started it: run as a script, it becomes the program it names.

``python bound.py PARENT PROGRAM ARGUMENT…``: on Linux the kernel kills the program when the parent's thread that
started it ends, however that ends. Elsewhere nothing is tied: a parent that ends in good order stops its brokers.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def _become(parent: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the tie was there
            return
    os.execv(command[0], command)  # noqa: S606 -- the caller's own command, no shell


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
