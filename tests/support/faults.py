"""Runs a piece of work in a forked child with a fault, and says whether the fault hit.

The process that uses it forks, so it must be single-threaded: a script of its own, started by the test.
"""

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

from schemas.errors import DependencyError, invariant

_HIT = 9


def bound_file_size(block_bytes: int, number: int) -> None:
    """Let no file of this process grow beyond n blocks; the write that would do so fails."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (number * block_bytes, resource.RLIM_INFINITY))


def run_child(work: Callable[[Path], None], fault: Callable[[int], None], number: int, path: Path) -> bool:
    """Do the work in a child with a fault; say whether the fault hit. Any other end of the child is an error."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            fault(number)
            work(path)
            code = 0
        except DependencyError:
            code = _HIT
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    invariant(status in {0, signal.SIGKILL, _HIT << 8}, f"the child of fault {number} ended with {status}")
    return status != 0
