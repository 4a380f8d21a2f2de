"""A whole PAN-OS configuration: its tree of lines for the report, and its statements for the dialect to ask.

Sources: PAN-OS CLI Quick Start (output formats), PAN-OS Administrator's Guide ("Virtual Systems", "Manage
Configuration Backups"), Panorama Administrator's Guide ("Templates and Template Stacks"). Administrators stand last in
what a device shows and first in what it exports; a configuration without them or without the device is a part of one.
What Panorama adds to a firewall is in no export of the firewall, unless it is the merged one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.configs.dialects.paloalto_panos.builder import PanosBuilder
from scanner.configs.dialects.paloalto_panos.document import PanosDocument
from scanner.configs.dialects.paloalto_panos.paths import ONLY, part_of
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.statements.builder import MAX_WORK
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, one, value
from scanner.configs.tree import Tree, decode, lines_of
from scanner.errors import InputError
from scanner.limits import limits
from scanner.wording import said

_ESSENTIAL = ("deviceconfig", "mgt-config")
_RELEASE = re.compile(r"(\d+)\.(\d+)(?:\.\d+)?")
_OTHERS = ("template", "template-stack", "device-group")


class Scope(NamedTuple):
    """A virtual system, or what all share. name: empty where there is only one."""

    name: str
    statement: TreeStatement

    def called(self, name: str) -> str:
        """A name in the scope, told apart from the same in others."""
        return f"{self.name} {name}" if self.name else name


class PanosDevice:
    """The statements of a configuration. asking: the parts that the topic being read asks for.

    managed: Panorama may add what the file does not say.
    """

    def __init__(self, tree: Tree, builder: PanosBuilder) -> None:
        self.tree = tree
        self.top = builder.top
        self.asking: set[str] = set()
        found = _RELEASE.match(builder.release)
        self.version = builder.release
        self.release = (int(found[1]), int(found[2])) if found else None
        self.is_panorama = any(word in self.top.children for word in (*_OTHERS, "log-collector-group"))
        system = at(self.top, "deviceconfig", "system")
        servers = [
            s
            for s in (at(system, "panorama"), one(system, "panorama-server"), one(system, "panorama-server-2"))
            if s is not None
        ]
        self.manager = next(iter(servers), None)
        self.managed = self.manager is not None and not builder.merged and not self.is_panorama

    def part(self, *path: str) -> TreeStatement | None:
        """The statement at a path, whose part of the configuration is noted."""
        self.asking.add(part_of(path))
        return at(self.top, *path)

    def systems(self, *path: str) -> Iterator[tuple[Scope, TreeStatement]]:
        """What stands along the words in each virtual system."""
        self.asking.add(part_of(("vsys", ONLY, *path)))
        found = inside(self.top, "vsys")
        for each in found:
            inner = at(each, *path)
            if inner is not None:
                yield Scope(each.word if len(found) > 1 else "", each), inner

    def shared(self, *path: str) -> list[TreeStatement]:
        """What stands along the words in what all virtual systems share, in each of them, and at Panorama itself."""
        self.asking.update(part_of((*lead, *path)) for lead in (("shared",), ("panorama",), ("vsys", ONLY)))
        tops = [at(self.top, "shared"), at(self.top, "panorama"), *inside(self.top, "vsys")]
        return [s for s in (at(top, *path) for top in tops) if s is not None]

    def since(self, major: int, minor: int = 0) -> bool | None:
        """The release is this one or later; None where the configuration names none."""
        return None if self.release is None else self.release >= (major, minor)


def parse(data: bytes, source: str, mask: Mask) -> PanosDevice:
    """The statements of a configuration; InputError when it is no text, is too large or holds no statement."""
    text, encoding = decode(data, source)
    lines = lines_of(text)
    most = limits().configuration_lines
    builder = PanosBuilder(source, mask, len(lines))
    is_document = text.lstrip()[:1] == "<"
    if len(lines) > most:
        remedy = said("check that this is one configuration, or set --limit configuration-lines")
        builder.problem(most, said("only the first {most:,} lines were read", most=most), remedy)
    cut = 0
    if is_document:
        document = PanosDocument(builder)
        cut = document.read(text if len(lines) <= most else "\n".join(lines[:most]))
    else:
        builder.build(lines[:most])
    if not builder.root.children:
        remedy = said("export the whole configuration as text")
        raise InputError(source, said("holds no configuration command"), remedy=remedy)
    if builder.work > MAX_WORK:
        what = said("more entries are moved, copied and deleted than can be followed: these are as they were")
        builder.problem(1, what, said("export the configuration as the device saves it"))
    tree = Tree(source, builder.root, source.rsplit("/", 1)[-1], encoding, len(lines), builder.problems, complete=False)
    tree.remarks, tree.endless = builder.remarks, builder.endless
    _finish(tree, builder, cut, unended=not is_document and not builder.closed and not text.endswith("\n"))
    _name(tree, builder.top)
    device = PanosDevice(tree, builder)
    _note_others(device, builder)
    return device


def _finish(tree: Tree, builder: PanosBuilder, cut: int, *, unended: bool) -> None:
    """Say what makes absence doubtful."""
    remedy = said("export the whole configuration; what seems absent may be in the missing part")
    missing = [word for word in _ESSENTIAL if word not in builder.top.children]
    if cut:
        builder.problem(cut, said("the configuration ends before it is whole, or is no XML"), remedy)
    elif builder.stray:
        what = said("blocks are not closed as they were opened: the configuration may be cut off")
        builder.problem(builder.stray, what, remedy)
    elif missing:
        what = said("no '{command}': the configuration may be a part of one", command=missing[0])
        builder.problem(tree.lines, what, remedy)
    elif unended:
        what = said("the last line has no end: the configuration may be cut off")
        builder.problem(tree.lines, what, remedy)
    else:
        tree.complete = True


def _name(tree: Tree, top: TreeStatement) -> None:
    """The name of the device, and the line that stands for the whole."""
    named = at(top, "deviceconfig", "system", "hostname")
    last = value(named)
    if last:
        tree.name = last
    header: Node = (leaf(named) if named else None) or tree.root.children[0]
    root = tree.root
    root.line, root.end, root.text = header.line, header.line, header.text


def _note_others(device: PanosDevice, builder: PanosBuilder) -> None:
    """Templates are for other devices, whose configurations they are a part of."""
    found = next((s for w in ("template", "template-stack") if (s := at(device.top, w)) is not None), None)
    node = leaf(found)
    if node is not None:
        what = said("holds templates of Panorama, which are for other devices and are not judged")
        builder.problem(node.line, what, said("give the merged configuration of each firewall"))
