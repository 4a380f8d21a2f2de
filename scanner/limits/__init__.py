"""Ceilings that a user meets and may move: ``--limit inventory-rows=1000000``. docs/limits.md says what is beyond each.

Their names are the fields of ``InputLimits`` and of the capture kernel's ``Limits``, with hyphens.
What is set holds for one command and the processes that it starts; results say which ceilings were moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace

from scanner.limits.capture import Limits as CaptureLimits
from scanner.nearest import closest
from scanner.wording import said

_HIGHEST = 1 << 40  # of any ceiling


@dataclass(frozen=True)
class InputLimits:
    """What is read at most of inputs that are no captures, how far compressed data may grow, and how long work takes.

    message_seconds, input_seconds, rule_seconds: of processor time, for one message, for all that follows reading one
    capture, and for judging by one rule.
    """

    folder_entries: int = 1_000_000
    inventory_bytes: int = 64 << 20
    inventory_rows: int = 200_000
    configuration_bytes: int = 16 << 20
    configuration_lines: int = 300_000
    configuration_settings: int = 100_000
    yaml_bytes: int = 8 << 20
    yaml_values: int = 200_000
    results_bytes: int = 1 << 30
    growth: int = 500
    growth_free: int = 256 << 20
    message_seconds: int = 20
    input_seconds: int = 3600
    rule_seconds: int = 3600


@dataclass(frozen=True)
class Ceilings:
    """Both kinds together."""

    inputs: InputLimits = field(default_factory=InputLimits)
    capture: CaptureLimits = field(default_factory=CaptureLimits)

    def moved(self) -> dict[str, int]:
        """Those that are not as usual, by name."""
        usual = _values(Ceilings())
        return {name: value for name, value in _values(self).items() if value != usual[name]}


class _Current:
    """What holds now; one for the process, threads included."""

    ceilings = Ceilings()


def limits() -> InputLimits:
    """The ceilings of inputs that hold now."""
    return _Current.ceilings.inputs


def ceilings() -> Ceilings:
    """All ceilings that hold now."""
    return _Current.ceilings


def use(chosen: Ceilings) -> None:
    """Let these hold from here on; what a process does that reads for another."""
    _Current.ceilings = chosen


@contextmanager
def using(chosen: Ceilings) -> Iterator[None]:
    """Let these hold within."""
    before, _Current.ceilings = _Current.ceilings, chosen
    try:
        yield
    finally:
        _Current.ceilings = before


def names() -> list[str]:
    """Every ceiling that can be set."""
    return sorted(_values(Ceilings()))


def parse(settings: Iterable[str]) -> Ceilings:
    """``NAME=VALUE``, the last of a name counts; ValueError, in a sentence, when one is wrong."""
    chosen: dict[str, int] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        name = name.strip()
        if name not in names():
            near = closest(name, names()) or said("see docs/limits.md")
            raise ValueError(said("there is no limit '{name}'; {near}", name=name, near=near))
        digits = text.strip().replace("_", "").replace(",", "")
        if not equals or not digits.isascii() or not digits.isdigit() or not 1 <= int(digits[:20]) <= _HIGHEST:
            given = text.strip()[:40]
            what = said("'{value}' is not a whole number from 1 to {most:,}", value=given, most=_HIGHEST)
            raise ValueError(said("limit {name}: {what}", name=name, what=what))
        chosen[name] = int(digits)
    return _with(chosen)


def _with(chosen: Mapping[str, int]) -> Ceilings:
    usual = Ceilings()
    by_field = {name.replace("-", "_"): value for name, value in chosen.items()}
    inputs = {f.name: by_field[f.name] for f in fields(InputLimits) if f.name in by_field}
    capture = {f.name: by_field[f.name] for f in fields(CaptureLimits) if f.name in by_field}
    return Ceilings(replace(usual.inputs, **inputs), replace(usual.capture, **capture))


def _values(chosen: Ceilings) -> dict[str, int]:
    return {k.replace("_", "-"): v for part in (chosen.inputs, chosen.capture) for k, v in asdict(part).items()}
