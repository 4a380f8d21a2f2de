"""Log-ins of IT services: who is recognised where, with what credentials and outcome; never a secret."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import STATE_CHANGING, Message, Operation
from scanner.protocols.internet._logins import mechanism
from scanner.protocols.internet.ldap import _credentials
from tests.capture.files import pcap
from tests.protocols.recordings import CAPTURES
from tests.twins import Record, ends, from_client, in_pieces, other_port, records

# protocol -> port -> kinds of credentials
SEEN = {
    "pop3": {110: {"user-password", "digest"}, 11100: {"user-password"}},
    "imap": {143: {"user-password"}, 11430: {"user-password"}},
    "smtp": {port: {"user-password"} for port in (25, 587, 10025, 20025)},
    "ldap": {389: {"user-password", "negotiate"}, 3890: {"user-password"}},
    "redis": {6379: {"user-password"}, 16379: {"user-password"}},
    "postgresql": {5432: {"user-password", "digest"}, 15432: {"user-password"}},
    "mysql": {3306: {"challenge"}, 13306: {"user-password"}},
    "irc": {6667: {"user-password"}, 16667: {"user-password"}},
    "nats": {4222: {"user-password"}, 14222: {"bearer"}, 24222: {"none"}},
    "stomp": {61613: {"user-password"}, 11613: {"user-password"}, 21613: {"none"}},
    "xmpp": {5222: {"user-password"}, 15222: {"user-password"}},
    "rlogin": {513: {"user-name", "user-password"}},
    "socks": {1080: {"user-password"}},
    "rtsp": {554: {"none", "basic"}, 10554: {"none", "basic"}},
    "sip": {5060: {"none", "digest"}, 15060: {"none", "digest"}},
    "pfcp": {8805: {"none"}},
    "nbns": {},
}
# protocol, function -> asked, accepted, refused
OUTCOMES = {
    ("pop3", "PASS"): (2, 2, 0),
    ("pop3", "APOP"): (1, 0, 1),
    ("imap", "LOGIN"): (1, 1, 0),
    ("imap", "AUTHENTICATE"): (1, 0, 1),
    ("smtp", "AUTH"): (4, 4, 0),
    ("ldap", "bind"): (4, 3, 1),
    ("redis", "AUTH"): (2, 2, 0),
    ("redis", "PING"): (1, 0, 1),
    ("postgresql", "password"): (3, 2, 1),
    ("mysql", "log-in"): (2, 1, 1),
    ("stomp", "CONNECT"): (3, 2, 1),
    ("xmpp", "auth"): (2, 2, 0),
    ("socks", "user name and password"): (1, 1, 0),
    ("rtsp", "DESCRIBE"): (4, 2, 2),
    ("sip", "REGISTER"): (4, 2, 2),
    ("pfcp", "Association Setup"): (1, 1, 0),
    ("pfcp", "Session Establishment"): (1, 0, 1),
}
# of recordings at programs
RECORDED = {
    ("pop3/dovecot_2_4", "PASS"): (2, 1, 1),
    ("imap/dovecot_2_4", "LOGIN"): (2, 1, 1),
    ("imap/dovecot_2_4", "SASL response"): (2, 2, 0),
    ("smtp/aiosmtpd_1_4", "AUTH"): (4, 1, 0),  # and of the others what is asked for then
    ("smtp/aiosmtpd_1_4", "SASL response"): (3, 2, 1),
    ("ldap/openldap_2_6", "bind"): (4, 3, 1),
    ("ldap/openldap_2_6", "add"): (1, 1, 0),
    ("ldap/openldap_2_6", "modify"): (1, 1, 0),
    ("redis/redis_8", "AUTH"): (3, 2, 1),
    ("redis/redis_8", "GET"): (2, 0, 2),
    ("postgresql/postgresql_15", "password"): (5, 3, 1),  # one is the first of two steps of SCRAM
    ("mysql/mariadb_11", "log-in"): (2, 1, 1),
}


def facts(name: str) -> Facts:
    path = CAPTURES / (f"{name}.pcap" if "/" in name else f"{name}/built.pcap")
    return capture_facts(read_capture(path, path.name, framing_plan()), protocols())


@pytest.mark.parametrize("name", SEEN)
def test_log_ins_are_seen_on_any_port_and_kept_secret(name: str) -> None:
    found = facts(name)
    flows = found["flows"].to_dicts()
    assert {(f["protocol"], f["recognised_by"], f["skipped_bytes"]) for f in flows} == {(name, "content", 0)}
    kinds = {s["server_port"]: set(s["credentials"]) for s in found["sessions"].to_dicts()}
    assert kinds == SEEN[name]
    tables = ("flows", "operations", "sessions", "identities", "malformed")
    assert "real-secret" not in str([found[table].to_dicts() for table in tables])
    assert "cmVhbC1zZWNyZXQ" not in str([found[table].to_dicts() for table in tables])
    assert not found.defects


@pytest.mark.parametrize(("name", "function"), OUTCOMES | RECORDED)
def test_their_outcome(name: str, function: str) -> None:
    rows = facts(name)["operations"]
    rows = rows.filter((rows["function"] == function) & (rows["seen_as"] == "request"))
    assert tuple(rows.select("count", "accepted", "refused").sum().row(0)) == (OUTCOMES | RECORDED)[name, function]


@pytest.mark.parametrize(
    ("port", "taken", "lines"),
    [
        (143, True, [b"<* OK ready", b">a LOGIN u p", b"<a OK", b">b ID", b"<b NO"]),
        (143, False, [b"<* OK ready", b">a LOGIN u p", b"<a NO", b">b ID", b"<b OK"]),
        (143, None, [b"<* OK ready", b">a LOGIN u p"]),
        (143, None, [b"<* OK ready", b">a CAPABILITY", b"<a OK"]),
        (11430, True, [b"<* OK ready", b">a AUTHENTICATE PLAIN", b"<+ ", b">AHUAcA==", b"<a OK"]),
        (110, True, [b"<+OK", b">USER u", b"<+OK", b">PASS p", b"<+OK in"]),
        (110, False, [b"<+OK", b">USER u", b"<+OK", b">PASS p", b"<-ERR"]),
        (6379, True, [b">*2\r\n$4\r\nAUTH\r\n$1\r\nx", b"<+OK", b">*1\r\n$4\r\nPING", b"<+PONG"]),
        (16379, False, [b">*2\r\n$4\r\nAUTH\r\n$1\r\nx", b"<-WRONGPASS no"]),
    ],
)
def test_whether_a_log_in_was_accepted(tmp_path: Path, port: int, taken: bool | None, lines: list[bytes]) -> None:
    path = tmp_path / "log_in.pcap"
    with Wire(path) as wire:
        connection = wire.tcp("10.20.10.21", "10.20.10.80", port)
        for line in lines:
            (connection.client if line.startswith(b">") else connection.server)(line[1:] + b"\r\n")
        connection.close()
    found = capture_facts(read_capture(path, path.name, framing_plan()), protocols())
    assert found["sessions"]["authenticated"].to_list() == [taken]


def test_names_are_shown() -> None:
    found = facts("nbns")
    assert found["operations"]["object"].to_list() == ["HISTORIAN", "HMI-7"]
    assert found["identities"].select("field", "value").rows() == [("hostname", "HMI-7")]


@pytest.mark.parametrize(
    ("name", "kind"),
    [(b"PLAIN", "user-password"), (b"xoauth2", "bearer"), (b"SCRAM-SHA-256", "challenge"), (b"GSSAPI", "negotiate")]
    + [(b"cram-md5", "digest"), (b"DIGEST-MD5", "digest")],
)
def test_mechanisms(name: bytes, kind: str) -> None:
    assert mechanism(name) == kind


@pytest.mark.parametrize(
    ("bind", "kind"),
    [
        (b"\2\1\3\4\0\x80\0", "none"),
        (b"\2\1\3\4\1a\x80\1x", "user-password"),
        (b"\2\1\3\4\1a\x80\x81\x80x", "user-password"),  # of which one byte is there
        (b"\2\1\3\4\1a", ""),  # cut short before it says
        (b"\2\1\3\4\5pla", ""),
        (b"\2\1\3\4\0\xa3\x0c\4\x0aGSS-SP", ""),
        (b"\2\1\3\4\0\xa3\x07\4\x05PLAIN", "user-password"),
    ],
)
def test_the_kind_of_a_bind(bind: bytes, kind: str) -> None:
    assert _credentials(bind)[0] == kind


@pytest.mark.parametrize("name", [n for n in SEEN if protocols()[n].proof])
def test_nothing_proves_itself(name: str) -> None:
    proof = protocols()[name].proof
    assert proof is not None
    for data in (b"hello\r\n", b"\xff" * 40, b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n", bytes(40)):
        assert not proof(Message(data, len(data)))


@pytest.mark.parametrize("size", [1, 3, 7, 40])
@pytest.mark.parametrize("name", ["smtp", "pop3", "imap", "ldap"])
def test_lines_and_messages_split_over_segments_are_read(name: str, size: int) -> None:
    whole = records(CAPTURES / name / "built.pcap")
    content = pcap(in_pieces(size)(whole if name == "smtp" else other_port(whole)))  # greeted alike, FTP is elsewhere
    found = capture_facts(read_capture(io.BytesIO(content), "x", framing_plan()), protocols())
    flows = found["flows"].to_dicts()
    if name == "smtp" and size == 1:  # a greeting byte by byte is FTP's as well, and elsewhere nothing decides
        flows = [f for f in flows if f["server_port"] < 10_000]
    assert {(f["protocol"], f["recognised_by"]) for f in flows} == {(name, "content")}
    assert {kind for s in found["sessions"].to_dicts() for kind in s["credentials"]} >= {"user-password"}
    assert "real-secret" not in str([t.to_dicts() for t in found.tables.values()])


@pytest.mark.parametrize("port", [21, 2121, 2600, 40_000])
@pytest.mark.parametrize("hello", [b"EHLO plc", b"HELO plc", b"ehlo plc"])
@pytest.mark.parametrize("greeting", [b"220 mail ESMTP Postfix\r\n", b"220-a\r\n220-b\r\n220-c\r\n220 mail\r\n"])
def test_mail_on_an_odd_port_is_no_file_transfer(tmp_path: Path, port: int, hello: bytes, greeting: bytes) -> None:
    path = tmp_path / "mail.pcap"
    with Wire(path) as wire:
        for _ in range(2):
            tcp = wire.tcp("10.20.10.21", "10.20.10.80", port)
            for side, said in (
                ("s", greeting),
                ("c", hello + b"\r\n"),
                ("s", b"250-mail\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n"),
                ("c", b"AUTH PLAIN AGEAYg==\r\n"),
                ("s", b"235 2.7.0 done\r\n"),
                ("c", b"QUIT\r\n"),
                ("s", b"221 2.0.0 Bye\r\n"),
            ):
                (tcp.client if side == "c" else tcp.server)(said)
            tcp.close()
    found = capture_facts(read_capture(path, path.name, framing_plan()), protocols())
    (flow,) = found["flows"].to_dicts()
    assert (flow["protocol"], flow["recognised_by"], flow["skipped_bytes"]) == ("smtp", "content", 0)
    assert [s["credentials"] for s in found["sessions"].to_dicts() if s["protocol"] == "smtp"] == [["user-password"]]


SECRET = b"real-secret"
HELLO, WELCOME = b"NICK plc\r\nUSER plc 0 * :plc\r\n", b":irc.plant 001 plc :Welcome\r\n"
NAMED = ("c", b"\1\4user\x0b" + SECRET)
CONNECT, CONNECTED = ("c", b"\5\1\0\1\x0a\x14\1\5\1\xf6"), ("s", b"\5\0\0\1\0\0\0\0\0\0")
# what is said -> protocol
IN_CLEAR = {
    "password first": ("irc", [("c", b"PASS real-secret\r\n"), ("c", HELLO), ("s", WELCOME)]),
    "password, one segment": ("irc", [("c", b"PASS real-secret\r\n" + HELLO), ("s", WELCOME), ("c", b"JOIN #x\r\n")]),
    "in small letters": ("irc", [("c", (b"PASS real-secret\r\n" + HELLO).lower()), ("s", WELCOME)]),
    "password, capabilities": ("irc", [("c", b"PASS real-secret\r\nCAP LS 302\r\n" + HELLO), ("s", WELCOME)]),
    "greeted": (
        "irc",
        [("s", b":irc NOTICE * :***\r\n"), ("c", b"PASS real-secret\r\n"), ("c", HELLO), ("s", WELCOME)],
    ),
    "greeted of old": ("irc", [("s", b"NOTICE AUTH :***\r\n"), ("c", b"PASS real-secret\r\n" + HELLO), ("s", WELCOME)]),
    "user first": ("irc", [("c", b"USER p 0 * :p\r\nNICK p\r\n"), ("s", WELCOME), ("c", b"OPER root real-secret\r\n")]),
    "services": ("irc", [("c", b"PRIVMSG NickServ :IDENTIFY real-secret\r\n"), ("s", b":irc 900 p :in\r\n")]),
    "nobody answers": ("irc", [("c", b"PASS real-secret\r\n"), ("c", b"NICK plc\r\n"), ("c", b"JOIN #x\r\n")]),
    **{
        f"methods {offer.hex()}": ("socks", [("c", offer), ("s", b"\5\2"), NAMED, ("s", b"\1\0"), CONNECT, CONNECTED])
        for offer in (b"\5\1\2", b"\5\2\0\2", b"\5\2\2\0", b"\5\2\1\2", b"\5\3\0\1\2")
    },
    "refused": ("socks", [("c", b"\5\1\2"), ("s", b"\5\2"), NAMED, ("s", b"\1\1")]),
    "proxy, nobody answers": ("socks", [("c", b"\5\1\2"), NAMED, CONNECT]),
}
TUNNELLED = [("s7comm/snap7", "s7comm"), ("dnp3/tcp", "dnp3"), ("iec104/built", "iec104"), ("enip/pycomm3", "enip")]


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("said", IN_CLEAR)
def test_irc_and_socks_log_ins_are_seen_on_odd_ports(tmp_path: Path, said: str, odd: bool) -> None:
    name, turns = IN_CLEAR[said]
    port = 31_080 if odd else {"irc": 6667, "socks": 1080}[name]
    path = tmp_path / "log_in.pcap"
    with Wire(path) as wire:
        connection = wire.tcp("10.20.10.21", "10.20.10.80", port)
        for side, data in turns:
            (connection.client if side == "c" else connection.server)(data)
        connection.close()
    found = capture_facts(read_capture(path, path.name, framing_plan()), protocols())
    assert [(f["protocol"], f["recognised_by"]) for f in found["flows"].to_dicts()] == [(name, "content")]
    assert [set(s["credentials"]) for s in found["sessions"].to_dicts()] == [{"user-password"}]
    assert "real-secret" not in str([t.to_dicts() for t in found.tables.values()])


@pytest.mark.parametrize("port", [1080, 31_080])
@pytest.mark.parametrize(("recording", "name"), TUNNELLED)
def test_a_control_protocol_behind_a_proxy_is_that(tmp_path: Path, recording: str, name: str, port: int) -> None:
    path = tmp_path / "proxied.pcap"
    whole = records(CAPTURES / f"{recording}.pcap")
    with Wire(path) as wire:
        for turns in _dialogues(whole):
            connection = wire.tcp("10.20.10.21", "10.20.10.80", port)
            for side, data in (*IN_CLEAR["methods 050102"][1], *turns):
                (connection.client if side == "c" else connection.server)(data)
            connection.close()
    found, expected = (
        {(o["protocol"], o["verb"], o["function"], o["object"]) for o in operations if o["verb"] in STATE_CHANGING}
        for operations in (
            capture_facts(read_capture(content, "x", framing_plan()), protocols())["operations"].to_dicts()
            for content in (path, io.BytesIO(pcap(whole)))
        )
    )
    assert {o[0] for o in expected} == {name}
    assert found == expected


def _dialogues(whole: list[Record]) -> list[list[tuple[str, bytes]]]:
    """Of each TCP connection who says what."""
    found: dict[frozenset[tuple[bytes, int]], list[tuple[str, bytes]]] = {}
    for (_, _, frame, _), asks in zip(whole, from_client(whole), strict=True):
        data = frame[34 + 4 * (frame[46] >> 4) : 14 + int.from_bytes(frame[16:18], "big")]
        if data:
            found.setdefault(frozenset(ends(frame)), []).append(("c" if asks else "s", data))
    return list(found.values())


def test_arrays_that_redis_answers_are_no_commands() -> None:
    known = protocols()["redis"]
    message = Message(b"*2\r\n$3\r\ndir\r\n$4\r\n/tmp\r\n", 24, from_client=False)
    assert [row.function for row in known.dissect(message) if isinstance(row, Operation)] == []
    asked = replace(message, from_client=True)
    assert [row.function for row in known.dissect(asked) if isinstance(row, Operation)] == ["DIR"]
