"""SLMP: commands and devices in every kind of frame, end codes, identity, what is and is not part of the key."""

from __future__ import annotations

import pytest

from fixtures.record.slmp import (
    BINARY,
    EXTENDED,
    SERIAL,
    SERIAL_TEXT,
    STYLES,
    TEXT,
    Style,
    exchanges,
    file,
    label,
)
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.mitsubishi._slmp_names import COMMANDS
from scanner.protocols.mitsubishi.slmp import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FRAMINGS = {BINARY: "slmp-3e", SERIAL: "slmp-4e", TEXT: "slmp-3e-ascii", SERIAL_TEXT: "slmp-4e-ascii"}


def rows(raw: bytes, port: int = 5010) -> list:
    packet = Message(raw, len(raw), True, "tcp", port)
    assert PROTOCOL.probe(packet)
    return list(PROTOCOL.dissect(packet))


def only(raw: bytes) -> Operation:
    (row,) = [r for r in rows(raw) if isinstance(r, Operation)]
    return row


def requests(s: Style) -> list[tuple[bytes, Verb, str, str]]:
    def asked(command: int, sub: int, data: bytes = b"") -> bytes:
        return s.asked(command, sub, data)

    return [
        (asked(0x0401, 0, s.device("D", 100) + s.words(10)), Verb.READ, "D100-109", ""),
        (asked(0x0401, 0, s.device("M", 16) + s.words(2)), Verb.READ, "M16-47", ""),
        (asked(0x0401, 1, s.device("M", 16) + s.words(2)), Verb.READ, "M16-17", ""),
        (asked(0x0401, 1, s.device("X", 0x1F) + s.words(4)), Verb.READ, "X1F-22", ""),
        (asked(0x0401, 2, s.device("ZR", 70000, wide=True) + s.words(1)), Verb.READ, "ZR70000", ""),
        (asked(0x1401, 0, s.device("W", 0x1FF) + s.words(2, 1, 2)), Verb.WRITE, "W1FF-200", ""),
        (asked(0x1401, 3, s.device("Y", 1, wide=True) + s.words(1)), Verb.WRITE, "Y1", ""),
        (asked(0x1402, 0, s.counts(1, 2) + s.device("D", 1) + s.words(5)), Verb.WRITE, "D1 and 2 more", ""),
        (asked(0x1402, 1, s.counts(1) + s.device("M", 50) + s.counts(1)), Verb.WRITE, "M50", ""),
        (asked(0x1406, 0, s.counts(1, 1) + s.device("D", 0) + s.words(2)), Verb.WRITE, "D0-1 and 1 more", ""),
        (asked(0x0801, 0, s.counts(1, 0) + s.device("TN", 5)), Verb.SUBSCRIBE, "TN5", ""),
        (asked(0x0802, 0), Verb.READ, "", ""),
        (asked(0x0613, 0, s.long(0x78) + s.words(4)), Verb.READ, "own buffer memory 0x78 x 4 words", ""),
        (
            asked(0x1601, 0, s.long(0x78) + s.words(2, 3)),
            Verb.WRITE,
            "buffer memory 0x78 x 2 bytes of module 0x0003",
            "",
        ),
        (asked(0x1001, 0, s.words(1) + s.counts(0, 0)), Verb.START, "", "not forced, devices kept"),
        (asked(0x1001, 0, s.words(3) + s.counts(1, 0)), Verb.START, "", "forced, devices cleared except latch range"),
        (asked(0x1002, 0, s.words(1)), Verb.STOP, "", "not forced"),
        (asked(0x1003, 0, s.words(3)), Verb.STOP, "", "forced"),
        (asked(0x1005, 0, s.words(1)), Verb.OPERATE, "", ""),
        (asked(0x1006, 0, s.words(1)), Verb.RESTART, "", ""),
        (asked(0x0101, 0), Verb.IDENTIFY, "", ""),
        (asked(0x1617, 0), Verb.OPERATE, "", ""),
        (asked(0x0401, 0x100, b""), Verb.READ, "subcommand 0100", ""),
        (asked(0x4020, 1, s.words(0x6041) + s.counts(0, 0)), Verb.READ, "object 0x6041.0", ""),
        (asked(0x4020, 2, s.words(0x6060) + s.counts(3, 0)), Verb.WRITE, "object 0x6060.3", ""),
        (asked(0x4020, 5, s.words(0x6060)), Verb.UNKNOWN, "", ""),
    ]


