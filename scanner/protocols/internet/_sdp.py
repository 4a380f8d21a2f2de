"""SDP: the ports of media that SIP agrees on.

RFC 8866 sections 5.7 and 5.14 (connection, media), RFC 3605 (the port of RTCP), RFC 5764 (DTLS in front of SRTP).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from scanner.protocols.base import Related, Sender

_BODY = re.compile(rb"\n\r?\n(v=0\r?\n.*)", re.DOTALL)
_CONNECTION = re.compile(rb"(?m)^c=IN IP[46] ([0-9A-Fa-f.:]{2,45})\r?$")
_MEDIA = re.compile(rb"[a-z]{1,20} (\d{1,5})(?:/(\d{1,2}))? ([A-Za-z/]{3,20})[ \r\n]")
_CONTROL = re.compile(rb"(?m)^a=rtcp:(\d{1,5})( IN IP[46] [0-9A-Fa-f.:]{2,45})?\r?$")
_MOST_BYTES, _MOST_MEDIA, _MOST_PORTS = 4096, 16, 16
_FREE = 1024  # ports below are of services
_RINGS = 240  # seconds from an offer to the first media: the other end may ring for three minutes (RFC 3261, timer C)
_SPOKEN = {  # by how media are carried: what is recognised in it
    b"RTP/AVP": ("rtp", ""),
    b"RTP/AVPF": ("rtp", ""),
    b"RTP/SAVP": ("rtp", ""),
    b"RTP/SAVPF": ("rtp", ""),
    b"UDP/TLS/RTP/SAVP": ("dtls", "rtp", ""),
    b"UDP/TLS/RTP/SAVPF": ("dtls", "rtp", ""),
    b"udptl": ("",),
    b"UDPTL": ("",),
}


def media(data: bytes, source: str, *, proves_itself: bool) -> Iterator[Related]:
    """The ports at which the sender of the message wants its media. What it says of other addresses nobody agreed on:
    they are no end of this conversation.
    """
    body = _BODY.search(data)
    if not body:
        return
    session, *parts = re.split(rb"(?m)^m=", body[1][:_MOST_BYTES])
    given = _address(session)
    found: dict[int, tuple[str, ...]] = {}
    for part in parts[:_MOST_MEDIA]:
        if (_address(part) or given) == source:
            found |= dict.fromkeys(_ports(part), _SPOKEN.get(_transport(part), ()))
    for port, spoken in sorted(found.items())[:_MOST_PORTS]:
        if spoken and _FREE <= port <= 0xFFFF:
            yield Related("udp", port, Sender.RECEIVER, spoken, within=_RINGS, proves_itself=proves_itself)


def _address(part: bytes) -> str:
    """The address of the first connection line, empty where there is none that is one host's."""
    said = _CONNECTION.search(part)
    try:
        return str(ipaddress.ip_address(said[1].decode())) if said else ""
    except ValueError:
        return ""


def _transport(part: bytes) -> bytes:
    line = _MEDIA.match(part)
    return line[3] if line else b""


def _ports(part: bytes) -> Iterator[int]:
    """Of the media and of its RTCP; none where the port is 0: refused."""
    line = _MEDIA.match(part)
    first = int(line[1]) if line else 0
    if not line or not first:
        return
    control = _CONTROL.search(part)
    each = range(first, first + 2 * max(1, min(int(line[2] or 1), _MOST_MEDIA)), 2)
    for port in each:
        yield port
        if line[3].lower() != b"udptl" and not control:
            yield port + 1
    if control and not control[2]:  # elsewhere is not here
        yield int(control[1])
