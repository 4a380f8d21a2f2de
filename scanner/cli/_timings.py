"""What each stage of a command costs, for ``--timings``."""

from __future__ import annotations

import os
import time

from scanner.cli._errors import tell
from scanner.cli._stage_lines import StageLines
from scanner.peak_memory import peak_memory
from scanner.wording import Said, listed, said, term


class Timings(StageLines):
    """Lines on standard error: what each stage took of time and of processors, and the most memory by its end."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self._cost = _Cost()
        if stage:
            tell(said("{stage}: {cost}", stage=term("stage.starting", "starting"), cost=self._cost.since(None)))

    def over(self, stage: Said) -> None:
        """Say what it cost."""
        now = _Cost()
        tell(said("{stage}: {cost}", stage=stage, cost=now.since(self._cost)))

    def begins(self) -> None:
        """From here on it counts."""
        self._cost = _Cost()


class _Cost:
    """What this process and those that it started have cost so far: seconds of processors, and of the clock."""

    def __init__(self) -> None:
        self.processors = sum(os.times()[:4])
        self.clock = time.perf_counter()

    def since(self, before: _Cost | None) -> Said:
        """What lies between; of what was before the first stage only the processors' time is known."""
        spent = self.processors - (before.processors if before else 0)
        took = said("{seconds} s", seconds=f"{self.clock - before.clock:.2f}") if before else ""
        peak = peak_memory() >> 20
        held = said("peak {n} MB", n=peak) if peak else ""
        return listed([*filter(None, (took, said("{seconds} s of processor time", seconds=f"{spent:.2f}"), held))])
