"""Interfaces, their addresses and filters, and what a device that routes does with what others send."""

from __future__ import annotations

from scanner.configs.dialects.h3c_comware.ports import around, port_settings, switching_settings
from scanner.configs.dialects.huawei_vrp.interfaces import address_of, put_common
from scanner.configs.dialects.huawei_vrp.routing import neighbour_settings, sources
from scanner.configs.interfaces import is_down
from scanner.configs.nodes import Node, last
from scanner.configs.settings import ABSENT, NO, YES, Sheet
from scanner.configs.tree import Tree

_KINDS = (
    ("vlan-interface", "svi"),
    ("bridge-aggregation", "lag"),
    ("route-aggregation", "lag"),
    ("loopback", "loopback"),
    ("tunnel", "tunnel"),
    ("vsi-interface", "svi"),
    *((start, "serial") for start in ("serial", "dialer", "virtual-ppp", "cellular", "pos", "mp-group", "atm")),
    *((start, "radio") for start in ("wlan-",)),
    *((start, "other") for start in ("null", "virtual-template", "register-tunnel", "inloopback", "controller")),
)


def interface_settings(tree: Tree, sheet: Sheet) -> None:
    """Each interface: address, filters, and for a port its switching settings."""
    blocks = [(b, " ".join(b.after("interface"))) for b in tree.all("interface") if not b.negated]
    whole = around(tree, [(name, block.children) for block, name in blocks])
    uses = []
    for block, name in blocks:
        kind = next((k for start, k in _KINDS if name.lower().startswith(start)), "physical")
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        put_common(sheet, name, block, filter_list)
        if kind in ("physical", "lag") and not name.lower().startswith("m-"):
            uses.append(port_settings(sheet, name, block, whole))
        elif kind == "svi":
            number = name.lower().removeprefix("vlan-interface").strip()
            if address_of(block.children) and number.isdecimal() and not is_down(block.children):
                sheet.put("interface", name, "access_vlan", number, block)
    switching_settings(tree, sheet, uses)


def filter_list(node: Node) -> str:
    """The list of a ``packet-filter [ipv6] [name] X inbound`` line, empty for other lines."""
    if not node.is_("packet-filter") or node.key.startswith(("packet-filter default", "packet-filter filter")):
        return ""
    words = [w for w in node.text.split()[1:] if w.lower() not in ("ipv6", "name", "mac", "vlan-interface", "global")]
    six = "ipv6 " if "ipv6" in node.key.split() else ""
    return six + words[0] if words and words[0] not in ("inbound", "outbound") else ""


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, forged source addresses, and answers for others."""
    found = [(name, block) for name, block in sources(tree) if not name.lower().startswith("m-")]
    neighbour_settings(tree, sheet, found, newest_vrrp=None)  # it depends on the release
    for name, block in found if len(found) > 1 else ():
        nodes = block.children
        check = last(nodes, "ip urpf")
        filtered = next((n for n in nodes if n.is_("packet-filter") and "inbound" in n.key and not n.negated), None)
        checked = "urpf" if check and not check.negated else "acl" if filtered else ABSENT
        sheet.put("interface", name, "source_check", checked, check or filtered or block, present=checked != ABSENT)
        proxy = last(nodes, "proxy-arp enable")
        answers = YES if proxy and not proxy.negated else NO
        sheet.put("interface", name, "proxy_arp", answers, proxy or block, present=proxy is not None)
        broadcast = last(nodes, "ip forward-broadcast")
        sheet.switch("interface", name, "directed_broadcast", broadcast, default=NO, block=block)
