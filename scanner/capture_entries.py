"""The captures of a folder in the order of their time, and what their names tell of rings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from scanner.capture.read import First, first_packet
from scanner.errors import InputError
from scanner.inputs import Input
from scanner.succession import place_of
from scanner.wording import said

_NUMBERED = re.compile(r"(.*_)(\d{5,})_\d{14}(\D.*)?", re.ASCII)  # dumpcap's rings: NAME_00001_20260102030405.pcapng


class CaptureEntry(NamedTuple):
    """A capture of a folder, and how it begins."""

    first: First
    input: Input
    missing: int  # files of its ring that are not there, just before it

    @property
    def series(self) -> str:
        """The name without its digits: the same for all files of a ring."""
        return place_of(self.input.source)


def content_of(given: Input) -> Path | BinaryIO:
    """What is to be read: a path, or a stream that the reader closes; InputError when there is nothing."""
    if given.url:
        from scanner.urls import opened

        return opened(given.url)
    content = given.stream if given.path is None else given.path
    if content is None:
        raise InputError(given.source, said("nothing to read"))
    return content


def in_order(inputs: Sequence[Input], missing: Mapping[Input, int] | None = None) -> list[CaptureEntry]:
    """By the time of their first packets, those without one first."""
    alone = len(inputs) == 1
    begun = {given: First(0, -1) if alone else _first(given) for given in inputs}
    ordered = sorted(inputs, key=lambda given: (begun[given].time, given.source))
    missing = _missing(ordered) if missing is None else missing
    return [CaptureEntry(begun[given], given, missing.get(given, 0)) for given in ordered]


def _first(given: Input) -> First:
    try:
        return first_packet(content_of(given)) if given.stream is None else First(0, -1)
    except Exception:  # noqa: BLE001 - reading it says why
        return First(0, -1)


class Numbered(NamedTuple):
    """The ring that dumpcap's name of a file tells, and the file's number in it."""

    ring: tuple[str, str | None, str]
    number: int


def numbered(given: Input) -> Numbered | None:
    """Of which ring a file is and its number in it, where dumpcap gave it its name."""
    path = Path(given.source)
    found = _NUMBERED.fullmatch(path.name)
    return Numbered((found[1], found[3], str(path.parent)), int(found[2])) if found else None


def next_in_ring(one: Input, other: Input) -> bool:
    """Their numbers say that the other file follows the one."""
    mine, following = numbered(one), numbered(other)
    return (
        mine is not None
        and following is not None
        and (mine.ring, mine.number + 1) == (following.ring, following.number)
    )


def _missing(ordered: Iterable[Input]) -> Mapping[Input, int]:
    """How many files of a ring are missing before each, by the numbers that dumpcap gives them."""
    latest: dict[tuple[str, str | None, str], int] = {}
    found = {}
    for given in ordered:
        if told := numbered(given):
            found[given] = max(0, told.number - latest.get(told.ring, told.number) - 1)
            latest[told.ring] = told.number
    return found
