"""CODESYS V2: login, files, shell commands, keys."""

from __future__ import annotations

import pytest

from fixtures.record.codesys_v2 import LOGIN, SIGNAL, command, read, service, system, wrapped, write
from scanner.protocols.base import Identity, Kind, Malformed, Message, Session, Verb
from scanner.protocols.codesys.codesys_v2 import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, *, side: bool | None = True, port: int = 2455) -> list:
    found = Message(raw, len(raw), side, "tcp", port)
    assert PROTOCOL.probe(found)
    return list(PROTOCOL.dissect(found))


def test_a_login():
    assert LOGIN.hex() == "bbbb0100000001"
    operation, session = rows(LOGIN)
    assert (operation.verb, operation.function, operation.code) == (Verb.IDENTIFY, "Login", "0xBB:0x01")
    assert operation.filter == "tcp.payload[0:2] == bb:bb && tcp.payload[6] == 0x01"
    assert session == Session(version="CODESYS V2", credentials="none", encrypted=False)
    operation, *identities = rows(system(), side=False)
    assert (operation.verb, operation.kind) == (Verb.IDENTIFY, Kind.RESPONSE)
    assert identities == [
        Identity("os", "Nucleus PLUS ARM9"),
        Identity("model", "750-881"),
        Identity("software", "CODESYS V2 runtime"),
    ]


@pytest.mark.parametrize(
    ("text", "verb", "touched"),
    [
        (b"stopprg", Verb.STOP, "command stopprg"),
        (b"startprg", Verb.START, "command startprg"),
        (b"resetprgcold", Verb.RESTART, "command resetprgcold"),
        (b"reload", Verb.PROGRAM_DOWNLOAD, "command reload"),
        (b"setpwd never-shown", Verb.CONFIGURE, "command setpwd"),
        (b"?", Verb.READ, "command ?"),
        (b"MEM 16#1000 64", Verb.READ, "command MEM"),
        (b"filedelete DEFAULT.PRG", Verb.FILE_DELETE, "command filedelete"),
        (b"makers-own", Verb.OPERATE, "command makers-own"),
    ],
)
def test_shell_commands(text, verb, touched):
    (found,) = rows(command(text))
    assert (found.verb, found.object, found.function, found.code) == (verb, touched, "Shell command", "0xCC:0x92")


def test_files():
    (found,) = rows(read(b"DEFAULT.PRG"))
    assert (found.verb, found.object) == (Verb.PROGRAM_UPLOAD, "DEFAULT.PRG")
    (found,) = rows(read(b"ALARM.CSV"))
    assert (found.verb, found.object) == (Verb.FILE_READ, "ALARM.CSV")
    (found,) = rows(write(b"default.prg", b"1234"))
    assert (found.verb, found.object) == (Verb.PROGRAM_DOWNLOAD, "default.prg")
    (found,) = rows(write(b"DEFAULT.CHK", b"1234"))
    assert (found.verb, found.object) == (Verb.FILE_WRITE, "DEFAULT.CHK")
    (found,) = rows(service(b"\x30\0\4\0abcd"))
    assert (found.verb, found.function, found.object) == (Verb.FILE_WRITE, "Write file (continued)", "")


def test_what_is_left():
    (found,) = rows(SIGNAL)
    assert (found.verb, found.kind) == (Verb.SESSION, Kind.NOTICE)
    (found,) = rows(wrapped(b"\x92\1\0\7\0\0"))
    assert (found.verb, found.object) == (Verb.SESSION, ""), "an acknowledgement is no command"
    (found,) = rows(service(b"\x51\x10"))
    assert (found.verb, found.function) == (Verb.UNKNOWN, "Service 0x51")
    (found,) = rows(wrapped(b"\x92\0\0\0\0stopprg\0"), side=False)
    assert (found.verb, found.function) == (Verb.UNKNOWN, "Answer"), "what a controller says is no command"


@pytest.mark.parametrize("raw", [b"\xbb\xcc" + LOGIN[2:], wrapped(b"")[:20], b"\xbb\xbb\1", b"\xaa" * 30])
def test_what_is_no_frame_is_malformed(raw):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 2455)))


def test_away_from_the_ports_lengths_must_be_right():
    for raw, believed in (
        (LOGIN, True),
        (service(b"\1", ">"), True),
        (LOGIN + b"\0", False),
        (command(b"?"), True),
        (command(b"?") + b"\0", False),
        (SIGNAL, True),
        (b"\xbb\xcc" + LOGIN[2:], False),
    ):
        assert PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 5000)) is believed


def test_contents_are_no_part_of_the_key():
    def of(raw: bytes) -> tuple:
        return key("codesys-v2", raw)

    assert of(service(b"\x30\1" + bytes(80))) == of(service(b"\x30\1" + bytes(range(80))))
    assert of(wrapped(b"\0\0\1" + bytes(90))) == of(wrapped(b"\0\0\0" + bytes(range(90))))
    assert of(command(b"stopprg")) != of(command(b"startprg"))
    assert of(read(b"A.PRG")) != of(read(b"B.PRG"))
    assert of(system()) != of(system(product=b"750-880"))
    monitored = [bytes((0,)) + bytes(n + 7 * i & 0xFF for i in range(200)) for n in range(50)]
    assert len({of(service(values)) for values in monitored}) == 1, "values of online monitoring, as long as a login"


def test_text_among_monitored_values_is_no_identity():
    said = bytearray(service(bytes(200)))
    said[64:72] = b"TANK 1 A"
    (found,) = rows(bytes(said), side=False)
    assert (found.verb, found.function) == (Verb.UNKNOWN, "Answer")


def operations(name: str) -> list[tuple]:
    path = CAPTURES / "codesys_v2" / name
    result, understood = understand_capture(path)
    assert not understood.malformed
    return [
        (c["verb"], c["function"], c["object"], c["count"], c["accepted"])
        for _, protocol, _, c in operation_rows(result, understood)
        if protocol == "codesys-v2" and c["seen_as"] != "notice"
    ]


def test_captures():
    assert operations("session.pcap") == [
        ("identify", "Login", "", 1, 1),
        ("unknown-function", "Service 0x51", "", 1, 1),
        ("read", "Shell command", "command ?", 1, 1),
        ("session", "Shell command", "", 1, 1),
        ("stop", "Shell command", "command stopprg", 1, 1),
        ("start", "Shell command", "command startprg", 1, 1),
        ("configure", "Shell command", "command setpwd", 1, 1),
        ("program-upload", "Read file", "DEFAULT.PRG", 1, 1),
        ("file-read", "Read file (continued)", "", 1, 1),
        ("program-download", "Write file", "DEFAULT.PRG", 1, 1),
        ("file-write", "Write file (continued)", "", 2, 2),
        ("identify", "Login", "", 1, 1),
    ]
    assert operations("port_12455.pcap") == [
        ("identify", "Login", "", 1, 1),
        ("stop", "Shell command", "command stopprg", 1, 1),
    ]
    assert operations("http_on_2455.pcap") == []
