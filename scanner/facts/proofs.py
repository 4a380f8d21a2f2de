"""What configurations let through between zones, proved: the facts table proofs.

The configurations' own words are kept as they are (the table forwarding); they meet the policy, the inventory and what
was seen when rules are judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from scanner.configs.forwarding import Place, Router
from scanner.configs.forwarding_saved import restored
from scanner.facts.frames import Facts, frame
from scanner.facts.observed_between import ObservedBetween
from scanner.facts.schema import PROOFS
from scanner.packet_sets import ALL_PORTS, PORT, PROTOCOL, SOURCE_PORT, Box, beginning
from scanner.reach.confront import ConduitProof, SeenProof
from scanner.reach.proofs import Proof, ReachState, Witness, reasons
from scanner.reach.services import PORTED, Ports, named_services, protocol_number, version_boxes
from scanner.reach.study import Study, study
from scanner.reach.tell import at_place, packet_text, way_lines
from scanner.wording import Said, joined, said

MOST_ZONES = 40  # between which something is proved; the time grows with their square
_MOST_LINES = 12  # that one proof names
_FLOW = (
    *("client", "server", "transport", "server_port", "opened_by", "client_packets", "server_packets"),
    *("client_missing", "server_missing", "established", "related_protocol", "capture", "frames", "filter"),
)
_DATAGRAMS = (17, 17)
_TOO_MANY = said("there are more than {most} zones", most=MOST_ZONES)

Row = dict[str, Any]


def proofs(facts: Facts, flows: pl.DataFrame, ports: Ports, observed: ObservedBetween) -> pl.DataFrame:
    """The table, of facts with devices and zones. flows: as they are judged. ports: where protocols are at home."""
    policy = {name: facts[name].to_dicts() for name in ("zones", "conduits", "inventory")}
    if len(policy["zones"]) > MOST_ZONES:
        return frame(PROOFS, _untold(policy["zones"]))
    routers, untold, unread = followed_devices(facts)
    seen = answered_flows(flows) if facts.captured else None
    found = study(routers, policy, ports, seen, untold=untold, unread=unread)
    return frame(PROOFS, (*_pairs(found, observed), *_conduits(found), *_seen(found)))


def _untold(zones: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    names = [zone["zone"] for zone in zones]
    for client in names:
        told = {"state": ReachState.UNKNOWN.value, "beyond": ReachState.UNKNOWN.value, "missing": [_TOO_MANY]}
        yield {"kind": "pair", "from_zone": client, "to_zone": "", **told}


def followed_devices(facts: Facts) -> tuple[list[Router], list[str], list[str]]:
    """Those that can be followed, the files of others, and the files that may be of devices."""
    routers: list[Router] = []
    untold: list[str] = []
    unread: list[str] = []
    rows = facts["forwarding"].select("source", "dialect", "router").rows()
    for source, dialect, text in rows:
        try:
            if text:
                routers.append(restored(text))
                continue
        except ValueError:  # facts of a stranger
            pass
        (untold if dialect else unread).append(source)
    given = [p for p in facts.inputs if p.kind == "configuration"]
    unread += [p.source for p in given if p.unread]
    read = {p.source for p in given if dict(p.notes).get("dialect")}
    untold += sorted(read - {source for source, *_ in rows})  # facts that were saved before this was among them
    return routers, untold, unread


def answered_flows(flows: pl.DataFrame) -> list[Row]:
    """Each conversation that was answered, once. flows: the table with its derived columns."""
    heard = ((pl.col(f"{e}_packets") > 0) | (pl.col(f"{e}_missing").fill_null(0) > 0) for e in ("client", "server"))
    answered = pl.all_horizontal(*heard)
    meant = answered & ((pl.col("transport") != "tcp") | pl.col("established").fill_null(value=False))
    key = ["client", "server", "transport", "server_port", "opened_by"]
    return flows.select(_FLOW).filter(meant).unique(key, keep="first", maintain_order=True).to_dicts()


def _pairs(found: Study, observed: ObservedBetween) -> Iterator[Row]:
    for pair, proof in found.proofs.items():
        stray = found.strays[pair]
        witness = stray.witness or found.witnesses.get(pair)
        yield {
            "kind": "pair",
            "from_zone": proof.client,
            "to_zone": proof.server,
            "state": proof.state.value,
            "answers": proof.answers.value,
            "beyond": stray.state.value,
            "services": named_services(version_boxes({v: beginning(b) for v, b in proof.sure.items()})),
            "unlisted": named_services(version_boxes(stray.packets)),
            "unused": named_services(_idle(proof, observed)),
            "observed_seconds": observed.of_pair(*pair),
            **_proved(proof, proof.state if proof.state is not ReachState.OPEN else stray.state, witness),
        }


def _idle(proof: Proof, observed: ObservedBetween) -> Iterator[Box]:
    """Of the packets that certainly begin conversations those of services that nobody was seen to ask for, whatever the
    addresses. Datagrams from the port of a service that was asked for the other way are its answers.

    Nothing is idle where it is not known who began a conversation the other way: it may be one of these.
    """
    if observed.services is None or (proof.server, proof.client) in observed.turned:
        return
    used = observed.services.get((proof.client, proof.server), ())
    answering = {
        port for transport, port in observed.services.get((proof.server, proof.client), ()) if transport == "udp"
    }
    for version, boxes in proof.sure.items():
        asked = {(protocol_number(transport, version), port) for transport, port in used}
        for box in beginning(boxes):
            if not _answers_from(answering, box) and not any(_is_of(one, port, box) for one, port in asked):
                yield box


def _answers_from(ports: Collection[int], box: Box) -> bool:
    """All of the packets are datagrams from these ports."""
    first, last = box[SOURCE_PORT]
    return box[PROTOCOL] == _DATAGRAMS and last - first < len(ports) and all(p in ports for p in range(first, last + 1))


def _is_of(protocol: int, port: int, box: Box) -> bool:
    low, high = box[PROTOCOL]
    first, last = box[PORT] if protocol in PORTED else ALL_PORTS
    return low <= protocol <= high and first <= port <= last


def _proved(proof: Proof, state: ReachState, witness: Witness | None) -> Row:
    """The lines that let a packet through or close the pair, or what is missing; and the first of these lines."""
    missing = _sentences(proof.doubts) if state is ReachState.UNKNOWN else []
    if witness:
        lines = list(way_lines(witness))
        return {
            **_at(_deciding(witness)),
            "packet": packet_text(witness.version, witness.packet),
            "lines": lines,
            "missing": missing,
        }
    first = reasons(proof.doubts if state is ReachState.UNKNOWN else proof.closes)
    place = next((place for _, place in first if place.source), Place("", 0))
    lines = _sentences(proof.closes) if state is ReachState.CLOSED else []
    return {**_at(place), "lines": lines, "missing": missing}


def _sentences(found: Iterable[tuple[Said, Place]]) -> list[Said]:
    return [joined((why, at_place(place)), "") for why, place in reasons(found)[:_MOST_LINES]]


def _at(place: Place) -> Row:
    return {"source": place.source, "line_start": place.line or None}


def _deciding(witness: Witness) -> Place:
    """The line of a filter that lets the packet through, else of a route or the network."""
    filters = [p for hop in witness.hops for p in (hop.lets_in, hop.lets_through, hop.lets_out) if p]
    routes = [hop.route for hop in witness.hops if hop.route]
    return next((p for p in (*filters, *routes, witness.beside) if p), Place("", 0))


def _conduits(found: Study) -> Iterator[Row]:
    for one in found.conduits:
        there, back = found.proofs[one.client, one.server], found.proofs[one.server, one.client]
        proof, state = (back, one.answers) if one.state is ReachState.OPEN else (there, one.state)
        yield {
            "kind": "conduit",
            "from_zone": one.client,
            "to_zone": one.server,
            "conduit": one.conduit["conduit"],
            "service": one.protocol,
            "state": one.state.value,
            "answers": _answers(one),
            "services": named_services(version_boxes(one.sure)),
            **_proved(proof, state, None),
        }


def _answers(one: ConduitProof | SeenProof) -> str:
    """Of what is closed no answers are asked."""
    return one.answers.value if one.state is ReachState.OPEN else ""


def _seen(found: Study) -> Iterator[Row]:
    for one in found.seen or ():
        there, back = (one.flow.client, one.flow.server), (one.flow.server, one.flow.client)
        yield _conversation(one, found.proofs[back if one.state is ReachState.OPEN else there])


def _conversation(one: SeenProof, proof: Proof) -> Row:
    """proof: of the way that decides."""
    row = one.flow.row
    states = (one.state, one.answers) if one.state is ReachState.OPEN else (one.state,)
    return {
        "kind": "seen",
        "from_zone": one.flow.client,
        "to_zone": one.flow.server,
        "state": one.state.value,
        "answers": _answers(one),
        "packet": packet_text(one.flow.version, one.flow.packet),
        "lines": _sentences(proof.closes) if ReachState.CLOSED in states else [],
        "missing": _sentences(proof.doubts) if ReachState.UNKNOWN in states else [],
        **{name: row[name] for name in ("client", "server", "server_port", "capture", "frames", "filter")},
    }
