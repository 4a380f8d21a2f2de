"""Routers with lists and static routes as further systems write them; those of Linux are what its commands print."""

from __future__ import annotations

from tests.configs import hios_profiles as hios
from tests.reach import linux
from tests.reach.routed_networks import DrawnRouter, Leg, StaticRoute, network
from tests.reach.written_routers import (
    bound,
    cisco_line,
    cisco_routes,
    parts_of,
    places_of,
    shared_of,
    with_length,
    with_mask,
)


def rgos(router: DrawnRouter) -> str:
    """Ruijie RGOS, whose routers have no switch ports."""
    table = router.random.choice(("", "PLANT"))
    lines = ["version RSR_RGOS 11.5(1)B9", "hostname EDGE", "!", *[f"ip vrf {table}", "!"] * bool(table)]
    for name, some in router.lists.items():
        lines.append(f"ip access-list extended {name}")
        lines += [f" {10 + at} {cisco_line(one, 4)}" for at, one in enumerate(some)]
    lines += ["!", "enable service ssh-server", "!"]
    for leg in router.legs:
        lines += [f"interface GigabitEthernet 0/{leg.net}", *[f" ip vrf forwarding {table}"] * bool(table)]
        lines += [f" ip address {with_mask(leg)}", *[" shutdown"] * (not leg.up)]
        lines += [f" vrrp 1 ip {shared_of(router, leg)}"] * leg.shared + [*bound(leg, " ip access-group"), "!"]
    return "\n".join([*lines, *cisco_routes(router, table), "!", "line vty 0 4", "!", "end", ""])


def procurve(router: DrawnRouter) -> str:
    """ArubaOS-Switch."""
    lines = ["; JL322A Configuration Editor; Created on release #WC.16.11.0025", "", 'hostname "CORE"']
    lines += ["module 1 type jl322a"]
    six = router.version == 6
    for name, some in router.lists.items():
        lines.append(f'ipv6 access-list "{name}"' if six else f'ip access-list extended "{name}"')
        lines += [f"   {10 + at} {cisco_line(one, router.version)}" for at, one in enumerate(some)] + ["   exit"]
    lines.append("ipv6 unicast-routing" if six else "ip routing")
    for route in router.routes:
        first, mask, _, _ = parts_of(route.prefix)
        to = f"ipv6 route {route.prefix}" if six else f"ip route {first} {mask}"
        hop = route.hop or router.random.choice(("blackhole", "reject"))
        lines.append(f"{to} {hop}{f' distance {route.distance}' * bool(route.distance)}")
    lines += ["snmpv3 only", "vlan 1", '   name "DEFAULT_VLAN"', "   no ip address", "   exit"]
    for leg in (one for one in router.legs if one.up):
        lines += [f"vlan {leg.net}", f'   name "V{leg.net}"', f"   untagged {leg.net}"]
        lines.append(f"   ipv6 address {with_length(router, leg)}" if six else f"   ip address {with_mask(leg)}")
        lines += [f'   {"ipv6" if six else "ip"} access-group "{name}" {way}' for name, way in places_of(leg)]
        group = ["   vrrp vrid 1", f"      virtual-ip-address {shared_of(router, leg)}", "      enable", "      exit"]
        lines += [*group * leg.shared, "   exit"]
    return "\n".join([*lines, "no autorun", ""])


def fortios(router: DrawnRouter) -> str:
    """FortiOS with a policy for everything, in a VRF or in none."""
    six, table = router.version == 6, router.random.choice(("", "5"))
    out = ["#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin", "config system global"]
    out += ["    set hostname FW", *(f"    set {v}allow-traffic-redirect disable" for v in ("", "ipv6-"))]
    out += ["end", "config system interface"]
    for leg in router.legs:
        out += [f"    edit port{leg.net}", "        set vdom root", *["        set status down"] * (not leg.up)]
        own = ["        config ipv6", f"            set ip6-address {with_length(router, leg)}", "        end"]
        out += own if six else [f"        set ip {with_mask(leg)}"]
        out += [f"        set vrf {table}"] * bool(table) + ["        set src-check disable", "    next"]
    out += ["end", "config firewall policy", "    edit 1", "        set srcintf any", "        set dstintf any"]
    out += [f"        set {side}addr{'6' * six} all" for side in ("src", "dst")]
    out += ["        set action accept", "        set schedule always", "        set service ALL", "    next", "end"]
    out.append(f"config router static{'6' * six}")
    for at, route in enumerate(router.routes, 1):
        first, mask, _, _ = parts_of(route.prefix)
        out += [f"    edit {at}", f"        set dst {route.prefix if six else f'{first} {mask}'}"]
        if route.hop:
            out += [f"        set gateway {route.hop}", f"        set device port{router.leg_to(route.hop).net}"]
        else:
            out += ["        set blackhole enable", *[f"        set vrf {table}"] * bool(table)]
        out += [f"        set distance {route.distance}"] * bool(route.distance) + ["    next"]
    return "\n".join([*out, "end", "config router multicast", "end", ""])


