"""Captures of one folder to facts: files that follow one another are read as one recording.

The files are taken in the order of their time. Where one begins when another has ended (a ring of files), it goes on
with that one's recording; several taps whose rings lie in one folder are told apart by names, link types and times.
What goes on with what depends on times alone, so that files can be read side by side first, and ``as_in_turn`` tells
whether reading them one after another would have made the same recordings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from scanner.capture.interleaved import CapturePart
from scanner.capture.read import Progress, Recording, Until
from scanner.capture_entries import CaptureEntry, content_of, in_order, next_in_ring
from scanner.errors import InputError, Problem, failed
from scanner.inputs import Input
from scanner.limits import ceilings, names
from scanner.reading import Reading
from scanner.split_captures import ReadTogether, together
from scanner.wording import Said, said

if TYPE_CHECKING:
    from scanner.capture.result import CaptureInfo
    from scanner.framing.plan import FramingPlan

Outcome = tuple[Input, Reading | Problem]
Kind = TypeVar("Kind", bound=Until)
MOST_OPEN = 8  # recordings that may go on at one time, each with tables of its own in memory


@dataclass(slots=True)
class _Open(Generic[Kind]):
    """A recording that may go on."""

    recording: Kind
    entries: list[CaptureEntry] = field(default_factory=list)
    read: list[tuple[Input, CaptureInfo]] = field(default_factory=list)
    interleaved: bool = False

    def takes(self, entry: CaptureEntry) -> bool:
        """The file may be the next one of this recording."""
        last = self.entries[-1]
        alike = last.first.link == entry.first.link or last.series == entry.series
        return self.precedes(entry) or (alike and self.recording.goes_on_at(entry.first.time))

    def precedes(self, entry: CaptureEntry) -> bool:
        """The file's number says that it is the next one, however long nothing was sent meanwhile."""
        later = entry.first.time >= self.recording.last_time > 0
        return later and next_in_ring(self.entries[-1].input, entry.input)

    def distance(self, entry: CaptureEntry) -> tuple[bool, bool, int]:
        """The smaller, the better the file fits."""
        last = self.entries[-1]
        away = abs(entry.first.time - self.recording.last_time)
        return last.series != entry.series, last.first.link != entry.first.link, away


class _Going(Generic[Kind]):
    """The recordings that may go on."""

    def __init__(self) -> None:
        self.open: list[_Open[Kind]] = []

    def ended(self, entry: CaptureEntry) -> list[_Open[Kind]]:
        """Those with which nothing from this file on goes on; they are taken out."""
        ended = [o for o in self.open if o.recording.ended_before(entry.first.time) and not o.precedes(entry)]
        self.open = [o for o in self.open if o not in ended]
        return ended

    def chosen(self, entry: CaptureEntry) -> _Open[Kind] | None:
        """The one that the file goes on with."""
        return min((o for o in self.open if o.takes(entry)), key=lambda o: o.distance(entry), default=None)

    def in_the_way(self) -> Iterator[_Open[Kind]]:
        """The one that is taken out because there is no room for another."""
        if len(self.open) >= MOST_OPEN:
            oldest = min(self.open, key=lambda o: o.recording.last_time)
            self.open.remove(oldest)
            yield oldest


