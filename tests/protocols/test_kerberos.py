"""Kerberos: algorithms of tickets, log-ins without pre-authentication, what tells messages apart, never who it is."""

from __future__ import annotations

from collections import Counter

import pytest

from fixtures.record.logins import ber
from fixtures.record.wire import Wire
from scanner.protocols.authentication.kerberos import PROTOCOL, WITHOUT
from scanner.protocols.base import Message, Operation, Session
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture

WEAK = ["mit_weak", "mit_weak_port_10088"]
AES, RC4 = "aes256-cts-hmac-sha1-96", "rc4-hmac"


def number(tag: int, value: int) -> bytes:
    return ber(tag, ber(2, value.to_bytes(2 if abs(value) > 127 else 1, "big", signed=True)))


def name(tag: int, *parts: bytes) -> bytes:
    return ber(tag, ber(0x30, number(0xA0, 2), ber(0xA1, ber(0x30, *(ber(0x1B, p) for p in parts)))))


def sealed(tag: int, algorithm: int, content: bytes = bytes(40)) -> bytes:
    return ber(tag, ber(0x30, number(0xA0, algorithm), number(0xA1, 2), ber(0xA2, ber(4, content))))


def answer(algorithm: int, *, session: int = 18, content: bytes = bytes(40), service: bytes = b"plc") -> bytes:
    """A ticket for a service, under the service's key."""
    ticket = ber(
        0x61,
        ber(
            0x30,
            number(0xA0, 5),
            ber(0xA1, ber(0x1B, b"PLANT")),
            name(0xA2, b"host", service),
            sealed(0xA3, algorithm, content),
        ),
    )
    return ber(
        0x6D,
        ber(
            0x30,
            number(0xA0, 5),
            number(0xA1, 13),
            ber(0xA3, ber(0x1B, b"PLANT")),
            name(0xA4, b"real-user"),
            ber(0xA5, ticket),
            sealed(0xA6, session, content),
        ),
    )


def over(data: bytes, transport: str = "udp") -> Message:
    data = len(data).to_bytes(4, "big") + data if transport == "tcp" else data
    return Message(data, len(data), False, transport, 88)


def ciphers(data: bytes, transport: str = "udp") -> list[str]:
    return [r.cipher for r in PROTOCOL.dissect(over(data, transport)) if isinstance(r, Session) and r.cipher]


def of(capture: str) -> tuple[Counter[tuple[str, str, str, str]], set[str], set[str]]:
    rows = [row for _, _, row in told(CAPTURES / "kerberos" / f"{capture}.pcap")]
    asked = Counter(
        (row.function, row.kind.value, str(row.object), plain(row.detail or row.refusal))
        for row in rows
        if isinstance(row, Operation)
    )
    sessions = [row for row in rows if isinstance(row, Session)]
    return asked, {s.cipher for s in sessions if s.cipher}, {s.credentials for s in sessions if s.credentials}


@pytest.mark.parametrize("capture", WEAK)
def test_weak_algorithms_and_accounts_are_told_on_any_port(capture):
    asked, used, credentials = of(capture)
    assert used == {AES, RC4}
    assert credentials == {"challenge", "ticket"}
    assert asked["TGS-REQ", "response", "MSSQLSvc/historian.plant.test", ""] == 2
    assert asked["AS-REQ", "request", "krbtgt/PLANT.TEST", plain(WITHOUT)]
    _, understood = understand_capture(CAPTURES / "kerberos" / f"{capture}.pcap")
    assert set(understood.spoken.values()) == {("kerberos",)}


def test_a_realm_with_current_algorithms():
    asked, used, _ = of("mit")
    assert used == {AES}
    refusals = {what: count for (_, kind, _, what), count in asked.items() if kind == "refusal"}
    assert set(refusals) == {
        "KDC_ERR_PREAUTH_REQUIRED",
        "KDC_ERR_PREAUTH_FAILED",
        "KDC_ERR_C_PRINCIPAL_UNKNOWN",
    }


@pytest.mark.parametrize("capture", ["mit", *WEAK])
def test_nobody_is_named(capture):
    rows = repr(told(CAPTURES / "kerberos" / f"{capture}.pcap")[0][2:]) + repr(of(capture))
    assert not any(word in rows for word in ("engineer", "scada", "nobody", "real-secret"))


def asked(*proofs: bytes) -> bytes:
    data = ber(0xA3, ber(0x30, *proofs)) if proofs else b""
    body = ber(0xA4, ber(0x30, ber(0xA0, ber(3, bytes(5))), name(0xA3, b"krbtgt", b"PLANT")))
    return ber(0x6A, ber(0x30, number(0xA1, 5), number(0xA2, 10), data, body))


def told_of(data: bytes, end: int) -> str:
    message = Message(data[:end], len(data), True, "udp", 88)
    (row,) = [r for r in PROTOCOL.dissect(message) if isinstance(r, Operation)]
    return plain(row.detail)


def test_a_request_cut_short_is_none_without_proof():
    fast = ber(0x30, number(0xA1, 136), ber(0xA2, ber(4, bytes(300))))
    cookie = ber(0x30, number(0xA1, 133), ber(0xA2, ber(4, bytes(300))))
    whole = asked(cookie, fast)
    assert told_of(whole, len(whole)) == "pre-authentication PA-FX-FAST"
    assert told_of(whole, 60) == ""
    assert told_of(whole, 22) == ""
    nothing = asked(cookie)
    assert told_of(nothing, 60) == ""
    assert told_of(nothing, len(nothing)) == told_of(asked(), len(asked())) == plain(WITHOUT)
    assert told_of(nothing, len(nothing) - 8) == plain(WITHOUT)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize(
    ("algorithm", "shown"), [(18, AES), (23, RC4), (3, "des-cbc-md5"), (-133, "rc4-hmac-old"), (99, "etype 99")]
)
def test_the_algorithm_of_a_ticket(transport, algorithm, shown):
    assert ciphers(answer(algorithm), transport) == [shown, AES]
    assert PROTOCOL.probe(over(answer(algorithm), transport))


def test_who_it_is_for_is_in_no_row():
    rows = list(PROTOCOL.dissect(over(answer(18))))
    assert "host/plc" in repr(rows)
    assert "real-user" not in repr(rows)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_tickets_are_kept_apart_by_service_and_algorithm_alone(tmp_path, transport):
    path = tmp_path / "many.pcap"
    with Wire(path) as wire:
        link = getattr(wire, transport)("10.20.10.21", "10.20.20.5", 10088)
        for count in range(300):
            data = answer(
                23 if count == 250 else 18, content=bytes((count % 256,)) * 200, service=b"a" if count % 2 else b"b"
            )
            link.server(over(data, transport).data)
    result, understood = understand_capture(path)
    assert set(understood.spoken.values()) == {("kerberos",)}
    assert sorted(message.count for message in result.messages) == [1, 149, 150]
    assert {r.cipher for rows in understood.rows.values() for r in rows if isinstance(r, Session)} >= {RC4, AES}


@pytest.mark.parametrize(
    "data",
    [
        answer(18)[:-1],
        answer(18) + b"\0",
        b"\x6c" + answer(18)[1:],
        answer(18).replace(b"\xa0\3\2\1\5", b"\xa0\3\2\1\4", 1),
        b"",
        bytes(60),
    ],
)
def test_others_are_not_taken_for_it(data):
    assert not PROTOCOL.probe(over(data))
