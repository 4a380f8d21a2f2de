"""Which directions of its connections a capture has, by its first chunk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from scanner.capture.collect import EVIDENCE
from scanner.capture.files.containers import open_capture
from scanner.capture.kernel.decode.layers import Decoder
from scanner.capture.kernel.decode.packet import Packet
from scanner.capture.kernel.tracker import Flows
from scanner.framing.plan import FramingPlan
from scanner.limits.capture import Limits

FROM_LOWER, FROM_HIGHER = 1, 2  # by address
_TCP = 6
_MOSTLY = 0.9
_BOTH = FROM_LOWER | FROM_HIGHER
_ENDS = ("client", "server")


class SeenWays(NamedTuple):
    """Directions of a conversation that a capture has. opened: when its client opened it and when its server answered
    that, ns since 1970; None: not seen.
    """

    ways: int
    opened: tuple[int | None, int | None]


Directions = Mapping[tuple[int, ...], SeenWays]  # by ends, transport and port of a conversation


def directions(source: Path | BinaryIO, plan: FramingPlan) -> Directions:
    """What the first chunk has; InputError as ``Recording.read``."""
    flows = Flows(plan, Limits())
    with open_capture(source) as capture:
        for chunk in capture.chunks():
            decoder = Decoder()
            decoder.attach(chunk.buffer)
            flows.frames(chunk.index, decoder, Packet())
            break
    found: dict[tuple[int, ...], SeenWays] = {}
    for row in flows.conversations.table()[1:]:
        client, server = (tuple(int(row[f"{end}_{half}"]) for half in ("high", "low")) for end in ("client", "server"))
        lower, higher = (FROM_LOWER, FROM_HIGHER) if client < server else (FROM_HIGHER, FROM_LOWER)
        sent = [bool(row[f"{end}_packets"]) for end in ("client", "server")]
        handshake = row["transport"] == _TCP and EVIDENCE[row["evidence"]] == "syn"
        began = [
            int(row[f"{end}_first"]) if handshake and seen else None for end, seen in zip(_ENDS, sent, strict=True)
        ]
        mine = SeenWays(lower * sent[0] | higher * sent[1], (began[0], began[1]))
        for port in {int(row["server_port"]), max(0, int(row["client_port"]))}:  # who serves may be taken differently
            key = (*min(client, server), *max(client, server), int(row["transport"]), port)
            other = found.get(key, mine)
            found[key] = SeenWays(mine.ways | other.ways, other.opened)
    return found


def opposite(one: Directions, other: Directions) -> bool:
    """Of the connections that both have, nearly all go one way in one and the other way in the other, and by the clocks
    of both no server answers before it is asked.
    """
    common = one.keys() & other.keys()
    halves = {key for key in common if not one[key].ways & other[key].ways and one[key].ways | other[key].ways == _BOTH}
    handshakes = [
        asked <= answered
        for key in halves
        for asks, answers in ((one, other), (other, one))
        if (asked := asks[key].opened[0]) is not None and (answered := answers[key].opened[1]) is not None
    ]
    return len(halves) >= max(1, _MOSTLY * len(common)) and sum(handshakes) >= _MOSTLY * len(handshakes)
