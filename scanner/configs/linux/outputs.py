"""The outputs of ``ip address``, ``ip route``, ``ip rule`` and ``sysctl`` that stand beside a ruleset in one file.

Sources: ip-address(8), ip-link(8), ip-route(8), ip-rule(8), sysctl(8), and what iproute2 prints.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.addresses import IPAddress, Network
from scanner.configs.linux.routes import RouteLine, route_line

_LINK = re.compile(r"\d+: (?P<name>[^:@\s]+)(?:@(?P<below>[^:\s]+))?: <(?P<flags>[A-Z0-9_,-]*)> mtu \d+(?P<rest>.*)")
_TYPE = re.compile(r"link/(\S+)")
_ADDRESS = re.compile(r"inet6? (?P<address>\S+?)(?:/(?P<length>\d+))?(?: peer (?P<peer>\S+))? .*\bscope (?P<scope>\S+)")
_LIFETIME = re.compile(r"valid_lft \S+ preferred_lft \S+|altname \S+|(?:RX|TX)[ :].*|[\d ]+")
_VLAN = re.compile(r"vlan protocol 802\.1Q id (\d+)\b")
_TAGGED = re.compile(r".*\.(\d{1,4})")
_RULE = re.compile(r"\d+:\s+(?:not )?from \S+.*\b(?:lookup|goto|nop|blackhole|unreachable|prohibit|nat)\b.*")
_BUILT_IN_RULE = re.compile(
    r"(?:0:\s+from all lookup local|32766:\s+from all lookup main|32767:\s+from all lookup default)"
)
_KERNEL = re.compile(r"(?:/proc/sys/)?(net[./]\S+)\s*[=:]\s*(-?\d+)")
_COMMAND = re.compile(
    r"(?:[^#$>]{0,80}[#$>] ?|[=+-]{2,} ?)?(?:sudo )?(?:/\S+/)?"
    r"(?:ip (?:-\w+ )*(?:a|addr|address|r|route|ru|rule)\b|sysctl (?:-\w+ )*net\b)[^;|&]*"
)
_PLAIN = re.compile(
    r"(?:eth|en[opsx]|br|bond|team|vlan|lan|wan|port|swp|sw|dmz|wl|dummy|mgmt|ge|xe|usb|docker|virbr|vmbr|veth|cni|podman|lxc|lxd)[\w.-]*"
)


@dataclass(eq=False)
class LinkAddress:
    """An address of an interface, and the network behind it."""

    address: IPAddress
    network: Network
    line: int
    text: str


@dataclass(eq=False)
class PrintedLink:
    """An interface. plain: a port, a VLAN or a bridge; others may lead into tunnels. master: what it belongs to."""

    name: str
    line: int
    text: str
    up: bool
    plain: bool
    master: str = ""
    vlan: int = 0
    addresses: list[LinkAddress] = field(default_factory=list)


@dataclass
class HostOutputs:
    """Everything that these outputs tell. lines: theirs. rules: lines of policy routing, which the kernel has not by
    itself. ruled: how often the outputs of ``ip rule`` are there. unread: lines of routes that are not understood.
    """

    lines: set[int] = field(default_factory=set)
    links: dict[str, PrintedLink] = field(default_factory=dict)
    routes: list[tuple[RouteLine, int, str]] = field(default_factory=list)
    rules: list[tuple[int, str]] = field(default_factory=list)
    ruled: int = 0
    unread: list[tuple[int, str]] = field(default_factory=list)
    kernel: dict[str, tuple[int, int, str]] = field(default_factory=dict)  # value, line, text

    def setting(self, *names: str) -> int | None:
        """The first of these settings of the kernel that is told."""
        return next((self.kernel[name][0] for name in names if name in self.kernel), None)


def host_outputs(lines: Iterable[tuple[int, str]]) -> HostOutputs:
    """Of the numbered lines of a file that are outside of its tables."""
    reader = _Reader()
    for number, line in lines:
        if line.strip() and reader.take(number, line):
            reader.found.lines.add(number)
    return reader.found


class _Reader:
    """The state of one pass over the lines."""

    def __init__(self) -> None:
        self.found = HostOutputs()
        self.link: PrintedLink | None = None
        self.route: tuple[RouteLine, int, str] | None = None

    def take(self, number: int, line: str) -> bool:
        """Whether the line is of an output."""
        text = line.strip()
        inside = line[:1].isspace()
        if inside and self.link is not None:
            self._of_link(self.link, number, text)
            return True
        if inside and self.route is not None and text.startswith("nexthop "):
            self._further(self.route[0], number, text)
            return True
        self.link = self.route = None
        if one := _LINK.fullmatch(text):
            self.link = self.found.links.setdefault(one["name"], _link(one, number, text))  # of several outputs one
        elif _RULE.fullmatch(text):
            if text.startswith("0:"):
                self.found.ruled += 1
            if not _BUILT_IN_RULE.fullmatch(text):
                self.found.rules.append((number, text))
        elif one := _KERNEL.fullmatch(text):
            self.found.kernel[one[1].replace("/", ".")] = int(one[2][:9]), number, text
        elif (route := route_line(text.split())) is not None:
            self.route = route, number, text
            self.found.routes.append(self.route)
            if not route.understood:
                self.found.unread.append((number, text))
        else:
            return _COMMAND.fullmatch(text) is not None
        return True

    def _further(self, route: RouteLine, number: int, text: str) -> None:
        further = route_line([route.words[0], *text.split()[1:]])
        if further is None or not further.understood:
            self.found.unread.append((number, text))
        else:
            route.ways += further.ways

    def _of_link(self, link: PrintedLink, number: int, text: str) -> None:
        if one := _TYPE.match(text):
            named = _PLAIN.fullmatch(link.name) is not None
            link.plain = link.plain and (one[1] == "loopback" or (one[1] == "ether" and named))
        elif one := _ADDRESS.match(text):
            if (address := _address(one, number, text)) is not None:
                link.addresses.append(address)
        elif one := _VLAN.match(text):
            link.vlan = int(one[1][:5])
        elif text.split(maxsplit=1)[0] in _KINDS:
            link.plain = True
        elif not _LIFETIME.fullmatch(text) and text.split(maxsplit=1)[0] in _TUNNELS:
            link.plain = False


_KINDS = ("bridge", "bond", "team", "veth", "dummy", "macvlan", "ipvlan")
_TUNNELS = (
    "vxlan",
    "gre",
    "gretap",
    "tun",
    "geneve",
    "wireguard",
    "ipip",
    "sit",
    "vti",
    "xfrm",
    "l2tp",
    "macsec",
    "erspan",
)


def _link(one: re.Match[str], number: int, text: str) -> PrintedLink:
    flags = one["flags"].split(",")
    words = one["rest"].split()
    tagged = _TAGGED.fullmatch(one["name"])
    return PrintedLink(
        one["name"],
        number,
        text,
        up="UP" in flags,
        plain="POINTOPOINT" not in flags,
        master=words[words.index("master") + 1] if "master" in words[:-1] else "",
        vlan=int(tagged[1]) if tagged and one["below"] else 0,
    )


def _address(one: re.Match[str], number: int, text: str) -> LinkAddress | None:
    """None for one that no router forwards to."""
    try:
        own = ipaddress.ip_address(one["address"])
        behind = one["peer"] or f"{own}/{one['length'] or own.max_prefixlen}"
        network = ipaddress.ip_network(behind, strict=False)
    except ValueError:
        return None
    return None if own.is_link_local or own.is_loopback else LinkAddress(own, network, number, text)
