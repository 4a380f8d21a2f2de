"""The interfaces of a firewall by the names that its rules use, their addresses, and groups of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv6Interface, ip_interface

from scanner.configs.pf_firewalls.document import FirewallFile, child, value
from scanner.configs.xml_tree import XmlElement

Address = IPv4Interface | IPv6Interface
LOOPBACK = "lo0"
# Names of rules that stand for the tunnels of a service, and how the devices begin that are among them.
SERVICES = {
    "openvpn": ("ovpn",),
    "wireguard": ("wg", "tun_wg"),
    "WireGuard": ("wg", "tun_wg"),
    "enc0": ("ipsec",),
    "ipsec": ("ipsec",),
    "IPsec": ("ipsec",),
    "l2tp": ("l2tp",),
    "pppoe": ("poes",),
    "pptp": ("pptp",),
    "tailscale": ("tailscale",),
    "Tailscale": ("tailscale",),
}
_KINDS = (
    ("lagg", "lag"),
    ("bridge", "svi"),
    ("vlan", "svi"),
    ("lo", "loopback"),
    ("gif", "tunnel"),
    ("gre", "tunnel"),
    ("ovpn", "tunnel"),
    ("wg", "tunnel"),
    ("tun_wg", "tunnel"),
    ("ipsec", "tunnel"),
    ("vxlan", "tunnel"),
    ("zt", "tunnel"),
    ("pppoe", "serial"),
    ("ppp", "serial"),
    ("ue", "radio"),
    ("ath", "radio"),
    ("run", "radio"),
    ("iwm", "radio"),
)


@dataclass(eq=False)
class PfInterface:
    """One interface. untold: the versions of IP of which it has addresses that the file does not name."""

    name: str
    element: XmlElement
    device: str
    up: bool
    addresses: list[tuple[Address, XmlElement]] = field(default_factory=list)
    shared: list[tuple[Address, XmlElement]] = field(default_factory=list)  # of a cluster, and aliases
    untold: set[int] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """What it is."""
        if "." in self.device or "_vlan" in self.device:
            return "svi"
        return next((kind for start, kind in _KINDS if self.device.startswith(start)), "physical")

    def of(self, version: int) -> Iterator[Address]:
        """Its addresses of a version of IP, those of the cluster with them."""
        return (a for a, _ in (*self.addresses, *self.shared) if a.version == version)


class PfInterfaces(dict[str, PfInterface]):
    """All by name. groups: the members of each group."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, list[str]] = {}
        self.group_order: dict[str, int] = {}

    def members(self, name: str) -> list[str]:
        """The interfaces that a name of a rule means, itself among them; empty where there is none."""
        if name in self.groups:
            return [m for m in self.groups[name] if m in self] + [name]
        starts = SERVICES.get(name) or next((s for n, s in SERVICES.items() if name.startswith(n)), ())
        found = [i.name for i in self.values() if starts and i.device.startswith(starts)]
        if name in self or starts:
            return [*found, name]
        return []


def read_interfaces(file: FirewallFile) -> PfInterfaces:
    """The interfaces of a file."""
    found = PfInterfaces()
    for element in file.every("interfaces/*"):
        if value(element, "type") == "group":
            continue
        enable = child(element, "enable")
        up = enable is not None and enable.text not in ("0", "no")
        one = PfInterface(element.tag, element, value(element, "if"), up)
        _own(one, element)
        found[one.name] = one
    _virtual(file, found)
    for number, entry in enumerate(file.every("ifgroups/ifgroupentry")):
        name = value(entry, "ifname")
        found.groups[name] = value(entry, "members").replace(",", " ").split()
        order = value(entry, "sequence")
        found.group_order[name] = int(order) if order.isdecimal() and len(order) < 9 else number
    return found


def _own(one: PfInterface, element: XmlElement) -> None:
    for version, tag, bits in ((4, "ipaddr", "subnet"), (6, "ipaddrv6", "subnetv6")):
        text = value(element, tag)
        length = value(element, bits)
        address = _address(text, length)
        if address is not None and address.version == version:
            one.addresses.append((address, child(element, tag) or element))
        elif (text and text != "none") or one.kind == "tunnel":  # the tunnel's own section has its addresses
            one.untold.add(version)


def _address(text: str, length: str) -> Address | None:
    try:
        return ip_interface(f"{text}/{length}" if length and "/" not in text else text)
    except ValueError:
        return None


def _virtual(file: FirewallFile, found: PfInterfaces) -> None:
    """Further addresses: aliases, and those of a cluster (CARP)."""
    for entry in file.every("virtualip/vip"):
        owner = found.get(value(entry, "interface"))
        address = _address(value(entry, "subnet"), value(entry, "subnet_bits"))
        if owner is not None and address is not None and value(entry, "mode", "ipalias") in ("ipalias", "carp"):
            owner.shared.append((address, child(entry, "subnet") or entry))
