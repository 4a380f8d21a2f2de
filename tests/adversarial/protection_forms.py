"""What protects itself now and then: one command of two that is proven, a weaker channel or association beside a good
one, and what only looks so.
"""

from __future__ import annotations

import struct
from functools import partial

from fixtures.record import dnp3, s7comm_plus
from fixtures.record.goose import number, tlv
from fixtures.record.wire import Wire
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ANSWERS,
    ASKS,
    PLC_2,
    SCADA,
    Said,
    both,
    formed,
    over_tcp,
    played,
    stream,
    wired,
)
from tests.adversarial.telecontrol_forms import (
    CONTEXT,
    READ_NAME,
    WRITE_NAME,
    WROTE,
    apdu,
    asdu,
    association,
    confirmed,
    connect,
    mms,
)
from tests.twins import Record, cut_short, in_pieces, midway

OWN = "protocol-security-not-used"
WAIT = 12  # polls, so that enough is seen


# --- DNP3 Secure Authentication ---------------------------------------------------------------------------------------

POLLED: Said = [(ASKS, dnp3.asked(1, "3c0206", 1)), (ANSWERS, dnp3.answered("0102000007 0181018101810181", 1))] * WAIT
CHALLENGED: Said = [
    (ASKS, dnp3.asked(5, dnp3.crob(20, 0x41), 3)),
    (ANSWERS, dnp3.answered(dnp3.challenge(1), 3, 0, 131)),
    (ASKS, dnp3.asked(32, dnp3.reply(1), 3)),
    (ANSWERS, dnp3.answered(dnp3.crob(20, 0x41), 3)),
]
AGGRESSIVE: Said = [
    (ASKS, dnp3.asked(5, dnp3.aggressive(dnp3.crob(22, 0x41), 3), 5)),
    (ANSWERS, dnp3.answered(dnp3.crob(22, 0x41), 5)),
]
BARE: Said = [
    (ASKS, dnp3.asked(5, dnp3.crob(30, 0x41), 4)),
    (ANSWERS, dnp3.answered(dnp3.crob(30, 0x41), 4)),
]
UNANSWERED: Said = [(ASKS, dnp3.asked(6, dnp3.crob(31, 0x41), 5))]
RESTARTED: Said = [(ASKS, dnp3.asked(13, "", 2)), (ANSWERS, dnp3.answered("3402 07 01 8813", 2))]
KEYLESS: Said = [
    (ASKS, dnp3.asked(5, (b"\x78\x03\x07\x01" + struct.pack("<IH", 7, 1)).hex() + dnp3.crob(33, 0x41), 7)),
    (ANSWERS, dnp3.answered(dnp3.crob(33, 0x41), 7)),
]


def outstation(*said: Said) -> Recorded:
    """Polled, then commanded."""
    return stream(SCADA, PLC_2, 20000, [*POLLED, *(each for part in said for each in part)])


def of_dnp3() -> list[Case]:
    """Version 5."""
    return [
        calm("DNP3: a command that is challenged", outstation(CHALLENGED), OWN),
        calm("DNP3: commands in aggressive mode", outstation(AGGRESSIVE, AGGRESSIVE), OWN),
        not_calm("DNP3: a command without proof behind one with", outstation(CHALLENGED, BARE), OWN),
        not_calm("DNP3: a command without proof ahead of one with", outstation(BARE, CHALLENGED), OWN),
        not_calm("DNP3: a command that nobody answers behind one with proof", outstation(CHALLENGED, UNANSWERED), OWN),
        not_calm("DNP3: a restart without proof", outstation(CHALLENGED, RESTARTED), OWN),
        not_calm("DNP3: a command without proof beside aggressive mode", outstation(AGGRESSIVE, BARE), OWN),
        not_calm("DNP3: aggressive mode without a code", outstation(AGGRESSIVE, KEYLESS), OWN),
        seen("DNP3: aggressive mode without a code alone", outstation(KEYLESS), OWN),
        unmoved(
            "DNP3: aggressive mode cut after 96 bytes", formed(cut_short(96), outstation(AGGRESSIVE, AGGRESSIVE)), OWN
        ),
    ]


# --- IEC 62351-5 ------------------------------------------------------------------------------------------------------

USER, SEGMENT = struct.pack("<H", 1), b"\xc0"
START: Said = [(ASKS, b"\x68\4\7\0\0\0"), (ANSWERS, b"\x68\4\x0b\0\0\0")]


