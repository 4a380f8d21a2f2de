"""Both sides of one capture as counters, and how far they agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scanner.capture.read import read_capture
from scanner.capture.result import CaptureInfo, CaptureResult
from scanner.errors import InputError
from scanner.facts.understand import Understood, understand
from scanner.protocols import framing_plan, protocols
from tests.conformance import carried, oracle, second
from tests.conformance.filters import Filters
from tests.conformance.spec import Spec, Value, specs
from tests.conformance.uncompared import Looked, looked_at

MESSAGES, CONVERSATIONS, PACKETS = "messages", "conversations", "packets"


@dataclass
class Comparison:
    """One protocol in one capture: (table, value) -> how often, on each side."""

    protocol: str
    capture: str
    ours: Counter[Value] = field(default_factory=Counter)
    theirs: Counter[Value] = field(default_factory=Counter)
    malformed: int = 0  # messages that otaudit calls malformed: no rows, so nothing of theirs is counted
    looked: Counter[Looked] = field(default_factory=Counter)  # operations, and whether they are compared

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


def compare(capture: Path, name: str, options: Sequence[str] = (), filters: Filters | None = None) -> list[Comparison]:
    """Every protocol that either side finds in the capture, the packets of the whole capture and what tunnels carry.

    What tshark has no dissector for is compared with the second reader. ``options`` are further ones of tshark.
    filters: they are tried in the same run.
    """
    found = {protocol: Comparison(protocol, name) for protocol in protocols()}
    whole = Comparison("capture", name)
    try:
        result = read_capture(capture, name, framing_plan())
    except InputError:
        result = CaptureResult(info=CaptureInfo(source=name))
    understood = understand(result, protocols())
    whole.ours.update(carried.ours(result.conversations))
    for reader in (*specs(), *second.descriptions().values()):
        _count_ours(reader, result, understood, found[reader.protocol])
    for protocol, values in second.theirs(capture, result, understood).items():
        found[protocol].theirs.update(values)
    for looked, count in looked_at(result, understood).items():
        found[looked.protocol].looked[looked] += count
    whole.ours[PACKETS, ""] = result.info.packets
    every = [f for s in specs() for f in s.fields]
    every += filters.given(result, understood) if filters else []
    for frame in oracle.frames(capture, every, [*ports_told(result, understood), *options]):
        whole.theirs[PACKETS, ""] += 1
        if filters:
            filters.see(frame)
        whole.theirs.update(carried.theirs(frame))
        there = set(oracle.layers(frame))
        for spec in specs():
            if there & set(spec.layers):
                values = list(spec.theirs(frame))
                found[spec.protocol].theirs.update(values)
                if values:
                    found[spec.protocol].theirs[CONVERSATIONS, " - ".join(oracle.ends(frame))] = 1
    return [whole, *(c for c in found.values() if c.ours or c.theirs or c.looked)]


def _count_ours(
    spec: Spec | second.Description, result: CaptureResult, understood: Understood, into: Comparison
) -> None:
    rows = understood.rows
    for index, message in enumerate(result.messages):
        if message.protocol != spec.protocol or spec.protocol not in understood.spoken.get(message.conversation, ()):
            continue
        conversation = result.conversations[message.conversation]
        if index not in rows:
            into.malformed += message.count if isinstance(spec, Spec) else 0
            continue
        values = list(spec.ours(message, rows[index]))
        for value in values:
            into.ours[value] += message.count
        if values and isinstance(spec, Spec):
            into.ours[CONVERSATIONS, " - ".join(sorted((conversation.client, conversation.server)))] = 1


def ports_told(result: CaptureResult, understood: Understood) -> list[str]:
    """Options that tell tshark, which goes by port, where otaudit recognised a protocol, and that it did."""
    rules: defaultdict[tuple[str, int], set[tuple[str, str]]] = defaultdict(set)
    for index, spoken in understood.spoken.items():
        end = result.conversations[index]
        for name in spoken:
            rules[end.transport, end.server_port].update(_told(name, end.transport, end.server_port))
    found = {name for spoken in understood.spoken.values() for name in spoken}
    further = [option for spec in specs() if spec.protocol in found for option in spec.options]
    return [*further, *(o for one in sorted(rules.items()) if len(one[1]) == 1 for o in next(iter(one[1])))]


def _told(protocol: str, transport: str, port: int) -> Iterator[tuple[str, str]]:
    """A protocol without a comparison is told by its own name, where tshark has a dissector of that name."""
    spec = next((s for s in specs() if s.protocol == protocol), None)
    if spec and transport in spec.ports:
        yield "-o", f"{spec.ports[transport]}:{port}"
    elif spec and transport in spec.decode_as:
        yield "-d", f"{transport}.port=={port},{spec.decode_as[transport]}"
    elif not spec:
        dissector = protocols()[protocol].display_filter or protocol
        if (transport, dissector) in oracle.dissectors():
            yield "-d", f"{transport}.port=={port},{dissector}"
