"""Random rulebases as each system writes them: what is proved of every packet, and asking one rule after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.packet_sets import OnePacket
from tests.reach import written_chains as chains
from tests.reach import written_lists as at_interfaces
from tests.reach import written_opnsense as opnsense
from tests.reach import written_policies as between
from tests.reach.devices import studied
from tests.reach.respelled import RESPELL
from tests.reach.rules import POLICY, Base, Can, Fate, lists, packets, policies


class System(NamedTuple):
    """draws, writes: a rulebase; passes: what it does with a packet. stateful: of those that begin conversations."""

    draws: Callable[[Random, Can], Base]
    can: Can
    writes: Callable[[Base], str]
    passes: Callable[[Base, int, int, OnePacket], Fate]
    stateful: bool = False


def _floating(random: Random, can: Can) -> Base:
    """Rules of pf: where they start anywhere, they float."""
    base = policies(random, can)
    base.lists["policy"] = [
        replace(r, stop=0, quick=random.random() < 0.5, way=random.choice(("in", "out", "any"))) for r in base.rules
    ]
    return base


_DENIED, _PERMITTED = at_interfaces.denied_otherwise, at_interfaces.permitted_otherwise
_AS_CONFIGURED = at_interfaces.as_configured_otherwise
SYSTEMS = {
    "ios": System(lists, at_interfaces.IOS, at_interfaces.ios, _DENIED),
    "ios-standard": System(lists, at_interfaces.STANDARD, at_interfaces.ios_standard, _DENIED),
    "eos": System(lists, at_interfaces.EOS, at_interfaces.eos, _DENIED),
    "nxos": System(lists, at_interfaces.NXOS, at_interfaces.nxos, _DENIED),
    "rgos": System(lists, at_interfaces.RGOS, at_interfaces.rgos, _DENIED),
    "procurve": System(lists, at_interfaces.PROCURVE, at_interfaces.procurve, _DENIED),
    "vrp": System(lists, at_interfaces.VRP, at_interfaces.vrp, _PERMITTED),
    "vrp-basic": System(lists, at_interfaces.BASIC, at_interfaces.vrp, _PERMITTED),
    "comware": System(lists, at_interfaces.COMWARE, at_interfaces.comware, _AS_CONFIGURED),
    "comware-basic": System(lists, at_interfaces.BASIC, at_interfaces.comware, _AS_CONFIGURED),
    "junos": System(lists, at_interfaces.JUNOS, at_interfaces.junos, _DENIED),
    "sonic": System(lists, at_interfaces.SONIC, at_interfaces.sonic, _PERMITTED),
    "hios": System(lists, at_interfaces.HIOS, at_interfaces.hirschmann, _DENIED),
    "asa": System(lists, between.ASA, between.asa, between.by_level, stateful=True),
    "fortios": System(policies, between.FORTIOS, between.fortios, between.in_order, stateful=True),
    "panos": System(policies, between.PANOS, between.panos, between.by_zone, stateful=True),
    "srx": System(policies, between.SRX, between.srx, between.zones_first, stateful=True),
    "routeros": System(policies, between.ROUTEROS, between.routeros, between.inner_first, stateful=True),
    "usg": System(policies, between.USG, between.usg, between.with_default, stateful=True),
    "iptables": System(policies, chains.LINUX, chains.iptables, chains.in_turn, stateful=True),
    "nftables": System(policies, chains.LINUX, chains.nftables, chains.in_turn, stateful=True),
    "pfsense": System(_floating, between.PF, between.pf, between.last_but_quick, stateful=True),
    "opnsense": System(opnsense.draws, opnsense.OPNSENSE, opnsense.opnsense, opnsense.in_places, stateful=True),
}
_PACKETS = packets()
_BEGINNING = [one for one in _PACKETS if not one[2].answer]


@pytest.mark.parametrize("name", SYSTEMS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random=st.randoms(use_true_random=False))
def test_every_packet_is_proved_as_the_rules_say(name: str, random: Random) -> None:
    system = SYSTEMS[name]
    base = system.draws(random, system.can)
    text = system.writes(base)
    if name in RESPELL and random.random() < 0.5:
        text = RESPELL[name](text, random)
    proofs = studied(text, policy=POLICY).proofs
    for start, stop, packet in _BEGINNING if system.stateful else _PACKETS:
        proof = proofs[f"z{start}", f"z{stop}"]
        told = tuple(any(packet.within(box) for box in sets.get(4, ())) for sets in (proof.may, proof.sure))
        assert told == system.passes(base, start, stop, packet), (start, stop, packet)
