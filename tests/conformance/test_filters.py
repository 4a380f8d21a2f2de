"""The display filters that rows carry are tshark's own: each finds every frame it was given for, and nothing between
other stations than those that speak its protocol.

tshark, which goes by port, is told where otaudit recognised a protocol on another one. A message of several packets is
shown in one of them, which names the others.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Operation
from tests.conformance import oracle
from tests.conformance.compare import ports_told
from tests.conformance.known import CAPTURES, Known, captures, known

FILES = captures()
PARTS = ("tcp.segment", "ip.fragment", "ipv6.fragment", "cotp.segment", "dnp3.al.fragment", "dcerpc.fragment")


def given(result, understood):
    """Filter -> the first frames of each message that carries it; filter -> the stations that speak its protocol."""
    frames, stations = defaultdict(set), defaultdict(set)
    for index, rows in understood.rows.items():
        message = result.messages[index]
        for text in {row.filter for row in rows if isinstance(row, Operation) and row.filter}:
            frames[text].update(message.frames)
            stations[text] |= {
                tuple(sorted((result.conversations[n].client, result.conversations[n].server)))
                for n, spoken in understood.spoken.items()
                if message.protocol in spoken
            }
    return frames, stations


@pytest.mark.usefixtures("tshark")
@pytest.mark.parametrize("capture", FILES, ids=[str(p.relative_to(CAPTURES)) for p in FILES])
def test_filters_find_what_they_are_given_for(capture):
    expected = known().get(str(capture.relative_to(CAPTURES)), Known())
    result = read_capture(capture, capture.name, framing_plan())
    understood = understand(result, protocols())
    frames, stations = given(result, understood)
    found, strangers = defaultdict(set), defaultdict(set)
    for frame in oracle.frames(capture, [*PARTS, *frames], [*ports_told(result, understood), *expected.options]):
        for text in frames:
            if text in frame:
                found[text] |= {int(n) for part in ("frame.number", *PARTS) for n in frame.get(part, ())}
                strangers[text] |= {oracle.ends(frame)} - stations[text]
    assert {text for text, numbers in frames.items() if not numbers <= found[text]} == expected.filters
    assert {text: ends for text, ends in strangers.items() if ends} == {}
