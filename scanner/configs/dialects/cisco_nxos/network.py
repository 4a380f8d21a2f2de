"""The device itself, its ports, access lists and routing.

Source: Cisco Nexus 9000 Series NX-OS Interfaces, Layer 2 Switching, Security and Unicast Routing configuration guides.
Whether a port of which nothing is said switches or routes depends on the model; which it is shows where a port says so.
"""

from __future__ import annotations

from dataclasses import replace

from scanner.configs import acls
from scanner.configs.acl_entries import ANY
from scanner.configs.acl_objects import Network, in_words, network
from scanner.configs.bindings import MAC_TABLE, put_binding, put_hosts, word_after
from scanner.configs.dialects.cisco_ios.access_lists import (
    bind_selectors,
    bind_services,
    bind_to_interfaces,
    read_block,
)
from scanner.configs.dialects.cisco_ios.interfaces import interface_settings
from scanner.configs.dialects.cisco_ios.ports import PortWords
from scanner.configs.dialects.cisco_ios.routing import checked_sources, neighbour_settings
from scanner.configs.interfaces import addressed, is_down
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.routes import KEYED
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, put_software, whole
from scanner.configs.standby import StandbyGroup, put_group
from scanner.configs.tree import Tree

_PORTS = PortWords(
    routed=("mgmt",),
    edge="spanning-tree port type edge",
    edge_default=("spanning-tree port type edge default",),
    guard_default=("spanning-tree port type edge bpduguard default",),
    cdp=YES,
    vlan_database=False,
    negotiates=False,
    shut="system default switchport shutdown",
)
_COMMANDS = (("ip access-list", "extended"), ("ipv6 access-list", "access-list"), ("mac access-list", "other"))


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, version, VLANs, default routes, spanning tree."""
    named = tree.last("hostname", "switchname")
    if named and (words := named.text.split()[1:]):
        tree.name = words[0]
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    version = tree.last("version")
    sheet.version = " ".join(version.after("version")[:1]) if version else ""
    sheet.put("system", "device", "version", sheet.version or ABSENT, version, present=bool(sheet.version))
    put_software(sheet, "Cisco", "NX-OS Software", version)
    if tree.about:
        sheet.put("system", "device", "changed", tree.about.text.partition(": ")[2] or ABSENT, tree.about)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for vlan, words in tree.given("vlan"):
        if words and whole(words[0][:1]):
            name = last(vlan.children, "name")
            said = " ".join(name.after("name")) if name else ""
            sheet.put("system", f"vlan {words[0]}", "vlan_name", said, name or vlan)
    contexts = [(" ".join(b.after("vrf context")), n) for b in tree.all("vrf context") for n in b.children]
    for table, node in [("", n) for n in tree.all("ip route")] + contexts:
        words = node.text.split()
        if node.is_("ip route") and not node.negated and words[2:3] == ["0.0.0.0/0"]:
            sheet.put("system", f"{table} device".strip(), "default_route", " ".join(words[3:]), node)
    mode = tree.last("spanning-tree mode")
    if mode:
        sheet.put("system", "spanning-tree", "mode", " ".join(mode.after("spanning-tree mode")), mode)
    guard = tree.last(*_PORTS.guard_default)
    sheet.switch("system", "spanning-tree", "bpdu_guard_default", guard, default=ABSENT)
    if is_on(tree.exact("feature vtp")):
        sheet.words("system", "switching", "vlan_database", "vtp mode", default=UNKNOWN)
    jobs = tree.all("copy") if tree.all("scheduler job") else []  # which stand at the margin
    url = next(((w, n) for n in jobs if "copy" in n.key for w in n.text.split() if "://" in w), None)
    sheet.put(
        "system", "device", "archive", url[0] if url else ABSENT, url[1] if url else None, present=url is not None
    )
    shells = [n for n in tree.all("guestshell") if not n.negated]
    hosted = tree.exact("feature guestshell") or (shells[0] if shells else None)
    sheet.switch("management", "application-hosting", "enabled", hosted, default=UNKNOWN)


def port_settings(tree: Tree, sheet: Sheet) -> None:
    """Interfaces, and what their ports are for."""
    told = [n for b in tree.all("interface") for n in b.children if n.key == "switchport"]
    unsaid = tree.exact("system default switchport")
    switch, route = any(not n.negated for n in told), any(n.negated for n in told)
    default = unsaid is not None and not unsaid.negated
    mode = "access" if (route and not switch) or default else UNKNOWN if route == switch else "routed"
    interface_settings(tree, sheet, replace(_PORTS, mode=mode, lldp=YES if is_on(tree.exact("feature lldp")) else NO))


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, and what the device does with what others send."""
    found = addressed(tree, "vrf member", aside=("mgmt",))
    neighbour_settings(tree, sheet, found)
    for block in tree.all("router bgp"):
        _bgp(sheet, block)
    for name, block in found:
        for protocol, command, address in (
            ("hsrp", "hsrp", "ip"),
            ("vrrp", "vrrp", "address"),
            ("vrrp", "vrrpv3", "address"),
        ):
            for group in every(block.children, command):
                inside = group.children
                if any(n.is_(address) for n in inside) and not (group.negated or is_down(inside)):
                    item = f"{protocol} {name} {' '.join(group.after(command))}"
                    put_group(sheet, StandbyGroup(item, group, last(inside, "authentication"), command == "vrrpv3"))
    if len(found) > 1:
        checked_sources(sheet, found)
        for name, block in found:
            for setting, command in (("proxy_arp", "ip proxy-arp"), ("directed_broadcast", "ip directed-broadcast")):
                sheet.switch("interface", name, setting, last(block.children, command), default=NO, block=block)


