"""Which version of NTLM logs in at file servers, directories and web servers; directories asked by datagrams."""

from __future__ import annotations

import struct
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.logins import ber, ldap
from fixtures.record.tds import ntlm
from fixtures.record.wire import Wire
from scanner.protocols.base import Message, Session
from scanner.protocols.dcerpc.smb import PROTOCOL as SMB
from scanner.protocols.http.http import PROTOCOL as HTTP
from scanner.protocols.internet.ldap import PROTOCOL as LDAP
from tests.protocols.understanding import understand_capture

OLD = b"\xffSMB" + struct.pack("<BIBH", 0x73, 0, 0x18, 0x4001) + bytes(20)
ANONYMOUS = ntlm(0)[:12] + bytes(4) + ntlm(0)[16:]


def spnego(token: bytes) -> bytes:
    """The answer of a client (RFC 4178 section 4.2.2)."""
    return ber(0xA1, ber(0x30, ber(0xA0, ber(0x0A, b"\1")), ber(0xA2, ber(4, token))))


def framed(head: bytes, body: bytes) -> bytes:
    """Behind the header of a NetBIOS session."""
    return struct.pack(">I", len(head + body)) + head + body


def new(token: bytes) -> bytes:
    """SESSION_SETUP of SMB 2."""
    head = b"\xfeSMB" + struct.pack("<HHIHH", 64, 1, 0, 1, 1)
    return framed(head + bytes(64 - len(head)), struct.pack("<HBBIIHHQ", 25, 0, 1, 1, 0, 88, len(token), 0) + token)


def old(token: bytes) -> bytes:
    """SESSION_SETUP_ANDX with a token."""
    words = bytes(14) + struct.pack("<H", len(token)) + bytes(8)
    return framed(OLD, b"\x0c" + words + struct.pack("<H", len(token)) + token)


def oldest(lan_manager: int, modern: int) -> bytes:
    """SESSION_SETUP_ANDX with two responses."""
    words = bytes(14) + struct.pack("<HH", lan_manager, modern) + bytes(8)
    body = bytes(lan_manager + modern)
    return framed(OLD, b"\x0d" + words + struct.pack("<H", len(body)) + body)


def bind(tag: int, token: bytes) -> bytes:
    """A bind, by SASL or as Windows does without."""
    chosen = ber(tag, ber(4, b"GSS-SPNEGO"), ber(4, token)) if tag == 0xA3 else ber(tag, token)
    return ldap(3, ber(0x60, ber(2, b"\3"), ber(4), chosen))


def says(protocol, data: bytes) -> tuple[set[str], set[str]]:
    rows = [r for r in protocol.dissect(Message(data, len(data), True, "tcp", 445)) if isinstance(r, Session)]
    return {r.cipher for r in rows if r.cipher}, {r.credentials for r in rows if r.credentials}


@pytest.mark.parametrize("build", [new, old])
@pytest.mark.parametrize("wrap", [spnego, bytes])
@pytest.mark.parametrize(
    ("token", "told"),
    [
        (ntlm(24), ({"NTLMv1"}, {"negotiate"})),
        (ntlm(220), ({"NTLMv2"}, {"negotiate"})),
        (ANONYMOUS, (set(), {"anonymous"})),
        (b"NTLMSSP\0\1\0\0\0" + bytes(24), (set(), set())),
        (b"\x60" + bytes(60), (set(), set())),
    ],
)
def test_log_ins_at_file_servers(build, wrap, token, told):
    assert says(SMB, build(wrap(token))) == told


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ((24, 24), ({"NTLMv1"}, {"negotiate"})),
        ((24, 0), ({"NTLMv1"}, {"negotiate"})),
        ((24, 130), ({"NTLMv2"}, {"negotiate"})),
        ((0, 0), (set(), {"anonymous"})),
        ((1, 0), (set(), {"anonymous"})),
    ],
)
def test_responses_without_a_token(sizes, told):
    assert says(SMB, oldest(*sizes)) == told


@pytest.mark.parametrize("tag", [0xA3, 0x8B])
@pytest.mark.parametrize(("size", "shown"), [(24, "NTLMv1"), (220, "NTLMv2")])
def test_log_ins_at_directories(tag, size, shown):
    assert says(LDAP, bind(tag, spnego(ntlm(size)) if tag == 0xA3 else ntlm(size))) == ({shown}, {"negotiate"})


@pytest.mark.parametrize("build", [new, old])
def test_one_weak_log_in_among_many_is_told(tmp_path, build):
    path = tmp_path / "many.pcap"
    with Wire(path) as wire:
        link = wire.tcp("10.20.10.21", "10.20.20.6", 10445)
        for count in range(60):
            token = ntlm(24 if count == 40 else 220)
            link.client(build(spnego(token[:-1] + bytes((count,)))))
    result, understood = understand_capture(path)
    assert set(understood.spoken.values()) == {("smb",)}
    assert sorted(message.count for message in result.messages) == [1, 59]
    assert {r.cipher for rows in understood.rows.values() for r in rows if isinstance(r, Session)} >= {
        "NTLMv1",
        "NTLMv2",
    }


@pytest.mark.parametrize("port", [389, 10389])
def test_a_directory_asked_by_datagrams(tmp_path, port):
    search = ber(
        0x63, ber(4), ber(0x0A, b"\0"), ber(0x0A, b"\0"), ber(2, b"\0"), ber(2, b"\0"), ber(1, b"\0"), ber(0xA0)
    )
    path = tmp_path / "udp.pcap"
    with Wire(path) as wire:
        link = wire.udp("10.20.10.21", "10.20.20.5", port)
        link.client(ldap(5, search))
        link.server(ldap(5, ber(0x64, ber(4), ber(0x30))) + ldap(5, ber(0x65, ber(0x0A, b"\0"), ber(4), ber(4))))
    assert set(understand_capture(path)[1].spoken.values()) == {("ldap",)}


def proved(token: bytes, scheme: str = "NTLM", field: str = "Authorization") -> list[str]:
    """What a request of HTTP tells."""
    head = f"GET / HTTP/1.1\r\nHost: h\r\n{field}: {scheme} {b64encode(token).decode()}\r\n\r\n".encode()
    return [r.cipher for r in HTTP.dissect(Message(head, len(head), True)) if isinstance(r, Session) and r.cipher]


@pytest.mark.parametrize(("response", "version"), [(24, "NTLMv1"), (60, "NTLMv2"), (200, "NTLMv2")])
def test_which_version_proves_who_asks_by_http(response: int, version: str) -> None:
    assert proved(ntlm(response)) == [version]
    assert proved(ntlm(response), "Negotiate", "Proxy-Authorization") == [version]


def test_nobody_and_no_proof_by_http() -> None:
    assert proved(ANONYMOUS) == proved(ntlm(24)[:20]) == proved(b"NTLMSSP\0\1\0\0\0" + bytes(40)) == []
    assert proved(b"\x60\x48\x06\x06" + bytes(60), "Negotiate") == []


@given(st.text(max_size=60))
def test_any_proof_by_http_is_read(text: str) -> None:
    head = f"GET / HTTP/1.1\r\nAuthorization: NTLM TlRMTVNTUAAD{text}\r\n\r\n".encode()
    list(HTTP.dissect(Message(head, len(head), True)))