def security(number: int, cause: int, body: bytes) -> bytes:
    """An ASDU of a security type."""
    return struct.pack("<BBBBH", number, 1, cause, 0, 1) + body


VALID_KEYS: Said = [
    (ASKS, security(84, 15, USER)),
    (ANSWERS, security(85, 15, SEGMENT + struct.pack("<I2sBBBH", 2, USER, 2, 1, 4, 4) + bytes(20))),
]
DONE: Said = [(ASKS, asdu(45, 6, 4005, b"\1")), (ANSWERS, asdu(45, 7, 4005, b"\1"))]
PROVEN: Said = [
    (ASKS, asdu(45, 6, 4001, b"\1")),
    (ANSWERS, security(81, 14, SEGMENT + struct.pack("<I2sBBH", 1, USER, 4, 1, 4) + bytes(4))),
    (ASKS, security(82, 14, SEGMENT + struct.pack("<I2sH", 1, USER, 16) + bytes(16))),
    (ANSWERS, asdu(45, 7, 4001, b"\1")),
]


def station(*said: Said) -> Recorded:
    """Interrogated, then commanded."""
    asked = [(ASKS, asdu(100, 6, 0, b"\x14")), (ANSWERS, asdu(100, 7, 0, b"\x14"))] * WAIT
    sent, found = [0, 0], [*START]
    for who, unit in (*asked, *(each for part in said for each in part)):
        found.append((who, apdu(unit, sent[who], sent[1 - who])))
        sent[who] += 1
    return stream(SCADA, PLC_2, 2404, found)


def of_telecontrol() -> list[Case]:
    """Keys that are valid prove no command by themselves."""
    return [
        calm("IEC 104: commands that are challenged", station(VALID_KEYS, PROVEN, PROVEN), OWN),
        not_calm("IEC 104: a command without proof behind one with", station(VALID_KEYS, PROVEN, DONE), OWN),
        not_calm("IEC 104: valid keys and a command without proof", station(VALID_KEYS, DONE), OWN),
    ]


# --- OPC UA -----------------------------------------------------------------------------------------------------------


def channel(name: str) -> Recorded:
    """A recording between SCADA and the controller."""
    return played(f"opcua/{name}", _10_20_0_10=SCADA, _10_20_0_61=PLC_2)


