"""Telnet: recorded sessions of telnetlib3, a serial device server, and segments by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.facts.sessions import session_rows
from scanner.framing.language import Byte
from scanner.framing.shared import TELNET
from scanner.protocols.base import Kind, Message, Operation, Session, Verb
from scanner.protocols.internet.telnet import NEGOTIATION, OPTIONS, PROTOCOL
from tests.protocols.recordings import CAPTURES, streams
from tests.protocols.understanding import operation_rows, understand_capture


def message(data: bytes, from_client: bool = False) -> Message:
    return Message(data, len(data), from_client, "tcp", 23)


def dissect(data: bytes, from_client: bool = False) -> list:
    assert PROTOCOL.probe(message(data, from_client))
    return list(PROTOCOL.dissect(message(data, from_client)))


def functions(rows: list) -> list[str]:
    return [r.function for r in rows if isinstance(r, Operation)]


def credentials(rows: list) -> set[str]:
    return {r.credentials for r in rows if isinstance(r, Session) and r.credentials}


def recorded(name: str) -> list:
    return [
        row
        for talk in streams(CAPTURES / "telnet" / name).values()
        for side, data in talk
        for row in dissect(data, side)
    ]


@pytest.mark.parametrize("name", ["login.pcap", "login_port_2323.pcap"])
def test_a_recorded_login(name):
    rows = recorded(name)
    assert credentials(rows) == {"prompt", "user-password"}
    assert any(r.authenticated for r in rows if isinstance(r, Session))
    assert all(r.encrypted is not True for r in rows if isinstance(r, Session))
    assert "Login refused" not in functions(rows)
    negotiated = " ".join(r.detail for r in rows if isinstance(r, Operation))
    assert "WILL ECHO" in negotiated
    assert "DO TERMINAL-TYPE" in negotiated


def test_recorded_refusals():
    rows = recorded("refused.pcap")
    assert "Login refused" in functions(rows)
    assert not any(r.authenticated for r in rows if isinstance(r, Session))


def test_a_console_without_negotiation():
    rows = recorded("console_without_options.pcap")
    assert functions(rows) == ["Login prompt", "Password prompt"]


def test_serial_settings_are_configuration():
    rows = recorded("serial_server_port_4001.pcap")
    settings = [r for r in rows if isinstance(r, Operation) and r.verb is Verb.CONFIGURE]
    assert [(r.function, r.code, r.kind) for r in settings] == [
        ("SET-BAUDRATE", "1", Kind.NOTICE),
        ("SET-DATASIZE", "2", Kind.NOTICE),
        ("SET-PARITY", "3", Kind.NOTICE),
        ("SET-BAUDRATE", "101", Kind.RESPONSE),
        ("SET-DATASIZE", "102", Kind.RESPONSE),
        ("SET-PARITY", "103", Kind.RESPONSE),
    ]


@pytest.mark.parametrize(
    ("name", "functions", "authenticated"),
    [
        ("login.pcap", {"Login prompt", "Password prompt", "Typed password accepted"}, True),
        ("login_port_2323.pcap", {"Login prompt", "Password prompt", "Typed password accepted"}, True),
        ("console_port_7023.pcap", {"Login prompt", "Password prompt", "Login refused"}, True),
        ("serial_data_port_4002.pcap", set(), None),
    ],
)
def test_logins_are_seen_on_any_port(name, functions, authenticated):
    result, understood = understand_capture(CAPTURES / "telnet" / name)
    assert list(understood.spoken.values()) == [("telnet",)]
    rows = [o for _, _, _, o in operation_rows(result, understood)]
    assert {r["function"] for r in rows} - {"Option negotiation"} == functions
    (session,) = [columns for _, _, columns in session_rows(result, understood)]
    assert session["credentials"] == (["prompt", "user-password"] if functions else [])
    assert session.get("authenticated") == authenticated
    assert session["encrypted"] is False
    for word in ("secret", "operator", "show version", "panel"):
        assert word not in str(rows) + str(session)
    assert not any(c.skipped_bytes for c in result.conversations)


TEXT = sorted(p for p in (CAPTURES / "telnet").glob("*.pcap") if p.name != "serial_data_port_4002.pcap")


@pytest.mark.parametrize("path", TEXT, ids=lambda p: p.name)
def test_nothing_typed_or_shown_leaves_a_recording(path):
    shown = str(recorded(path.name))
    for word in ("secret", "operator", "show version", "Example switch", "Example panel", "10.20.0.10"):
        assert word not in shown


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfb\x01", "WILL ECHO"),
        (b"\xff\xfc\x03", "WONT SUPPRESS-GO-AHEAD"),
        (b"\xff\xfd\x18\xff\xfe\x2c", "DO TERMINAL-TYPE, DONT COM-PORT-OPTION"),
        (b"\xff\xfb\xc7", "WILL option 199"),
        (b"text\xff\xfb\x01more\xff\xfb\x01", "WILL ECHO"),
        (b"\xff\xfb\x01\xff", "WILL ECHO"),
    ],
)
def test_negotiation_in_words(data, said):
    (found,) = (r for r in dissect(data) if isinstance(r, Operation))
    assert (found.function, found.detail, found.kind) == ("Option negotiation", said, Kind.NOTICE)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"\xff\xfb\x2e", "START_TLS option: WILL"),
        (b"\xff\xfd\x26", "encryption option: DO"),
        (b"\xff\xfe\x25", "authentication option: DONT"),
    ],
)
def test_options_that_protect_are_noted(data, note):
    assert note in [r.detail for r in dissect(data) if isinstance(r, Session)]


def test_a_doubled_iac_is_text_and_a_broken_subnegotiation_is_nothing():
    assert functions(dissect(b"\xff\xff\xff\xfa\x17\x00")) == []
    assert functions(dissect(b"\xff\xfa\x2c")) == []


def test_break_and_interrupt_are_commands():
    assert functions(dissect(b"\xff\xf3")) == ["BRK"]
    assert functions(dissect(b"\xff\xf4\xff\xfd\x06")) == ["Option negotiation", "IP"]


@pytest.mark.parametrize(
    ("text", "found", "kinds"),
    [
        (b"login: ", ["Login prompt"], {"prompt"}),
        (b"\r\nUser Access Verification\r\n\r\nUsername: ", ["Login prompt"], {"prompt"}),
        (b"\xff\xfb\x01Password:", ["Option negotiation", "Password prompt"], {"user-password"}),
        (b"operator's password: ", ["Password prompt"], {"user-password"}),
        (b"Enter passcode > ", ["Password prompt"], {"user-password"}),
        ("请输入密码: ".encode(), ["Password prompt"], {"user-password"}),
        (b"Temperature: ", [], set()),
        (b"The password is wrong today\r\n", [], set()),
        (b"\r\nLogin incorrect\r\nlogin: ", ["Login prompt", "Login refused"], {"prompt"}),
        (b"% Bad passwords\r\n", ["Login refused"], set()),
    ],
)
def test_prompts_and_refusals(text, found, kinds):
    rows = dissect(text)
    assert functions(rows) == found
    assert credentials(rows) == kinds


@pytest.mark.parametrize("path", sorted((CAPTURES / "telnet").glob("*.pcap")), ids=lambda p: p.name)
def test_every_recorded_segment_is_in_step_on_the_port(path):
    for talk in streams(path).values():
        assert all(data[0] in TELNET.sync[0].among for _, data in talk)


def test_away_from_the_port_only_negotiation_is_believed():
    tests = [t for t in NEGOTIATION.sync if isinstance(t, Byte)]

    def fits(data: bytes) -> bool:
        return len(data) >= 3 and all(data[t.at] in t.among for t in tests)

    assert all(fits(bytes((255, c, o))) for c in (250, 251, 252, 253, 254) for o in OPTIONS)
    assert not any(map(fits, (b"login: ", b"\xff\xff\xff", b"\xff\xd8\xff\xe0", b"\xff\xfb\x90")))


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"RFB 003.008\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\xff\x00",
        bytes(range(1, 7)) * 4,
        b"",
    ],
)
def test_probe_refuses_what_is_not_telnet(data):
    assert not PROTOCOL.probe(message(data))


@given(st.binary(min_size=1, max_size=120))
def test_any_segment_gives_rows(data):
    rows = list(PROTOCOL.dissect(message(data)))
    assert {r.verb for r in rows if isinstance(r, Operation)} <= PROTOCOL.verbs
    assert all(r.detail.isprintable() for r in rows)
