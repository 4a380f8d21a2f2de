"""BKBCopyD: files read and written without a log-on, refusals, and where nothing is believed."""

from __future__ import annotations

import pytest

from fixtures.record.bkbcopyd import FILE
from fixtures.record.wire import Wire
from scanner.protocols.base import Kind, Malformed, Message, Session, Verb
from scanner.protocols.vendors.bkbcopyd import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def message(raw: bytes, port: int = 20111) -> Message:
    return Message(raw, len(raw), raw[:1].isalpha(), "tcp", port)


def test_a_session():
    result, understood = understand_capture(CAPTURES / "bkbcopyd" / "session.pcap")
    assert set(understood.spoken.values()) == {("bkbcopyd",)}
    assert not understood.malformed
    found = [
        (c["verb"], c["code"], c["object"], c["count"], c["accepted"], c["refusals"])
        for _, _, _, c in operation_rows(result, understood)
    ]
    path = FILE.decode()
    assert found == [
        ("read", "PMODE", "MR_DBPATH", 1, 1, []),
        ("file-read", "RETR", path, 1, 1, []),
        ("file-write", "STOR", path, 2, 2, []),
        ("file-read", "RETR", r"C:\missing.txt", 1, 0, ["550 Refused"]),
    ]


def test_nobody_logs_on():
    operation, session = PROTOCOL.dissect(message(b"STOR C:\\a.exe\r\n"))
    assert (operation.verb, operation.object, operation.kind) == (Verb.FILE_WRITE, "C:\\a.exe", Kind.REQUEST)
    assert session == Session(version="BKBCopyD", credentials="none", encrypted=False, authenticated=False)


@pytest.mark.parametrize("name", ["port_21111.pcap", "http_on_20111.pcap"])
def test_nothing_else_is_believed(name):
    _, understood = understand_capture(CAPTURES / "bkbcopyd" / name)
    assert "bkbcopyd" not in {name for names in understood.spoken.values() for name in names}


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "bkbcopyd" / "http_on_20111.pcap")
    assert set(understood.spoken.values()) == {("http",)}


@pytest.mark.parametrize("raw", [b"", b"\n", b"RETR\n", b"DELE a\n", b"retr a\n", b"99 x\n", b"GET / HTTP/1.1\r\n"])
def test_what_is_no_line_is_malformed(raw):
    assert not PROTOCOL.probe(message(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message(raw)))


@pytest.mark.parametrize(
    "lines",
    [
        (b"331 Password needed", b"PASS guest", b"530 Not logged in"),
        (b"331 Password needed", b"PASS guest", b"230 User logged in", b"RETR a.txt", b"150 File status okay"),
    ],
)
def test_ftp_on_its_port_is_not_it(tmp_path, lines):
    with Wire(tmp_path / "ftp.pcap") as wire:
        talk = wire.tcp("10.86.0.66", "10.86.0.164", 20111)
        talk.server(b"220 Service ready\r\n")
        talk.client(b"USER anonymous\r\n")
        for line in lines:
            (talk.server if line[:1].isdigit() else talk.client)(line + b"\r\n")
        talk.close()
    _, understood = understand_capture(tmp_path / "ftp.pcap")
    assert "bkbcopyd" not in {name for names in understood.spoken.values() for name in names}
