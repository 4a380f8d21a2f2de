"""What the dialects share in telling how a device forwards: places, doubts, addresses, access lists that filter."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator

from scanner.addresses import Network
from scanner.configs.acl_entries import Acl
from scanner.configs.acl_packets import Groups, as_filter
from scanner.configs.acls import Acls, prefix_length
from scanner.configs.forwarding import (
    DoubtKind,
    Filter,
    ForwardingDoubt,
    Interface,
    InterfaceAddress,
    Place,
    Relay,
    Router,
    Wire,
)
from scanner.configs.nodes import Node
from scanner.configs.settings import whole
from scanner.configs.tree import Tree
from scanner.wording import Said, said

NOT_UNDERSTOOD = said("a line is not understood")
NOT_WHOLE = said("the configuration is not whole, or was not read as a whole")
ADDRESS_UNTOLD = said("the address of an interface is not told")
TRANSLATED = said("addresses are translated (NAT)")
POLICY_ROUTED = said("packets are routed by policy")
LEARNT = said("routes are learnt (dynamic routing)")
STATEFUL = said("a stateful firewall decides")
ENCRYPTED = said("packets go into a tunnel or are encrypted")
SELECTED = said("classes of traffic are dropped or sent elsewhere")
BRIDGED_FILTER = said("a filter on ports or in the VLAN meets packets that are only bridged")
CHECKED_SOURCE = said("source addresses are checked")
JOINED = said("VLANs are translated, bridged or shared, so that networks may be one")
PORT_UNTOLD = said("a line of a port that bridges is not understood, so that networks may be one")
RELAYED = said("broadcasts are sent on to a server (DHCP relay, UDP helper)")
PROXIED = said("the device passes on what is sent to itself (proxy, load balancer, gateway)")
REWRITTEN_BELOW = said("addresses are translated on ports that only bridge")
CHANGES_ITSELF = said("the device changes its own configuration")

ANYWHERE: tuple[Network, ...] = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


class Doubts:
    """Places and doubts of one configuration."""

    def __init__(self, source: str) -> None:
        self.source = source

    def place(self, node: Node) -> Place:
        """Where the line stands."""
        return Place(self.source, node.line, node.text)

    def doubt(self, kind: DoubtKind, why: Said, node: Node) -> ForwardingDoubt:
        """The line makes something doubtful."""
        return ForwardingDoubt(kind, why, self.place(node))


class Lines(Doubts):
    """Places, doubts and access lists of one configuration."""

    def __init__(self, tree: Tree, lists: Acls, groups: Groups, is_six: Callable[[Node], bool]) -> None:
        super().__init__(tree.source)
        self.tree = tree
        self._lists = lists
        self._groups = groups
        self._is_six = is_six

    def filter(self, name: str, node: Node, version: int, *, permits_rest: bool | None) -> Filter:
        """The list that the line filters by."""
        name = self._lists.aliases.get(name, name)
        acl = self._lists.get(name)
        own = acl and self._of_version(acl, version)
        unread = list(self._unread(own)) if own else ()
        used = self.place(node)
        return as_filter(name, own, used, version, permits_rest=permits_rest, groups=self._groups, unread=unread)

    def _of_version(self, acl: Acl, version: int) -> Acl | None:
        """The list without what a list of the same name says of the other version of IP."""
        six = version == 6
        blocks = [b for b in (acl.node, *(e.node.parent for e in acl.entries)) if b is not None]
        own = next((b for b in blocks if self._is_six(b) == six), None)
        if own is None and acl.entries and self._is_six(acl.node) != six:
            return None
        entries = [e for e in acl.entries if self._is_six(e.node.parent or acl.node) == six]
        return Acl(acl.name, acl.node if own is None or own is self.tree.root else own, entries)

    def _unread(self, acl: Acl) -> Iterator[Node]:
        known = {id(e.node) for e in acl.entries}
        blocks = {id(b): b for b in (acl.node, *(e.node.parent for e in acl.entries)) if b is not None}
        for block in blocks.values():
            if block is self.tree.root:
                same = [n for n in self.tree.all("access-list") if n.after("access-list")[:1] == [acl.name]]
            else:
                same = block.children
            for node in same:
                if id(node) not in known and not node.negated and not _REMARK.search(node.key):
                    yield node


_REMARK = re.compile(
    r"^(?:\d+ )?(?:remark|description|step|rule \d+ (?:remark|comment|description))\b|\bremark\b"
    r"|^(?:no )?(?:statistics|counters) per-entry$|^access-list \S+$"
)


def address_of(words: list[str]) -> tuple[str, str] | None:
    """Address and prefix length of the words behind ``ip address`` or ``ipv6 address``."""
    if words and "/" in words[0]:
        address, _, length = words[0].partition("/")
        return address, length
    if len(words) > 1 and ":" in words[0] and words[1].isdecimal():
        return words[0], words[1]
    bits = prefix_length(words[1]) if len(words) > 1 else None
    return (words[0], str(bits)) if bits is not None else None


def add_address(interface: Interface, words: list[str], place: Place) -> bool:
    """Give the interface the address in the words; whether there is one."""
    found = address_of(words)
    try:
        one = ipaddress.ip_interface("/".join(found)) if found else None
    except ValueError:
        one = None
    if one is None:
        return False
    if not one.ip.is_link_local:
        interface.addresses.append(InterfaceAddress(one.ip, one.network, place))
    return True


def address_in(word: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a word is."""
    try:
        return ipaddress.ip_address(word)
    except ValueError:
        return None


