"""Modbus in the forms that it comes in: TCP, UDP, RTU and ASCII within TCP, TLS; and what is no command."""

from __future__ import annotations

import struct

from fixtures.record.wire import crc16
from tests.adversarial.staging import Case, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ANSWERS,
    ASKS,
    CELL_STRANGER,
    CONDUIT,
    DOWNLOAD,
    FILES,
    NOWHERE_LISTED,
    PANEL,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    UNKNOWN,
    WRITE,
    Said,
    datagrams,
    formed,
    stream,
)
from tests.twins import answers_only, in_pieces, requests_only

SILENCED, VENDOR, TO_ALL = "modbus-restart-or-listen-only", "modbus-vendor-function", "modbus-write-to-all"
READ, VALUES = b"\3\0\0\0\2", b"\3\4\0\1\0\2"
SET, COIL, MANY = b"\6\0\1\0\2", b"\5\0\7\xff\0", b"\x10\0\1\0\2\4\0\1\0\2"
MASK, BOTH = b"\x16\0\4\0\xf2\0\x25", b"\x17\0\0\0\1\0\0\0\1\2\0\7"


def adu(pdu: bytes, number: int = 1, unit: int = 1) -> bytes:
    """With the header of Modbus/TCP."""
    return struct.pack(">HHHB", number, 0, len(pdu) + 1, unit) + pdu


def rtu(pdu: bytes, unit: int = 1) -> bytes:
    """With the check of a serial line."""
    raw = bytes((unit,)) + pdu
    return raw + struct.pack("<H", crc16(raw, 0xA001))


def text(pdu: bytes, unit: int = 1) -> bytes:
    """As Modbus ASCII."""
    raw = bytes((unit,)) + pdu
    return b":" + (raw + bytes((-sum(raw) & 0xFF,))).hex().upper().encode() + b"\r\n"


def reads(form: type[bytes] | object, times: int = 4) -> Said:
    """Requests for values and their answers."""
    return [(ASKS, form(READ)), (ANSWERS, form(VALUES))] * times  # type: ignore[operator]


def _over(form: object, *pdus: bytes, answer: bytes = b"") -> Said:
    made = form  # type: ignore[assignment]
    said = list(reads(form))
    for pdu in pdus:
        said += [(ASKS, made(pdu)), (ANSWERS, made(answer or pdu[:5]))]  # type: ignore[operator]
    return said


def of_users() -> list[Case]:
    """Functions that users define, alone, on a port that says nothing, to a server that nobody knows."""
    found = []
    for function in (65, 66, 72, 100, 110):
        said = [(who, adu(bytes((function, 0, 1, 2)), number)) for number in range(3) for who in (ASKS, ANSWERS)]
        for name, recording in (
            ("", stream(STRANGER, NOWHERE_LISTED, 5020, said)),
            (" over UDP", datagrams(STRANGER, NOWHERE_LISTED, 5020, said)),
            (", requests only", formed(requests_only, stream(STRANGER, NOWHERE_LISTED, 5020, said))),
            (", in segments of 5 bytes", formed(in_pieces(5), stream(STRANGER, NOWHERE_LISTED, 5020, said))),
            (", once", stream(STRANGER, NOWHERE_LISTED, 5020, said[:2])),
        ):
            found.append(not_calm(f"function {function} alone{name}", recording, VENDOR, UNKNOWN, WRITE, STOP))
    # another protocol with a number of four bytes in front of its length
    numbered = [(who, b"\0\1\0\0" + struct.pack(">H", 300) + bytes(300)) for who in (ASKS, ANSWERS)] * 3
    return [
        *found,
        unmoved(
            "a protocol with a length",
            stream(SCADA, NOWHERE_LISTED, 5020, numbered),
            VENDOR,
            WRITE,
            "malformed-messages",
        ),
    ]


