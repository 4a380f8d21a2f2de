"""TLS inside a protocol that asks for it: read as TLS anywhere else is, beside what was said in clear before."""

from __future__ import annotations

import io
import struct
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fixtures.record.logins import Turn, ber, c, ldap, s
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.protocols import framing_plan, protocols
from tests.capture.files import pcap
from tests.protocols.recordings import CAPTURES, streams
from tests.twins import Form, Record, answers_only, in_pieces, records, requests_only

CLIENT, SERVER = "10.20.10.21", "10.20.10.80"
START_TLS = ber(0x80, b"1.3.6.1.4.1.1466.20037")
MY_GREETING = b"\x0a8.0.36\0" + struct.pack("<I", 7) + b"saltsalt\0\xff\xff\xff\2\0\xff\xdf\x15" + bytes(10) + b"x" * 13
MY_ASKS = struct.pack("<IIB", 0x0000AA8D, 1 << 24, 0xFF) + bytes(23)
SSL_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x2f"


def my(number: int, body: bytes) -> bytes:
    return struct.pack("<I", len(body))[:3] + bytes((number,)) + body


# protocol -> its port, another one, and what is said before TLS begins
BEFORE: dict[str, tuple[int, int, list[Turn]]] = {
    "smtp": (
        25,
        2600,
        [
            s(b"220 mail ESMTP Postfix"),
            c(b"EHLO plc"),
            s(b"250-mail", b"250-STARTTLS", b"250 DSN"),
            c(b"STARTTLS"),
            s(b"220 2.0.0 Ready to start TLS"),
        ],
    ),
    "imap": (143, 1430, [s(b"* OK IMAP4rev2 ready"), c(b"a1 STARTTLS"), s(b"a1 OK Begin TLS negotiation now")]),
    "pop3": (110, 1100, [s(b"+OK ready"), c(b"STLS"), s(b"+OK Begin TLS negotiation")]),
    "xmpp": (
        5222,
        15222,
        [
            ("c", b"<?xml version='1.0'?><stream:stream to='plant' xmlns='jabber:client' version='1.0'>"),
            ("s", b"<?xml version='1.0'?><stream:stream from='plant' id='1' version='1.0'>"),
            ("c", b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            ("s", b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        ],
    ),
    "ldap": (
        389,
        3890,
        [
            ("c", ldap(1, ber(0x77, START_TLS))),
            ("s", ldap(1, ber(0x78, ber(0x0A, b"\0"), ber(4), ber(4)))),
        ],
    ),
    "ftp": (
        21,
        2100,
        [s(b"220 ProFTPD 1.3.8 FTP Server ready"), c(b"AUTH TLS"), s(b"234 AUTH TLS successful")],
    ),
    "postgresql": (5432, 15432, [("c", SSL_REQUEST), ("s", b"S")]),
    "mysql": (3306, 13306, [("s", my(0, MY_GREETING)), ("c", my(1, MY_ASKS))]),
}
EVERY = [(name, place) for name in BEFORE for place in (0, 1)]
TLS = "tls12.pcap"


@cache
def talk(recording: str) -> list[tuple[bool, bytes]]:
    """The first connection of a recording of TLS."""
    return next(iter(streams(CAPTURES / "tls" / recording).values()))


def upgraded(folder: Path, name: str, port: int, *recordings: str) -> list[Record]:
    """A connection for each recording, in which TLS follows what ``name`` says before."""
    path = folder / "upgraded.pcap"
    with Wire(path) as wire:
        for recording in recordings:
            tcp = wire.tcp(CLIENT, SERVER, port)
            for side, said in BEFORE[name][2]:
                (tcp.client if side == "c" else tcp.server)(said)
            for from_client, said in talk(recording):
                (tcp.client if from_client else tcp.server)(said)
            tcp.close()
    return records(path)


def facts(given: list[Record]) -> Facts:
    capture = read_capture(io.BytesIO(pcap(given)), "x", framing_plan())
    return capture_facts(capture, protocols())


SAME = ("versions_offered", "versions", "ciphers_offered", "ciphers", "certificate_subject", "certificate_key_bits")


def secured(found: Facts) -> list[dict[str, Any]]:
    """What is known of sessions of TLS."""
    rows = (row for row in found["sessions"].to_dicts() if row["protocol"] == "tls")
    return [{name: row[name] for name in SAME} for row in rows]


@cache
def alone(recording: str) -> list[dict[str, Any]]:
    found = facts(records(CAPTURES / "tls" / recording))
    first = found["sessions"].to_dicts()[0]
    return [{name: first[name] for name in SAME}]


def spoken(found: Facts) -> set[str]:
    return {name for flow in found["flows"].to_dicts() for name in flow["protocols"]}


@pytest.mark.parametrize(("name", "place"), EVERY)
@pytest.mark.parametrize("recording", [TLS, "tls13.pcap", "tls10_expired_weak.pcap"])
def test_its_session_is_that_of_any_tls(tmp_path, name, place, recording):
    found = facts(upgraded(tmp_path, name, BEFORE[name][place], recording))
    assert secured(found) == alone(recording)
    assert spoken(found) == {name, "tls"}
    assert [flow["skipped_bytes"] for flow in found["flows"].to_dicts()] == [0]
    (outer,) = (row for row in found["sessions"].to_dicts() if row["protocol"] == name)
    assert "upgraded by" in outer["detail"]
    assert outer["credentials"] == []


@pytest.mark.parametrize(("name", "place"), EVERY)
def test_the_next_connection_begins_in_clear_again(tmp_path, name, place):
    found = facts(upgraded(tmp_path, name, BEFORE[name][place], TLS, TLS, TLS))
    assert secured(found) == alone(TLS)
    assert spoken(found) == {name, "tls"}
    assert [flow["skipped_bytes"] for flow in found["flows"].to_dicts()] == [0]
    (outer,) = (row for row in found["sessions"].to_dicts() if row["protocol"] == name)
    assert outer["count"] % 3 == 0


FORMS: dict[str, Form] = {"in pieces": in_pieces(100), "one direction": requests_only, "the other": answers_only}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "place"), EVERY)
def test_in_other_forms(tmp_path, name, place, form):
    found = facts(FORMS[form](upgraded(tmp_path, name, BEFORE[name][place], TLS)))
    offered, chosen = [alone(TLS)[0][n] for n in ("versions_offered", "versions")]
    assert "tls" in spoken(found)
    (seen,) = secured(found)
    assert seen["versions_offered"] == (offered if form != "the other" else [])
    assert seen["versions"] == (chosen if form != "one direction" else [])


@pytest.mark.parametrize(("name", "place"), [e for e in EVERY if e[0] not in ("xmpp", "smtp", "imap", "pop3", "ftp")])
@pytest.mark.parametrize("first", [0x15, 0x16, 0x17])
def test_packets_that_look_like_records_for_four_bytes_are_none(tmp_path, name, place, first):
    """MySQL's length stands where a record has its type and version."""
    path = tmp_path / "clear.pcap"
    with Wire(path) as wire:
        tcp = wire.tcp(CLIENT, SERVER, BEFORE[name][place])
        for side, said in BEFORE[name][2][:1]:
            (tcp.client if side == "c" else tcp.server)(said)
        for _ in range(4):
            tcp.client(bytes((first, 3, 0, 0, 3)) + b"SELECT 1;" + b" " * (0x300 + first - 10))
        tcp.close()
    assert "tls" not in spoken(facts(records(path)))
