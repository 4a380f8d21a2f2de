"""Claims of recognition: proved by tshark itself, by tshark told the port, or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from scanner.protocols import protocols
from tests.conformance.known import CAPTURES
from tests.conformance.recognition import OPEN, SEEN, TOLD, claims


@pytest.mark.usefixtures("tshark")
@pytest.mark.parametrize(
    ("capture", "proofs"),
    [
        ("modbus/tcp.pcap", {("modbus", SEEN)}),
        ("modbus/port_1502.pcap", {("modbus", TOLD)}),
        ("modbus/http_on_502.pcap", {("http", SEEN)}),
        ("roc_plus/tcp.pcap", {("roc-plus", OPEN)}),  # no dissector, and nobody's verdict
    ],
)
def test_claims(capture, proofs):
    conversations, found = claims(CAPTURES / capture)
    assert conversations
    assert {(name, proof) for _, name, proof in found} == proofs


def test_verdicts_are_of_protocols_and_have_a_reason():
    with (Path(__file__).parent / "claims.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert rows
    assert all(r["protocol"] in protocols() and r["verdict"] in ("right", "false") and r["why"] for r in rows)
