"""F1AP, E1AP and XnAP: parts of base stations, their names, and by which algorithms subscribers' radio is protected."""

from __future__ import annotations

import struct
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.mobile import element, pdu, sized
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session
from scanner.protocols.mobile.e1ap import PROTOCOL as E1
from scanner.protocols.mobile.f1ap import PROTOCOL as F1
from scanner.protocols.mobile.xnap import PROTOCOL as XN
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

IDENTIFIERS = {"f1ap": 62, "e1ap": 64, "xnap": 61}
KEY = bytes(range(16))
COMMAND = bytes.fromhex("0002220810aabbccdd")  # NEA0 and NIA2, as pycrate encodes them


def sent(protocol: Protocol, data: bytes) -> Message:
    whole = struct.pack(">I", IDENTIFIERS[protocol.name]) + data
    return Message(whole, len(whole), True, "sctp", 1)


def rows(protocol: Protocol, data: bytes) -> list[Row]:
    message = sent(protocol, data)
    assert protocol.probe(message)
    return list(protocol.dissect(message))


def ciphers(found: list[Row]) -> list[str]:
    return [row.cipher for row in found if isinstance(row, Session) and row.cipher]


def downlink(container: bytes, bearer: int = 0x20, procedure: int = 12) -> bytes:
    return pdu(0, procedure, element(64, bytes((bearer,))), element(50, sized(container)))


def protection(value: bytes, procedure: int = 8) -> bytes:
    return pdu(0, procedure, element(13, value))


@pytest.mark.parametrize(
    ("name", "kinds", "expected", "names"),
    [
        (
            "f1ap",
            ("null", "protected"),
            {
                ("F1Setup", "request"): 1,
                ("F1Setup", "response"): 1,
                ("DLRRCMessageTransfer", "notice"): 1,
                ("UEContextRelease", "request"): 1,
                ("UEContextRelease", "response"): 1,
                ("gNBCUConfigurationUpdate", "request"): 1,
                ("gNBCUConfigurationUpdate", "refusal"): 1,
            },
            {"du-hall-3", "cu-1"},
        ),
        (
            "e1ap",
            ("null", "protected"),
            {
                ("gNB-CU-UP-E1Setup", "request"): 1,
                ("gNB-CU-UP-E1Setup", "response"): 1,
                ("bearerContextSetup", "request"): 1,
                ("bearerContextSetup", "refusal"): 1,
            },
            {"cu-up-1", "cu-1"},
        ),
        (
            "xnap",
            ("setup",),
            {
                ("xnSetup", "request"): 1,
                ("xnSetup", "response"): 1,
                ("handoverCancel", "notice"): 1,
                ("uEContextRelease", "notice"): 1,
            },
            set(),
        ),
    ],
)
def test_recordings(name, kinds, expected, names):
    for kind in kinds:
        for path in CAPTURES.joinpath(name).glob(f"{kind}*.pcap"):
            _, understood = understand_capture(path)
            assert set(understood.spoken.values()) == {(name,)}
            every = [row for found in understood.rows.values() for row in found]
            found = Counter((r.function, r.kind.value) for r in every if isinstance(r, Operation))
            assert found - Counter({("DLRRCMessageTransfer", "notice"): kind == "null"}) == expected
            said = {(r.field, r.value) for r in every if isinstance(r, Identity)}
            assert said == {("role", "gnb"), *(("name", n) for n in names)}
            null = {"f1ap": ["NEA0", "128-NIA2", "NEA0", "NIA0"], "e1ap": ["NEA0"], "xnap": []}[name]
            good = {"f1ap": ["128-NEA2", "128-NIA2"], "e1ap": ["128-NEA2", "128-NIA2"], "xnap": []}[name]
            assert ciphers(every) == (null if kind == "null" else good)
            assert KEY.hex() not in repr(every)


def test_the_station_says_its_network():
    (detail,) = (
        r.detail
        for r in rows(XN, pdu(0, 17, element(14, b"\0\0\xf1\x10\0\0\0\x1c")))
        if isinstance(r, Session) and r.detail
    )
    assert detail == "PLMN 001-01"


@pytest.mark.parametrize("algorithms", range(16))
def test_algorithms_of_a_security_mode_command(algorithms):
    ciphering, integrity = algorithms >> 2, algorithms & 3
    bits = 0b0_0100_01_0_00_0_0_1 << 11 | ciphering << 7 | integrity << 3
    command = b"\0\3" + bits.to_bytes(3, "big") + bytes(4)
    named = [f"128-NEA{ciphering}" if ciphering else "NEA0", f"128-NIA{integrity}" if integrity else "NIA0"]
    assert ciphers(rows(F1, downlink(command))) == named


@pytest.mark.parametrize(
    "data",
    [
        downlink(COMMAND, bearer=0x40),  # another bearer
        downlink(COMMAND, procedure=13),  # from the subscriber
        downlink(COMMAND[:-1]),
        downlink(COMMAND + b"\0"),
        downlink(b"\x80" + COMMAND[1:]),  # data
        downlink(b"\0\x99" + COMMAND[2:]),  # long after the beginning
        downlink(COMMAND[:2] + b"\x2a" + COMMAND[3:]),  # another message
        downlink(COMMAND[:4] + b"\x17" + COMMAND[5:]),  # more bits than it has
        downlink(COMMAND[:3] + b"\x0a\x10" + COMMAND[5:]),  # a spare algorithm
        pdu(0, 12, element(64, b"\x20"), element(50, b"\x7f\1")),
    ],
)
def test_what_is_no_security_mode_command(data):
    assert not ciphers(rows(F1, data))


def test_integrity_of_user_data_that_is_not_protected_is_told_and_no_algorithm():
    for value in (b"\0\0\x10" + KEY, b"\x10\x08\x10" + KEY + b"\x10" + KEY):
        found = rows(E1, protection(value))
        assert ciphers(found) == ["NEA0"]
        assert "integrity of user data not protected" in [r.detail for r in found if isinstance(r, Session)]
    assert not ciphers(rows(E1, protection(b"\x06\0\x10" + KEY)))  # an algorithm that came later
    assert not ciphers(rows(E1, protection(b"\0\0\x10" + KEY[:-1])))
    assert not ciphers(rows(E1, pdu(0x20, 8, element(13, b"\0\0\x10" + KEY))))  # in an answer


def test_refusals_name_their_cause():
    (refused,) = (r for r in rows(F1, pdu(0x80, 1, element(0, b"\x30"))) if isinstance(r, Operation))
    assert (refused.kind, refused.refusal) == (Kind.REFUSAL, "cause 0x30")


def test_the_first_byte_of_f1_is_another_than_that_of_its_kin():
    setup = pdu(0x40, 1, element(78, b"\0"))
    assert rows(F1, setup)[0].kind is Kind.RESPONSE
    assert not F1.probe(sent(F1, b"\x20" + setup[1:]))
    assert not E1.probe(sent(F1, setup))
    assert not XN.probe(sent(XN, pdu(0x80, 17, element(14, b"\0"))))


@given(st.binary(max_size=80))
def test_any_bytes_are_read(data):
    for protocol, message in (
        (F1, downlink(data)),
        (F1, pdu(0, 1, element(45, data))),
        (E1, protection(data)),
        (XN, pdu(0, 17, element(14, data))),
    ):
        rows(protocol, message)
    for protocol in (F1, E1, XN):
        if not protocol.probe(sent(protocol, data)):
            with pytest.raises(Malformed):
                list(protocol.dissect(sent(protocol, data)))