def srx(router: DrawnRouter) -> str:
    """Zones of Junos, whose default policy lets everything through."""
    six, table = "6" * (router.version == 6), router.random.choice(("", "PLANT"))
    instance = f"routing-instances {table} " * bool(table)
    lines = ["set version 21.4R3", "set system host-name fw", "set system services ssh"]
    lines += ["set security forwarding-options family inet6 mode flow-based"] * bool(six)
    lines += [f"set {instance}instance-type virtual-router"] * bool(table)
    for leg in router.legs:
        unit = f"ge-0/0/{leg.net}"
        lines += [f"set interfaces {unit} unit 0 family inet{six} address {with_length(router, leg)}"]
        lines += [f"set interfaces {unit} unit 0 disable"] * (not leg.up)
        lines += [f"set {instance}interface {unit}.0"] * bool(table)
        lines += [f"set security zones security-zone z{leg.net} interfaces {unit}.0"]
    rib = f"rib {f'{table}.' * bool(table)}inet6.0 " if six else ""
    for route in router.routes:
        to = f"set {instance}routing-options {rib}static route {route.prefix}"
        if not route.hop:
            lines.append(f"{to} {router.random.choice(('discard', 'reject'))}")
        elif route.distance:
            lines.append(f"{to} qualified-next-hop {route.hop} preference {route.distance}")
        else:
            lines.append(f"{to} next-hop {route.hop}")
    return "\n".join([*lines, "set security policies default-policy permit-all", ""])


def pfsense(router: DrawnRouter) -> str:
    """pfSense, which lets in everything that comes in at any interface."""
    six = router.version == 6
    interfaces = gateways = routes = ""
    for leg in router.legs:
        own, length = with_length(router, leg).split("/")
        ends = f"<ipaddrv6>{own}</ipaddrv6><subnetv6>{length}</subnetv6>" if six else ""
        ends = ends or f"<ipaddr>{own}</ipaddr><subnet>{length}</subnet>"
        interfaces += f"<opt{leg.net}>{'<enable/>' * leg.up}<if>em{leg.net}</if>{ends}</opt{leg.net}>\n"
    hops = list(dict.fromkeys(route.hop for route in router.routes))
    for at, hop in enumerate(hops):
        place = f"opt{router.leg_to(hop).net}"
        gateways += f"<gateway_item><interface>{place}</interface><gateway>{hop}</gateway><name>GW{at}</name>"
        gateways += f"<ipprotocol>inet{'6' * six}</ipprotocol></gateway_item>\n"
    for route in router.routes:
        name = f"GW{hops.index(route.hop)}"
        routes += f"<route><network>{route.prefix}</network><gateway>{name}</gateway></route>\n"
    rule = "<rule><type>pass</type><interface/><floating>yes</floating><quick/><direction>any</direction>"
    rule += f"<ipprotocol>inet{'6' * six}</ipprotocol><source><any/></source><destination><any/></destination></rule>"
    return (
        f"<pfsense>\n<version>22.9</version>\n<system>\n<hostname>fw</hostname>\n{'<ipv6allow/>' * six}</system>\n"
        f"<interfaces>\n{interfaces}</interfaces>\n<nat><outbound><mode>disabled</mode></outbound></nat>\n"
        f"<gateways><defaultgw4>-</defaultgw4><defaultgw6>-</defaultgw6>{gateways}</gateways>\n"
        f"<staticroutes>{routes}</staticroutes><filter>\n{rule}\n</filter>\n</pfsense>\n"
    )


