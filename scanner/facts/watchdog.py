"""Ends work on one message that takes far too long: a defect of a dissector must cost that message, not the scan; and
says when all messages of an input together have taken too long, which costs that input alone.

Dissectors bound their loops by the bytes they have; this is for the one that forgot. A thread looks every so often
whether the same message is still being worked on and, once it has used ``seconds`` of processor time, raises
``TookTooLong`` in the thread that works, between two of its bytecodes.
"""

from __future__ import annotations

import ctypes
import math
import threading
import time
from types import TracebackType
from typing import Self

_LOOK = 0.5  # seconds between two looks


class TookTooLong(Exception):
    """Work on one message was ended."""

    def __init__(self) -> None:
        super().__init__("took too long")


class Watchdog:
    """Watches the thread that enters it. ``message`` is set to another number for each message, or whatever else is
    worked on one after the other (rules); -1: none.

    seconds: of processor time for one message, of which ordinary ones take some ten microseconds. total: for all;
    ``spent`` is true once they are used up.
    """

    def __init__(self, seconds: float, total: float = math.inf) -> None:
        self.message = -1
        self.spent = False
        self._seconds = seconds
        self._total = total
        self._thread = threading.get_ident()
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.get_ident()
        threading.Thread(target=self._watch, daemon=True, name="watchdog").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()

    def _watch(self) -> None:
        seen, since = -1, 0.0
        start = time.process_time()
        while not self._over.wait(min(_LOOK, self._seconds, self._total)):
            message, now = self.message, time.process_time()
            self.spent = now - start > self._total
            if message != seen:
                seen, since = message, now
            elif message >= 0 and now - since > self._seconds:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(TookTooLong))
                since = now
