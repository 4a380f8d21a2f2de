"""States of transducers that read text: white space, strings of JSON (RFC 8259), names letter by letter."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.framing.language import State, Step
from scanner.framing.spelling import letters_after

SPACE = b" \t\r\n"


def leave(to: str) -> Step:
    """A byte that does not count."""
    return Step(to, take=False)


def string(name: str, behind: str, *, take: bool) -> dict[str, State]:
    """The inside of a string."""
    return {
        name: State(Step(name, take), ((b'"', Step(behind, take)), (b"\\", Step(f"{name}, escaped", take)))),
        f"{name}, escaped": State(Step(name, take)),
    }


def names(told: Iterable[str], behind: str, *, take: bool = True) -> dict[str, State]:
    """Names of members, so that those that are told are known when they end ("told name"); others lead ``behind``."""
    known = frozenset(told)
    states = {}
    for start, letters in letters_after(known).items():
        steps = [(letter.encode(), Step(f"name {start}{letter}", take)) for letter in letters]
        ends = (b'"', Step("told name" if start in known else behind, take))
        other = (b"\\", Step("name, other, escaped", take))
        states[f"name {start}"] = State(Step("name, other", take), (*steps, ends, other))
    return states | string("name, other", behind, take=take)
