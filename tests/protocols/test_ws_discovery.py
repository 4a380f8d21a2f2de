"""WS-Discovery: who looks for cameras and who answers, on any port and in either namespace; what only resembles it."""

from __future__ import annotations

import pytest

from fixtures.record import ws_discovery as made
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.internet.ws_discovery import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told, understand_capture


def sent(data: bytes, transport: str = "udp") -> Message:
    return Message(data, len(data), True, transport, 3702)


def operation(data: bytes) -> Operation:
    return next(row for row in PROTOCOL.dissect(sent(data)) if isinstance(row, Operation))


@pytest.mark.parametrize("name", ["camera.pcap", "port_13702.pcap"])
def test_discovery(name):
    result, understood = understand_capture(CAPTURES / "ws_discovery" / name)
    assert set(understood.spoken.values()) == {("ws-discovery",)}
    functions = {c["function"]: c["verb"] for *_, c in operation_rows(result, understood)}
    assert functions == {"Probe": "identify", "ProbeMatches": "report", "Hello": "report", "Bye": "report"}
    about = {(row.field, row.value) for *_, row in told(CAPTURES / "ws_discovery" / name) if isinstance(row, Identity)}
    assert about == {("model", "EX-CAM4"), ("name", "Gate")}


@pytest.mark.parametrize("prefix", ["s:", "SOAP-ENV:", ""])
@pytest.mark.parametrize("space", [made.OLD, made.NEW])
def test_namespaces_and_prefixes(space, prefix):
    found = operation(made.message("Resolve", space=space, prefix=prefix))
    assert (found.verb, found.kind) == (Verb.IDENTIFY, Kind.REQUEST)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        made.message("Probe", space="urn:else"),
        made.message("GetUsers"),
        made.PROBE.replace(b"Body", b"Text"),
        made.PROBE[:200],
    ],
)
def test_what_is_none(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))
    assert not PROTOCOL.probe(sent(made.PROBE, "tcp"))


def test_what_a_device_says_is_data():
    hostile = made.HELLO.replace(b"http://10.20.59.64", b"javascript:alert(1)").replace(b"EX-CAM4", b"A" * 300)
    assert operation(hostile).detail == ""
    assert all(len(row.value) <= 60 for row in PROTOCOL.dissect(sent(hostile)) if isinstance(row, Identity))
