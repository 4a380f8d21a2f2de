"""CODESYS V3: layers, name service, services by group with names and results, keys."""

from __future__ import annotations

import pytest

from fixtures.record.codesys_v3 import (
    APP,
    DEVICE,
    FILE,
    FILES,
    FROM_PLC,
    FULL,
    MONITOR,
    NORTH,
    OPEN,
    OPENED,
    SEARCH,
    SHELL,
    SOUTH,
    block,
    datagram,
    identification,
    over_tcp,
    over_udp,
    service,
    tag,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.codesys._v3_layers import tags
from scanner.protocols.codesys._v3_names import GROUPS
from scanner.protocols.codesys.codesys_v3 import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

TCP, UDP = "codesys-v3-tcp", "codesys-v3-udp"


def rows(raw: bytes, *, side: bool = True, port: int = 11740) -> list:
    transport = "tcp" if raw[0] == 0 else "udp"
    message = Message(raw, len(raw), side, transport, port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def asked(group: int, number: int, contents: bytes = b"", *, words: int = 6) -> Operation:
    return rows(over_tcp(0x40, block(service(group, number, contents), 1), words))[0]


def answered(group: int, number: int, contents: bytes = b"") -> Operation:
    return rows(over_tcp(0x40, block(service(group, number, contents, reply=True), 1, FROM_PLC)), side=False)[0]


def test_an_identification():
    operation, *identities = rows(over_udp(4, NORTH), side=False)
    assert (operation.verb, operation.kind, operation.function) == (Verb.IDENTIFY, Kind.RESPONSE, "Identification")
    assert operation.detail == "target type 4096, target 0x0001000A"
    assert identities == [
        Identity("name", "Press line 4"),
        Identity("model", "CODESYS Control Win V3"),
        Identity("vendor", "3S - Smart Software Solutions GmbH"),
        Identity("firmware", "3.5.10.20"),
        Identity("serial", "SN-00471"),
    ]
    assert identities == rows(over_tcp(4, NORTH), side=False)[1:]


@pytest.mark.parametrize(
    ("raw", "model"), [(SOUTH, "750-8212 PFC200"), (identification("Mixer", "PPC", "ABB", b"", order=">"), "PPC")]
)
def test_identifications_of_other_versions_and_byte_orders(raw, model):
    found = rows(over_udp(4, raw), side=False)
    assert Identity("model", model) in found
    assert Identity("firmware", "3.5.10.20") in found
    assert not [i for i in found if isinstance(i, Identity) and i.field == "serial"]


def test_a_search_asks():
    (found,) = rows(over_udp(3, SEARCH))
    assert (found.kind, found.code, found.function) == (Kind.REQUEST, "0xC202", "Resolve address")
    assert pair(UDP, over_udp(3, SEARCH)) == pair(UDP, over_udp(4, NORTH))


def test_channels():
    (found,) = rows(over_tcp(0x40, OPEN))
    assert (found.verb, found.kind) == (Verb.SESSION, Kind.REQUEST)
    (found,) = rows(over_tcp(0x40, OPENED), side=False)
    assert found.kind is Kind.RESPONSE
    (found,) = rows(over_tcp(0x40, FULL), side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, "no free channel (1)")
    assert rows(over_tcp(0x40, b"\1\x80" + bytes(100))) == [], "a further block says nothing by itself"


@pytest.mark.parametrize(
    ("group", "number", "verb", "function"),
    [
        (APP, 0x10, Verb.START, "CmpApp Start"),
        (APP, 0x11, Verb.STOP, "CmpApp Stop"),
        (APP, 0x12, Verb.RESTART, "CmpApp Reset"),
        (APP, 0x05, Verb.PROGRAM_DOWNLOAD, "CmpApp Download"),
        (APP, 0x06, Verb.PROGRAM_DOWNLOAD, "CmpApp OnlineChange"),
        (APP, 0x35, Verb.PROGRAM_UPLOAD, "CmpApp ReadAppContent"),
        (DEVICE, 0x04, Verb.RESTART, "CmpDevice ResetOrigin"),
        (DEVICE, 0x06, Verb.MODE_CHANGE, "CmpDevice SetOperatingMode"),
        (0x09, 0x06, Verb.WRITE, "CmpIecVarAccess WriteVars"),
        (0x0C, 0x07, Verb.CONFIGURE, "CmpUserMgr UserChangePassword"),
        (0x13, 0x77, Verb.WRITE, "CmpAppForce service 0x77"),
        (MONITOR, 0x03, Verb.WRITE, "CmpMonitor2 Force"),
        (0x70, 0x01, Verb.UNKNOWN, "group 0x70 service 0x01"),
    ],
)
def test_services_by_group(group, number, verb, function):
    found = asked(group, number)
    assert (found.verb, found.function, found.kind) == (verb, function, Kind.REQUEST)
    assert found.code == f"0x{group:02X}:0x{number:02X}"
    assert found.filter == f"tcp contains 55:cd:10:00:{group:02x}:00:{number:02x}:00"
    assert answered(group, number).kind is Kind.RESPONSE


@pytest.mark.parametrize("words", range(3, 13))
def test_addresses_of_any_length(words):
    found = rows(over_tcp(0x40, block(service(APP, 0x11), 1), words))
    assert found[0].function == ("CmpApp Stop" if words < 12 else "Channel manager")


@pytest.mark.parametrize("header", [12, 16])
def test_both_lengths_of_the_service_header(header):
    raw = over_tcp(0x40, block(service(APP, 1, tag(0x81, tag(0x10, b"Application\0")), header=header), 1))
    assert rows(raw)[0].object == "application Application"


def test_names_of_files_and_commands():
    assert asked(FILES, 2, tag(1, FILE) + tag(2, bytes(8))).object == "PlcLogic/Application/Application.app"
    for service_number, name, verb in (
        (2, FILE, Verb.PROGRAM_DOWNLOAD),
        (2, b"recipe.csv\0", Verb.FILE_WRITE),
        (5, FILE, Verb.PROGRAM_UPLOAD),
        (5, b"recipe.csv\0", Verb.FILE_READ),
        (0x0E, FILE, Verb.FILE_DELETE),
    ):
        assert asked(FILES, service_number, tag(1, name)).verb is verb
    assert asked(FILES, 0x0F, tag(1, b"a\0") + tag(1, b"b\0")).object == "a to b"
    assert asked(FILES, 0x0C, tag(0x0B, b"PlcLogic\0\0")).object == "PlcLogic"
    assert asked(FILES, 7, tag(1, b"not told")).object == ""
    found = asked(SHELL, 1, tag(0x11, b"\1\2\3\4") + tag(0x10, b"stopprg Application\0"))
    assert (found.verb, found.object) == (Verb.STOP, "command stopprg")
    found = asked(SHELL, 1, tag(0x10, b"setpwd never-shown\0"))
    assert (found.verb, found.object) == (Verb.CONFIGURE, "command setpwd")


def test_results():
    assert answered(DEVICE, 2, tag(0x82, tag(0x20, b"\0\0\0\0"))).kind is Kind.RESPONSE
    found = answered(DEVICE, 2, tag(0x82, tag(0x20, b"\x19\0\0\0")))
    assert (found.kind, found.refusal) == (Kind.REFUSAL, "ERR_NO_ACCESS_RIGHTS (0x0019)")
    assert answered(FILES, 5, tag(0x84, tag(8, b"\x10\0"))).refusal == "ERR_NO_OBJECT (0x0010)"
    assert answered(FILES, 0x0E, tag(8, b"\xff\x7f")).refusal == "result (0x7FFF)"


def test_a_login_shows_no_secret():
    raw = service(DEVICE, 2, tag(0x81, tag(0x10, b"engineer") + tag(0x11, b"never-shown")))
    operation, session = rows(over_tcp(0x40, block(raw, 1)))
    assert operation.verb is Verb.AUTHENTICATE
    assert session == Session(version="CODESYS V3", encrypted=False, unread=("credentials",))
    assert "engineer" not in str(operation)
    assert "never-shown" not in str(operation)


def test_the_answer_to_get_target_ident():
    contents = tag(0x02, b"CODESYS Control\0") + tag(0x05, b"x") + tag(0x04, "Oven".encode("utf-16-le") + b"\0\0")
    found = rows(over_tcp(0x40, block(service(DEVICE, 1, contents, reply=True), 1, FROM_PLC)), side=False)
    assert found[1:] == [Identity("model", "CODESYS Control"), Identity("name", "Oven")]


def test_secure_services_show_only_that_they_are():
    operation, session = rows(over_tcp(0x40, block(b"\x57\x75" + bytes(40), 1)))
    assert (operation.verb, session) == (Verb.UNKNOWN, Session(version="CODESYS V3 secure", encrypted=True))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xc4" + datagram(3, SEARCH)[1:], "no CODESYS V3 datagram"),
        (datagram(9, SEARCH), "datagram service 0x09"),
        (b"\xc5\x6a" + datagram(3, SEARCH)[2:], "datagram header of 2 words"),
        (over_udp(3, b"\1\2\3\4"), "name service packet"),
        (over_udp(0x40, b"\x77"), "channel packet 0x77"),
        (over_udp(4, NORTH[:30]), "identification cut short"),
        (over_udp(4, NORTH[:60]), "name of an identification cut short"),
        (over_udp(0x40, block(service(APP, 1)[:8], 1)), "service header cut short"),
    ],
)
def test_what_breaks_the_layers_is_malformed(raw, text):
    with pytest.raises(Malformed, match=text):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "udp", 1740)))


