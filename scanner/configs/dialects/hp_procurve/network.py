"""The device itself, its VLANs by name, routes, what neighbours must prove, and addresses that are bound to ports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.configs.acls import prefix_length
from scanner.configs.bindings import ARP, DHCP, MAC_TABLE, PORT_SECURITY, SOURCE_GUARD, put_binding, word_after
from scanner.configs.dialects.hp_procurve.lines import given, plain, text_of, vlan_blocks
from scanner.configs.dialects.hp_procurve.port_lists import spelt
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.routes import KEYED, PLAIN, put_authentication, put_silent
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.standby import StandbyGroup, put_group
from scanner.configs.tree import Tree

_HEADING = re.compile(r"; (?P<model>\S+) (?:IGNORE )?Configuration Editor; (?:Created on release #(?P<release>\S+))?")
_COPIES = re.compile(r"copy (?:running|startup)-config s?ftp|copy (?:running|startup)-config tftp")
_EVERYWHERE = "0.0.0.0/0"
_MAC = re.compile(r"[0-9a-f]{6}-?[0-9a-f]{6}|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", re.IGNORECASE)


def version_of(tree: Tree) -> str:
    """The release, of ``; J9729A Configuration Editor; Created on release #WB.16.08.0001``."""
    found = _HEADING.match(tree.about.text) if tree.about else None
    return (found["release"] or "") if found else ""


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, model, release, VLANs, default route, spanning tree, and copies of the configuration."""
    named = tree.last("hostname")
    tree.name = text_of(named, "hostname") or tree.name
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    found = _HEADING.match(tree.about.text) if tree.about else None
    if found and not found["model"].startswith("hpStack"):
        sheet.put("system", "device", "model", found["model"], tree.about)
    sheet.put("system", "device", "version", sheet.version or ABSENT, tree.about, present=bool(sheet.version))
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for number, block in vlan_blocks(tree):
        name = last(block.children, "name")
        sheet.put("system", f"vlan {number}", "vlan_name", text_of(name, "name"), name or block)
    _default_route(tree, sheet)
    mode = tree.last("spanning-tree mode", "spanning-tree force-version")
    if is_on(mode):
        sheet.put("system", "spanning-tree", "mode", mode.text.split()[-1] if mode else "", mode)
    jobs = [n for n in tree.all("job") if not n.negated]
    copied = next((n for n in jobs if _COPIES.search(n.key)), None)
    kind = "sftp" if copied and "sftp" in copied.key else "tftp"
    sheet.put("system", "device", "archive", kind if copied else ABSENT, copied, present=copied is not None)


def _default_route(tree: Tree, sheet: Sheet) -> None:
    routes = [(w[-1 if len(w) < 2 else 1], n) for n, w in _routes(tree) if w[0] == _EVERYWHERE]
    gateway = tree.last("ip default-gateway")
    if routes:
        sheet.put("system", "device", "default_route", *routes[0])
    elif is_on(gateway):
        sheet.put("system", "device", "default_route", text_of(gateway, "ip default-gateway") or ABSENT, gateway)


def _routes(tree: Tree) -> Iterator[tuple[Node, list[str]]]:
    """Static routes, each network in one word: ``ip route 10.0.0.0 255.0.0.0 10.1.1.1``."""
    for node, words in given(tree.all("ip route"), "ip route"):
        if len(words) > 1 and "/" not in words[0] and (bits := prefix_length(words[1])) is not None:
            yield node, [f"{words[0]}/{bits}", *words[2:]]
        elif words and "/" in words[0]:
            yield node, words


def routed(tree: Tree) -> list[tuple[str, Node]]:
    """The VLANs with an address, where the device routes between several of them."""
    on = tree.exact("ip routing")
    found = [
        (f"vlan {number}", block)
        for number, block in vlan_blocks(tree)
        if any(n.is_("ip address") and not n.negated for n in block.children)
    ]
    return found if is_on(on) and len(found) > 1 else []


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """What the device does with what others send, and what routers in its networks must prove."""
    found = routed(tree)
    broadcasts = tree.last("ip directed-broadcast")
    for name, block in found:
        sheet.switch("interface", name, "directed_broadcast", broadcasts, default=NO)
        sheet.switch("interface", name, "proxy_arp", last(block.children, "ip proxy-arp"), default=NO, block=block)
        inside = (
            n for n in block.children if n.is_("ip access-group") and n.key.endswith((" in", " vlan-in", " vlan"))
        )
        check = next((n for n in inside if not n.negated), None)
        sheet.put(
            "interface", name, "source_check", "acl" if check else ABSENT, check or block, present=check is not None
        )
    if found:
        guard = next((n for n in tree.all("copp") if not n.negated), None)
        sheet.put(
            "system", "device", "control_plane_policing", YES if guard else UNKNOWN, guard, present=guard is not None
        )
        source = tree.last("ip source-route")
        sheet.switch("management", "source-route", "enabled", source, default=UNKNOWN)
    _neighbours(tree, sheet)
    for number, vlan in vlan_blocks(tree):  # groups of VRRP have no authentication here
        for block in (b for b in vlan.children if b.is_("vrrp vrid") or b.is_("vrrp ipv6 vrid")):
            if not block.negated and is_on(last(block.children, "enable")):
                put_group(sheet, StandbyGroup(block.key.replace(" vrid", f" vlan {number}"), block, None))


def _neighbours(tree: Tree, sheet: Sheet) -> None:
    for protocol, command in (("ospf", "ip ospf"), ("rip", "ip rip"), ("ospf3", "ipv6 ospf3")):
        block = tree.last(f"router {protocol}")
        if block is None or block.negated:
            continue
        kinds: set[str] = set()
        bare = speakers = 0
        for _, vlan in vlan_blocks(tree):
            nodes = [n for n in every(vlan.children, command) if not n.negated]
            keys = " ".join(n.key for n in nodes)
            if not nodes or (" passive" in keys and "no " not in keys):
                continue
            speakers += 1
            asked = KEYED if "md5-auth-key-chain" in keys else PLAIN if "authentication-key" in keys else ""
            asked = asked or (PLAIN if " auth-type text" in keys or "authentication-type text" in keys else "")
            asked = asked or (KEYED if " ipsec " in keys else "")
            kinds |= {asked} - {""}
            bare += not asked
        if speakers:
            put_authentication(sheet, protocol, kinds, block, whole=not bare and protocol != "ospf3")
        else:
            put_silent(sheet, protocol, block)
    for block in tree.all("router bgp"):
        peers: dict[str, Node] = {}
        keyed: set[str] = set()
        for node, words in given(block.children, "neighbor"):
            if len(words) > 1:
                peers.setdefault(words[0], node)
                keyed |= {words[0]} if words[1] == "password" or node.secrets else set()
        for address, node in peers.items():
            told = KEYED if address in keyed else ABSENT
            sheet.put("routing", f"bgp neighbor {address}", "authentication", told, node, present=told == KEYED)


def binding_settings(tree: Tree, sheet: Sheet) -> None:
    """Addresses that the configuration ties to ports and to one another."""
    for node, words in given(tree.all("static-mac"), "static-mac"):
        if words:
            port = spelt(word_after(words, "interface")) if word_after(words, "interface") else ""
            put_binding(sheet, MAC_TABLE, node, mac=words[0], vlan=word_after(words, "vlan"), interface=port)
    for node, words in given(tree.all("ip source-binding"), "ip source-binding"):
        macs = [w for w in words if _MAC.fullmatch(w)]
        addresses = [w for w in words if w.count(".") == 3]
        if macs and addresses:
            vlan = word_after(words, "vlan") or (words[0] if whole(words[0]) else "")
            port = word_after(words, "interface") or words[-1]
            put_binding(sheet, SOURCE_GUARD, node, ip=addresses[0], mac=macs[0], vlan=vlan, interface=spelt(port))
    for node, words in given(tree.all("port-security"), "port-security"):
        for mac in (w for w in words if _MAC.fullmatch(w)):
            put_binding(sheet, PORT_SECURITY, node, mac=mac, interface=spelt(words[0]))
    for node, words in given(tree.all("arp"), "arp"):
        if len(words) > 1:
            put_binding(sheet, ARP, node, ip=words[0], mac=words[1])
    for block in tree.all("dhcp-server pool"):
        for node, words in given(block.children, "static-bind"):
            put_binding(sheet, DHCP, node, ip=plain(word_after(words, "ip")), mac=plain(word_after(words, "mac")))
