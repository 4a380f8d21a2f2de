"""JA4 by the example of its specification, and at its corners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.facts.sessions import session_rows
from scanner.protocols.tls import _handshake as handshake
from scanner.protocols.tls._ja4 import ja4
from tests.protocols.understanding import understand_capture

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
GREASE = 0x3A3A
SUITES = "1302 1303 1301 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035"
EXTENSIONS = "001b 0000 0033 0010 4469 0017 002d 000d 0005 0023 0012 002b ff01 000b 000a 0015"
ALGORITHMS = bytes.fromhex("0010 0403 0804 0401 0503 0805 0501 0806 0601".replace(" ", ""))
H2 = b"\0\x0c\2h2\x08http/1.1"


def numbers(text: str) -> list[int]:
    return [int(each, 16) for each in text.split()]


def held(kind: int, alpn: bytes = H2) -> tuple[int, bytes]:
    return kind, {13: ALGORITHMS, 16: alpn}.get(kind, b"")


OFFERED = [held(kind) for kind in numbers(EXTENSIONS)]


def test_the_example_of_the_specification() -> None:
    assert ja4("t", [0x0304, 0x0303], numbers(SUITES), OFFERED) == "t13d1516h2_8daaf6152771_e5627efa2ab1"


def test_what_is_there_to_be_ignored_and_the_order_change_nothing() -> None:
    greased = [(GREASE, b""), *reversed(OFFERED), (GREASE, b"\0")]
    found = ja4("t", [0x0303, 0x0304], [GREASE, *reversed(numbers(SUITES))], greased)
    assert found == ja4("t", [0x0304], numbers(SUITES), OFFERED)


@pytest.mark.parametrize(
    ("alpn", "told"),
    [
        (b"", "00"),
        (b"\0\0", "00"),
        (b"\0\1\0", "00"),
        (b"\0\2\1h", "hh"),
        (b"\0\3\2\xab\xcd", "ad"),
        (b"\0\3\2\x30\xab", "3b"),
        (b"\0\2\1\xab", "ab"),
        (b"\0\x0b\x0ahttp/1.1+x", "hx"),
    ],
)
def test_the_first_protocol(alpn: bytes, told: str) -> None:
    assert ja4("q", [0x0304], [0x1301], [held(16, alpn)]).split("_")[0] == f"q13i0101{told}"


@pytest.mark.parametrize(
    ("carrier", "versions", "told"),
    [("d", [0xFEFF, 0xFEFD], "dd2"), ("d", [0xFEFC, 0xFEFD], "dd3"), ("t", [0x0300], "ts3"), ("t", [0x7F1C], "t00")],
)
def test_the_highest_version(carrier: Any, versions: list[int], told: str) -> None:
    assert ja4(carrier, versions, [], []) == f"{told}i000000_000000000000_000000000000"


def test_more_than_99_are_told_as_99() -> None:
    assert ja4("t", [0x0303], range(1, 150), []).startswith("t12i990000_")


def of(path: str) -> list[list[str]]:
    result, understood = understand_capture(CAPTURES / path)
    return [columns["ja4"] for _, _, columns in session_rows(result, understood)]


def test_clients_of_each_carrier() -> None:
    """As tshark tells them."""
    assert of("tls/tls13.pcap") == [["t13d031100_55b375c5d22e_199193a2bd39"]]
    assert of("dtls/openssl_mtu_300.pcap") == [["dd2d270800_a2460661a67a_36cef8aed422"]]
    assert of("quic/v1.pcap") == [["q13d0308h3_55b375c5d22e_a06176d7f541"]]


def hello(*, session: int = 0, compression: bytes = b"\0", extension: bytes = b"\0\x17\0\0") -> bytes:
    begin = b"\3\3" + bytes(32) + bytes((session,)) + bytes(session) + b"\0\2\xc0\x2f"
    return begin + bytes((len(compression),)) + compression + len(extension).to_bytes(2, "big") + extension


@pytest.mark.parametrize(
    ("body", "known"),
    [
        (hello(), True),
        (hello(session=32), True),
        (hello(session=16), False),
        (hello(compression=b"\1\0"), False),
        (hello(extension=b""), True),
    ],
)
def test_what_would_be_taken_for_another_is_not_told(body: bytes, known: bool) -> None:
    *_, session = handshake.client_hello(body, complete=True)
    assert bool(session.ja4) is known
    assert session.unread == (() if known else ("ja4",))
    *_, session = handshake.client_hello(body[:45], complete=False)
    assert (session.ja4, session.unread) == ("", ("ja4",))