CASES = [(style, *request) for style in STYLES for request in requests(style)]


@pytest.mark.parametrize("case", CASES, ids=[f"{FRAMINGS[c[0]]} {c[3] or c[4] or c[2]}" for c in CASES])
def test_requests_and_what_they_touch(case):
    style, raw, verb, where, detail = case
    found = only(raw)
    assert (found.verb, found.object, found.detail, found.kind) == (verb, where, detail, Kind.REQUEST)
    assert found.unit == "own station"
    assert case_of(FRAMINGS[style], raw).role.name == "REQUEST"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_by_name_and_verb(command):
    data = dict.fromkeys((0x0401, 0x1401), BINARY.device("D", 1) + BINARY.words(1))
    data |= dict.fromkeys((0x0403, 0x0801), BINARY.counts(0, 0))
    data |= dict.fromkeys((0x1402, 0x1406), BINARY.counts(1, 0) + BINARY.device("D", 1) + BINARY.words(1))
    data |= {0x0406: BINARY.counts(0, 0), 0x1001: BINARY.words(1) + BINARY.counts(0)}
    data |= dict.fromkeys((0x041A, 0x041C, 0x141A, 0x141B), BINARY.words(1, 0) + label("A"))
    found = only(BINARY.asked(command, 0, data.get(command, bytes(8))))
    assert (found.function, found.verb) == COMMANDS[command]
    assert found.code == f"{command:04X}:0000"


def test_several_devices_are_several_operations():
    for s in STYLES:
        raw = s.asked(0x0403, 0, s.counts(1, 1) + s.device("D", 1) + s.device("W", 0x10))
        assert [r.object for r in rows(raw)] == ["D1", "W10"]
        raw = s.asked(0x0406, 0, s.counts(1, 1) + s.device("D", 0) + s.words(4) + s.device("M", 0) + s.words(2))
        assert [r.object for r in rows(raw)] == ["D0-3", "M0-31"]
        found = rows(s.asked(0x0403, 0, s.counts(30, 0) + s.device("D", 1) * 30))
        assert len(found) == 20
        assert found[-1].object == "D1 and 10 more"


def test_other_objects():
    assert only(BINARY.asked(0x0401, 0x80, EXTENDED + BINARY.words(4))).object == "U3\\G100-103"
    link = EXTENDED[:5] + b"\xb4" + EXTENDED[6:10] + b"\xf9"
    assert only(BINARY.asked(0x0401, 0x80, link + BINARY.words(1))).object == "J3\\W64"
    assert only(TEXT.asked(0x0401, 0x80, b"00")).object == "extended device"
    assert (
        only(BINARY.asked(0x041C, 0, BINARY.words(2, 0) + label("Line.Speed"))).object == "label Line.Speed and 1 more"
    )
    assert only(BINARY.asked(0x041C, 0, BINARY.words(2, 1) + label("Line"))).object == "2 labels"
    assert only(BINARY.asked(0x141B, 0, BINARY.words(1, 0) + label("Line"))).object == "1 labels"
    assert only(BINARY.asked(0x1822, 0, bytes(4) + BINARY.words(4) + file("OLD.CSV"))).object == "file OLD.CSV"
    assert only(BINARY.asked(0x1827, 0x40, bytes(8) + label("MAIN.PRG"))).object == "file MAIN.PRG"
    assert only(BINARY.asked(0x1827, 0, bytes(8))).object == ""
    for mode, verb in ((0, Verb.FILE_READ), (0x100, Verb.FILE_WRITE)):
        for subcommand, name in ((0, file("MAIN.QPG")), (0x40, label("MAIN.PRG"))):
            assert only(BINARY.asked(0x1827, subcommand, bytes(4) + BINARY.words(mode, 4) + name)).verb is verb
    assert only(BINARY.asked(0x0401, 0, b"\1\0\0\x77\1\0")).object == "device 0x77 1"


