"""What the results hold beside the verdicts, summed up until it fits a screen. Every sum is of all rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from scanner.report._words import natural
from scanner.results.model import CommandRow, DeviceRow, End, OperationRow, SessionRow

_TOGETHER = timedelta(minutes=1)  # between operations of one event
_FUNCTIONS = 40  # that an event remembers
_FRAMES = 20
_ROLES = ("safety_controller", "controller", "plc", "rtu", "dcs", "ied", "engineering_station", "scada_server", "hmi")
_NO_SECRET = frozenset({"none", "prompt"})  # kinds of credentials that say that there was no secret
_REMOTE = frozenset({"rdp", "vnc", "ssh", "telnet", "rlogin", "x11", "pcanywhere", "teamviewer", "anydesk", "winrm"})


def key_of(end: End) -> str:
    """By what an end is known: its device, else its address."""
    return end.device or end.address


def by_role(devices: Iterable[DeviceRow]) -> list[tuple[str, list[DeviceRow]]]:
    """Devices under each of their roles, the busiest first; those that control first, those of no role last."""
    found: dict[str, list[DeviceRow]] = defaultdict(list)
    for device in devices:
        for role in device.roles or ("",):
            found[role].append(device)
    rank = {role: n for n, role in enumerate(_ROLES)}
    ranked = sorted(found, key=lambda r: (not r, rank.get(r, len(rank)), -len(found[r]), r))
    return [(role, sorted(found[role], key=lambda d: (-d.packets, natural(d.name)))) for role in ranked]


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
        name = " ".join(part for part in (row.function or row.code, row.object) if part)
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
        if event is None or not _close(event.last, row.seen.first_time):
            event = latest[key] = Event(row, row.seen.last_time)
            found.append(event)
        event.add(row)
    return found


def _close(before: str, after: str) -> bool:
    try:
        return datetime.fromisoformat(after) - datetime.fromisoformat(before) <= _TOGETHER
    except (ValueError, TypeError):  # no time, or one without its zone
        return False


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
        kinds = tuple(sorted({*row.credentials} - _NO_SECRET))
        if kinds:
            access = Access(row.server, row.protocol, kinds, row.encrypted)
            found.logins.setdefault(access, {})[key_of(row.client)] = row.client
        if row.protocol in _REMOTE:
            access = Access(row.server, row.protocol, (), row.encrypted)
            found.remote.setdefault(access, {})[key_of(row.client)] = row.client
        if row.certificate:
            shown = (row.server.address, row.port, row.certificate.subject, row.certificate.not_after)
            found.certificates.setdefault(shown, row)
    found.logins = dict(sorted(found.logins.items(), key=lambda item: _order(item[0], clear=True)))
    found.remote = dict(sorted(found.remote.items(), key=lambda item: _order(item[0], clear=False)))
    return found


def _order(access: Access, *, clear: bool) -> tuple[object, ...]:
    first = access.encrypted is not False if clear else access.encrypted is True
    return first, access.protocol, natural(access.server.name), access.kinds
