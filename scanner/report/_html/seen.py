"""What was seen, whatever the verdicts say: roles, commands, log-ins, certificates, protocols, settings."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.report._html.cables import cables
from scanner.report._html.limits import LIMITS
from scanner.report._html.publications import publications
from scanner.report._html.timeline import timeline
from scanner.report._order import Cut, cut
from scanner.report._seen import by_role, certificate_key, is_remote_access, key_of, secrets
from scanner.report._words import cleaned, natural
from scanner.results.model import (
    CommandRow,
    DeviceRow,
    Finding,
    ProtocolRow,
    Results,
    SessionRow,
    SettingRow,
    UnrecognisedRow,
)
from scanner.results.publications import End
from scanner.results.rows import glances

_TOOLS = "remote-access-tool"  # the rule that knows tools by the names that they contact
_IMPORTANT = ("safety_controller", "controller", "engineering_station", "scada_server", "hmi", "ied", "io_device")


@dataclass(frozen=True)
class RoleView:
    """The devices of one role, the busiest first. ``role``: empty where none is known."""

    role: str
    devices: Cut[DeviceRow]


@dataclass(frozen=True)
class VerbCount:
    """One verb in a cell of the matrix."""

    verb: str
    changes: bool
    count: int
    refused: int


@dataclass(frozen=True)
class Commands:
    """Who commands whom. ``hidden``: requests between pairs that are not shown."""

    clients: Cut[End]
    servers: Cut[End]
    cells: dict[tuple[str, str], Cut[VerbCount]]
    hidden_pairs: int
    hidden_requests: int


@dataclass(frozen=True)
class ProtocolView:
    """A protocol and its share of all packets, in thousandths."""

    row: ProtocolRow
    share: int


@dataclass(frozen=True)
class Configuration:
    """One configuration file, and how many of its settings are about what."""

    source: str
    device: str
    dialect: str
    count: int
    categories: tuple[tuple[str, int], ...]


def seen(results: Results, devices: Sequence[DeviceRow]) -> dict[str, Any]:
    """The variables of the section. ``devices`` are fit to show."""
    logins, certificates, remote = _sessions(results.sessions)
    packets = sum(p.packets for p in results.protocols)
    protocols = sorted(results.protocols, key=lambda p: (not p.protocol, -p.packets, p.protocol))
    mix = [ProtocolView(p, round(1000 * p.packets / packets) if packets else 0) for p in protocols]
    tools = next((r for r in results.rules if r.rule == _TOOLS), None)
    return {
        "roles": cleaned(_roles(devices)),
        "commands": cleaned(_commands(results.commands)),
        "timeline": timeline(results.operations),
        "traffic": _traffic(results),
        "several_captures": sum(given.kind == "capture" for given in results.inputs) > 1,
        "publications": publications(results.publications),
        "settings": cleaned(cut(_configurations(results.settings), LIMITS.configurations)),
        "settings_total": len(results.settings),
        "logins": cleaned(cut(logins, LIMITS.sessions)),
        "in_clear": sum(1 for s in logins if s.encrypted is False),
        "certificates": cleaned(cut(certificates, LIMITS.sessions)),
        "expired": sum(1 for s in certificates if s.certificate and s.certificate.expired),
        "remote": cleaned(cut(remote, LIMITS.sessions)),
        "tools": cleaned(_findings(tools.findings if tools else ())),
        "exports": cleaned(cut(results.exports, LIMITS.exports)),
        "export_site": _common(row.site for row in results.exports),
        "exported": sum(row.bytes_out for row in results.exports),
        "cables": cables(results),
        "protocols": cleaned(cut(mix, LIMITS.protocols)),
        "packets": packets,
        "unrecognised": cleaned(_unrecognised(results.unrecognised)),
    }


def _common(sites: Iterable[str]) -> str:
    """The plant that all are of; empty where there are several, which are then shown."""
    found = set(sites)
    return found.pop() if len(found) == 1 else ""


def _traffic(results: Results) -> bool:
    """Whether some packet was understood."""
    rows = (results.protocols, results.operations, results.sessions, results.unrecognised, results.publications)
    return any(map(len, rows))


def _findings(findings: Sequence[Finding]) -> Cut[Finding]:
    return cut(findings, LIMITS.sessions)


def _roles(devices: Iterable[DeviceRow]) -> tuple[RoleView, ...]:
    return tuple(RoleView(role, found) for role, found in by_role(devices, _IMPORTANT, LIMITS.role_names))


def _commands(rows: Iterable[CommandRow]) -> Commands | None:
    """The matrix of those who change the most, then of those who command the most."""
    cells: dict[tuple[str, str], Counter[tuple[str, bool]]] = defaultdict(Counter)
    refused: Counter[tuple[str, str, str]] = Counter()
    ends: dict[str, End] = {}
    weights: dict[str, dict[str, list[int]]] = {"client": {}, "server": {}}
    for row in rows:
        client, server = key_of(row.client), key_of(row.server)
        ends |= {client: row.client, server: row.server}
        cells[client, server][row.verb, row.changes] += row.count
        refused[client, server, row.verb] += row.refused
        for side, key in (("client", client), ("server", server)):
            weight = weights[side].setdefault(key, [0, 0])
            weight[0] += row.count if row.changes else 0
            weight[1] += row.count
    if not cells:
        return None
    clients, servers = (
        cut(_ranked(weights[side], ends), most)
        for side, most in (("client", LIMITS.clients), ("server", LIMITS.controllers))
    )
    shown = {(c, s) for c in clients.shown for s in servers.shown}
    return Commands(
        Cut(tuple(ends[k] for k in clients.shown), clients.hidden),
        Cut(tuple(ends[k] for k in servers.shown), servers.hidden),
        {pair: _verbs(cells[pair], refused, pair) for pair in cells if pair in shown},
        sum(1 for pair in cells if pair not in shown),
        sum(sum(counts.values()) for pair, counts in cells.items() if pair not in shown),
    )


def _ranked(weights: dict[str, list[int]], ends: dict[str, End]) -> list[str]:
    """The keys of those that change the most, then of those that command the most."""
    return sorted(weights, key=lambda key: ([-n for n in weights[key]], natural(ends[key].name)))


def _verbs(
    counts: Counter[tuple[str, bool]], refused: Counter[tuple[str, str, str]], pair: tuple[str, str]
) -> Cut[VerbCount]:
    verbs = [VerbCount(verb, changes, n, refused[(*pair, verb)]) for (verb, changes), n in counts.items()]
    return cut(sorted(verbs, key=lambda v: (not v.changes, -v.count, v.verb)), LIMITS.verbs)


def _sessions(sessions: Iterable[SessionRow]) -> tuple[list[SessionRow], list[SessionRow], list[SessionRow]]:
    """Sessions with credentials (those in clear first), one for each certificate, and those of remote access."""
    logins, remote = [], []
    certificates: dict[tuple[str, int, str, str], SessionRow] = {}
    for session in sessions:
        if secrets(session):
            logins.append(session)
        shown = certificate_key(session)
        if shown:
            certificates.setdefault(shown, session)
        if is_remote_access(session):
            remote.append(session)
    logins.sort(key=lambda s: (s.encrypted is not False, s.protocol, natural(s.server.name), natural(s.client.name)))
    remote.sort(key=lambda s: (s.encrypted is True, s.protocol, natural(s.server.name), natural(s.client.name)))
    by_expiry = sorted(certificates.values(), key=lambda s: s.certificate.not_after if s.certificate else "")
    return logins, by_expiry, remote


def _configurations(settings: Iterable[SettingRow]) -> list[Configuration]:
    files: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for row in settings:
        files[row.source, row.device, row.dialect][row.category] += 1
    made = [Configuration(*key, found.total(), tuple(found.most_common())) for key, found in files.items()]
    return sorted(made, key=lambda c: (natural(c.device), c.source))


def _unrecognised(rows: Sequence[UnrecognisedRow]) -> Cut[UnrecognisedRow]:
    """Those with the most packets."""
    ranked = heapq.nsmallest(LIMITS.unrecognised, enumerate(glances(rows)), key=lambda placed: _weight(placed[1]))
    return Cut(tuple(rows[place] for place, _ in ranked), len(rows) - len(ranked))


def _weight(row: UnrecognisedRow) -> tuple[object, ...]:
    return -row.packets, row.client.address, row.server.address, row.port
