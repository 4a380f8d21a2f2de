"""What rows of the results mean to a reader, the same in every view: who is who, which operations are one event, which
sessions are log-ins or remote access.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from scanner.report._order import Cut, Foremost
from scanner.report._words import natural
from scanner.results.model import DeviceRow, OperationRow, SessionRow
from scanner.results.publications import End

_TOGETHER = timedelta(minutes=1)  # between operations of one event
_NO_SECRET = frozenset({"none", "prompt"})  # kinds of credentials that say that there was no secret
_REMOTE = frozenset({"rdp", "vnc", "ssh", "telnet", "rlogin", "x11", "pcanywhere", "teamviewer", "anydesk", "winrm"})


def key_of(end: End) -> str:
    """By what an end is known: its device, else its address."""
    return end.device or end.address


def by_role(devices: Iterable[DeviceRow], first: Sequence[str], most: int) -> list[tuple[str, Cut[DeviceRow]]]:
    """The ``most`` busiest devices of each role; roles named in ``first`` first, those of no role last."""
    found: defaultdict[str, Foremost[DeviceRow]] = defaultdict(
        lambda: Foremost(most, lambda d: (-d.packets, natural(d.name)))
    )
    for device in devices:
        for role in device.roles or ("",):
            found[role].add(device)
    rank = {role: n for n, role in enumerate(first)}
    ranked = sorted(found, key=lambda r: (not r, rank.get(r, len(rank)), -len(found[r]), r))
    return [(role, found[role].cut()) for role in ranked]


def operation_name(row: OperationRow) -> str:
    """Its function (or code) with its object."""
    return " ".join(part for part in (row.function or row.code, row.object) if part)


def moment_of(iso: str) -> datetime | None:
    """A time of the results; None when there is none, or one without its zone."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def of_one_event(before: str, after: str) -> bool:
    """No long pause lies between the two times."""
    a, b = moment_of(before), moment_of(after)
    return a is not None and b is not None and b - a <= _TOGETHER


def secrets(row: SessionRow) -> tuple[str, ...]:
    """The kinds of credentials that a session showed, each once; empty when it is no log-in."""
    return tuple(sorted({*row.credentials} - _NO_SECRET))


def is_remote_access(row: SessionRow) -> bool:
    """Somebody works on the server from afar."""
    return row.protocol in _REMOTE


def certificate_key(row: SessionRow) -> tuple[str, int, str, str] | None:
    """By what a certificate at a server is known; None when the session shows none."""
    if not row.certificate:
        return None
    return row.server.address, row.port, row.certificate.subject, row.certificate.not_after
