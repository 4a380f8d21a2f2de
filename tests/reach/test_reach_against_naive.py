"""What is proved of small networks, against following each packet by itself."""

from __future__ import annotations

import ipaddress
import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.configs.forwarding import (
    DoubtKind,
    Entry,
    Filter,
    ForwardingDoubt,
    Interface,
    InterfaceAddress,
    Place,
    Route,
    Router,
)
from scanner.packet_sets import ALL_PORTS, Box, Boxes, OnePacket
from scanner.reach.certain import CertainWalk
from scanner.reach.network import GivenNetwork
from scanner.reach.possible import PossibleWalk
from scanner.wording import said
from tests.reach.naive import World

_NETWORKS = [ipaddress.ip_network(f"10.0.{n}.0/29") for n in range(5)]
_HOSTS = [int(n.network_address) + 5 for n in _NETWORKS]
_PORTS = (80, 502)
_NAMES = [f"i{n}" for n in range(5)]
_PACKETS = [
    OnePacket(source, target, protocol, 5_000, port, answer)
    for source, target in itertools.permutations(_HOSTS, 2)
    for protocol in (6, 17)
    for port in _PORTS
    for answer in (0, 1)
]
_WHOLE = (0, (1 << 32) - 1)
_SEEDS = 3  # ways in which coins fall


@st.composite
def _boxes(draw: st.DrawFn) -> Box:
    ends = [draw(st.sampled_from([_WHOLE, *((int(n[0]), int(n[-1])) for n in _NETWORKS)])) for _ in range(2)]
    protocol = draw(st.sampled_from([(0, 255), (6, 6), (17, 17)]))
    ports = draw(st.sampled_from([ALL_PORTS, (80, 80), (502, 502), (81, 65_535)]))
    return ends[0], ends[1], protocol, ALL_PORTS, ports, draw(st.sampled_from([(0, 1), (0, 1), (1, 1)]))


@st.composite
def _filter(draw: st.DrawFn, name: str, doubts: bool, policy: bool = False) -> Filter:
    entries = []
    for number in range(draw(st.integers(0, 4))):
        most = draw(_boxes())
        certain = not doubts or draw(st.integers(0, 3)) > 0
        permit = draw(st.booleans()) if not doubts else draw(st.sampled_from([True, True, False, None]))
        place = Place("a", number)
        between = [
            frozenset(draw(st.sets(st.sampled_from(_NAMES), max_size=2))) if policy else frozenset() for _ in "io"
        ]
        sure = (most,) if certain and permit is not None else ()
        entries.append(Entry(place, permit, sure, (most,), None, *between))
    rest = draw(st.sampled_from([True, False, None] if doubts else [True, False]))
    defined = not doubts or draw(st.integers(0, 9)) > 0
    return Filter(name, Place("a", 99), tuple(entries), rest, defined=defined)


@st.composite
def _routers(draw: st.DrawFn, doubts: bool) -> list[Router]:
    count = draw(st.integers(1, 3))
    routers = []
    for number in range(count):
        router = Router(f"r{number}", "a", {4: True, 6: False})
        for place in draw(st.sets(st.integers(0, 4), min_size=1, max_size=4)):
            network = _NETWORKS[place]
            address = InterfaceAddress(network[number + 1], network, Place("a", place))
            interface = Interface(f"i{place}", Place("a", place), addresses=[address], up=draw(st.integers(0, 9)) > 0)
            for way in (interface.filters_in, interface.filters_out):
                if draw(st.booleans()):
                    way[4] = [draw(_filter(f"{number}{place}{way is interface.filters_in}", doubts))]
            if doubts and draw(st.integers(0, 5)) == 0:
                interface.doubts.append(ForwardingDoubt(DoubtKind.DROPS, said("perhaps"), Place(f"{number}", place)))
            router.interfaces.append(interface)
        routers.append(router)
    for number, router in enumerate(routers):
        if draw(st.booleans()):
            router.filters[4] = [draw(_filter(f"{number} policy", doubts, policy=True))]
        for index in range(draw(st.integers(0, 3))):
            other = draw(st.integers(0, count - 1))
            place = draw(st.integers(0, 4))
            wide = draw(st.sampled_from([*_NETWORKS, ipaddress.ip_network("10.0.0.0/16")]))
            router.routes.append(
                Route(
                    wide,
                    Place("a", 100 * number + index),
                    next_hop=_NETWORKS[place][other + 1],
                    discards=draw(st.integers(0, 7)) == 0,
                    distance=draw(st.sampled_from([1, 1, 200])) if doubts else 1,
                    certain=not doubts or draw(st.booleans()),
                )
            )
    return routers


def _sets(routers: list[Router]) -> tuple[Boxes, Boxes, bool]:
    """(may arrive, surely arrives, nothing is in doubt)."""
    topology = GivenNetwork(routers)
    known = {int(k.network.network_address) for k in topology.links.values()}
    every: list[Box] = []
    for source, target in itertools.permutations(_HOSTS, 2):
        if source - 5 in known and target - 5 in known:
            every.append(((source, source), (target, target), (0, 255), ALL_PORTS, ALL_PORTS, (0, 1)))
    walk = PossibleWalk(topology, 4)
    walk.begin(tuple(every))
    sure = CertainWalk(topology, 4).arriving(tuple(every))
    return walk.found.arrives, sure, not walk.found.doubts


def _known(routers: list[Router], packet: OnePacket) -> bool:
    networks = {a.network for r in routers for i in r.interfaces if i.up for a in i.addresses}
    ends = (ipaddress.ip_address(packet.source), ipaddress.ip_address(packet.destination))
    return all(any(end in network for network in networks) for end in ends)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_routers(doubts=True), st.integers(0, 1_000))
def test_nothing_arrives_that_was_proved_closed_and_all_that_was_proved_open_does(
    routers: list[Router], seed: int
) -> None:
    may, sure, _ = _sets(routers)
    for number in range(_SEEDS):
        world = World(routers, seed + number)
        for packet in (p for p in _PACKETS if _known(routers, p)):
            if any(packet.within(box) for box in sure):
                assert world.arrives(packet, every=True), packet
            if not any(packet.within(box) for box in may):
                assert not world.arrives(packet, every=False), packet


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_routers(doubts=False))
def test_without_doubts_everything_is_proved(routers: list[Router]) -> None:
    may, sure, certain = _sets(routers)
    world = World(routers, 0)
    for packet in (p for p in _PACKETS if _known(routers, p)):
        assert any(packet.within(box) for box in sure) == world.arrives(packet, every=True), packet
        if certain:  # else a next hop may be a device that nobody described
            assert any(packet.within(box) for box in may) == world.arrives(packet, every=False), packet
