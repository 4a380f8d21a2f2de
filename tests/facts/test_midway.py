"""Captures that began in the middle of a conversation: what its security is, is said or said to be unknown."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from scanner.capture.read import read_capture
from scanner.facts.sessions import session_rows
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Operation, Verb
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES

# Protocols that the rule protocol-security-not-used judges -> the recordings of which the second half is read.
RECORDINGS = {
    "bacnet": "bacnet",
    "bacnet-sc": "bacnet_sc",
    "c12-22": "c12_22",
    "codesys-v3": "codesys_v3",
    "dlms": "dlms",
    "dnp3": "dnp3",
    "iec104": "iec104",
    "fox": "fox",
    "goose": "goose",
    "hart-ip": "hart_ip",
    "knxnet-ip": "knxnet_ip",
    "mms": "mms",
    "mqtt": "mqtt",
    "mqtt-sn": "mqtt_sn",
    "opc-classic": "opc_classic",
    "opcua": "opcua",
    "opcua-pubsub": "opcua_pubsub",
    "s7comm-plus": "s7comm_plus",
    "sv": "sv",
}


def second_half(path: Path, target: Path) -> Path:
    """The capture as if it had begun after half of its packets."""
    raw, at = path.read_bytes(), 24
    places = []
    while at < len(raw):
        places.append(at)
        at += 16 + struct.unpack_from("<I", raw, at + 8)[0]
    target.write_bytes(raw[:24] + raw[places[len(places) // 2] :])
    return target


def halves(protocol: str, folder: Path):
    """(capture, meaning, session rows of the protocol by conversation) of the second half of each recording."""
    for path in sorted((CAPTURES / RECORDINGS[protocol]).glob("*.pcap")):
        result = read_capture(second_half(path, folder / path.name), path.name, framing_plan())
        meaning = understand(result, protocols())
        yield (
            path.name,
            result,
            meaning,
            {
                c: row | {"detail": plain(row.get("detail", ""))}
                for c, n, row in session_rows(result, meaning)
                if n == protocol
            },
        )


@pytest.mark.parametrize("protocol", RECORDINGS)
def test_every_conversation_has_a_session_wherever_its_capture_begins(protocol, tmp_path):
    seen = 0
    for name, result, meaning, sessions in halves(protocol, tmp_path):
        for conversation in (c for c, spoken in meaning.spoken.items() if protocol in spoken):
            verbs = {
                row.verb
                for index, rows in meaning.rows.items()
                for row in rows
                if result.messages[index].conversation == conversation and isinstance(row, Operation)
            }
            if verbs != {Verb.IDENTIFY}:  # datagrams that only search are no session
                assert conversation in sessions, name
                seen += 1
    assert seen


@pytest.mark.parametrize(
    ("protocol", "recording", "words"),
    [
        ("mms", "libiec61850.pcap", "association not captured"),
        ("dlms", "wrapper_on_14059.pcap", "association not captured"),
        ("knxnet-ip", "xknx_udp.pcap", "connection not seen"),
        ("mqtt", "v311.pcap", "CONNECT not seen"),
        ("codesys-v3", "session.pcap", "login not seen"),
    ],
)
def test_what_could_be_read_was_not_encrypted(protocol, recording, words, tmp_path):
    (sessions,) = [found for name, _, _, found in halves(protocol, tmp_path) if name == recording]
    for row in sessions.values():
        assert (row["encrypted"], row.get("authenticated"), row["detail"]) == (False, None, words)
        assert row["count"]
        assert row["frames"]
    assert sessions


def test_what_could_not_be_read_is_not_said_to_be_in_clear(tmp_path):
    (sessions,) = [found for name, _, _, found in halves("mms", tmp_path) if name == "password.pcap"]
    assert [row.get("encrypted") for row in sessions.values()] == [None]