@pytest.mark.parametrize(
    ("written", "where"),
    [
        (b"SS000005", "STS5-20"),
        (b"SC000000", "STC0-15"),
        (b"SN000005", "STN5"),
        (b"ZR00800A", "ZR32778"),
        (b"CN000010", "CN10"),
    ],
)
def test_devices_that_are_written_otherwise_in_text(written, where):
    assert only(TEXT.asked(0x0401, 0, written + TEXT.words(1))).object == where


def test_other_stations_are_named():
    for style in STYLES:
        assert only(style.asked(0x0101, route=(1, 3, 0x03FF))).unit == "network 1 station 3"
        assert only(style.answered(route=(0, 0xFF, 0x03E1))).unit == "network 0 station 255 module 0x03E1"


@pytest.mark.parametrize(
    ("end", "refusal"),
    [
        (0, ""),
        (0xC059, "Command or subcommand is wrong (0xC059)"),
        (0xC201, "Remote password error (0xC201)"),
        (0xC812, "Remote password error (0xC812)"),
        (0x4031, "Device number is out of range (0x4031)"),
    ],
)
def test_end_codes(end, refusal):
    for style in STYLES:
        found = only(style.answered(end))
        assert (found.refusal, found.kind) == (refusal, Kind.REFUSAL if refusal else Kind.RESPONSE)
        assert case_of(FRAMINGS[style], style.answered(end)).role.name == "RESPONSE"


def test_the_password_is_not_shown():
    for style in STYLES:
        found = rows(style.asked(0x1630, 0, style.words(6) + b"secret"))
        assert found[0].verb is Verb.AUTHENTICATE
        assert [r.credentials for r in found if isinstance(r, Session)] == ["password"]
        assert "secret" not in repr(found)


@pytest.mark.parametrize("name", ["R04ENCPU", "Q03UDECPU", "L26CPU-BT", "FX5U-32MT/ES", "FX5UC-64MT/D", "RJ71EN71"])
def test_models(name):
    for style in STYLES:
        found = {(r.field, r.value) for r in rows(style.answered(0, style.model(name, 1))) if isinstance(r, Identity)}
        assert found == {("vendor", "Mitsubishi Electric"), ("model", name)}


@pytest.mark.parametrize("name", ["RECIPE 12", "", "LINE-3-STOPPED", "Q", "R2 CPU IS IDLE"])
def test_text_in_registers_is_no_model(name):
    for style in STYLES:
        assert not [r for r in rows(style.answered(0, style.model(name, 1))) if isinstance(r, Identity)]


@pytest.mark.parametrize("name", ["R08CPU", "FX5U-32MT/ES", "QJ71E71-100", "NZ2GFCF-60PT", "L02CPU-P"])
def test_type_names_are_key_and_the_code_behind_them_is_not(name):
    for style in STYLES:
        one, same, other = (style.answered(0, style.model(n, c)) for n, c in ((name, 1), (name, 2), ("R04CPU", 1)))
        assert key(FRAMINGS[style], one) == key(FRAMINGS[style], same) != key(FRAMINGS[style], other)


def test_nine_words_of_registers_are_no_type_name(tmp_path):
    """Zeros with a counter are one message, however often they change."""
    with Wire(tmp_path / "words.pcap") as wire:
        talk = wire.tcp("10.20.0.10", "10.20.0.11", 5010)
        for count in range(40):
            talk.client(BINARY.asked(0x0401, 0, BINARY.device("D", 100) + BINARY.words(9)))
            talk.server(BINARY.answered(0, bytes(16) + count.to_bytes(2, "little")))
        talk.close()
    result, _ = understand_capture(tmp_path / "words.pcap")
    assert sorted(m.count for m in result.messages) == [40, 40]


