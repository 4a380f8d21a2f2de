"""The learned policy as YAML text. Whatever comes from the wire stands in comments, where nothing can escape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.learn import roles
from scanner.learn.authority import Authority, Undecided, Writer
from scanner.learn.conduits import Conduit, Crossings, Use
from scanner.learn.partition import Partition
from scanner.learn.seen import Participant, SeenTraffic
from scanner.learn.zones import Zone
from scanner.policy.yaml_text import comment, scalar
from scanner.protocols.base import Verb
from scanner.wording import Plural, Said, said

_MOST_NAMED, _MOST_ASKED = 30, 200
_ZONES = Plural("{n} zone", "{n} zones")
_DEVICES = Plural("{n} device", "{n} devices")
_CONDUITS = Plural("{n} conduit", "{n} conduits")
_DOES = {
    Verb.STOP: "stop",
    Verb.START: "start",
    Verb.RESTART: "restart",
    Verb.MODE_CHANGE: "change the operating mode of",
    Verb.PROGRAM_DOWNLOAD: "load a program into",
    Verb.PROGRAM_UPLOAD: "read the program of",
    Verb.FIRMWARE_UPDATE: "change the firmware of",
    Verb.CONFIGURE: "configure",
    Verb.FILE_WRITE: "write files to",
    Verb.FILE_DELETE: "delete files of",
    Verb.WRITE: "write values to",
    Verb.OPERATE: "operate",
}


@dataclass(frozen=True)
class Learned:
    """Everything that a policy is written from."""

    seen: SeenTraffic
    zones: tuple[Zone, ...]
    partition: Partition
    authority: Authority
    crossings: Crossings


def policy_text(learned: Learned) -> str:
    """The YAML text, ending with a line feed."""
    parts = (_head, _zones, _conduits, _internet, _writers, _undecided, _roles)
    return "\n".join(line for part in parts for line in part(learned)) + "\n"


# --- pieces -----------------------------------------------------------------------------------------------------------


def _list(items: Iterable[str | int]) -> str:
    return "[" + ", ".join(str(i) if isinstance(i, int) else scalar(i) for i in items) + "]"


def _when(first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return "at an unknown time"
    start, end = (f"{t:%Y-%m-%d %H:%M:%S}" for t in (first, last))
    return f"{start} UTC" if start == end else f"{start} to {end[11:] if start[:10] == end[:10] else end} UTC"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _frames(frames: Sequence[int]) -> str:
    return f"frame{'s' if len(frames) > 1 else ''} {', '.join(map(str, frames))}" if frames else "no frame number"


def _who(learned: Learned, node: str, address: str) -> str:
    known = learned.seen.nodes.get(node)
    return f"{comment(known.name)} ({address})" if known and known.name not in (address, node) else address


def _named(learned: Learned, ends: Iterable[tuple[str, str]]) -> str:
    """Names of addresses, for a comment; empty when none has one."""
    told = [_who(learned, node, address) for node, address in sorted(set(ends))]
    more = f" and {len(told) - _MOST_NAMED} more" if len(told) > _MOST_NAMED else ""
    return ", ".join(told[:_MOST_NAMED]) + more if any("(" in t for t in told) else ""


# --- parts of the file ------------------------------------------------------------------------------------------------


def summary(learned: Learned) -> list[Said]:
    """What was learned and how good it is, in sentences."""
    found = learned.partition
    return [
        said(
            "{zones} of {devices}, {conduits}, {n} undecided.",
            zones=_ZONES.of(len(learned.zones)),
            devices=_DEVICES.of(sum(len(z.nodes) for z in learned.zones)),
            conduits=_CONDUITS.of(len(learned.crossings.conduits)),
            n=len(learned.authority.undecided),
        ),
        said(
            "Quality of the zones: modularity {modularity:.2f} (-0.5 to 1; below supervision), "
            "stability {stability:.2f} (mean adjusted Rand index of 20 resamplings, 1 is the same every time).",
            modularity=found.modularity,
            stability=found.stability,
        ),
    ]


def _head(learned: Learned) -> Iterator[str]:
    yield "# Zones and conduits as learned from what was seen: a draft for people to read, correct and confirm."
    yield "# Nothing that changes a controller is allowed here. Each such operation is a question in this file and an"
    yield "# entry under undecided; a scan with this policy gives it for review. To allow it, remove the # and entry."
    seen = learned.seen
    packets = int(seen.relations["packets"].sum()) if seen.relations.height else 0
    yield f"# Seen: {packets:,} packets of conversations, {_when(seen.first, seen.last)}."
    yield from (f"# {sentence}" for sentence in summary(learned))
    yield "otaudit_policy: 1"


def _zones(learned: Learned) -> Iterator[str]:
    if not learned.zones:
        return
    yield ""
    yield "zones:"
    for zone in learned.zones:
        yield f"  - id: {scalar(zone.id)}"
        if zone.name and zone.name != zone.id:
            yield f"    name: {scalar(zone.name)}"
        level = f"{zone.level:g}"
        source = "listed" if any(n.level == zone.level for n in zone.nodes) else "from the roles of its devices"
        yield f"    level: {level}  # {source}"
        yield "    members:"
        for key, values in (("subnets", zone.subnets), ("vlans", zone.vlans), ("macs", zone.macs)):
            if values:
                yield f"      {key}: {_list(values)}"
        yield f"    # {len(zone.nodes)} devices, {sum(n.packets for n in zone.nodes):,} packets"
        for node in zone.nodes[:_MOST_NAMED]:
            yield f"    #   {_device(node)}"
        if len(zone.nodes) > _MOST_NAMED:
            yield f"    #   and {len(zone.nodes) - _MOST_NAMED} more"


def _device(node: Participant) -> str:
    where = ", ".join(node.addresses) or node.mac
    name = f" {comment(node.name)}" if node.name not in (*node.addresses, node.id) else ""
    told = f": {', '.join(sorted(node.roles))}" if node.roles else ""
    return f"{where}{name}{told}; {node.packets:,} packets, {_when(node.first, node.last)}"


def _conduits(learned: Learned) -> Iterator[str]:
    crossings = learned.crossings
    if not crossings.conduits and not crossings.asked:
        return
    yield ""
    if crossings.conduits:
        yield "conduits:"
    else:
        yield "# conduits:"
    ids = _Ids()
    for conduit in crossings.conduits:
        yield f"  - id: {scalar(ids.of(conduit))}"
        yield f"    from: {scalar(conduit.from_zone)}"
        yield f"    to: {scalar(conduit.to_zone)}"
        yield f"    protocols: {_list(conduit.protocols)}"
        yield f"    verbs: {_list(conduit.verbs)}"
        yield f"    clients: {_list(conduit.clients)}"
        yield from (f"    # {line}" for line in _evidence(learned, conduit.uses))
    for conduit in crossings.asked[:_MOST_ASKED]:
        clients = ", ".join(sorted({_who(learned, u.c, u.client) for u in conduit.uses})[:5])
        what = ", ".join(conduit.protocols)
        ends = f"from {conduit.from_zone} to {conduit.to_zone}"
        yield f"  # May {clients} use {what} {ends}? Asked because {conduit.why}."
        yield from (f"  # {line}" for line in _evidence(learned, conduit.uses))
        yield f"  # If yes, remove the #{_if_first(crossings)}:"
        yield f"  # - {_flow_conduit(ids.of(conduit), conduit)}"
    yield from _left_out(crossings)


def _left_out(crossings: Crossings) -> Iterator[str]:
    if len(crossings.asked) > _MOST_ASKED:
        yield f"  # and {len(crossings.asked) - _MOST_ASKED:,} more, of which none is allowed"


def _if_first(crossings: Crossings) -> str:
    return "" if crossings.conduits else " and that of conduits"


def _flow_conduit(name: str, conduit: Conduit) -> str:
    return (
        f"{{id: {scalar(name)}, from: {scalar(conduit.from_zone)}, to: {scalar(conduit.to_zone)}, "
        f"protocols: {_list(conduit.protocols)}, verbs: {_list(conduit.verbs)}, clients: {_list(conduit.clients)}}}"
    )


def _evidence(learned: Learned, uses: Sequence[Use]) -> Iterator[str]:
    packets = sum(u.packets for u in uses)
    first = min((u.first for u in uses if u.first), default=None)
    last = max((u.last for u in uses if u.last), default=None)
    servers = sorted({s for u in uses for s in u.servers})
    frames = sorted({f for u in uses for f in u.frames})[:5]
    yield (
        f"{packets:,} packets to {', '.join(servers[:5])}{' and more' if len(servers) > 5 else ''}; "
        + _when(first, last)
        + f"; {_frames(frames)}"
    )
    names = _named(learned, [(u.c, u.client) for u in uses])
    if names:
        yield f"clients: {names}"


class _Ids:
    """Ids of conduits, each once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, conduit: Conduit) -> str:
        """From zones and first protocol; cut to what a policy takes."""
        service = re.sub(r"[^\w.-]+", "-", conduit.protocols[0])
        word = f"{conduit.from_zone[:22]}-to-{conduit.to_zone[:22]}-{service[:10]}".strip("-.")
        number, name = 1, word
        while name in self._given:
            number += 1
            name = f"{word}-{number}"
        self._given.add(name)
        return name


