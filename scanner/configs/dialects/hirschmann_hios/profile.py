"""The tree of a HiOS configuration profile: XML with the values of MIB objects.

Source: HiOS user manuals, "Configuration profiles" (``show running-config xml``), and the HM2 MIBs. ``MibData`` holds
for each ``MIB`` its ``Scalar`` and ``Table`` nodes with ``Entry`` and ``Attribute``; a profile names every value, also
those at their defaults. Names of objects are unique among all MIBs.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

from scanner.configs.dialects.hirschmann_hios.objects import TEXTS, as_text, is_known
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.tree import MAX_DEPTH, MAX_LINE, Tree, decode, remark
from scanner.errors import InputError, Problem
from scanner.wording import at_line, said

MAX_OBJECTS = 300_000  # attributes of a profile; a switch with 52 ports has some 30,000
_MIBS = re.compile(r"HM2?-|HMSECURITY|[A-Z0-9]+(?:-[A-Z0-9]+)*-MIB|SNMPv2-MIB|RFC\d+-MIB", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{2}(?: [0-9a-f]{2}){3}", re.IGNORECASE)


_BLOCKS = ("Config", "Header", "MibData")
_GROUPS = ("MIB", "Scalar", "Table", "Entry")


class MibValue(NamedTuple):
    """What an object is set to, and the line that says so; empty and None where the profile does not name it."""

    text: str
    node: Node | None


NOTHING = MibValue("", None)
Entry = dict[str, MibValue]


class MibProfile:
    """The objects of a profile by their names."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.header: dict[str, str] = {}
        self._scalars: dict[str, MibValue] = {}
        self._entries: dict[str, list[Entry]] = {}
        self.asking: set[str] = set()  # names of objects, by the topic that is being read

    def of(self, name: str) -> MibValue:
        """A scalar."""
        self.asking.add(name)
        return self._scalars.get(name, NOTHING)

    def entries(self, name: str) -> list[Entry]:
        """The entries of the table that has this column."""
        self.asking.add(name)
        return self._entries.get(name, [])

    def mibs_of(self, name: str) -> frozenset[str]:
        """The MIBs in which the object stands, by the line that opens each."""
        values = [self._scalars.get(name, NOTHING), *(e.get(name, NOTHING) for e in self._entries.get(name, ()))]
        return frozenset(mib_of(v.node) for v in values if v.node)

    def add(self, owner: Node, found: Entry) -> None:
        """Take in what stands in a scalar group or in an entry."""
        if owner.key.startswith("<scalar"):
            self._scalars.update(found)
        else:
            for name in found:
                self._entries.setdefault(name, []).append(found)


