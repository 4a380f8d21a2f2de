"""Both sides of one capture as counters, and how far they agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from scanner.capture.read import read_capture
from scanner.capture.result import CaptureInfo, CaptureResult
from scanner.errors import InputError
from scanner.facts.understand import Understood, understand
from scanner.protocols import all_framings, cases, protocols
from tests.conformance import oracle
from tests.conformance.spec import Spec, Value, specs

MESSAGES, CONVERSATIONS, PACKETS = "messages", "conversations", "packets"


@dataclass
class Comparison:
    """One protocol in one capture: (table, value) -> how often, on each side."""

    protocol: str
    capture: str
    ours: Counter[Value] = field(default_factory=Counter)
    theirs: Counter[Value] = field(default_factory=Counter)
    malformed: int = 0  # messages that otaudit calls malformed: no rows, so nothing of theirs is counted

    def tables(self) -> list[str]:
        """The tables that either side filled."""
        return sorted({table for table, _ in (*self.ours, *self.theirs)})

    def agreement(self, table: str) -> tuple[int, int]:
        """(in common, in all): the smaller and the larger count of every value, summed."""
        values = {v for v in (*self.ours, *self.theirs) if v[0] == table}
        return (
            sum(min(self.ours[v], self.theirs[v]) for v in values),
            sum(max(self.ours[v], self.theirs[v]) for v in values),
        )

    def differences(self) -> list[tuple[str, str, int, int]]:
        """(table, value, ours, theirs) wherever they differ."""
        values = sorted({*self.ours, *self.theirs})
        return [(*v, self.ours[v], self.theirs[v]) for v in values if self.ours[v] != self.theirs[v]]


def compare(capture: Path, name: str) -> list[Comparison]:
    """Every protocol that either side finds in the capture, and the packets of the whole capture."""
    found = {s.protocol: Comparison(s.protocol, name) for s in specs()}
    whole = Comparison("capture", name)
    try:
        result = read_capture(capture, name, all_framings(), cases())
    except InputError:
        result = CaptureResult(info=CaptureInfo(source=name))
    understood = understand(result, protocols())
    for spec in specs():
        _count_ours(spec, result, understood, found[spec.protocol])
    whole.ours[PACKETS, ""] = result.info.packets
    every = [f for s in specs() for f in s.fields]
    for frame in oracle.frames(capture, every, _decode_as(result, understood)):
        whole.theirs[PACKETS, ""] += 1
        there = set(oracle.layers(frame))
        for spec in specs():
            if there & set(spec.layers):
                values = list(spec.theirs(frame))
                found[spec.protocol].theirs.update(values)
                if values:
                    found[spec.protocol].theirs[CONVERSATIONS, " - ".join(oracle.ends(frame))] = 1
    return [whole, *(c for c in found.values() if c.ours or c.theirs)]


def _count_ours(spec: Spec, result: CaptureResult, understood: Understood, into: Comparison) -> None:
    for index, message in enumerate(result.messages):
        if message.protocol != spec.protocol or spec.protocol not in understood.spoken.get(message.conversation, ()):
            continue
        conversation = result.conversations[message.conversation]
        if index not in understood.rows:
            into.malformed += message.count
            continue
        for value in spec.ours(message, understood.rows[index]):
            into.ours[value] += message.count
        into.ours[CONVERSATIONS, " - ".join(sorted((conversation.client, conversation.server)))] = 1


def _decode_as(result: CaptureResult, understood: Understood) -> list[str]:
    """Ports on which otaudit recognised a protocol, for tshark to be told."""
    rules: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for spec in specs():
        for index, spoken in understood.spoken.items():
            conversation = result.conversations[index]
            dissector = spec.decode_as.get(conversation.transport)
            if spec.protocol in spoken and dissector:
                rules[conversation.transport, conversation.server_port].add(dissector)
    return [f"{kind}.port=={port},{names.pop()}" for (kind, port), names in sorted(rules.items()) if len(names) == 1]
