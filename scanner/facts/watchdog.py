"""Ends work on one message that takes far too long: a defect of a dissector must cost that message, not the scan.

Dissectors bound their loops by the bytes they have; this is for the one that forgot. A thread looks every so often
whether the same message is still being worked on and, once it has used ``seconds`` of processor time, raises
``TookTooLong`` in the thread that works, between two of its bytecodes.
"""

from __future__ import annotations

import ctypes
import threading
import time
from types import TracebackType
from typing import Self

SECONDS = 20.0  # of processor time for one message, of which ordinary ones take some ten microseconds
_LOOK = 0.5  # seconds between two looks


class TookTooLong(Exception):
    """Work on one message was ended."""

    def __init__(self) -> None:
        super().__init__("took too long")


class Watchdog:
    """Watches the thread that enters it. ``message`` is set to another number for each message; -1: none."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.message = -1
        self._seconds = seconds
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
        while not self._over.wait(min(_LOOK, self._seconds)):
            message, now = self.message, time.process_time()
            if message != seen:
                seen, since = message, now
            elif message >= 0 and now - since > self._seconds:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(TookTooLong))
                since = now
