"""What was seen, whatever the verdicts say: devices, commands, changes, log-ins, certificates, protocols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from scanner.report._terminal import observed
from scanner.report._terminal.observed import Access, Event, Pair
from scanner.report._terminal.page import Page, Part, short
from scanner.report._words import moment, natural
from scanner.results.model import Results, UnrecognisedRow
from scanner.results.publications import End

_NAMES = 4  # of one role, or clients of one server
_PAIRS = 8
_VERBS = 6  # of a pair
_EVENTS = 10
_FUNCTIONS = 3  # of an event
_FRAMES = 5
_SESSIONS = 5
_PROTOCOLS = 10
_UNRECOGNISED = 3
_OUTCOMES = ("accepted", "refused", "unanswered", "unobserved")


@dataclass(frozen=True)
class Observed:
    """What the results show beside the verdicts, summed up once for the heading and the block."""

    results: Results

    @cached_property
    def pairs(self) -> list[Pair]:
        """Who commands whom."""
        return observed.pairs(self.results.commands)

    @cached_property
    def events(self) -> list[Event]:
        """What changed a device."""
        return observed.events(self.results.operations)

    @cached_property
    def sessions(self) -> observed.Sessions:
        """Log-ins, remote access and certificates."""
        return observed.sessions(self.results.sessions)

    @property
    def anything(self) -> bool:
        """Whether there is something to tell."""
        r = self.results
        return any(map(len, (r.devices, r.operations, r.sessions, r.settings, r.protocols)))

    def changes(self) -> tuple[int, dict[str, int], int]:
        """Requests that change a device, the same by verb, and those that were refused."""
        rows = [row for row in self.results.commands if row.changes]
        verbs: dict[str, int] = {}
        for row in rows:
            verbs[row.verb] = verbs.get(row.verb, 0) + row.count
        ranked = dict(sorted(verbs.items(), key=lambda item: -item[1]))
        return sum(verbs.values()), ranked, sum(row.refused for row in rows)


def in_short(page: Page, seen: Observed) -> str:
    """One line of what matters most; empty when nothing was seen."""
    total, verbs, _ = seen.changes()
    parts = []
    if total:
        named = ", ".join(f"{page.word('verb', verb)} ×{n:,}" for verb, n in verbs.items())
        changing = [pair for pair in seen.pairs if pair.changing]
        key = "brief.changes" if len(changing) == 1 else "brief.changes-mostly"
        parts.append(page.say(key, n=total, verbs=named, ends=_ends(page, changing[0])))
    elif seen.results.protocols:
        parts.append(page.say("brief.no-changes"))
    writes = sum(row.count for row in seen.results.commands if not row.changes)
    counts = {
        "brief.commands": writes,
        "brief.in-clear": seen.sessions.in_clear,
        "brief.remote": len(seen.sessions.remote),
        "brief.expired": len(seen.sessions.expired),
        "brief.unrecognised": len(seen.results.unrecognised),
        "brief.public": sum(1 for device in seen.results.devices if device.public),
    }
    parts += [page.say(key, n=n) for key, n in counts.items() if n]
    return page.say("brief.join").join(parts)


def _ends(page: Page, pair: Pair) -> str:
    return f"{page.end(pair.client)} → {page.end(pair.server)}"


def show_seen(page: Page, seen: Observed) -> None:
    """The block, one field after the other; what there is not is said as well, where a reader would ask."""
    page.section(page.say("brief.seen"), page.say("brief.seen-note"))
    if not seen.anything:
        page.paragraph(page.say("brief.nothing"), indent=2)
        return
    if len(seen.results.devices):
        _devices(page, seen.results)
    if seen.results.protocols:
        _commands(page, seen.pairs)
        _changes(page, seen)
        _accesses(page, "brief.logins", seen.sessions.logins)
        _accesses(page, "brief.remote-access", seen.sessions.remote)
        _certificates(page, seen)
        _protocols(page, seen.results)
        _unrecognised(page, seen.results)
    if len(seen.results.settings):
        _settings(page, seen.results)


def _settings(page: Page, results: Results) -> None:
    files = [given for given in results.inputs if given.kind == "configuration"]
    names = [short(page.pick(given.details.get("device", {})) or given.source) for given in files]
    count = page.say("brief.settings-count", n=len(results.settings), files=len(files))
    page.field(page.say("brief.settings"), count, f": {_some(page, names, _NAMES)}" if names else "")


def _devices(page: Page, results: Results) -> None:
    page.field(page.say("brief.devices"), page.say("brief.devices-count", n=len(results.devices)))
    for role, devices in observed.by_role(results.devices, _NAMES):
        names = [short(device.name) for device in devices.shown]
        name = short(page.word("role", role)) if role else page.say("brief.no-role")
        page.item(f"{name} ({devices.total:,}): {_listed(page, names, devices.hidden)}")


def _some(page: Page, names: list[str], limit: int) -> str:
    """The first names, and how many more there are."""
    return _listed(page, names[:limit], len(names) - limit)


def _listed(page: Page, names: list[str], hidden: int) -> str:
    listed = ", ".join(names)
    return f"{listed} {page.say('more-here', n=hidden)}" if hidden > 0 else listed


def _commands(page: Page, pairs: list[Pair]) -> None:
    if not pairs:
        page.field(page.say("brief.who"), page.say("brief.none"))
        return
    page.field(page.say("brief.who"), page.say("brief.pairs", n=len(pairs)))
    for pair in pairs[:_PAIRS]:
        _pair(page, pair)
    hidden = pairs[_PAIRS:]
    page.more(len(hidden), "brief.more-pairs", requests=sum(p.verbs.total() for p in hidden))


def _pair(page: Page, pair: Pair) -> None:
    ranked = sorted(pair.verbs, key=lambda v: (v not in pair.changing, -pair.verbs[v], v))
    parts: list[Part] = [f"{_ends(page, pair)}: "]
    for n, verb in enumerate(ranked[:_VERBS]):
        parts += [
            ", " if n else "",
            (f"{page.word('verb', verb)} ×{pair.verbs[verb]:,}", _style(verb in pair.changing)),
        ]
    if len(ranked) > _VERBS:
        parts.append(f" {page.say('more-here', n=len(ranked) - _VERBS)}")
    if pair.refused:
        parts.append(f" ({page.say('brief.outcome.refused', n=pair.refused)})")
    page.item(*parts, (f"  {', '.join(map(page.protocol, sorted(pair.protocols)))}", "dim"))


def _style(changing: bool) -> str:
    return "bold" if changing else ""


def _changes(page: Page, seen: Observed) -> None:
    total, _, refused = seen.changes()
    if not total:
        page.field(page.say("brief.timeline"), page.say("brief.none"))
        return
    note = page.say("brief.changes-note", n=total, refused=refused)
    page.field(page.say("brief.timeline"), note)
    telling = sorted(range(len(seen.events)), key=lambda n: (seen.events[n].row.allowed is True, n))[:_EVENTS]
    shown = [seen.events[n] for n in sorted(telling)]
    several = sum(given.kind == "capture" for given in seen.results.inputs) > 1
    for event in shown:
        _event(page, event, several=several)
    page.more(total - sum(event.count for event in shown), "brief.more-requests")


def _event(page: Page, event: Event, *, several: bool) -> None:
    row = event.row
    names = [name for name in event.functions if name]
    outcome = [page.say(f"brief.outcome.{name}", n=event.outcomes[name]) for name in _OUTCOMES if event.outcomes[name]]
    permission = {True: "allowed", False: "forbidden", None: "undecided"}[row.allowed]
    frames = ", ".join(map(str, event.frames[:_FRAMES])) + (", …" if len(event.frames) > _FRAMES else "")
    capture = f" ({short(PurePath(row.seen.source).name)})" if several and frames else ""
    what = f"{page.word('verb', row.verb)} ×{event.count:,}" if event.count > 1 else page.word("verb", row.verb)
    page.item(
        f"{_second(row.seen.first_time)}  {page.end(row.client)} → {page.end(row.server)}  ",
        (what, "bold"),
        f" ({page.protocol(row.protocol)}): ",
        f"{_some(page, [short(name) for name in names], _FUNCTIONS)}; " if names else "",
        ", ".join(outcome),
        (f"; {page.say(f'brief.permission.{permission}')}", "" if row.allowed else "yellow"),
        (f"  #{frames}{capture}" if frames else "", "dim"),
    )


def _second(time: str) -> str:
    """A time in UTC without its fraction, as there is one zone for the whole block."""
    return moment(time).removesuffix(" UTC").partition(".")[0]


def _accesses(page: Page, title: str, accesses: Mapping[Access, Mapping[str, End]]) -> None:
    if not accesses:
        page.field(page.say(title), page.say("brief.none"))
        return
    clear = sum(1 for access in accesses if access.encrypted is False)
    page.field(page.say(title), page.say("brief.accesses", n=len(accesses), clear=clear))
    for access, clients in list(accesses.items())[:_SESSIONS]:
        kinds = ", ".join(page.word("credentials", kind) for kind in access.kinds)
        names = sorted((page.end(client) for client in clients.values()), key=natural)
        state = {True: "encrypted", False: "in-clear", None: "unknown"}[access.encrypted]
        page.item(
            f"{page.protocol(access.protocol)}: {_some(page, names, _NAMES)} → {page.end(access.server)}: ",
            f"{kinds}, " if kinds else "",
            (page.say(f"brief.protection.{state}"), "yellow" if access.encrypted is False else ""),
        )
    page.more(len(accesses) - _SESSIONS, "more-lines")


def _certificates(page: Page, seen: Observed) -> None:
    certificates, expired = seen.sessions.certificates, seen.sessions.expired
    if not certificates:
        return
    unsigned = sum(1 for s in certificates.values() if s.certificate and s.certificate.self_signed)
    page.field(
        page.say("brief.certificates"),
        page.say("brief.certificates-count", n=len(certificates), expired=len(expired), self_signed=unsigned),
    )
    for session in expired[:_SESSIONS]:
        if session.certificate:
            until = _second(session.certificate.not_after)
            subject = short(session.certificate.subject)
            page.item(page.say("brief.expired-on", subject=subject, server=page.end(session.server), until=until))
    page.more(len(expired) - _SESSIONS, "more-lines")


def _protocols(page: Page, results: Results) -> None:
    packets = sum(row.packets for row in results.protocols)
    ranked = sorted(results.protocols, key=lambda row: (not row.protocol, -row.packets, row.protocol))
    named = [row for row in ranked if row.protocol]
    texts = [f"{page.protocol(row.protocol)} {_share(row.packets, packets)}" for row in named[:_PROTOCOLS]]
    rest = sum(row.packets for row in named[_PROTOCOLS:])
    if rest:
        texts.append(page.say("brief.more-protocols", n=len(named) - _PROTOCOLS, share=_share(rest, packets)))
    texts += [f"{page.say('brief.no-protocol')} {_share(row.packets, packets)}" for row in ranked if not row.protocol]
    page.field(page.say("brief.protocols"), ", ".join(texts))


def _share(part: int, whole: int) -> str:
    share = part / whole if whole else 0.0
    return "<1%" if 0 < share < 0.01 else f"{share:.0%}"


def _unrecognised(page: Page, results: Results) -> None:
    if not len(results.unrecognised):
        page.field(page.say("brief.unknown-traffic"), page.say("brief.all-recognised"))
        return
    page.field(page.say("brief.unknown-traffic"), page.say("brief.unknown-count", n=len(results.unrecognised)))
    for row in _first(results.unrecognised):
        page.item(f"{page.end(row.client)} → {page.end(row.server)}, {_port(row)}: ", _amount(page, row))
    page.more(len(results.unrecognised) - _UNRECOGNISED, "more-lines")


def _first(rows: Iterable[UnrecognisedRow]) -> list[UnrecognisedRow]:
    return [row for row, _ in zip(rows, range(_UNRECOGNISED), strict=False)]


def _port(row: UnrecognisedRow) -> str:
    return f"{row.transport} 0x{row.port:04x}" if row.transport == "ethernet" else f"{row.transport} {row.port}"


def _amount(page: Page, row: UnrecognisedRow) -> str:
    return f"{page.say('packets', n=row.packets)}, {page.say('bytes', n=row.bytes)}"