def vlan_number(word: str) -> int:
    """The tag of a VLAN; 0 where it is none."""
    return int(word) if whole(word) and len(word) < len("99999") else 0


def add_virtual(interface: Interface, word: str, place: Place) -> None:
    """Give the interface the address in a word, which it shares with other devices (HSRP, VRRP)."""
    one = address_in(word)
    if one is not None:
        interface.virtual.append(InterfaceAddress(one, ipaddress.ip_network(one), place))


def note_learnt(router: Router, versions: Iterable[int], nodes: Iterable[Node], lines: Lines) -> None:
    """A protocol learns routes of these versions of IP."""
    for node in nodes:
        for version in versions:
            router.dynamic.setdefault(version, []).append(lines.doubt(DoubtKind.ROUTES, LEARNT, node))


def note_bridged(router: Router, vlan: int, nodes: Iterable[Node], lines: Lines) -> None:
    """Lines that packets bridged in a VLAN may meet on a port; VLAN 0: in any."""
    found = (lines.doubt(DoubtKind.DROPS, BRIDGED_FILTER, node) for node in nodes)
    router.port_doubts.setdefault(vlan, []).extend(found)


def join_vlans(router: Router, vlans: Iterable[int], node: Node, lines: Lines, why: Said = JOINED) -> None:
    """The line may join these VLANs, on whichever ports; none: it may join anything."""
    known = frozenset(vlans)
    router.wires.append(Wire(known, lines.doubt(DoubtKind.JOINS, why, node)))
    for vlan in sorted(known) or [0]:
        note_bridged(router, vlan, [node], lines)


def unaddressed(router: Router, block: Node, lines: Lines) -> None:
    """An interface that is up without an address, and has a line that is not understood: it may bridge."""
    doubts = [d for d in router.interfaces[-1].doubts if d.why == NOT_UNDERSTOOD]
    if doubts and router.interfaces[-1].up:
        node = next(n for n in block.children if n.line == doubts[0].place.line)
        join_vlans(router, (), node, lines, PORT_UNTOLD)


def relay(
    interface: Interface, words: Iterable[str], ports: tuple[tuple[int, int], ...], node: Node, lines: Lines
) -> None:
    """Broadcasts on the interface to these ports of UDP are sent on to the addresses among the words."""
    doubt = lines.doubt(DoubtKind.REWRITES, RELAYED, node)
    for server in (one for one in map(address_in, words) if one):
        interface.relays.append(Relay(server, ports, doubt))


def sift(
    nodes: Iterable[Node], taken: Callable[[Node], bool], harmless: re.Pattern[str], lines: Lines
) -> Iterator[ForwardingDoubt]:
    """The doubts of the lines of an interface that nobody took and that are not known to leave packets alone."""
    for node in nodes:
        if not node.negated and not taken(node) and not harmless.match(node.key):
            yield lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node)


def unfinished(tree: Tree, lines: Lines) -> Iterator[ForwardingDoubt]:
    """The doubt of a configuration that was not read to its end: what is missing may be a filter's last entry."""
    if not tree.complete or tree.problems or tree.endless:
        yield lines.doubt(DoubtKind.ANYTHING, NOT_WHOLE, tree.root)


def unread_at_top(
    tree: Tree, about: re.Pattern[str], known: re.Pattern[str], lines: Lines
) -> Iterator[ForwardingDoubt]:
    """The doubts of lines of the whole device that look as though they decided about packets."""
    for node in tree.root.children:
        if not node.negated and about.search(node.key) and not known.match(node.key):
            yield lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node)
