"""What only a port or an EtherType suggests is marked, whatever is sent there; damage keeps its protocol's name."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable, Iterator

import pytest

from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.protocols import all_framings, framing_plan, protocols
from tests.capture.files import pcap
from tests.capture.frames import ethernet, ipv4
from tests.capture.traffic import tcp

PORTS = sorted(
    {
        (transport, port)
        for framing in all_framings()
        for transport, ports in framing.ports.items()
        if transport in ("tcp", "udp")
        for port in ports
    }
)
EACH = 4  # conversations to each port
SERVER = "10.200.0.1"


def facts(frames: list[bytes]) -> Facts:
    records = [(number, 0, frame) for number, frame in enumerate(frames)]
    result = read_capture(io.BytesIO(pcap(records)), "x.pcap", framing_plan())
    return capture_facts(result, protocols())


def udp(source: tuple[str, int], target: tuple[str, int], data: bytes) -> bytes:
    head = struct.pack(">HHHH", source[1], target[1], 8 + len(data), 0)
    return ethernet(0x0800, ipv4(17, head + data, source[0], target[0]))


def talk(transport: str, client: tuple[str, int], port: int, payloads: list[bytes]) -> Iterator[bytes]:
    """A conversation in which both sides take turns."""
    ends = {"client": client, "server": (SERVER, port)}
    if transport == "udp":
        for number, data in enumerate(payloads):
            pair = (client, ends["server"]) if number % 2 == 0 else (ends["server"], client)
            yield udp(*pair, data)
        return
    at = [1000, 5000]
    yield tcp(False, 999, b"", 2, 0, **ends)
    yield tcp(True, 4999, b"", 18, 1000, **ends)
    for number, data in enumerate(payloads):
        back = number % 2
        yield tcp(bool(back), at[back], data, 24, at[1 - back], **ends)
        at[back] += len(data)


def noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.choice((1, 2, 8, 12, 20, 33, 64, 200, 600)))


def text(chance: random.Random) -> bytes:
    return chance.choice((b"STATUS=5;T=21.5\r\n", b"$GPGGA,123519,4807.038,N*47\r\n", b'{"a": 7}\n', b"hello\r\n"))


@pytest.mark.parametrize(
    "make",
    [noise, text, lambda c: bytes(c.choice((4, 12, 56))), lambda c: b"\xff" * c.choice((2, 4, 40))],
    ids=["noise", "text", "zeros", "ones"],
)
def test_what_hardly_differs_from_noise_is_a_guess(make: Callable[[random.Random], bytes]) -> None:
    """On no port of any protocol does noise make a row that a rule could judge."""
    chance = random.Random(62443)  # noqa: S311 - noise, the same each time
    frames: list[bytes] = []
    for number, (transport, port) in enumerate(PORTS * EACH):
        client = (f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 40000 + number % 9000)
        frames += talk(transport, client, port, [make(chance) for _ in range(chance.choice((1, 2, 6, 12)))])
    found = facts(frames)
    for table in ("flows", "operations", "sessions"):
        rows = found[table]
        assert rows.filter(rows["recognised_by"] == "content")["protocol"].to_list() == []


@pytest.mark.parametrize(
    ("number", "name"),
    [(0x88B8, "goose"), (0x88BA, "sv"), (0x88CC, "lldp"), (0x8892, "profinet-rt"), (0x88A4, "ethercat")],
)
def test_noise_on_an_ethertype_is_a_malformed_message_of_its_protocol(number: int, name: str) -> None:
    chance = random.Random(number)  # noqa: S311 - noise, the same each time
    frames = [ethernet(number, b"\xff" + chance.randbytes(60)) for _ in range(12)]
    found = facts(frames)
    rows = found["malformed"].to_dicts()
    assert sum(row["count"] for row in rows) + found["operations"]["count"].sum() >= 12
    assert {row["recognised_by"] for row in rows} <= {"content"}
    assert all(row["protocol"].startswith(name[:8]) and row["frames"] for row in rows)
    assert found["captures"]["malformed_messages"].to_list() == [sum(row["count"] for row in rows)]


@pytest.mark.parametrize(
    ("frame", "transport", "name"),
    [
        (ethernet(0x88B8, b""), "ethernet", "goose"),
        (ethernet(0x0800, ipv4(88, b"", "10.0.0.1", "10.0.0.2")), "ip-88", "eigrp"),
        (ethernet(0x0800, ipv4(89, b"\xff" * 40, "10.0.0.1", "10.0.0.2")), "ip-89", "ospf"),
    ],
)
def test_what_no_message_begins_keeps_the_name_of_its_number_whatever_else_was_captured(
    frame: bytes, transport: str, name: str
) -> None:
    other = udp(("10.0.0.7", 5000), ("10.0.0.8", 6000), b"hello")
    for frames in ([other, frame, frame], [frame, other, frame]):
        found = facts(frames)
        assert sorted(found["flows"].select("transport", "protocol", "recognised_by").rows()) == sorted(
            [("udp", "", ""), (transport, name, "port")]
        )
        assert found["malformed"].select("protocol", "count").rows() == [(name, 2)]


def apdu(asdu: bytes) -> bytes:
    return b"\x68" + bytes((len(asdu) + 4,)) + b"\0\0\0\0" + asdu


def test_fuzzed_iec_104_keeps_its_name_and_its_frames() -> None:
    frames = list(talk("tcp", ("10.0.0.9", 41000), 2404, [apdu(b"\x2d" + bytes((n,))) for n in range(12)]))
    found = facts(frames)
    (row,) = found["malformed"].to_dicts()
    assert (row["protocol"], row["recognised_by"], row["count"]) == ("iec104", "content", 12)
    assert row["frames"][0] == 3
    assert row["problems"]
    assert found["flows"]["recognised_by"].to_list() == ["port"]
    assert found["operations"].height == 0


def modbus(number: int, pdu: bytes) -> bytes:
    return struct.pack(">HHHB", number, 0, len(pdu) + 1, 1) + pdu


@pytest.mark.parametrize("port", [502, 1502])
def test_an_unknown_function_among_known_ones_is_seen_on_any_port(port: int) -> None:
    payloads = []
    for number in range(60):
        payloads += [modbus(number, b"\x03\0\0\0\x01"), modbus(number, b"\x03\x02\0\x05")]
    payloads += [modbus(99, b"\x64\x01\x02"), modbus(99, b"\x64\x00")]
    payloads += [modbus(100, b"\x32\x01"), modbus(100, b"\xb2\x01")]
    found = facts(list(talk("tcp", ("10.0.0.9", 41000), port, payloads)))
    rows = found["operations"].filter(found["operations"]["verb"] == "unknown-function")
    assert rows.select("code", "accepted", "refused").sort("code").rows() == [("100", 1, 0), ("50", 0, 1)]
