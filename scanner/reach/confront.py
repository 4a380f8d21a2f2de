"""What configurations let through, beside what the policy allows and what captures show."""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanner.address_spans import AddressRange, overlap
from scanner.packet_sets import (
    ADDRESSES,
    ALL_PORTS,
    BEGINS,
    EITHER,
    Boxes,
    OnePacket,
    TooManyBoxes,
    answers_to,
    beginning,
    conversations,
    difference,
    intersection,
    meet,
)
from scanner.policy.directory import NameDirectory
from scanner.reach.ends import ZoneEnd
from scanner.reach.proofs import VERSIONS, Proof, Prover, ReachState, Witness
from scanner.reach.services import PORTED, Allowed, Ports, allowed, protocol_number

Row = Mapping[str, Any]
Proofs = Mapping[tuple[str, str], Proof]
Answered = Callable[[Mapping[int, Boxes]], bool]
_TCP = (6, 6)
# Of each range from which systems choose a client's port one that is hardly ever a service: of IANA, of Linux, and of
# old ones.
_CLIENT_PORTS = (60_123, 40_123, 4_123)


class Discord(enum.StrEnum):
    """How configurations, policy and captures contradict each other."""

    UNLISTED = "permitted-in-no-conduit"
    BLOCKED = "conduit-blocked"
    ONE_WAY = "conduit-without-answers"
    SEEN = "seen-though-closed"


class ConduitProof(NamedTuple):
    """What is proved of a protocol in a conduit, one way."""

    conduit: Row
    protocol: str
    client: str
    server: str
    state: ReachState
    answers: ReachState
    sure: Mapping[int, Boxes]
    beyond: tuple[str, ...]
    used: bool | None  # something that it allows was seen; None without captures


class Stray(NamedTuple):
    """What is proved of the packets of a pair of zones that no conduit allows. packets: those that certainly arrive."""

    state: ReachState
    packets: Mapping[int, Boxes]
    witness: Witness | None


class SeenFlow(NamedTuple):
    """A conversation that was answered, between two zones."""

    client: str
    server: str
    version: int
    packet: OnePacket
    row: Row


class SeenProof(NamedTuple):
    """What is proved of the packets of a conversation; answers: of those that come back, where the others may pass."""

    flow: SeenFlow
    state: ReachState
    answers: ReachState


@dataclass(frozen=True)
class Disagreement:
    """One. packets: those that are permitted and in no conduit."""

    kind: Discord
    client: str
    server: str
    conduit: Row | None = None
    protocol: str = ""  # of the conduit
    packets: Mapping[int, Boxes] | None = None
    witness: Witness | None = None
    flow: SeenFlow | None = None


def conduit_proofs(
    conduits: Iterable[Row],
    ends: Mapping[str, ZoneEnd],
    proofs: Proofs,
    known: tuple[NameDirectory, Ports],
    seen: Sequence[SeenFlow] | None,
    *,
    answered: Answered,
) -> Iterator[tuple[ConduitProof, Allowed]]:
    """Each protocol of each conduit in each of its directions.

    known: whom names mean, and which ports protocols are at home on. answered: devices that know conversations let the
    answers to some of these packets back.
    """
    for conduit in conduits:
        pair = conduit["from_zone"], conduit["to_zone"]
        for client, server in (pair, pair[::-1]) if conduit["both_ways"] else (pair,):
            if client == server or client not in ends or server not in ends:
                continue
            there, back = proofs[client, server], proofs[server, client]
            for protocol in conduit["protocols"]:
                one = allowed(conduit, protocol, (ends[client], ends[server]), *known)
                yield _conduit((conduit, protocol), one, (there, back), seen, answered), one


def _conduit(
    named: tuple[Row, str],
    one: Allowed,
    proofs: tuple[Proof, Proof],
    seen: Sequence[SeenFlow] | None,
    answered: Answered,
) -> ConduitProof:
    """proofs: of the way there and back."""
    there, back = proofs
    wanted = one.boxes
    may = {v: intersection(there.may.get(v, ()), wanted[v]) for v in VERSIONS}
    sure = {v: intersection(there.sure.get(v, ()), wanted[v]) if one.certain_clients else () for v in VERSIONS}
    state = there.of(may, sure)
    if state is ReachState.CLOSED and (one.beyond or one.elsewhere or not any(wanted.values())):
        state = ReachState.UNKNOWN
    answers = ReachState.UNKNOWN
    if state is ReachState.OPEN:
        answers = _answers(_asked(may), _asked(sure), back, answered)
    own = [f for f in seen or () if (f.client, f.server) == (there.client, there.server)]
    used = None if seen is None else any(_is_in(f, wanted) for f in own)
    return ConduitProof(*named, there.client, there.server, state, answers, sure, one.beyond, used)


