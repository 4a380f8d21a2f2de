"""Where the device can be managed: its management port, and interfaces with a management profile, and from which
addresses.

Sources: PAN-OS Administrator's Guide ("Device > Setup > Interfaces", "Use Interface Management Profiles to Restrict
Access"), CLI Reference (deviceconfig system service, permitted-ip). Without permitted addresses everybody is let in.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import NamedTuple

from scanner.configs.acl_objects import Network, is_everybody
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, one, place, words

LOGINS = ("ssh", "telnet", "https", "http")
MANAGEMENT = "management interface"
_ON = {"ssh": YES, "https": YES, "telnet": UNKNOWN, "http": UNKNOWN, "snmp": UNKNOWN}  # where nothing is said
_PROFILED = "interface-management-profile"
_DEEPEST = 8  # words below an interface, where a profile can stand


class PanosAccess(NamedTuple):
    """A way to manage the device. on: service -> yes, no, unknown-default, and its line; who: the addresses that
    may.
    """

    name: str
    on: dict[str, tuple[str, Node | None]]
    who: str
    line: Node | None

    def logs_in(self) -> str:
        """Somebody can log in there: yes, no, unknown-default."""
        told = {self.on[name][0] for name in LOGINS}
        return YES if YES in told else UNKNOWN if UNKNOWN in told else NO


def accesses(device: PanosDevice) -> list[PanosAccess]:
    """The management port, and each interface with a profile."""
    system = device.part("deviceconfig", "system")
    profiles = {p.word: p for p in inside(device.part("network", "profiles"), _PROFILED)}
    found = []
    if system is not None:
        service = at(system, "service")
        on = {name: _switch(service, name) for name in (*LOGINS, "snmp")}
        who, line = permitted(at(system, "permitted-ip"))
        found.append(PanosAccess(MANAGEMENT, on, who, line or leaf(service)))
    for interface, named in profiled(device):
        profile = profiles.get(named.word)
        if profile is None:
            told: dict[str, tuple[str, Node | None]] = dict.fromkeys((*LOGINS, "snmp"), (UNKNOWN, place(named)))
            found.append(PanosAccess(f"interface {interface}", told, UNKNOWN, place(named)))
            continue
        told = {name: _allowed(profile, name) for name in (*LOGINS, "snmp")}
        who, line = permitted(at(profile, "permitted-ip"))
        found.append(PanosAccess(f"interface {interface}", told, who, line or leaf(profile)))
    return found


def _switch(service: TreeStatement | None, name: str) -> tuple[str, Node | None]:
    """A service of the management port; it is named by what switches it off."""
    found = one(service, f"disable-{name}")
    if found is None:
        return _ON[name], None
    return {"yes": NO, "no": YES}.get(found.word, UNKNOWN), place(found)


def _allowed(profile: TreeStatement, name: str) -> tuple[str, Node | None]:
    found = one(profile, name)
    return (YES if found is not None and found.word == "yes" else NO), place(found) or leaf(profile)


def profiled(device: PanosDevice) -> Iterator[tuple[str, TreeStatement]]:
    """Each interface or unit with a management profile, and the name of that."""
    for kind in device.part("network", "interface") or ():
        left = [(child, child.word, 0) for child in kind]
        while left:
            here, name, depth = left.pop(0)
            if here.word == _PROFILED:
                named = one(here)
                if named is not None:
                    here.understand()
                    yield (kind.word if name == _PROFILED else name), named
            elif depth < _DEEPEST:
                units = here.word == "units"
                left += [(c, c.word if units else name, depth + 1) for c in here]


def permitted(listed: TreeStatement | None) -> tuple[str, Node | None]:
    """The addresses that may: their list, absent where that is everybody; and the line."""
    found = inside(listed) if listed is not None else []
    for each in found:
        inside(each, "description")
    if not found:
        return ABSENT, None
    told = words(listed)
    networks = [n for w in told if (n := _network(w)) is not None]
    line = leaf(found[0])
    if len(networks) < len(told):
        return UNKNOWN, line
    open_ = [v for v in (4, 6) if (own := [n for n in networks if n.version == v]) and is_everybody(own)]
    if 4 in open_:
        return ABSENT, line
    return ("ipv4-only" if open_ else "permitted-ip"), line


def _network(word: str) -> Network | None:
    try:
        return ip_network(word, strict=False)
    except ValueError:
        return None


def snmp_limit(device: PanosDevice) -> tuple[str, Node | None]:
    """Who may ask the SNMP agent, of all ways on which it may answer."""
    asked = [a for a in accesses(device) if a.on["snmp"][0] != NO]
    order = (ABSENT, "ipv4-only", UNKNOWN)
    for told in order:
        found = next((a for a in asked if a.who == told), None)
        if found is not None:
            return told, found.line
    return (asked[0].who, asked[0].line) if asked else (ABSENT, None)