def from_within(recording: Recorded) -> Recorded:
    """The third fifth of it, between the opening of one session and of the next."""

    def form(records: list[Record]) -> list[Record]:
        return midway(records[2 * len(records) // 5 : 3 * len(records) // 5])

    return formed(form, recording)


def discovered() -> list[Record]:
    """Two connections by which a client finds out what there is."""
    records = channel("none")()
    ports = list(dict.fromkeys(max(struct.unpack_from(">HH", r[2], 34)) for r in records))
    return [r for r in records if max(struct.unpack_from(">HH", r[2], 34)) in ports[:2]]


def of_opcua() -> list[Case]:
    """Channels of the same two."""
    return [
        unmoved("OPC UA: discovery alone", discovered, OWN),
        unmoved("OPC UA: discovery and a channel that signs", channel("sign"), OWN),
        not_calm(
            "OPC UA: a channel that was open before, beside one that signs",
            both(channel("sign"), from_within(channel("none"))),
            OWN,
        ),
        not_calm(
            "OPC UA: what can be read beside a channel that encrypts",
            both(channel("signandencrypt"), from_within(channel("none"))),
            OWN,
        ),
        seen(
            "OPC UA: a session without protection beside one with",
            both(channel("signandencrypt"), channel("none")),
            OWN,
        ),
    ]


# --- MMS --------------------------------------------------------------------------------------------------------------

WANTED, BY_PASSWORD, BY_SIGNATURE = (
    tlv(0x8A, b"\x07\x80"),
    tlv(0x8B, b"\x52\x03\x01"),
    tlv(0x8B, b"\x28\xca\x22\x02\x05"),
)
SIGNED = (WANTED, BY_SIGNATURE, tlv(0xAC, tlv(0xA2, bytes(60))))
BITS = (WANTED, tlv(0xAC, tlv(0x81, b"\0secret")))


def associated(*more: bytes) -> Said:
    """An association, reads and a command."""
    said = [*association(*more)]
    for n, service in enumerate((*(READ_NAME,) * WAIT, WRITE_NAME)):
        answer = WROTE if service is WRITE_NAME else tlv(0xA4, tlv(0xA1, tlv(0x83, b"\1")))
        said += [(ASKS, mms(confirmed(n + 1, service))), (ANSWERS, mms(confirmed(n + 1, answer, 0xA1)))]
    return said


def refused() -> Said:
    """An association without authentication that is not accepted."""
    why = tlv(0xA2, number(2, 1)) + tlv(0xA3, tlv(0xA1, number(2, 14)))
    return [*list(association())[:3], (ANSWERS, connect(14, tlv(0x61, CONTEXT + why)))]


def in_mms(*associations: Said) -> Recorded:
    """Each in a connection."""
    return wired(*(over_tcp(SCADA, PLC_2, 102, said) for said in associations))


def password(secret: bytes) -> tuple[bytes, ...]:
    """As characters."""
    return WANTED, BY_PASSWORD, tlv(0xAC, tlv(0x80, secret))


def of_mms() -> list[Case]:
    """Authentication of associations."""
    return [
        calm("MMS: an association that is signed", in_mms(associated(*SIGNED)), OWN),
        unmoved(
            "MMS: a signed association cut after 150 bytes", formed(cut_short(150), in_mms(associated(*SIGNED))), OWN
        ),
        seen(
            "MMS: an association without authentication beside one with", in_mms(associated(*SIGNED), associated()), OWN
        ),
        unmoved(
            "MMS: an association without authentication is refused, and then it is signed",
            in_mms(refused(), associated(*SIGNED)),
            OWN,
        ),
        seen("MMS: associations without authentication alone", in_mms(refused(), associated()), OWN),
        seen("MMS: an empty password", in_mms(associated(*password(b""))), OWN, "credentials-in-clear"),
        seen(
            "MMS: a password in segments of 5 bytes",
            formed(in_pieces(5), in_mms(associated(*password(b"secret")))),
            OWN,
            "credentials-in-clear",
        ),
        not_calm("MMS: a password as bits", in_mms(associated(*BITS)), OWN, "credentials-in-clear"),
    ]


# --- the integrity part of S7comm-plus --------------------------------------------------------------------------------

READS = (s7comm_plus.GET_MULTI, bytes(4) + b"\1\5" + s7comm_plus.address(0x8A0E0002, 2550, 10) + s7comm_plus.QUALIFIER)


def in_s7comm_plus(*signed: bool, version: int = 2, more: bytes = b"") -> Recorded:
    """A session for each, which reads with an integrity part or without."""

    def play(wire: Wire, *, signed: bool) -> None:
        talk = wire.tcp(SCADA, PLC_2, 102)
        s7comm_plus.opened(talk)
        session = s7comm_plus.Session(talk, version, signed=signed)
        for _ in range(4):
            session.ask(*READS)
        if more:
            talk.client(more)
        talk.close()

    return wired(*(partial(play, signed=each) for each in signed))


def of_s7comm_plus() -> list[Case]:
    """Version 2, in which it is optional."""
    first = s7comm_plus.request(s7comm_plus.CREATE, 9, struct.pack(">I", 3) + b"\0\4\0" + bytes(900))
    piece = s7comm_plus.pdu(2, first, trailer=False)
    return [
        calm("S7comm-plus: messages with integrity part", in_s7comm_plus(True), OWN),
        calm("S7comm-plus: version 3", in_s7comm_plus(False, version=3), OWN),
        seen("S7comm-plus: messages without integrity part", in_s7comm_plus(False), OWN),
        seen("S7comm-plus: a session without integrity part beside one with", in_s7comm_plus(True, False), OWN),
        seen("S7comm-plus: a session with integrity part behind one without", in_s7comm_plus(False, True), OWN),
        calm("S7comm-plus: the first piece of a long message", in_s7comm_plus(True, more=piece), OWN),
    ]


def cases() -> list[Case]:
    """All."""
    routed = played("bacnet/routed", _10_20_0_70=SCADA, _10_20_0_74=PLC_2)
    return [
        *of_dnp3(),
        *of_telecontrol(),
        *of_opcua(),
        *of_mms(),
        *of_s7comm_plus(),
        seen("BACnet: writes in clear beside messages that are protected", routed, OWN),
    ]
