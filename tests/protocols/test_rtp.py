"""RTP and RTCP: what tells them, what they say, and what is neither, on any port."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import fins, rtp
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Malformed, Message, Operation
from scanner.protocols.internet.rtp import PROTOCOL

REPORT = rtp.sender(7, rtp.VIEWER) + rtp.description(rtp.SOURCE, (1, "stream@cam-press-3"), (6, "AcmeCam 4.2"))
DATA = rtp.rtp(0x5A01)


def sent(data: bytes, length: int | None = None, transport: str = "udp") -> Message:
    return Message(data, len(data) if length is None else length, True, transport, 9999)


def spoken(path: Path, *datagrams: bytes, port: int = 40_012) -> set[str]:
    """The protocols of the conversation that these datagrams are."""
    with Wire(path) as wire:
        way = wire.udp(rtp.CAMERA, rtp.RECORDER, port)
        for data in datagrams:
            way.client(data)
    flows = capture_facts(read_capture(path, path.name, framing_plan()), protocols())["flows"]
    return {one for names in flows["protocols"] for one in names}


def test_what_it_says() -> None:
    rows = list(PROTOCOL.dissect(sent(REPORT)))
    assert [row.function for row in rows if isinstance(row, Operation)] == ["Sender Report", "Source Description"]
    told = {row.field: row.value for row in rows if isinstance(row, Identity)}
    assert told == {"hostname": "cam-press-3", "software": "AcmeCam 4.2"}
    (_, row) = PROTOCOL.dissect(sent(rtp.rtp(1, payload=26, marker=True)))
    assert isinstance(row, Operation)
    assert (row.code, str(row.object)) == ("26", "JPEG (payload type 26)")


@pytest.mark.parametrize("name", ["user@10.0.0.2", "nobody", "x@fe80:1", "@"])
def test_an_address_is_no_name(name: str) -> None:
    rows = PROTOCOL.dissect(sent(rtp.sender(1) + rtp.description(rtp.SOURCE, (1, name))))
    assert not any(isinstance(row, Identity) for row in rows)


@pytest.mark.parametrize(
    "data",
    [
        REPORT + b"\0\0\0\0",
        REPORT[:-4],
        REPORT + bytes(14),  # SRTCP: index and tag behind the packets, RFC 3711 section 3.4
        b"\xa0" + REPORT[1:],  # padding that is not at the end
        b"\x82" + REPORT[1:],  # two blocks, of which one is there
        b"\x40" + REPORT[1:],
        b"",
        b"\x80\xc8\0\6",
    ],
)
def test_what_proves_nothing(data: bytes) -> None:
    assert PROTOCOL.proof is not None
    assert not PROTOCOL.proof(sent(data))
    assert not PROTOCOL.probe(sent(data))


@pytest.mark.parametrize("data", [b"\x80\x48" + DATA[2:], b"\x8f\x60" + DATA[2:20], b"\xa0" + DATA[1:-1] + b"\xff"])
def test_what_is_no_rtp(data: bytes) -> None:
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_another_transport_has_none() -> None:
    assert not PROTOCOL.probe(sent(REPORT, transport="tcp"))


@pytest.mark.parametrize("port", [40_012, 5004, 9600, 161, 502])
def test_reports_are_told_on_any_port(tmp_path: Path, port: int) -> None:
    assert spoken(tmp_path / "x.pcap", REPORT, DATA, DATA, port=port) == {"rtp"}
    assert spoken(tmp_path / "y.pcap", rtp.receiver(9, rtp.SOURCE), port=port) == {"rtp"}


@pytest.mark.parametrize("port", [40_012, 5004, 16_384])
def test_rtp_alone_is_not_told(tmp_path: Path, port: int) -> None:
    many = [rtp.rtp(0x5A00 + n) for n in range(40)]
    assert spoken(tmp_path / "x.pcap", *many, port=port) == set()


def test_nothing_else_is_taken_for_it(tmp_path: Path) -> None:
    noise = random.Random(14)  # noqa: S311 - no secret
    begins = (b"\x80\xc8\0\6", b"\x80\xc9\0\1", b"\x81\xc8\0\x0c", b"\x80\x60", b"\x80")
    for number, head in enumerate(begins):
        some = [head + noise.randbytes(noise.randrange(30, 300)) for _ in range(60)]
        assert spoken(tmp_path / f"{number}.pcap", *some) == set()
        assert spoken(tmp_path / f"{number}s.pcap", *(REPORT[:-1] + d for d in some)) == set()


def test_a_report_in_front_hides_no_commands(tmp_path: Path) -> None:
    commands = [fins.asked(0x0102, "82 000000 0001 0001", n) for n in range(1, 30)]
    assert "fins" in spoken(tmp_path / "x.pcap", rtp.sender(1), *commands, port=9600)


def test_a_report_that_is_captured_in_part_is_read_as_far_as_it_goes() -> None:
    whole = [row.function for row in PROTOCOL.dissect(sent(REPORT)) if isinstance(row, Operation)]
    for end in range(60, len(REPORT)):
        try:
            rows = list(PROTOCOL.dissect(sent(REPORT[:end], len(REPORT))))
        except Malformed:
            continue
        found = [row.function for row in rows if isinstance(row, Operation)]
        assert found == whole[: len(found)]


@given(st.binary(max_size=120))
def test_anything_is_read(data: bytes) -> None:
    for each in (data, b"\x80\xc8" + data, REPORT[: len(REPORT) // 2] + data, b"\x90\x60" + data):
        for length in (len(each), len(each) + 40):
            if PROTOCOL.probe(sent(each, length)):
                list(PROTOCOL.dissect(sent(each, length)))
