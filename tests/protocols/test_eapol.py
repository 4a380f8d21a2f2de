"""IEEE 802.1X: steps, methods and outcome; no identity, challenge or key in any row; what is no EAPOL."""

from __future__ import annotations

import pytest

from fixtures.record.eapol import ANNOUNCEMENT, DEVICE, GROUP, LOGOFF, START, eap, key, mka, pdu
from fixtures.record.wire import Wire
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.layer2.eapol import PROTOCOL
from tests.protocols.keys import key as key_of
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes) -> Message:
    return Message(data, len(data), True, "ethernet", 0x888E)


def rows(data: bytes) -> tuple[Operation, Session]:
    assert PROTOCOL.probe(sent(data))
    operation, session = PROTOCOL.dissect(sent(data))
    assert isinstance(operation, Operation)
    assert isinstance(session, Session)
    return operation, session


@pytest.mark.parametrize(
    ("data", "function", "object_", "filter_", "session"),
    [
        (eap(1, 1), "EAP Request", "Identity", "eap.code == 1 && eap.type == 1", {"detail": "802.1X"}),
        (eap(2, 1, b"panel-1"), "EAP Response", "Identity", "eap.code == 2 && eap.type == 1", {"detail": "802.1X"}),
        (eap(2, 3, b"\x0d"), "EAP Response", "Nak", "eap.code == 2 && eap.type == 3", {"detail": "802.1X"}),
        (
            eap(1, 4, b"\x10" + bytes(16)),
            "EAP Request",
            "EAP-MD5",
            "eap.code == 1 && eap.type == 4",
            {"detail": "802.1X with EAP-MD5", "credentials": "digest"},
        ),
        (
            eap(1, 13, b"\x20"),
            "EAP Request",
            "EAP-TLS",
            "eap.code == 1 && eap.type == 13",
            {"detail": "802.1X with EAP-TLS"},
        ),
        (
            eap(2, 200),
            "EAP Response",
            "EAP method 200",
            "eap.code == 2 && eap.type == 200",
            {"detail": "802.1X with EAP method 200"},
        ),
    ],
)
def test_steps(data, function, object_, filter_, session):
    operation, found = rows(data)
    assert (operation.verb, operation.function, operation.kind, operation.object, operation.filter) == (
        Verb.AUTHENTICATE,
        function,
        Kind.NOTICE,
        object_,
        filter_,
    )
    assert found == Session(version="802.1X-2004", **session)


def test_outcome():
    operation, session = rows(eap(3))
    assert (operation.function, operation.kind, session.authenticated) == ("EAP Success", Kind.RESPONSE, True)
    operation, session = rows(eap(4))
    assert (operation.function, operation.kind, operation.refusal, session.authenticated) == (
        "EAP Failure",
        Kind.REFUSAL,
        "EAP Failure",
        False,
    )


@pytest.mark.parametrize(
    ("kind", "verb", "function"),
    [
        (START, Verb.SESSION, "EAPOL-Start"),
        (LOGOFF, Verb.SESSION, "EAPOL-Logoff"),
        (ANNOUNCEMENT, Verb.REPORT, "EAPOL-Announcement (Generic)"),
    ],
)
def test_other_pdus(kind, verb, function):
    operation, _ = rows(pdu(kind))
    assert (operation.verb, operation.function, operation.code) == (verb, function, str(kind))


@pytest.mark.parametrize(
    ("information", "step"),
    [
        (0x008A, "four-way handshake 1"),
        (0x010A, "four-way handshake 2"),
        (0x13CA, "four-way handshake 3"),
        (0x030A, "four-way handshake 4"),
        (0x1382, "group key handshake"),
    ],
)
def test_handshake(information, step):
    operation, _ = rows(key(information))
    assert (operation.function, operation.object, operation.detail) == ("EAPOL-Key", "RSN key", step)
    assert rows(key(information, descriptor=1))[0].object == "RC4 key"


def test_key_agreement():
    operation, session = rows(mka())
    assert operation.function == "EAPOL-MKA"
    assert operation.detail == "priority 16, key server, MACsec desired, integrity, confidentiality"
    assert session == Session(version="802.1X-2010", detail="MACsec key agreement")
    operation, _ = rows(mka(0x00, priority=255))
    assert operation.detail == "priority 255, no key server, MACsec not desired, MACsec not implemented"


def test_secrets_and_counters_make_no_other_message_and_are_in_no_row():
    for one, other in (
        (eap(2, 1, b"panel-1"), eap(2, 1, b"panel-2", 9)),
        (eap(2, 4, b"\x10" + bytes(16)), eap(2, 4, b"\x10" + bytes(range(16)), 9)),
        (key(0x010A), key(0x010A, replay=9)),
        (mka(), mka(number=9, member=bytes(12))),
    ):
        assert key_of("eapol", one) == key_of("eapol", other)
        assert list(PROTOCOL.dissect(sent(one))) == list(PROTOCOL.dissect(sent(other)))
    assert "panel" not in repr(list(PROTOCOL.dissect(sent(eap(2, 1, b"panel-1")))))


def test_hostapd():
    result, understood = understand_capture(CAPTURES / "eapol" / "hostapd.pcap")
    assert set(understood.spoken.values()) == {("eapol",)}
    counts = {
        (row.function, row.object): result.messages[index].count
        for index, found in understood.rows.items()
        for row in found
        if isinstance(row, Operation)
    }
    assert counts == {
        ("EAPOL-Start", ""): 3,
        ("EAP Request", "Identity"): 3,
        ("EAP Response", "Identity"): 3,
        ("EAP Request", "EAP-MD5"): 2,
        ("EAP Response", "EAP-MD5"): 2,
        ("EAP Request", "EAP-PWD"): 3,
        ("EAP Response", "EAP-PWD"): 3,
        ("EAP Success", ""): 2,
        ("EAP Failure", ""): 1,
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\2\1\0",
        b"\7" + pdu(START)[1:],
        pdu(9),
        pdu(START)[:3] + b"\5",  # longer than its frame
        pdu(0, b"\1\7\0"),
        pdu(3, b"\2\0"),
        mka()[:20],
        eap(9),
        eap(1),  # a request of nothing
    ],
)
def test_what_is_no_eapol(data):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(DEVICE, GROUP, 0x888E, b"\2\x20" + bytes(40))
        wire.ethernet(DEVICE, GROUP, 0x888E, b"\2\0\xff\xff" + bytes(40))
        wire.ethernet(DEVICE, GROUP, 0x9999, eap(1, 1))
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
