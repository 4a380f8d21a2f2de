"""The learned policy as YAML text with remarks in the language of whoever asked for it.

Whatever comes from the wire stands in remarks, where nothing can escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from scanner.learn import roles
from scanner.learn.authority import Authority, Undecided, Writer
from scanner.learn.conduits import Conduit, Crossings, Use
from scanner.learn.partition import Partition
from scanner.learn.seen import Participant, SeenTraffic
from scanner.learn.zones import Zone
from scanner.policy.yaml_text import comment, scalar
from scanner.protocols.base import Verb
from scanner.wording import NOTHING, Plural, Said, enumerated, joined, listed, said, term, verbatim

_MOST_NAMED, _MOST_ASKED = 30, 200
_LONGEST_REMARK = 4000  # characters
_ZONES = Plural("{n} zone", "{n} zones")
_DEVICES = Plural("{n} device", "{n} devices")
_CONDUITS = Plural("{n} conduit", "{n} conduits")
_PACKETS = Plural("{n} packet", "{n} packets")
_TIMES = Plural("{n} time", "{n} times")
_FRAMES = Plural("frame {frames}", "frames {frames}")
_DOES = {
    Verb.STOP: said("stop it"),
    Verb.START: said("start it"),
    Verb.RESTART: said("restart it"),
    Verb.MODE_CHANGE: said("change its operating mode"),
    Verb.PROGRAM_DOWNLOAD: said("load a program into it"),
    Verb.PROGRAM_UPLOAD: said("read its program"),
    Verb.FIRMWARE_UPDATE: said("change its firmware"),
    Verb.CONFIGURE: said("configure it"),
    Verb.FILE_WRITE: said("write files to it"),
    Verb.FILE_DELETE: said("delete its files"),
    Verb.WRITE: said("write its values"),
    Verb.OPERATE: said("operate it"),
}


@dataclass(frozen=True)
class Learned:
    """Everything that a policy is written from."""

    seen: SeenTraffic
    zones: tuple[Zone, ...]
    partition: Partition
    authority: Authority
    crossings: Crossings


class PolicyLine(NamedTuple):
    """A line of the file: YAML, or what stands in front of a remark; the remark."""

    yaml: str = ""
    remark: Said = NOTHING


def policy_text(learned: Learned, speak: Callable[[str], str] = str) -> str:
    """The YAML text, ending with a line feed. speak: a sentence in the language of the reader."""
    parts = (_head, _zones, _conduits, _internet, _writers, _undecided, _roles)
    return "".join(f"{_written(line, speak)}\n" for part in parts for line in part(learned))


def _written(line: PolicyLine, speak: Callable[[str], str]) -> str:
    if not line.remark:
        return line.yaml
    mark = "   " if line.yaml.endswith("#") else "  # " if line.yaml.strip() else "# "
    return f"{line.yaml}{mark}{comment(speak(line.remark), _LONGEST_REMARK)}"


# --- pieces -----------------------------------------------------------------------------------------------------------


def _list(items: Iterable[str | int]) -> str:
    return "[" + ", ".join(str(i) if isinstance(i, int) else scalar(i) for i in items) + "]"


def _when(first: datetime | None, last: datetime | None) -> Said:
    if first is None or last is None:
        return said("at an unknown time")
    start, end = (f"{t:%Y-%m-%d %H:%M:%S}" for t in (first, last))
    if start == end:
        return said("{start} UTC", start=start)
    return said("{start} to {end} UTC", start=start, end=end[11:] if start[:10] == end[:10] else end)


def _frames(frames: Sequence[int]) -> Said:
    return _FRAMES.of(len(frames), frames=listed(map(str, frames))) if frames else said("no frame number")


def _who(learned: Learned, node: str, address: str) -> str:
    known = learned.seen.nodes.get(node)
    return f"{comment(known.name)} ({address})" if known and known.name not in (address, node) else address


def _named(learned: Learned, ends: Iterable[tuple[str, str]]) -> Said:
    """Names of addresses, for a remark; nothing when none has one."""
    names = [_who(learned, node, address) for node, address in sorted(set(ends))]
    if all("(" not in name for name in names):
        return NOTHING
    return listed(names[:_MOST_NAMED], len(names) - _MOST_NAMED)


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


def _head(learned: Learned) -> Iterator[PolicyLine]:
    seen = learned.seen
    packets = int(seen.relations["packets"].sum()) if seen.relations.height else 0
    for remark in (
        said("Zones and conduits as learned from what was seen: a draft for people to read, correct and confirm."),
        said(
            "Nothing that changes a controller is allowed here: each such operation is a question in this file and an "
            "entry under undecided, which a scan with this policy gives for review."
        ),
        said("To allow it, remove the # in front of it, and its entry."),
        said(
            "Seen: {packets} of conversations, {when}.", packets=_PACKETS.of(packets), when=_when(seen.first, seen.last)
        ),
        *summary(learned),
    ):
        yield PolicyLine("", remark)
    yield PolicyLine("otaudit_policy: 1")


def _zones(learned: Learned) -> Iterator[PolicyLine]:
    if not learned.zones:
        return
    yield PolicyLine()
    yield PolicyLine("zones:")
    for zone in learned.zones:
        yield PolicyLine(f"  - id: {scalar(zone.id)}")
        if zone.name and zone.name != zone.id:
            yield PolicyLine(f"    name: {scalar(zone.name)}")
        own = any(n.level == zone.level for n in zone.nodes)
        yield PolicyLine(f"    level: {zone.level:g}", said("listed") if own else said("from the roles of its devices"))
        yield PolicyLine("    members:")
        for key, values in (("subnets", zone.subnets), ("vlans", zone.vlans), ("macs", zone.macs)):
            if values:
                yield PolicyLine(f"      {key}: {_list(values)}")
        packets = _PACKETS.of(sum(n.packets for n in zone.nodes))
        yield PolicyLine("    ", joined((_DEVICES.of(len(zone.nodes)), packets), term("comma")))
        for node in zone.nodes[:_MOST_NAMED]:
            yield PolicyLine("    #", _device(node))
        if len(zone.nodes) > _MOST_NAMED:
            yield PolicyLine("    #", said("and {n} more", n=len(zone.nodes) - _MOST_NAMED))


def _device(node: Participant) -> Said:
    where = ", ".join(node.addresses) or node.mac
    name = f" {comment(node.name)}" if node.name not in (*node.addresses, node.id) else ""
    what = f"{where}{name}"
    if node.roles:
        roles_ = listed(term(f"role.{role}", role) for role in sorted(node.roles))
        what = said("{device}: {roles}", device=what, roles=roles_)
    return said(
        "{device}; {packets}, {when}", device=what, packets=_PACKETS.of(node.packets), when=_when(node.first, node.last)
    )


def _conduits(learned: Learned) -> Iterator[PolicyLine]:
    crossings = learned.crossings
    if not crossings.conduits and not crossings.asked:
        return
    yield PolicyLine()
    yield PolicyLine("conduits:" if crossings.conduits else "# conduits:")
    ids = _Ids()
    for conduit in crossings.conduits:
        yield PolicyLine(f"  - id: {scalar(ids.of(conduit))}")
        yield PolicyLine(f"    from: {scalar(conduit.from_zone)}")
        yield PolicyLine(f"    to: {scalar(conduit.to_zone)}")
        yield PolicyLine(f"    protocols: {_list(conduit.protocols)}")
        yield PolicyLine(f"    verbs: {_list(conduit.verbs)}")
        yield PolicyLine(f"    clients: {_list(conduit.clients)}")
        yield from (PolicyLine("    ", remark) for remark in _evidence(learned, conduit.uses))
    for conduit in crossings.asked[:_MOST_ASKED]:
        question = said(
            "May {clients} use {protocols} from {start} to {end}? Asked because {why}.",
            clients=listed(sorted({_who(learned, u.c, u.client) for u in conduit.uses})[:5]),
            protocols=listed(conduit.protocols),
            start=conduit.from_zone,
            end=conduit.to_zone,
            why=conduit.why,
        )
        yield from (PolicyLine("  ", remark) for remark in (question, *_evidence(learned, conduit.uses)))
        yield PolicyLine("  ", _if_yes("conduits" if not crossings.conduits else ""))
        yield PolicyLine(f"  # - {_flow_conduit(ids.of(conduit), conduit)}")
    if len(crossings.asked) > _MOST_ASKED:
        yield PolicyLine(
            "  ", said("and {n} more, of which none is allowed", n=f"{len(crossings.asked) - _MOST_ASKED:,}")
        )


def _if_yes(key: str) -> Said:
    """What to do with the line below. key: the commented one that it needs above it."""
    return said("If yes, remove the # and that of {key}:", key=key) if key else said("If yes, remove the #:")


def _flow_conduit(name: str, conduit: Conduit) -> str:
    return (
        f"{{id: {scalar(name)}, from: {scalar(conduit.from_zone)}, to: {scalar(conduit.to_zone)}, "
        f"protocols: {_list(conduit.protocols)}, verbs: {_list(conduit.verbs)}, clients: {_list(conduit.clients)}}}"
    )


def _evidence(learned: Learned, uses: Sequence[Use]) -> Iterator[Said]:
    packets = sum(u.packets for u in uses)
    first = min((u.first for u in uses if u.first), default=None)
    last = max((u.last for u in uses if u.last), default=None)
    servers = sorted({s for u in uses for s in u.servers})
    frames = sorted({f for u in uses for f in u.frames})[:5]
    yield said(
        "{packets} to {servers}; {when}; {frames}",
        packets=_PACKETS.of(packets),
        servers=listed(servers[:5], len(servers) - 5),
        when=_when(first, last),
        frames=_frames(frames),
    )
    names = _named(learned, [(u.c, u.client) for u in uses])
    if names:
        yield said("clients: {names}", names=names)


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


def _internet(learned: Learned) -> Iterator[PolicyLine]:
    if not learned.crossings.internet:
        return
    yield PolicyLine()
    yield PolicyLine("", said("The Internet is in no zone and no conduit leads there. What was seen of it:"))
    for client, server, use in learned.crossings.internet[:_MOST_ASKED]:
        question = said(
            "May {client} talk to {server} by {protocol}? {packets}, {when}, {frames}.",
            client=_who(learned, use.c, client),
            server=_who(learned, server, server),
            protocol=use.service,
            packets=_PACKETS.of(use.packets),
            when=_when(use.first, use.last),
            frames=_frames(use.frames),
        )
        yield PolicyLine("#", question)
    left = len(learned.crossings.internet) - _MOST_ASKED
    if left > 0:
        yield PolicyLine("#", said("and {n} more", n=f"{left:,}"))


def _writers(learned: Learned) -> Iterator[PolicyLine]:
    found = writer_entries(learned.authority.writers)
    zones = {node.id: zone.id for zone in learned.zones for node in zone.nodes}
    undecided = learned.authority.undecided
    if not found and not undecided:
        return
    yield PolicyLine()
    yield PolicyLine("writers:" if found else "# writers:")
    for (client, protocol, verbs), writers in found.items():
        yield PolicyLine(f"  - targets: {_list(dict.fromkeys(w.server for w in writers))}")
        yield PolicyLine(f"    clients: {_list([client])}")
        yield PolicyLine(f"    verbs: {_list(verbs)}")
        yield PolicyLine(f"    protocols: {_list([protocol])}")
        first = min((w.first for w in writers if w.first), default=None)
        last = max((w.last for w in writers if w.last), default=None)
        count = sum(w.count for w in writers)
        evidence = said(
            "{client}, {why}; {times}, {when}",
            client=_who(learned, writers[0].c, client),
            why=writers[0].why,
            times=_TIMES.of(count),
            when=_when(first, last),
        )
        yield PolicyLine("    ", evidence)
    for number, item in enumerate(undecided, start=1):
        yield PolicyLine("  ", said("{number}: {question}", number=f"u{number}", question=_question(learned, item)))
        if found:
            yield PolicyLine(
                "  ", said("If yes, remove the # and entry {number} under undecided:", number=f"u{number}")
            )
        else:
            remark = said(
                "If yes, remove the #, that of writers, and entry {number} under undecided:", number=f"u{number}"
            )
            yield PolicyLine("  ", remark)
        yield PolicyLine(f"  # - {_flow_writer(item)}")
        start, end = zones.get(item.c), zones.get(item.s)
        if start and end and start != end:
            conduit = Conduit(start, end, (item.protocol,), tuple(item.verbs), (item.client,), ())
            yield PolicyLine("  ", said("and under conduits:"))
            yield PolicyLine(f"  # - {_flow_conduit(f'u{number}', conduit)}")


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


def _question(learned: Learned, item: Undecided) -> Said:
    seen = _TIMES.of(item.count)
    if item.described:
        seen = said("{times} ({operations})", times=seen, operations=comment(", ".join(item.described)))
    question = said(
        "May {client} reach {server} over {protocol} to {verbs}? Seen {times}, {when}, {frames}",
        client=_who(learned, item.c, item.client),
        server=_who(learned, item.s, item.server),
        protocol=item.protocol,
        verbs=enumerated([_DOES.get(Verb(v)) or said("{verb}", verb=v) for v in item.verbs]),
        times=seen,
        when=_when(item.first, item.last),
        frames=_frames(item.frames),
    )
    return said("{sentences}.", sentences=joined((question, *item.why), term("between-sentences")))


def _undecided(learned: Learned) -> Iterator[PolicyLine]:
    if not learned.authority.undecided:
        return
    yield PolicyLine()
    yield PolicyLine("undecided:")
    for number, item in enumerate(learned.authority.undecided, start=1):
        entry = (
            f"{{client: {scalar(item.client)}, server: {scalar(item.server)}, protocol: {scalar(item.protocol)}, "
            f"verbs: {_list(item.verbs)}}}"
        )
        yield PolicyLine(f"  - {entry}  # u{number}")


def _roles(learned: Learned) -> Iterator[PolicyLine]:
    found = roles.roles(node for zone in learned.zones for node in zone.nodes)
    if not found:
        return
    yield PolicyLine()
    given = any(not line.asked for lines in found.values() for line in lines)
    yield PolicyLine("roles:" if given else "# roles:")
    for role, lines in found.items():
        sure = [line for line in lines if not line.asked]
        asked = [line for line in lines if line.asked]
        if sure:
            yield PolicyLine(f"  {role}:")
            yield from (PolicyLine(f"    - {scalar(line.member)}", _reason(line)) for line in sure)
        elif asked:
            yield PolicyLine(f"  # {role}:")
        for line in asked:
            question = said(
                "May {device} act as {role}? If yes, remove the #:",
                device=_reason(line),
                role=term(f"role.{role}", role),
            )
            yield PolicyLine("    ", question)
            yield PolicyLine(f"    # - {scalar(line.member)}")


def _reason(line: roles.RoleMember) -> Said:
    name = "" if line.node.name in (line.member, line.node.id) else comment(line.node.name)
    member = line.member if line.asked else ""
    return joined(filter(None, (verbatim(name), verbatim(member), line.why)), term("comma"))