def read_captures(
    inputs: Sequence[Input],
    progress: Callable[[Input], Progress | None],
    finished: Callable[[Input], None] = lambda _: None,
    missing: Mapping[Input, int] | None = None,
) -> Iterator[Outcome]:
    """The captures of one folder through the kernel and the dissectors. The facts of a recording come with its first
    file. finished: hears of every file that was read, before its facts are there. missing: of rings before these files,
    where that is known from more files than are read here.
    """
    from scanner.protocols import framing_plan

    plan = framing_plan()
    going: _Going[Recording] = _Going()
    for group in together(in_order(inputs, missing)):
        entry = group.entries[0]
        for ended in going.ended(entry):
            yield from _collected(plan, ended)
        chosen = going.chosen(entry)
        if chosen is None:
            for oldest in going.in_the_way():
                yield from _collected(plan, oldest)
            chosen = _Open(Recording(plan, ceilings().capture))
        elif chosen.recording.crowded:
            yield from _collected(plan, chosen, goes_on=True)
        try:
            infos = _read(chosen.recording, group, progress)
        except Exception as error:  # noqa: BLE001 - a defect costs this capture; the others are read anew without it
            unharmed = isinstance(error, InputError) and len(group.entries) == 1
            if chosen in going.open and not unharmed:
                going.open.remove(chosen)
                yield from _each_alone(plan, _waiting(chosen))
            yield from _not_read(plan, group, error)
        else:
            chosen.entries += group.entries
            chosen.read += infos
            if chosen not in going.open:
                going.open.append(chosen)
        for entry in group.entries:
            finished(entry.input)
    for ended in going.open:
        yield from _collected(plan, ended)


def ends_of(read: Mapping[Input, Reading | Problem]) -> dict[str, int]:
    """When each file that could be read ends, ns since 1970, by its name; 0 when no packet has a time."""
    ends: dict[str, int] = {}
    for reading in read.values():
        if not isinstance(reading, Problem) and "files" in reading.facts.tables:
            files = reading.facts.tables["files"]
            ends |= zip(files["source"], files["last_time"].to_physical().fill_null(0), strict=True)
    return ends


def as_in_turn(inputs: Sequence[Input], read: Mapping[Input, Reading | Problem]) -> bool:
    """The files of a folder, which were read in several parts, are of the same recordings as if they had been read one
    after another. A recording that had to be told in several pieces is taken for another.
    """
    made: set[frozenset[str]] = set()
    for reading in read.values():
        if not isinstance(reading, Problem) and "files" in reading.facts.tables:
            files = reading.facts.tables["files"]
            made |= {frozenset(names) for names in files.group_by("capture").agg("source")["source"].to_list()}
    found = recordings_of(inputs, ends_of(read))
    return made == {frozenset(member.input.source for member in members) for members in found}


class Member(NamedTuple):
    """A file of a recording. missing: how many files of its ring are not there, just before it. interleaved: files of
    the recording saw the same time.
    """

    input: Input
    missing: int
    interleaved: bool = False


def recordings_of(inputs: Sequence[Input], ends: Mapping[str, int]) -> list[list[Member]]:
    """Which files of a folder are one recording, without reading them. ends: ``ends_of`` them."""
    going: _Going[Until] = _Going()
    found: list[_Open[Until]] = []
    for group in together(in_order(inputs)):
        going.ended(group.entries[0])
        chosen = going.chosen(group.entries[0])
        if chosen is None:
            list(going.in_the_way())
            chosen = _Open(Until())
        known = [entry for entry in group.entries if entry.input.source in ends]
        if not known:  # nothing of it could be read
            continue
        chosen.entries += known
        chosen.interleaved |= len(known) > 1
        chosen.recording.last_time = max(chosen.recording.last_time, *(ends[entry.input.source] for entry in known))
        if chosen not in going.open:
            going.open.append(chosen)
            found.append(chosen)
    return [
        [Member(entry.input, entry.missing, recording.interleaved) for entry in recording.entries]
        for recording in found
    ]


def _read(
    recording: Recording, group: ReadTogether, progress: Callable[[Input], Progress | None]
) -> list[tuple[Input, CaptureInfo]]:
    entries, tell = group.entries, [progress(entry.input) for entry in group.entries]
    if group.packets:
        parts = [
            CapturePart(
                partial(content_of, entry.input), entry.input.source, entry.input.size(), entry.first.time, packets
            )
            for entry, packets in zip(entries, group.packets, strict=True)
        ]
        infos = recording.read_together(parts, tell)
    else:
        infos = [recording.read(content_of(entries[0].input), entries[0].input.source, tell[0])]
    for entry, info in zip(entries, infos, strict=True):
        info.missing_files = entry.missing
    return [(entry.input, info) for entry, info in zip(entries, infos, strict=True)]


