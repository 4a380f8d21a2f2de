"""Calls by SIP and the media that they agree on: what belongs to a call, and what only says so."""

from __future__ import annotations

import struct

from fixtures.record.wire import Udp, Wire
from tests.adversarial.modbus_forms import SET, adu
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, Recorded, not_calm, seen, unmoved
from tests.adversarial.talk import CONDUIT, ENGINEER, PANEL, SCADA, STRANGER, each, formed, over_tcp, wired
from tests.twins import lossy, requests_only

CALLS = {
    "policy": {
        "roles:\n  scada": "  - {id: calls, from: supervision, to: cell, protocols: [sip], clients: [ENG-1],\n"
        "     owner: A, reason: B}\n\nroles:\n  scada"
    }
}
OWN, OTHER = 40_000, 50_000


def sdp(host: str, port: int, *, at_media: bool = False, transport: str = "RTP/AVP") -> bytes:
    """A description of one stream of sound."""
    place = f"c=IN IP4 {host}\r\n"
    lines = f"v=0\r\no=a 1 1 IN IP4 {host}\r\ns=-\r\n{'' if at_media else place}t=0 0\r\n"
    return f"{lines}m=audio {port} {transport} 0 8\r\n{place if at_media else ''}a=rtpmap:0 PCMU/8000\r\n".encode()


def sip(first: str, method: str, body: bytes = b"", *, short: bool = False) -> bytes:
    """A message."""
    kind, size = ("c", "l") if short else ("Content-Type", "Content-Length")
    head = f"{first}\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nCall-ID: 1\r\nCSeq: 1 {method}\r\nFrom: a;tag=1\r\nTo: b"
    return f"{head}\r\n{kind}: application/sdp\r\n{size}: {len(body)}\r\n\r\n".encode() + body


def rtp(number: int) -> bytes:
    """A packet of sound."""
    return struct.pack(">BBHII", 0x80, 0, number, 160 * number, 7) + bytes((n * 37 + number) & 0xFF for n in range(160))


def call(
    *,
    offer: bytes = b"",
    answer: bytes = b"",
    status: str = "200 OK",
    early: bool = False,
    port: int = 5060,
    short: bool = False,
    sound: tuple[tuple[str, int], tuple[str, int]] = ((ENGINEER, OWN), (PANEL, OTHER)),
    packet: bytes = b"",
) -> Recorded:
    """Somebody rings at the panel; sound: the two ends of the media, the first of which sends first."""
    offer, answer = offer or sdp(ENGINEER, OWN), answer or sdp(PANEL, OTHER)

    def play(wire: Wire) -> None:
        talk = wire.udp(ENGINEER, PANEL, port)
        talk.client(sip("INVITE sip:panel@plant SIP/2.0", "INVITE", offer, short=short))
        talk.server(sip("SIP/2.0 100 Trying", "INVITE"))
        talk.server(sip("SIP/2.0 183 Session Progress", "INVITE", answer if early else b""))
        media = Udp(wire, *sound)
        if early:
            wire.pause(5)
            media.server(packet or rtp(1))
            wire.pause(20)
        talk.server(sip(f"SIP/2.0 {status}", "INVITE", answer if status.startswith("200") else b"", short=short))
        talk.client(sip("ACK sip:panel@plant SIP/2.0", "ACK"))
        for number in range(8):
            media.client(packet or rtp(number))
            media.server(packet or rtp(number))

    return wired(play)


def cases() -> list[Case]:
    """All."""
    reports = struct.pack(">BBHIIIIII", 0x80, 200, 6, 7, 1, 2, 3, 4, 5)
    control = call(sound=((ENGINEER, OWN + 1), (PANEL, OTHER + 1)), packet=reports)
    outside = ((ENGINEER, OWN), (STRANGER, OTHER))
    modbus = adu(SET)
    return [
        unmoved("a call", call(), CONDUIT, edits=CALLS),
        unmoved("a call, the panel speaks first", call(sound=((PANEL, OTHER), (ENGINEER, OWN))), CONDUIT, edits=CALLS),
        unmoved("a call with sound before it is taken", call(early=True), CONDUIT, edits=CALLS),
        unmoved("a call in short names", call(short=True), CONDUIT, edits=CALLS),
        unmoved("a call on another port", call(port=15060), CONDUIT, edits=CALLS),
        unmoved("a call whose reports are known", control, CONDUIT, edits=CALLS),
        unmoved(
            "a call with an address for each stream",
            call(answer=sdp(PANEL, OTHER, at_media=True)),
            CONDUIT,
            edits=CALLS,
        ),
        unmoved("a call in QinQ", formed(each(LAYERS["QinQ"]), call()), CONDUIT, edits=CALLS),
        unmoved(
            "a call, encrypted",
            call(offer=sdp(ENGINEER, OWN, transport="RTP/SAVP"), answer=sdp(PANEL, OTHER, transport="RTP/SAVP")),
            CONDUIT,
            edits=CALLS,
        ),
        seen("a call that nobody declared", call(), CONDUIT),
        seen(
            "sound to a port that nobody named", call(sound=((ENGINEER, 40_100), (PANEL, 50_100))), CONDUIT, edits=CALLS
        ),
        seen("sound from another host", call(sound=((SCADA, OWN), (PANEL, OTHER))), CONDUIT, edits=CALLS),
        seen(
            "sound to a host that the panel names",
            call(answer=sdp(STRANGER, OTHER), sound=outside),
            CONDUIT,
            edits=CALLS,
        ),
        seen(
            "sound to a host that the caller names",
            call(offer=sdp(STRANGER, OTHER), sound=outside),
            CONDUIT,
            edits=CALLS,
        ),
        seen(
            "sound at the panel's port, of which it said another host's",
            call(answer=sdp(STRANGER, OTHER), sound=((ENGINEER, 40_100), (PANEL, OTHER))),
            CONDUIT,
            edits=CALLS,
        ),
        seen(
            "sound at the panel's port, which only the caller named for it",
            call(offer=sdp(PANEL, OTHER), answer=sdp(PANEL, 50_200)),
            CONDUIT,
            edits=CALLS,
        ),
        seen(
            "sound after a call that was refused",
            call(status="486 Busy Here", sound=((PANEL, OTHER), (ENGINEER, OWN))),
            CONDUIT,
            edits=CALLS,
        ),
        seen("commands in a call", call(packet=modbus), CONDUIT, edits=CALLS),
        seen(
            "a port of a service named as media",
            call(answer=sdp(PANEL, 502), sound=((ENGINEER, 40_100), (PANEL, 502))),
            CONDUIT,
            edits=CALLS,
        ),
        seen(
            "a connection to the port of the sound", wired(over_tcp(ENGINEER, PANEL, OTHER, [(1, b"x" * 40)])), CONDUIT
        ),
        not_calm("a call that nobody declared, requests only", formed(requests_only, call()), CONDUIT),
        not_calm("a call that nobody declared, a third lost", formed(lossy(0.33), call()), CONDUIT),
    ]
