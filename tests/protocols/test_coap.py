"""CoAP and LwM2M: what is asked, what it changes, on any port; and what only looks like it."""

from __future__ import annotations

import random
import struct
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import coap as made
from fixtures.record.wire import Wire
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.internet.coap import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes, transport: str = "udp", length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, transport, 5683)


def operation(code: int, path: str, *more: tuple[int, bytes]) -> Operation:
    data = made.message(made.CON, code, 1, [*made.path(path), *more])
    assert PROTOCOL.probe(sent(data))
    return next(r for r in PROTOCOL.dissect(sent(data)) if isinstance(r, Operation))


@pytest.mark.parametrize("name", ["plain", "plain_port_15683"])
def test_recordings(name):
    _, understood = understand_capture(CAPTURES / "coap" / f"{name}.pcap")
    assert set(understood.spoken.values()) == {("coap",)}
    every = [row for rows in understood.rows.values() for row in rows if isinstance(row, Operation)]
    assert Counter((r.verb, r.function, r.object) for r in every if r.kind is Kind.REQUEST) == {
        (Verb.IDENTIFY, "GET", "/.well-known/core"): 1,
        (Verb.READ, "GET", "/sensors/temperature"): 1,
        (Verb.SUBSCRIBE, "GET", "/sensors/temperature"): 1,
        (Verb.WRITE, "PUT", "/actuators/valve"): 1,
        (Verb.FILE_DELETE, "DELETE", "/config"): 1,
        (Verb.READ, "GET", "/nowhere"): 1,
        (Verb.READ, "GET", "/slow/answer"): 1,
        (Verb.SESSION, "LwM2M Register", "/rd"): 1,
        (Verb.READ, "GET", "/3/0/0"): 1,
        (Verb.RESTART, "LwM2M Reboot", "/3/0/4"): 1,
        (Verb.FIRMWARE_UPDATE, "LwM2M Write", "/5/0/1"): 1,
        (Verb.FIRMWARE_UPDATE, "LwM2M Firmware Update", "/5/0/2"): 1,
        (Verb.CONFIGURE, "LwM2M Write", "/1/0/1"): 1,
    }
    assert {r.refusal for r in every if r.kind is Kind.REFUSAL} == {"4.01 Unauthorized", "4.04 Not Found"}
    assert "s3cret" not in repr(understood.rows)


@pytest.mark.parametrize(
    ("code", "path", "verb"),
    [
        (made.POST, "/3/0/5", Verb.CONFIGURE),
        (made.POST, "/lwm2m/3/0/4", Verb.RESTART),
        (made.PUT, "/3/0/13", Verb.TIME_SYNC),
        (made.PUT, "/lwm2m/3/0/14", Verb.WRITE),
        (made.POST, "/3303/0/5", Verb.OPERATE),
        (made.PUT, "/3303/0/5700", Verb.WRITE),
        (made.DELETE, "/2/0", Verb.CONFIGURE),
        (made.GET, "/5/0/2", Verb.READ),
        (made.POST, "/storage", Verb.WRITE),
        (made.PUT, "/rd/setpoint", Verb.WRITE),
        (made.POST, "/rd/17", Verb.SESSION),
        (made.PUT, "/.well-known/core", Verb.WRITE),
    ],
)
def test_what_changes_a_device(code, path, verb):
    assert operation(code, path).verb is verb


def test_protection_of_objects_is_told():
    data = made.message(made.CON, made.POST, 1, [(made.OSCORE, b"\x09\x14\x2e"), *made.path("/a")])
    request, session = PROTOCOL.dissect(sent(data))
    assert (session.cipher, session.encrypted) == ("OSCORE", None)
    assert (request.verb, request.function) == (Verb.UNKNOWN, "OSCORE")  # its method is within
    assert PROTOCOL.meant(request) == request


def test_what_is_cut_off_is_not_told():
    data = made.message(made.CON, made.POST, 1, made.path("/5/0/2"))
    request, session = PROTOCOL.dissect(sent(data[:10], length=len(data)))
    assert (request.verb, request.function, request.object) == (Verb.WRITE, "POST", "/5/0/\N{HORIZONTAL ELLIPSIS}")
    assert session.encrypted is False  # options stand in their order, and that of OSCORE is not there
    request, session = PROTOCOL.dissect(sent(data[:4], length=len(data)))
    assert (request.object, session.encrypted, session.unread) == (
        "/\N{HORIZONTAL ELLIPSIS}",
        None,
        ("encrypted", "ciphers"),
    )


