"""Policies of firewalls as the systems write them, and what these do to packets that begin a conversation."""

from __future__ import annotations

from collections.abc import Iterator

from tests.reach.rules import (
    EVERY_PORT,
    G1,
    G2,
    NETS,
    NUMBERS,
    RANGE,
    Base,
    Can,
    End,
    Fate,
    OnePacket,
    Ports,
    Rule,
    asked,
    between,
)
from tests.reach.written_lists import ports, types


def _span(low: int, high: int, to: str = "-") -> str:
    return str(low) if low == high else f"{low}{to}{high}"


def _spans(some: Ports | None, to: str = "-") -> list[str]:
    return [_span(*one, to) for one in (some or EVERY_PORT).spans]


# FortiOS


def _table(path: str, entries: dict[str, list[str]]) -> str:
    lines = [f"config {path}"]
    for name, keys in entries.items():
        lines += [f"    edit {name}", *(f"        set {key}" for key in keys), "    next"]
    return "\n".join([*lines, "end", ""]) if entries else ""


FORTIOS = Can(("net", "host", "wild", "group"), several=True, negates=True)


def _service(rule: Rule) -> list[str]:
    if rule.protocol == "gre":
        return ["protocol IP", "protocol-number 47"]
    if rule.protocol == "icmp":
        told = zip(("icmptype", "icmpcode"), rule.icmp or (), strict=False)
        return ["protocol ICMP", *(f"{word} {n}" for word, n in told if n is not None)]
    sources = [f":{one}" for one in _spans(rule.source_ports)] if rule.source_ports else [""]
    return [f"{rule.protocol}-portrange {' '.join(p + s for p in _spans(rule.ports) for s in sources)}"]


def _object(end: End) -> str:
    return {"any": "all", "group": end.name}.get(end.kind, end.part.prefix)


def fortios(base: Base) -> str:
    """Policies by their place; objects, groups of them, and services."""
    parts = {r.source.part for r in base.rules} | {r.target.part for r in base.rules} | {*G2}
    objects = {
        part.prefix: ["type wildcard"] * part.has_holes
        + [f"{'wildcard' if part.has_holes else 'subnet'} {part.text} {part.mask}"]
        for part in sorted(parts)
        if part.length
    }
    objects["G3"] = ["type iprange", f"start-ip {RANGE[0]}", f"end-ip {RANGE[1]}"]
    groups = {"G1": [f"member {' '.join(p.prefix for p in G1)}"], "G2": [f"member G1 {G2[2].prefix}"]}
    services = {f"s{at}": _service(r) for at, r in enumerate(base.rules) if r.protocol != "any"}
    policies = {}
    for at, rule in enumerate(base.rules):
        start, stop = (f"port{net}" if net else "any" for net in (rule.start, rule.stop))
        keys = [f"srcintf {start}", f"dstintf {stop}", f"schedule {'NIGHT' if rule.timed else 'always'}"]
        keys += [f"service {'ALL' if rule.protocol == 'any' else f's{at}'}"]
        keys += [f"srcaddr {_object(rule.source)}", f"dstaddr {_object(rule.target)}"]
        keys += ["srcaddr-negate enable"] * rule.not_source + ["dstaddr-negate enable"] * rule.not_target
        keys += ["action accept"] * rule.permit + ["status disable"] * (not rule.on) + ["logtraffic all"] * rule.logs
        policies[str(100 * base.random.randint(1, 9) + at)] = keys
    return (
        "#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin\n"
        "config system global\n    set hostname FW\nend\n"
        + _table("system interface", {f"port{n}": ["vdom root", f"ip 10.0.{n}.1 255.255.255.0"] for n in NETS})
        + _table("firewall address", objects)
        + _table("firewall addrgrp", groups)
        + _table("firewall service custom", services)
        + _table("firewall schedule recurring", {"NIGHT": ["day monday", "start 20:00", "end 23:00"]})
        + _table("firewall policy", policies)
        + "config router multicast\nend\n"
    )


