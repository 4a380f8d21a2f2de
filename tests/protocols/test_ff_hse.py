"""Foundation Fieldbus HSE: services, what they touch, outcomes, what devices are; what is and is not in the key."""

from __future__ import annotations

import struct

import pytest

from fixtures.record import ff_hse as made
from fixtures.record.ff_hse import CONFIRMED, FMS, SM, message
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Verb
from scanner.protocols.ff_hse.ff_hse import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "ff_hse"


def rows(data: bytes) -> list:
    one = Message(data, len(data), True, "tcp", 1090)
    assert PROTOCOL.probe(one)
    return list(PROTOCOL.dissect(one))


def operations(name: str) -> list[dict]:
    return [columns for *_, columns in operation_rows(*understand_capture(FOLDER / name))]


@pytest.mark.parametrize("name", ["tcp.pcap", "udp.pcap", "port_21090.pcap"])
def test_a_host_changes_a_device(name):
    changes = [
        (o["count"], o["verb"], o["function"], o["object"], o["accepted"], o["refused"])
        for o in operations(name)
        if o["seen_as"] == "request" and o["verb"] not in ("read", "identify", "diagnose", "session")
    ]
    download, upload = "program-download", "program-upload"
    assert changes == [
        (3, "write", "FMS Write", "index 412", 2, 1),
        (1, "write", "FMS Write with Subindex", "index 412 subindex 2", 1, 0),
        (1, "configure", "FMS Define Variable List", "list of 3 variables", 1, 0),
        (1, "configure", "FMS Delete Variable List", "variable list 900", 1, 0),
        (1, "configure", "FMS Alter Event Condition Monitoring", "event 412", 1, 0),
        (1, "operate", "FMS Acknowledge Event Notification", "event 412", 1, 0),
        (1, "configure", "FMS Initiate Put OD", "object dictionary", 1, 0),
        (1, "configure", "FMS Put OD", "object dictionary", 1, 0),
        (1, "configure", "FMS Terminate Put OD", "object dictionary", 1, 0),
        (1, download, "FMS Initiate Download Sequence", "domain 3", 1, 0),
        (1, upload, "FMS Initiate Upload Sequence", "domain 3", 1, 0),
        (1, upload, "FMS Upload Segment", "domain 3", 1, 0),
        (1, upload, "FMS Terminate Upload Sequence", "domain 3", 1, 0),
        (1, download, "FMS Request Domain Download", "domain 3", 1, 0),
        (1, upload, "FMS Request Domain Upload", "domain 3", 1, 0),
        (1, download, "FMS Generic Initiate Download Sequence", "domain 5", 1, 0),
        (1, download, "FMS Generic Download Segment", "domain 5", 1, 0),
        (1, download, "FMS Generic Terminate Download Sequence", "domain 5", 1, 0),
        (1, "configure", "FMS Create Program Invocation", "of 1 domains", 1, 0),
        (1, "start", "FMS Start", "program invocation 6", 1, 0),
        (2, "stop", "FMS Stop", "program invocation 6", 1, 1),
        (1, "start", "FMS Resume", "program invocation 6", 1, 0),
        (1, "stop", "FMS Reset", "program invocation 6", 1, 0),
        (1, "stop", "FMS Kill", "program invocation 6", 1, 0),
        (1, "configure", "FMS Delete Program Invocation", "program invocation 6", 1, 0),
    ]


def test_refusals_and_what_a_device_asks_for():
    found = operations("tcp.pcap")
    assert [o["refusals"] for o in found if o["refusals"]] == [
        ["access: object access denied (6/3)"],
        ["service: object state conflict (5/1)"],
        ["FMS initiate: password error (11/5)"],
    ]
    asked = [(o["function"], o["seen_as"]) for o in found if o["object"] == "domain 3" and o["seen_as"] == "notice"]
    assert asked == [("FMS Download Segment", "notice"), ("FMS Terminate Download Sequence", "notice")]


def test_reports_are_one_message_however_often_values_change():
    assert {(o["function"], o["count"]) for o in operations("udp.pcap") if o["verb"] == "report"} == {
        ("FMS Information Report", 4),
        ("FMS Information Report with Subindex", 4),
        ("FMS Information Report On Change", 4),
        ("FMS Information Report On Change with Subindex", 4),
        ("FMS Event Notification", 4),
        ("FMS Unsolicited Status", 1),
    }


def test_a_device_is_managed():
    found = [
        (o["count"], o["verb"], o["function"], o["object"], o["accepted"], o["refusals"])
        for o in operations("management.pcap")
        if o["verb"] != "report"
    ]
    taken = ["service: assignments already made (5/12)"]
    assert found == [
        (1, "identify", "SM Find Tag Query", "LD-01", 0, []),
        (1, "identify", "SM Find Tag Reply", "LD-01", 0, []),
        (1, "identify", "SM Identify", "", 1, []),
        (1, "configure", "SM Set Assignment Info", "LD-01", 1, []),
        (1, "configure", "SM Clear Assignment Info", "LD-01", 1, []),
        (1, "configure", "SM Clear Address", "LD-01", 1, []),
        (1, "configure", "SM Set Assignment Info", "LD-02", 0, taken),
        (1, "identify", "SM Identify", "", 1, []),
        (3, "identify", "SM Device Annunciation", "LD-01", 0, []),
        (1, "read", "LAN Redundancy Get Information", "", 1, []),
        (1, "configure", "LAN Redundancy Put Information", "", 1, []),
        (1, "diagnose", "LAN Redundancy Get Statistics", "", 1, []),
    ]


