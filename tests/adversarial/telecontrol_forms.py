"""IEC 60870-5-104 and MMS: every kind of command, half of a conversation, select without execute, odd framing."""

from __future__ import annotations

import struct

from fixtures.record.goose import number, tlv
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ANSWERS,
    ASKS,
    CLOCK,
    CONDUIT,
    CONFIGURE,
    DOWNLOAD,
    FILES,
    PASSWORD,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    UNKNOWN,
    WRITE,
    Said,
    formed,
    stream,
)
from tests.twins import answers_only, cut_short, in_pieces, midway, other_port, requests_only

START, STARTED = b"\x68\4\7\0\0\0", b"\x68\4\x0b\0\0\0"
TIME = bytes.fromhex("00000008010118")


def apdu(asdu: bytes, sent: int = 0, got: int = 0) -> bytes:
    """An I format APDU."""
    return bytes((0x68, 4 + len(asdu))) + struct.pack("<HH", sent << 1, got << 1) + asdu


def asdu(kind: int, cause: int, address: int, element: bytes, *, count: int = 1, origin: int = 0) -> bytes:
    """One information object."""
    head = struct.pack("<BBBBH", kind, count, cause, origin, 1)
    return head + struct.pack("<I", address)[:3] + element


def asked(*asdus: bytes, answer: int = 7, started: bool = True) -> Said:
    """Three interrogations, then the ASDUs with their confirmations."""
    said: list[tuple[int, bytes]] = [(ASKS, START), (ANSWERS, STARTED)] if started else []
    for n, each in enumerate((*[asdu(100, 6, 0, b"\x14")] * 3, *asdus)):
        confirmed = each[:2] + bytes((answer,)) + each[3:]
        said += [(ASKS, apdu(each, n, n)), (ANSWERS, apdu(confirmed, n, n + 1))]
    return said


def commanded(*asdus: bytes, client: str = STRANGER, port: int = 2404) -> Recorded:
    """From a stranger in the office."""
    return stream(client, PLC_2, port, asked(*asdus))


COMMAND = asdu(45, 6, 4001, b"\1")
KINDS = {
    45: b"\1", 46: b"\2", 47: b"\1", 48: b"\0\x10\0", 49: b"\0\x10\0", 50: bytes(5), 51: bytes(4), 58: b"\1" + TIME,
    59: b"\2" + TIME, 60: b"\1" + TIME, 61: b"\0\x10\0" + TIME, 62: b"\0\x10\0" + TIME, 63: bytes(5) + TIME,
    64: bytes(4) + TIME,
}  # fmt: skip


