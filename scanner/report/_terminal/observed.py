"""What the results hold beside the verdicts, summed up until it fits a screen. Every sum is of all rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from scanner.report import _seen
from scanner.report._order import Cut
from scanner.report._seen import certificate_key, is_remote_access, key_of, of_one_event, operation_name, secrets
from scanner.report._words import natural
from scanner.results.model import CommandRow, DeviceRow, OperationRow, SessionRow
from scanner.results.publications import End

_FUNCTIONS = 40  # that an event remembers
_FRAMES = 20
_ROLES = ("safety_controller", "controller", "plc", "rtu", "dcs", "ied", "engineering_station", "scada_server", "hmi")


def by_role(devices: Iterable[DeviceRow], most: int) -> list[tuple[str, Cut[DeviceRow]]]:
    """Devices under each of their roles; those that control first."""
    return _seen.by_role(devices, _ROLES, most)


@dataclass
class Pair:
    """All that one device commands another to do."""

    client: End
    server: End
    verbs: Counter[str] = field(default_factory=Counter)
    changing: Counter[str] = field(default_factory=Counter)  # those verbs that change the state of the server
    protocols: set[str] = field(default_factory=set)
    refused: int = 0


def pairs(commands: Iterable[CommandRow]) -> list[Pair]:
    """Who commands whom; who changes the most first, then who commands the most."""
    found: dict[tuple[str, str], Pair] = {}
    for row in commands:
        pair = found.setdefault((key_of(row.client), key_of(row.server)), Pair(row.client, row.server))
        pair.verbs[row.verb] += row.count
        pair.refused += row.refused
        pair.protocols.update(row.protocols)
        if row.changes:
            pair.changing[row.verb] += row.count
    return sorted(
        found.values(),
        key=lambda p: (-p.changing.total(), -p.verbs.total(), natural(p.client.name), natural(p.server.name)),
    )


@dataclass
class Event:
    """Operations of one verb from one device to another with no long pause between them."""

    row: OperationRow  # the first
    last: str
    functions: Counter[str] = field(default_factory=Counter)  # with their objects
    frames: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    count: int = 0

    def add(self, row: OperationRow) -> None:
        """One operation more."""
        self.count += row.count
        self.last = max(self.last, row.seen.first_time, row.seen.last_time)
        for name in ("accepted", "refused", "unanswered", "unobserved"):
            self.outcomes[name] += getattr(row, name)
        name = operation_name(row)
        if name in self.functions or len(self.functions) < _FUNCTIONS:
            self.functions[name] += row.count
        if row.seen.source == self.row.seen.source:
            self.frames = sorted({*self.frames, *row.seen.frames})[:_FRAMES]


def events(operations: Sequence[OperationRow]) -> list[Event]:
    """What changed a device, in the order of time. Operations that change something stand before all others."""
    found: list[Event] = []
    latest: dict[tuple[object, ...], Event] = {}
    for row in sorted(takewhile(lambda o: o.changes, operations), key=lambda o: o.seen.first_time):
        key = (key_of(row.client), key_of(row.server), row.verb, row.protocol, row.allowed, row.seen.source)
        event = latest.get(key)
        if event is None or not of_one_event(event.last, row.seen.first_time):
            event = latest[key] = Event(row, row.seen.last_time)
            found.append(event)
        event.add(row)
    return found


@dataclass(frozen=True)
class Access:
    """Sessions of one kind at one server."""

    server: End
    protocol: str
    kinds: tuple[str, ...]  # of credentials
    encrypted: bool | None


@dataclass
class Sessions:
    """Sessions by what they mean to an auditor. Lists of clients hold each once."""

    logins: dict[Access, dict[str, End]] = field(default_factory=dict)
    remote: dict[Access, dict[str, End]] = field(default_factory=dict)
    certificates: dict[tuple[str, int, str, str], SessionRow] = field(default_factory=dict)

    @property
    def in_clear(self) -> int:
        """Log-ins that show their credentials."""
        return sum(1 for access in self.logins if access.encrypted is False)

    @property
    def expired(self) -> list[SessionRow]:
        """One session for each certificate that had expired when it was seen."""
        return [s for s in self.certificates.values() if s.certificate and s.certificate.expired]


def sessions(rows: Iterable[SessionRow]) -> Sessions:
    """Log-ins (those in clear first), remote access (what is not encrypted first) and certificates."""
    found = Sessions()
    for row in rows:
        kinds = secrets(row)
        if kinds:
            access = Access(row.server, row.protocol, kinds, row.encrypted)
            found.logins.setdefault(access, {})[key_of(row.client)] = row.client
        if is_remote_access(row):
            access = Access(row.server, row.protocol, (), row.encrypted)
            found.remote.setdefault(access, {})[key_of(row.client)] = row.client
        shown = certificate_key(row)
        if shown:
            found.certificates.setdefault(shown, row)
    found.logins = dict(sorted(found.logins.items(), key=lambda item: _order(item[0], clear=True)))
    found.remote = dict(sorted(found.remote.items(), key=lambda item: _order(item[0], clear=False)))
    return found


def _order(access: Access, *, clear: bool) -> tuple[object, ...]:
    first = access.encrypted is not False if clear else access.encrypted is True
    return first, access.protocol, natural(access.server.name), access.kinds