def _asked(sets: Mapping[int, Boxes]) -> dict[int, Boxes]:
    """As clients ask: in TCP from ports that systems choose, where they may ask from these."""
    found: dict[int, Boxes] = {}
    for version, boxes in sets.items():
        addresses = ADDRESSES[version]
        tcp = intersection(boxes, ((addresses, addresses, _TCP, ALL_PORTS, ALL_PORTS, EITHER),))
        usual = intersection(
            tcp, [(addresses, addresses, _TCP, (port, port), ALL_PORTS, EITHER) for port in _CLIENT_PORTS]
        )
        found[version] = boxes if not usual else (*difference(boxes, tcp), *usual)
    return found


def _answers(may: Mapping[int, Boxes], sure: Mapping[int, Boxes], back: Proof, answered: Answered) -> ReachState:
    """Whether answers to what gets through come back: by filters, or as devices know conversations."""
    found = _let_back(may, sure, back)
    return ReachState.OPEN if found is ReachState.UNKNOWN and answered(sure) else found


def _let_back(may: Mapping[int, Boxes], sure: Mapping[int, Boxes], back: Proof) -> ReachState:
    try:
        if any(conversations(sure[v], back.sure.get(v, ())) for v in VERSIONS):
            return ReachState.OPEN
        if back.lost or any(conversations(may[v], back.may.get(v, ())) for v in VERSIONS):
            return ReachState.UNKNOWN
    except TooManyBoxes:
        return ReachState.UNKNOWN
    return ReachState.CLOSED


def _is_in(flow: SeenFlow, boxes: Mapping[int, Boxes]) -> bool:
    return bool(intersection(_packets(flow), boxes[flow.version]))


def _packets(flow: SeenFlow) -> Boxes:
    """The packets of a flow from its client, whatever port it sends from."""
    source, target, protocol, _, port, _ = flow.packet
    ports = (port, port) if protocol in PORTED else ALL_PORTS
    return (((source, source), (target, target), (protocol, protocol), ALL_PORTS, ports, EITHER),)


def strays(
    proofs: Iterable[Proof], listed: Iterable[tuple[ConduitProof, Allowed]], prover: Prover
) -> Iterator[tuple[tuple[str, str], Stray]]:
    """What gets through although no conduit allows it, of each pair.

    Filters know no conversations of UDP: what lets answers of a conduit back lets through whatever the server sends
    from its port, and is not held against anybody. For TCP there are words that let answers alone pass.
    """
    by_pair: dict[tuple[str, str], list[Allowed]] = {}
    for proof, one in listed:
        by_pair.setdefault((proof.client, proof.server), []).append(one)
    for pair in proofs:
        there, back = by_pair.get((pair.client, pair.server), []), by_pair.get((pair.server, pair.client), [])
        try:
            may, sure = (
                {v: _beyond(held.get(v, ()), v, there, back) for v in VERSIONS} for held in (pair.may, pair.sure)
            )
        except TooManyBoxes:
            yield (pair.client, pair.server), Stray(ReachState.UNKNOWN, {}, None)
            continue
        state = pair.of(may, sure)
        if state is ReachState.CLOSED and not all(one.certain_clients for one in there):
            state = ReachState.UNKNOWN  # somebody whom no conduit names may be let through
        if state is ReachState.OPEN and any(one.portless for one in there):
            state = ReachState.UNKNOWN  # it may be what a conduit names, on a port that nobody knows
        witness = prover.witness(sure) if state is ReachState.OPEN else None
        yield (pair.client, pair.server), Stray(state, sure, witness)


def _beyond(held: Boxes, version: int, there: Iterable[Allowed], back: Iterable[Allowed]) -> Boxes:
    left = beginning(held)
    for one in there:
        left = difference(left, one.boxes[version])
    for one in back:
        left = difference(left, _datagrams_back(one.boxes[version], version))
    return left


def unlisted(found: Mapping[tuple[str, str], Stray]) -> Iterator[Disagreement]:
    """What certainly gets through although no conduit allows it."""
    for pair, one in found.items():
        if one.state is ReachState.OPEN:
            yield Disagreement(Discord.UNLISTED, *pair, packets=one.packets, witness=one.witness)