def iec104() -> list[Case]:
    """Over a plant that speaks something else."""
    plain = stream(STRANGER, PLC_2, 2404, asked(COMMAND))
    return [
        *(
            seen(f"a command of type {kind}", commanded(asdu(kind, 6, 4001, element)), WRITE)
            for kind, element in KINDS.items()
        ),
        not_calm("a command, answers only", formed(answers_only, plain), WRITE),
        seen("a command, requests only", formed(requests_only, plain), WRITE),
        not_calm("a command, recorded midway", formed(midway, plain), WRITE),
        seen("a command on another port", formed(other_port, plain), WRITE),
        seen("a command in segments of a byte", formed(in_pieces(1), plain), WRITE),
        not_calm("a command cut after 60 bytes", formed(cut_short(60), plain), WRITE),
        seen(
            "a command without its interrogations",
            stream(
                STRANGER,
                PLC_2,
                2404,
                [(1, START), (0, STARTED), (1, apdu(COMMAND)), (0, apdu(COMMAND[:2] + b"\7" + COMMAND[3:], 0, 1))],
            ),
            WRITE,
        ),
        seen("a command before the start", stream(STRANGER, PLC_2, 2404, asked(COMMAND, started=False)), WRITE),
        not_calm("a selection that nobody executes", commanded(asdu(45, 6, 4001, b"\x81")), WRITE),
        seen("a selection and its execution", commanded(asdu(46, 6, 4001, b"\x82"), asdu(46, 6, 4001, b"\2")), WRITE),
        seen("two commands in one ASDU", commanded(asdu(45, 6, 4001, b"\1\xa2\x0f\0\1", count=2)), WRITE),
        not_calm("a command as a sequence of objects", commanded(asdu(45, 6, 4001, b"\1", count=0x81)), WRITE),
        not_calm("a command without objects", commanded(struct.pack("<BBBBH", 45, 0, 6, 0, 1)), WRITE),
        seen("a command with an originator", commanded(asdu(45, 6, 4001, b"\1", origin=77)), WRITE),
        seen("a command that the station refuses", stream(STRANGER, PLC_2, 2404, asked(COMMAND, answer=0x47)), WRITE),
        not_calm("a command marked as a test", commanded(asdu(45, 0x86, 4001, b"\1")), WRITE),
        seen(
            "a command behind thirty reads in a segment",
            stream(
                STRANGER,
                PLC_2,
                2404,
                [
                    (1, START),
                    (0, STARTED),
                    (1, b"".join(apdu(asdu(102, 5, n, b""), n) for n in range(30)) + apdu(COMMAND, 30)),
                    (0, b"\x68\4\1\0" + struct.pack("<H", 62)),
                ],
            ),
            WRITE,
        ),
        seen(
            "a command behind a thousand bytes of supervision",
            stream(
                STRANGER,
                PLC_2,
                2404,
                [(1, START), (0, STARTED), (1, b"\x68\4\x43\0\0\0" * 160 + apdu(COMMAND)), (0, b"\x68\4\x83\0\0\0")],
            ),
            WRITE,
        ),
        not_calm(
            "a command behind nonsense",
            stream(
                STRANGER, PLC_2, 2404, [*asked(), (1, b"\xee" * 40 + apdu(COMMAND, 3, 3)), (0, apdu(COMMAND, 3, 4))]
            ),
            WRITE,
        ),
        seen(
            "parameters of three kinds",
            commanded(asdu(110, 6, 5, bytes(3)), asdu(112, 6, 5, bytes(5)), asdu(113, 6, 5, b"\1")),
            CONFIGURE,
        ),
        seen("a clock set", commanded(asdu(103, 6, 0, TIME)), CLOCK),
        seen("a reset", commanded(asdu(105, 6, 0, b"\1")), STOP),
        seen("types 41 and 200, of nobody", commanded(asdu(200, 6, 5, b"\1"), asdu(41, 6, 5, b"\1")), UNKNOWN),
        seen(
            "a file sent to the station",
            commanded(asdu(120, 13, 1, b"\1\0\x10\0\0\0"), asdu(125, 13, 1, b"\1\0\1\4abcd")),
            FILES,
        ),
        seen(
            "a station's own command to the centre",
            stream(PLC_2, STRANGER, 2404, [(1 - who, said) for who, said in asked(COMMAND)]),
            CONDUIT,
        ),
        calm(
            "SCADA reads and tests",
            stream(
                SCADA,
                PLC_2,
                2404,
                asked(asdu(102, 5, 7, b""), asdu(101, 6, 0, b"\5"), asdu(107, 6, 0, b"\x55\xaa" + TIME)),
            ),
            WRITE,
            STOP,
            CONFIGURE,
            UNKNOWN,
            CLOCK,
        ),
        unmoved(
            "a station reports what looks like commands",
            stream(
                SCADA,
                PLC_2,
                2404,
                [
                    *asked(),
                    *(
                        (0, apdu(asdu(kind, 3, 9, bytes(size)), n + 3, 3))
                        for n, (kind, size) in enumerate(((1, 1), (13, 5), (30, 8), (36, 12)))
                    ),
                    (1, b"\x68\4\1\0\x0e\0"),
                ],
            ),
            WRITE,
            STOP,
            CONFIGURE,
        ),
    ]


def tpkt(spdu: bytes, *, last: bool = True) -> bytes:
    """In a COTP DT."""
    return struct.pack(">BBH", 3, 0, 7 + len(spdu)) + b"\x02\xf0" + (b"\x80" if last else b"\0") + spdu


def presented(value: bytes, context: int = 3) -> bytes:
    """Fully encoded presentation data."""
    return tlv(0x61, tlv(0x30, number(0x02, context) + tlv(0xA0, value)))


def mms(pdu: bytes) -> bytes:
    """An MMS PDU with every layer."""
    return tpkt(b"\1\0\1\0" + presented(pdu))


def confirmed(invoke: int, service: bytes, tag: int = 0xA0) -> bytes:
    """A confirmed request (0xA0) or response (0xA1), bare."""
    return tlv(tag, number(0x02, invoke) + service)


def named(domain: str, item: str) -> bytes:
    """A domain-specific name in a list of one."""
    name = tlv(0xA1, tlv(0x1A, domain.encode()) + tlv(0x1A, item.encode()))
    return tlv(0xA0, tlv(0x30, tlv(0xA0, name)))