def test_the_model_of_another_station_is_not_that_of_this_address():
    raw = BINARY.answered(0, BINARY.model("Q03UDECPU", 1), route=(1, 3, 0x03FF))
    assert not [r for r in rows(raw) if isinstance(r, Identity)]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\x51\0" + bytes(20), "no SLMP frame"),
        (BINARY.asked(0x0101)[:14], "too few"),
        (SERIAL.answered()[:14], "too few"),
        (BINARY.asked(0x0101) + b"\0", "length says"),
        (TEXT.asked(0x0101)[:-1], "too few"),
        (TEXT.asked(0x0101).replace(b"0101", b"01G1"), "hexadecimal digits"),
        (BINARY.asked(0x0401, 0, b"\1"), "more bytes expected"),
        (TEXT.asked(0x0401, 0, b"D*00010A0001"), "device number"),
        (TEXT.asked(0x0401, 0, b"1*0001000001"), "no text"),
    ],
)
def test_what_breaks_the_specification_is_malformed(raw, words):
    with pytest.raises(Malformed, match=words):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 5010)))


def test_away_from_its_port_only_published_commands():
    raw = BINARY.asked(0x7777)
    assert PROTOCOL.probe(Message(raw, len(raw), True, "udp", 45237))
    assert not PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 45237))
    assert not PROTOCOL.probe(Message(raw, len(raw), True, "udp", 5000))
    assert not PROTOCOL.probe(Message(raw[:-1], len(raw) - 1, True, "udp", 45237))


@pytest.mark.parametrize("s", STYLES, ids=FRAMINGS.values())
def test_values_and_counters_are_no_part_of_the_key_and_meaning_is(s):
    def device(number: int = 7, value: int = 1, points: int = 1) -> bytes:
        return s.asked(0x1401, 0, s.device("D", number) + s.words(points, value))

    framing = FRAMINGS[s]
    same = [
        (device(value=1), device(value=2)),
        (s.answered(0, s.words(1, 2)), s.answered(0, s.words(3, 4))),
        (s.asked(0x1630, 0, s.words(1) + b"a"), s.asked(0x1630, 0, s.words(1) + b"b")),
        (
            s.asked(0x1402, 0, s.counts(1, 0) + s.device("D", 1) + s.words(5)),
            s.asked(0x1402, 0, s.counts(1, 0) + s.device("D", 1) + s.words(6)),
        ),
    ]
    other = [
        (device(), device(number=8)),
        (device(), device(points=2)),
        (device(), s.asked(0x0401, 0, s.device("D", 7) + s.words(1))),
        (device(), s.asked(0x1401, 1, s.device("D", 7) + s.words(1, 1))),
        (s.answered(), s.answered(0xC059)),
        (s.answered(), s.answered(route=(1, 2, 0x03FF))),
        (s.answered(0, s.model("R04ENCPU", 1)), s.answered(0, s.model("R08ENCPU", 1))),
        (s.asked(0x1001, 0, s.words(1) + s.counts(0)), s.asked(0x1001, 0, s.words(3) + s.counts(0))),
    ]
    assert [key(framing, a) == key(framing, b) for a, b in same] == [True] * len(same)
    assert [key(framing, a) == key(framing, b) for a, b in other] == [False] * len(other)
    if s.serial:
        assert pair(framing, s.asked(0x0101, number=7)) == pair(framing, s.answered(number=7))
        assert pair(framing, s.asked(0x0101, number=7)) != pair(framing, s.answered(number=8))


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("3e.pcap", BINARY),
        ("4e.pcap", SERIAL),
        ("3e_ascii.pcap", TEXT),
        ("4e_ascii.pcap", SERIAL_TEXT),
        ("3e_udp.pcap", BINARY),
    ],
)
def test_captures_are_recognised_on_a_port_of_the_users_choice(name, style):
    result, understood = understand_capture(CAPTURES / "slmp" / name)
    assert set(understood.spoken.values()) == {("slmp",)}
    assert not understood.malformed
    assert not understood.defects
    found = [c for _, _, _, c in operation_rows(result, understood) if c["seen_as"] == "request"]
    known = {e[0] for e in exchanges(style)} & set(COMMANDS)
    assert known == {int(c["code"][:4], 16) for c in found} - {0x7777}
    outcome = {(c["code"], c["object"]): (c["accepted"], c["refusals"]) for c in found}
    assert outcome["1401:0000", "D7"] == (2, [])
    assert outcome["1630:0000", ""] == (1, ["Remote password error (0xC200)"])
    assert outcome["1401:0001", "Y20-21"] == (0, ["Command or subcommand is wrong (0xC059)"])