def _not_read(plan: FramingPlan, group: ReadTogether, error: Exception) -> Iterator[Outcome]:
    """What the files of a group give by themselves; of one alone, why it gives nothing."""
    if len(group.entries) > 1:
        yield from _each_alone(plan, group.entries)
        return
    given = group.entries[0].input
    yield given, error.problem if isinstance(error, InputError) else failed(given.source, error).problem


def _collected(plan: FramingPlan, ended: _Open[Recording], *, goes_on: bool = False) -> Iterator[Outcome]:
    """The facts of a recording. When that fails, each of its files is read by itself, so that one costs no other."""
    files, read = _waiting(ended), ended.read
    ended.entries, ended.read = ended.entries[-1:], []
    try:
        yield from list(readings(ended.recording, read, goes_on=goes_on))
    except Exception as error:  # noqa: BLE001 - the same
        if len(files) == 1:
            yield files[0].input, failed(files[0].input.source, error).problem
        else:
            yield from _each_alone(plan, files)
        ended.recording = Recording(plan, ceilings().capture)


def _waiting(held: _Open[Recording]) -> list[CaptureEntry]:
    """The files that were read and whose facts are not there yet."""
    return held.entries[len(held.entries) - len(held.read) :]


def _each_alone(plan: FramingPlan, entries: Iterable[CaptureEntry]) -> Iterator[Outcome]:
    for entry in entries:
        alone = _Open(Recording(plan, ceilings().capture), [entry])
        try:
            alone.read += _read(alone.recording, ReadTogether([entry]), lambda _: None)
            yield from [
                (given, replace(reading, alone=True)) for given, reading in readings(alone.recording, alone.read)
            ]
        except Exception as error:  # noqa: BLE001 - the same
            yield (
                entry.input,
                error.problem if isinstance(error, InputError) else failed(entry.input.source, error).problem,
            )


def readings(
    recording: Recording, read: Sequence[tuple[Input, CaptureInfo]], *, goes_on: bool = False
) -> Iterator[tuple[Input, Reading]]:
    """What each file of a recording gives; the facts are with the first."""
    from scanner.facts.build import capture_facts
    from scanner.facts.frames import Facts
    from scanner.protocols import protocols

    if not read:
        return
    result = recording.collect(goes_on=goes_on)
    facts = capture_facts(result, protocols())
    problems = list(_of_recording(result.info, read[0][0].source))
    for given, info in read:
        yield given, Reading(facts, (*_of_file(info), *problems))
        facts, problems = Facts(), []


def _of_file(info: CaptureInfo) -> Iterator[Problem]:
    if info.missing_files:
        what = said("files of the ring are missing before it: {count}", count=info.missing_files)
        remedy = said("scan the whole ring; what happened meanwhile is not known")
        yield Problem(info.source, what, remedy=remedy)
    if info.stop:
        remedy = info.stop.remedy or said("capture again or copy the file again; what comes before was examined")
        yield Problem(info.source, info.stop.what, info.stop.place, remedy)


def _of_recording(info: CaptureInfo, source: str) -> Iterator[Problem]:
    if info.undecoded:
        remedy = said("capture on an Ethernet port, or wait for a version that decodes these")
        yield Problem(source, info.undecoded, remedy=remedy)
    for name, count in sorted(info.limits.items()):
        what = said("limit reached: {limit}, {count:,} left out", limit=name, count=count)
        yield Problem(source, what, remedy=_remedy(name))


def _remedy(name: str) -> Said:
    setting = name.replace("_", "-")
    if setting not in names():
        return said("scan the capture in parts")
    return said("scan the capture in parts, or set --limit {limit}", limit=setting)
