"""Which directions of its connections a capture has, by its first chunk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from scanner.capture.files.containers import open_capture
from scanner.capture.kernel.decode.layers import Decoder
from scanner.capture.kernel.decode.packet import Packet
from scanner.capture.kernel.tracker import Flows
from scanner.framing.plan import FramingPlan
from scanner.limits.capture import Limits

FROM_LOWER, FROM_HIGHER = 1, 2  # by address
_MOSTLY = 0.9
Directions = Mapping[tuple[int, ...], int]  # ends, transport and port of a conversation -> directions


def directions(source: Path | BinaryIO, plan: FramingPlan) -> Directions:
    """What the first chunk has; InputError as ``Recording.read``."""
    flows = Flows(plan, Limits())
    with open_capture(source) as capture:
        for chunk in capture.chunks():
            decoder = Decoder()
            decoder.attach(chunk.buffer)
            flows.frames(chunk.index, decoder, Packet())
            break
    found: dict[tuple[int, ...], int] = {}
    for row in flows.conversations.table()[1:]:
        client, server = (tuple(int(row[f"{end}_{half}"]) for half in ("high", "low")) for end in ("client", "server"))
        lower, higher = (FROM_LOWER, FROM_HIGHER) if client < server else (FROM_HIGHER, FROM_LOWER)
        seen = lower * bool(row["client_packets"]) | higher * bool(row["server_packets"])
        for port in {int(row["server_port"]), max(0, int(row["client_port"]))}:  # who serves may be taken differently
            key = (*min(client, server), *max(client, server), int(row["transport"]), port)
            found[key] = found.get(key, 0) | seen
    return found


def opposite(one: Directions, other: Directions) -> bool:
    """Of the connections that both have, nearly all go one way in one and the other way in the other."""
    common = one.keys() & other.keys()
    halves = sum(one[key] | other[key] == FROM_LOWER | FROM_HIGHER and not one[key] & other[key] for key in common)
    return bool(common) and halves > 0 and halves >= _MOSTLY * len(common)