def wide(service: int, contents: bytes, *, simple: bool = False) -> bytes:
    """A service whose tag number is above 30."""
    return bytes((0x9F if simple else 0xBF,)) + tlv(service, contents)


INITIATE = tlv(
    0xA8, b"\x80\3\0\xfd\xe8\x81\1\5\x82\1\5\x83\1\x0a\xa4\x16\x80\1\1\x81\3\5\xf1\0\x82\x0c\3\xee\x1c" + bytes(9)
)
CALLED = b"\x11\xe0\0\0\0\1\0\xc0\1\x0d\xc2\2\0\1\xc1\2\0\1"
CONTEXT = tlv(0xA1, b"\x06\x05\x28\xca\x22\x02\x03")
BER, ACSE, OF_MMS = b"\x06\x02\x51\x01", b"\x06\x04\x52\x01\x00\x01", b"\x06\x05\x28\xca\x22\x02\x01"
OFFERED = tlv(0xA4, b"".join(tlv(0x30, number(2, n) + oid + tlv(0x30, BER)) for n, oid in ((1, ACSE), (3, OF_MMS))))
ACCEPTED = tlv(0xA5, tlv(0x30, b"\x80\1\0\x81\2\x51\1") * 2)


def connect(kind: int, acse: bytes) -> bytes:
    """A session Connect (13) or Accept (14)."""
    ppdu = tlv(0x31, tlv(0xA0, b"\x80\1\1") + tlv(0xA2, (OFFERED if kind == 13 else ACCEPTED) + presented(acse, 1)))
    user = bytes((0xC1, len(ppdu))) if len(ppdu) < 255 else struct.pack(">BBH", 0xC1, 255, len(ppdu))
    parameters = b"\x05\x06\x13\x01\x00\x16\x01\x02\x14\x02\x00\x02" + user + ppdu
    return tpkt(bytes((kind, len(parameters))) + parameters)


def association(*more: bytes) -> Said:
    """COTP, session, presentation and association."""
    asks = tlv(0x60, CONTEXT + b"".join(more) + tlv(0xBE, tlv(0x28, BER + number(2, 3) + tlv(0xA0, INITIATE))))
    takes = tlv(
        0x61,
        CONTEXT
        + tlv(0xA2, number(2, 0))
        + tlv(0xA3, tlv(0xA1, number(2, 0)))
        + tlv(0xBE, tlv(0x28, BER + number(2, 3) + tlv(0xA0, b"\xa9" + INITIATE[1:]))),
    )
    cotp = struct.pack(">BBH", 3, 0, 4 + len(CALLED))
    return [(1, cotp + CALLED), (0, cotp + b"\x11\xd0" + CALLED[2:]), (1, connect(13, asks)), (0, connect(14, takes))]


READ_NAME = tlv(0xA4, tlv(0xA1, named("LD0", "LLN0$ST$Mod")))
WRITE_NAME = tlv(0xA5, named("LD0", "CSWI1$CO$Pos$Oper") + tlv(0xA0, tlv(0x83, b"\1")))
WROTE = tlv(0xA5, b"\x81\0")


def said(*services: bytes, answer: bytes = b"\x81\0") -> Said:
    """An association, two reads, then services."""
    found = [*association()]
    for n, service in enumerate((READ_NAME, READ_NAME, *services)):
        asked_for = service[:1] if service[0] & 0x1F != 0x1F else service[:2]
        back = tlv(0xA4, tlv(0xA1, b"\x83\1\0")) if service == READ_NAME else asked_for + bytes((len(answer),)) + answer
        found += [(1, mms(confirmed(n, service))), (0, mms(confirmed(n, back, 0xA1)))]
    return found


def in_parts(data: bytes, size: int) -> bytes:
    """The user data of one TPKT over several."""
    body = data[7:]
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(tpkt(part, last=n == len(parts) - 1) for n, part in enumerate(parts))