# what was asked, how often it was asked, accepted and refused, and the refusals
LOCKED = ["Remote password error (0xC201)"]
CLIENT = [
    ("identify", "Read Type Name", "", "", (2, 1, 1), LOCKED),
    ("read", "Device Read", "D100-109", "", (4, 3, 1), LOCKED),
    ("read", "Device Read", "STS0-31", "", (1, 1, 0), []),
    ("read", "Device Read", "D90000", "", (1, 0, 1), ["Device number is out of range (0x4031)"]),
    ("write", "Device Write", "D7", "", (1, 1, 0), []),
    ("write", "Device Write", "M16-17", "", (1, 1, 0), []),
    ("read", "Device Read Random", "D1", "", (1, 1, 0), []),
    ("read", "Device Read Random", "TN0", "", (1, 1, 0), []),
    ("read", "Device Read Random", "D1500", "", (1, 1, 0), []),
    ("write", "Device Write Random", "D1 and 1 more", "", (1, 1, 0), []),
    ("write", "Device Write Random", "M50 and 1 more", "", (1, 1, 0), []),
    (
        "operate",
        "Remote Latch Clear",
        "",
        "",
        (2, 1, 1),
        ["Request cannot be executed unless the CPU is in STOP (0x4013)"],
    ),
    ("stop", "Remote Pause", "", "not forced", (1, 1, 0), []),
    ("start", "Remote Run", "", "forced, devices cleared", (1, 1, 0), []),
    ("diagnose", "Self Test", "", "", (1, 1, 0), []),
    ("session", "Remote Password Lock", "", "", (1, 1, 0), []),
]
WRONG = ["Remote password error (0xC200)"]


@pytest.mark.parametrize(
    ("name", "inputs", "further", "model"),
    [
        ("client_3e", "X10-13", 1, "Q03UDVCPU"),
        ("client_4e", "X10-13", 1, "R04ENCPU"),
        ("client_3e_ascii", "X16-19", 0, "Q03UDVCPU"),
        ("client_4e_ascii", "X16-19", 0, "R04ENCPU"),
    ],
)
def test_a_real_client_in_every_frame(name, inputs, further, model):
    result, understood = understand_capture(CAPTURES / "slmp" / f"{name}.pcap")
    assert set(understood.spoken.values()) == {("slmp",)}
    assert not understood.malformed
    assert not understood.defects
    found = [
        (
            *(row[c] for c in ("verb", "function", "object", "detail")),
            tuple(row[c] for c in ("count", "accepted", "refused")),
            row["refusals"],
        )
        for _, _, _, row in operation_rows(result, understood)
    ]
    also = [
        ("authenticate", "Remote Password Unlock", "", "", (2 + further, 1 + further, 1), WRONG),
        ("read", "Device Read", inputs, "", (1, 1, 0), []),
        ("stop", "Remote Stop", "", "not forced", (1 + further, 1 + further, 0), []),
        *[("restart", "Remote Reset", "", "", (1, 0, 0), [])] * further,
    ]
    assert sorted(found) == sorted(CLIENT + also)
    everything = [row for rows in understood.rows.values() for row in rows]
    assert {row for row in everything if isinstance(row, Identity)} == {
        Identity("vendor", "Mitsubishi Electric"),
        Identity("model", model),
    }
    assert {s.credentials for s in everything if isinstance(s, Session)} == {"password"}
    assert b"abcd" in (CAPTURES / "slmp" / f"{name}.pcap").read_bytes()
    assert "abcd" not in str(everything)


def test_another_protocol_on_the_port_is_not_slmp():
    result = read_capture(CAPTURES / "slmp" / "dns_on_5010.pcap", "x", framing_plan())
    assert "slmp" not in {name for spoken in understand(result, protocols()).spoken.values() for name in spoken}
