"""Industrial protocols inside TLS and DTLS are named by their registered ports, and only there."""

from __future__ import annotations

import pytest

from scanner.protocols import protocols
from scanner.protocols.base import Message, Session
from scanner.protocols.tls._secured_ports import PORTS
from tests.protocols.test_tls import client_hello, record

SUITES = b"\x00\x02\xc0\x2b"
IN_DTLS = b"\xfe\xfd" + bytes(34) + SUITES + b"\x01\x00"  # version, random, no session, no cookie, suites, compression
DTLS = b"\x16\xfe\xfd" + bytes(8) + (12 + len(IN_DTLS)).to_bytes(2, "big")
DTLS += b"\x01" + len(IN_DTLS).to_bytes(3, "big") + bytes(5) + len(IN_DTLS).to_bytes(3, "big") + IN_DTLS
TLS = record(client_hello(0x0303, [0xC02B]))


def details(protocol: str, transport: str, data: bytes, port: int) -> list[str]:
    message = Message(data, len(data), True, transport, port)
    assert protocols()[protocol].probe(message)
    return [r.detail for r in protocols()[protocol].dissect(message) if isinstance(r, Session) and r.detail]


@pytest.mark.parametrize(("port", "name"), PORTS.items())
def test_a_hello_on_a_registered_port_is_named(port, name):
    said = f"port {port} is registered for {name}"
    assert said in details("tls", "tcp", TLS, port)
    assert said in details("dtls", "udp", DTLS, port)


def test_a_hello_elsewhere_is_not():
    found = (*details("tls", "tcp", TLS, 443), *details("dtls", "udp", DTLS, 4433))
    assert not [detail for detail in found if "registered" in detail]
