"""Memory that is no longer needed goes back to the system: the C library keeps it otherwise, in pieces, and the next
stage asks for more.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Mapping, Sized

_FEW = 20_000  # rows for which it is not worth the time


def give_back(tables: Mapping[str, Sized]) -> None:
    """Between stages that make much of tables and keep little; does nothing where the C library cannot."""
    if sum(map(len, tables.values())) < _FEW:
        return
    gc.collect()
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl does not
    if trim is not None:
        trim(0)
