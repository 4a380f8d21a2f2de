"""First lines of blocks that mean several ports or lines of users, and names of ports in one spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

MAX_RANGE = 1_024  # ports or lines that one command means
_NUMBERED = re.compile(r"([a-z][a-z-]*)\s*([0-9][0-9/.:]*)", re.IGNORECASE)
_LINES = re.compile(r"([a-z]+) ([0-9]{1,4})(?: ([0-9]{1,4}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """A port or line that a header means. ``key`` is its one spelling; units with a ``place`` are written together."""

    text: str
    key: str
    place: int = -1


Units = Callable[[str], Sequence[Unit]]


def in_full(name: str, kinds: Iterable[str]) -> str:
    """The name of a port in lower case, with its kind in full: ``gigabitethernet1/0/1`` of ``Gi 1/0/1``.

    kinds: all that there are, those first that an abbreviation means where it fits several.
    """
    found = _NUMBERED.fullmatch(name.strip())
    if not found:
        return name.strip().lower()
    short = found[1].lower()
    return next((kind for kind in kinds if kind.startswith(short)), short) + found[2]


def ports(names: str, until: str, spelt: Callable[[str], str]) -> list[Unit]:
    """The ports of ``Gi1/0/1 - 4 , Gi1/0/7``; ``until`` stands between the ends. Empty when they cannot be told."""
    return [Unit(f"interface {name}", f"interface {spelt(name)}") for name in port_names(names, until, spelt)]


def port_names(names: str, until: str, spelt: Callable[[str], str]) -> list[str]:
    """What ``ports`` finds, by the names that stand there."""
    found: list[str] = []
    for part in re.split(r"\s*,\s*", names.strip()):
        first, _, last = (w.strip() for w in re.sub(rf"\s*(?:{until})\s*", "\n", part, count=1).partition("\n"))
        head, tail = re.fullmatch(r"(.*?)(\d{1,5})", first), re.fullmatch(r"(.*?)(\d{1,5})", last or first)
        if not head or not tail or (tail[1] and spelt(tail[1] + "0") != spelt(head[1] + "0")):
            return []
        low, high = int(head[2]), int(tail[2])
        if not low <= high < low + MAX_RANGE - len(found):
            return []
        name = head[1].rstrip() if head[1].rstrip()[-1:].isalpha() else head[1]
        found += [f"{name}{n}" for n in range(low, high + 1)]
    return found


def interfaces(text: str, until: str, spelt: Callable[[str], str]) -> list[Unit]:
    """The ports of ``interface NAME`` or ``interface range NAMES``; none of other lines."""
    command, _, rest = text.partition(" ")
    if command.lower() != "interface":
        return []
    if rest.lower().startswith("range "):
        return ports(rest[len("range ") :], until, spelt)
    return [Unit(text, f"interface {spelt(rest)}")]


def lines(command: str, names: str) -> list[Unit]:
    """The lines of ``vty 0 4``. Empty when they cannot be told."""
    found = _LINES.fullmatch(names.strip())
    if not found:
        return []
    low, high = int(found[2]), int(found[3] or found[2])
    if not low <= high < low + MAX_RANGE:
        return []
    start = f"{command} {found[1]}"
    return [Unit(f"{start} {n}", f"{start[: len(command) + 4].lower()} {n}", n) for n in range(low, high + 1)]