def hirschmann(router: DrawnRouter) -> str:
    """A switch of HiOS."""
    numbers = {name: str(at) for at, name in enumerate(router.lists, 1)}
    rules = []
    for name, some in router.lists.items():
        for at, line in enumerate(some, 1):
            told = {"Action": "1" if line.permit else "2"}
            for side, prefix in (("Src", line.source), ("Dest", line.target)):
                first, _, wildcard, _ = parts_of(prefix) if prefix else ("", "", "", 0)
                told |= {f"{side}IpAddress": first, f"{side}IpMask": wildcard} if prefix else {}
            told |= {"Protocol": {"tcp": "6", "udp": "17"}[line.protocol]} if line.protocol else {}
            told |= {"DestL4Port": str(line.port)} if line.port else {}
            told |= {} if len(told) > 1 else {"MatchEvery": "1"}
            rules.append(hios.rule(at, int(numbers[name]), **told))
    usual = {"Sequence": "1", "AclType": "1", "Status": "1"}
    places = [
        {"Index": f"vlan/{leg.net}", "Direction": "1" if way == "in" else "2", "AclId": numbers[name], **usual}
        for leg in router.legs
        for name, way in places_of(leg)
    ]
    names = [{"Index": at, "Name": name, "Status": "1"} for name, at in numbers.items()]
    own = [
        {"IfIndex": f"vlan/{leg.net}", "IpAddress": a, "NetMask": m, "RoutingMode": "1"}
        for leg in router.legs
        for a, m in [with_mask(leg).split()]
    ]
    routes = []
    for route in router.routes:
        first, _, _, length = parts_of(route.prefix)
        leg = router.leg_to(route.hop) if route.hop else None
        routes.append(
            {
                "DestType": "1",
                "Dest": first,
                "PfxLen": str(length),
                "NextHop": route.hop or "0.0.0.0",  # noqa: S104
                "IfIndex": f"vlan/{leg.net}" if leg else "0",
                "Type": "4" if route.hop else "5",
                "Metric1": str(route.distance or 1),
                "Status": "1",
            }
        )
    vlans = [f"vlan/{leg.net}" for leg in router.legs]
    down = {f"vlan/{leg.net}".replace("/", "_"): {"AdminStatus": "2"} for leg in router.legs if not leg.up}
    return hios.profile(
        hios.ports("1/1", *vlans, **down),
        hios.vlans(**{f"v{leg.net}": (f"1/{leg.net}", f"1/{leg.net}") for leg in router.legs}),
        hios.mib(
            "HM2-PLATFORM-ROUTING-MIB",
            hios.scalars(hm2AgentSwitchIpRoutingMode="1"),
            hios.table("hm2AgentSwitchIpInterface", own),
        ),
        hios.mib("IP-FORWARD-MIB", hios.table("inetCidrRoute", routes)) if routes else "",
        hios.mib(
            "HM2-PLATFORM-QOS-ACL-MIB",
            hios.table("hm2AgentAcl", names),
            hios.table("hm2AgentAcl", rules),
            hios.table("hm2AgentAclIf", places),
        ),
    )


# Linux


def _printed(router: DrawnRouter) -> str:
    """Addresses, routes and settings. What goes nowhere has no route; the kernel has one route of a metric."""
    six = router.version == 6
    text = []
    for at, leg in enumerate(router.legs, 2):
        flags = "BROADCAST,MULTICAST,UP,LOWER_UP" if leg.up else "BROADCAST,MULTICAST"
        text.append(linux.link(at, f"eth{leg.net}", flags=flags))
        text.append(f"    inet{'6' * six} {with_length(router, leg)} scope global eth{leg.net}")
        if leg.shared:
            text.append(f"    inet{'6' * six} {shared_of(router, leg)}/{128 if six else 32} scope global eth{leg.net}")
    text = [linux.LOOPBACK, *text]
    tail = " metric 256 pref medium" if six else " scope link"
    text += [f"{network(router.version, x.net)} dev eth{x.net} proto kernel{tail}" for x in router.legs if x.up]
    ways: dict[tuple[str, int], list[StaticRoute]] = {}
    for route in router.routes:
        ways.setdefault((route.prefix, route.distance), []).append(route)
    for (prefix, distance), some in ways.items():
        metric = f" metric {1_024 + distance}" if six else f" metric {distance or 20}"
        hops = [f"via {one.hop} dev eth{router.leg_to(one.hop).net}" for one in some if one.hop]
        to = "default" if prefix in ("0.0.0.0/0", "::/0") else prefix
        end = metric + " pref medium" * six
        if not hops:
            text.append(f"{router.random.choice(('blackhole', 'unreachable'))} {to} proto static{end}")
        elif len(hops) == 1:
            text.append(f"{to} {hops[0]} proto static{end}")
        else:
            text += [f"{to} proto static{end}", *(f"\tnexthop {hop} weight 1" for hop in hops)]
    rules = linux.RULES + six * "\n0:\tfrom all lookup local\n32766:\tfrom all lookup main"
    kernel = f"net.ipv4.ip_forward = {0 if six else 1}\nnet.ipv6.conf.all.forwarding = {int(six)}"
    return "\n".join([*text, rules, kernel, "net.ipv4.conf.all.rp_filter = 0", ""])


