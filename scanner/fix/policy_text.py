"""Where in the text of a policy another conduit goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from scanner.fix.edits import lines_of

_HEAD = "otaudit_policy"


@dataclass(frozen=True)
class PolicyText:
    """after: the line behind which conduits are added, at this indent; removed: how many lines go for them, and
    heading: what stands above the first. conduits: ids of those that are there.
    """

    after: int
    indent: str
    conduits: tuple[str, ...] = ()
    removed: int = 0
    heading: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> PolicyText | None:
        """None where the policy is no block of YAML with zones to which a line can be added."""
        try:
            root = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            return None
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            return None
        entries = dict(_pairs(root))
        if _HEAD not in entries or "zones" not in entries:
            return None
        lines, margin = lines_of(text), " " * root.start_mark.column
        if "conduits" not in entries:
            return cls(len(lines), f"{margin}  ", heading=("", f"{margin}conduits:"))
        listed = entries["conduits"]
        return cls._listed(listed, lines, f"{margin}  ") if isinstance(listed, yaml.SequenceNode) else None

    @classmethod
    def _listed(cls, listed: yaml.SequenceNode, lines: Sequence[str], indent: str) -> PolicyText | None:
        """indent: of a list that has nothing yet."""
        first = listed.start_mark
        if not listed.flow_style:
            ids = tuple(value.value for item in listed.value for key, value in _pairs(item) if key == "id")
            return cls(_last_line(listed.value[-1]), " " * first.column, ids)
        if listed.value or lines[first.line][first.column] != "[":  # an anchor or a tag
            return None
        heading = tuple(_without_brackets(lines, listed))
        return cls(first.line, indent, removed=listed.end_mark.line + 1 - first.line, heading=heading)


def _pairs(item: yaml.Node) -> list[tuple[str, yaml.Node]]:
    pairs = item.value if isinstance(item, yaml.MappingNode) else ()
    return [(key.value, value) for key, value in pairs if isinstance(key, yaml.ScalarNode)]


def _without_brackets(lines: Sequence[str], empty: yaml.Node) -> Iterator[str]:
    """The lines of an empty list between brackets without these; comments stay."""
    first, end = empty.start_mark, empty.end_mark
    for number in range(first.line, end.line + 1):
        left = lines[number]
        if number == end.line:
            left = left[: end.column - 1] + left[end.column :]
        if number == first.line:
            before, behind = left[: first.column], left[first.column + 1 :]
            left = (before.rstrip() or before) + behind if behind[:1].isspace() else before + behind
        if left == lines[number]:
            yield left
        elif left.strip():
            yield left.rstrip()


def _last_line(node: yaml.Node) -> int:
    """The number of the last line that has something of it: marks of blocks end where the next thing begins."""
    last, stack = node.start_mark.line + 1, [node]
    while stack:
        one = stack.pop()
        if isinstance(one, yaml.ScalarNode) or getattr(one, "flow_style", False):
            ended = one.end_mark.line + (1 if one.end_mark.column else 0)
            last = max(last, ended, one.start_mark.line + 1)
        elif isinstance(one, yaml.MappingNode):
            stack += [part for pair in one.value for part in pair]
        elif isinstance(one, yaml.SequenceNode):
            stack += one.value
    return last
