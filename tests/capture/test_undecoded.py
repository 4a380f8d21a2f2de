"""What is not decoded may have been anything: most of a capture, or all of one of its interfaces."""

from __future__ import annotations

import io

import pytest

from scanner.capture.read import read_capture
from scanner.framing.plan import compile_descriptors
from tests.capture import frames
from tests.capture.files import enhanced, interface, section
from tests.capture.traffic import CASES, FRAMINGS

GOOD = frames.ethernet(0x0800, frames.ipv4(17, frames.udp(b"x")))
ERF, USB, IPV6 = 197, 189, 229


def captured(links: list[int], few: bytes) -> str:
    """Fifty good frames on Ethernet, and two others on the last interface."""
    blocks = [enhanced(GOOD, stamp=n) for n in range(50)] if links[0] == 1 else []
    blocks += [enhanced(few, stamp=100 + n, number=len(links) - 1) for n in range(2)]
    file = section() + b"".join(interface(link) for link in links if link) + b"".join(blocks)
    return str(read_capture(io.BytesIO(file), "t.pcapng", compile_descriptors(FRAMINGS, CASES)).info.undecoded)


@pytest.mark.parametrize(
    ("links", "few", "told"),
    [
        ([1, 1], GOOD, ""),
        ([1, ERF], GOOD, "packets of an interface could not be decoded"),
        ([1, 0], GOOD, "packets of an interface could not be decoded"),  # it is not described
        ([1, USB], GOOD, ""),
        ([ERF], GOOD, "most packets could not be decoded"),
        ([IPV6], GOOD[14:], "headers that contradict their lengths"),
    ],
)
def test_what_was_not_decoded_is_told(links: list[int], few: bytes, told: str) -> None:
    said = captured(links, few)
    assert told in said
    assert bool(told) == bool(said)
