"""SEL Fast Meter, Fast Operate and Fast Messages: in Telnet and alone; commands, results, what a relay says it is."""

from __future__ import annotations

import pytest

from fixtures.record import sel_fast_message as made
from fixtures.record.sel_fast_message import block, fast, operate, poll
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.sel.sel_fast_message import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "sel_fast_message"
NAME = "sel-fast-message"


def rows(data: bytes) -> list:
    message = Message(data, len(data), True, "tcp", 23)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def operations(data: bytes) -> list[Operation]:
    return [r for r in rows(data) if isinstance(r, Operation)]


def recorded(name: str) -> list[dict]:
    return [c for _, protocol, _, c in operation_rows(*understand_capture(FOLDER / name)) if protocol == NAME]


@pytest.mark.parametrize("name", ["telnet.pcap", "port_2404.pcap"])
def test_a_relay_is_commanded(name):
    commands = [(o["count"], o["object"], o["detail"]) for o in recorded(name) if o["verb"] == "operate"]
    assert commands == [
        (1, "breaker 1", "open"),
        (1, "breaker 1", "close"),
        (1, "RB01", "clear"),
        (1, "RB02", "set"),
        (1, "RB03", "pulse"),
        (1, "code 0x0001", ""),
        (1, "TARGET R", ""),
        (1, "breaker 2", "open"),  # behind a poll, in the same segment
    ]


@pytest.mark.parametrize("name", ["telnet.pcap", "port_2404.pcap"])
def test_fast_messages_have_their_results(name):
    found = [
        (o["count"], o["verb"], o["function"], o["object"], o["accepted"], o["refusals"])
        for o in recorded(name)
        if o["code"].startswith("46:") and o["seen_as"] == "request"
    ]
    assert found == [
        (1, "read", "Fast Message Configuration", "", 1, []),
        (1, "diagnose", "Ping", "", 1, []),
        (1, "identify", "Device Description", "", 1, []),
        (1, "read", "Data Format", "address 0x00000300", 1, []),
        (1, "read", "Bit Label", "address 0x00000300", 1, []),
        (1, "read", "Read", "address 0x00000300 x 6", 1, []),
        (1, "read", "SOE Present State", "", 1, []),
        (2, "subscribe", "Enable Unsolicited Data", "Unsolicited Fast SER Data", 1, ["function code disabled (2)"]),
        (1, "configure", "Disable Unsolicited Data", "Unsolicited Fast SER Data", 1, []),
        (4, "write", "Unsolicited Write", "address 0x0100:0x0004 x 1", 0, []),
    ]


def test_polling_is_one_message_and_its_answers_another():
    (polled,) = [o for o in recorded("telnet.pcap") if o["function"] == "Fast Meter Data"]
    assert (polled["count"], polled["accepted"], polled["unanswered"]) == (7, 6, 1)
    reports = [(o["code"], o["count"]) for o in recorded("telnet.pcap") if o["verb"] == "report"]
    assert reports == [("46:0x18", 4), ("46:0x98", 4)]


def test_the_session_around_them_is_telnet_with_a_password():
    sessions = {p: s for _, p, s in session_rows(*understand_capture(FOLDER / "telnet.pcap"))}
    assert sessions[NAME]["encrypted"] is False
    assert sessions["telnet"]["credentials"] == ["user-password"]
    assert all("SECRET" not in str(r) for r in understand_capture(FOLDER / "telnet.pcap")[1].rows.values())


@pytest.mark.parametrize("text", [made.IDENTIFICATION.encode(), b"\x02\r\n" + made.IDENTIFICATION.encode()])
def test_a_relay_says_what_it_is(text):
    said = [(r.field, r.value) for r in rows(text) if isinstance(r, Identity)]
    assert said == [
        ("vendor", "Schweitzer Engineering Laboratories"),
        ("model", "SEL-351S-7"),
        ("firmware", made.FID),
        ("name", "FEEDER 7"),
        ("order_number", made.PART),
    ]
    described = [(r.field, r.value) for r in rows(fast(0xB0, made.DESCRIPTION)) if isinstance(r, Identity)]
    assert described == said[:-1]


def test_a_relay_definition_names_its_protocols():
    (row,) = operations(made.DEFINITION)
    assert row.detail == "SEL Fast Meter with Fast Operate, DNP3, IEC 61850"
    assert (row.kind, row.verb) == (Kind.RESPONSE, Verb.IDENTIFY)


