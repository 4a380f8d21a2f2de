"""FTP: recorded sessions of ftplib and pyftpdlib, and lines by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.framing.language import Byte
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.internet.ftp import COMMANDS, ELSEWHERE, FRAMING, PROTOCOL
from tests.protocols.recordings import CAPTURES, cut_lines, streams


def message(line: bytes, from_client: bool = True) -> Message:
    return Message(line, len(line), from_client, "tcp", 21)


def dissect(line: bytes, from_client: bool = True) -> list:
    assert PROTOCOL.probe(message(line, from_client))
    return list(PROTOCOL.dissect(message(line, from_client)))


def operation(line: bytes) -> Operation:
    (found,) = (r for r in dissect(line) if isinstance(r, Operation))
    return found


def recorded(name: str) -> list:
    return [
        row
        for talk in streams(CAPTURES / "ftp" / name).values()
        for side, line in cut_lines(talk)
        if PROTOCOL.probe(message(line, side))
        for row in PROTOCOL.dissect(message(line, side))
    ]


@pytest.mark.parametrize("name", ["engineer.pcap", "port_2100.pcap"])
def test_a_recorded_session(name):
    rows = recorded(name)
    asked = [(r.verb, r.function, r.object) for r in rows if isinstance(r, Operation) and r.kind is Kind.REQUEST]
    assert (Verb.AUTHENTICATE, "USER", "operator") in asked
    assert (Verb.AUTHENTICATE, "PASS", "") in asked
    assert (Verb.FILE_WRITE, "STOR", "line2.prg") in asked
    assert (Verb.FILE_READ, "RETR", "line2.prg") in asked
    assert (Verb.FILE_WRITE, "RNTO", "line3.prg") in asked
    assert (Verb.FILE_DELETE, "DELE", "line3.prg") in asked
    assert (Verb.CONFIGURE, "SITE", "CHMOD") in asked
    assert "550 File unavailable" in [r.refusal for r in rows if isinstance(r, Operation)]
    assert {r.credentials for r in rows if isinstance(r, Session)} == {"", "user-password"}
    assert any(r.authenticated for r in rows if isinstance(r, Session))
    assert Identity("software", "ExampleFTP 2.4.1") in rows


def test_a_wrong_password_is_refused_and_never_shown():
    rows = recorded("wrong_password.pcap")
    assert "530 Not logged in" in [r.refusal for r in rows if isinstance(r, Operation)]
    assert not any(r.authenticated for r in rows if isinstance(r, Session))


@pytest.mark.parametrize("path", sorted((CAPTURES / "ftp").glob("*.pcap")), ids=lambda p: p.name)
def test_no_secret_leaves_a_recording(path):
    assert "secret" not in str(recorded(path.name)).lower()


def test_anonymous_logins_are_kept_apart():
    rows = recorded("anonymous_active.pcap")
    assert {r.credentials for r in rows if isinstance(r, Session)} == {"", "anonymous"}
    assert "550 File unavailable" in [r.refusal for r in rows if isinstance(r, Operation)]


def test_the_upgrade_to_tls_is_noted():
    rows = recorded("auth_tls.pcap")
    assert ("AUTH", "TLS") in [(r.function, r.object) for r in rows if isinstance(r, Operation)]
    assert "upgraded by AUTH" in [r.detail for r in rows if isinstance(r, Session)]


@pytest.mark.parametrize("word", [w for words in COMMANDS.values() for w in words.split()])
def test_every_command_has_its_verb_in_either_case(word):
    for spelled in (word, word.lower()):
        found = operation(f"{spelled}\r\n".encode())
        assert (found.function, found.kind) == (word, Kind.REQUEST)
        assert word in COMMANDS[found.verb].split()
        assert found.filter == f'ftp.request.command == "{word}"'


@pytest.mark.parametrize("line", [b"PASS hunter2\r\n", b"ACCT hunter2\r\n", b"ADAT hunter2\r\n", b"pass hunter2\r\n"])
def test_secrets_are_not_in_the_rows_nor_in_what_is_kept(line):
    assert "hunter2" not in str(dissect(line))
    (case,) = [c for c in PROTOCOL.cases if _meets(c.when, line)][:1]
    assert b"hunter2" not in line[: case.keep]
    assert [(r.start, r.end) for r in case.key] == [(0, 4)]


def _meets(when, line: bytes) -> bool:
    return all(line[t.at] in t.among for t in when if isinstance(t, Byte) and t.at < len(line))


def test_site_commands_show_their_first_word_only():
    assert operation(b"SITE PSWD old new\r\n").object == "PSWD"


@pytest.mark.parametrize(
    ("line", "kind", "refusal"),
    [
        (b"226 Done\r\n", Kind.RESPONSE, ""),
        (b"331 Password\r\n", Kind.RESPONSE, ""),
        (b"226\r\n", Kind.RESPONSE, ""),
        (b"425 No\r\n", Kind.REFUSAL, "425 Cannot open data connection"),
        (b"530 hunter2 is wrong\r\n", Kind.REFUSAL, "530 Not logged in"),
    ],
)
def test_replies(line, kind, refusal):
    found = operation(line)
    assert (found.kind, found.refusal) == (kind, refusal)


@pytest.mark.parametrize("line", [b"150 Opening\r\n", b"220 Ready\r\n", b"230-Welcome\r\n"])
def test_preliminary_replies_and_greetings_are_no_outcome(line):
    assert not any(isinstance(r, Operation) for r in dissect(line))


@pytest.mark.parametrize(
    ("line", "software"),
    [
        (b"220 (vsFTPd 3.0.5)\r\n", "vsFTPd 3.0.5"),
        (b"220 ProFTPD 1.3.0a Server (x) [10.0.0.1]\r\n", "ProFTPD 1.3.0a"),
        (b"220 VxWorks (5.4.2) FTP server ready\r\n", "VxWorks 5.4.2"),
        (b"220 plc FTP server (Version 6.4/OpenBSD) ready.\r\n", "plc FTP server Version 6.4"),
    ],
)
def test_greetings_name_the_server(line, software):
    assert [r.value for r in dissect(line) if isinstance(r, Identity)] == [software]


def test_a_greeting_without_version_is_told_as_it_is():
    assert [r.detail for r in dissect(b"220 Welcome\r\n") if isinstance(r, Session)] == ["greeting: Welcome"]


@pytest.mark.parametrize(
    "line",
    [
        b"220 mail.example ESMTP Postfix\r\n",
        b"250 2.1.0 Ok\r\n",
        b"354 End data with <CR><LF>\r\n",
        b"EHLO station\r\n",
        b"MAIL FROM:<a@b>\r\n",
        b"+OK ready\r\n",
        b"-ERR no\r\n",
        b"NICK someone\r\n",
        b"GET / HTTP/1.1\r\n",
        b"200 news.example NNTP ready\r\n",
        b"\x16\x03\x01\x02\x00\n",
        b"",
    ],
)
def test_probe_refuses_other_line_protocols(line):
    assert not PROTOCOL.probe(message(line))


def test_every_command_and_reply_is_in_step_with_the_framings():
    lines = [f"{w}\r\n" for words in COMMANDS.values() for w in words.split()]
    lines += ["220 x\r\n", "230-x\r\n", "553\r\n", "RMD\n", " UTF8\r\n"]
    out_of_step = [line for line in lines if not _meets(ELSEWHERE.sync, line.encode())]
    assert sorted(out_of_step) == ["HELP\r\n", "HOST\r\n", "THMB\r\n"], "like HELO and EHLO"
    lines += [line.lower() for line in lines] + ["Welcome\r\n", "\r\n"]
    assert [line for line in lines if not _meets(FRAMING.sync, line.encode())] == []


@pytest.mark.parametrize("line", [b"Host: plc\r\n", b"<html>\n", b"{}\n", b"\x16\3\1\2"])
def test_other_text_is_not_in_step_away_from_the_port(line):
    assert not _meets(ELSEWHERE.sync, line)


def test_names_cannot_carry_control_characters():
    assert operation(b"RETR a\x1b[2J\x07b\r\n").object.isprintable()


@given(st.binary(max_size=60))
def test_any_line_gives_rows_or_malformed(data):
    try:
        rows = list(PROTOCOL.dissect(message(data)))
    except Malformed:
        assert not PROTOCOL.probe(message(data))
        return
    assert {r.verb for r in rows if isinstance(r, Operation)} <= PROTOCOL.verbs