def test_queries_without_names_may_be_secrets():
    assert "s3cret" not in repr(operation(made.GET, "/a", (15, b"s3cret"), (15, b"k=s3cret")))


def test_long_options_and_names_as_long_as_tokens():
    assert operation(made.GET, "/a", (60, b"\0\1"), (292, b"12345678")).object == "/a"
    assert operation(made.GET, "/login/" + "k" * 40).object == "/login/\N{HORIZONTAL ELLIPSIS}"


BASE = made.message(made.CON, made.GET, 1, made.path("/sensors"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        BASE[:3],
        BASE[:-1],
        b"\x80" + BASE[1:],
        b"\x49" + BASE[1:],  # a token of nine bytes
        BASE[:1] + b"\x1f" + BASE[2:],  # no method
        BASE[:6] + b"\xf7" + BASE[7:],
        BASE + b"\xff",  # a marker, and nothing behind it
        made.message(made.CON, 0, 1) + b"\0",
    ],
)
def test_what_is_no_coap(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))
    assert not PROTOCOL.probe(sent(BASE, "tcp"))


def test_options_that_do_not_exist_prove_nothing():
    data = BASE[:6] + b"\x27" + BASE[7:]
    assert PROTOCOL.probe(sent(data))
    assert not PROTOCOL.proof(sent(data))
    assert PROTOCOL.proof(sent(BASE))


def test_tokens_of_every_length_away_from_the_port(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        link = wire.udp("10.20.1.1", "10.20.1.2", 17500)
        for n in range(1, 28):
            token = bytes(range(n % 9))
            link.client(made.message(made.CON, made.PUT, n, made.path("/valve"), b"1", token))
            link.server(made.message(made.ACK, made.CHANGED, n, token=token))
    _, understood = understand_capture(tmp_path / "x.pcap")
    result = understand_capture(tmp_path / "x.pcap")[0]
    assert sum(m.count for m in result.messages if m.protocol == "coap") == 54
    assert set(understood.spoken.values()) == {("coap",)}


def test_random_datagrams_are_not_taken_for_it(tmp_path):
    numbers = random.Random(7)  # noqa: S311
    with Wire(tmp_path / "x.pcap") as wire:
        for port in (5683, 20001, 20002, 20003):
            link = wire.udp("10.20.1.1", "10.20.1.2", port)
            for _ in range(150):
                link.client(bytes((0x44, numbers.choice((1, 2, 69)))) + numbers.randbytes(30))
                link.server(numbers.randbytes(40))
    assert understand_capture(tmp_path / "x.pcap")[1].spoken == {}


@pytest.mark.parametrize(
    "datagrams",
    [
        [f"TEMP=2{n % 10}.0".encode() for n in range(40)],
        [b"PA\r\n"] * 20,
        [struct.pack(">f", 3.02 + n / 3000) for n in range(200)],
        [struct.pack("<I", 0x40)] * 20,
        [made.message(made.ACK, made.CHANGED, n) for n in range(20)],  # four bytes that may be anybody's
    ],
    ids=["text", "keep-alive", "measurements", "numbers", "answers"],
)
def test_look_alikes_on_other_ports_are_not_taken_for_it(tmp_path, datagrams):
    with Wire(tmp_path / "x.pcap") as wire:
        link = wire.udp("10.20.1.1", "10.20.1.2", 20001)
        for datagram in datagrams:
            assert PROTOCOL.probe(sent(datagram))
            link.client(datagram)
    assert understand_capture(tmp_path / "x.pcap")[1].spoken == {}


@given(st.binary(max_size=60), st.integers(0, 20))
def test_any_bytes_are_read(data, more):
    for message in (sent(b"\x41\1\0\1t" + data, length=5 + len(data) + more), sent(data)):
        if PROTOCOL.probe(message):
            list(PROTOCOL.dissect(message))
            PROTOCOL.proof(message)
