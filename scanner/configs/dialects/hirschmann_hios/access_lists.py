"""Access lists of IPv4 and of MAC addresses, on ports, aggregations and VLANs.

Sources: HM2-PLATFORM-QOS-ACL-MIB; HiOS user manuals, "ACL". The lists on an interface are tried in their sequence, the
rules of each by their numbers; what no rule of any matches is dropped, while an interface without a list forwards
everything. Masks are inverse (0.0.0.255); one that begins with ones can only be a netmask, and is read as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from scanner.configs import acls
from scanner.configs.acl_entries import ANY, NUMBERS, Acl, AclEntry
from scanner.configs.dialects.hirschmann_hios.profile import NOTHING, Entry, MibProfile, active, address
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, Sheet, whole
from scanner.configs.wildcards import number

_OF_IP, _OF_MAC = "1", "2"  # hm2AgentAclIfAclType
_WAYS = {"1": "in", "2": "out"}
_OPERATORS = {"0": "eq", "1": "neq", "2": "lt", "3": "gt"}
_ALL_ONES = 0xFFFFFFFF
_UNSET = ("", "-1", "4294967295")
# column -> how the option is called, and the last value that narrows; what is above it stands for nothing
_NARROWS = {
    "hm2AgentAclRuleIPDSCP": ("dscp", 63),
    "hm2AgentAclRuleIpPrecedence": ("precedence", 7),
    "hm2AgentAclRuleIgmpType": ("igmp-type", 255),
}
_NOWHERE = ("", "0", "0/0", "none")


@dataclass
class HiosLists:
    """The access lists of a switch. placed: interface or VLAN, in or out -> lists in the order they are tried.

    others: lines that use a list that is not read, or somewhere that is not told.
    """

    all: acls.Acls = field(default_factory=acls.Acls)
    placed: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    nodes: dict[tuple[str, str], Node] = field(default_factory=dict)
    others: list[Node] = field(default_factory=list)
    early: set[str] = field(default_factory=set)  # uses behind which another list is tried

    def on(self, place: str, way: str) -> tuple[str, Node | None]:
        """The lists on what comes in at an interface or goes out there."""
        names = self.placed.get((place, way), [])
        return (",".join(names), self.nodes[place, way]) if names else (ABSENT, None)

    def together(self, names: list[str]) -> Acl:
        """Several lists on one interface as one: each goes on where the one before it ends. An entry of which it is not
        told what it matches may match anything.
        """
        entries = [entry for name in names for entry in self.all[name].entries]
        told = [replace(entry, protocol="other") if entry.unsure else entry for entry in entries]
        return Acl(", ".join(names), self.all[names[0]].node, told)


def read_lists(profile: MibProfile) -> HiosLists:
    """All of them."""
    lists = HiosLists()
    by_index: dict[tuple[str, str], str] = {}
    for kind, start in ((_OF_IP, "hm2AgentAcl"), (_OF_MAC, "hm2AgentAclMac")):
        for entry in profile.entries(f"{start}Name"):
            name, node = entry[f"{start}Name"]
            index = entry.get(f"{start}Index", NOTHING).text
            if not name or node is None:
                continue
            name = name if kind == _OF_IP else f"{name} (mac)"
            by_index[kind, index] = name
            lists.all.open(name, node)
        for rule in _in_order(profile, start):
            name = by_index.get((kind, rule.get(f"{start}Index", NOTHING).text), "")
            if name:
                lists.all[name].entries.append(_entry(rule) if kind == _OF_IP else _mac_entry(rule))
    _place(lists, profile, by_index)
    return lists


def list_settings(lists: HiosLists, sheet: Sheet) -> None:
    """The rows about them."""
    told = (("interface", "deny"), ("vlan", "deny"), *((use, "unknown") for use in sorted(lists.early)))
    acls.rows(sheet, lists.all, told, named=())


def _in_order(profile: MibProfile, start: str) -> list[Entry]:
    """The rules that hold, by their numbers."""
    column = f"{start}RuleIndex"
    rules = [e for e in profile.entries(column) if active(e, f"{start}RuleStatus")]
    return sorted(rules, key=lambda e: int(e[column].text) if whole(e[column].text) else 0)


def _block(entry: Entry, column: str) -> Node:
    node = entry[column].node
    assert node is not None  # noqa: S101 - it was found by this column
    return node.parent or node


def _entry(rule: Entry) -> AclEntry:
    def text(column: str) -> str:
        return rule.get(f"hm2AgentAclRule{column}", NOTHING).text

    node = _block(rule, "hm2AgentAclRuleIndex")
    name = rule["hm2AgentAclRuleIndex"].text
    action = "permit" if text("Action") == "1" else "deny"  # denied unless it says otherwise
    logs, timed = text("Logging") == "1", text("TimeRangeName") != ""
    narrowed, unsure = _narrowed(rule)
    if text("MatchEvery") == "1":
        options = " ".join(_elsewhere(rule))
        return AclEntry(node, name, action, "ip", ANY, ANY, options, logs=logs, timed=timed, unsure=bool(options))
    ends = [_end(text(f"{side}IpAddress"), text(f"{side}IpMask")) for side in ("Src", "Dest")]
    protocol = text("Protocol")
    unsure = unsure or protocol in ("0", "255") or any(doubtful for _, doubtful in ends)
    return AclEntry(
        node,
        name,
        action,
        "ip" if protocol in _UNSET else NUMBERS.get(protocol, protocol) if protocol != "0" else "255",
        ends[0][0],
        ends[1][0],
        " ".join((*_ports(rule, "Src"), *_ports(rule, "Dest"), *narrowed)),
        logs=logs,
        timed=timed,
        unsure=unsure,
    )


def _end(text: str, mask: str) -> tuple[str, bool]:
    """The addresses of an end, and whether the mask may be meant otherwise."""
    base, bits = address(text), number(address(mask))
    if base in ("", "0.0.0.0"):  # noqa: S104
        return ANY, bits is not None and bits not in (0, _ALL_ONES)
    if bits is None:
        return base, bool(mask)
    if bits == _ALL_ONES:
        return base, True
    netmask = bits >> 31 == 1
    wildcard = bits ^ _ALL_ONES if netmask else bits
    plain = ".".join(str(wildcard >> shift & 255) for shift in (24, 16, 8, 0))
    return acls.network(base, plain), netmask and bool(wildcard & (wildcard + 1))


def _ports(rule: Entry, side: str) -> Iterator[str]:
    """The ports of an end, as options."""
    start = f"hm2AgentAclRule{side}L4Port"
    one, low, high = (rule.get(f"{start}{part}", NOTHING).text for part in ("", "RangeStart", "RangeEnd"))
    operator = _OPERATORS.get(rule.get(f"hm2AgentAclRule{side.replace('Dest', 'Dst')}L4PortOperator", NOTHING).text)
    before = "source " if side == "Src" else ""
    given = [t for t in (one, low, high) if t not in (*_UNSET, "0")]
    if not given:
        return
    if one not in (*_UNSET, "0") and operator not in (None, "eq"):
        yield f"{before}{operator} {one}"
    elif high not in (*_UNSET, "0") and low != high:
        yield f"{before}range {low if low not in _UNSET else 0} {high}"
    else:
        yield f"{before}{operator or 'eq'} {given[0]}"


def _narrowed(rule: Entry) -> tuple[list[str], bool]:
    """What else narrows it, and whether it may be that nothing does: zero may stand for no value."""
    found, unsure = [], False
    for column, (name, most) in _NARROWS.items():
        text = rule.get(column, NOTHING).text
        if text in _UNSET or (whole(text) and int(text) > most) or (name == "igmp-type" and text == "0"):
            continue
        found.append(f"{name} {text}")
        unsure = unsure or text == "0"
    for name, bits, mask in (("tos", "IpTosBits", "IpTosMask"), ("tcp-flag", "TcpFlagBits", "TcpFlagMask")):
        told = rule.get(f"hm2AgentAclRule{mask}", NOTHING).text
        if told not in (*_UNSET, "0", "00", "255" if name == "tos" else "0"):
            found.append(f"{name} {rule.get(f'hm2AgentAclRule{bits}', NOTHING).text}/{told}")
    kind, code = (rule.get(f"hm2AgentAclRuleIcmp{part}", NOTHING).text for part in ("Type", "Code"))
    if kind not in _UNSET and rule.get("hm2AgentAclRuleProtocol", NOTHING).text == "1":
        found.append(f"icmp-type {kind}" + ("" if code in _UNSET else f" {code}"))
        unsure = unsure or kind == "0"
    for column, word in (("Established", "established"), ("Fragments", "fragments")):
        if rule.get(f"hm2AgentAclRule{column}", NOTHING).text == "1":
            found.append(word)
    elsewhere = _elsewhere(rule)
    return found + elsewhere, unsure or bool(elsewhere)


def _elsewhere(rule: Entry) -> list[str]:
    """What it permits is sent to a port in place of where it would go."""
    port = rule.get("hm2AgentAclRuleRedirectIntf", NOTHING).text
    return [] if port.lower() in _NOWHERE else [f"redirect {port}"]


def _mac_entry(rule: Entry) -> AclEntry:
    """A rule of a list of MAC addresses; which packets of IP it matches is not told."""
    node = _block(rule, "hm2AgentAclMacRuleIndex")
    action = "permit" if rule.get("hm2AgentAclMacRuleAction", NOTHING).text == "1" else "deny"
    return AclEntry(node, rule["hm2AgentAclMacRuleIndex"].text, action, "other", "", "")


def _place(lists: HiosLists, profile: MibProfile, by_index: dict[tuple[str, str], str]) -> None:
    """Where lists filter, in their sequence."""
    found: dict[tuple[str, str], list[tuple[int, str, Node]]] = {}
    for start, kind in (("hm2AgentAclIf", "interface "), ("hm2AgentAclVlan", "vlan ")):
        for entry in profile.entries(f"{start}AclId"):
            if not active(entry, f"{start}Status"):
                continue
            text = {part: entry.get(f"{start}{part}", NOTHING).text for part in ("Index", "Direction", "Sequence")}
            node = _block(entry, f"{start}AclId")
            own = (entry.get(f"{start}AclType", NOTHING).text, entry[f"{start}AclId"].text)
            way = _WAYS.get(text["Direction"])
            if way is None or own not in by_index or not text["Index"]:
                lists.others.append(node)
                continue
            order = int(text["Sequence"]) if whole(text["Sequence"]) else 0
            found.setdefault((f"{kind}{text['Index']}", way), []).append((order, by_index[own], node))
    for (place, way), several in found.items():
        several.sort(key=lambda one: one[0])
        short = place.removeprefix("interface ")
        lists.placed[short, way] = [name for _, name, _ in several]
        lists.nodes[short, way] = several[0][2]
        for order, name, node in several:
            use = f"{place} {way}" if len(several) == 1 else f"{place} {way} ({order})"
            lists.all.use(name, node, use)
            if len(several) > 1 and name != several[-1][1]:
                lists.early.add(use)