def of_mms() -> list[Case]:
    """Substation devices commanded."""
    plain = stream(STRANGER, PLC_2, 102, said(WRITE_NAME, answer=WROTE[2:]))
    listed = tlv(0xA5, tlv(0xA1, tlv(0xA1, tlv(0x1A, b"LD0") + tlv(0x1A, b"LLN0$set"))) + tlv(0xA0, tlv(0x83, b"\1")))
    return [
        seen("MMS: a breaker operated", plain, WRITE, CONDUIT),
        seen("MMS: a breaker operated, requests only", formed(requests_only, plain), WRITE),
        not_calm("MMS: a breaker operated, answers only", formed(answers_only, plain), WRITE),
        not_calm("MMS: a breaker operated, recorded midway", formed(midway, plain), WRITE),
        seen("MMS: a breaker operated on 10102", stream(STRANGER, PLC_2, 10102, said(WRITE_NAME)), WRITE),
        seen("MMS: a breaker operated in segments of 2 bytes", formed(in_pieces(2), plain), WRITE),
        seen(
            "MMS: a breaker operated, COTP in parts of 9 bytes",
            stream(
                STRANGER,
                PLC_2,
                102,
                [*said(), (1, in_parts(mms(confirmed(9, WRITE_NAME)), 9)), (0, mms(confirmed(9, WROTE, 0xA1)))],
            ),
            WRITE,
        ),
        seen("MMS: a named list written", stream(STRANGER, PLC_2, 102, said(listed)), WRITE),
        seen(
            "MMS: lengths in four bytes",
            stream(
                STRANGER,
                PLC_2,
                102,
                [
                    *said(),
                    (
                        1,
                        mms(
                            b"\xa0\x84"
                            + struct.pack(">I", len(confirmed(9, WRITE_NAME)) - 2)
                            + confirmed(9, WRITE_NAME)[2:]
                        ),
                    ),
                    (0, mms(confirmed(9, WROTE, 0xA1))),
                ],
            ),
            WRITE,
        ),
        not_calm(
            "MMS: an indefinite length",
            stream(
                STRANGER,
                PLC_2,
                102,
                [
                    *said(),
                    (1, mms(b"\xa0\x80" + confirmed(9, WRITE_NAME)[2:] + b"\0\0")),
                    (0, mms(confirmed(9, WROTE, 0xA1))),
                ],
            ),
            WRITE,
        ),
        seen(
            "MMS: two requests in a segment, the second a command",
            stream(
                STRANGER,
                PLC_2,
                102,
                [
                    *said(),
                    (1, mms(confirmed(9, READ_NAME)) + mms(confirmed(10, WRITE_NAME))),
                    (0, mms(confirmed(9, tlv(0xA4, tlv(0xA1, b"\x83\1\0")), 0xA1)) + mms(confirmed(10, WROTE, 0xA1))),
                ],
            ),
            WRITE,
        ),
        seen(
            "MMS: right on COTP",
            stream(
                STRANGER,
                PLC_2,
                102,
                [
                    *association()[:2],
                    (1, tpkt(INITIATE)),
                    (0, tpkt(b"\xa9" + INITIATE[1:])),
                    *(
                        (who, tpkt(confirmed(n, service, tag)))
                        for n in range(3)
                        for who, service, tag in ((1, WRITE_NAME, 0xA0), (0, WROTE, 0xA1))
                    ),
                ],
            ),
            WRITE,
        ),
        seen("MMS: a program stopped", stream(STRANGER, PLC_2, 102, said(wide(41, tlv(0x80, b"Main")))), STOP),
        seen(
            "MMS: a file fetched from elsewhere",
            stream(
                STRANGER, PLC_2, 102, said(wide(46, tlv(0xA1, tlv(0x19, b"a.bin")) + tlv(0xA2, tlv(0x19, b"b.bin"))))
            ),
            FILES,
        ),
        seen(
            "MMS: a domain loaded",
            stream(STRANGER, PLC_2, 102, said(wide(26, tlv(0x80, b"Logic") + tlv(0xA1, b"") + tlv(0x82, b"\xff")))),
            DOWNLOAD,
        ),
        seen(
            "MMS: a password",
            stream(
                STRANGER,
                PLC_2,
                102,
                association(b"\x8a\2\7\x80", tlv(0x8B, b"\x52\3\1"), tlv(0xAC, tlv(0x80, b"s3cret"))),
            ),
            PASSWORD,
        ),
        calm(
            "MMS: SCADA browses and reads",
            stream(
                SCADA,
                PLC_2,
                102,
                said(tlv(0xA1, tlv(0xA0, tlv(0x80, b"\0")) + tlv(0xA1, b"\x80\0")), tlv(0x82, b""), READ_NAME),
            ),
            WRITE,
            STOP,
            DOWNLOAD,
            FILES,
        ),
    ]


def cases() -> list[Case]:
    """All."""
    return [*iec104(), *of_mms()]
