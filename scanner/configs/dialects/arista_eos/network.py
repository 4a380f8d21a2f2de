"""The device itself, its ports, access lists and routing."""

from __future__ import annotations

from scanner.configs import acls
from scanner.configs.bindings import ARP, MAC_TABLE, in_table, put_binding, put_hosts, word_after
from scanner.configs.dialects.arista_eos.management import APIS
from scanner.configs.dialects.cisco_ios.access_lists import (
    bind_selectors,
    bind_services,
    bind_to_interfaces,
    read_block,
)
from scanner.configs.dialects.cisco_ios.interfaces import interface_settings
from scanner.configs.dialects.cisco_ios.ports import PortWords
from scanner.configs.dialects.cisco_ios.routing import checked_sources, neighbour_settings
from scanner.configs.dialects.cisco_ios.snmp import snmp_settings as ios_snmp
from scanner.configs.dialects.cisco_ios.system import GUARD_DEFAULT
from scanner.configs.interfaces import addressed
from scanner.configs.nodes import every, is_on, last, walk
from scanner.configs.settings import ABSENT, NO, YES, Sheet, put_software, whole
from scanner.configs.tree import Tree
from scanner.configs.tunnels import has_tunnels, put_unread

_PORTS = PortWords(
    mode="access",
    routed=("management",),
    edge_default=(),
    guard_default=("spanning-tree edge-port bpduguard default", *GUARD_DEFAULT),
    cdp=NO,
    lldp=YES,
    vlan_database=False,
    negotiates=False,
)
_COMMANDS = (
    ("ip access-list standard", "standard"),
    ("ip access-list", "extended"),
    ("ipv6 access-list standard", "standard"),
    ("ipv6 access-list", "access-list"),
    ("mac access-list", "other"),
)


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, version and model, VLANs, default routes, spanning tree."""
    named = tree.last("hostname")
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    if tree.about:  # ! device: NAME (MODEL, EOS-VERSION)
        words = tree.about.text.partition("(")[2].strip(" )").split(",")
        sheet.put("system", "device", "model", words[0].strip() or ABSENT, tree.about)
        sheet.version = words[1].strip().removeprefix("EOS-") if len(words) > 1 else ""
    sheet.put("system", "device", "version", sheet.version or ABSENT, tree.about, present=bool(sheet.version))
    put_software(sheet, "Arista Networks", "EOS", tree.about)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan, words in tree.given("vlan"):
        if words and whole(words[0][:1]):
            name = last(vlan.children, "name")
            sheet.put(
                "system", f"vlan {words[0]}", "vlan_name", " ".join(name.after("name")) if name else "", name or vlan
            )
    for route, words in tree.given("ip route"):
        table, rest = in_table(words, "vrf")
        if rest[:1] == ["0.0.0.0/0"] and len(rest) > 1:
            sheet.put("system", f"{table} device".strip(), "default_route", " ".join(rest[1:]), route)
    mode = tree.last("spanning-tree mode")
    if mode:
        sheet.put("system", "spanning-tree", "mode", " ".join(mode.after("spanning-tree mode")), mode)
    sheet.switch("system", "spanning-tree", "bpdu_guard_default", tree.last(*_PORTS.guard_default), default=ABSENT)
    handlers = (n for b in tree.all("event-handler") for n in b.children if n.is_("action") and "copy" in n.key)
    copied = next((n for n in handlers if "://" in n.text), None)
    url = next((w for w in copied.text.split() if "://" in w), ABSENT) if copied else ABSENT
    sheet.put("system", "device", "archive", url, copied, present=copied is not None)


def tunnel_settings(tree: Tree, sheet: Sheet) -> None:
    """Tunnels of IPsec are there where an interface has a profile of them."""
    if has_tunnels(tree, ("tunnel ipsec profile",)):
        put_unread(sheet, "ip security", tree.last("ip security"))


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """SNMP as IOS says it, with a list of each version of IP for all who ask."""
    guards = [words[0] for node, words in tree.given("snmp-server ipv4 access-list") if words]
    sixth = [words[0] for node, words in tree.given("snmp-server ipv6 access-list") if words]
    ios_snmp(tree, sheet, " ".join(guards[:1]), " ".join(sixth[:1]))


def port_settings(tree: Tree, sheet: Sheet) -> None:
    """Interfaces, and what their ports are for."""
    interface_settings(tree, sheet, _PORTS)


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, and where the device routes forged source addresses."""
    found = addressed(tree, "vrf", aside=("management",))
    neighbour_settings(tree, sheet, found)
    if is_on(tree.exact("ip routing")) and len(found) > 1:
        checked_sources(sheet, found)
        for name, block in found:
            for setting, command in (("proxy_arp", "ip proxy-arp"), ("directed_broadcast", "ip directed-broadcast")):
                sheet.switch("interface", name, setting, last(block.children, command), default=NO, block=block)


def binding_settings(tree: Tree, sheet: Sheet) -> None:
    """Static ARP and MAC address entries, and names of hosts."""
    for node, after in tree.given("arp"):
        table, words = in_table(after, "vrf")
        if len(words) >= 2:
            put_binding(sheet, ARP, node, ip=words[0], mac=words[1], table=table)
    for node, words in tree.given("mac address-table static"):
        if words and "drop" not in words:
            port = word_after(words, "interface")
            put_binding(sheet, MAC_TABLE, node, mac=words[0], vlan=word_after(words, "vlan"), interface=port)
    put_hosts(tree, sheet, "vrf")


def read_access_lists(tree: Tree) -> acls.Acls:
    """All access lists with their entries."""
    lists = acls.Acls()
    taken: set[int] = set()
    for command, family in _COMMANDS:
        for block, words in tree.given(command):
            if id(block) not in taken and words:
                taken.add(id(block))
                read_block(lists, block, words[0], family)
    return lists


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    bind_to_interfaces(tree, lists)
    bind_services(tree, lists)
    bind_selectors(tree, lists)
    for service in ("ssh", "telnet"):
        for block in tree.all(f"management {service}"):
            for node in (*every(block.children, "ip access-group"), *every(block.children, "ipv6 access-group")):
                if not node.negated and len(node.text.split()) > 2:
                    lists.use(node.text.split()[2], node, f"line {service} in", family=node.key.split()[0])
    for block in (b for api in APIS for b in tree.all(f"management api {api}")):  # another is not thereby understood
        guards = (n for n in walk(block) if n.is_("ip access-group") and not n.negated)
        for node in (n for n in guards if n.after("ip access-group")):
            lists.use(node.text.split()[2], node, "api", family="ip")
    for node, words in tree.given("snmp-server ipv4 access-list"):
        lists.use(words[0] if words else "", node, "snmp", family="ip")
    for node, words in tree.given("ntp serve ip access-group"):
        lists.use(words[0] if words else "", node, "ntp", family="ip")
    for plane in (*tree.all("control-plane"), *tree.all("system control-plane")):
        for node in (*every(plane.children, "ip access-group"), *every(plane.children, "ipv6 access-group")):
            if not node.negated and len(node.text.split()) > 2:
                lists.use(node.text.split()[2], node, "control plane in")
