"""Random networks of routers as each system writes them: what is proved of every packet, and following it by hand."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import pytest

from tests.reach import written_gateways as more
from tests.reach import written_routers as written
from tests.reach.devices import studied
from tests.reach.routed_networks import ZONES, Can, Walk, drawn, is_whole, network, packets


class System(NamedTuple):
    """writes: a router; can: what it can say, and how it says nothing."""

    writes: written.Writes
    can: Can


_FIREWALL = Can(rest=True, stateful=True, lists=False, shares=False)
SYSTEMS = {
    "ios": System(written.ios, Can()),
    "eos": System(written.eos, Can()),
    "nxos": System(written.nxos, Can()),
    "vrp": System(written.vrp, Can(rest=True, distance=60)),
    "comware": System(written.comware, Can(rest=True, distance=60)),
    "junos": System(written.junos, Can(distance=5)),
    "asa": System(written.asa, Can(stateful=True, back=False, shares=False)),
    "panos": System(written.panos, _FIREWALL._replace(distance=10)),
    "usg": System(written.usg, _FIREWALL._replace(distance=60)),
    "routeros": System(written.routeros, _FIREWALL._replace(stateful=False)),
    "sonic": System(written.sonic, Can(rest=True, shares=False)),
    "rgos": System(more.rgos, Can(versions=(4,))),
    "procurve": System(more.procurve, Can()),
    "hios": System(more.hirschmann, Can(shares=False, versions=(4,))),
    "fortios": System(more.fortios, _FIREWALL._replace(distance=10)),
    "srx": System(more.srx, _FIREWALL._replace(distance=5)),
    "pfsense": System(more.pfsense, _FIREWALL._replace(ranks=False, discards=False)),
    "iptables": System(more.iptables, Can(stateful=True)),
    "nftables": System(more.nftables, Can(stateful=True)),
}
_PACKETS = {version: packets(version) for version in (4, 6)}
_POLICIES = {
    version: "otaudit_policy: 1\nzones:\n"
    + "".join(
        f"  - {{id: z{net}, level: {net // 10}, members: {{subnets: ['{network(version, net)}']}}}}\n" for net in ZONES
    )
    for version in _PACKETS
}
_DRAWS = 6  # of each system and version of IP


def confront(random: Random, version: int, systems: list[System]) -> None:
    """One network of these systems."""
    cans = [system.can for system in systems]
    routers = drawn(random, version, cans)
    if not is_whole(routers):
        return
    texts = [system.writes(router) for system, router in zip(systems, routers, strict=True)]
    proofs = studied(*texts, policy=_POLICIES[version]).proofs
    may, sure = (Walk(routers, cans, every=every) for every in (False, True))
    answers = not any(can.stateful for can in cans)
    for start, stop, packet in (one for one in _PACKETS[version] if answers or not one[2].answer):
        proof = proofs[f"z{start}", f"z{stop}"]
        told = tuple(any(packet.within(box) for box in sets.get(version, ())) for sets in (proof.may, proof.sure))
        assert told == (may.arrives(packet), sure.arrives(packet)), (start, stop, packet)


@pytest.mark.parametrize("version", _PACKETS)
@pytest.mark.parametrize("name", SYSTEMS)
def test_networks_of_one_system_are_proved_as_they_route(name: str, version: int) -> None:
    for seed in range(_DRAWS):
        random = Random(f"{name} {version} {seed}")  # noqa: S311 - a seed repeats a network
        if version in SYSTEMS[name].can.versions:
            confront(random, version, [SYSTEMS[name]] * random.choice((1, 2, 2, 3)))


@pytest.mark.parametrize("version", _PACKETS)
def test_networks_of_several_systems_are_proved_as_they_route(version: int) -> None:
    for seed in range(3 * _DRAWS):
        random = Random(f"several {version} {seed}")  # noqa: S311
        able = [name for name, system in SYSTEMS.items() if version in system.can.versions]
        confront(random, version, [SYSTEMS[random.choice(able)] for _ in range(random.choice((2, 3)))])
