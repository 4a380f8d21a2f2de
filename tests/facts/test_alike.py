"""Messages that say the same are dissected once, whoever sent them to whom, with the rows that each has alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from scanner.capture.result import CaptureResult
from scanner.facts.dissection import Dissection, claimed
from scanner.facts.understand import Understood, understand
from scanner.facts.watched import OF_CONVERSATION, Watched
from scanner.framing.language import Case, Framing, Length, Range
from scanner.protocols import all_framings, cases, protocols
from scanner.protocols.base import Malformed, Message, Operation, Protocol, Row, Session, Verb
from tests.capture.traffic import Talk, modbus, read
from tests.protocols.test_tls import client_hello, extension, record, vector
from tests.protocols.understanding import understand_capture

FOLDERS = sorted(folder.name for folder in Path("fixtures/captures").iterdir() if folder.is_dir())


def alone(message: Message, protocol: Protocol) -> object:
    try:
        return protocol.probe(message), [repr(row) for row in protocol.dissect(message)]
    except Malformed as error:
        return str(error)


@pytest.mark.parametrize("folder", FOLDERS)
def test_recorded_messages_that_say_the_same_mean_the_same(folder):
    for path in sorted(Path("fixtures/captures", folder).glob("*.pcap*")):
        dissection = Dissection(understand_capture(path)[0], protocols())
        dissection.read()
        found = {index: alone(m, protocols()[name]) for index, name, m in claimed(dissection.result)}
        assert {i: found[int(dissection.like[i])] for i in found} == found


def polls(number: int, transaction: int = 0) -> list[bytes]:
    """As many clients that read the same registers of one server, each with transactions of its own."""
    frames = []
    for client in range(number):
        talk = Talk((f"10.0.1.{client + 1}", 50000))
        for address in (0, 100):
            asked = (3).to_bytes(1, "big") + address.to_bytes(2, "big") + b"\0\2"
            talk.send(False, modbus(transaction * client + address, asked))
            talk.send(True, modbus(transaction * client + address, b"\3\4" + bytes(4)))
        frames += talk.frames
    return frames


def whole(frames: Iterable[bytes]) -> CaptureResult:
    return read(frames, all_framings(), cases())


@pytest.mark.parametrize("transaction", [0, 7])
def test_what_many_clients_ask_is_read_once(transaction):
    asked = []
    modbus_tcp = protocols()["modbus"]

    def dissect(message: Message) -> Iterable[Row]:
        asked.append(message.data)
        return modbus_tcp.dissect(message)

    watching = {**protocols(), "modbus": _with(modbus_tcp, dissect=dissect)}
    found = understand(whole(polls(9, transaction)), watching)
    assert len(asked) == 3  # two requests, and one answer to both
    carried = found.operations
    objects = carried.column("object").filter(carried.where(pl.col("object") != "")).value_counts()
    assert sorted(objects.rows()) == [("holding register 0-1", 9), ("holding register 100-101", 9)]


def _with(protocol: Protocol, **changes: object) -> Protocol:
    return replace(protocol, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", OF_CONVERSATION)
def test_who_asks_between_whom_it_was_gets_each_message(name):
    seen = []

    def dissect(message: Message) -> Iterable[Row]:
        seen.append(getattr(message.carrying(b"x", 1), name))
        yield Operation(Verb.READ, str(seen[-1]))

    found = understand(
        read(polls(3), (FRAMING,), CASES), {"modbus": _with(protocols()["modbus"], framing=FRAMING, dissect=dissect)}
    )
    assert len(seen) == len(found.operations) > 3
    if name in ("source", "target"):
        assert set(found.operations.column("function")) == {"10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.0.2"}


FRAMING = Framing("modbus", Length(at=4, width=2, add=6, minimum=8, maximum=260), ports={"tcp": (502,)})
CASES = {"modbus": (Case("modbus", keep=300),)}


@pytest.mark.parametrize("protocol", ["good", "broken", "says more"])
def test_what_does_not_hold_for_others_is_asked_of_each(protocol):
    """A stranger's message that only looks alike, sent first, must not decide what another one means."""

    def dissect(message: Message) -> Iterable[Row]:
        if message.data[8:] == bytes(2) and protocol == "broken":
            raise Malformed("as no key says")
        yield Operation(Verb.READ, message.data[8:].hex())

    given = _with(protocols()["modbus"], framing=FRAMING, dissect=dissect, beyond_key="x" * (protocol == "says more"))
    frames = []
    for number, last in enumerate((b"\0\0", b"\0\1", b"\0\1")):
        talk = Talk((f"10.0.1.{number}", 50000))
        frames += talk.send(False, modbus(number, b"\3" + last)).frames
    cases = {"modbus": (Case("modbus", key=(Range(6, 8),), keep=300),)}
    found = understand(read(frames, (FRAMING,), cases), {"modbus": given})
    told = {"good": ["0000"] * 3, "broken": ["0001"] * 2, "says more": ["0000", "0001", "0001"]}
    assert found.operations.column("function").to_list() == told[protocol]


def test_a_watched_message_tells_what_of_its_conversation_was_asked_for():
    message = Watched(b"abc", 3, True, "tcp", 502, "10.0.0.1", "10.0.0.2")
    part = message.carrying(b"b", 1, port=0)
    assert (part.data, part.length, part.port, part.transport) == (b"b", 1, 0, "tcp")
    assert not message.asked
    assert (part.source, message.target) == ("10.0.0.1", "10.0.0.2")
    assert message.asked == {"source", "target"}
    assert message == Watched(b"abc", 3, True, "tcp", 502, "10.0.0.1", "10.0.0.2")


def test_one_that_says_the_same_on_another_port_is_asked_for_itself():
    frames = [f for port in (502, 5020) for f in _on(port)]
    found = understand(whole(frames), {**protocols(), "modbus": _with(protocols()["modbus"], dissect=_port)})
    assert set(found.operations.column("function")) == {"502", "5020"}


def _on(port: int) -> list[bytes]:
    talk = Talk(("10.0.1.9", 50000), ("10.0.2.1", port))
    for transaction in range(6):
        talk.send(False, modbus(transaction, b"\3\0\0\0\2")).send(True, modbus(transaction, b"\3\4" + bytes(4)))
    return talk.frames


def _port(message: Message) -> Iterable[Row]:
    yield Operation(Verb.READ, str(message.port))


def server_names(found: Understood) -> list[str]:
    return sorted(row.server_name for _, row in found.others if isinstance(row, Session) and row.server_name)


def hello(name: bytes, *more: bytes) -> bytes:
    names = extension(0, vector(2, b"\0" + vector(2, name)))
    return record(client_hello(0x0303, [0xC02F], *more, names))


@pytest.mark.parametrize("clients", [("10.0.1.1", "10.0.1.1"), ("10.0.1.1", "10.0.1.2")])
def test_names_of_one_length_are_two_names(clients):
    frames = []
    for number, (client, name) in enumerate(zip(clients, (b"api.openai.com", b"updates.plant1"), strict=True)):
        talk = Talk((client, 50000 + number), ("203.0.113.9", 443))
        frames += talk.send(False, hello(name, extension(10, b"\0\2\0\x1d"))).frames
    assert server_names(understand(whole(frames), protocols())) == ["api.openai.com", "updates.plant1"]
