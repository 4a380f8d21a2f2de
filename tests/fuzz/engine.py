"""A small coverage-guided fuzzer: inputs that run a line of otaudit after another that no input ran before are kept.

It needs nothing but ``sys.settrace``, so it runs wherever the tests do, and what it does is the same for one seed.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from tests.fuzz.mutate import mutated
from tests.fuzz.targets import STEPS, STEPS_OF_A_BYTE, Target

_OURS = "scanner"


class TooManySteps(Exception):
    """More lines ran than the bytes can explain."""


class Trace:
    """Runs a call and sees which lines of otaudit follow which; TooManySteps where they never end."""

    def __init__(self) -> None:
        self.edges: set[tuple[int, int, int]] = set()
        self.steps = self._most = 0
        self._last = 0

    def run(self, target: Target, data: bytes) -> None:
        """Call the target with the data."""
        self.steps, self._most = 0, STEPS + STEPS_OF_A_BYTE * len(data)
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            target.call(data)
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002 - as settrace calls it
        return self._line if _OURS in frame.f_code.co_filename else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002
        if event == "line":
            self.steps += 1
            if self.steps > self._most:
                raise TooManySteps(f"more than {self._most:,} steps")
            line = frame.f_lineno
            self.edges.add((id(frame.f_code), self._last, line))
            self._last = line
        return self._line


@dataclass
class Finding:
    """An input on which a target failed, and how."""

    target: str
    data: bytes
    what: str


@dataclass
class Fuzz:
    """One target under way."""

    target: Target
    chance: random.Random
    corpus: list[bytes] = field(default_factory=list)
    trace: Trace = field(default_factory=Trace)
    runs: int = 0

    def start(self) -> Iterator[Finding]:
        """Run the seeds."""
        for seed in self.target.seeds():
            self.corpus.append(seed)
            yield from self._try(seed)

    def go_on(self, seconds: float) -> Iterator[Finding]:
        """Try damaged inputs for so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            data = mutated(self.chance.choice(self.corpus), self.corpus, self.chance)
            known = len(self.trace.edges)
            yield from self._try(data)
            if len(self.trace.edges) > known:
                self.corpus.append(data)

    def _try(self, data: bytes) -> Iterator[Finding]:
        self.runs += 1
        try:
            self.trace.run(self.target, data)
        except Exception as error:  # noqa: BLE001 - every error that is not meant is what is looked for
            yield Finding(self.target.name, data, f"{type(error).__name__}: {error}")
