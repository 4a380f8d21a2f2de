"""Interfaces: what each is, its addresses, and what it does with what others send; routing; tunnels.

Sources: RouterOS documentation (Ethernet, Bridging, VLAN, IP Addressing, IP Settings: rp-filter, OSPF, BGP, RIP,
IPsec). Only what differs from the defaults is in an export: a port that nobody touched is not there.
"""

from __future__ import annotations

from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.dialects.mikrotik_routeros.menus import RosEntry
from scanner.configs.interfaces import DOWN, SPARE, put_unknown_port, says_spare
from scanner.configs.nodes import Node
from scanner.configs.routes import KEYED, PLAIN, put_authentication
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.tunnels import GROUPS

_KINDS = {
    "ethernet": "physical",
    "bridge": "svi",
    "vlan": "svi",
    "bonding": "lag",
    "wireless": "radio",
    "wifi": "radio",
    "wifiwave2": "radio",
    "lte": "radio",
    "wireguard": "tunnel",
    "gre": "tunnel",
    "eoip": "tunnel",
    "ipip": "tunnel",
    "vxlan": "tunnel",
    "l2tp-client": "tunnel",
    "sstp-client": "tunnel",
    "ovpn-client": "tunnel",
    "pppoe-client": "tunnel",
}
_LEAST = 2  # networks that make a router
_PROXY = ("proxy-arp", "local-proxy-arp")


def interface_settings(device: RosDevice, sheet: Sheet) -> None:
    """Each interface that the file names."""
    for kind, told in _KINDS.items():
        for entry in device.menu(f"interface {kind}").entries:
            _interface(sheet, entry, told)
    for bond in device.entries("interface bonding"):
        for name in bond.text("slaves").split(",") if not bond.of("disabled").is_yes else ():
            if name:
                sheet.put("interface", name, "aggregate", bond.text("name"), bond.of("slaves").node or bond.node)
    _bridged(device, sheet)
    _addresses(device, sheet)


def _bridged(device: RosDevice, sheet: Sheet) -> None:
    """Ports that switch; what they are for is not told."""
    told = {r["item"] for r in sheet.rows if r["category"] == "interface" and r["setting"] == "use"}
    ports = {
        p.text("interface"): p.node for p in device.entries("interface bridge port") if not p.of("disabled").is_yes
    }
    for name, node in ports.items():
        if name and name not in told:
            sheet.missing("interface", name, "use", UNKNOWN, node)
            put_unknown_port(sheet, name, node)
            for setting in ("trunk_vlans", "native_vlan"):
                sheet.missing("interface", name, setting, UNKNOWN, node)
    for setting in ("dhcp_snooping", "arp_inspection") if ports else ():
        sheet.missing("system", "switching", setting, UNKNOWN)


def _interface(sheet: Sheet, entry: RosEntry, kind: str) -> None:
    name = entry.text("name") or entry.text("default-name")
    if not name or any(r["item"] == name and r["category"] == "interface" for r in sheet.rows[-200:]):
        return
    sheet.put("interface", name, "kind", kind, entry.node)
    down = entry.of("disabled")
    sheet.put("interface", name, "shutdown", YES if down.is_yes else NO, down.node, present=down.node is not None)
    text = entry.of("comment")
    sheet.put("interface", name, "description", text.text or ABSENT, text.node, present=bool(text.text))
    if kind == "physical" and (down.is_yes or says_spare(text.text)):
        sheet.put("interface", name, "use", DOWN if down.is_yes else SPARE, down.node if down.is_yes else text.node)
    arp = entry.of("arp")
    if arp.node is not None:
        sheet.put("interface", name, "proxy_arp", YES if arp.text in _PROXY else NO, arp.node)


def _addresses(device: RosDevice, sheet: Sheet) -> None:
    found: dict[str, tuple[str, Node]] = {}
    for entry in device.entries("ip address"):
        if entry.text("interface"):
            found.setdefault(entry.text("interface"), (entry.text("address"), entry.node))
    for entry in device.entries("ip dhcp-client"):
        if entry.text("interface"):
            found.setdefault(entry.text("interface"), ("dhcp", entry.node))
    for name, (address, node) in found.items():
        sheet.put("interface", name, "address", address or UNKNOWN, node)
    check = device.menu("ip settings").whole.of("rp-filter")
    on = check.text in ("strict", "loose")
    for name in found if len(found) >= _LEAST else ():
        sheet.put(
            "interface", name, "source_check", "urpf" if on else ABSENT, check.node, present=check.node is not None
        )


