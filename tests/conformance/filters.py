"""The display filters that rows carry are tshark's own: each finds every frame it was given for, and nothing between
other stations than those that speak its protocol.

tshark, which goes by port, is told where otaudit recognised a protocol on another one. A message of several packets is
shown in one of them, which names the others.
"""

from __future__ import annotations

from collections import defaultdict

from scanner.capture.result import CaptureResult
from scanner.facts.understand import Understood
from scanner.protocols.base import Operation
from tests.conformance import oracle

PARTS = ("tcp.segment", "ip.fragment", "ipv6.fragment", "cotp.segment", "dnp3.al.fragment", "dcerpc.fragment")


class Filters:
    """The filters of a capture's rows, and what tshark finds by them."""

    def __init__(self) -> None:
        self._frames: dict[str, set[int]] = defaultdict(set)  # the first ones of each message that carries the filter
        self._stations: dict[str, set[tuple[str, str]]] = defaultdict(set)  # that speak the protocol of it
        self._found: dict[str, set[int]] = defaultdict(set)
        self._strangers: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def given(self, result: CaptureResult, understood: Understood) -> list[str]:
        """Take the filters of the rows; what tshark has to be asked."""
        for index, rows in understood.rows.items():
            message = result.messages[index]
            for text in {row.filter for row in rows if isinstance(row, Operation) and row.filter}:
                self._frames[text].update(message.frames)
                self._stations[text] |= {
                    tuple(sorted((result.conversations[n].client, result.conversations[n].server)))
                    for n, spoken in understood.spoken.items()
                    if message.protocol in spoken
                }
        return [*PARTS, *self._frames]

    def see(self, frame: dict[str, list[str]]) -> None:
        """A frame as tshark reads it."""
        for text in self._frames.keys() & frame.keys():
            self._found[text] |= {int(n) for part in ("frame.number", *PARTS) for n in frame.get(part, ())}
            self._strangers[text] |= {oracle.ends(frame)} - self._stations[text]

    def missing(self) -> set[str]:
        """Those that do not find every frame that they were given for."""
        return {text for text, numbers in self._frames.items() if not numbers <= self._found[text]}

    def too_wide(self) -> dict[str, set[tuple[str, str]]]:
        """Those that find frames between other stations, and which."""
        return {text: ends for text, ends in self._strangers.items() if ends}
