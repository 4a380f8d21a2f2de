"""Access lists at interfaces as the systems write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from random import Random

from tests.configs import hios_profiles as hios
from tests.reach.rules import G1, G2, G3, NETS, NUMBERS, RANGE, Base, Can, End, Fate, OnePacket, Ports, Rule, asked

_NAMED_TYPES = {8: "echo", 0: "echo-reply", 3: "unreachable"}
Writes = Callable[[Base], str]
Spells = Callable[[End, Random], str]


def ports(ports: Ports | None) -> str:
    """With their operator, and a blank before them."""
    return f" {ports.operator} {' '.join(map(str, ports.of))}" if ports else ""


def types(rule: Rule, random: Random) -> str:
    """The type of ICMP by name or number, with its code, and a blank before it."""
    if rule.icmp is None:
        return ""
    kind, code = rule.icmp
    if code is None:
        return f" {random.choice((str(kind), _NAMED_TYPES[kind]))}"
    return f" {kind} {code}"


def _words(rule: Rule, random: Random, spell: Spells) -> str:
    words = [
        "permit" if rule.permit else "deny",
        "ip" if rule.protocol == "any" else rule.protocol,
        spell(rule.source, random) + ports(rule.source_ports),
        spell(rule.target, random) + ports(rule.ports) + types(rule, random),
        *["established"] * rule.established,
        *["log"] * rule.logs,
        *["time-range NIGHT"] * rule.timed,
    ]
    return " ".join(words)


def _numbered(texts: Iterable[str], random: Random) -> list[tuple[int, str]]:
    """By numbers, which need not be in the order of the lines."""
    found, last = [], 0
    for text in texts:
        last += random.randint(1, 20)
        found.append((last, text))
    if random.random() < 0.4:
        random.shuffle(found)
    return found


def _entries(base: Base, rules: Iterable[Rule], spell: Spells, lead: str) -> Iterator[str]:
    for at, text in _numbered((_words(r, base.random, spell) for r in rules), base.random):
        if base.random.random() < 0.2:
            yield f"{lead}remark permit ip any any"
        yield f"{lead}{at} {text}"


def _bound(base: Base, net: int, line: str) -> list[str]:
    return [line.format(name=name, way=way) for (at, way), name in base.places.items() if at == net]


# IOS and what writes like it


def _with_wildcard(end: End, random: Random) -> str:
    if end.kind == "any":
        return "any"
    if end.kind == "group":
        return f"object-group {end.name}"
    both = f"{end.part.text} {end.part.wildcard}"
    return random.choice((f"host {end.part.text}", both)) if end.kind == "host" else both


def _with_length(end: End, random: Random) -> str:
    if end.kind in ("host", "net") and random.random() < 0.5:
        return end.part.prefix
    return _with_wildcard(end, random)


_GROUPS = f"""\
object-group network G1
 {G1[0].text} {G1[0].mask}
 host {G1[1].text}
object-group network G2
 group-object G1
 {G2[2].text} {G2[2].mask}