def _datagrams_back(boxes: Boxes, version: int) -> Boxes:
    """Datagrams to the clients of what is allowed, from the ports that they ask."""
    udp = tuple(b for box in boxes if (b := meet(box, _UDP[version])) is not None)
    return tuple((*box[:5], BEGINS) for box in answers_to(udp))


_UDP = {v: (ADDRESSES[v], ADDRESSES[v], (17, 17), ALL_PORTS, ALL_PORTS, EITHER) for v in ADDRESSES}


def blocked(listed: Iterable[ConduitProof]) -> Iterator[Disagreement]:
    """Conduits of which nothing gets through, or no answer comes back."""
    for one in listed:
        if one.state is ReachState.CLOSED:
            yield Disagreement(Discord.BLOCKED, one.client, one.server, one.conduit, one.protocol)
        elif one.answers is ReachState.CLOSED:
            yield Disagreement(Discord.ONE_WAY, one.client, one.server, one.conduit, one.protocol)


def seen_flows(rows: Iterable[Row], ends: Sequence[ZoneEnd]) -> Iterator[SeenFlow]:
    """The conversations between zones that were answered. What nobody answered may have been dropped on the way; who
    acknowledges what was not captured got an answer.
    """
    for row in rows:
        if row["transport"] == "ethernet" or not all(
            row[f"{end}_packets"] or row[f"{end}_missing"] for end in ("client", "server")
        ):
            continue
        if row["transport"] == "tcp" and not row["established"]:
            continue
        try:
            client, server = ipaddress.ip_address(row["client"]), ipaddress.ip_address(row["server"])
        except ValueError:
            continue
        number = protocol_number(row["transport"], client.version)
        zones = [_zone_of(ends, a.version, int(a)) for a in (client, server)]
        if client.version != server.version or number < 0 or not all(zones) or zones[0] == zones[1]:
            continue
        packet = OnePacket(int(client), int(server), number, 0, row["server_port"], 0)
        yield SeenFlow(zones[0], zones[1], client.version, packet, row)


def _zone_of(ends: Iterable[ZoneEnd], version: int, number: int) -> str:
    at = (AddressRange(version, number, number),)
    return next((end.zone for end in ends if overlap(end.ranges, at)), "")


def seen_proofs(
    flows: Iterable[SeenFlow], proofs: Proofs, *, answered: Answered, stateful: bool
) -> Iterator[SeenProof]:
    """Of each conversation whether the configurations let it through, and what was answered.

    One that either end may have begun is judged when it is open neither way. stateful: there are devices that know
    conversations: these may let pass what another conversation agreed on (the data of FTP), whatever their filters say.
    """
    for flow in flows:
        there, back = proofs[flow.client, flow.server], proofs[flow.server, flow.client]
        one = _seen(flow, _packets(flow), (there, back), answered)
        if flow.row["opened_by"] == "first":
            ways = {_passes(one), _passes(_seen(flow, _turned(flow), (back, there), answered))}
            if ReachState.OPEN in ways:
                continue
            one = one._replace(state=ReachState.UNKNOWN if ReachState.UNKNOWN in ways else ReachState.CLOSED)
        if stateful and flow.row["related_protocol"] and _passes(one) is ReachState.CLOSED:
            one = one._replace(state=ReachState.UNKNOWN)
        yield one


def _seen(flow: SeenFlow, packets: Boxes, proofs: tuple[Proof, Proof], answered: Answered) -> SeenProof:
    """Of the packets that begin it, by the proofs of the way there and back."""
    there, back = proofs
    may, sure = (
        {v: intersection(packets, held.get(v, ())) if v == flow.version else () for v in VERSIONS}
        for held in (there.may, there.sure)
    )
    state = there.of(may, sure)
    if state is not ReachState.OPEN:
        return SeenProof(flow, state, state)
    return SeenProof(flow, state, _answers(may, sure, back, answered))


def _passes(one: SeenProof) -> ReachState:
    """Both ways."""
    return one.answers if one.state is ReachState.OPEN else one.state


def _turned(flow: SeenFlow) -> Boxes:
    """The packets of a flow if its server began it, from whatever port to whatever port."""
    source, target, protocol, *_ = flow.packet
    return (((target, target), (source, source), (protocol, protocol), ALL_PORTS, ALL_PORTS, EITHER),)


def seen_though_closed(found: Iterable[SeenProof]) -> Iterator[Disagreement]:
    """Conversations that the configurations let nobody have, or nobody answer."""
    for one in found:
        if _passes(one) is ReachState.CLOSED:
            yield Disagreement(Discord.SEEN, one.flow.client, one.flow.server, flow=one.flow)