def routing_settings(device: RosDevice, sheet: Sheet) -> None:
    """What neighbours must prove, in the menus of both releases."""
    for name, paths in (
        ("ospf", ("routing ospf interface", "routing ospf interface-template")),
        ("rip", ("routing rip interface", "routing rip interface-template")),
    ):
        speaking = [e for e in device.entries(*paths) if not (e.of("passive").is_yes or "passive" in e.values)]
        networks = device.entries(f"routing {name} network")
        if not speaking and networks:
            sheet.put("routing", name, "authentication", ABSENT, networks[0].node)
        elif speaking:
            kept = [k for e in speaking if (k := _kept(e))]
            put_authentication(sheet, name, kept, speaking[0].node, whole=len(kept) == len(speaking))
    for number, peer in enumerate(device.entries("routing bgp peer", "routing bgp connection"), 1):
        if not peer.own:
            continue
        address = peer.text("remote-address") or peer.text("remote.address") or str(number)
        told = KEYED if peer.of("tcp-md5-key").node is not None else ABSENT
        sheet.put("routing", f"bgp {address.partition('/')[0]} ({number})", "authentication", told, peer.node)
    for group in device.entries("interface vrrp"):
        told = (_kept(group) or ABSENT) if group.text("version") == "2" else ABSENT  # the third has none
        at = group.of("authentication").node
        item = f"vrrp {group.text('interface')} {group.text('vrid') or '1'}"
        sheet.put("routing", item, "authentication", told, at or group.node, present=at is not None)


def _kept(entry: RosEntry) -> str:
    kind = entry.text("authentication") or entry.text("auth")
    if kind in ("", "none"):
        return ""
    return PLAIN if kind == "simple" else KEYED


def tunnel_settings(device: RosDevice, sheet: Sheet) -> None:
    """What tunnels of IPsec propose, as far as it is set; the groups that are not are those of the release."""
    peers = device.entries("ip ipsec peer")
    dynamic = _dynamic_peers(device)
    first = next((p.node for p in peers), next(iter(dynamic.values()), None))
    if first is None:
        return
    for name, node in dynamic.items():
        sheet.missing("vpn", f"ike peer {name}", "version", "1", node)
    for peer in peers:
        name = peer.text("name") or peer.text("address") or "peer"
        mode = peer.of("exchange-mode")
        told = "2" if mode.text == "ike2" else "1"
        sheet.put("vpn", f"ike peer {name}", "version", told, mode.node or peer.node, present=mode.node is not None)
        if told == "1":
            kind = mode.text if mode.text in ("main", "aggressive") else "main" if not mode.text else UNKNOWN
            sheet.put("vpn", f"ike peer {name}", "mode", kind, mode.node or peer.node, present=mode.node is not None)
    of_peers = {p.text("profile") or "default" for p in peers if not p.text("dh-group")}
    of_peers |= {"default"} if dynamic else set()
    of_policies = {p.text("proposal") or "default" for p in device.entries("ip ipsec policy")} or {"default"}
    for path, item, kinds, group, used in (
        ("ip ipsec profile", "ike profile", ("enc-algorithm", "hash-algorithm"), "dh-group", of_peers),
        ("ip ipsec proposal", "ipsec proposal", ("enc-algorithms", "auth-algorithms"), "pfs-group", of_policies),
    ):
        entries = device.entries(path)
        if "default" in used and all(e.own for e in entries):
            sheet.missing("vpn", f"{item} default", "groups", UNKNOWN, first)
        for number, entry in enumerate(entries, 1):
            name = f"{item} {entry.text('name') or ('default' if not entry.own else number)}"
            told = ",".join(entry.text(k) for k in kinds if entry.text(k))
            if told:
                sheet.put("vpn", name, "proposals", told, entry.node)
            if entry.text(group):
                sheet.put("vpn", name, "groups", _groups(entry.text(group)), entry.of(group).node)
            else:
                sheet.missing("vpn", name, "groups", UNKNOWN, entry.node)


def _dynamic_peers(device: RosDevice) -> dict[str, Node]:
    """What L2TP adds by itself where it is told to use IPsec, with version 1 of IKE and the default profile."""
    server = device.menu("interface l2tp-server server").whole
    told = server.of("use-ipsec")
    found = {"l2tp-server": told.node} if server.of("enabled").is_yes and told.text in ("yes", "required") else {}
    for client in device.entries("interface l2tp-client"):
        if client.of("use-ipsec").is_yes:
            found[client.text("name") or "l2tp-client"] = client.of("use-ipsec").node
    return {name: node for name, node in found.items() if node is not None}


def _groups(text: str) -> str:
    return ",".join(GROUPS.get(part, part) for part in text.split(","))
