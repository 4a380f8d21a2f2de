"""Datagrams that are no messages, between those that are, hide nothing: over UDP anybody may send one."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from tests.capture.files import pcap
from tests.twins import EVASIVE, Form, Record, behind_decoys, other_port, records, summed

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
ON_PORT = ("hart_ip/udp", "fins/client_udp", "bacnet/bacpypes3", "melsoft/udp", "slmp/3e_udp", "modbus/udp")
ELSEWHERE = tuple(name for name in ON_PORT if not name.startswith("bacnet"))  # of which a datagram shows too little


def noise(seed: int) -> Callable[[bytes], bytes]:
    """A datagram with any bytes in place of another."""

    def decoy(frame: bytes) -> bytes:
        end = 14 + int.from_bytes(frame[16:18], "big")
        return summed(frame[:42] + random.Random(seed).randbytes(end - 42) + frame[end:])  # noqa: S311

    return decoy


DECOYS: dict[str, Form] = {
    "wrong checksum": EVASIVE["behind decoys with a wrong checksum"],
    "dies on its way": EVASIVE["behind decoys that die on their way"],
    **{f"noise {seed}": behind_decoys(noise(seed)) for seed in (1, 2)},
}


def asked(all_records: list[Record]) -> set[tuple[str, str, str]]:
    found = capture_facts(read_capture(io.BytesIO(pcap(all_records)), "x", framing_plan()), protocols())
    return {(o["verb"], o["function"], o["object"]) for o in found["operations"].to_dicts()}


@pytest.mark.parametrize("decoy", DECOYS)
@pytest.mark.parametrize(
    ("recording", "form"), [*((name, list) for name in ON_PORT), *((name, other_port) for name in ELSEWHERE)]
)
def test_operations_behind_decoys_are_all_seen(recording: str, form: Form, decoy: str) -> None:
    whole = form(records(CAPTURES / f"{recording}.pcap"))
    assert asked(whole) <= asked(DECOYS[decoy](whole))
