"""Routers with lists and static routes as the systems write them."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator

from tests.reach.routed_networks import ZONES, DrawnRouter, Leg, Line, StaticRoute, address, network, shared

Writes = Callable[[DrawnRouter], str]


def with_length(router: DrawnRouter, leg: Leg) -> str:
    """The address of an interface, with its length."""
    return f"{address(router.version, leg.net, leg.host)}/{network(router.version, leg.net).rpartition('/')[2]}"


def with_mask(leg: Leg) -> str:
    return f"{address(4, leg.net, leg.host)} 255.255.255.{0 if leg.net in ZONES else 248}"


def shared_of(router: DrawnRouter, leg: Leg) -> str:
    return shared(router.version, leg.net)


def parts_of(prefix: str) -> tuple[str, str, str, int]:
    """Its first address, mask, wildcard and length."""
    net = ipaddress.ip_network(prefix)
    return str(net.network_address), str(net.netmask), str(net.hostmask), net.prefixlen


def _is_host(prefix: str) -> bool:
    return prefix.endswith(("/32", "/128"))


def _distance(route: StaticRoute, word: str = "") -> str:
    return f" {word}{route.distance}" if route.distance else ""


# What is written as IOS writes it


def _cisco_end(prefix: str, *, slash: bool) -> str:
    first, _, wildcard, _ = parts_of(prefix) if prefix else ("", "", "", 0)
    if not prefix or _is_host(prefix):
        return f"host {first}" if prefix else "any"
    return prefix if slash or ":" in prefix else f"{first} {wildcard}"


def cisco_line(line: Line, version: int, *, slash: bool = False) -> str:
    protocol = line.protocol or ("ipv6" if version == 6 else "ip")
    ends = " ".join(_cisco_end(one, slash=slash) for one in (line.source, line.target))
    return f"{'permit' if line.permit else 'deny'} {protocol} {ends}{f' eq {line.port}' * bool(line.port)}"


def bound(leg: Leg, command: str) -> list[str]:
    return [f"{command} {name} {way}" for name, way in ((leg.comes, "in"), (leg.goes, "out")) if name]


def cisco_routes(router: DrawnRouter, table: str, *, slash: bool = False) -> Iterator[str]:
    for route in router.routes:
        first, mask, _, _ = parts_of(route.prefix)
        to = route.prefix if slash or router.version == 6 else f"{first} {mask}"
        word = "ipv6" if router.version == 6 else "ip"
        yield f"{word} route {f'vrf {table} ' * bool(table)}{to} {route.hop or 'Null0'}{_distance(route)}"


def ios(router: DrawnRouter) -> str:
    """With VRFs, subinterfaces, and HSRP, VRRP or GLBP."""
    table, sub = router.random.choice(("", "PLANT")), router.random.random() < 0.5
    lines = [
        "version 15.2",
        f"hostname {router.name}",
        "!",
        "ip routing" if router.version == 4 else "ipv6 unicast-routing",
    ]
    lines += [f"vrf definition {table}", " rd 1:1"] * bool(table) + [
        "interface GigabitEthernet0/0",
        " no ip address",
    ] * sub
    for leg in router.legs:
        name = f"GigabitEthernet0/0.{leg.net}\n encapsulation dot1Q {leg.net}" if sub else f"Vlan{leg.net}"
        lines += [f"interface {name}", *[f" vrf forwarding {table}"] * bool(table), *[" shutdown"] * (not leg.up)]
        if router.version == 4:
            lines.append(f" ip address {with_mask(leg)}")
            lines += [
                f" {router.random.choice(('standby', 'vrrp', 'glbp'))} 1 ip {shared_of(router, leg)}"
            ] * leg.shared
        else:
            lines.append(f" ipv6 address {with_length(router, leg)}")
            lines += [" standby version 2", f" standby 1 ipv6 {shared_of(router, leg)}/64"] * leg.shared
        lines += bound(leg, " ip access-group" if router.version == 4 else " ipv6 traffic-filter")
    lines += cisco_routes(router, table)
    for name, some in router.lists.items():
        lines.append(f"ip access-list extended {name}" if router.version == 4 else f"ipv6 access-list {name}")
        lines += [f" {cisco_line(one, router.version)}" for one in some]
    return "\n".join([*lines, "!", "line con 0", "!", "end", ""])


def eos(router: DrawnRouter) -> str:
    """Arista EOS, which routes by a VRF when told."""
    table, word = router.random.choice(("", "PLANT")), "ip" if router.version == 4 else "ipv6"
    lines = ["! Command: show running-config", "! device: FW (DCS-7050SX3-48YC8, EOS-4.30.2F)", "!", "hostname FW", "!"]
    lines += [f"vrf instance {table}", "!"] * bool(table)
    for leg in router.legs:
        lines += [f"interface Vlan{leg.net}", *[f"   vrf {table}"] * bool(table), *["   shutdown"] * (not leg.up)]
        lines.append(f"   {word} address {with_length(router, leg)}")
        lines += [f"   {word} virtual-router address {shared_of(router, leg)}"] * leg.shared
        lines += [*bound(leg, f"   {word} access-group"), "!"]
    for name, some in router.lists.items():
        lines.append(f"{word} access-list {name}")
        lines += [f"   {10 + at} {cisco_line(one, router.version, slash=True)}" for at, one in enumerate(some)]
    on = f"{'ip routing' if router.version == 4 else 'ipv6 unicast-routing'}{f' vrf {table}' * bool(table)}"
    return "\n".join([*lines, "!", on, *cisco_routes(router, table, slash=True), "!", "end", ""])


def nxos(router: DrawnRouter) -> str:
    """Cisco NX-OS, whose VRFs hold their routes."""
    table, word = router.random.choice(("", "PLANT")), "ip" if router.version == 4 else "ipv6"
    lines = [
        "!Command: show running-config",
        "!Time: Mon Mar  2 09:10:00 2026",
        "",
        "version 9.3(10) Bios:version 05.47",
    ]
    lines += ["hostname FW", "vdc FW id 1", "  limit-resource vlan minimum 16 maximum 4094", "", "feature hsrp"]
    for name, some in router.lists.items():
        lines.append(f"{word} access-list {name}")
        lines += [f"  {10 + at} {cisco_line(one, router.version, slash=True)}" for at, one in enumerate(some)]
    routes = list(cisco_routes(router, "", slash=True))
    lines += [f"vrf context {table}", *(f"  {one}" for one in routes)] if table else routes
    for leg in router.legs:
        lines += [f"interface Ethernet1/{leg.net}", "  no switchport", *[f"  vrf member {table}"] * bool(table)]
        lines += [f"  {'no ' * leg.up}shutdown", f"  {word} address {with_length(router, leg)}"]
        if leg.shared:
            lines += [
                "  hsrp version 2",
                f"  hsrp 1{' ipv6' * (router.version == 6)}",
                f"    ip {shared_of(router, leg)}",
            ]
        lines += bound(leg, "  ip access-group" if router.version == 4 else "  ipv6 traffic-filter")
    return "\n".join([*lines, "line console", "line vty", "boot nxos bootflash:/nxos64-cs.10.2.5.M.bin", ""])


# VRP and Comware


def _vrp_line(line: Line, version: int) -> str:
    told = f"{'permit' if line.permit else 'deny'} {line.protocol or ('ipv6' if version == 6 else 'ip')}"
    for word, prefix in (("source", line.source), ("destination", line.target)):
        if prefix:
            first, _, wildcard, length = parts_of(prefix)
            told += f" {word} {prefix if version == 6 else f'{first} {wildcard if length < 32 else 0}'}"
    return told + f" destination-port eq {line.port}" * bool(line.port)


def _vrp_like(router: DrawnRouter, *, comware: bool) -> Iterator[str]:
    """Interfaces, lists and routes."""
    six, table = "ipv6 " * (router.version == 6), router.random.choice(("", "PLANT"))
    numbers = {name: 3_000 + at for at, name in enumerate(router.lists)}
    if table:
        yield from (f"ip vpn-instance {table}", "#")
    for name, some in router.lists.items():
        yield f"acl {six}{'advanced' if comware else 'number'} {numbers[name]}"
        yield from (f" rule {5 * at} {_vrp_line(one, router.version)}" for at, one in enumerate(some))
        yield "#"
    for leg in router.legs:
        if comware:
            yield f"vlan {leg.net}\n#"
        yield f"interface {'Vlan-interface' if comware else 'Vlanif'}{leg.net}"
        yield from [f" ip binding vpn-instance {table}"] * bool(table) + [" shutdown"] * (not leg.up)
        yield from [" ipv6 enable"] * (bool(six) and not comware)
        yield f" ipv6 address {with_length(router, leg)}" if six else f" ip address {with_mask(leg)}"
        if leg.shared:
            group = "vrrp6" if six and not comware else f"vrrp {six}".strip()
            yield from [f" {group} vrid 1 virtual-ip FE80::1 link-local"] * bool(six)
            yield f" {group} vrid 1 virtual-ip {shared_of(router, leg)}"
        for name, way in ((leg.comes, "inbound"), (leg.goes, "outbound")):
            if name and comware:
                yield f" packet-filter {six}{numbers[name]} {way}"
            elif name:
                yield f" traffic-filter {way} acl {six}{numbers[name]}"
        yield "#"
    for route in router.routes:
        first, _, _, length = parts_of(route.prefix)
        to = f"{f'vpn-instance {table} ' * bool(table)}{first} {length} {route.hop or 'NULL0'}"
        yield f"{six.strip() or 'ip'} route-static {to}{_distance(route, 'preference ')}"
    yield "#"


def vrp(router: DrawnRouter) -> str:
    """Huawei VRP."""
    lines = ["sysname CORE", "#", "vlan batch 10 20 30 91 92", "#", *["ipv6", "#"] * (router.version == 6)]
    lines += _vrp_like(router, comware=False)
    return "\n".join(
        [*lines, "user-interface con 0", "user-interface vty 0 4", " authentication-mode aaa", "#", "return", ""]
    )


def comware(router: DrawnRouter) -> str:
    """H3C Comware."""
    lines = ["#", " version 7.1.070, Release 6312", "#", " sysname CORE", "#", *_vrp_like(router, comware=True)]
    return "\n".join([*lines, "line class vty", " user-role network-operator", "#", "return", ""])


# Junos


def junos(router: DrawnRouter) -> str:
    """With instances, and groups of VRRP."""
    six, table = "6" * (router.version == 6), router.random.choice(("", "PLANT"))
    instance = f"routing-instances {table} " * bool(table)
    lines = ["set version 21.4R3", "set system host-name core", "set system services ssh"]
    lines += [f"set {instance}instance-type virtual-router"] * bool(table)
    for leg in router.legs:
        unit = f"set interfaces ge-0/0/{leg.net} unit 0"
        own = f"{unit} family inet{six} address {with_length(router, leg)}"
        lines += [
            own,
            *[f"{unit} disable"] * (not leg.up),
            *[f"set {instance}interface ge-0/0/{leg.net}.0"] * bool(table),
        ]
        group = f"{own} vrrp-{'inet6-' * bool(six)}group 1 virtual-{'inet6-' * bool(six)}address"
        lines += [f"{group} {shared_of(router, leg)}"] * leg.shared
        for name, way in ((leg.comes, "input"), (leg.goes, "output")):
            lines += [f"{unit} family inet{six} filter {way} {name}"] * bool(name)
    rib = f"rib {f'{table}.' * bool(table)}inet6.0 " if six else ""
    for route in router.routes:
        to = f"set {instance}routing-options {rib}static route {route.prefix}"
        if not route.hop:
            lines.append(f"{to} {router.random.choice(('discard', 'reject'))}")
        elif route.distance:
            lines.append(f"{to} qualified-next-hop {route.hop} preference {route.distance}")
        else:
            lines.append(f"{to} next-hop {route.hop}")
    for name, some in router.lists.items():
        for at, line in enumerate(some):
            term = f"set firewall family inet{six} filter {name} term t{at}"
            said = {
                "source-address": line.source,
                "destination-address": line.target,
                "destination-port": line.port or "",
            }
            said["next-header" if six else "protocol"] = line.protocol
            lines += [f"{term} from {word} {value}" for word, value in said.items() if value]
            lines.append(f"{term} then {'accept' if line.permit else 'discard'}")
    return "\n".join([*lines, ""])


# Firewalls that let everything through, but for lists of ASA


def asa(router: DrawnRouter) -> str:
    """Interfaces of one level."""
    lines = [": Saved", ":", "ASA Version 9.16(4)", "!", "hostname FW", "names"]
    for leg in router.legs:
        lines += [f"interface GigabitEthernet1/{leg.net}", *[" shutdown"] * (not leg.up), f" nameif n{leg.net}"]
        own = f" ipv6 address {with_length(router, leg)}" if router.version == 6 else f" ip address {with_mask(leg)}"
        lines += [" security-level 50", own, "!"]
    lines.append("same-security-traffic permit inter-interface")
    for name, some in router.lists.items():
        for line in some:
            parts = [parts_of(one) if one else None for one in (line.source, line.target)]
            plain = ["any" if p is None else f"host {p[0]}" if p[3] in (32, 128) else f"{p[0]} {p[1]}" for p in parts]
            ends = plain if router.version == 4 else [_cisco_end(one, slash=True) for one in (line.source, line.target)]
            told = f"{'permit' if line.permit else 'deny'} {line.protocol or 'ip'} {' '.join(ends)}"
            lines.append(f"access-list {name} extended {told}{f' eq {line.port}' * bool(line.port)}")
    for leg in router.legs:
        lines += [f"access-group {name} {way} interface n{leg.net}" for name, way in places_of(leg)]
    for route in router.routes:
        first, mask, _, _ = parts_of(route.prefix)
        to = f"route {f'n{router.leg_to(route.hop).net}' if route.hop else 'Null0'} "
        to = f"ipv6 {to}{route.prefix}" if router.version == 6 else f"{to}{first} {mask}"
        lines.append(f"{to} {route.hop} {route.distance or 1}" if route.hop else f"{to}{_distance(route)}")
    return "\n".join([*lines, "telnet timeout 5", ": end", ""])


def places_of(leg: Leg) -> list[tuple[str, str]]:
    return [(name, way) for name, way in ((leg.comes, "in"), (leg.goes, "out")) if name]


def panos(router: DrawnRouter) -> str:
    """Palo Alto PAN-OS, with a rule for everything."""
    six = router.version == 6
    lines = ["set deviceconfig system hostname FW"]
    for leg in (one for one in router.legs if one.up):
        name = f"ethernet1/{leg.net}"
        own = (
            f"ipv6 address {with_length(router, leg)} enable-on-interface yes"
            if six
            else f"ip {with_length(router, leg)}"
        )
        lines += [f"set network interface ethernet {name} layer3 {own}"]
        lines += [f"set network interface ethernet {name} layer3 ipv6 enabled yes"] * six
        lines += [f"set network virtual-router vr interface {name}", f"set zone z{leg.net} network layer3 {name}"]
    word = "ipv6" if six else "ip"
    for at, route in enumerate(router.routes):
        lead = f"set network virtual-router vr routing-table {word} static-route r{at}"
        hop = f"{word}-address {route.hop}" if route.hop else "discard"
        lines += [f"{lead} destination {route.prefix}", f"{lead} nexthop {hop}"]
        lines += [f"{lead} admin-dist {route.distance}"] * bool(route.distance)
    rule = {"from": "any", "to": "any", "source": "any", "destination": "any", "application": "any", "service": "any"}
    lines += [f"set rulebase security rules r {key} {value}" for key, value in {**rule, "action": "allow"}.items()]
    return "\n".join([*lines, "set mgt-config users admin phash *", ""])


def usg(router: DrawnRouter) -> str:
    """Huawei USG, which permits by default."""
    lines = ["!Software Version V500R005C10SPC300", "#", "sysname FW1", "#", *["ipv6", "#"] * (router.version == 6)]
    for leg in router.legs:
        lines += [f"interface GigabitEthernet1/0/{leg.net}", " undo shutdown" if leg.up else " shutdown"]
        own = [f" ip address {with_mask(leg)}"]
        lines += [*([" ipv6 enable", f" ipv6 address {with_length(router, leg)}"] if router.version == 6 else own), "#"]
    lines += ["firewall zone local", " set priority 100", "#"]
    for leg in router.legs:
        lines += [f"firewall zone name z{leg.net} id {leg.net}", f" set priority {leg.net}"]
        lines += [f" add interface GigabitEthernet1/0/{leg.net}", "#"]
    for route in router.routes:
        first, _, _, length = parts_of(route.prefix)
        word = "ipv6" if router.version == 6 else "ip"
        lines.append(f"{word} route-static {first} {length} {route.hop or 'NULL0'}{_distance(route, 'preference ')}")
    return "\n".join([*lines, "#", "security-policy", " default action permit", "#", "return", ""])


def routeros(router: DrawnRouter) -> str:
    """MikroTik RouterOS without a firewall."""
    word = "ipv6" if router.version == 6 else "ip"
    lines = ["# 2026-03-02 08:15:12 by RouterOS 7.16.2", "# software id = ABCD-1234", "#", "# model = RB5009UG+S+"]
    ends = ((leg, " disabled=yes" * (not leg.up)) for leg in router.legs)
    lines += [
        f"/{word} address",
        *(f"add address={with_length(router, x)} interface=ether{x.net}{off}" for x, off in ends),
    ]
    lines += [f"/{word} route"] * bool(router.routes)
    for route in router.routes:
        told = f"dst-address={route.prefix}{f' gateway={route.hop}' * bool(route.hop)}{_distance(route, 'distance=')}"
        lines.append(f"add {'blackhole ' * (not route.hop)}disabled=no {told}")
    return "\n".join([*lines, "/system identity", "set name=FW", ""])


def sonic(router: DrawnRouter) -> str:
    """SONiC, whose tables of lists have their ports."""
    names = {leg.net: f"Ethernet{leg.net}" for leg in router.legs}
    six = "V6" * (router.version == 6)
    tables: dict[str, dict[str, object]] = {}
    rules: dict[str, dict[str, str]] = {}
    for name, some in router.lists.items():
        for way, stage in (("in", "ingress"), ("out", "egress")):
            ports = [names[leg.net] for leg in router.legs if (name, way) in places_of(leg)]
            tables |= {f"{name}{way}": {"type": f"L3{six}", "stage": stage, "ports": ports}} if ports else {}
            for at, line in enumerate(some if ports else ()):
                said = {f"SRC_IP{six}": line.source, f"DST_IP{six}": line.target, "L4_DST_PORT": str(line.port or "")}
                said["IP_PROTOCOL"] = {"tcp": "6", "udp": "17"}.get(line.protocol, "")
                said = {key: value for key, value in said.items() if value} or {
                    "ETHER_TYPE": "34525" if six else "2048"
                }
                action = "FORWARD" if line.permit else "DROP"
                rules[f"{name}{way}|R{at}"] = {"PRIORITY": str(900 - at), "PACKET_ACTION": action, **said}
    routes: dict[str, dict[str, str]] = {}
    for prefix in dict.fromkeys(route.prefix for route in router.routes):
        ways = [route for route in router.routes if route.prefix == prefix]
        routes[f"default|{prefix}"] = {
            "nexthop": ",".join(route.hop for route in ways if route.hop),
            "ifname": ",".join(names[router.leg_to(route.hop).net] for route in ways if route.hop),
            "distance": ",".join(str(route.distance) for route in ways),
            "blackhole": ",".join("false" if route.hop else "true" for route in ways[: None if ways[0].hop else 1]),
        }
    document = {
        "DEVICE_METADATA": {"localhost": {"hostname": "CORE", "docker_routing_config_mode": "separated"}},
        "FEATURE": {"bgp": {"state": "enabled"}},
        "PORT": {names[leg.net]: {"admin_status": "up" if leg.up else "down"} for leg in router.legs},
        "INTERFACE": {
            f"{names[leg.net]}{own}": {} for leg in router.legs for own in ("", f"|{with_length(router, leg)}")
        },
        "ACL_TABLE": tables,
        "ACL_RULE": rules,
        "STATIC_ROUTE": routes,
    }
    return json.dumps({key: table for key, table in document.items() if table}, indent=4)
