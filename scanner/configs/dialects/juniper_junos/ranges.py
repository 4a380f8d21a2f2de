"""What ports inherit from ranges of interfaces: ``interface-range NAME { member ...; member-range A to B; }``.

Source: Junos OS Interfaces User Guide ("Interface ranges"). What stands at a port itself wins.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator

from scanner.configs.dialects.juniper_junos.groups import overridden
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.headers import MAX_RANGE
from scanner.configs.statements.builder import copied
from scanner.configs.statements.statement import TreeStatement, at, inside

_LAST = 1_000_000  # what is inherited so counts behind what is inherited from groups
_OWN_WORDS = ("member", "member-range", "apply-groups")
_NUMBERED = re.compile(r"(.*?)(\d{1,5})")


def spread(top: TreeStatement) -> dict[str, set[str]]:
    """Give each member of a range what is said of the range; port -> the ranges that it is in."""
    found: dict[str, set[str]] = {}
    interfaces = at(top, "interfaces")
    for one in entries(interfaces, "interface-range"):
        for name, made in _members(interfaces, one):
            found.setdefault(name, set()).add(one.word)
            if interfaces is None:
                continue
            if name not in interfaces.children:
                interfaces.children[name] = TreeStatement(name, made.node, interfaces, _LAST)
                interfaces.children[name].ends = list(made.ends)
            for child in one:
                if child.word not in _OWN_WORDS:
                    _merge(child, interfaces.children[name])
    if interfaces is not None:
        interfaces.children.pop("interface-range", None)
    return found


def _members(interfaces: TreeStatement | None, one: TreeStatement) -> Iterator[tuple[str, TreeStatement]]:
    """The ports of a range, each with what names it. A pattern means those that stand there."""
    for member in inside(one, "member"):
        if re.search(r"[*?\[]", member.word):
            fits = re.compile(fnmatch.translate(member.word))
            yield from ((s.word, member) for s in interfaces or () if fits.fullmatch(s.word))
        else:
            yield member.word, member
    for first in inside(one, "member-range"):
        for last in inside(first, "to"):
            yield from ((name, last) for name in _between(first.word, last.word))


def _between(first: str, last: str) -> list[str]:
    low, high = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(last)
    if not low or not high or low[1] != high[1]:
        return [first, last]
    numbers = range(int(low[2]), min(int(high[2]), int(low[2]) + MAX_RANGE - 1) + 1)
    return [f"{low[1]}{n}" for n in numbers]


def _merge(source: TreeStatement, target: TreeStatement) -> None:
    if overridden(source.word, target):
        return
    own = target.children.get(source.word)
    if own is None:
        target.children[source.word] = copied(source, target, _LAST)
        return
    source.understand()
    for child in source:
        _merge(child, own)
