"""Access lists, their entries and where they are used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.configs import acls
from scanner.configs.acl_entries import ANY, NUMBERS, AclEntry
from scanner.configs.acl_objects import ports_in_words
from scanner.configs.dialects.cisco_asa.objects import EVERYBODY, Families, NamedObjects, ServicePart, ports
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.nodes import Node, is_on
from scanner.configs.settings import whole
from scanner.configs.tree import Tree

# What no rule for the device itself matches is left to "ssh", "http" and the like.
DEFAULT_ACTIONS = (("interface", "deny"), ("all interfaces", "deny"), ("vpn", "deny"), ("control plane", "permit"))
_WHO = ("user", "user-group", "object-group-user", "object-group-security")  # each is followed by a name
_ALL4, _ALL6 = "0.0.0.0/0", "::/0"
_OPERATORS = ("eq", "neq", "gt", "lt", "range")
_LISTS = (  # commands that name a list behind a word and let through or drop by it
    ("vpn-filter", "value"),
    ("filter", "value"),
)


class _Words:
    """The words of an entry that are still to be read."""

    def __init__(self, words: list[str]) -> None:
        self.left = words

    def next(self, *expected: str) -> bool:
        """The next word is one of these, and is taken."""
        if self.left[:1] and self.left[0].lower() in expected:
            self.left = self.left[1:]
            return True
        return False

    def take(self) -> str:
        """The next word."""
        word = self.left[0] if self.left else ""
        self.left = self.left[1:]
        return word


def read_access_lists(tree: Tree, objects: NamedObjects) -> acls.Acls:
    """All access lists with their entries; those that are inactive are none."""
    lists = acls.Acls()
    sixth = speaks_ipv6(tree) or is_on(tree.exact("firewall transparent"))
    denied = not _silenced(tree)
    for name, lines in _in_order(tree).items():
        position = 0
        for node, entry in lines:
            kind = entry[0].lower() if entry and entry[0].lower() not in ("permit", "deny") else "extended"
            rest = entry if kind == "extended" and entry and entry[0].lower() != kind else entry[1:]
            if len(entry) < 2 or kind == "remark" or not rest or rest[0].lower() not in ("permit", "deny"):
                continue
            acl = lists.open(name, node)
            position += 1
            node.understood = True
            if kind == "extended":
                if rest[-1].lower() != "inactive":
                    found = _extended(node, rest, str(position), objects, sixth=sixth)
                    acl.entries += (replace(e, logs=denied and e.action == "deny" and not _quiet(node)) for e in found)
            else:
                acl.entries.append(_simple(node, rest, str(position), kind, objects))
    return lists


def _in_order(tree: Tree) -> dict[str, list[tuple[Node, list[str]]]]:
    """The lines of each list as the device orders them, remarks too: ``line 1`` goes before all that are there."""
    found: dict[str, list[tuple[Node, list[str]]]] = {}
    for node, words in tree.given("access-list"):
        lines, entry = found.setdefault(" ".join(words[:1]), []), words[1:]
        place = len(lines)
        if entry[:1] == ["line"]:
            place = int(entry[1]) - 1 if len(entry) > 1 and whole(entry[1]) else place
            entry = entry[2:]
        lines.insert(max(place, 0), (node, entry))
    return found


def _simple(node: Node, words: list[str], position: str, kind: str, objects: NamedObjects) -> AclEntry:
    """An entry of a standard list, or of one that is not about IP."""
    action = words[0].lower()
    if kind != "standard":
        return AclEntry(node, position, action, "other", "", "", " ".join(words[1:]))
    source = _address(_Words(words[1:]), objects)
    return AclEntry(node, position, action, "ip", ANY, (source or EVERYBODY).four or ANY)


def _silenced(tree: Tree) -> bool:
    """The message that says of each packet which entry dropped it (106023) is switched off."""
    return any(n.negated and n.key == "logging message 106023" for n in tree.all("logging message"))


def _quiet(node: Node) -> bool:
    return " log disable" in node.key


def _extended(node: Node, words: list[str], position: str, objects: NamedObjects, *, sixth: bool) -> Iterator[AclEntry]:
    """One entry, as one for each protocol and version of IP that it is about."""
    left = _Words(words[1:])
    services = _protocol(left, objects)
    who = _narrowed_to(left)
    source = _address(left, objects)
    source_ports, from_group = _ports(left, objects)
    who += _narrowed_to(left)
    destination = _address(left, objects)
    target_ports, to_group = _ports(left, objects)
    options = _options(left, objects)
    if source is None or destination is None:
        permits = words[0].lower() == "permit"
        yield AclEntry(node, position, words[0].lower(), "other", "", "", " ".join(words[1:]), unsure=permits)
        return
    several = len(services) > 1
    for one in services:
        narrowed = [*who, from_group and f"source {from_group}", source_ports and f"source {source_ports}"]
        narrowed += [one.options, to_group, target_ports, options]
        said = " ".join(w for w in narrowed if w)
        for version, ends in _versions(source, destination, sixth=sixth):
            protocol = "ipv6" if one.protocol == "ip" and version == 6 else one.protocol
            suffix = f"/{'ipv6-' * (version == 6)}{one.protocol}" if several or version == 6 else ""
            yield AclEntry(node, position + suffix, words[0].lower(), protocol, *ends, said)


def _versions(source: Families, destination: Families, *, sixth: bool) -> Iterator[tuple[int, tuple[str, str]]]:
    """Both ends for each version of IP; 0: for both at once. sixth: the device takes part in IPv6."""
    if source == destination == EVERYBODY:
        yield 0, (ANY, ANY)
        return
    if source.four and destination.four:
        ends = source.four, destination.four
        yield 4, (_ALL4, _ALL4) if sixth and ends == (ANY, ANY) else ends
    if sixth and source.six and destination.six:
        first, second = (_ALL6 if end == ANY else end for end in (source.six, destination.six))
        yield 6, (first, second)


def _protocol(left: _Words, objects: NamedObjects) -> list[ServicePart]:
    if left.next("object", "object-group"):
        return objects.protocols(left.take())
    word = left.take().lower()
    return [ServicePart(NUMBERS.get(word, word))]


def _narrowed_to(left: _Words) -> list[str]:
    """Users and groups of them that an entry is about."""
    found = []
    while left.left:
        word = left.left[0].lower()
        if word == "security-group":
            found.append(" ".join(left.left[:3]))
            left.left = left.left[3:]
        elif word in _WHO:
            found.append(" ".join(left.left[:2]))
            left.left = left.left[2:]
        else:
            break
    return found


def _address(left: _Words, objects: NamedObjects) -> Families | None:
    """The addresses of one end; None when they are not understood."""
    word = left.take()
    lower = word.lower()
    if lower == "any":
        return EVERYBODY
    if lower in ("any4", "any6"):
        return Families(ANY, None) if lower == "any4" else Families(None, ANY)
    if lower in ("object", "object-group"):
        return objects.group(left.take(), kind=lower)
    if lower == "interface":
        return Families(f"group interface {left.take()}", None)
    if lower == "host":
        word, mask = left.take(), ""
    else:
        mask = "" if "/" in word else left.take()
    networks = objects.network([word, mask] if mask else [word])
    if networks is None:
        return None
    one = networks[0]
    text = ANY if one.prefixlen == 0 else str(one if one.prefixlen < one.max_prefixlen else one.network_address)
    return Families(text, None) if one.version == 4 else Families(None, text)


def _ports(left: _Words, objects: NamedObjects) -> tuple[str, str]:
    """Ports behind an end, in words, or a group of them that is not understood."""
    if left.left[:1] and left.left[0].lower() in _OPERATORS:
        count = 3 if left.left[0].lower() == "range" else 2
        taken, left.left = left.left[:count], left.left[count:]
        told = ports(taken)
        return (ports_in_words("tcp", told), "") if told is not None else (" ".join(taken), "")
    if left.left[:1] == ["object-group"] and len(left.left) > 1 and (told := objects.ports(left.left[1])) is not None:
        left.left = left.left[2:]
        return ports_in_words("tcp", told), ""
    return "", ""


def _options(left: _Words, objects: NamedObjects) -> str:
    """What else narrows an entry: types of ICMP, times are aside, as is what is logged."""
    found: list[str] = []
    while left.left:
        word = left.take()
        lower = word.lower()
        if lower == "log":
            while left.left and (left.left[0].lower() in _LEVELS or left.left[0].isdecimal()):
                left.take()
            if left.next("interval"):
                left.take()
        elif lower == "time-range":
            left.take()
        elif lower == "object-group":
            name = left.take()
            types = objects.messages(name)
            found.append(f"icmp-type in {','.join(types)}" if types else f"group {name}")
        else:
            found.append(word)
    return " ".join(found)


_LEVELS = (
    *("emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging"),
    *("disable", "default"),
)


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    for node, words in tree.given("access-group"):
        if words[1:2] == ["global"]:
            lists.use(words[0], node, "all interfaces in")
        elif len(words) > 3 and words[2] == "interface":
            node.understood = True
            plane = "control plane of " if "control-plane" in words[4:] else ""
            lists.use(words[0], node, f"{plane}interface {words[3]} {words[1]}")
    for block, words in tree.given("group-policy"):
        for node in block.children:
            for command, word in _LISTS:
                if node.is_(f"{command} {word}") and not node.negated:
                    lists.use(node.text.split()[-1], node, f"vpn {words[0]}")
    _bind_selectors(tree, lists)


def _bind_selectors(tree: Tree, lists: acls.Acls) -> None:
    """Places that only choose traffic with a list: their permit is no permission."""
    for node, words in tree.given("crypto map", "crypto dynamic-map"):
        if words[2:4] == ["match", "address"]:
            lists.use(words[-1], node, "crypto map", filters=False, certain=True)
    for header in ("class-map", "route-map"):
        for block in tree.all(header):
            for node in (n for n in block.children if n.key.startswith("match") and not n.negated):
                for word in node.text.split()[2:]:
                    lists.use(word, node, block.text, filters=False)
    for block in tree.all("group-policy"):
        for node in block.children:
            if node.is_("split-tunnel-network-list value"):
                lists.use(node.text.split()[-1], node, "split tunnel", filters=False, certain=True)
    for node, words in tree.given("nat", "static", "aaa authentication match", "aaa accounting match"):
        for word in words:
            if word in lists:
                lists.use(word, node, node.text.split()[0], filters=False)
