"""Fragments that came to nothing are payload of some conversation that nobody read."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.capture.collect import address_text, transport_name
from scanner.capture.ip_fragments import Between, Lost
from scanner.capture.result import CaptureResult, Conversation

_TRANSPORTS = {6: 6, 17: 17, 132: 132}  # IP protocol -> the kernel's number; others are OTHER + protocol
_OTHER = 256
_CLIENT, _SERVER = 0, 1
_Found = list[tuple[int, int]]  # (conversation, direction)


def blame(result: CaptureResult, lost: Mapping[Between, Lost]) -> None:
    """Count them for the conversations between their ends; where there is none, they are one."""
    if not lost:
        return
    known: dict[tuple[str, str, str], _Found] = {}
    for index, c in enumerate(result.conversations):
        known.setdefault((c.transport, c.client, c.server), []).append((index, _CLIENT))
        known.setdefault((c.transport, c.server, c.client), []).append((index, _SERVER))
    for ends, what in lost.items():
        transport = transport_name(_TRANSPORTS.get(ends.protocol, _OTHER + ends.protocol), ends.family)
        source, target = (address_text(ends.family, *address) for address in (ends.source, ends.target))
        between = transport, source, target
        places = known.get(between, [])
        if ends.target_port:
            ported = [
                p for p in places if result.conversations[p[0]].server_port in (ends.source_port, ends.target_port)
            ]
            places = ported or places
        if not places:
            _add(result, between, ends, what)
            places = known.setdefault(between, [])
            places.append((len(result.conversations) - 1, _CLIENT))
        for index, side in places:
            row = result.sights[index, side]
            row["unread"] += what.bytes
            row["missing"] += 0 if what.contradictory else what.bytes
            row["contradictory"] += what.contradictory
            row["frame"] = min(row["frame"] or what.frame, what.frame)


def _add(result: CaptureResult, between: tuple[str, str, str], ends: Between, what: Lost) -> None:
    """A conversation of which nothing but these fragments was captured."""
    result.add(
        Conversation(
            *between,
            ends.target_port,
            vlan=what.vlan,
            connections=1,
            client_packets=what.fragments,
            client_bytes=what.bytes,
            first_time=what.time,
            last_time=what.time,
            first_frame=what.frame,
        )
    )
