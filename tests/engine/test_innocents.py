"""What looks bad at a glance and is as it should be: no rule on protection objects to it."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from tests.given import BAD, Given
from tests.twins import records

CLIENT, SERVER = "10.20.10.10", "10.20.10.20"
CHANCE = random.Random(6)  # noqa: S311 - what is encrypted, the same every time
PROTECTION = (
    *("credentials-in-clear", "tls-obsolete-version", "tls-weak-cipher", "tls-without-forward-secrecy"),
    *("web-management-in-clear", "cleartext-file-transfer", "anonymous-file-access", "person-to-person-service-used"),
    *("snmp-without-protection", "snmp-well-known-community", "snmpv3-weak-algorithm", "weak-login-algorithm"),
    *("malformed-message-seen", "malformed-messages", "obsolete-service-version"),
)
Said = list[tuple[int, bytes]]  # whether the client says it, and what


def record(kind: int, data: bytes, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(data)) + data


def handshake(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return record(22, bytes((kind,)) + len(body).to_bytes(3, "big") + body, version)


def tls(version: int = 0x0301, offered: tuple[int, ...] = (0xC02F,)) -> Said:
    """TLS 1.2 with ECDHE and AES-GCM. version: of the ClientHello's record; offered: suites, 0xC02F among them."""
    suites = struct.pack(f">H{len(offered)}H", 2 * len(offered), *offered)
    name = b"\0\0\0\x0a\0\x08\0\0\5scada"
    hello = b"\3\3" + CHANCE.randbytes(32) + b"\0" + suites + b"\1\0" + struct.pack(">H", len(name)) + name
    chosen = b"\3\3" + CHANCE.randbytes(32) + b"\0\xc0\x2f\0\0\0"
    key = b"\3\0\x1d\x20" + CHANCE.randbytes(32) + b"\4\3\0\x40" + CHANCE.randbytes(64)
    done = record(20, b"\1") + record(22, CHANCE.randbytes(40))
    answer = handshake(2, chosen) + handshake(12, key) + handshake(14, b"")
    secret = record(23, CHANCE.randbytes(200))
    own = handshake(16, b"\x20" + CHANCE.randbytes(32))
    return [(1, handshake(1, hello, version)), (0, answer), (1, own + done), (0, done), (1, secret), (0, secret)]


def ber(tag: int, *values: bytes) -> bytes:
    body = b"".join(values)
    size = bytes((len(body),)) if len(body) < 128 else b"\x82" + struct.pack(">H", len(body))
    return bytes((tag,)) + size + body


START_TLS = ber(0x30, b"\2\1\1", ber(0x77, ber(0x80, b"1.3.6.1.4.1.1466.20037")))
ROOT = ber(0x63, b"\4\0\x0a\1\0\x0a\1\0\2\1\0\2\1\0\1\1\0", ber(0x87, b"objectClass"), b"\x30\0")
ANONYMOUS = ber(0x60, b"\2\1\3\4\0\x80\0")
ENGINE = bytes.fromhex("80001f8880e9630000d61ff449")


def snmp(flags: int, engine: bytes, user: bytes, message: bytes, secrets: tuple[bytes, bytes] = (b"", b"")) -> bytes:
    head = ber(0x30, b"\2\1\1", b"\2\3\0\xff\xe3", bytes((4, 1, flags)), b"\2\1\3")
    security = ber(0x30, ber(4, engine), b"\2\1\0\2\1\0", ber(4, user), *(ber(4, s) for s in secrets))
    return ber(0x30, b"\2\1\3", head, ber(4, security), message)


def scoped(kind: int, engine: bytes, bindings: bytes) -> bytes:
    return ber(0x30, ber(4, engine), b"\4\0", ber(kind, b"\2\1\1\2\1\0\2\1\0", ber(0x30, bindings)))


UNKNOWN_ENGINE = ber(0x30, ber(6, bytes.fromhex("2b060106030f01010400")), b"\x41\1\1")
PRIVATE = snmp(7, ENGINE, b"operator", ber(4, CHANCE.randbytes(64)), (CHANCE.randbytes(12), CHANCE.randbytes(8)))
DISCOVERY: Said = [
    (1, snmp(4, b"", b"", scoped(0xA0, b"", b""))),
    (0, snmp(0, ENGINE, b"", scoped(0xA8, ENGINE, UNKNOWN_ENGINE))),
]
REDIRECT = b"HTTP/1.1 301 Moved Permanently\r\nLocation: https://eng/login\r\nContent-Length: 0\r\n\r\n"
MAIL: Said = [(0, b"220 mail ESMTP\r\n"), (1, b"EHLO scada\r\n"), (0, b"250-STARTTLS\r\n250 AUTH LOGIN PLAIN\r\n")]
INNOCENT: dict[str, tuple[str, int, Said]] = {
    "TLS 1.2, its first record of version 1.0": ("tcp", 443, tls()),
    "TLS 1.2, its first record of SSL 3.0": ("tcp", 443, tls(0x0300)),
    "weak suites are offered and not taken": ("tcp", 443, tls(offered=(0x0004, 0x000A, 0xC02F, 0x002F))),
    "mail with STARTTLS": ("tcp", 25, [*MAIL, (1, b"STARTTLS\r\n"), (0, b"220 go ahead\r\n"), *tls()]),
    "mail is fetched with STLS": ("tcp", 110, [(0, b"+OK\r\n"), (1, b"STLS\r\n"), (0, b"+OK begin\r\n"), *tls()]),
    "FTP with AUTH TLS": ("tcp", 21, [(0, b"220 ready\r\n"), (1, b"AUTH TLS\r\n"), (0, b"234 ok\r\n"), *tls()]),
    "LDAP with StartTLS": ("tcp", 389, [(1, START_TLS), (0, ber(0x30, b"\2\1\1", b"\x78\7\x0a\1\0\4\0\4\0")), *tls()]),
    "an anonymous bind, to ask an LDAP server what it can": (
        *("tcp", 389),
        [
            (1, ber(0x30, b"\2\1\1", ANONYMOUS)),
            (0, ber(0x30, b"\2\1\1", b"\x61\7\x0a\1\0\4\0\4\0")),
            (1, ber(0x30, b"\2\1\2", ROOT)),
            (0, ber(0x30, b"\2\1\2", b"\x65\7\x0a\1\0\4\0\4\0")),
        ],
    ),
    "PostgreSQL with TLS": ("tcp", 5432, [(1, struct.pack(">II", 8, 80_877_103)), (0, b"S"), *tls()]),
    "HTTP leads to HTTPS": ("tcp", 80, [(1, b"GET /login HTTP/1.1\r\nHost: eng\r\n\r\n"), (0, REDIRECT)]),
    "SNMPv3 looks for the engine": ("udp", 161, DISCOVERY),
    "SNMPv3 looks for the engine, then speaks in private": ("udp", 161, [*DISCOVERY, (1, PRIVATE), (0, PRIVATE)]),
}


@pytest.mark.parametrize("name", INNOCENT)
def test_nothing_is_objected_to(tmp_path: Path, name: str) -> None:
    over, port, said = INNOCENT[name]
    with Wire(tmp_path / "x.pcap") as wire:
        way = getattr(wire, over)(CLIENT, SERVER, port)
        for asks, data in said:
            (way.client if asks else way.server)(data)
        way.close()
    verdicts = Given(records(tmp_path / "x.pcap")).verdicts()
    assert {rule: verdicts[rule] for rule in PROTECTION if verdicts[rule] in BAD} == {}
