"""Interfaces: what each is and is for, its address, and what it does with what others send."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from scanner.configs import acls
from scanner.configs.dialects.fortinet_fortios.blocks import words_of
from scanner.configs.dialects.fortinet_fortios.tables import (
    DISABLE,
    ENABLE,
    Device,
    entries,
    inner,
    is_on,
    setting,
    value,
    values,
)
from scanner.configs.interfaces import DOWN, MEMBER, ROUTED, SPARE, says_spare
from scanner.configs.nodes import Node, walk
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet

_KINDS = {
    "physical": "physical",
    "vlan": "svi",
    "vap-switch": "svi",
    "hard-switch": "svi",
    "switch": "svi",
    "switch-vlan": "svi",
    "fext-wan": "radio",
    "aggregate": "lag",
    "redundant": "lag",
    "loopback": "loopback",
    "tunnel": "tunnel",
    "vxlan": "tunnel",
    "geneve": "tunnel",
    "gre": "tunnel",
    "wl-mesh": "radio",
}
_NOT_PORTS = re.compile(
    r"(?:modem|dummy|mgmt|ha|fortilink|wwan|aux)\d*|(?:npu|vsys_|usb|ssl\.|naf\.|l2t\.).*", re.IGNORECASE
)
_NO_ADDRESS = ("", "0.0.0.0")  # noqa: S104
_LEAST = 2  # networks that make a router


def interface_settings(device: Device, sheet: Sheet) -> None:
    """Each interface."""
    found = [(table.called(name), name, entry) for table, name, entry in device.entries("system interface")]
    if not found:
        return
    members = _members(device)
    joined = {
        member: (item, setting(entry, "member") or entry)
        for item, _, entry in found
        if value(entry, "type") in ("aggregate", "redundant")
        for member in values(entry, "member")
    }
    named = _named(device)
    routed = []
    for item, name, entry in found:
        kind = value(entry, "type", "physical" if not setting(entry, "vlanid") else "vlan")
        sheet.put("interface", item, "kind", _KINDS.get(kind, "other"), setting(entry, "type") or entry)
        _describe(sheet, item, entry)
        if _address(sheet, item, entry) and value(entry, "status", "up") != "down":
            routed.append((item, name, entry))
        if kind == "physical" and not _NOT_PORTS.fullmatch(name):
            use = _use(name, entry, members, named)
            sheet.put("interface", item, "use", use, entry)
            if use == MEMBER and name in joined:
                sheet.put("interface", item, "aggregate", *joined[name])
            if use == ROUTED:
                sheet.missing("interface", item, "mode", "routed", entry)
    for item, name, entry in routed if len(routed) >= _LEAST else ():
        _routes(device, sheet, item, name, entry)


def _describe(sheet: Sheet, item: str, entry: Node) -> None:
    status = setting(entry, "status")
    down = value(entry, "status", "up") == "down"
    sheet.put("interface", item, "shutdown", YES if down else NO, status or entry, present=status is not None)
    text = setting(entry, "description") or setting(entry, "alias")
    told = value(entry, "description") or value(entry, "alias")
    sheet.put("interface", item, "description", told or ABSENT, text or entry, present=bool(told))


def has_address(entry: Node) -> bool:
    """The interface has an address of IPv4, or gets one."""
    words = values(entry, "ip")
    return value(entry, "mode", "static") != "static" or (bool(words) and words[0] not in _NO_ADDRESS)


def _address(sheet: Sheet, item: str, entry: Node) -> bool:
    """The row of its address; whether it has one."""
    mode, words = value(entry, "mode", "static"), values(entry, "ip")
    if mode != "static":
        sheet.put("interface", item, "address", mode, setting(entry, "mode"))
        return True
    if has_address(entry):
        bits = acls.prefix_length(words[1]) if len(words) > 1 else None
        text = f"{words[0]}/{bits}" if bits is not None else words[0]
        sheet.put("interface", item, "address", text, setting(entry, "ip"))
        return True
    sheet.missing("interface", item, "address", node=entry)
    return False


def _members(device: Device) -> set[str]:
    """Ports of aggregates and of switches in the device."""
    found = {member for _, _, entry in device.entries("system interface") for member in values(entry, "member")}
    for _, _, entry in device.entries("system switch-interface"):
        found |= set(values(entry, "member"))
    for _, _, entry in device.entries("system virtual-switch"):
        found |= {name for name, _ in entries(inner(entry, "port"))}
    return found


def _named(device: Device) -> Counter[str]:
    """How often each name stands in the configuration, as a value or as an entry."""
    found: Counter[str] = Counter()
    for node in walk(device.tree.root):
        found.update(_names(node))
    return found


def _names(node: Node) -> Iterator[str]:
    words = node.text.split(None, 1)
    if len(words) == 2 and words[0].lower() in ("set", "append", "edit"):
        yield from set(words_of(words[1])[words[0].lower() != "edit" :])


def _use(name: str, entry: Node, members: set[str], named: Counter[str]) -> str:
    """What a port is for. One that nothing names but its own entry, and that has no address, is not used."""
    if value(entry, "status", "up") == "down":
        return DOWN
    if name in members:
        return MEMBER
    if value(entry, "mode", "static") != "static" or value(entry, "ip") not in _NO_ADDRESS:
        return ROUTED
    own = sum(1 for n in walk(entry) for found in _names(n) if found == name)
    if named[name] > own:
        return ROUTED
    if says_spare(value(entry, "description")) or says_spare(value(entry, "alias")):
        return SPARE
    told = ("dedicated-to", "ips-sniffer-mode", "description", "alias")
    return UNKNOWN if any(setting(entry, key) for key in told) else SPARE


def _routes(device: Device, sheet: Sheet, item: str, name: str, entry: Node) -> None:
    """What the device does with forged sources, broadcasts and questions for others."""
    own = setting(entry, "src-check")
    asymmetric = next((n for t in device.tables("system settings") if (n := setting(t.node, "asymroute"))), None)
    off = own if own and own.key.endswith(DISABLE) else None
    off = off or (asymmetric if asymmetric and asymmetric.key.endswith(ENABLE) else None)
    if off:
        sheet.put("interface", item, "source_check", ABSENT, off, present=False)
    else:
        sheet.missing("interface", item, "source_check", "urpf", entry)
    forward = setting(entry, "broadcast-forward")
    on = YES if is_on(entry, "broadcast-forward") else NO
    sheet.put("interface", item, "directed_broadcast", on, forward or entry, present=forward is not None)
    proxied = next((e for _, _, e in device.entries("system proxy-arp") if value(e, "interface") == name), None)
    sheet.put("interface", item, "proxy_arp", YES if proxied else NO, proxied or entry, present=proxied is not None)