object-group network G3
 range {" ".join(RANGE)}"""
IOS = Can(("net", "host", "wild", "group"), several=True, established=True, off=False)


def ios(base: Base) -> str:
    """Named lists, numbered ones, and such as are both."""
    random = base.random
    known = {"L1": "101", "L2": "2010", "L3": "199"}
    names = {name: random.choice((name, known[name])) for name in base.lists}
    lines = ["version 15.2", "hostname CORE", "!", "ip routing", _GROUPS]
    for net in NETS:
        routed = f"interface GigabitEthernet0/{net}\n no switchport"
        lines += [random.choice((f"interface Vlan{net}", routed)), f" ip address 10.0.{net}.1 255.255.255.0"]
        lines += [f" ip access-group {names[n]} {way}" for (at, way), n in base.places.items() if at == net]
    for name, rules in base.lists.items():
        told = names[name]
        if told.isdecimal() and random.random() < 0.5:
            lines += [f"access-list {told} {_words(r, random, _with_wildcard)}" for r in rules]
        else:
            lines += [f"ip access-list extended {told}", *_entries(base, rules, _with_wildcard, " ")]
    return "\n".join([*lines, "!", "line con 0", "!", "end", ""])


STANDARD = Can(("net", "host", "wild"), timed=False, off=False, standard=True)


def ios_standard(base: Base) -> str:
    """Standard lists."""
    random = base.random
    known = {"L1": "10", "L2": "1310", "L3": "99"}
    names = {name: random.choice((name, known[name])) for name in base.lists}
    lines = ["version 15.2", "hostname CORE", "!", "ip routing"]
    for net in NETS:
        lines += [f"interface Vlan{net}", f" ip address 10.0.{net}.1 255.255.255.0"]
        lines += [f" ip access-group {names[n]} {way}" for (at, way), n in base.places.items() if at == net]
    for name, rules in base.lists.items():
        ends = [_with_wildcard(r.source, random) for r in rules]
        told = [f"{'permit' if r.permit else 'deny'} {e}{' log' * r.logs}" for r, e in zip(rules, ends, strict=True)]
        if names[name].isdecimal():
            lines += [f"access-list {names[name]} {text}" for text in told]
        else:
            lines.append(f"ip access-list standard {name}")
            lines += [f" {at} {text}" for at, text in _numbered(told, random)]
    return "\n".join([*lines, "!", "line con 0", "!", "end", ""])


EOS = Can(("net", "host", "wild"), several=True, established=True, timed=False, off=False)


def eos(base: Base) -> str:
    """Arista EOS."""
    lines = ["! Command: show running-config", "! device: FW (DCS-7050SX3-48YC8, EOS-4.30.2F)", "!", "hostname FW", "!"]
    for net in NETS:
        lines += [base.random.choice((f"interface Ethernet{net}\n   no switchport", f"interface Vlan{net}"))]
        lines += [f"   ip address 10.0.{net}.1/24", *_bound(base, net, "   ip access-group {name} {way}"), "!"]
    for name, rules in base.lists.items():
        lines += [f"ip access-list {name}", *_entries(base, rules, _with_length, "   ")]
    return "\n".join([*lines, "!", "ip routing", "!", "end", ""])


NXOS = Can(("net", "host", "wild"), established=True, off=False)


def nxos(base: Base) -> str:
    """Cisco NX-OS."""
    lines = ["!Command: show running-config", "!Time: Mon Mar  2 09:10:00 2026", ""]
    lines += ["version 9.3(10) Bios:version 05.47", "hostname FW", "vdc FW id 1"]
    lines += ["  limit-resource vlan minimum 16 maximum 4094", "", "feature interface-vlan"]
    for name, rules in base.lists.items():
        lines += [f"ip access-list {name}", *_entries(base, rules, _with_length, "  ")]
    for net in NETS:
        lines += [base.random.choice((f"interface Ethernet1/{net}\n  no switchport", f"interface Vlan{net}"))]
        lines += [
            "  no shutdown",
            f"  ip address 10.0.{net}.1/24",
            *_bound(base, net, "  ip access-group {name} {way}"),
        ]
    return "\n".join([*lines, "line console", "line vty", "boot nxos bootflash:/nxos64-cs.10.2.5.M.bin", ""])


RGOS = NXOS


def rgos(base: Base) -> str:
    """Ruijie RGOS."""
    lines = ["version S57_RGOS 11.4(1)B12P11", "hostname CORE", "!"]
    for name, rules in base.lists.items():
        lines += [f"ip access-list extended {name}", *_entries(base, rules, _with_wildcard, " "), "!"]
    lines += ["enable service ssh-server", "!", "vlan range 1,10,20,30", "!", "interface GigabitEthernet 0/24"]
    lines += [" no switchport", " ip address 10.0.255.1 255.255.255.252", "!"]
    for net in NETS:
        lines += [f"interface VLAN {net}", f" ip address 10.0.{net}.1 255.255.255.0"]
        lines += [*_bound(base, net, " ip access-group {name} {way}"), "!"]
    return "\n".join([*lines, "line console 0", "line vty 0 4", "!", "end", ""])


PROCURVE = Can(("net", "host", "wild"), established=True, timed=False, off=False)


def procurve(base: Base) -> str:
    """ArubaOS-Switch, which writes its entries in their order."""
    lines = ["; JL322A Configuration Editor; Created on release #WC.16.11.0025", "", 'hostname "CORE"']
    lines += ["module 1 type jl322a"]
    for name, rules in base.lists.items():
        told = enumerate(_words(r, base.random, _with_length) for r in rules)
        lines += [f'ip access-list extended "{name}"', *(f"   {10 + at} {text}" for at, text in told), "   exit"]
    lines += ["ip routing", "snmpv3 only", "vlan 1", '   name "DEFAULT_VLAN"', "   no ip address", "   exit"]
    for net in NETS:
        lines += [f"vlan {net}", f'   name "V{net}"', f"   untagged {net}", f"   ip address 10.0.{net}.1 255.255.255.0"]
        lines += [*_bound(base, net, '   ip access-group "{name}" {way}'), "   exit"]
    return "\n".join([*lines, "no autorun", ""])


# VRP and Comware


def _vrp_end(side: str, end: End) -> str:
    if end.kind == "any":
        return ""
    if end.kind == "group":
        return f" {side} object-group {end.name}"
    return f" {side} {end.part.text} {end.part.wildcard if end.part.free else 0}"


def _vrp_rule(rule: Rule, random: Random, *, basic: bool, comware: bool) -> str:
    text = "permit" if rule.permit else "deny"
    if not basic:
        text += f" {'ip' if rule.protocol == 'any' else rule.protocol}"
    text += (
        _vrp_end("source", rule.source) + (rule.source_ports is not None) * " source-port" + ports(rule.source_ports)
    )
    text += _vrp_end("destination", rule.target) + (rule.ports is not None) * " destination-port" + ports(rule.ports)
    text += (rule.icmp is not None) * " icmp-type" + types(rule, random)
    text += (" established" if comware else " tcp-flag established") * rule.established
    return text + " time-range NIGHT" * rule.timed + (" counting" if comware else " logging") * rule.logs


def _vrp_lists(base: Base, *, comware: bool) -> tuple[list[str], dict[str, str]]:
    """The lines of the lists, and how lists are named where they are used."""
    random = base.random
    basic = not any(r.target.kind != "any" or r.protocol != "any" for rules in base.lists.values() for r in rules)
    lines, names = [], {}
    for at, (name, rules) in enumerate(base.lists.items()):
        number, named = (2_001 if basic else 3_001) + at, random.random() < 0.5
        names[name] = f"name {name}" if named else str(number)
        if comware:
            lines.append(f"acl {'basic' if basic else 'advanced'} {names[name]}")
        else:
            lines.append(f"acl name {name} {number}" if named else f"acl number {number}")
        lines += [" description rule 5 permit ip"] * (random.random() < 0.3) + [" step 10"] * (random.random() < 0.3)
        told = [_vrp_rule(r, random, basic=basic, comware=comware) for r in rules]
        lines += [*(f" rule {at_} {text}" for at_, text in _numbered(told, random)), "#"]
    return lines, names


VRP = Can(("net", "host", "wild"), ("eq", "gt", "lt", "range"), established=True, off=False)
BASIC = Can(("net", "host", "wild"), off=False, standard=True)


def vrp(base: Base) -> str:
    """Huawei VRP."""
    lists, names = _vrp_lists(base, comware=False)
    lines = ["sysname CORE", "#", "vlan batch 10 20 30", "#", *lists]
    for net in NETS:
        lines += [f"interface Vlanif{net}", f" ip address 10.0.{net}.1 255.255.255.0"]
        places = [(way, names[name]) for (at, way), name in base.places.items() if at == net]
        lines += [*(f" traffic-filter {way}bound acl {name}" for way, name in places), "#"]
    return "\n".join(
        [*lines, "user-interface con 0", "user-interface vty 0 4", " authentication-mode aaa", "#", "return", ""]
    )


_COMWARE_GROUPS = f"""\
object-group ip address G1
 0 network subnet {G1[0].text} {G1[0].mask}
 10 network host address {G1[1].text}
