"""Distinct messages to meaning: each is given once to its protocol's dissector, and each conversation is believed to
speak a protocol only when its messages bear that out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scanner.capture.result import CaptureResult, Conversation, DistinctMessage
from scanner.facts.frames import Defect
from scanner.protocols.base import Malformed, Message, Operation, Protocol, Row, Session, Verb

# Shares of messages (weighted by how often they were seen) that must bear a protocol out. On its own port a protocol
# is expected and damage is a finding; away from it, a recognition must be nearly perfect.
AT_PORT = 0.5
AWAY_FROM_PORT = 0.9
_OPEN = {Verb.SESSION, Verb.IDENTIFY, Verb.UNKNOWN}  # may be in clear beside encrypted messages


@dataclass(slots=True)
class Understood:
    """What one capture's messages mean.

    rows: message index -> its rows, for messages of accepted protocols only.
    spoken: conversation index -> accepted protocol names, the most used first.
    malformed: conversation index -> messages of accepted protocols that break their specification.
    midway: (conversation index, protocol) -> what is known of a session of which nothing captured shows its protection.
    """

    rows: dict[int, tuple[Row, ...]] = field(default_factory=dict)
    spoken: dict[int, tuple[str, ...]] = field(default_factory=dict)
    malformed: dict[int, int] = field(default_factory=dict)
    midway: dict[tuple[int, str], Session] = field(default_factory=dict)
    defects: tuple[Defect, ...] = ()


@dataclass(slots=True)
class _Group:
    """The messages of one conversation that one protocol claims."""

    rows: dict[int, tuple[Row, ...]] = field(default_factory=dict)
    good: int = 0
    malformed: int = 0
    alien: int = 0
    by_port: bool = False
    confirmed: bool = False

    @property
    def accepted(self) -> bool:
        total = self.good + self.malformed + self.alien
        if not self.good:
            return False
        if self.by_port:
            return self.good >= AT_PORT * total
        return self.confirmed and self.good >= AWAY_FROM_PORT * total


def message_of(conversation: Conversation, distinct: DistinctMessage) -> Message:
    """The distinct message as its dissector gets it."""
    c, d = conversation, distinct  # positions, not names: it is done for every message
    if d.from_client:
        return Message(d.data, d.length, True, c.transport, c.server_port, c.client, c.server, d.framing, d.set_back)
    return Message(d.data, d.length, False, c.transport, c.server_port, c.server, c.client, d.framing, d.set_back)


def understand(result: CaptureResult, protocols: Mapping[str, Protocol]) -> Understood:
    """Dissect every distinct message that a protocol claims; say which protocols each conversation really speaks."""
    groups: defaultdict[tuple[int, str], _Group] = defaultdict(_Group)
    defects: defaultdict[tuple[str, str], int] = defaultdict(int)
    conversations = result.conversations
    speech = {name: (protocol.probe, protocol.dissect) for name, protocol in protocols.items()}
    for index, distinct in _claimed(result):
        probe, dissect = speech[distinct.protocol]
        group = groups[distinct.conversation, distinct.protocol]
        if distinct.by_port:
            group.by_port = True
        if distinct.confirmed:
            group.confirmed = True
        message = message_of(conversations[distinct.conversation], distinct)
        try:
            if not probe(message):
                group.alien += distinct.count
                continue
            group.rows[index] = tuple(dissect(message))
            group.good += distinct.count
        except Malformed:
            group.malformed += distinct.count
        except Exception as error:  # noqa: BLE001 - a dissector's own defect must be counted and shown, not end the scan
            defects[distinct.protocol, f"{type(error).__name__}: {error}"] += distinct.count
    understood = Understood(defects=tuple(sorted(Defect(n, w, c) for (n, w), c in defects.items())))
    for (conversation, name), group in sorted(groups.items(), key=lambda item: (item[0][0], -item[1].good, item[0][1])):
        if group.accepted:
            understood.rows.update(group.rows)
            understood.spoken[conversation] = (*understood.spoken.get(conversation, ()), name)
            known = _midway(group, protocols[name], conversations[conversation].transport)
            if known:
                understood.midway[conversation, name] = known
            if group.malformed:
                understood.malformed[conversation] = understood.malformed.get(conversation, 0) + group.malformed
    return understood


def _midway(group: _Group, protocol: Protocol, transport: str) -> Session | None:
    """What messages show that say nothing of their session: what could be read was not encrypted. Datagrams that only
    look for others are no session; every protocol sends them in clear.
    """
    if not protocol.midway:
        return None
    found = [row for rows in group.rows.values() for row in rows]
    verbs = {row.verb for row in found if isinstance(row, Operation)}
    searches = transport != "tcp" and verbs <= {Verb.IDENTIFY}
    if searches or any(isinstance(row, Session) for row in found):
        return None
    return Session(encrypted=False if verbs - _OPEN else None, detail=protocol.midway)


def _claimed(result: CaptureResult) -> Iterator[tuple[int, DistinctMessage]]:
    """Messages that some protocol's case met, without those of framings that the kernel tried away from their port
    and gave up.
    """
    for index, distinct in enumerate(result.messages):
        if distinct.protocol and (distinct.confirmed or distinct.by_port):
            yield index, distinct
