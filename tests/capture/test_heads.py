"""A stream is recognised by what it begins with, however small its segments are, on a port that means nothing."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.limits.capture import Limits
from scanner.protocols import framing_plan
from tests.capture.files import pcap
from tests.twins import in_pieces, other_port, records, requests_only

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
RECOGNISED = (
    *("modbus/port_1502", "dlms/wrapper", "s7comm/snap7", "dnp3/tcp", "iec104/built", "ftp/engineer", "mms/program"),
    *("modbus_rtu/port_1503", "modbus_rtu/port_502", "codesys_v2/port_12455", "slmp/3e_ascii", "slmp/4e_ascii"),
    *("proconos/port_20548", "ge_srtp/port_20245", "http/credentials_port_18080", "http/post_first_port_18080"),
)


def messages(content, limits=None):
    result = read_capture(io.BytesIO(content), "x", framing_plan(), limits=limits or Limits())
    return result, Counter({m.data: m.count for m in result.messages if m.confirmed and m.protocol})


@pytest.mark.parametrize("size", [1, 3, 7])
@pytest.mark.parametrize("name", RECOGNISED)
def test_small_segments_on_another_port(name, size):
    whole = other_port(records(CAPTURES / f"{name}.pcap"))
    _, expected = messages(pcap(whole))
    assert expected
    assert messages(pcap(in_pieces(size)(whole)))[1] == expected


def request(number):
    return bytes((0, number, 0, 0, 0, 6, 1, 6, 0, number, 0, 5))


@pytest.fixture
def requests(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        talk = wire.tcp("10.0.0.1", "10.0.0.2", 20_777)
        for number in range(1, 6):
            talk.client(request(number))
        talk.close()
    return in_pieces(3)(requests_only(records(tmp_path / "x.pcap")))


def test_each_message_is_of_the_frame_that_completes_it(requests):
    result, found = messages(pcap(requests))
    assert sum(found.values()) == 5
    ends = [n for n, (*_, frame, _) in enumerate(requests, 1) if frame[-2:] == b"\0\5" and len(frame) == 57]
    assert sorted(n for m in result.messages if m.confirmed for n in m.frames) == ends


def test_the_older_head_releases_the_one_that_told_what_it_is(tmp_path):
    answer = bytes((0, 9, 0, 0, 0, 6, 1, 6, 0, 9, 0, 5))
    with Wire(tmp_path / "x.pcap") as wire:
        talk = wire.tcp("10.0.0.1", "10.0.0.2", 20_777)
        talk.server(answer[:3])
        talk.client(request(1)[:3])
        talk.client(request(1)[3:] + request(2))
        talk.server(answer[3:])
        talk.close()
    _, found = messages((tmp_path / "x.pcap").read_bytes())
    assert found == Counter({answer: 1, request(1): 1, request(2): 1})


def test_heads_are_cut_in_the_order_in_which_they_began(tmp_path):
    """The answer tells what both are; the rest of it comes later and belongs to it."""
    answer = b"\xbb\xbb\xae" + bytes(177)
    with Wire(tmp_path / "x.pcap") as wire:
        talk = wire.tcp("10.0.0.1", "10.0.0.2", 20_777)
        talk.client(b"\xbb\xbb\1\0\0\0\1")
        for at in range(0, len(answer), 10):
            talk.server(answer[at : at + 10])
        talk.client(b"\xcc\xcc\1\0\4" + bytes(23))
        talk.close()
    result, found = messages((tmp_path / "x.pcap").read_bytes())
    assert found[answer] == 1
    assert [m.from_client for m in result.messages] == [True, False, True]
    assert not result.sights["unread"].sum()


def test_a_framing_that_saw_none_of_its_bytes_is_not_believed(tmp_path):
    """The first three bytes of a message of MongoDB are any. FTP, which greets like mail, is refuted by EHLO."""
    with Wire(tmp_path / "x.pcap") as wire:
        talk = wire.tcp("10.0.0.1", "10.0.0.2", 20_777)
        talk.server(b"220 mail ESMTP\r\n")
        for part in (b"EHL", b"O p", b"lc\r", b"\n"):
            talk.client(part)
        talk.close()
    _, found = messages((tmp_path / "x.pcap").read_bytes())
    assert found[b"EHLO plc\r\n"] == 1


def test_without_room_nothing_waits(requests):
    result, _ = messages(pcap(requests), Limits(partial_total=0))
    assert not [m for m in result.messages if m.confirmed and m.protocol == "modbus"]


def test_what_nobody_speaks_is_as_unread_as_before(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        talk = wire.tcp("10.0.0.1", "10.0.0.2", 20_777)
        for _ in range(200):
            talk.client(b"\xde\xad\x07")
        talk.close()
    result, found = messages((tmp_path / "x.pcap").read_bytes())
    assert not found
    assert result.sights["unread"].sum() == 600