#
object-group ip address G2
 0 network group-object G1
 10 network subnet {G2[2].text} {G2[2].mask}
#
object-group ip address G3
 0 network range {" ".join(RANGE)}
#"""
COMWARE = Can(("net", "host", "wild", "group"), established=True, off=False)


def comware(base: Base) -> str:
    """H3C Comware."""
    lists, names = _vrp_lists(base, comware=True)
    lines = ["#", " version 7.1.070, Release 6312", "#", " sysname CORE", "#"]
    lines += [] if base.rest else [" packet-filter default deny", "#"]
    lines += [_COMWARE_GROUPS, *(f"vlan {net}\n#" for net in NETS), *lists]
    for net in NETS:
        lines += [f"interface Vlan-interface{net}", f" ip address 10.0.{net}.1 255.255.255.0"]
        places = [(way, names[name]) for (at, way), name in base.places.items() if at == net]
        lines += [*(f" packet-filter {name} {way}bound" for way, name in places), "#"]
    return "\n".join([*lines, "line class vty", " user-role network-operator", "#", "return", ""])


# Junos

JUNOS = Can(("net", "host", "group"), several=True, established=True, timed=False, negates=True)
_JUNOS_TYPES = {8: "echo-request", 0: "echo-reply", 3: "unreachable"}