def test_the_checksum_of_a_block_is_wanted():
    raw = bytearray(over_tcp(0x40, block(service(APP, 1, tag(1, b"1234")), 1)))
    raw[-1] ^= 1
    assert not PROTOCOL.probe(Message(bytes(raw), len(raw), True, "tcp", 11740))


def test_numbers_sessions_and_values_are_no_part_of_the_key():
    def of(group: int, number: int, contents: bytes, at: int) -> tuple:
        return key(TCP, over_tcp(0x40, block(service(group, number, contents), at)))

    assert of(MONITOR, 1, b"\1\2\3", 1) == of(MONITOR, 1, b"\4\5\6", 2) != of(MONITOR, 2, b"\4\5\6", 2)
    assert of(APP, 5, bytes(100), 1) == of(APP, 5, bytes(range(100)), 9)
    assert of(FILES, 2, tag(1, b"a\0"), 1) == of(FILES, 2, tag(1, b"a\0"), 2) != of(FILES, 2, tag(1, b"b\0"), 2)
    assert key(TCP, over_tcp(4, NORTH)) != key(TCP, over_tcp(4, SOUTH))


def test_every_service_of_the_tables_has_a_row():
    for group, (_, services, _) in GROUPS.items():
        for number in services:
            assert asked(group, number).function.startswith(GROUPS[group][0])


