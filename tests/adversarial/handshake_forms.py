"""Handshakes of TLS and DTLS in forms that hardly anybody chooses: hellos over records, parts of them, few bytes."""

from __future__ import annotations

import struct

from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import ANSWERS, ASKS, CELL_STRANGER, NOWHERE_LISTED, datagrams, formed, stream
from tests.twins import answers_only, in_pieces, requests_only

OLD, WEAK = "tls-obsolete-version", "tls-weak-cipher"
OF_CERTIFICATES = ("certificate-self-signed", "certificate-weak-key", "certificate-expires-soon")
TLS_1_0, TLS_1_2 = b"\3\1", b"\3\3"
AES_128, RC4, AES_128_DHE = b"\xc0\x13", b"\0\5", b"\0\x9e"
CLIENT, SERVER = 1, 2
DONE = b"\x0e\0\0\0"
_SEALED = bytes(range(64))


def record(body: bytes, kind: int = 22, version: bytes = TLS_1_0) -> bytes:
    """One record."""
    return bytes((kind,)) + version + struct.pack(">H", len(body)) + body


def hello(kind: int, version: bytes, *suites: bytes) -> bytes:
    """What a client offers, or a server chooses."""
    offered = b"".join(suites)
    body = version + bytes(range(kind, 32 + kind)) + b"\0"
    body += struct.pack(">H", len(offered)) + offered + b"\1\0" if kind == CLIENT else offered + b"\0"
    return bytes((kind,)) + len(body).to_bytes(3, "big") + body


def cut(message: bytes, *places: int) -> bytes:
    """The message in records that end at the places."""
    ends = (*places, len(message))
    return b"".join(record(message[a:b]) for a, b in zip((0, *places), ends, strict=True))


def session(asked: bytes, chosen: bytes, *, port: int = 9443) -> Recorded:
    """A handshake and what it protects."""
    change, finished, data = record(b"\1", 20), record(_SEALED[:40]), record(_SEALED, 23)
    rest = [(who, change + finished) for who in (ASKS, ANSWERS)] + [(ASKS, data), (ANSWERS, data)]
    return stream(CELL_STRANGER, NOWHERE_LISTED, port, [(ASKS, asked), (ANSWERS, chosen), *rest])


def fragment(message: bytes, version: bytes, number: int, at: int, size: int) -> bytes:
    """A record of DTLS with a part of a handshake message (RFC 6347, section 4.2.2)."""
    part = message[4 + at : 4 + at + size]
    head = message[:4] + struct.pack(">H", number) + at.to_bytes(3, "big") + len(part).to_bytes(3, "big")
    return (
        b"\x16"
        + version
        + bytes(2)
        + (number * 100 + at).to_bytes(6, "big")
        + struct.pack(">H", 12 + len(part))
        + head
        + part
    )


def in_datagrams(version: bytes, size: int) -> Recorded:
    """A handshake of DTLS, the server's hello in parts of so many bytes."""
    asked = hello(CLIENT, version, AES_128)
    asked = asked[:1] + (len(asked) - 3).to_bytes(3, "big") + asked[4:39] + b"\0" + asked[39:]  # no cookie
    chosen = hello(SERVER, version, AES_128)
    said = [(ASKS, fragment(asked, version, 0, 0, 500))]
    said += [(ANSWERS, fragment(chosen, version, 1, at, size)) for at in range(0, len(chosen) - 4, size)]
    sealed = b"\x17" + version + b"\0\1" + bytes(6) + b"\0\x40" + _SEALED
    return datagrams(CELL_STRANGER, NOWHERE_LISTED, 7443, [*said, (ASKS, sealed), (ANSWERS, sealed)])


def of_certificates() -> list[Case]:
    """What nobody can read of a certificate, and of the key exchange behind it."""
    asks, chosen = hello(CLIENT, TLS_1_2, AES_128_DHE), hello(SERVER, TLS_1_2, AES_128_DHE)
    spread, broken = certificate(900), certificate(90)
    short = b"\x0c\0\0\x48" + b"\0\x40" + bytes(range(64)) + b"\0\1\2\0\1\3"  # a group of 512 bits
    return [
        not_calm(
            "a certificate that begins behind a hello and goes on in the next record",
            session(record(asks), cut(chosen + spread + short + DONE, 400, 800)),
            *OF_CERTIFICATES,
            WEAK,
        ),
        not_calm("a certificate that is none", session(record(asks), record(chosen + broken + DONE)), *OF_CERTIFICATES),
        seen("a short group behind a certificate", session(record(asks), record(chosen + broken + short + DONE)), WEAK),
        calm("no certificate", session(record(asks), record(chosen + DONE)), *OF_CERTIFICATES),
        unmoved("no exchange of keys", session(record(asks), record(chosen + DONE)), WEAK),
    ]


def certificate(size: int) -> bytes:
    """A message of TLS with one, of so many bytes."""
    listed = size.to_bytes(3, "big") + bytes(size)
    return b"\x0b" + (len(listed) + 3).to_bytes(3, "big") + len(listed).to_bytes(3, "big") + listed


def of_datagrams() -> list[Case]:
    """DTLS."""
    return [
        case
        for size in (3, 12, 36, 60)
        for case in (
            not_calm(f"DTLS 1.0 chosen in parts of {size} bytes", in_datagrams(b"\xfe\xff", size), OLD),
            unmoved(f"DTLS 1.2 chosen in parts of {size} bytes", in_datagrams(b"\xfe\xfd", size), OLD),
        )
    ]


def cases() -> list[Case]:
    """All."""
    asks = hello(CLIENT, TLS_1_2, AES_128, RC4)
    old, new = (hello(SERVER, version, AES_128) for version in (TLS_1_0, TLS_1_2))
    weak = hello(SERVER, TLS_1_2, RC4)
    found = []
    for name, places in {
        "within its length": (7,),
        "behind its version": (40,),
        "in many": tuple(range(4, 36, 4)),
    }.items():
        of_both = session(cut(asks, *places), cut(old + DONE, *places))
        found += [
            seen(f"TLS 1.0 chosen in a hello over records, {name}", of_both, OLD),
            seen(f"TLS 1.0 in a hello over records, {name}, 2 bytes at a time", formed(in_pieces(2), of_both), OLD),
            seen(f"TLS 1.0 in a hello over records, {name}, answers only", formed(answers_only, of_both), OLD),
            not_calm(f"TLS 1.0 in a hello over records, {name}, requests only", formed(requests_only, of_both), OLD),
            seen(f"RC4 chosen in a hello over records, {name}", session(cut(asks, *places), cut(weak, *places)), WEAK),
            calm(f"TLS 1.2 in a hello over records, {name}", session(cut(asks, *places), cut(new, *places)), OLD, WEAK),
        ]
    single = tuple(range(1, len(old)))
    return [
        *found,
        *of_datagrams(),
        *of_certificates(),
        not_calm("TLS 1.0 chosen, a byte a record", session(record(asks), cut(old, *single)), OLD),
        not_calm("TLS 1.0 chosen, its length over records", session(record(asks), cut(old, 2)), OLD),
        unmoved("TLS 1.2 chosen, a byte a record", session(record(asks), cut(new, *single)), OLD),
        unmoved("TLS 1.2 chosen, its length over records", session(record(asks), cut(new, 2)), OLD),
        not_calm("RC4 chosen, its length over records", session(record(asks), cut(weak, 3)), WEAK),
    ]