def cases() -> list[Case]:
    """All."""
    return [
        *of_users(),
        *(
            seen(f"function {pdu[0]} over UDP on {port}", datagrams(STRANGER, PLC_2, port, _over(adu, pdu)), WRITE)
            for pdu in (SET, COIL, MANY, MASK, BOTH)
            for port in (502, 5020)
        ),
        *(
            seen(
                f"a register set by {name} within TCP on {port}", stream(STRANGER, PLC_2, port, _over(form, SET)), WRITE
            )
            for name, form in (("RTU", rtu), ("ASCII", text))
            for port in (502, 4001, 10001)
        ),
        not_calm(
            "writes that are refused, requests only",
            formed(
                requests_only,
                stream(STRANGER, PLC_2, 5020, [(ASKS, adu(SET)), (ANSWERS, adu(b"\x86\2"))] * 9),
            ),
            "commands-refused",
        ),
        seen("a register set by RTU over UDP", datagrams(STRANGER, PLC_2, 4001, _over(rtu, SET)), WRITE),
        not_calm(
            "a single RTU write and nothing else", stream(STRANGER, PLC_2, 4001, [(1, rtu(SET)), (0, rtu(SET))]), WRITE
        ),
        not_calm(
            "RTU write, requests only", formed(requests_only, stream(STRANGER, PLC_2, 4001, _over(rtu, SET))), WRITE
        ),
        not_calm(
            "RTU write, answers only", formed(answers_only, stream(STRANGER, PLC_2, 4001, _over(rtu, SET))), WRITE
        ),
        seen(
            "RTU write in segments of a byte",
            formed(in_pieces(1), stream(STRANGER, PLC_2, 4001, _over(rtu, SET))),
            WRITE,
        ),
        not_calm(
            "two RTU requests in a segment",
            stream(STRANGER, PLC_2, 4001, [*reads(rtu), (1, rtu(READ) + rtu(SET)), (0, rtu(VALUES) + rtu(SET))]),
            WRITE,
        ),
        seen("RTU to every unit", stream(STRANGER, PLC_2, 4001, [*reads(rtu), (1, rtu(SET, 0)), *reads(rtu)]), WRITE),
        seen("listen only by RTU", stream(STRANGER, PLC_2, 4001, _over(rtu, b"\x08\0\4\0\0")), SILENCED),
        seen("listen only by ASCII", stream(STRANGER, PLC_2, 4001, _over(text, b"\x08\0\4\0\0")), SILENCED),
        seen("a vendor's function by RTU", stream(STRANGER, PLC_2, 4001, _over(rtu, b"\x64\0\1\0\2")), UNKNOWN),
        seen(
            "a vendor's function over UDP",
            datagrams(STRANGER, PLC_2, 502, _over(adu, b"\x64\0\1\0\2")),
            VENDOR,
            UNKNOWN,
        ),
        seen(
            "a file record over UDP", datagrams(STRANGER, PLC_2, 502, _over(adu, b"\x15\x09\6\0\1\0\0\0\1\0\7")), FILES
        ),
        seen("the reserved function 125", stream(STRANGER, PLC_2, 502, _over(adu, b"\x7d\1\2")), DOWNLOAD),
        not_calm(
            "a write whose byte count is wrong",
            stream(STRANGER, PLC_2, 502, _over(adu, b"\x10\0\1\0\2\3\0\1\0\2")),
            WRITE,
        ),
        not_calm(
            "a write behind 250 bytes of nonsense",
            stream(STRANGER, PLC_2, 502, [*reads(adu), (1, b"\xee" * 250 + adu(SET)), (0, adu(SET))]),
            WRITE,
        ),
        seen(
            "a write refused and repeated",
            stream(
                STRANGER, PLC_2, 502, [*reads(adu), (1, adu(SET)), (0, adu(b"\x86\2")), (1, adu(SET)), (0, adu(SET))]
            ),
            WRITE,
        ),
        seen(
            "a write with the identifier of a read in flight",
            stream(STRANGER, PLC_2, 502, [*reads(adu), (1, adu(READ) + adu(SET)), (0, adu(SET) + adu(VALUES))]),
            WRITE,
        ),
        seen("function 91, a function 6 of its own", stream(STRANGER, PLC_2, 502, _over(adu, b"\x5b\0\1")), UNKNOWN),
        seen(
            "a stop by UMAS with the unit 255",
            stream(
                CELL_STRANGER,
                PLC_2,
                502,
                [*reads(adu), (1, adu(b"\x5a\1\x41\xff\0", 7, 255)), (0, adu(b"\x5a\1\xfe", 7, 255))],
            ),
            STOP,
        ),
        seen(
            "a stop by UMAS on 1502",
            stream(
                CELL_STRANGER, PLC_2, 1502, [*reads(adu), (1, adu(b"\x5a\1\x41\xff\0", 7)), (0, adu(b"\x5a\1\xfe", 7))]
            ),
            STOP,
        ),
        not_calm(
            "a stop by UMAS within RTU",
            stream(CELL_STRANGER, PLC_2, 4001, [*reads(rtu), (1, rtu(b"\x5a\1\x41\xff\0")), (0, rtu(b"\x5a\1\xfe"))]),
            STOP,
        ),
        seen(
            "a write to every device of the cell by a directed broadcast",
            datagrams(STRANGER, "10.20.1.255", 502, [(1, adu(SET, n)) for n in range(4)]),
            "directed-broadcast-between-zones",
            CONDUIT,
        ),
        calm(
            "SCADA reads by every function",
            stream(
                SCADA,
                PLC_2,
                502,
                [
                    *_over(adu, b"\1\0\0\0\x08", answer=b"\1\1\0"),
                    *_over(adu, b"\2\0\0\0\x08", answer=b"\2\1\0"),
                    *_over(adu, b"\4\0\0\0\1", answer=b"\4\2\0\1"),
                    *_over(adu, b"\x2b\x0e\1\0", answer=b"\x2b\x0e\1\1\0\0\1\0\4WAGO"),
                ],
            ),
            WRITE,
            STOP,
            UNKNOWN,
            CONDUIT,
        ),
        calm("SCADA reads over UDP", datagrams(SCADA, PLC_2, 502, reads(adu, 8)), WRITE, STOP, UNKNOWN),
        calm("SCADA reads by RTU", stream(SCADA, PLC_2, 4001, reads(rtu, 8)), WRITE, STOP, UNKNOWN),
        calm("the panel writes by RTU, as it may", stream(PANEL, PLC_2, 4001, _over(rtu, SET)), WRITE),
        calm("the panel writes over UDP, as it may", datagrams(PANEL, PLC_2, 502, _over(adu, SET)), WRITE, TO_ALL),
        unmoved(
            "an answer to a read that begins like a write",
            stream(SCADA, PLC_2, 502, [*reads(adu), (1, adu(READ)), (0, adu(b"\3\4\6\0\1\0"))]),
            WRITE,
        ),
    ]