def in_order(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """What no policy matches is denied."""
    return asked(between(base.rules, start, stop), packet, rest=False)


# PAN-OS, whose second and third network are in one zone when ``same``

PANOS = Can(
    ("net", "host", "wild", "group"),
    several=True,
    icmp="",
    gre=False,
    negates=True,
    kinds=("", "", "universal", "interzone", "intrazone"),
)


def zone(base: Base, net: int) -> str:
    """The zone of a network."""
    return "z20" if base.same and net == NETS[2] else f"z{net}"


def _literal(end: End) -> str:
    return {"any": "any", "group": end.name}.get(end.kind, end.part.prefix)


def panos(base: Base) -> str:
    """Rules of every kind, with groups, ranges and services."""
    lines = ["set deviceconfig system hostname FW"]
    lines += [f"set network interface ethernet ethernet1/{n} layer3 ip 10.0.{n}.1/24" for n in NETS]
    lines += [f"set network virtual-router default interface ethernet1/{n}" for n in NETS]
    lines += [f"set zone {zone(base, n)} network layer3 ethernet1/{n}" for n in NETS]
    lines += [f"set address o{at} ip-netmask {part.prefix}" for at, part in enumerate(G2)]
    wild = {end.part for r in base.rules for end in (r.source, r.target) if end.kind == "wild"}
    lines += [f"set address w{part.text} ip-wildcard {part.text}/{part.wildcard}" for part in sorted(wild)]
    lines += [f"set address G3 ip-range {'-'.join(RANGE)}", "set address-group G1 static [ o0 o1 ]"]
    lines += ["set address-group G2 static [ G1 o2 ]"]
    rules = []
    for at, rule in enumerate(base.rules):
        if rule.protocol != "any":
            lead = f"set service s{at} protocol {rule.protocol}"
            lines.append(f"{lead} port {','.join(_spans(rule.ports))}")
            lines += [f"{lead} source-port {','.join(_spans(rule.source_ports))}"] * (rule.source_ports is not None)
        told = {
            "from": zone(base, rule.start) if rule.start else "any",
            "to": zone(base, rule.stop) if rule.stop and rule.kind != "intrazone" else "any",
            "source": f"w{rule.source.part.text}" if rule.source.kind == "wild" else _literal(rule.source),
            "destination": f"w{rule.target.part.text}" if rule.target.kind == "wild" else _literal(rule.target),
            "application": "any",
            "service": "any" if rule.protocol == "any" else f"s{at}",
            "action": "allow" if rule.permit else base.random.choice(("drop", "deny", "reset-both")),
            "disabled": "no" if rule.on else "yes",
            "negate-source": "yes" if rule.not_source else "no",
            "negate-destination": "yes" if rule.not_target else "no",
            "schedule": "NIGHT" if rule.timed else "",
            "rule-type": rule.kind,
        }
        rules += [f"set rulebase security rules r{at} {key} {value}" for key, value in told.items() if value]
    return "\n".join([*lines, *rules, "set mgt-config users admin phash *", ""])


def between_zones(base: Base, start: int, stop: int) -> list[Rule]:
    """The rules of PAN-OS that hold from one network to another."""
    within = zone(base, start) == zone(base, stop)
    return [
        r
        for r in base.rules
        if (not r.start or zone(base, r.start) == zone(base, start))
        and (not r.stop or r.kind == "intrazone" or zone(base, r.stop) == zone(base, stop))
        and not (r.kind == "interzone" and within)
        and not (r.kind == "intrazone" and not within)
    ]


def by_zone(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """What no rule matches passes within a zone."""
    return asked(between_zones(base, start, stop), packet, rest=zone(base, start) == zone(base, stop))


# SRX, which asks policies between zones before the others

SRX = FORTIOS


def _application(name: str, rule: Rule) -> Iterator[str]:
    lead = f"set applications application {name}"
    if rule.protocol not in ("tcp", "udp"):
        yield f"{lead} protocol {rule.protocol}"
        for word, told in zip(("icmp-type", "icmp-code"), rule.icmp or (), strict=False):
            if told is not None:
                yield f"{lead} {word} {told}"
        return
    both = [(one, other) for one in _spans(rule.source_ports) for other in _spans(rule.ports)]
    for at, (source, target) in enumerate(both):
        yield f"{lead} term t{at} protocol {rule.protocol}"
        yield f"{lead} term t{at} source-port {source}"
        yield f"{lead} term t{at} destination-port {target}"


def srx(base: Base) -> str:
    """Policies between zones and global ones."""
    lines = ["set version 21.4R3", "set system host-name fw", "set system services ssh"]
    lines += [f"set interfaces ge-0/0/{n} unit 0 family inet address 10.0.{n}.1/24" for n in NETS]
    lines += [f"set security zones security-zone z{n} interfaces ge-0/0/{n}.0" for n in NETS]
    book = "set security address-book global address"
    parts = {r.source.part for r in base.rules} | {r.target.part for r in base.rules} | {*G2}
    for part in (one for one in sorted(parts) if one.length):
        meant = f"wildcard-address {part.text}/{part.mask}" if part.has_holes else part.prefix
        lines.append(f"{book} {part.prefix} {meant}")
    lines += [f"{book} G3 range-address {' to '.join(RANGE)}", *(f"{book}-set G1 address {p.prefix}" for p in G1)]
    lines += [f"{book}-set G2 address-set G1", f"{book}-set G2 address {G2[2].prefix}"]
    lines += ["set schedulers scheduler NIGHT daily start-time 20:00 stop-time 23:00"]
    for at, rule in enumerate(base.rules):
        lines += _application(f"app{at}", rule) if rule.protocol != "any" else ()
        lead = f"set security policies from-zone z{rule.start} to-zone z{rule.stop} policy p{at}"
        if not (rule.start and rule.stop):
            lead = f"set security policies global policy p{at}"
            zones = [("from-zone", rule.start), ("to-zone", rule.stop)]
            lines += [f"{lead} match {word} z{net}" for word, net in zones if net]
        for side, end, out in (("source", rule.source, rule.not_source), ("destination", rule.target, rule.not_target)):
            lines.append(f"{lead} match {side}-address {_literal(end)}")
            lines += [f"{lead} match {side}-address-excluded"] * out
        lines.append(f"{lead} match application {'any' if rule.protocol == 'any' else f'app{at}'}")
        lines.append(f"{lead} then {'permit' if rule.permit else base.random.choice(('deny', 'reject'))}")
        lines += [f"{lead} then log session-init"] * rule.logs + [f"{lead} scheduler-name NIGHT"] * rule.timed
        lines += [lead.replace("set ", "deactivate ", 1)] * (not rule.on)
    return "\n".join([*lines, *["set security policies default-policy permit-all"] * base.rest, ""])


def zones_first(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """Those between the two zones, then the global ones."""
    rules = sorted(between(base.rules, start, stop), key=lambda r: not (r.start and r.stop))
    return asked(rules, packet, rest=base.rest)


# RouterOS, whose rules of even numbers stand in a chain of their own

ROUTEROS = FORTIOS._replace(ends=("net", "host", "group"))


def _of_chain(base: Base, chain: str, rule: Rule) -> str:
    words = [f"add action={'accept' if rule.permit else base.random.choice(('drop', 'reject'))} chain={chain}"]
    words += [f"in-interface=ether{rule.start}"] * bool(rule.start)
    words += [f"out-interface=ether{rule.stop}"] * bool(rule.stop)
    for side, end, out in (("src", rule.source, rule.not_source), ("dst", rule.target, rule.not_target)):
        if end.kind == "group":
            words.append(f"{side}-address-list={'!' * out}{end.name}")
        elif end.kind != "any":
            words.append(f"{side}-address={'!' * out}{end.part.prefix}")
    words += [f"protocol={rule.protocol}"] * (rule.protocol != "any")
    for word, some in (("src-port", rule.source_ports), ("dst-port", rule.ports)):
        but = some is not None and some.operator == "neq" and base.random.random() < 0.5
        told = ",".join(map(str, some.of)) if some and but else ",".join(_spans(some))
        words += [f"{word}={'!' * but}{told}"] * (some is not None)
    if rule.icmp:
        words.append(f"icmp-options={rule.icmp[0]}:{'0-255' if rule.icmp[1] is None else rule.icmp[1]}")
    words += ["time=8h-17h,mon,tue"] * rule.timed + ["log=yes"] * rule.logs + ["disabled=yes"] * (not rule.on)
    return " ".join(words)


def routeros(base: Base) -> str:
    """Two chains."""
    rules = ["add action=accept chain=forward connection-state=established,related"]
    rules += ["add action=log chain=forward"] * (base.random.random() < 0.3)
    first, second = base.rules[::2], base.rules[1::2]
    inner = [_of_chain(base, "inner", r) for r in first] if any(r.on for r in first) else []
    rules += ["add action=jump chain=forward jump-target=inner"] * bool(inner)
    rules += [_of_chain(base, "forward", r) for r in second]
    rules += [] if base.rest else ["add action=drop chain=forward"]
    members = [f"add address={p.prefix} list=G{at}" for at, some in ((1, G1), (2, G2)) for p in some]
    members.append(f"add address={'-'.join(RANGE)} list=G3")
    addresses = [f"add address=10.0.{n}.1/24 interface=ether{n} network=10.0.{n}.0" for n in NETS]
    top = "# 2026-03-02 08:15:12 by RouterOS 7.16.2\n# software id = ABCD-1234\n#\n# model = RB5009UG+S+"
    lines = [top, "/ip address", *addresses, "/ip firewall address-list", *members, "/ip firewall filter", *rules]
    return "\n".join([*lines, *inner, "/system identity", "set name=FW", ""])


def inner_first(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """Those of the chain that is jumped to, then the others."""
    return asked(between([*base.rules[::2], *base.rules[1::2]], start, stop), packet, rest=base.rest)


# USG

USG = Can(("net", "host", "group"), several=True, icmp="")


def _of_set(some: Ports | None) -> str:
    return " ".join(_spans(some, " to "))


def usg(base: Base) -> str:
    """The security policy of a Huawei USG."""
    lines = ["!Software Version V500R005C10SPC300", "#", "sysname FW1", "#"]
    for net in NETS:
        lines += [
            f"interface GigabitEthernet1/0/{net}",
            " undo shutdown",
            f" ip address 10.0.{net}.1 255.255.255.0",
            "#",
        ]
    lines += ["firewall zone local", " set priority 100", "#"]
    for net in NETS:
        lines += [
            f"firewall zone name z{net} id {net}",
            f" set priority {net}",
            f" add interface GigabitEthernet1/0/{net}",
        ]
        lines.append("#")
    lines += ["ip address-set G1 type group", *(f" address {at} {p.text} {p.wildcard}" for at, p in enumerate(G1)), "#"]
    lines += ["ip address-set G2 type group", " address 0 address-set G1", f" address 1 {G2[2].text} {G2[2].wildcard}"]
    lines += ["#", "ip address-set G3 type object", f" address 0 range {' '.join(RANGE)}", "#"]
    policy = ["security-policy", *[" default action permit"] * base.rest]
    for at, rule in enumerate(base.rules):
        policy += [f" rule name r{at}", *["  disable"] * (not rule.on), *["  time-range NIGHT"] * rule.timed]
        policy += ["  policy logging"] * rule.logs
        policy += [f"  {w}-zone z{net}" for w, net in (("source", rule.start), ("destination", rule.stop)) if net]
        for side, end in (("source", rule.source), ("destination", rule.target)):
            told = f"address-set {end.name}" if end.kind == "group" else f"{end.part.text} mask {end.part.mask}"
            policy += [f"  {side}-address {told}"] * (end.kind != "any")
        if rule.protocol in ("tcp", "udp"):
            told = f"source-port {_of_set(rule.source_ports)} destination-port {_of_set(rule.ports)}"
            lines += [f"ip service-set s{at} type object", f" service 0 protocol {rule.protocol} {told}"]
        elif rule.protocol != "any":
            lines += [f"ip service-set s{at} type object", f" service 0 protocol {NUMBERS[rule.protocol]}"]
        policy += [f"  service s{at}"] * (rule.protocol != "any")
        policy.append(f"  action {'permit' if rule.permit else 'deny'}")
    return "\n".join([*lines, "#", *policy, "#", "return", ""])


def with_default(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """What no rule matches is told by a line."""
    return asked(between(base.rules, start, stop), packet, rest=base.rest)


# pfSense, where rules that start anywhere float, and of those that are not quick the last counts

PF = Can(("net", "host", "group"), several=True, icmp="types", negates=True)
PLACES = dict(zip(NETS, ("lan", "opt1", "opt2"), strict=True))
PF_TYPES = {8: "echoreq", 0: "echorep", 3: "unreach"}


def _pf_end(end: End, some: Ports | None, name: str, *, out: bool) -> str:
    told = f"<address>{end.name if end.kind == 'group' else end.part.prefix}</address>"
    return ("<any/>" if end.kind == "any" else told + "<not/>" * out) + f"<port>{name}</port>" * (some is not None)


def pf_aliases(base: Base) -> dict[str, tuple[str, str]]:
    """Their kinds and members."""
    aliases = {"G1": ("network", " ".join(p.prefix for p in G1)), "G2": ("network", f"G1 {G2[2].prefix}")}
    aliases["G3"] = ("host", "-".join(RANGE))
    for at, rule in enumerate(base.rules):
        for side, some in (("s", rule.source_ports), ("d", rule.ports)):
            aliases |= {f"{side}{at}": ("port", " ".join(_spans(some, ":")))} if some else {}
    return aliases


def pf(base: Base) -> str:
    """Rules at interfaces and floating ones, with aliases of addresses and ports."""
    aliases, rules = pf_aliases(base), ""
    for at, rule in enumerate(base.rules):
        ways = f"<direction>{rule.way}</direction>" if not rule.start else ""
        kind = "pass" if rule.permit else base.random.choice(("block", "reject"))
        rules += f"<rule><type>{kind}</type><interface>{PLACES.get(rule.start, '')}</interface>"
        rules += "<ipprotocol>inet</ipprotocol>"
        rules += ("<floating>yes</floating>" + "<quick/>" * rule.quick) * (not rule.start) + ways
        rules += f"<protocol>{rule.protocol}</protocol>" * (rule.protocol != "any")
        rules += f"<icmptype>{PF_TYPES[rule.icmp[0]]}</icmptype>" if rule.icmp else ""
        rules += "<sched>Workdays</sched>" * rule.timed + "<log/>" * rule.logs + "<disabled/>" * (not rule.on)
        source = _pf_end(rule.source, rule.source_ports, f"s{at}", out=rule.not_source)
        target = _pf_end(rule.target, rule.ports, f"d{at}", out=rule.not_target)
        rules += f"<source>{source}</source><destination>{target}</destination></rule>\n"
    named = (f"<alias><name>{n}</name><type>{k}</type><address>{a}</address></alias>" for n, (k, a) in aliases.items())
    interfaces = "".join(
        f"<{PLACES[n]}>\n<enable/>\n<if>em{n}</if>\n<ipaddr>10.0.{n}.1</ipaddr>\n<subnet>24</subnet>\n</{PLACES[n]}>\n"
        for n in NETS
    )
    return (
        "<pfsense>\n<version>22.9</version>\n<system>\n<hostname>fw</hostname>\n</system>\n"
        f"<interfaces>\n{interfaces}</interfaces>\n<aliases>{''.join(named)}</aliases>\n"
        f"<nat><outbound><mode>disabled</mode></outbound></nat><filter>\n{rules}</filter>\n</pfsense>\n"
    )


def pf_ends(rules: list[Rule], packet: OnePacket, permits: bool) -> Iterator[bool]:
    """What may become of a packet. permits: so far."""
    for at, rule in enumerate(rules):
        if rule.on and rule.matches(packet):
            if rule.timed:
                yield from pf_ends(rules[at + 1 :], packet, permits)
            permits = rule.permit
            if rule.quick or (rule.start and not rule.kind):
                break
    yield permits


def last_but_quick(base: Base, start: int, _: int, packet: OnePacket) -> Fate:
    """On the way in what nothing matches is blocked, on the way out it passes; floating rules come first."""
    floating, own = ([r for r in base.rules if bool(r.start) is there] for there in (False, True))
    comes = [r for r in floating if r.way != "out"] + [r for r in own if r.start == start]
    goes = [r for r in floating if r.way != "in"]
    fates = [{*pf_ends(comes, packet, False)}, {*pf_ends(goes, packet, True)}]
    return all(True in one for one in fates), all(one == {True} for one in fates)


# ASA

ASA = Can(("net", "host", "group"), several=True)
_ASA_OBJECTS = f"""\
object network H20
 host {G1[1].text}
object network RR
 range {" ".join(RANGE)}
object network N30
 subnet {G2[2].text} {G2[2].mask}
object-group network G1
 network-object {G1[0].text} {G1[0].mask}
 network-object object H20
object-group network G2
 group-object G1
 network-object object N30
object-group network G3
 network-object object RR"""


def _asa_end(end: End) -> str:
    if end.kind == "group":
        return f"object-group {end.name}"
    return {"any": "any", "host": f"host {end.part.text}"}.get(end.kind, f"{end.part.text} {end.part.mask}")


def _of_object(some: Ports | None, word: str) -> Iterator[str]:
    """The words of a service object about ports."""
    for low, high in some.spans if some else ():
        yield f" {word} {f'eq {low}' if low == high else f'range {low} {high}'}"


def _asa_groups(name: str, rule: Rule) -> list[str]:
    lines = [f"object-group service {name}"]
    for source in [*_of_object(rule.source_ports, "source")] or [""]:
        lines += [
            f" service-object {rule.protocol}{source}{target}"
            for target in [*_of_object(rule.ports, "destination")] or [""]
        ]
    return lines


def asa(base: Base) -> str:
    """Lists at interfaces and a global one, with objects and groups of them."""
    lines = [": Saved", ":", "ASA Version 9.16(4)", "!", "hostname FW", "names"]
    for net, level in zip(NETS, base.levels, strict=True):
        lines += [f"interface GigabitEthernet1/{net}", f" nameif n{net}", f" security-level {level}"]
        lines += [f" ip address 10.0.{net}.1 255.255.255.0", "!"]
    lines.append(_ASA_OBJECTS)
    entries: list[str] = []
    for name, rules in base.lists.items():
        for at, rule in enumerate(rules):
            source, target = _asa_end(rule.source), _asa_end(rule.target)
            told = f"{'ip' if rule.protocol == 'any' else rule.protocol} {source}{ports(rule.source_ports)} "
            told += f"{target}{ports(rule.ports)}{types(rule, base.random)}"
            several = any(
                some and len(some.of) > 1 and some.operator != "range" for some in (rule.ports, rule.source_ports)
            )
            if several or (rule.protocol in ("tcp", "udp") and base.random.random() < 0.3):
                lines += _asa_groups(f"S{name}{at}", rule)
                told = f"object-group S{name}{at} {source} {target}"
            ends = " log" * rule.logs + " time-range NIGHT" * rule.timed + " inactive" * (not rule.on)
            entries += [f"access-list {name} remark permit ip any any"] * (base.random.random() < 0.2)
            entries.append(f"access-list {name} extended {'permit' if rule.permit else 'deny'} {told}{ends}")
    lines += [*entries, *["same-security-traffic permit inter-interface"] * base.same]
    lines += [f"access-group {name} {way} interface n{net}" for (net, way), name in base.places.items()]
    lines += [f"access-group {base.whole} global"] * bool(base.whole)
    return "\n".join([*lines, "telnet timeout 5", ": end", ""])


def by_level(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """A list on the way in decides, then the global one; without either, the levels."""
    levels = dict(zip(NETS, base.levels, strict=True))
    if levels[start] == levels[stop] and not base.same:
        return False, False
    goes = base.at(stop, "out")
    may, sure = asked(goes, packet, rest=False) if goes is not None else (True, True)
    comes = base.at(start, "in")
    if comes is not None or base.whole:
        first = asked([*(comes or ()), *base.lists.get(base.whole, ())], packet, rest=False)
        return may and first[0], sure and first[1]
    if levels[start] >= levels[stop]:
        return may, sure
    return may and goes is not None, False  # manuals do not say what a list on the way out does there
