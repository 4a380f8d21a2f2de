"""The process that reads on recordings that go on, as ``otaudit watch`` asks it."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from scanner.limits import ceilings
from scanner.store.known import PLACE


class Reader:
    """Starts the process when it is first asked. Whatever befalls it costs time alone: a scan reads by itself what
    nobody has read for it.

    own: a folder that nobody else can write; None: there is no such process.
    """

    def __init__(self, own: Path | None = None, kept: Path = Path(), rules: Sequence[Path] = ()) -> None:
        self._own, self._kept, self._rules = own, kept, rules
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def bring(self, inputs: Sequence[str], exclude: Sequence[str], ended: threading.Event) -> dict[str, str]:
        """Have what goes on read; what the environment tells the scan that is to profit by it."""
        if self._own is None:
            return {}
        try:
            connection = self._connection or self._start()
            connection.send((list(inputs), list(exclude)))
            while not connection.poll(0.1):
                if ended.is_set():
                    return {}
            known = connection.recv()
        except (OSError, EOFError):  # it has died
            self.end()
            return {}
        place = self._own / "known.json"
        known.write(place)
        return {PLACE: str(place)}

    def _start(self) -> Connection:
        from scanner.facts.saved import KEPT
        from scanner.store.live import serve

        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        arguments = (there, self._kept / KEPT, ceilings(), self._rules)
        self._process = context.Process(target=serve, args=arguments, daemon=True)
        self._process.start()
        there.close()
        self._connection = here
        return here

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None