def _bgp(sheet: Sheet, block: Node) -> None:
    """Neighbours of BGP are blocks, which may take over what a template says."""
    tables = [block, *every(block.children, "vrf")]
    templates = {" ".join(t.text.split()[2:3]): t for t in every(block.children, "template")}
    for table in tables:
        for peer in every(table.children, "neighbor"):
            address = " ".join(peer.after("neighbor")[:1])
            if peer.negated or not address or ("/" in address and not peer.children):
                continue
            nodes = list(peer.children)
            for taken in every(peer.children, "inherit"):
                template = templates.get(taken.text.split()[-1])
                nodes += template.children if template else []
            if is_on(last(nodes, "shutdown")):
                continue
            key = last(nodes, "password")
            unknown = any(n.is_("inherit") and n.text.split()[-1] not in templates for n in peer.children)
            asked = KEYED if is_on(key) else UNKNOWN if unknown else ABSENT
            sheet.put(
                "routing", f"bgp neighbor {address}", "authentication", asked, key or peer, present=asked == KEYED
            )


def binding_settings(tree: Tree, sheet: Sheet) -> None:
    """Static MAC address and ARP entries, and names of hosts."""
    for node, words in tree.given("mac address-table static"):
        if words and "drop" not in words:
            port = word_after(words, "interface")
            put_binding(sheet, MAC_TABLE, node, mac=words[0], vlan=word_after(words, "vlan"), interface=port)
    for block in tree.all("interface"):
        for node in every(block.children, "ip arp"):
            words = node.after("ip arp")
            if len(words) >= 2 and not node.negated:
                put_binding(sheet, "arp", node, ip=words[0], mac=words[1], interface=" ".join(block.after("interface")))
    put_hosts(tree, sheet, "use-vrf")


def read_access_lists(tree: Tree) -> acls.Acls:
    """All access lists with their entries; groups of addresses are taken as what they mean."""
    lists = acls.Acls()
    for command, family in _COMMANDS:
        for block, words in tree.given(command):
            if words:
                read_block(lists, block, words[0], family)
    groups = {
        " ".join(b.text.split()[3:4]): _members(b)
        for c in ("ip", "ipv6")
        for b in tree.all(f"object-group {c} address")
    }
    for acl in lists.values():
        acl.entries = [
            replace(
                e,
                source=_meant(e.source, groups),
                destination=_meant(e.destination, groups),
                unsure="portgroup" in e.node.key.split() and e.action == "permit" and e.source == ANY,
            )
            for e in acl.entries
        ]
    return lists


def _meant(end: str, groups: dict[str, str]) -> str:
    return groups.get(end.removeprefix("group "), end) if end.startswith("group ") else end


def _members(block: Node) -> str:
    """The networks of a group in words: ``10 host A``, ``20 A/24``, ``30 A WILDCARD``."""
    name = " ".join(block.text.split()[3:4])
    found: list[Network] = []
    for node in block.children:
        words = node.text.split()
        words = words[1:] if whole(words[0]) else words
        words = words[1:] if words[:1] == ["host"] else words
        if node.negated or not words:
            continue
        text = acls.network(*words) if len(words) == 2 else words[0]
        if text == ANY:
            return ANY
        some = network(text)
        if some is None:
            return f"group {name}"
        found += some
    if len({n.version for n in found}) != 1:
        return f"group {name}"
    return in_words(found, name)


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    bind_to_interfaces(tree, lists)
    for block in tree.all("interface"):
        for node in (
            *every(block.children, "ip port access-group"),
            *every(block.children, "ipv6 port traffic-filter"),
        ):
            words = node.text.split()
            if not node.negated and len(words) > 4:
                lists.use(words[3], node, f"interface {' '.join(block.after('interface'))} {words[4]}")
    for block in tree.all("line vty"):
        for node in (*every(block.children, "access-class"), *every(block.children, "ipv6 access-class")):
            words = node.text.split()
            if not node.negated and len(words) > 2:
                family = "ipv6" if words[0] == "ipv6" else "ip"
                lists.use(words[-2], node, f"line vty {words[-1]}", family=family)
    for node in tree.all("snmp-server community"):
        words = node.text.split()
        for at, word in enumerate(words[:-1]):
            if word.startswith("use-") and not node.negated:
                lists.use(words[at + 1], node, "snmp community", family="ipv6" if "ipv6" in word else "ip")
    bind_services(tree, _Others(lists))
    bind_selectors(tree, lists)


class _Others(acls.Acls):
    """The uses that IOS and NX-OS say alike; communities are said otherwise."""

    def __init__(self, lists: acls.Acls) -> None:
        super().__init__()
        self._lists = lists

    def use(
        self, name: str, node: Node, where: str, *, filters: bool = True, certain: bool = False, family: str = ""
    ) -> None:
        if not where.startswith("snmp"):
            self._lists.use(name, node, where, filters=filters, certain=certain, family=family)