def _internet(learned: Learned) -> Iterator[str]:
    if not learned.crossings.internet:
        return
    yield ""
    yield "# The Internet is in no zone and no conduit leads there. What was seen of it:"
    for client, server, use in learned.crossings.internet[:_MOST_ASKED]:
        yield (
            f"#   May {_who(learned, use.c, client)} talk to {_who(learned, server, server)} by {use.service}? "
            f"{use.packets:,} packets, {_when(use.first, use.last)}, {_frames(use.frames)}."
        )
    left = len(learned.crossings.internet) - _MOST_ASKED
    if left > 0:
        yield f"#   and {left:,} more"


def _writers(learned: Learned) -> Iterator[str]:
    found = writer_entries(learned.authority.writers)
    zones = {node.id: zone.id for zone in learned.zones for node in zone.nodes}
    undecided = learned.authority.undecided
    if not found and not undecided:
        return
    yield ""
    yield "writers:" if found else "# writers:"
    for (client, protocol, verbs), writers in found.items():
        yield f"  - targets: {_list(dict.fromkeys(w.server for w in writers))}"
        yield f"    clients: {_list([client])}"
        yield f"    verbs: {_list(verbs)}"
        yield f"    protocols: {_list([protocol])}"
        first = min((w.first for w in writers if w.first), default=None)
        last = max((w.last for w in writers if w.last), default=None)
        count = sum(w.count for w in writers)
        yield f"    # {_who(learned, writers[0].c, client)}, {writers[0].why}; {_times(count)}, {_when(first, last)}"
    for number, item in enumerate(undecided, start=1):
        yield f"  # u{number}: {_question(learned, item)}"
        yield f"  # If yes, remove the # and entry u{number} under undecided:" + (
            "" if found else " (and the # of writers)"
        )
        yield f"  # - {_flow_writer(item)}"
        start, end = zones.get(item.c), zones.get(item.s)
        if start and end and start != end:
            conduit = Conduit(start, end, (item.protocol,), tuple(item.verbs), (item.client,), ())
            yield "  # and under conduits:"
            yield f"  # - {_flow_conduit(f'u{number}', conduit)}"


