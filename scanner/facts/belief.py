"""Which protocols a conversation is believed to speak, by what its messages turned out to be.

Of the messages of one conversation that one protocol claims all are believed or none. On its own port a protocol is
expected, and damage is a finding; away from it, a recognition must be nearly perfect, or it is a guess. A protocol
whose messages hardly differ from anything else (``Protocol.proof``) is a guess by its port until one of them proves it,
and nothing where datagrams on another port only look like it; a guess is also an industrial protocol whose port says
what its messages, most of them malformed, do not. What only one end of a stream seems to say away from its port is
nothing where both ends speak another protocol: it may be any piece of what that one carries, a file of numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scanner.capture.result import CaptureResult
from scanner.framing.evidence import evidence, is_strong, strength
from scanner.framing.language import Framing
from scanner.protocols.base import Protocol

AT_PORT = 0.5  # share of messages (weighted by how often they were seen) that must bear a protocol out
AWAY_FROM_PORT = 0.9
_SURE = 40  # bits of evidence of a message that is what it looks like, wherever it stands
_ETHERTYPES = 0x600  # below are LLC service access points, which many protocols share

NOT_LOOKED_AT, GOOD, MALFORMED, ALIEN, CUT = range(5)  # what a message was to its protocol; CUT: perhaps malformed
Outcomes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Claim:
    """A protocol that a conversation is believed to speak.

    guessed: only its port suggests it. framed: its messages follow each other as those of the protocol do, or have its
    EtherType, whatever is wrong inside them.
    """

    conversation: int
    protocol: str
    messages: Numbers  # indices of all that the protocol claims
    good: int  # how many messages, as often as they were seen
    broken: int  # of those that are malformed or none of the protocol's
    guessed: bool = False
    framed: bool = True
    strays: int = 0  # packets of its EtherType that no message of the protocol can begin


@dataclass
class Belief:
    """The claims that are believed, and for each message whether it is of one of them."""

    claims: list[Claim]
    believed: npt.NDArray[np.bool_]
    by_conversation: dict[int, list[Claim]] = field(default_factory=dict)


def believe(
    result: CaptureResult, protocols: Mapping[str, Protocol], became: Outcomes, proven: npt.NDArray[np.bool_]
) -> Belief:
    """became: the outcome of each message. proven: messages that hardly anything but their protocol can be."""
    messages, names = result.messages.rows, result.messages.protocols
    keys, group = np.unique(messages["conversation"].astype(np.int64) << 32 | messages["protocol"], return_inverse=True)

    def total(which: npt.NDArray[np.bool_]) -> Numbers:
        counts = np.zeros(len(keys), np.int64)
        np.add.at(counts, group[which], messages["count"][which])
        return counts

    good, malformed, alien, cut = (total(became == outcome) for outcome in (GOOD, MALFORMED, ALIEN, CUT))
    foreign = total((became == ALIEN) & ~messages["cut"])
    by_port = total(messages["by_port"]) > 0
    weak, strict = _alike_others(keys, result, protocols)
    datagrams = np.array([c.transport == "udp" for c in result.conversations], np.bool_)[keys >> 32]
    forged = np.minimum(malformed + alien, datagrams & (good > 1))  # as one datagram may be
    enough = good >= np.where(by_port, AT_PORT, AWAY_FROM_PORT) * (good + malformed + alien - forged)
    enough &= by_port | (total(proven) > 0) | ~(weak & datagrams | strict)  # of a stream many show what they are
    content = (total((became == GOOD) & ~messages["by_port"]) + total(proven)) > 0
    in_step, strong = _in_step(result, protocols)
    framed = total(in_step) > 0
    asked = total((became == GOOD) & messages["from_client"])
    both = (asked > 0) & (asked < good)
    enough &= by_port | ~_pieces(keys, group, both & enough, result, protocols)
    members = _members(group, len(keys))
    spoken: defaultdict[int, list[Claim]] = defaultdict(list)
    doubtful: defaultdict[int, list[Claim]] = defaultdict(list)
    damaged = by_port & ((malformed + cut > 0) | framed & (alien > 0))
    shown = (total(proven) > 0) | ~(weak | strict)
    damaged |= ~by_port & framed & (good > 0) & shown  # some are what they look like, among what may hide them
    following = (framed & ~datagrams) | (total(in_step & strong) > 0)  # as the messages of hardly anything else do
    damaged |= ~by_port & following & (alien > 0) & ~(weak | strict)
    for at in np.flatnonzero((good > 0) & enough | damaged).tolist():
        name = names[int(keys[at]) & 0xFFFFFFFF]
        if not name:
            continue
        accepted = bool(good[at] and enough[at])
        conversation = int(keys[at]) >> 32
        guessed = not accepted or bool(by_port[at] and protocols[name].proof is not None and not content[at])
        broken = int(malformed[at] + (foreign[at] if protocols[name].industrial else 0))
        if not (accepted or by_port[at]):  # what may be another's is no damage
            broken = 0
        claim = Claim(conversation, name, members[at], int(good[at]), broken, guessed=guessed, framed=bool(framed[at]))
        (spoken if accepted else doubtful)[conversation].append(claim)
    for conversation, claims in doubtful.items():
        if conversation not in spoken and (most := _most(claims, protocols)):
            spoken[conversation] = [most]
    _add_strays(result, protocols, spoken)
    believed = np.zeros(len(messages), np.bool_)
    for claims in spoken.values():
        claims.sort(key=lambda c: (-c.good, c.protocol))
        for claim in claims:
            believed[claim.messages] = True
    return Belief([c for claims in spoken.values() for c in claims], believed, dict(spoken))


def _in_step(
    result: CaptureResult, protocols: Mapping[str, Protocol]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Messages of framings that were confirmed and can be told by their content, and all whose protocol is numbered;
    and those of framings of which one message tells much.
    """
    framings = _framings(protocols)
    known = [framings.get(name) for name in result.messages.framings]
    telling = np.array([f is not None and f.anywhere for f in known], np.bool_)
    strong = np.array([f is not None and is_strong(f) for f in known], np.bool_)
    assigned = np.array([_is_assigned(c.transport) for c in result.conversations], np.bool_)
    rows = result.messages.rows
    found: npt.NDArray[np.bool_] = assigned[rows["conversation"]] | rows["confirmed"] & telling[rows["framing"]]
    return found, strong[rows["framing"]]


