"""Interfaces: what each is, its addresses and filters, and what it does with what others send.

Sources: Junos OS Interfaces User Guide and CLI Reference (disable, description, unit, family, address, filter,
rpf-check, proxy-arp, targeted-broadcast). Proxy ARP and directed broadcasts are off unless they are set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.filters import used
from scanner.configs.dialects.juniper_junos.guard import MANAGEMENT
from scanner.configs.dialects.juniper_junos.ports import Ports, port_settings, switching_settings
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.dialects.juniper_junos.tree_guards import guard_settings
from scanner.configs.interfaces import TRUNK
from scanner.configs.settings import ABSENT, NO, YES, Sheet
from scanner.configs.statements.statement import TreeStatement, at, has, leaf, one, place

_KINDS = (
    (re.compile(r"(?:[gx]e|et|fe|mge|xle)-\d"), "physical"),
    (re.compile(r"irb$|vlan$"), "svi"),
    (re.compile(r"(?:ae|reth)\d"), "lag"),
    (re.compile(r"lo\d"), "loopback"),
    (re.compile(r"(?:gr|ip|lt|mt|vt|pd|pe)-|st0$|gre$|ipip$|vtep|tap$"), "tunnel"),
    (re.compile(r"(?:so|t[13]|e[13]|at|se|ct\d|ds)-"), "serial"),
    (re.compile(r"(?:fxp|em|me)\d|vme$"), "physical"),
)
_LEAST = 2  # networks that make a router


class LogicalInterface(NamedTuple):
    """A logical interface. name: with its unit."""

    name: str
    interface: TreeStatement
    unit: TreeStatement


def units(device: JunosDevice) -> Iterator[LogicalInterface]:
    """Those of the device and of its logical systems."""
    for interface in entries(device.part("interfaces")):
        for unit in entries(interface, "unit"):
            yield LogicalInterface(f"{interface.word}.{unit.word}", interface, unit)


def is_down(statement: TreeStatement | None) -> bool:
    """It is administratively down."""
    return has(statement, "disable")


def kind_of(name: str) -> str:
    """What an interface is."""
    return next((kind for form, kind in _KINDS if form.match(name)), "other")


def interface_settings(device: JunosDevice, sheet: Sheet) -> None:
    """Each interface."""
    ports = Ports(device)
    uses, trunks = [], []
    for interface in entries(device.part("interfaces")):
        name, kind = interface.word, kind_of(interface.word)
        if name in ("traceoptions", "interface-set"):
            continue
        node = leaf(interface)
        sheet.put("interface", name, "kind", kind, place(interface) or node)
        down = at(interface, "disable")
        sheet.put("interface", name, "shutdown", YES if down else NO, place(down), present=down is not None)
        _describe(sheet, name, interface)
        if kind in ("physical", "lag") and name not in MANAGEMENT:
            use = port_settings(ports, sheet, interface, kind)
            uses.append(use)
            trunks += [name] if use == TRUNK else []
    switching_settings(ports, sheet, uses)
    guard_settings(ports, sheet, trunks)
    found = list(units(device))
    for each in found:
        _unit(ports, sheet, each)
    routed = [u for u in found if _routes(u)]
    for each in routed if len(routed) >= _LEAST else ():
        _forwards(sheet, each)


def _describe(sheet: Sheet, name: str, statement: TreeStatement) -> None:
    text = one(statement, "description")
    told = text.word if text and text.word else ABSENT
    sheet.put("interface", name, "description", told, place(text), present=told != ABSENT)


def _unit(ports: Ports, sheet: Sheet, each: LogicalInterface) -> None:
    """Addresses and filters of a logical interface."""
    v4, v6 = at(each.unit, "family", "inet"), at(each.unit, "family", "inet6")
    if v4 is None and v6 is None:
        return
    down = at(each.unit, "disable")
    if down is not None:
        sheet.put("interface", each.name, "shutdown", YES, place(down))
    addresses = entries(v4, "address")
    dhcp = next((s for w in ("dhcp", "dhcp-client") if (s := at(v4, w))), None)
    if addresses:
        sheet.put("interface", each.name, "address", addresses[0].word, leaf(addresses[0]))
    elif dhcp is not None:
        sheet.put("interface", each.name, "address", "dhcp", place(dhcp) or leaf(dhcp))
    else:
        sheet.missing("interface", each.name, "address")
    if each.interface.word in ("irb", "vlan") and (vlan := ports.vlan_of(each.name)):
        sheet.put("interface", each.name, "access_vlan", vlan.word, place(vlan))
    for setting, way in (("acl_in", "input"), ("acl_out", "output")):
        names = [(n, s) for family in (v4, v6) for n, s in used(family, way)]
        told = ",".join(n for n, _ in names) or ABSENT
        sheet.put("interface", each.name, setting, told, leaf(names[0][1]) if names else None, present=bool(names))


def _routes(each: LogicalInterface) -> bool:
    """It is up, has an address, and is none for management alone."""
    if each.interface.word in MANAGEMENT or kind_of(each.interface.word) == "loopback":
        return False
    if is_down(each.interface) or is_down(each.unit):
        return False
    family = at(each.unit, "family", "inet")
    return bool(entries(family, "address")) or has(family, "dhcp") or has(family, "dhcp-client")


def _forwards(sheet: Sheet, each: LogicalInterface) -> None:
    """What it does with forged sources, with questions for others, and with broadcasts into its network."""
    family = at(each.unit, "family", "inet")
    check, proxy = at(family, "rpf-check"), at(each.unit, "proxy-arp")
    sheet.put(
        "interface", each.name, "source_check", "urpf" if check else ABSENT, leaf(check), present=check is not None
    )
    sheet.put("interface", each.name, "proxy_arp", YES if proxy else NO, leaf(proxy), present=proxy is not None)
    broadcast = at(family, "targeted-broadcast")
    sheet.put(
        "interface",
        each.name,
        "directed_broadcast",
        YES if broadcast else NO,
        leaf(broadcast),
        present=broadcast is not None,
    )
    for part in (check, proxy, broadcast):
        for inner in part or ():
            inner.understand()
