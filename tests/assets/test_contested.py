"""Addresses that two devices have at once, through the compiled kernel: frames with times in, one answer out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.assets.binding import Sighting
from scanner.assets.contested import Holder, held_for_a_moment
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.framing.plan import compile_descriptors
from scanner.provenance import Provenance
from tests.capture import frames
from tests.capture.files import pcap
from tests.capture.traffic import CASES, FRAMINGS

PLC, SCADA, ROUTER, MALLORY, TWIN, VIRTUAL = (
    0x001B1B000001,
    0xD08E79000002,
    0x548ABA000003,
    0x3C5282000066,
    0x001B1B000009,
    0x00005E000107,
)
IP = "10.1.0.1"
Timed = tuple[float, bytes]


def arp(mac: int, seconds: Iterable[float], ip: str = IP) -> Iterator[Timed]:
    return ((s, frames.ethernet(0x0806, frames.arp(mac, ip), mac, 2**48 - 1)) for s in seconds)


def data(
    mac: int, seconds: Iterable[float], ip: str = IP, target: str = "10.1.0.10", to: int = SCADA
) -> Iterator[Timed]:
    packet = frames.ipv4(17, frames.udp(b"x"), ip, target)
    return ((s, frames.ethernet(0x0800, packet, mac, to)) for s in seconds)


def every(step: float, start: float = 0, end: float = 600) -> list[float]:
    return [start + step * n for n in range(int((end - start) / step))]


def captured(timed: Iterable[Timed]) -> Facts:
    records = [(int(s), int(s % 1 * 1e6), f) for s, f in sorted(timed, key=lambda t: t[0])]
    return capture_facts(
        read_capture(
            io.BytesIO(pcap((1000 + s, f, d) for s, f, d in records)), "t.pcap", compile_descriptors(FRAMINGS, CASES)
        ),
        {},
    )


def answer(*streams: Iterable[Timed], listed: list[dict[str, Any]] | None = None) -> dict[str, dict[str, Any]]:
    facts = captured(t for stream in streams for t in stream)
    inventory = Facts({"inventory": frame(TABLES["inventory"], listed or [])}, (Provenance("i", "inventory", 1, ""),))
    tables = enrich(facts.merge(inventory) if listed else facts, {})
    return {row["ip"]: row for row in tables["addresses"].to_dicts()}


@pytest.mark.parametrize(
    "streams",
    [
        [arp(PLC, every(60)), arp(TWIN, every(45))],
        [arp(PLC, [1]), data(PLC, every(1)), arp(MALLORY, every(0.01, 100, 120))],
        [data(PLC, every(1)), arp(MALLORY, every(0.001, 100, 102))],
        [data(PLC, every(1)), arp(MALLORY, [300.5])],
        [arp(PLC, [1]), data(PLC, every(5)), arp(MALLORY, every(30, 60)), data(MALLORY, every(5, 61))],
    ],
    ids=[
        "the same address twice",
        "a flood",
        "a flood, the owner never asked",
        "one forged claim",
        "a man in the middle",
    ],
)
def test_two_that_have_an_address_at_once(streams: list[Iterable[Timed]]) -> None:
    row = answer(*streams)[IP]
    assert row["at_once"] is True
    assert len(row["claimants"]) == 2
    assert len(row["frames"]) > 1


def test_a_man_in_the_middle_who_forwards_is_no_proxy() -> None:
    """He claims the addresses of both ends, and sends on what they send."""
    forged = [arp(MALLORY, every(10, 60), ip) for ip in (IP, "10.1.0.10")]
    forwarded = [data(MALLORY, every(1, 61)), data(MALLORY, every(1, 61), "10.1.0.10", IP, PLC)]
    own = [
        arp(PLC, every(60)),
        arp(SCADA, every(60), "10.1.0.10"),
        data(PLC, every(1)),
        data(SCADA, every(1), "10.1.0.10", IP, PLC),
    ]
    found = answer(*own, *forged, *forwarded, arp(MALLORY, [5], "10.1.0.66"))
    assert {ip: row["at_once"] for ip, row in found.items()} == {IP: True, "10.1.0.10": True, "10.1.0.66": False}


@pytest.mark.parametrize(
    "streams",
    [
        [arp(PLC, every(60)), data(PLC, every(1))],
        [arp(PLC, every(60, 0, 300)), arp(TWIN, every(60, 310))],
        [
            arp(PLC, [0, 0.1, 0.2, *every(30, 1, 200)]),
            data(PLC, every(1, 0, 200.3)),
            arp(TWIN, [200, 200.1, 200.2, *every(30, 201, 400)]),
            data(TWIN, every(1, 200.4, 400.3)),
            arp(PLC, [400, 400.1, 400.2, *every(30, 401)]),
            data(PLC, every(1, 400.4)),
        ],
        [arp(VIRTUAL, every(10)), arp(ROUTER, every(60)), data(ROUTER, every(1))],
    ],
    ids=[
        "one",
        "a new lease",
        "a redundant pair that switches and back",
        "a virtual router",
    ],
)
def test_one_after_the_other_is_no_conflict(streams: list[Iterable[Timed]]) -> None:
    assert answer(*streams)[IP]["at_once"] is False


def test_who_may_be_a_router_or_send_what_is_not_his_is_not_known() -> None:
    """Before and behind a router that nobody declares, or beside a forger who has an address of his own."""
    streams = [
        data(PLC, every(1)),
        data(ROUTER, every(1), to=0xD08E79000077),
        arp(PLC, every(60)),
        arp(ROUTER, [1], "10.1.0.254"),
    ]
    found = answer(*streams)
    assert found[IP]["at_once"] is None
    assert len(found[IP]["claimants"]) == 2
    assert found["10.1.0.254"]["at_once"] is False


def test_a_router_that_answers_for_other_networks_is_no_conflict() -> None:
    """Proxy ARP, captured on both sides of the router."""
    far = "10.9.0.5"
    streams = [
        arp(ROUTER, every(60), "10.1.0.254"),
        arp(ROUTER, every(20), far),
        data(ROUTER, every(1), far),
        data(ROUTER, every(7), "10.8.0.5"),
        arp(PLC, every(60), far),
        data(PLC, every(1), far),
    ]
    assert answer(*streams)[far]["at_once"] is False


def test_devices_that_share_an_address_by_the_inventory() -> None:
    macs = [f"{mac:012x}" for mac in (PLC, TWIN)]
    spelled = [":".join(m[i : i + 2] for i in range(0, 12, 2)) for m in macs]
    streams = lambda: [arp(PLC, every(60)), arp(TWIN, every(45))]  # noqa: E731
    pair = [
        {"source": "i", "row": n, "name": f"P{n}", "macs": [mac], "ips": [IP, f"10.1.0.2{n}"]}
        for n, mac in enumerate(spelled)
    ]
    assert answer(*streams(), listed=pair)[IP]["at_once"] is False
    team = [{"source": "i", "row": 1, "name": "SERVER", "macs": spelled, "ips": [IP]}]
    assert answer(*streams(), listed=team)[IP]["at_once"] is False
    one = [{"source": "i", "row": 1, "name": "PLC", "macs": spelled[:1], "ips": [IP]}]
    assert answer(*streams(), listed=one)[IP]["at_once"] is True


def test_the_owner_is_no_router_because_his_address_is_claimed() -> None:
    facts = captured([*data(PLC, every(1)), *arp(MALLORY, every(1, 100, 110))])
    assert dict(enrich(facts, {})["devices"].select("mac", "roles").iter_rows())["00:1b:1b:00:00:01"] == []


def test_what_came_back_from_one_that_never_used_it_is_unknown() -> None:
    streams = [arp(PLC, every(60)), data(PLC, [*every(1, 0, 200), *every(1, 300)]), arp(TWIN, every(2, 201, 240))]
    assert answer(*streams)[IP]["at_once"] is None


SPANS = st.tuples(st.integers(0, 4), st.integers(0, 8), st.integers(0, 1))


@given(st.lists(SPANS, max_size=6))
def test_moments_in_the_midst_of_anothers_use_are_found_as_by_comparing_all(spans: list[tuple[int, int, int]]) -> None:
    second = 2_000_000_000
    holders = [
        Holder(
            str(n),
            [Sighting("a", str(n), IP, None, "arp", 1, first * second, (first + lasts) * second, 1, 1, contested)],
        )
        for n, (first, lasts, contested) in enumerate(spans)
    ]
    assert held_for_a_moment(holders) == any(
        one.contested and one.last - one.first < 5_000_000_000 and other.first < one.first and one.last < other.last
        for one in holders
        for other in holders
    )
