"""Ceilings of every table of the kernel, so that memory is bounded whatever a capture holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What is kept at most. What is left out is counted in ``CaptureInfo.limits``, never hidden.

    strangers: conversations of one host with addresses that are in no other and that it sent no data to: a flood.
    connections: live TCP connections and UDP associations; the longest idle one makes room, and is picked up like one
        whose start was not captured should it go on.
    messages_each: distinct messages of one conversation and protocol; further ones are counted together.
    message_bytes: key and kept bytes of all distinct messages.
    series: series of numbered messages (publications) that are followed, each with about 1 KB.
    changes, changes_each: changes of state whose time is kept, of all series and of each; further ones are counted.
    stretches: of seconds in which conversations were busy, 68 bytes each; what finds no room is told coarsely.
    pending: requests that wait for their answer; the oldest makes room, and is unanswered after so many later ones.
    queued: of these, requests that wait under one identifier; the oldest is unanswered after so many later ones.
    pairs: distinct (request, response) pairs.
    reorder_bytes, reorder_segments: segments of one direction that wait for an earlier one.
    reorder_total: bytes of all waiting segments. partial_total: bytes of all messages that are not complete yet.
    reorder_wait, acknowledged_wait: capture time in ns after which a missing segment is given up: at all, or once
        the other side has acknowledged it (so it was lost by the capture, not by the network).
    """

    conversations: int = 200_000
    strangers: int = 10_000
    connections: int = 65_536
    messages: int = 1_000_000
    messages_each: int = 65_536
    message_bytes: int = 256 << 20
    series: int = 16_384
    changes: int = 200_000
    changes_each: int = 1_000
    stretches: int = 500_000
    pending: int = 65_536
    queued: int = 128
    pairs: int = 1_000_000
    hosts: int = 200_000
    tunnels: int = 65_536
    services: int = 200_000
    reorder_bytes: int = 1 << 20
    reorder_segments: int = 256
    reorder_total: int = 32 << 20
    partial_total: int = 32 << 20
    reorder_wait: int = 10_000_000_000
    acknowledged_wait: int = 1_000_000