def _term(rule: Rule, random: Random) -> Iterator[str]:
    for side, end, out in (("source", rule.source, rule.not_source), ("destination", rule.target, rule.not_target)):
        if end.kind == "group":
            yield f"from {side}-prefix-list {end.name}{' except' * out}"
        elif end.kind != "any":
            yield f"from {side}-address {end.part.prefix}{' except' * out}"
        if out:
            yield f"from {side}-address 0.0.0.0/0"
    if rule.protocol != "any":
        yield f"from protocol {rule.protocol}"
    for word, told in (("source-port", rule.source_ports), ("destination-port", rule.ports)):
        for low, high in told.spans if told else ():
            yield f"from {word} {low if low == high else f'{low}-{high}'}"
    if rule.established:
        yield random.choice(("from tcp-established", 'from tcp-flags "(ack | rst)"'))
    if rule.icmp:
        kind, code = rule.icmp
        yield f"from icmp-type {random.choice((str(kind), _JUNOS_TYPES[kind]))}"
        if code is not None:
            yield f"from icmp-code {code}"
    if rule.logs:
        yield random.choice(("then count c", "then log", "then syslog"))
    yield f"then {'accept' if rule.permit else random.choice(('discard', 'reject'))}"


def junos(base: Base) -> str:
    """Filters of Junos; a term that goes on does nothing."""
    lines = ["set version 21.4R3", "set system host-name core", "set system services ssh"]
    lines += ["set interfaces ge-0/0/1 unit 0 family ethernet-switching vlan members v10"]
    for net in NETS:
        lines += [f"set interfaces irb unit {net} family inet address 10.0.{net}.1/24"]
        lines += [f"set vlans v{net} vlan-id {net}", f"set vlans v{net} l3-interface irb.{net}"]
    for name, parts in (("G1", G1), ("G2", G2), ("G3", G3)):
        lines += [f"set policy-options prefix-list {name} {part.prefix}" for part in parts]
    for (net, way), name in base.places.items():
        lines.append(f"set interfaces irb unit {net} family inet filter {way}put {name}")
    for name, rules in base.lists.items():
        lead = f"set firewall family inet filter {name} term"
        for at, rule in enumerate(rules):
            lines += [f"{lead} t{at} {line}" for line in _term(rule, base.random)]
            lines += [f"de{lead.replace('set', 'activate', 1)} t{at}"] * (not rule.on)
            if base.random.random() < 0.15:
                lines += [f"{lead} n{at} from protocol tcp", f"{lead} n{at} then next term"]
    return "\n".join([*lines, ""])


# SONiC and HiOS

SONIC = Can(("net", "host"), ("eq", "gt", "lt", "range"), timed=False, off=False)


def _sonic_rule(rule: Rule, priority: int) -> dict[str, str]:
    told = {"PRIORITY": str(priority), "PACKET_ACTION": "FORWARD" if rule.permit else "DROP"}
    ends = {"SRC_IP": rule.source, "DST_IP": rule.target}
    told |= {word: end.part.prefix for word, end in ends.items() if end.kind != "any"}
    if rule.protocol != "any":
        told["IP_PROTOCOL"] = str(NUMBERS[rule.protocol])
    for word, some in (("L4_SRC_PORT", rule.source_ports), ("L4_DST_PORT", rule.ports)):
        for low, high in some.spans if some else ():
            told |= {word: str(low)} if low == high else {f"{word}_RANGE": f"{low}-{high}"}
    if rule.icmp:
        told |= {w: str(n) for w, n in zip(("ICMP_TYPE", "ICMP_CODE"), rule.icmp, strict=True) if n is not None}
    return told if len(told) > len(("PRIORITY", "PACKET_ACTION")) else {**told, "ETHER_TYPE": "2048"}


