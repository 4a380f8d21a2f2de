"""BACnet/SC without TLS: its own messages, NPDUs of other nodes, whose identity is whose, frames that are others'."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.record.bacnet import AO3, AV1, I_AM_7, MSTP, PASSWORD, SERVED, ack, confirmed, npdu, unconfirmed
from fixtures.record.bacnet_sc import ALL, DEVICE, ONE, TWO, frame, message
from scanner.facts.sessions import session_rows
from scanner.protocols.bacnet.bacnet_sc import PROTOCOL
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.wording import plain
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "bacnet_sc"


def rows(payload: bytes) -> list:
    raw = frame(payload)
    seen = Message(raw, len(raw), False, "tcp", 4443)
    assert PROTOCOL.probe(seen)
    return list(PROTOCOL.dissect(seen))


def only(payload: bytes) -> Operation:
    (row,) = [r for r in rows(payload) if isinstance(r, Operation)]
    assert row.verb in PROTOCOL.verbs
    return row


UUID = f"device {DEVICE.hex()}"
HUB = "connected to the primary hub, takes direct connections"
OWN = [
    (message(6, ONE + DEVICE + bytes(4)), Kind.REQUEST, "Connect-Request", "node 02:00:00:00:00:01", UUID),
    (message(7, TWO + DEVICE + bytes(4)), Kind.RESPONSE, "Connect-Accept", "node 02:00:00:00:00:02", UUID),
    (message(4, b"\1\1" + bytes(4)), Kind.NOTICE, "Advertisement", "", HUB),
    (message(4, bytes(6)), Kind.NOTICE, "Advertisement", "", "no hub connection"),
    (message(3, b"wss://a/ wss://b/"), Kind.RESPONSE, "Address-Resolution-ACK", "wss://a/ wss://b/", ""),
    (message(2, target=ALL), Kind.REQUEST, "Address-Resolution", "", "to all nodes"),
    (message(10), Kind.REQUEST, "Heartbeat-Request", "", ""),
    (message(12, b"\0\x0a\7secret"), Kind.NOTICE, "Proprietary-Message", "Schneider Electric function 7", ""),
    (message(0, b"\2\0"), Kind.RESPONSE, "BVLC-Result", "Address-Resolution", ""),
    (message(0, b"\6\1\0\0\7\0\x97why"), Kind.REFUSAL, "BVLC-Result", "Connect-Request", ""),
]


@pytest.mark.parametrize("case", OWN, ids=[f"{c[2]} {c[3]}" for c in OWN])
def test_own_messages(case):
    payload, kind, name, where, detail = case
    found = only(payload)
    assert (found.kind, found.function, found.object, found.detail) == (kind, name, where, detail)
    assert (found.code, found.filter) == (f"0x{payload[0]:02X}", f"bscvlc.function == 0x{payload[0]:02x}")
    session = rows(payload)[-1]
    assert (session.encrypted, session.version) == (False, "BACnet/SC")


def test_a_refusal_says_why():
    assert only(message(0, b"\6\1\0\0\7\0\x97why")).refusal == "communication: node-duplicate-vmac (7:151)"


WRITE = confirmed(15, 9, f"0c{AO3}19553e44420000003f4908")


def test_what_the_hub_passes_on_is_of_the_node_that_sent_it():
    for options, detail in ((b"", "priority 8"), (b"\x41", "priority 8, secure path")):
        found = only(message(1, npdu(WRITE), origin=TWO, options=options))
        assert (found.verb, found.object) == (Verb.WRITE, "analog-output 3 present-value")
        assert found.detail == f"from node 02:00:00:00:00:02, {detail}"
    assert not [r for r in rows(message(1, npdu(I_AM_7), origin=TWO, target=ALL)) if isinstance(r, Identity)]
    assert not [r for r in rows(message(1, npdu(ack(14, 1, SERVED)), origin=TWO)) if isinstance(r, Identity)]
    assert {r.field for r in rows(message(1, npdu(ack(14, 1, SERVED)))) if isinstance(r, Identity)} >= {"name", "model"}


def test_values_and_message_identifiers_make_no_other_message():
    for more in ({}, {"origin": TWO}, {"origin": TWO, "options": b"\x41"}):
        first = key("bacnet-sc", frame(message(1, npdu(WRITE), number=1, **more)))
        other = WRITE.replace(b"\x42\0", b"\x17\x17").replace(b"\x05\x09", b"\x05\x0a")
        assert other != WRITE
        assert key("bacnet-sc", frame(message(1, npdu(other), number=2, **more))) == first
        assert key("bacnet-sc", frame(message(1, npdu(WRITE.replace(b"\x49\x08", b"\x49\x01")), **more))) != first
        routed = key("bacnet-sc", frame(message(1, npdu(WRITE, to=MSTP), **more)))
        assert routed != first
    assert key("bacnet-sc", frame(message(10, number=1))) == key("bacnet-sc", frame(message(10, number=2)))
    assert key("bacnet-sc", frame(message(10))) != key("bacnet-sc", frame(message(11)))


def test_a_destination_option_in_front_of_data_options():
    head = b"\x01\x0b\0\1" + TWO + b"\xa2\0\1\0" + b"\x1f" + b"\x01"
    assert only(head + npdu(unconfirmed(8))).detail.endswith("secure path")


def test_long_frames():
    payload = message(1, npdu(confirmed(14, 1, f"0c{AV1}1e" + "0955" * 60 + "1f")))
    assert len(payload) > 125
    assert only(payload).function == "ReadPropertyMultiple"
    assert key("bacnet-sc-long", frame(payload)) != key("bacnet-sc-long", frame(payload[:-5]))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x81\x04\x0a\0\0\1",  # text
        b"\x02\x04\x0a\0\0\1",  # fragment
        b"\x82\x84\x0a\0\0\1",  # masked
        b"\x82\x05\x0a\0\0\1\0",  # heartbeats carry nothing
        b"\x82\x04\x0d\0\0\1",
        b"\x82\x04\x0a\x10\0\1",
        frame(message(1, b"\2\0\x10\x08")),
        frame(message(7, bytes(25))),
        frame(b"\x01\x01\0\1\x81"),
        frame(message(10, origin=TWO))[:-1],
    ],
)
def test_what_is_no_bacnet_sc(raw):
    seen = Message(raw, len(raw), False, "tcp", 4443)
    assert not PROTOCOL.probe(seen)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(seen))


def read(name: str) -> tuple:
    return understand_capture(FOLDER / name)


def operations(name: str) -> list[dict[str, Any]]:
    return [{"protocol": protocol, **columns} for _, protocol, _, columns in operation_rows(*read(name))]


def test_a_recorded_hub_connection():
    _, understood = read("hub.pcap")
    assert set(understood.spoken[0]) == {"http", "bacnet-sc"}
    assert not understood.malformed
    assert not understood.defects
    own = [o for o in operations("hub.pcap") if o["protocol"] == "bacnet-sc"]
    assert sum(o["count"] for o in own) == 40
    assert {o["verb"] for o in own} >= {"write", "restart", "identify", "report", "session"}
    (session,) = [c for _, protocol, c in session_rows(*read("hub.pcap")) if protocol == "bacnet-sc"]
    assert (session["encrypted"], plain(session["detail"])) == (False, "WebSocket without TLS")
    assert PASSWORD not in str(operations("hub.pcap")) + str(understood.rows)


def test_the_handshake_names_what_the_websocket_carries():
    (handshake,) = [o for o in operations("hub.pcap") if o["protocol"] == "http"]
    assert plain(handshake["detail"]) == "asks to upgrade to websocket for hub.bsc.bacnet.org"
    (other,) = [o for o in operations("other_websocket.pcap") if o["protocol"] == "http"]
    assert plain(other["detail"]) == "asks to upgrade to websocket"


def test_a_direct_connection_that_began_earlier():
    _, understood = read("direct.pcap")
    assert understood.spoken[0] == ("bacnet-sc",)
    assert [o["count"] for o in operations("direct.pcap") if o["seen_as"] == "request"] == [4]


def test_another_websocket_is_no_bacnet_sc():
    _, understood = read("other_websocket.pcap")
    assert {n for names in understood.spoken.values() for n in names} == {"http"}
