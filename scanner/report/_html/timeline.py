"""When something changed a controller: operations joined to events, and a drawing of them by pair and time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile

from scanner.report._html.limits import LIMITS
from scanner.report._order import Cut, cut
from scanner.report._seen import key_of, moment_of, of_one_event, operation_name
from scanner.report._words import cleaned
from scanner.results.model import OperationRow
from scanner.results.publications import End

WIDTH = 1000
_LEFT = 300  # of the first moment
_RIGHT = 20
_LANE = 26
_AXIS = 24
_MARKS = 600  # drawn at most
_TICKS = 5
_FUNCTIONS = 3


@dataclass(frozen=True)
class Event:
    """Operations of one verb from one device to another with no long pause between them."""

    verb: str
    protocol: str
    client: End
    server: End
    allowed: bool | None
    first: str  # ISO 8601 UTC
    last: str
    count: int
    accepted: int
    refused: int
    unanswered: int
    functions: tuple[str, ...]
    source: str
    frames: tuple[int, ...]
    filter: str

    @property
    def state(self) -> str:
        """Forbidden, undecided or allowed."""
        return "undecided" if self.allowed is None else "allowed" if self.allowed else "forbidden"

    @property
    def names(self) -> Cut[str]:
        """Its functions with their objects."""
        return cut(self.functions, _FUNCTIONS)


@dataclass(frozen=True)
class Mark:
    """An event in the drawing. ``end``: where its last operation stands."""

    x: float
    end: float
    y: float
    event: Event


@dataclass(frozen=True)
class Lane:
    """One pair of devices."""

    client: End
    server: End
    y: float


@dataclass(frozen=True)
class Tick:
    """A moment of the axis."""

    x: float
    text: str


@dataclass(frozen=True)
class Timeline:
    """Events in the order of time, and their drawing."""

    events: Cut[Event]
    operations: int  # requests in all events
    states: dict[str, int]  # events by state
    height: float = 0
    axis: float = 0
    lanes: Cut[Lane] = field(default_factory=lambda: Cut((), 0))
    marks: tuple[Mark, ...] = ()
    ticks: tuple[Tick, ...] = ()
    day: str = ""  # of the first moment


def timeline(operations: Iterable[OperationRow]) -> Timeline:
    """Every operation that changes its target, which come first; texts are fit to show."""
    events = _joined(takewhile(lambda o: o.changes, operations))
    telling = sorted(range(len(events)), key=lambda n: (events[n].allowed is True, n))[: LIMITS.events]
    shown = tuple(cleaned(events[n]) for n in sorted(telling))
    states = Counter(e.state for e in events)
    made = Timeline(Cut(shown, len(events) - len(shown)), sum(e.count for e in events), dict(states))
    return _drawn(made, events)


def _joined(operations: Iterable[OperationRow]) -> list[Event]:
    """Events by their first moment."""
    events: list[Event] = []
    last: dict[tuple[str, str, str, str, bool | None], int] = {}
    for o in sorted(operations, key=lambda o: o.seen.first_time):
        key = (key_of(o.client), key_of(o.server), o.verb, o.protocol, o.allowed)
        place = last.get(key)
        if place is not None and of_one_event(events[place].last, o.seen.first_time):
            events[place] = _plus(events[place], o)
            continue
        last[key] = len(events)
        events.append(_event(o))
    return events


def _event(o: OperationRow) -> Event:
    return Event(
        verb=o.verb,
        protocol=o.protocol,
        client=o.client,
        server=o.server,
        allowed=o.allowed,
        first=o.seen.first_time,
        last=max(o.seen.first_time, o.seen.last_time),
        count=o.count,
        accepted=o.accepted,
        refused=o.refused,
        unanswered=o.unanswered,
        functions=(operation_name(o),),
        source=o.seen.source,
        frames=o.seen.frames,
        filter=o.seen.filter,
    )


def _plus(event: Event, o: OperationRow) -> Event:
    same = o.seen.source == event.source
    return replace(
        event,
        last=max(event.last, o.seen.last_time),
        count=event.count + o.count,
        accepted=event.accepted + o.accepted,
        refused=event.refused + o.refused,
        unanswered=event.unanswered + o.unanswered,
        functions=tuple(dict.fromkeys((*event.functions, operation_name(o)))),
        frames=tuple(sorted({*event.frames, *o.seen.frames}))[:20] if same else event.frames,
    )


def _drawn(made: Timeline, events: list[Event]) -> Timeline:
    """The drawing: a lane for each pair, a mark for each event. None without times."""
    dated = [(e, begin, moment_of(e.last) or begin) for e in events if (begin := moment_of(e.first))]
    if not dated:
        return made
    first, last = min(d[1] for d in dated), max(d[2] for d in dated)
    length = (last - first).total_seconds()

    def x(moment: datetime) -> float:
        share = (moment - first).total_seconds() / length if length else 0.5
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    pairs: dict[tuple[str, str], Event] = {}
    for event, _, _ in sorted(dated, key=lambda d: (d[0].allowed is True, d[1])):
        pairs.setdefault((key_of(event.client), key_of(event.server)), event)
    kept = cut(list(pairs), LIMITS.lanes)
    lanes = {pair: n * _LANE + _LANE / 2 for n, pair in enumerate(kept.shown)}
    marks = [
        Mark(x(begin), x(end), lanes[pair], cleaned(event))
        for event, begin, end in dated
        if (pair := (key_of(event.client), key_of(event.server))) in lanes
    ]
    return replace(
        made,
        height=len(lanes) * _LANE + _AXIS,
        axis=len(lanes) * _LANE,
        lanes=Cut(
            tuple(cleaned(Lane(pairs[pair].client, pairs[pair].server, y)) for pair, y in lanes.items()), kept.hidden
        ),
        marks=tuple(marks[:_MARKS]),
        ticks=_ticks(first, length, x),
        day=f"{first:%Y-%m-%d}",
    )


def _ticks(first: datetime, length: float, x: Callable[[datetime], float]) -> tuple[Tick, ...]:
    """Moments of the axis, with the day where the time spans more than one."""
    form = "%m-%d %H:%M" if length >= 86_400 else "%H:%M:%S" if length >= 10 else "%H:%M:%S.%f"
    count = _TICKS if length else 1
    moments = [first + timedelta(seconds=length * n / max(count - 1, 1)) for n in range(count)]
    return tuple(Tick(x(m), m.strftime(form)[: len("hh:mm:ss.mmm")]) for m in moments)
