"""PPTP: its control connection, by its content on any port."""

from __future__ import annotations

import pytest

from fixtures.record import ppp_tunnels as made
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation
from scanner.protocols.vpn.pptp import PROTOCOL as PPTP
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture


@pytest.mark.parametrize("port", [1723, 11723])
def test_a_control_connection(port):
    path = CAPTURES / "pptp" / f"port_{port}.pcap"
    result, understood = understand_capture(path)
    assert not understood.defects
    (found,) = [columns for _, name, columns in session_rows(result, understood) if name == "pptp"]
    assert (found["versions"], found["encrypted"]) == (["PPTP 1"], False)
    rows = [row for _, message, row in told(path) if message.protocol == "pptp"]
    assert [row.value for row in rows if isinstance(row, Identity)] == ["pac", "example", "pns", "example"]
    refused = [(r.function, r.refusal) for r in rows if isinstance(r, Operation) and r.kind is Kind.REFUSAL]
    assert refused == [("Outgoing-Call-Reply", "result 4")]


@pytest.mark.parametrize("data", [made.message(1, 150, b""), b"\0\x10\0\1\x1a\x2b\x3c\x4e\0\5" + bytes(6), b""])
def test_what_is_none(data):
    message = Message(data, len(data), True, "tcp", 1723)
    assert not PPTP.probe(message)
    with pytest.raises(Malformed):
        list(PPTP.dissect(message))
