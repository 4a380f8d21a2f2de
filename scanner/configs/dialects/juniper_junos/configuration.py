"""A whole Junos configuration: its tree of lines for the report, and its statements for the dialect to ask.

Source: Junos OS CLI User Guide ("show configuration", "display set"). The device prints no last line; a configuration
counts as whole when a prompt stands behind it, or else when all blocks are closed, it has the parts that every device
has, and its last line has an end.
"""

from __future__ import annotations

from scanner.configs.dialects.juniper_junos.attributes import scoped
from scanner.configs.dialects.juniper_junos.builder import JunosBuilder
from scanner.configs.dialects.juniper_junos.groups import Inheritance
from scanner.configs.dialects.juniper_junos.ranges import spread
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.statements.builder import MAX_WORK
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, value
from scanner.configs.tree import Tree, decode, lines_of
from scanner.errors import InputError
from scanner.limits import limits
from scanner.wording import said

_ESSENTIAL = ("system", "interfaces")
SYSTEMS = ("logical-systems", "tenants")


class JunosDevice:
    """The statements of a configuration. asking: the parts that the topic being read asks for."""

    def __init__(self, tree: Tree, top: TreeStatement) -> None:
        self.tree = tree
        self.top = top
        self.ranges = spread(top)  # ports, with the ranges that each is in
        self.asking: set[str] = set()
        found = value(top, "version").strip()
        self.version = found
        parts = found.replace("-", ".").split(".")
        digits = [p[: len(p) - len(p.lstrip("0123456789"))] for p in parts[:2]]
        self.release = (int(digits[0]), int(digits[1])) if len(digits) == 2 and all(digits) else None

    def part(self, *path: str) -> TreeStatement | None:
        """The statement at a path, whose part of the configuration is noted."""
        self.asking.add(part_of(path))
        return at(self.top, *path)

    def instances(self) -> list[tuple[str, TreeStatement]]:
        """The whole device under an empty name, and its routing instances and logical systems by theirs."""
        found = [("", self.top)]
        found += [(s.word, s) for s in inside(self.top, "routing-instances")]
        for kind in SYSTEMS:
            for system in inside(self.top, kind):
                found.append((system.word, system))
                found += [(f"{system.word} {s.word}", s) for s in inside(system, "routing-instances")]
        return found

    def since(self, major: int, minor: int = 0) -> bool | None:
        """The release is this one or later; None where the configuration names none."""
        return None if self.release is None else self.release >= (major, minor)


def part_of(path: tuple[str, ...] | list[str]) -> str:
    """The part of a configuration that a path is in: its first word, of the system its first two."""
    inner = scoped(path)
    return " ".join(inner[:2] if inner[:1] in (["system"], ("system",)) else inner[:1])


def parse(data: bytes, source: str, mask: Mask) -> JunosDevice:
    """The statements of a configuration; InputError when it is no text, is too large or holds no statement."""
    text, encoding = decode(data, source)
    lines = lines_of(text)
    most = limits().configuration_lines
    builder = JunosBuilder(source, lines[:most], mask)
    builder.build()
    if len(lines) > most:
        remedy = said("check that this is one configuration, or set --limit configuration-lines")
        builder.problem(most, said("only the first {most:,} lines were read", most=most), remedy)
    if not builder.root.children:
        remedy = said("export the whole configuration as text")
        raise InputError(source, said("holds no configuration command"), remedy=remedy)
    inheritance = Inheritance(builder.top, builder.work)
    inheritance.run()
    if inheritance.stopped or builder.work > MAX_WORK:
        what = said("more is inherited from groups or changed by commands than can be followed")
        builder.problem(1, what, said("export the configuration as the device saves it"))
    for name in inheritance.missing:
        what = said("a group is applied that is not there: {name}", name=name.word)
        builder.problem((leaf(name) or builder.root).line, what, said("export the whole configuration"))
    tree = Tree(source, builder.root, source.rsplit("/", 1)[-1], encoding, len(lines), builder.problems, complete=False)
    tree.about, tree.remarks, tree.endless = builder.about, builder.remarks, builder.endless
    _finish(tree, builder, text)
    _name(tree, builder.top)
    return JunosDevice(tree, builder.top)


def _finish(tree: Tree, builder: JunosBuilder, text: str) -> None:
    """Say what makes absence doubtful."""
    if builder.stray:
        what = said("blocks are not closed as they were opened: the configuration may be cut off")
        builder.problem(builder.stray, what, said("export the whole configuration; what seems absent may be missing"))
        return
    remedy = said("export the whole configuration; what seems absent may be in the missing part")
    missing = [word for word in _ESSENTIAL if word not in builder.top.children]
    if missing:
        what = said("no '{command}': the configuration may be a part of one", command=missing[0])
        builder.problem(len(builder.lines), what, remedy)
    elif not builder.closed and builder.commands and not text.endswith("\n"):
        what = said("the last line has no end: the configuration may be cut off")
        builder.problem(len(builder.lines), what, remedy)
    else:
        tree.complete = True


def _name(tree: Tree, top: TreeStatement) -> None:
    """The name of the device, and the line that stands for the whole."""
    named = at(top, "system", "host-name")
    last = value(top, "system", "host-name")
    if last:
        tree.name = last
    header: Node = (leaf(named) if named else None) or tree.root.children[0]
    root = tree.root
    root.line, root.end, root.text = header.line, header.line, header.text
