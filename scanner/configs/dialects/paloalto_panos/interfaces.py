"""Interfaces: what each is, its addresses and its zone, and what is checked of what comes in there.

Sources: PAN-OS Networking Administrator's Guide ("Configure Interfaces": Layer 3, Layer 2, virtual wire, tap, aggregate
groups, VLAN, loopback and tunnel interfaces), PAN-OS Administrator's Guide ("Zone Protection Profiles": packet-based
attack protection, flood protection).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.interfaces import DOWN, MEMBER, MIRROR, ROUTED
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, place, value, words

_KINDS = {
    "ethernet": "physical",
    "aggregate-ethernet": "lag",
    "vlan": "svi",
    "loopback": "loopback",
    "tunnel": "tunnel",
    "sdwan": "tunnel",
    "cellular": "radio",
}
_PORTS = ("ethernet", "aggregate-ethernet", "cellular")
_MODES = ("layer3", "layer2", "virtual-wire", "tap", "ha", "decrypt-mirror", "aggregate-group")
_USES = {"layer3": ROUTED, "virtual-wire": ROUTED, "ha": MEMBER, "aggregate-group": MEMBER, "tap": MIRROR}
_LEAST = 2  # networks that make a router


class PanosInterface(NamedTuple):
    """An interface or a unit of one that has addresses of its own. settings: where they stand."""

    name: str
    kind: str
    port: TreeStatement
    settings: TreeStatement

    @property
    def is_up(self) -> bool:
        """It is not switched off."""
        return value(self.port, "link-state") != "down"

    @property
    def addresses(self) -> list[TreeStatement]:
        """Its addresses of IPv4."""
        return inside(self.settings, "ip")


def interfaces(device: PanosDevice) -> Iterator[PanosInterface]:
    """Everything that can have an address."""
    for kind in device.part("network", "interface") or ():
        kind.understand()
        if kind.word in _PORTS:
            for port in inside(kind):
                settings = at(port, "layer3")
                if settings is not None:
                    yield PanosInterface(port.word, kind.word, port, settings)
                    for unit in inside(settings, "units"):
                        yield PanosInterface(unit.word, kind.word, port, unit)
        elif kind.word in _KINDS:
            yield PanosInterface(kind.word, kind.word, kind, kind)
            for unit in inside(kind, "units"):
                yield PanosInterface(unit.word, kind.word, kind, unit)


def interface_settings(device: PanosDevice, sheet: Sheet) -> None:
    """Each interface."""
    for kind in device.part("network", "interface") or ():
        for port in inside(kind) if kind.word in _PORTS else ():
            _port(sheet, kind.word, port)
    zones = zone_profiles(device)
    found = [i for i in interfaces(device) if _is_addressed(i) or (i.kind in _PORTS and not has(i.settings, "units"))]
    for each in found:
        _addresses(sheet, each)
    routed = [i for i in found if i.is_up and i.kind not in ("loopback", "tunnel") and _is_addressed(i)]
    for each in routed if len(routed) >= _LEAST else ():
        profile = zones.get(each.name)
        checks = at(profile, "discard-ip-spoof")
        on = checks is not None and value(checks) == "yes"
        sheet.put(
            "interface", each.name, "source_check", "urpf" if on else ABSENT, leaf(checks), present=checks is not None
        )


def _port(sheet: Sheet, kind: str, port: TreeStatement) -> None:
    name = port.word
    node = leaf(port)
    sheet.put("interface", name, "kind", _KINDS[kind], node)
    state = one(port, "link-state")
    down = state is not None and state.word == "down"
    sheet.put("interface", name, "shutdown", YES if down else NO, place(state), present=state is not None)
    text = one(port, "comment")
    told = text.word if text is not None and text.word.strip() else ABSENT
    sheet.put("interface", name, "description", told, place(text), present=told != ABSENT)
    mode = next((m for m in _MODES if at(port, m) is not None), "")
    if mode:
        use = DOWN if down else _USES.get(mode, UNKNOWN)
        sheet.put("interface", name, "mode", mode, leaf(at(port, mode)))
        sheet.put("interface", name, "use", use, leaf(at(port, mode)))
        joined = one(port, "aggregate-group")
        if use == MEMBER and joined is not None:
            sheet.put("interface", name, "aggregate", joined.word, place(joined))


def _by_dhcp(each: PanosInterface) -> TreeStatement | None:
    found = at(each.settings, "dhcp-client")
    if found is None or value(found, "enable") == "no":
        return None
    return found


def _is_addressed(each: PanosInterface) -> bool:
    return bool(each.addresses) or _by_dhcp(each) is not None or value(each.settings, "pppoe", "enable") == "yes"


def _addresses(sheet: Sheet, each: PanosInterface) -> None:
    dhcp = _by_dhcp(each)
    if each.kind not in _PORTS:
        sheet.put("interface", each.name, "kind", _KINDS[each.kind], leaf(each.settings))
    if each.addresses:
        sheet.put("interface", each.name, "address", each.addresses[0].word, leaf(each.addresses[0]))
    elif dhcp is not None:
        sheet.put("interface", each.name, "address", "dhcp", leaf(dhcp))
    else:
        sheet.missing("interface", each.name, "address", node=leaf(each.settings))
    tag = one(each.settings, "tag")
    if tag is not None and each.addresses:
        sheet.put("interface", each.name, "access_vlan", tag.word, place(tag))


def zone_profiles(device: PanosDevice) -> dict[str, TreeStatement]:
    """Interfaces, with the profile that protects the zone that each is in."""
    profiles = {p.word: p for p in inside(device.part("network", "profiles"), "zone-protection-profile")}
    found = {}
    for _, zones in device.systems("zone"):
        for zone in inside(zones):
            network = at(zone, "network")
            profile = profiles.get(value(network, "zone-protection-profile"))
            for kind in ("layer3", "layer2", "virtual-wire"):
                for name in words(network, kind):
                    if profile is not None:
                        found[name] = profile
    return found


def limits_floods(profile: TreeStatement) -> bool:
    """The profile limits floods of some kind."""
    return any(value(kind, "enable") == "yes" for kind in inside(profile, "flood")) or has(profile, "flood", "all")
