"""The most memory that a process has held."""

from __future__ import annotations

import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_memory() -> int:
    """Bytes of this process, or of the largest that it started and that has ended; 0 where nobody counts.

    What ``getrusage`` says of a process itself begins, on Linux, with what the one had that started it.
    """
    try:
        import resource
    except ImportError:  # Windows
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    try:
        lines = _STATUS.read_text(encoding="utf-8").splitlines()
        own = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return max(own, of_children)
