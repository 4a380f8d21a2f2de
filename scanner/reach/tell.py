"""What is proved, in words and as JSON."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.configs.forwarding import Place
from scanner.packet_sets import Boxes, OnePacket, beginning
from scanner.reach.change import FlowChange
from scanner.reach.confront import ConduitProof, Disagreement, Discord
from scanner.reach.proofs import USUAL_PORT, Proof, ReachState, Witness, reasons
from scanner.reach.services import named_services, protocol_name, version_boxes
from scanner.reach.study import Study
from scanner.wording import NOTHING, Said, at_line, kept, said

FORMAT = 1
_SHARED_BY = 3  # pairs of zones, for what they lack to be told apart from them
_MOST_SHOWN = 12  # services or lines that are shown of a pair of zones; JSON has all
_STATES = {
    ReachState.CLOSED: said("proved closed"),
    ReachState.OPEN: said("proved open"),
    ReachState.UNKNOWN: said("unknown"),
}


def lines(found: Study) -> Iterator[Said]:
    """Each pair of zones and each conduit, and what does not agree. What many pairs lack is told once, by a number."""
    shared = _shared(found.proofs.values())
    for pair, proof in found.proofs.items():
        yield from _pair(proof, found.witnesses.get(pair), shared)
    for (why, place), number in shared.items():
        yield said("[{n}] not known: {why}{place}", n=number, why=why, place=at_place(place))
    for conduit in found.conduits:
        yield _conduit(conduit)
    yield from contradicting(found)
    for client, server in found.untouched or ():
        yield said("{client} -> {server}: open, and nothing was seen that uses it", client=client, server=server)
    yield summary(found)


def contradicting(found: Study) -> Iterator[Said]:
    """What does not agree."""
    for one in found.contradictions:
        yield from _contradiction(one)


_Reason = tuple[Said, Place]


def _missing(proof: Proof) -> list[_Reason]:
    """What is missing to prove something of the pair; what is so anywhere is not said of each device again."""
    told = reasons(proof.doubts)
    anywhere = {why for why, place in told if not place.source}
    return [(why, place) for why, place in told if not place.source or why not in anywhere]


def _shared(proofs: Iterable[Proof]) -> dict[_Reason, int]:
    """What several pairs lack, numbered in the order in which it is met."""
    unknown = [_missing(proof) for proof in proofs if proof.state is ReachState.UNKNOWN]
    counts = Counter(reason for listed in unknown for reason in listed)
    return {reason: n for n, reason in enumerate((r for r, count in counts.items() if count >= _SHARED_BY), 1)}


def summary(found: Study) -> Said:
    """How many pairs are closed, open and unknown, and how many contradictions there are."""
    states = [proof.state for proof in found.proofs.values()]
    return said(
        "{pairs:,} pairs of zones: {closed:,} closed, {open:,} open, {unknown:,} unknown; {n:,} contradictions",
        pairs=len(states),
        closed=states.count(ReachState.CLOSED),
        open=states.count(ReachState.OPEN),
        unknown=states.count(ReachState.UNKNOWN),
        n=len(found.contradictions),
    )


def _pair(proof: Proof, witness: Witness | None, shared: Mapping[_Reason, int]) -> Iterator[Said]:
    state = _STATES[proof.state]
    ends = {"client": proof.client, "server": proof.server}
    if proof.state is ReachState.OPEN:
        services = _services({v: beginning(b) for v, b in proof.sure.items()})
        yield said("{client} -> {server}: {state}: {services}", **ends, state=state, services=services)
        if witness:
            yield from _example(witness)
        return
    if proof.state is ReachState.UNKNOWN:
        listed = _missing(proof)
        numbers = ", ".join(str(n) for n in sorted(shared[one] for one in listed if one in shared))
        listed = [one for one in listed if one not in shared]
        state = said("{state} [{numbers}]", state=state, numbers=numbers) if numbers else state
    else:
        listed = reasons(proof.closes)
    yield said("{client} -> {server}: {state}", **ends, state=state)
    if proof.state is ReachState.CLOSED and proof.answers is not ReachState.CLOSED:
        yield said("  packets that answer in a conversation may pass")
    form = said("closed by") if proof.state is ReachState.CLOSED else said("not known")
    for why, place in listed[:_MOST_SHOWN]:
        yield said("  {form}: {why}{place}", form=form, why=why, place=at_place(place))
    if len(listed) > _MOST_SHOWN:
        yield said("  and {n:,} more", n=len(listed) - _MOST_SHOWN)


def _services(sets: Mapping[int, Boxes]) -> str:
    names = named_services(version_boxes(sets))
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f", +{more}" if more > 0 else "")


def at_place(place: Place) -> Said:
    """`` (core.cfg, line 7: permit ip any any)``; nothing of what stands nowhere."""
    if not place.source:
        return NOTHING
    where = said("{file}, {line}", file=place.source, line=at_line(place.line)) if place.line else kept(place.source)
    return said(" ({where}: {text})", where=where, text=place.text) if place.text else said(" ({where})", where=where)


def _example(witness: Witness) -> Iterator[Said]:
    yield said("  for example {packet}", packet=packet_text(witness.version, witness.packet))
    yield from (said("  {line}", line=line) for line in way_lines(witness))


def way_lines(witness: Witness) -> Iterator[Said]:
    """The lines that let a packet through at each device on its way."""
    if witness.beside:
        yield said("both are in one network{place}", place=at_place(witness.beside))
    for hop in witness.hops:
        yield said("{device}: in by {name}{place}", device=hop.device, name=hop.comes_in, place=_line(hop.lets_in))
        if hop.lets_through:
            yield said("{device}: from interface to interface{place}", device=hop.device, place=_line(hop.lets_through))
        out = {"name": hop.goes_out, "route": _line(hop.route), "place": _line(hop.lets_out)}
        yield said("{device}: route{route}, out by {name}{place}", device=hop.device, **out)


def _line(place: Place | None) -> Said:
    return at_place(place) if place else NOTHING


def packet_text(version: int, packet: OnePacket) -> str:
    """``10.1.0.5 -> 10.2.0.7 tcp/502``."""
    source, target = (str(_address(version, n)) for n in (packet.source, packet.destination))
    name = protocol_name(packet.protocol)
    port = f"/{packet.port}" if packet.protocol in (6, 17, 132) else ""
    sent = f" from {packet.source_port}" if port and packet.source_port not in (0, USUAL_PORT) else ""
    return f"{source} -> {target} {name}{port}{sent}"


def _address(version: int, number: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.IPv4Address(number) if version == 4 else ipaddress.IPv6Address(number)


def _conduit(one: ConduitProof) -> Said:
    told = said(
        "conduit {conduit}, {protocol} ({client} -> {server}): {state}",
        protocol=one.protocol,
        conduit=one.conduit["conduit"],
        client=one.client,
        server=one.server,
        state=_STATES[one.state],
    )
    if one.used is False and one.state is ReachState.OPEN:
        return said("{told}, and nothing was seen that uses it", told=told)
    return told


def _contradiction(one: Disagreement) -> Iterator[Said]:
    ends = {"client": one.client, "server": one.server}
    name = {"conduit": one.conduit["conduit"] if one.conduit else "", "protocol": one.protocol}
    if one.kind is Discord.UNLISTED:
        services = _services(one.packets or {})
        yield said("{client} -> {server}: permitted, but in no conduit: {services}", **ends, services=services)
        if one.witness:
            yield from _example(one.witness)
    elif one.kind is Discord.BLOCKED:
        yield said("{client} -> {server}: conduit {conduit} is blocked for {protocol}", **ends, **name)
    elif one.kind is Discord.ONE_WAY:
        yield said("{client} -> {server}: conduit {conduit} gets no answers by {protocol}", **ends, **name)
    elif one.flow:
        row = one.flow.row
        yield said(
            "{client} -> {server}: seen though closed: {packet} (capture {capture}, frames {frames})",
            **ends,
            packet=packet_text(one.flow.version, one.flow.packet),
            capture=row["capture"],
            frames=", ".join(map(str, row["frames"])),
        )


def change_lines(
    found: Iterable[FlowChange],
    unknown: Sequence[Proof],
    against: tuple[Sequence[Disagreement], Sequence[Disagreement]],
) -> Iterator[Said]:
    """What opens and closes. unknown: pairs of zones of which more cannot be told. against: what contradicts the policy
    after the change alone, and before it alone.
    """
    signs = {"opens": "+", "closes": "-", "may-open": "?+", "may-close": "?-"}
    words = {
        "opens": said("opens"),
        "closes": said("closes"),
        "may-open": said("may open"),
        "may-close": said("may close"),
    }
    for one in found:
        yield said(
            "{sign} {client} -> {server}: {turn}: {services}",
            sign=signs[one.turn.value],
            client=one.client,
            server=one.server,
            turn=words[one.turn.value],
            services=_services(one.packets) or said("what cannot be told"),
        )
        proof = one.before if one.turn.value == "may-close" else one.after
        for why, place in reasons(proof.doubts)[:_MOST_SHOWN] if one.turn.value.startswith("may") else ():
            yield said("  {form}: {why}{place}", form=said("not known"), why=why, place=at_place(place))
    for sign, some in zip("!=", against, strict=True):
        for disagreement in some:
            told, *_ = _contradiction(disagreement)
            form = said("only after") if sign == "!" else said("only before")
            yield said("{sign} {form}: {told}", sign=sign, form=form, told=told)
    for proof in unknown:
        yield said(
            "? {client} -> {server}: unknown before and after, so what the change does to it is not proved",
            client=proof.client,
            server=proof.server,
        )
    lacking = list(dict.fromkeys(reason for proof in unknown for reason in _missing(proof)))
    for why, place in lacking[:_MOST_SHOWN]:
        yield said("  {form}: {why}{place}", form=said("not known"), why=why, place=at_place(place))
    if len(lacking) > _MOST_SHOWN:
        yield said("  and {n:,} more", n=len(lacking) - _MOST_SHOWN)


def as_rows(found: Study, language: str) -> dict[str, Any]:
    """Everything, for machines. Sentences are in the language."""
    from scanner.wording.spoken import spoken

    def listed(reasons_of: Iterable[tuple[Said, Place]]) -> list[dict[str, Any]]:
        return [{"why": spoken(why, language), **_place(place)} for why, place in reasons(reasons_of)]

    pairs = [
        {
            "from": proof.client,
            "to": proof.server,
            "state": proof.state.value,
            "answers": proof.answers.value,
            "services": named_services(version_boxes({v: beginning(b) for v, b in proof.sure.items()})),
            "witness": _witness(found.witnesses.get(pair)),
            "closed_by": listed(proof.closes) if proof.state is ReachState.CLOSED else [],
            "missing": listed(proof.doubts) if proof.state is ReachState.UNKNOWN else [],
        }
        for pair, proof in found.proofs.items()
    ]
    conduits = [
        {
            "conduit": one.conduit["conduit"],
            "protocol": one.protocol,
            "from": one.client,
            "to": one.server,
            "state": one.state.value,
            "answers": one.answers.value,
            "services": named_services(version_boxes(one.sure)),
            "not_seen_by_filters": list(one.beyond),
            "used": one.used,
        }
        for one in found.conduits
    ]
    untouched = None if found.untouched is None else [{"from": a, "to": b} for a, b in found.untouched]
    contradictions = [_contradiction_row(one) for one in found.contradictions]
    return {
        "otaudit_reach": FORMAT,
        "pairs": pairs,
        "conduits": conduits,
        "contradictions": contradictions,
        "open_but_unused": untouched,
    }


def _place(place: Place | None) -> dict[str, Any]:
    return {} if place is None else {"source": place.source, "line": place.line, "text": place.text}


def _witness(witness: Witness | None) -> dict[str, Any] | None:
    if witness is None:
        return None
    packet = witness.packet
    return {
        "source": str(_address(witness.version, packet.source)),
        "destination": str(_address(witness.version, packet.destination)),
        "protocol": packet.protocol,
        "source_port": packet.source_port,
        "port": packet.port,
        "network": _place(witness.beside),
        "hops": [
            {
                "device": hop.device,
                "in": hop.comes_in,
                "filter_in": _place(hop.lets_in),
                "filter_through": _place(hop.lets_through),
                "route": _place(hop.route),
                "out": hop.goes_out,
                "filter_out": _place(hop.lets_out),
            }
            for hop in witness.hops
        ],
    }


def _contradiction_row(one: Disagreement) -> dict[str, Any]:
    flow = one.flow.row if one.flow else None
    return {
        "kind": one.kind.value,
        "from": one.client,
        "to": one.server,
        "conduit": one.conduit["conduit"] if one.conduit else "",
        "protocol": one.protocol,
        "policy": {"source": one.conduit["source"], "line": one.conduit["line"]} if one.conduit else {},
        "services": named_services(version_boxes(one.packets)) if one.packets else [],
        "witness": _witness(one.witness),
        "seen": {
            "packet": packet_text(one.flow.version, one.flow.packet),
            "capture": flow["capture"],
            "frames": list(flow["frames"]),
            "filter": flow["filter"],
        }
        if one.flow and flow
        else {},
    }


def change_rows(
    found: Iterable[FlowChange],
    unknown: Sequence[Proof],
    against: tuple[Sequence[Disagreement], Sequence[Disagreement]],
) -> dict[str, Any]:
    """The changes, for machines, as ``change_lines`` has them."""
    rows = [
        {
            "turn": one.turn.value,
            "from": one.client,
            "to": one.server,
            "services": named_services(version_boxes(one.packets)),
            "before": one.before.state.value,
            "after": one.after.state.value,
        }
        for one in found
    ]
    after, before = ([_contradiction_row(one) for one in some] for some in against)
    return {
        "otaudit_reach_change": FORMAT,
        "changes": rows,
        "contradictions": {"only_after": after, "only_before": before},
        "unknown_before_and_after": [{"from": proof.client, "to": proof.server} for proof in unknown],
    }
