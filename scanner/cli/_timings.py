"""What each stage of a command costs, for ``--timings``."""

from __future__ import annotations

import os
import sys
import time

from scanner.cli._errors import tell
from scanner.pool import Watcher
from scanner.wording import Said, listed, said, term


class Timings(Watcher):
    """Lines on standard error: what each stage took of time and of processors, and the most memory by its end."""

    def __init__(self, stage: str) -> None:
        self._cost = _Cost()
        if stage:
            tell(said("{stage}: {cost}", stage=term("stage.starting", "starting"), cost=self._cost.since(None)))
        self._stage = stage

    def stage(self, name: str, done: int = 0, total: int = 0) -> None:  # noqa: ARG002 - a bar's
        """Say what the stage before cost."""
        if name != self._stage:
            self.end()
            self._stage = name

    def end(self) -> None:
        """The last stage is over."""
        now = _Cost()
        if self._stage:
            tell(said("{stage}: {cost}", stage=term(f"stage.{self._stage}", self._stage), cost=now.since(self._cost)))
        self._stage, self._cost = "", now


class _Cost:
    """What this process and those that it started have cost so far: seconds of processors, and of the clock."""

    def __init__(self) -> None:
        self.processors = sum(os.times()[:4])
        self.clock = time.perf_counter()

    def since(self, before: _Cost | None) -> Said:
        """What lies between; of what was before the first stage only the processors' time is known."""
        spent = self.processors - (before.processors if before else 0)
        took = said("{seconds} s", seconds=f"{self.clock - before.clock:.2f}") if before else ""
        peak = said("peak {n} MB", n=peak_memory() >> 20) if peak_memory() else ""
        return listed([*filter(None, (took, said("{seconds} s of processor time", seconds=f"{spent:.2f}"), peak))])


def peak_memory() -> int:
    """Bytes of the most memory that this process, or the largest that it started, has held; 0 where nobody counts."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    kilobytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return kilobytes if sys.platform == "darwin" else kilobytes << 10
