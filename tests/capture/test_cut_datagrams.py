"""What is told of datagrams that were cut short: a checksum that is not there proves nothing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from tests.capture.files import pcap
from tests.twins import cut_short, records

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"


@pytest.mark.parametrize("size", [60, 96])
@pytest.mark.parametrize(
    "recording", ["ngap/sessions_apart", "gtp_v0/built", "quic/v1", "handle/udp", "codesys_v3/port_12740", "dns/scapy"]
)
def test_nothing_is_told_by_a_checksum_that_was_cut_off(recording: str, size: int) -> None:
    cut = cut_short(size)(records(CAPTURES / f"{recording}.pcap"))
    found = capture_facts(read_capture(io.BytesIO(pcap(cut)), "x", framing_plan()), protocols())
    assert not {"modbus", "modbus-rtu", "roc-plus", "proconos"} & {*found["flows"]["protocol"]}