def iptables(router: DrawnRouter) -> str:
    """What iptables-save or ip6tables-save prints, with a chain for each list."""
    random, six = router.random, router.version == 6
    jumps = [(way, leg, name) for leg in router.legs for way, name in _ways(leg) if name]
    rules = []
    for way, leg, name in sorted(jumps, key=lambda one: one[0]):  # what comes in first
        rules.append(f"-A FORWARD -{way} eth{leg.net} -j {name}")
    for name, some in router.lists.items():
        for line in some:
            words = [f"-A {name}"]
            words += [f"-{w} {p}" for w, p in (("s", line.source), ("d", line.target)) if p and not _is_every(p)]
            words += [f"-p {line.protocol}"] * bool(line.protocol)
            if line.port:
                several = random.random() < 0.3
                matching = f"multiport --dports {line.port}" if several else f"{line.protocol} --dport {line.port}"
                words.append(f"-m {matching}")
            words += ['-m comment --comment "-j ACCEPT"'] * (random.random() < 0.1)
            rules.append(" ".join([*words, "-j", "RETURN" if line.permit else random.choice(("DROP", "REJECT"))]))
        rules.append(f"-A {name} -j DROP")
    count = random.random() < 0.4
    rules = [f"[{random.randint(0, 999)}:{random.randint(0, 99_999)}] {rule}" if count else rule for rule in rules]
    chains = [":INPUT DROP [0:0]", ":FORWARD ACCEPT [1:1]", ":OUTPUT ACCEPT [0:0]"]
    chains += [f":{name} - [0:0]" for name in router.lists]
    header = f"# Generated by ip{'6' * six}tables-save v1.8.7 on Mon Mar  2 08:15:12 2026"
    return "\n".join(
        [header, "*filter", *chains, *rules, "COMMIT", "# Completed on Mon Mar  2 08:15:12 2026", _printed(router)]
    )


def _ways(leg: Leg) -> tuple[tuple[str, str], ...]:
    return ("i", leg.comes), ("o", leg.goes)


def _is_every(prefix: str) -> bool:
    return prefix in ("0.0.0.0/0", "::/0")


def nftables(router: DrawnRouter) -> str:
    """What ``nft list ruleset`` prints, with a chain for each list."""
    random, six = router.random, router.version == 6
    word, family = ("ip6" if six else "ip"), random.choice(("inet", "ip6" if six else "ip"))
    rules = []
    for key, way in (("iifname", "i"), ("oifname", "o")):
        jumps = [(leg.net, name) for leg in router.legs for own, name in _ways(leg) if own == way and name]
        if jumps and random.random() < 0.5:
            told = ", ".join(f'"eth{net}" : jump {name}' for net, name in jumps)
            rules.append(f"{key} vmap {{ {told} }}")
        else:
            rules += [f'{key} "eth{net}" jump {name}' for net, name in jumps]
    text = [f"table {family} fw {{"]
    for name, some in router.lists.items():
        text.append(f"\tchain {name} {{")
        for line in some:
            words = [f"{word} {w}addr {p}" for w, p in (("s", line.source), ("d", line.target)) if p]
            if line.port:
                words.append(f"{line.protocol} dport {random.choice((str(line.port), f'{{ {line.port} }}'))}")
            elif line.protocol:
                words.append(f"meta l4proto {line.protocol}")
            words += ["counter packets 7 bytes 900"] * (random.random() < 0.3)
            words.append("return" if line.permit else random.choice(("drop", "reject")))
            text.append(f"\t\t{' '.join(words)}")
        text += ["\t\tdrop", "\t}", ""]
    head = "type filter hook forward priority filter; policy accept;"
    text += ["\tchain forward {", f"\t\t{head}", *(f"\t\t{rule}" for rule in rules), "\t}", "}"]
    return "\n".join([*text, _printed(router)])