class _Reader:
    """What expat calls; the tree so far."""

    def __init__(self, source: str, mask: Mask, lines: int) -> None:
        self.source, self.mask = source, mask
        self.root = Node(1, lines, "", "")
        self.tree = Tree(source, self.root, source.rsplit("/", 1)[-1], "", lines, [], complete=False)
        self.profile = MibProfile(self.tree)
        self.stack = [self.root]
        self.known = True  # the MIB is
        self.mib = ""
        self.attributes: dict[str, str] = {}
        self.begun = 0
        self.text = ""
        self.found: list[Entry] = [{}]
        self.count = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.CommentHandler = self.comment

    def refuse(self, *_: object) -> None:
        """No profile declares a document type or entities."""
        raise InputError(self.source, said("declares a document type or entities, which no profile does"))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition(" ")[2]
        line = self.parser.CurrentLineNumber
        self.text, self.begun, self.attributes = "", line, attributes
        if len(self.stack) > MAX_DEPTH:
            raise InputError(self.source, said("is nested deeper than a configuration profile"), at_line(line))
        if name in ("Attribute", "Variable"):
            return
        called = attributes.get("name", "")
        opening = f'<{name} name="{called}">' if called else f"<{name}>" if len(self.stack) > 1 else f"<{name} …>"
        node = Node(line, line, opening[:MAX_LINE], opening[:MAX_LINE].lower(), parent=self.stack[-1])
        if name == "MIB":
            self.known, self.mib = _MIBS.match(called) is not None, called
        node.understood = name in _BLOCKS or (self.known and name in _GROUPS)
        self.stack[-1].children.append(node)
        self.stack.append(node)
        self.found.append({})

    def comment(self, text: str) -> None:
        """A comment, which may be one to otaudit."""
        if told := remark(text):
            self.tree.remarks.append((self.parser.CurrentLineNumber, told))

    def characters(self, text: str) -> None:
        """Text of an element."""
        if len(self.text) <= MAX_LINE:
            self.text += text

    def end(self, tag: str) -> None:
        """An element ends."""
        name = tag.rpartition(" ")[2]
        called = self.attributes.get("name", "")
        if name == "Variable":
            self.profile.header[called] = self.text.strip()[:MAX_LINE]
        elif name == "Attribute":
            self._attribute(called, self.text.strip()[:MAX_LINE])
        else:
            node = self.stack.pop()
            node.end = self.parser.CurrentLineNumber
            found = self.found.pop()
            if found:
                self.profile.add(node, found)
        self.attributes, self.text = {}, ""

    def _attribute(self, name: str, text: str) -> None:
        self.count += 1
        if self.count > MAX_OBJECTS:
            raise InputError(self.source, said("more than {most:,} objects", most=MAX_OBJECTS))
        line, secrets = self.mask(f'<Attribute name="{name}">{text}</Attribute>', "")
        masked = line != f'<Attribute name="{name}">{text}</Attribute>'
        node = Node(self.begun, self.begun, line, line.lower(), secrets=secrets, parent=self.stack[-1])
        node.understood = self.known and (masked or is_known(self.mib, name, text))
        self.stack[-1].children.append(node)
        told = as_text(text) if name in TEXTS and self.attributes.get("convert") != "ascii" else text
        self.found[-1][name] = MibValue("" if masked else told, node)


def parse(data: bytes, source: str, mask: Mask) -> MibProfile:
    """The objects of a profile; InputError when it is no text, declares entities or holds nothing."""
    text, encoding = decode(data, source)
    reader = _Reader(source, mask, text.count("\n") + 1)
    tree = reader.tree
    tree.encoding = encoding
    body = re.sub(r"^\s*<\?xml[^>]*\?>", lambda found: "\n" * found[0].count("\n"), text, count=1)
    try:
        reader.parser.Parse(body.encode(), True)
        tree.complete = True
    except expat.ExpatError as error:
        what = said("the configuration ends before it is whole, or is no XML")
        remedy = said("export the whole configuration; what seems absent may be in the missing part")
        tree.problems.append(Problem(source, what, at_line(error.lineno), remedy))
    if not reader.count:
        remedy = said("export the whole configuration as text")
        raise InputError(source, said("holds no configuration command"), remedy=remedy)
    first = tree.root.children[0]
    tree.root.line, tree.root.end, tree.root.text = first.line, first.line, first.text
    return reader.profile


def mib_of(node: Node) -> str:
    """The line that opens the MIB around a node; empty outside of any."""
    around: Node | None = node.parent
    while around is not None and not around.key.startswith("<mib "):
        around = around.parent
    return around.key if around else ""


def address(text: str) -> str:
    """An IPv4 address, written with dots or as four octets in hexadecimal digits."""
    if _HEX.fullmatch(text):
        return ".".join(str(int(octet, 16)) for octet in text.split())
    return text


def on(value: MibValue) -> bool | None:
    """HmEnabledStatus: enable is 1, disable 2; None where the profile does not say."""
    return {"1": True, "2": False}.get(value.text)


def active(entry: Entry, status: str) -> bool:
    """RowStatus: the entry counts (RFC 2579)."""
    return entry.get(status, MibValue("1", None)).text == "1"