def identities(data: bytes) -> list[tuple[str, str]]:
    return [(r.field, r.value) for r in rows(data) if isinstance(r, Identity)]


def test_a_device_says_what_it_is():
    assert identities(message(SM, 16, made.device(), invoke=None)) == [("serial", made.IDENTIFIER), ("name", "LD-01")]
    assert identities(message(SM, 16, made.device(tag=""), invoke=None)) == [("serial", made.IDENTIFIER)]
    names = made.text("Example Instruments", "LD 900", "3.10")
    said = [("vendor", "Example Instruments"), ("model", "LD 900"), ("firmware", "3.10")]
    assert identities(message(FMS, CONFIRMED | 1, names, kind=made.ANSWERS)) == said
    (row, *_) = rows(message(SM, 16, made.device(tag=""), invoke=None))
    assert row.detail == "linking device, HSE field device, address 10.20.0.81, no tag"


def test_a_device_behind_another_is_not_that_one():
    names = made.text("Other", "TT 7", "1")
    (row,) = rows(message(FMS, CONFIRMED | 1, names, kind=made.ANSWERS, address=made.LINKED))
    assert (row.unit, row.detail) == ("FDA address 0x00121500", "Other, TT 7, 1")
    assert len(rows(message(SM, CONFIRMED | 3, made.device(0x10), kind=made.ANSWERS, address=made.LINKED))) == 1


def test_that_there_is_a_password_is_told_and_not_which():
    ((_, _, session),) = session_rows(*understand_capture(FOLDER / "tcp.pcap"))
    assert (session["credentials"], session["encrypted"]) == (["none", "user-password"], False)
    tag = bytes(4) + made.text("LD-01")
    with_one, with_another, without = (
        message(FMS, CONFIRMED | 96, bytes((2, 1, secret, 0)) + tag) for secret in (made.SECRET, 7, 0)
    )
    assert key("ff-hse", with_one) == key("ff-hse", with_another) != key("ff-hse", without)
    assert str(made.SECRET) not in str(rows(with_one))


def test_modbus_on_its_port_is_modbus():
    _, understood = understand_capture(FOLDER / "modbus_on_1090.pcap")
    assert set(understood.spoken.values()) == {("modbus",)}


def written(value: int, **more) -> bytes:
    return message(FMS, CONFIRMED | 3, made.INDEX + bytes((value,)), **more)


@pytest.mark.parametrize("time", [0, 5])
@pytest.mark.parametrize("control", [None, 6])
@pytest.mark.parametrize("number", [None, 1])
def test_values_and_numbers_make_no_other_message(time, control, number):
    more = {"time": time, "control": control, "number": number}
    assert key("ff-hse", written(1, invoke=1, **more)) == key("ff-hse", written(2, invoke=2, **more))
    assert pair("ff-hse", written(1, invoke=0x01020304, **more)) == b"\1\2\3\4"
    refused = message(FMS, CONFIRMED | 3, made.error(6, 3), kind=made.REFUSES, invoke=0x01020304, **more)
    assert pair("ff-hse", refused) == b"\1\2\3\4"
    assert key("ff-hse", refused) != key("ff-hse", message(FMS, CONFIRMED | 3, made.error(6, 7), kind=2, **more))


def test_what_is_touched_makes_another_message():
    stops = [message(FMS, CONFIRMED | 20, struct.pack(">I", n)) for n in (6, 7)]
    assert key("ff-hse", stops[0]) != key("ff-hse", stops[1])
    assert key("ff-hse", written(1)) != key("ff-hse", written(1, address=made.LINKED))
    assert key("ff-hse", message(SM, 16, made.device(versions=1), invoke=None)) == key(
        "ff-hse", message(SM, 16, made.device(versions=2), invoke=None)
    )


def test_a_download_by_the_device_is_a_notice():
    (row,) = rows(message(FMS, CONFIRMED | 10, made.INDEX))
    assert (row.verb, row.kind) == (Verb.PROGRAM_DOWNLOAD, Kind.NOTICE)


GOOD = written(1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:11],
        GOOD[:-1],  # the length does not fit
        b"\2" + GOOD[1:],  # version 2
        GOOD[:1] + b"\xd0" + GOOD[2:],  # a reserved option
        GOOD[:2] + b"\x0f" + GOOD[3:],  # no such kind
        message(FMS, 0, made.INDEX, kind=made.ANSWERS),  # the answer to a report
        message(FMS, CONFIRMED | 3, b"\0\0"),  # half an index
        message(FMS, CONFIRMED | 83, made.INDEX),  # no subindex
        message(FMS, CONFIRMED | 3, b"\6", kind=made.REFUSES),
        message(FMS, CONFIRMED | 20, b"\5\1", kind=made.REFUSES),
        message(SM, 16, made.device()[:60], invoke=None),
        message(FMS, CONFIRMED | 1, bytes(64), kind=made.ANSWERS),
    ],
)
def test_what_is_none(data):
    one = Message(data, len(data), True, "tcp", 1090)
    assert not PROTOCOL.probe(one)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(one))
