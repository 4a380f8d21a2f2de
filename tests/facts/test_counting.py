"""How often an operation was asked for and answered: identifiers that are used again, datagrams sent again, answers
whose request was not captured.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import pytest

from fixtures.record.dnp3 import answered, asked, crob
from scanner.capture.result import CaptureResult
from scanner.facts.build import capture_facts
from scanner.protocols import all_framings, cases, protocols
from tests.capture.traffic import CLIENT, Talk, modbus, read, udp

OUTSTATION, SLAVE = ("10.0.0.2", 20000), ("10.0.0.2", 502)


def seen(result: CaptureResult, *columns: str) -> list[tuple[Any, ...]]:
    """The columns of the operations, those that the protocol reports of itself left out."""
    rows = capture_facts(result, protocols())["operations"]
    rows = rows.filter(rows["function"] != "Internal Indication")
    return sorted(rows.select(*columns).iter_rows())


def captured(frames: Sequence[bytes]) -> CaptureResult:
    return read(frames, all_framings(), cases())


OUTCOME = ("function", "object", "count", "accepted", "refused", "unanswered")


def test_a_master_that_does_not_wait_for_its_answers():
    """Sequence numbers of DNP3 are four bits, and some masters never count them."""
    talk = Talk(server=OUTSTATION)
    for index in range(3):
        talk.send(False, asked(5, crob(index, 3)))
    for status in (0, 4, 0):
        talk.send(True, answered(crob(status, 3, status)))
    rows = seen(captured(talk.frames), "seen_as", *OUTCOME)
    assert [
        (seen_as, count, accepted, refused, missing) for seen_as, _, _, count, accepted, refused, missing in rows
    ] == [
        ("request", 1, 1, 0, 0),
        ("request", 1, 0, 1, 0),
        ("request", 1, 1, 0, 0),
    ]


def test_outstations_behind_one_connection_do_not_answer_for_each_other():
    talk = Talk(server=OUTSTATION).send(False, asked(13, target=7)).send(False, asked(14))
    talk.send(True, answered())
    assert seen(captured(talk.frames), "function", "accepted", "unanswered") == [
        ("Cold Restart", 0, 1),
        ("Warm Restart", 1, 0),
    ]


def test_an_answer_that_does_not_say_what_it_answers_is_no_operation_that_is_known():
    talk = Talk(server=OUTSTATION).send(False, asked(1, "3c0106")).send(True, answered("0102000000ff"))
    talk.send(True, answered(sequence=3)).send(False, asked(1, "3c0106", 1)).send(True, answered("0102000000ff", 1))
    assert seen(captured(talk.frames), "seen_as", "verb", "count") == [
        ("request", "read", 2),
        ("response", "unknown", 1),
    ]


READ, WRITE = struct.pack(">BHH", 3, 0, 1), struct.pack(">BHH", 6, 9, 1)
ANSWER, REFUSED = struct.pack(">BBH", 3, 2, 5), bytes((0x86, 2))


def test_a_constant_transaction_is_kept_apart_by_unit_and_function():
    """Unit 2 does not answer, and what the others answer comes in another order."""
    talk = Talk(server=SLAVE)
    talk.send(False, modbus(0, READ, 1)).send(False, modbus(0, READ, 2)).send(False, modbus(0, WRITE, 1))
    talk.send(False, modbus(0, READ, 3))
    talk.send(True, modbus(0, REFUSED, 1)).send(True, modbus(0, ANSWER, 3)).send(True, modbus(0, ANSWER, 1))
    assert seen(captured(talk.frames), "unit", "function", "seen_as", "accepted", "refused", "unanswered") == [
        ("1", "Read Holding Registers", "request", 1, 0, 0),
        ("1", "Write Single Register", "request", 0, 1, 0),
        ("2", "Read Holding Registers", "request", 0, 0, 1),
        ("3", "Read Holding Registers", "request", 1, 0, 0),
    ]


def test_an_answer_that_names_its_function_counts_when_its_request_was_not_captured():
    talk = Talk(server=SLAVE).send(False, modbus(1, READ)).send(True, modbus(1, ANSWER)).send(True, modbus(2, WRITE))
    assert seen(captured(talk.frames), "seen_as", "verb", "count", "accepted") == [
        ("request", "read", 1, 1),
        ("response", "write", 1, 1),
    ]


@pytest.mark.parametrize(("sent", "heard", "count", "missing"), [(3, 1, 1, 0), (3, 3, 3, 0), (2, 0, 2, 2)])
def test_datagrams_that_were_sent_again(sent, heard, count, missing):
    frames = [udp(False, modbus(4, WRITE), CLIENT, SLAVE)] * sent + [udp(True, modbus(4, WRITE), CLIENT, SLAVE)] * heard
    frames += [udp(False, modbus(5, READ), CLIENT, SLAVE), udp(True, modbus(5, ANSWER), CLIENT, SLAVE)]
    rows = seen(captured(frames), "verb", "seen_as", "count", "accepted", "unanswered", "busiest_minute")
    assert rows == [("read", "request", 1, 1, 0, 1), ("write", "request", count, heard, missing, count)]


def test_a_line_of_modbus_is_kept_apart_by_unit():
    def line(unit: int, pdu: bytes) -> bytes:
        octets = bytes((unit,)) + pdu
        return b":" + (octets + bytes((-sum(octets) & 0xFF,))).hex().upper().encode() + b"\r\n"

    talk = Talk(server=("10.0.0.2", 4001)).send(False, line(1, READ)).send(False, line(2, READ))
    talk.send(True, line(2, ANSWER)).send(True, line(1, bytes((0x83, 2))))
    assert seen(captured(talk.frames), "unit", "accepted", "refused") == [("1", 0, 1), ("2", 1, 0)]


def _guess(invoke: int, password: bytes) -> bytes:
    text = b"\x00" + password
    return b"\x01\x04\x00\x05" + bytes((invoke, 20)) + b"\x09\x00\x1d" + bytes((len(text),)) + text


@pytest.mark.parametrize(
    ("wrong", "trailer"), [(0, b""), (4, b""), (-3, b""), (0x300, b""), (0, bytes(6)), (2, bytes(6))]
)
def test_guesses_of_a_password_are_answered_whatever_the_lengths_of_their_datagrams_say(wrong, trailer):
    """Devices take the datagram for the message, and some write other lengths into theirs."""

    def bvll(npdu: bytes) -> bytes:
        return b"\x81\x0a" + struct.pack(">H", 4 + len(npdu) + wrong) + npdu + trailer

    ends, frames = (("10.0.0.1", 47808), ("10.0.0.2", 47808)), []
    for invoke in range(12):
        frames.append(udp(False, bvll(_guess(invoke, b"%04d" % invoke)), *ends))
        answer = bytes((0x20, invoke, 20)) if invoke == 7 else bytes((0x50, invoke, 20, 0x91, 4, 0x91, 26))
        frames.append(udp(True, bvll(b"\x01\x00" + answer), *ends))
    rows = capture_facts(captured(frames), protocols())["operations"]
    assert rows["verb"].unique().to_list() == ["restart"]
    assert rows.select("count", "accepted", "refused", "unanswered").sum().row(0) == (12, 1, 11, 0)
