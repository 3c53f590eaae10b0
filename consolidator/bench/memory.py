"""Owns the measuring of this process's memory."""

import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_KIB = 1024


def measure_peak_bytes() -> int:
    """Give the most resident memory this program has had, in bytes.

    On Linux from its own memory map: ``ru_maxrss`` also counts what the process that started it held at that moment.
    """
    if _STATUS.exists():
        fields = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="utf-8").splitlines())
        return int(fields["VmHWM"].removesuffix("kB")) * _KIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * _KIB
