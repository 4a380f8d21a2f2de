"""Random rulebases as each system writes them: what is proved of every packet, against asking one rule after another.

The evaluators below know nothing of sets of packets; they ask the rules as the manuals of the vendors say.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.packet_sets import OnePacket
from tests.reach.devices import studied

_NETS = (10, 20, 30)
_PORTS = (443, 502)
_POLICY = "otaudit_policy: 1\nzones:\n" + "".join(
    f"  - {{id: z{n}, level: {n // 10}, members: {{subnets: [10.0.{n}.0/24]}}}}\n" for n in _NETS
)
_ENDS = ("any", *(f"10.0.{n}.0/24" for n in _NETS), *(f"10.0.{n}.128/25" for n in _NETS))


@dataclass(frozen=True)
class Rule:
    """start, stop: the third byte of a network; 0: any."""

    start: int
    stop: int
    source: str
    target: str
    protocol: str
    port: int
    permit: bool
    on: bool = True

    def matches(self, packet: OnePacket) -> bool:
        """All but its interfaces."""
        if not (_holds(self.source, packet.source) and _holds(self.target, packet.destination)):
            return False
        if self.protocol == "any":
            return True
        return packet.protocol == {"tcp": 6, "udp": 17}[self.protocol] and self.port in (0, packet.port)


def _holds(end: str, address: int) -> bool:
    if end == "any":
        return True
    text, _, length = end.partition("/")
    a, b, c, d = map(int, text.split("."))
    shift = 32 - int(length)
    return address >> shift == (a << 24 | b << 16 | c << 8 | d) >> shift


@dataclass(frozen=True)
class Base:
    """rest: what becomes of the rest where that can be said; levels: of the interfaces; same: they may be alike."""

    rules: tuple[Rule, ...]
    rest: bool
    levels: tuple[int, ...]
    same: bool


@st.composite
def _bases(draw: st.DrawFn) -> Base:
    rules = []
    for _ in range(draw(st.integers(0, 6))):
        protocol = draw(st.sampled_from(("any", "tcp", "udp")))
        start, stop = (draw(st.sampled_from((*_NETS, *_NETS, 0))) for _ in "io")
        source, target = (draw(st.sampled_from(_ENDS)) for _ in "io")
        port = draw(st.sampled_from((0, *_PORTS))) if protocol != "any" else 0
        rules.append(
            Rule(start, stop, source, target, protocol, port, draw(st.booleans()), draw(st.integers(0, 5)) > 0)
        )
    levels = tuple(draw(st.sampled_from((0, 50, 100))) for _ in _NETS)
    return Base(tuple(rules), draw(st.booleans()), levels, draw(st.booleans()))


def _packets() -> list[tuple[int, int, OnePacket]]:
    found = []
    for start, stop in itertools.permutations(_NETS, 2):
        for low, high in itertools.product((7, 200), repeat=2):
            ends = ((10 << 24) + (start << 8) + low, (10 << 24) + (stop << 8) + high)
            found += [(start, stop, OnePacket(*ends, p, 50_000, port, 0)) for p in (6, 17) for port in (*_PORTS, 80)]
    return found


_PACKETS = _packets()
Passes = Callable[[Base, int, int, OnePacket], bool]


def _first(rules: Sequence[Rule], start: int, stop: int, packet: OnePacket) -> bool | None:
    for rule in rules:
        if rule.on and rule.start in (0, start) and rule.stop in (0, stop) and rule.matches(packet):
            return rule.permit
    return None


# FortiOS


def _table(path: str, entries: dict[str, list[str]]) -> str:
    lines = [f"config {path}"]
    for name, keys in entries.items():
        lines += [f"    edit {name}", *(f"        set {key}" for key in keys), "    next"]
    return "\n".join([*lines, "end", ""])


def _fortios(base: Base) -> str:
    masks = {"24": "255.255.255.0", "25": "255.255.255.128"}
    ports = {f"port{n}": ["vdom root", f"ip 10.0.{n}.1 255.255.255.0"] for n in _NETS}
    objects = {e: [f"subnet {e[:-3]} {masks[e[-2:]]}"] for e in _ENDS if e != "any"}
    ranges = itertools.product(("tcp", "udp"), (0, *_PORTS))
    services = {f"{p}-{n}": [f"{p}-portrange {n or '0-65535'}"] for p, n in ranges}
    policies = {}
    for at, r in enumerate(base.rules, 1):
        starts, stops = (f"port{n}" if n else "any" for n in (r.start, r.stop))
        service = "ALL" if r.protocol == "any" else f"{r.protocol}-{r.port}"
        keys = [f"srcintf {starts}", f"dstintf {stops}", f"service {service}", "schedule always"]
        keys += [f"srcaddr {r.source.replace('any', 'all')}", f"dstaddr {r.target.replace('any', 'all')}"]
        policies[str(at)] = keys + ["action accept"] * r.permit + ["status disable"] * (not r.on)
    return (
        "#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin\n"
        "config system global\n    set hostname FW\nend\n"
        + _table("system interface", ports)
        + _table("firewall address", objects)
        + _table("firewall service custom", services)
        + _table("firewall policy", policies)
        + "config router multicast\nend\n"
    )


def _ordered(base: Base, start: int, stop: int, packet: OnePacket) -> bool:
    return _first(base.rules, start, stop, packet) is True


# PAN-OS, whose second and third network are in one zone when ``same``


def _zone(base: Base, net: int) -> str:
    return "z20" if base.same and net == _NETS[2] else f"z{net}"


def _panos(base: Base) -> str:
    lines = ["set deviceconfig system hostname FW"]
    lines += [f"set network interface ethernet ethernet1/{n} layer3 ip 10.0.{n}.1/24" for n in _NETS]
    lines += [f"set network virtual-router default interface ethernet1/{n}" for n in _NETS]
    lines += [f"set zone {_zone(base, n)} network layer3 ethernet1/{n}" for n in _NETS]
    lines += [f"set service {p}-{n} protocol {p} port {n or '0-65535'}" for p in ("tcp", "udp") for n in (0, *_PORTS)]
    for at, r in enumerate(base.rules):
        told = {
            "from": _zone(base, r.start) if r.start else "any",
            "to": _zone(base, r.stop) if r.stop else "any",
            "source": r.source,
            "destination": r.target,
            "application": "any",
            "service": "any" if r.protocol == "any" else f"{r.protocol}-{r.port}",
            "action": "allow" if r.permit else "drop",
            "disabled": "no" if r.on else "yes",
        }
        lines += [f"set rulebase security rules r{at} {key} {value}" for key, value in told.items()]
    return "\n".join([*lines, "set mgt-config users admin phash *", ""])


def _by_zone(base: Base, start: int, stop: int, packet: OnePacket) -> bool:
    for r in base.rules:
        from_there = not r.start or _zone(base, r.start) == _zone(base, start)
        to_there = not r.stop or _zone(base, r.stop) == _zone(base, stop)
        if r.on and from_there and to_there and r.matches(packet):
            return r.permit
    return _zone(base, start) == _zone(base, stop)


# SRX, which asks policies between zones before the others


def _srx(base: Base) -> str:
    lines = ["set version 21.4R3", "set system host-name fw", "set system services ssh"]
    lines += [f"set interfaces ge-0/0/{n} unit 0 family inet address 10.0.{n}.1/24" for n in _NETS]
    lines += [f"set security zones security-zone z{n} interfaces ge-0/0/{n}.0" for n in _NETS]
    lines += [f"set security address-book global address a-{e.replace('/', '-')} {e}" for e in _ENDS if e != "any"]
    for p, n in itertools.product(("tcp", "udp"), (0, *_PORTS)):
        lines.append(f"set applications application {p}-{n} protocol {p}")
        lines.append(f"set applications application {p}-{n} destination-port {n or '0-65535'}")
    for at, r in enumerate(base.rules):
        lead = f"set security policies from-zone z{r.start} to-zone z{r.stop} policy p{at}"
        if not (r.start and r.stop):
            lead = f"set security policies global policy p{at}"
            zones = [("from-zone", r.start), ("to-zone", r.stop)]
            lines += [f"{lead} match {word} z{net}" for word, net in zones if net]
        for word, end in (("source-address", r.source), ("destination-address", r.target)):
            lines.append(f"{lead} match {word} {end if end == 'any' else 'a-' + end.replace('/', '-')}")
        lines.append(f"{lead} match application {'any' if r.protocol == 'any' else f'{r.protocol}-{r.port}'}")
        lines.append(f"{lead} then {'permit' if r.permit else 'deny'}")
        if not r.on:
            lines.append(lead.replace("set ", "deactivate ", 1))
    if base.rest:
        lines.append("set security policies default-policy permit-all")
    return "\n".join([*lines, ""])


def _zones_first(base: Base, start: int, stop: int, packet: OnePacket) -> bool:
    own = [r for r in base.rules if r.start and r.stop]
    told = _first([*own, *(r for r in base.rules if r not in own)], start, stop, packet)
    return base.rest if told is None else told


# RouterOS, whose rules of even numbers stand in a chain of their own


def _routeros(base: Base) -> str:
    def rule(chain: str, r: Rule) -> str:
        words = [f"add action={'accept' if r.permit else 'drop'} chain={chain}"]
        words += [f"in-interface=ether{r.start}"] * bool(r.start) + [f"out-interface=ether{r.stop}"] * bool(r.stop)
        words += [f"src-address={r.source}"] * (r.source != "any") + [f"dst-address={r.target}"] * (r.target != "any")
        words += [f"protocol={r.protocol}"] * (r.protocol != "any") + [f"dst-port={r.port}"] * bool(r.port)
        return " ".join(words + ["disabled=yes"] * (not r.on))

    rules = ["add action=accept chain=forward connection-state=established,related"]
    inner = [rule("inner", r) for r in base.rules[::2]] if any(r.on for r in base.rules[::2]) else []
    rules += ["add action=jump chain=forward jump-target=inner"] * bool(inner)
    rules += [rule("forward", r) for r in base.rules[1::2]]
    rules += [] if base.rest else ["add action=drop chain=forward"]
    addresses = [f"add address=10.0.{n}.1/24 interface=ether{n} network=10.0.{n}.0" for n in _NETS]
    return "\n".join(
        [
            "# 2026-03-02 08:15:12 by RouterOS 7.16.2\n# software id = ABCD-1234\n#\n# model = RB5009UG+S+",
            *("/ip address", *addresses, "/ip firewall filter", *rules, *inner),
            *("/system identity", "set name=FW", ""),
        ]
    )


def _inner_first(base: Base, start: int, stop: int, packet: OnePacket) -> bool:
    told = _first([*base.rules[::2], *base.rules[1::2]], start, stop, packet)
    return base.rest if told is None else told


# Lists at interfaces: of each network the rules that start there, on the way in, or stop there, on the way out


def _lists(base: Base) -> dict[tuple[int, str], list[Rule]]:
    found: dict[tuple[int, str], list[Rule]] = {}
    for r in base.rules:
        if r.start and r.on:
            found.setdefault((r.start, "in"), []).append(r)
        elif r.stop and r.on:
            found.setdefault((r.stop, "out"), []).append(r)
    return found


def _asked(rules: Sequence[Rule], packet: OnePacket) -> bool:
    return next((r.permit for r in rules if r.matches(packet)), False)


def _words(r: Rule, *, masks: bool) -> str:
    def end(text: str) -> str:
        lengths = {"24": "255.255.255.0", "25": "255.255.255.128"}
        return f"{text[:-3]} {lengths[text[-2:]]}" if masks and text != "any" else text

    protocol = "ip" if r.protocol == "any" else r.protocol
    port = f" eq {r.port}" if r.port else ""
    return f"{'permit' if r.permit else 'deny'} {protocol} {end(r.source)} {end(r.target)}{port}"


def _asa(base: Base) -> str:
    lines = [": Saved", ":", "ASA Version 9.16(4)", "!", "hostname FW", "names"]
    for at, net in enumerate(_NETS):
        lines += [f"interface GigabitEthernet1/{at}", f" nameif n{net}", f" security-level {base.levels[at]}"]
        lines += [f" ip address 10.0.{net}.1 255.255.255.0", "!"]
    lists = _lists(base)
    for (net, way), rules in lists.items():
        lines += [f"access-list {way}{net} extended {_words(r, masks=True)}" for r in rules]
    lines += ["same-security-traffic permit inter-interface"] * base.same
    lines += [f"access-group {way}{net} {way} interface n{net}" for net, way in lists]
    return "\n".join([*lines, "telnet timeout 5", ": end", ""])


def _by_level(base: Base, start: int, stop: int, packet: OnePacket) -> bool | None:
    lists = _lists(base)
    levels = dict(zip(_NETS, base.levels, strict=True))
    if levels[start] == levels[stop] and not base.same:
        return False
    comes, goes = lists.get((start, "in")), lists.get((stop, "out"))
    if goes is not None and not _asked(goes, packet):
        return False
    if comes is not None:
        return _asked(comes, packet)
    if levels[start] < levels[stop]:
        return None if goes is not None else False  # manuals do not say what a list on the way out does there
    return True


def _eos(base: Base) -> str:
    lines = ["! Command: show running-config", "! device: FW (DCS-7050SX3-48YC8, EOS-4.30.2F)", "!", "hostname FW", "!"]
    lists = _lists(base)
    for net in _NETS:
        lines += [f"interface Ethernet{net}", "   no switchport", f"   ip address 10.0.{net}.1/24"]
        lines += [f"   ip access-group {way}{net} {way}" for n, way in lists if n == net] + ["!"]
    for (net, way), rules in lists.items():
        lines += [
            f"ip access-list {way}{net}",
            *(f"   {10 + at} {_words(r, masks=False)}" for at, r in enumerate(rules)),
        ]
    return "\n".join([*lines, "!", "ip routing", "!", "end", ""])


def _nxos(base: Base) -> str:
    lines = [
        "!Command: show running-config",
        "!Time: Mon Mar  2 09:10:00 2026",
        "",
        "version 9.3(10) Bios:version 05.47",
    ]
    lines += [
        "hostname FW",
        "vdc FW id 1",
        "  limit-resource vlan minimum 16 maximum 4094",
        "",
        "feature interface-vlan",
    ]
    lists = _lists(base)
    for (net, way), rules in lists.items():
        lines += [
            f"ip access-list {way}{net}",
            *(f"  {10 + at} {_words(r, masks=False)}" for at, r in enumerate(rules)),
        ]
    for net in _NETS:
        lines += [f"interface Ethernet1/{net}", "  no switchport", "  no shutdown", f"  ip address 10.0.{net}.1/24"]
        lines += [f"  ip access-group {way}{net} {way}" for n, way in lists if n == net]
    return "\n".join([*lines, "line console", "line vty", "boot nxos bootflash:/nxos64-cs.10.2.5.M.bin", ""])


def _by_list(base: Base, start: int, stop: int, packet: OnePacket) -> bool:
    lists = _lists(base)
    at = [lists[key] for key in ((start, "in"), (stop, "out")) if key in lists]
    return all(_asked(rules, packet) for rules in at)


_SYSTEMS = {
    "fortios": (_fortios, _ordered),
    "panos": (_panos, _by_zone),
    "srx": (_srx, _zones_first),
    "routeros": (_routeros, _inner_first),
    "asa": (_asa, _by_level),
    "eos": (_eos, _by_list),
    "nxos": (_nxos, _by_list),
}


@pytest.mark.parametrize("system", _SYSTEMS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(base=_bases())
def test_every_packet_is_proved_as_the_rules_say(system: str, base: Base) -> None:
    written, passes = _SYSTEMS[system]
    proofs = studied(written(base), policy=_POLICY).proofs
    for start, stop, packet in _PACKETS:
        proof = proofs[f"z{start}", f"z{stop}"]
        may, sure = (any(packet.within(box) for box in sets.get(4, ())) for sets in (proof.may, proof.sure))
        wanted = passes(base, start, stop, packet)
        assert (may, sure) == ((True, False) if wanted is None else (wanted, wanted)), (start, stop, packet)
