"""Tables of the kernel that grow."""

from __future__ import annotations

from typing import Any

import numpy as np


def table(size: int, dtype: Any, old: Any = None) -> Any:
    """A zeroed record array of ``size`` rows that begins with the rows of ``old``."""
    new = np.zeros(size, dtype)
    if old is not None:
        new[: len(old)] = np.asarray(old)
    return new.view(np.recarray) if isinstance(dtype, np.dtype) and dtype.names else new
