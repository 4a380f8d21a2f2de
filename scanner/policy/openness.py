"""How much of what there is the conduits of a policy let through: any, whole transports, port ranges that add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scanner.policy.services import ANY, parse_service

Row = Mapping[str, Any]
Span = tuple[int, int]

PORTS = 65536
_TRANSPORTS = ("tcp", "udp", "sctp")
_PART = 0.01  # of all ports that a conduit must allow, to have a part in what several allow together


def port_shares(conduits: Sequence[Row]) -> list[float]:
    """For each conduit the share of ports that are open where it is, of the transport of which it is most.

    Several conduits between two zones count together, so that two halves are a whole; one that allows a few ports
    counts by itself, whatever stands beside it.
    """
    own = [_spans(row["protocols"]) for row in conduits]
    open_: dict[tuple[str, str, str], list[Span]] = {}
    for row, spans in zip(conduits, own, strict=True):
        for transport, ranges in spans.items():
            for ends in _ends(row):
                open_.setdefault((*ends, transport), []).extend(ranges)
    return [
        max(
            (
                max([share(ranges), *(share(open_[*ends, transport]) for ends in _ends(row))])
                if share(ranges) >= _PART
                else share(ranges)
                for transport, ranges in spans.items()
            ),
            default=0.0,
        )
        for row, spans in zip(conduits, own, strict=True)
    ]


def _ends(conduit: Row) -> list[tuple[str, str]]:
    ends = [(conduit["from_zone"], conduit["to_zone"])]
    return [*ends, ends[0][::-1]] if conduit["both_ways"] else ends


def _spans(services: Iterable[str]) -> dict[str, list[Span]]:
    """Port ranges by transport."""
    found: dict[str, list[Span]] = {}
    for text in services:
        if text == ANY:
            found |= {transport: [(0, PORTS - 1)] for transport in _TRANSPORTS}
            continue
        service = parse_service(text)
        if service is not None and service.transport in _TRANSPORTS:
            found.setdefault(service.transport, []).append((service.low, service.high))
    return found


def share(ranges: Iterable[Span]) -> float:
    """Of all ports, those in one of the ranges."""
    covered, reached = 0, -1
    for low, high in sorted(ranges):
        covered += max(0, high - max(low, reached + 1) + 1)
        reached = max(reached, high)
    return covered / PORTS
