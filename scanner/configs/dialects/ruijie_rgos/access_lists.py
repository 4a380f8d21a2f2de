"""Access lists, their entries and where they are used.

Source: Ruijie RGOS configuration guide (ACL). Standard and extended lists are written as in IOS; an expert list has a
MAC address behind each IP address. What no entry matches is denied.
"""

from __future__ import annotations

from dataclasses import replace

from scanner.configs import acls
from scanner.configs.acl_entries import ANY, AclEntry, in_order
from scanner.configs.dialects.cisco_ios import access_lists as ios
from scanner.configs.dialects.ruijie_rgos.interfaces import filter_of
from scanner.configs.nodes import Node, every
from scanner.configs.settings import whole
from scanner.configs.tree import Tree

_EXPERT = range(2_700, 2_900)
_WITHOUT_IP = frozenset(("any", "host", "cos", "etype-any", "vid"))
OVERALL = (
    "ip session filter",
    "global ip access-group",
    "ip access-group",
    "expert access-group",
    "mac access-group",
    "global access-group",
)


def read_access_lists(tree: Tree) -> acls.Acls:
    """All access lists with their entries, numbered and named."""
    lists = ios.read_access_lists(tree)
    for number in [name for name in lists if whole(name) and int(name) in _EXPERT]:
        acl = lists[number]
        acl.entries = [_expert(e.node, e.node.after("access-list")[1:], e.name) for e in acl.entries]
    for block, words in tree.given("expert access-list extended"):
        if words:
            _read_expert(lists, block, words[0])
    return lists


def _read_expert(lists: acls.Acls, block: Node, name: str) -> None:
    acl = lists.open(name, block)
    numbered: set[str] = set()
    for node in block.children:
        entry = node.text.split()
        position = str(len(acl.entries) + 1)
        if whole(entry[0]):
            position, entry = entry[0], entry[1:]
            numbered.add(position)
        if entry and entry[0].lower() in ("permit", "deny") and not node.negated:
            acl.entries.append(_expert(node, entry, position))
    acl.entries = in_order(acl.entries, numbered)


def _expert(node: Node, words: list[str], position: str) -> AclEntry:
    """One entry: ``permit tcp [VID 10] SOURCE MAC [PORTS] DESTINATION MAC [PORTS]``; without a protocol it is any."""
    if len(words) < 2 or words[1].lower() in _WITHOUT_IP or words[1].lower().startswith("0x"):
        if [w.lower() for w in words[1:]] == ["any"] * 4:
            return AclEntry(node, position, words[0].lower(), "ip", ANY, ANY)
        return AclEntry(node, position, words[0].lower(), "other", "", "", " ".join(words[1:]))
    plain, narrowed = words[:2], False
    rest = words[2:]
    if rest[:1] and rest[0].lower() == "vid":
        rest, narrowed = rest[2:], True
    for _ in range(2):
        address, rest = _address(rest)
        mac, rest = _mac(rest)
        ports, rest = ios.split_ports(rest)
        plain += [*address, *ports.split()]
        narrowed = narrowed or not mac
    entry = ios.entry_of(node, [*plain, *rest], "extended", position)
    return replace(entry, options=f"{entry.options} mac".strip()) if narrowed else entry


def _address(words: list[str]) -> tuple[list[str], list[str]]:
    """The words of an IP address, and what follows."""
    count = 1 if words[:1] and _is_any(words[0]) else 2
    return words[:count], words[count:]


def _mac(words: list[str]) -> tuple[bool, list[str]]:
    """Whether every MAC address is meant, and what follows."""
    if words[:1] and _is_any(words[0]):
        return True, words[1:]
    return False, words[2:]


def _is_any(word: str) -> bool:
    """It says so, or half of it."""
    return word.lower() in ("an", "any")


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """Note where every list is used."""
    for block in tree.all("interface"):
        for node in block.children:
            if not node.negated and (found := filter_of(node)):
                where = f"interface {' '.join(block.after('interface'))} {found[1]}"
                lists.use(found[0], node, where, family=node.key.partition(" ")[0])
    for command in OVERALL:
        for node, words in tree.given(command):
            if words:
                lists.use(words[0], node, "all interfaces " + (words[1].lower() if len(words) > 1 else "in"))
    ios.bind_to_lines(tree, lists)
    ios.bind_services(tree, lists)
    for command in ("ip ssh ip-acl", "ip ssh access-class"):
        for node, words in tree.given(command):
            lists.use(words[-1] if words else "", node, "ssh")
    ios.bind_selectors(tree, lists)
    _bind_selected(tree, lists)


def _bind_selected(tree: Tree, lists: acls.Acls) -> None:
    """Places where a list only chooses: mirrored traffic, and what passes before a login."""
    for node in (n for n in tree.all("monitor session") if not n.negated and "acl" in n.key.split()[:-1]):
        words = node.text.split()
        lists.use(words[[w.lower() for w in words].index("acl") + 1], node, "mirror", filters=False, certain=True)
    inside = [n for b in tree.all("interface") for n in every(b.children, "security access-group")]
    for node in [*inside, *every(tree.all("security"), "security global access-group")]:
        if not node.negated and len(node.text.split()) > 2:
            lists.use(node.text.split()[-1], node, "before login", filters=False)