def sonic(base: Base) -> str:
    """Rules by their priority, the highest first."""
    tables, rules = {}, {}
    for name, way in dict.fromkeys((name, way) for (_, way), name in base.places.items()):
        table = f"{name}{way}"
        ports = [f"Vlan{net}" for (net, where), used in base.places.items() if (used, where) == (name, way)]
        tables[table] = {"type": "L3", "stage": "ingress" if way == "in" else "egress", "ports": ports}
        priorities = sorted(base.random.sample(range(1, 10_000), len(base.lists[name])), reverse=True)
        made = [(f"{table}|R{at}", _sonic_rule(r, priorities[at])) for at, r in enumerate(base.lists[name])]
        base.random.shuffle(made)
        rules |= dict(made)
    document = {
        "DEVICE_METADATA": {"localhost": {"hostname": "CORE", "docker_routing_config_mode": "separated"}},
        "FEATURE": {"bgp": {"state": "enabled"}},
        "PORT": {f"Ethernet{n}": {"admin_status": "up"} for n in NETS},
        "VLAN": {f"Vlan{n}": {"vlanid": str(n)} for n in NETS},
        "VLAN_INTERFACE": {key: {} for n in NETS for key in (f"Vlan{n}", f"Vlan{n}|10.0.{n}.1/24")},
        "VLAN_MEMBER": {f"Vlan{n}|Ethernet{n}": {"tagging_mode": "untagged"} for n in NETS},
        **({"ACL_TABLE": tables, "ACL_RULE": rules} if tables else {}),
    }
    return json.dumps(document, indent=4)


HIOS = Can(("net", "host", "wild"), ("eq",), icmp="")


def _hios_columns(rule: Rule) -> dict[str, str]:
    told = {"Action": "1" if rule.permit else "2", "Logging": "1" if rule.logs else "2"}
    for side, end, some in (("Src", rule.source, rule.source_ports), ("Dest", rule.target, rule.ports)):
        told |= {f"{side}IpAddress": end.part.text, f"{side}IpMask": end.part.wildcard} if end.kind != "any" else {}
        told |= {f"{side}L4Port": str(some.of[0])} if some else {}
    told |= {"Protocol": str(NUMBERS[rule.protocol])} if rule.protocol != "any" else {}
    told |= {"MatchEvery": "1"} if rule.protocol == rule.source.kind == rule.target.kind == "any" else {}
    told |= {"TimeRangeName": "night"} if rule.timed else {}
    return told if rule.on else {**told, "Status": "2"}


def hirschmann(base: Base) -> str:
    """The profile of a HiOS switch, whose rules have numbers."""
    random, numbers = base.random, {name: str(at) for at, name in enumerate(base.lists, 1)}
    rules = []
    for name, some in base.lists.items():
        for at, rule in enumerate(some):
            rules.append(hios.rule(1 + 3 * at, int(numbers[name]), **_hios_columns(rule)))
    random.shuffle(rules)
    usual = {"Sequence": "1", "AclType": "1", "Status": "1"}
    places = [
        {"Index": f"vlan/{net}", "Direction": "1" if way == "in" else "2", "AclId": numbers[name], **usual}
        for (net, way), name in base.places.items()
    ]
    names = [{"Index": at, "Name": name, "Status": "1"} for name, at in numbers.items()]
    tables = (("hm2AgentAcl", names), ("hm2AgentAcl", rules), ("hm2AgentAclIf", places))
    return hios.profile(
        hios.ports("1/1", "1/2", "1/3", *(f"vlan/{n}" for n in NETS)),
        hios.vlans(**{f"v{n}": (f"1/{n // 10}", f"1/{n // 10}") for n in NETS}),
        hios.routing(*NETS),
        hios.mib("HM2-PLATFORM-QOS-ACL-MIB", *(hios.table(*one) for one in tables)),
    )


# What becomes of a packet


def _by_list(base: Base, start: int, stop: int, packet: OnePacket, *, rest: bool) -> Fate:
    at = [rules for rules in (base.at(start, "in"), base.at(stop, "out")) if rules is not None]
    fates = [asked(rules, packet, rest=rest) for rules in at]
    return all(may for may, _ in fates), all(sure for _, sure in fates)


def denied_otherwise(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """Every list ends in a denial."""
    return _by_list(base, start, stop, packet, rest=False)


def permitted_otherwise(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """What no rule matches passes."""
    return _by_list(base, start, stop, packet, rest=True)


def as_configured_otherwise(base: Base, start: int, stop: int, packet: OnePacket) -> Fate:
    """A line says what becomes of what no rule matches."""
    return _by_list(base, start, stop, packet, rest=base.rest)