def _framings(protocols: Mapping[str, Protocol]) -> dict[str, Framing]:
    return {f.name: f for p in protocols.values() for f in p.framings}


def _alike_others(
    keys: Numbers, result: CaptureResult, protocols: Mapping[str, Protocol]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which of the keys are of protocols that hardly differ from anything else, and which of such whose messages may be
    another protocol's. Many datagrams of the former do not show what they are, unlike the messages of a stream, which
    follow each other exactly.
    """
    known = [protocols.get(name) for name in result.messages.protocols]
    weak = np.array([p is not None and p.proof is not None for p in known], np.bool_)
    strict = np.array([p is not None and p.needs_proof for p in known], np.bool_)
    return weak[keys & 0xFFFFFFFF], strict[keys & 0xFFFFFFFF]


def _pieces(
    keys: Numbers,
    group: Numbers,
    both: npt.NDArray[np.bool_],
    result: CaptureResult,
    protocols: Mapping[str, Protocol],
) -> npt.NDArray[np.bool_]:
    """Which of the keys may be pieces of what another protocol carries in the same stream: only one end says them, and
    ``both`` ends speak the other one, in another framing. What protects a connection may begin in one, and a message
    may tell so much that it is what it looks like. group: the key of each message.
    """
    stream = np.array([c.transport == "tcp" for c in result.conversations], np.bool_)[keys >> 32]
    protecting = [name in protocols and protocols[name].secured for name in result.messages.protocols]
    found: npt.NDArray[np.bool_] = stream & ~both & ~np.array(protecting, np.bool_)[keys & 0xFFFFFFFF]
    found &= np.isin(keys >> 32, (keys >> 32)[both])
    if not found.any():
        return found
    framings = _framings(protocols)
    sure = [
        name in framings and max(strength(f := framings[name]), evidence(f)) >= _SURE
        for name in result.messages.framings
    ]
    rows = result.messages.rows
    cut_as = rows["conversation"].astype(np.int64) << 32 | rows["framing"].astype(np.int64)
    excused = np.isin(cut_as, cut_as[both[group]]) | np.array(sure, np.bool_)[rows["framing"]]
    found[group[excused]] = False
    return found


def _is_assigned(transport: str) -> bool:
    """Its number (EtherType, IP protocol) is the protocol's own."""
    return transport == "ethernet" or transport.startswith("ip-")


def _members(group: Numbers, groups: int) -> list[Numbers]:
    """The indices of each group."""
    order = np.argsort(group, kind="stable")
    return np.split(order, np.searchsorted(group[order], np.arange(1, groups))) if groups else []


def _most(claims: Iterable[Claim], protocols: Mapping[str, Protocol]) -> Claim | None:
    """Of claims that their messages do not bear out, the industrial one with most messages."""
    industrial = [c for c in claims if protocols[c.protocol].industrial]
    return max(industrial, key=lambda c: (c.good + c.broken, c.protocol), default=None)


def _add_strays(result: CaptureResult, protocols: Mapping[str, Protocol], spoken: dict[int, list[Claim]]) -> None:
    """Packets of an assigned EtherType or IP protocol that no message of its protocol begins keep its name."""
    assigned = _numbers(protocols)
    seen = np.zeros(len(result.conversations), np.int64)
    np.add.at(seen, result.messages.rows["conversation"], result.messages.rows["count"])
    for index, conversation in enumerate(result.conversations):
        name = assigned.get((conversation.transport, conversation.server_port))
        strays = conversation.client_packets + conversation.server_packets - int(seen[index]) if name else 0
        if not name or strays <= 0 or result.info.limits:
            continue
        claims = spoken.get(index)
        if claims:
            first = claims[0]
            spoken[index] = [Claim(**{**vars(first), "strays": strays}), *claims[1:]]
        else:
            spoken[index] = [Claim(index, name, np.zeros(0, np.int64), 0, 0, guessed=True, strays=strays)]


def _numbers(protocols: Mapping[str, Protocol]) -> dict[tuple[str, int], str]:
    """EtherType or IP protocol, as conversations have it -> the first protocol whose framing names it."""
    found: dict[tuple[str, int], str] = {}
    for name, protocol in protocols.items():
        for framing in protocol.framings:
            for number in framing.ports.get("ethertype", ()):
                if number >= _ETHERTYPES:
                    found.setdefault(("ethernet", number), name)
            for number in framing.ports.get("ip", ()):
                found.setdefault((f"ip-{number}", 0), name)
    return found