def _flow_writer(item: Undecided) -> str:
    return (
        f"{{targets: {_list([item.server])}, clients: {_list([item.client])}, verbs: {_list(item.verbs)}, "
        f"protocols: {_list([item.protocol])}}}"
    )


def writer_entries(writers: Iterable[Writer]) -> Mapping[tuple[str, str, tuple[str, ...]], list[Writer]]:
    """Writers by client, protocol and verbs, so that no target gets a verb that was not seen."""
    verbs: dict[tuple[str, str, str], list[Writer]] = {}
    for writer in writers:
        verbs.setdefault((writer.client, writer.protocol, writer.server), []).append(writer)
    found: dict[tuple[str, str, tuple[str, ...]], list[Writer]] = {}
    for (client, protocol, _), same in sorted(verbs.items()):
        found.setdefault((client, protocol, tuple(sorted({w.verb for w in same}))), []).extend(same)
    return found


def _question(learned: Learned, item: Undecided) -> str:
    does = [_DOES.get(Verb(v), v) for v in item.verbs]
    done = ", ".join(does[:-1]) + (" and " if does[:-1] else "") + does[-1]
    told = f" ({comment(', '.join(item.described))})" if item.described else ""
    why = "".join(f" {sentence}." for sentence in item.why)
    return (
        f"May {_who(learned, item.c, item.client)} {done} {_who(learned, item.s, item.server)} over {item.protocol}? "
        f"Seen {_times(item.count)}{told}, {_when(item.first, item.last)}, {_frames(item.frames)}.{why}"
    )


def _undecided(learned: Learned) -> Iterator[str]:
    if not learned.authority.undecided:
        return
    yield ""
    yield "undecided:"
    for number, item in enumerate(learned.authority.undecided, start=1):
        yield (
            f"  - {{client: {scalar(item.client)}, server: {scalar(item.server)}, protocol: {scalar(item.protocol)}, "
            f"verbs: {_list(item.verbs)}}}  # u{number}"
        )


def _roles(learned: Learned) -> Iterator[str]:
    found = roles.roles(node for zone in learned.zones for node in zone.nodes)
    if not found:
        return
    yield ""
    given = any(not line.asked for lines in found.values() for line in lines)
    yield "roles:" if given else "# roles:"
    for role, lines in found.items():
        sure = [line for line in lines if not line.asked]
        asked = [line for line in lines if line.asked]
        if sure:
            yield f"  {role}:"
            for line in sure:
                yield f"    - {scalar(line.member)}  # {_reason(line)}"
        elif asked:
            yield f"  # {role}:"
        for line in asked:
            yield f"    # May {_reason(line)} act as {role.replace('_', ' ')}? If yes, remove the #:"
            yield f"    # - {scalar(line.member)}"


def _reason(line: roles.RoleMember) -> str:
    name = "" if line.node.name in (line.member, line.node.id) else f"{comment(line.node.name)}, "
    return f"{name}{line.member}, {comment(line.why)}" if line.asked else f"{name}{comment(line.why)}"
