"""Datagrams filled with one byte are of no protocol, and nobody becomes a client or a server by them.

They are the cheapest decoys: whoever sends them first must not turn a conversation round.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols

SIZES = (1, 8, 12, 20, 28, 41, 48, 64, 206, 548)


@pytest.mark.parametrize("both", [True, False], ids=["both directions", "one direction"])
def test_filled_datagrams(tmp_path: Path, both: bool) -> None:
    path = tmp_path / "filled.pcap"
    with Wire(path) as wire:
        for byte in range(256):
            for number, size in enumerate(SIZES):
                way = wire.udp("10.9.0.1", f"10.9.1.{number + 1}", 20_000 + byte)
                for _ in range(3):
                    way.client(bytes([byte]) * size)
                    if both:
                        way.server(bytes([byte]) * size)
    found = read_capture(path, "filled", framing_plan())
    assert len(found.conversations) == 256 * len(SIZES)
    claimed = {(m.protocol, m.data[0]) for m in found.messages if m.confirmed and m.protocol}
    assert claimed == {*(("coap", byte) for byte in range(0x41, 0x46)), ("iec101", 0xE5), ("tristation", 1)}
    flows = capture_facts(found, protocols())["flows"]
    assert "protocol" not in set(flows.filter(flows["protocol"] == "")["opened_by"])
    assert set(flows["protocol"]) <= {"", "coap", "iec101"}  # of which these bytes are messages
