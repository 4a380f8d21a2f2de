"""Attempts to connect of which only the refusal was captured: an ICMP error that quotes their first packet."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.quotes import MOST, Quotes
from scanner.capture.read import read_capture
from scanner.capture.result import CaptureResult
from scanner.framing.plan import compile_descriptors
from tests.capture.files import pcap
from tests.capture.frames import ethernet, ipv4, ipv6, sctp, tcp, udp

CLIENT, SERVER, ROUTER = "10.10.0.9", "10.20.1.5", "10.10.0.1"
CLIENT_6, SERVER_6, ROUTER_6 = "2001:db8::9", "2001:db8:1::5", "2001:db8::1"
SYN, SYN_ACK, ACK = 0x02, 0x12, 0x10
Attempt = tuple[str, str, str, int, int]


def error(quoted: bytes, kind: int = 3, code: int = 13, size: int = 1000) -> bytes:
    body = struct.pack(">BBHI", kind, code, 0, 0) + quoted[:size]
    if quoted[0] >> 4 == 6:
        return ethernet(0x86DD, ipv6(58, body, ROUTER_6, CLIENT_6))
    return ethernet(0x0800, ipv4(1, body, ROUTER, CLIENT))


def read(*frames: bytes) -> CaptureResult:
    return read_capture(
        io.BytesIO(pcap([(1_767_254_400 + n, 0, f) for n, f in enumerate(frames)])), "x", compile_descriptors((), {})
    )


def attempts(*frames: bytes) -> list[Attempt]:
    result = read(*frames)
    assert len(result.conversations) == len(result.sights) == len(result.slots)
    found = [c for c in result.conversations if c.transport != "icmp" and not c.client_packets]
    return [(c.transport, c.client, c.server, c.server_port, c.refused) for c in found]


def first(flags: int = SYN, source: int = 40000, target: int = 502) -> bytes:
    return ipv4(6, tcp(b"", source, target, flags=flags), CLIENT, SERVER)


@pytest.mark.parametrize(
    ("frame", "wanted"),
    [
        (error(first()), [("tcp", CLIENT, SERVER, 502, 1)]),
        (error(first(), code=3), [("tcp", CLIENT, SERVER, 502, 1)]),
        (error(first(), size=28), [("tcp", CLIENT, SERVER, 502, 1)]),  # all that RFC 792 asks for
        (error(ipv4(17, udp(b"x", 50000, 161), CLIENT, SERVER)), [("udp", CLIENT, SERVER, 161, 1)]),
        (error(ipv4(132, sctp(source=50000, target=38412), CLIENT, SERVER)), [("sctp", CLIENT, SERVER, 38412, 1)]),
        (
            error(ipv6(6, tcp(b"", 40000, 102, flags=SYN), CLIENT_6, SERVER_6), kind=1, code=1),
            [("tcp", CLIENT_6, SERVER_6, 102, 1)],
        ),
        (error(first(), code=4), []),  # too big
        (error(first(), kind=11, code=0), []),  # too long on its way
        (error(first(ACK)), []),  # in the midst of a connection
        (error(ipv4(6, tcp(b"", 502, 40000, flags=SYN_ACK), SERVER, CLIENT)), []),  # an answer
        (error(ipv4(17, udp(b"x", 53, 50000), SERVER, CLIENT)), []),
        (error(ipv4(1, bytes(8), CLIENT, SERVER)), []),
        (error(first(), size=20), []),
        (error(first(), size=3), []),
        (error(ipv6(6, tcp(), CLIENT_6, SERVER_6), kind=2, code=0), []),
    ],
)
def test_an_error_tells_who_tried_what(frame: bytes, wanted: list[Attempt]) -> None:
    assert attempts(frame) == wanted


def test_each_port_of_the_client_is_an_attempt_and_repetitions_are_none() -> None:
    assert attempts(*(error(first(source=40000 + n % 3)) for n in range(9))) == [("tcp", CLIENT, SERVER, 502, 3)]


def test_what_was_captured_itself_is_told_once() -> None:
    seen = ethernet(0x0800, first())
    assert attempts(seen, error(first())) == []
    answer = ethernet(0x0800, ipv4(17, udp(b"x", 40001, 50000), SERVER, CLIENT))
    asked = ethernet(0x0800, ipv4(17, udp(b"x", 50000, 40001), CLIENT, SERVER))
    assert attempts(asked, answer, error(ipv4(17, udp(b"x", 40001, 50000), SERVER, CLIENT))) == []


def test_quotations_are_bounded() -> None:
    quotes = Quotes()
    for n in range(MOST + 5):
        quotes.note(4, struct.pack(">BBHI", 3, 13, 0, 0) + first(target=n + 1), -1, n, n)
    assert (len(quotes.attempts()), quotes.left_out) == (MOST, 5)


@given(st.sampled_from((4, 6)), st.binary(max_size=100))
def test_no_bytes_make_it_fail(family: int, data: bytes) -> None:
    quotes = Quotes()
    for kind in (b"\1\0", b"\3\0"):
        quotes.note(family, kind + data, -1, 0, 1)
        quotes.note(family, kind + bytes(6) + bytes((family << 4 | 5,)) + data, -1, 0, 1)
