"""Looking for garbage is put off where hundreds of thousands of things are made and no cycle is among them: it would
double the time.
"""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection within; also a decorator."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def lasting() -> Iterator[None]:
    """The same, of what is needed until the process ends (modules, rules): it is never looked at, either."""
    with uncollected():
        yield
        gc.freeze()


atexit.register(gc.freeze)  # the system takes back what is left: looking through it took as long as reading a capture