def test_wrong_checksums_are_not_believed():
    _, understood = understand_capture(FOLDER / "wrong_checksums.pcap")
    assert not any(NAME in spoken for spoken in understood.spoken.values())


def test_octets_that_telnet_doubles_are_one():
    raw = fast(0x20, b"\x01\x00\x00\x04\x00\x02\xff\xff\xff\x00")
    assert operations(raw) == operations(raw.replace(b"\xff", b"\xff\xff"))


@pytest.mark.parametrize("end", [b"", b"\r", b"\r\n"])
def test_a_poll_with_or_without_an_end_of_line(end):
    (row,) = operations(poll(0xC0) + end)
    assert (row.kind, row.function) == (Kind.REQUEST, "Relay Definition")


def test_text_may_follow_an_answer():
    (row,) = operations(made.DEFINITION + b"\r\n=>")
    assert row.kind is Kind.RESPONSE


def test_every_command_of_a_segment_is_seen():
    found = operations(operate(0xE3, 0x31) + operate(0xE3, 0x32) + poll(0xD1))
    assert [r.object for r in found] == ["breaker 1", "breaker 2", ""]
    one, another = (poll(0xD1) + operate(0xE3, what) for what in (0x31, 0x32))
    assert key(NAME, one) != key(NAME, another)


@pytest.mark.parametrize("text", [b"QUI\r\n", b"\r\n", b"ACC\r\n\r\n"])
def test_text_may_stand_around_commands(text):
    assert [r.object for r in operations(operate(0xE0, 0x41) + text)] == ["RB02"]
    assert [r.object for r in operations(operate(0xE0, 0x41) + text + operate(0xE3, 0x31))] == ["RB02", "breaker 1"]
    assert [r.object for r in operations(b"\r\n" + operate(0xE0, 0x41) + text)] == ["RB02"]
    one, another = (poll(0xD1) + b"\r\n" + text + operate(0xE3, what) for what in (0x31, 0x32))
    assert key(NAME, one) != key(NAME, another)
    assert [r.object for r in operations(one)] == ["", "breaker 1"]


def test_a_client_polls_and_commands():
    found = [(o["count"], o["verb"], o["object"], o["detail"]) for o in recorded("selprotopy.pcap")]
    assert found == [
        (1, "identify", "", ""),
        (1, "read", "", ""),
        (1, "read", "", ""),
        (1, "identify", "", made.FID),
        (3, "read", "", ""),
        (1, "operate", "RB01", "set"),
        (1, "operate", "RB02", "pulse"),
    ]


def test_values_and_counters_make_no_other_message():
    assert key(NAME, made.data(1)) == key(NAME, made.data(2))
    read = fast(0x10, b"\0\0\3\0\0\6", number=1)
    assert key(NAME, read) == key(NAME, fast(0x10, b"\0\0\3\0\0\6", number=2, sequence=0xC1))
    assert key(NAME, read) != key(NAME, fast(0x10, b"\0\0\4\0\0\6"))
    assert pair(NAME, read) == pair(NAME, fast(0x90, bytes(9), number=1)) == b"\x46\1"
    writes = [fast(0x20, b"\1\0\0\4\0\1\0" + bytes((value,))) for value in (1, 2)]
    assert key(NAME, writes[0]) == key(NAME, writes[1])
    assert key(NAME, fast(0x81, sequence=0)) != key(NAME, fast(0x81, sequence=2))
    assert pair(NAME, poll(0xC1)) == pair(NAME, made.METER) == b"\xc1"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xa5",
        b"\xa5\x47",  # no such type, and without a length
        operate(0xE3, 0x31)[:-1] + b"\0",  # the sum is wrong
        block(0xE3, b"\x31\x31"),  # the validation is wrong
        block(0xE5, b"\0\1"),
        fast(0x10, b"\0\0\3\0\0\6")[:-1] + b"\0",
        fast(0x3F)[:-1] + b"\0",  # no such function, nor is its CRC right
        fast(0x10, b"\0\0"),  # half an address
        fast(0x01),  # nothing to enable
        fast(0xB0, bytes(40)),
        made.DEFINITION[:-1],
        block(0xC0, b"\2\0\0\0\0"),  # protocols that are not there
        poll(0xD1) + b"xyz",
        b'"FID=XYZ-1"',
    ],
)
def test_what_is_none(data):
    message = Message(data, len(data), True, "tcp", 23)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))