def test_tags_that_do_not_end_are_left_out():
    assert list(tags(tag(1, b"ab") + b"\2\x09a")) == [((1,), b"ab")]
    assert list(tags(b"\xff" * 9)) == []
    nested = b"\1\1x"
    for _ in range(50):
        nested = b"\x81\x01" + bytes((len(nested) & 127 | 128, len(nested) >> 7)) + nested
    ((path, _),) = tags(nested)
    assert path == (0x81,) * 7, "no deeper than that"


def operations(name: str) -> list[tuple]:
    path = CAPTURES / "codesys_v3" / name
    result, understood = understand_capture(path)
    assert not understood.malformed
    return [
        (c["verb"], c["function"], c["count"], c["accepted"], c["refused"])
        for _, protocol, _, c in operation_rows(result, understood)
        if protocol == "codesys-v3"
    ]


def test_a_session():
    found = operations("session.pcap")
    for row in (
        ("session", "Open channel request", 2, 1, 1),
        ("authenticate", "CmpDevice Login", 2, 1, 1),
        ("stop", "CmpApp Stop", 1, 1, 0),
        ("program-download", "CmpApp Download", 1, 1, 0),
        ("file-read", "CmpFileTransfer StartUpload", 1, 0, 1),
        ("read", "CmpMonitor2 Read", 6, 6, 0),
        ("write", "CmpMonitor2 Write", 1, 0, 0),
        ("unknown-function", "group 0x7E service 0x09", 1, 1, 0),
    ):
        assert row in found


def test_another_port_and_another_protocol():
    assert operations("port_12740.pcap") == [
        ("identify", "Resolve address", 1, 1, 0),
        ("session", "Open channel request", 1, 1, 0),
        ("read", "CmpIecVarAccess ReadVars", 2, 0, 0),
    ]
    assert operations("http_on_11740.pcap") == []
