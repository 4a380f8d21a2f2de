"""Where in the text of a policy another conduit goes."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from scanner.fix.edits import lines_of

_HEAD = "otaudit_policy"


@dataclass(frozen=True)
class PolicyText:
    """after: the line behind which conduits are added, at this indent; before: what must stand above the first.

    conduits: ids of those that are there.
    """

    after: int
    indent: str
    conduits: tuple[str, ...]
    before: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> PolicyText | None:
        """None where the policy is no block of YAML with zones to which a line can be added."""
        try:
            root = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            return None
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            return None
        entries = {key.value: value for key, value in root.value if isinstance(key, yaml.ScalarNode)}
        if _HEAD not in entries or "zones" not in entries:
            return None
        if "conduits" not in entries:
            return cls(len(lines_of(text)), "  ", (), ("", "conduits:"))
        listed = entries["conduits"]
        if not isinstance(listed, yaml.SequenceNode) or listed.flow_style or not listed.value:
            return None
        last = listed.value[-1]
        ids = tuple(value.value for item in listed.value for key, value in _pairs(item) if key == "id")
        return cls(_last_line(last), " " * listed.start_mark.column, ids)


def _pairs(item: yaml.Node) -> list[tuple[str, yaml.Node]]:
    return [(key.value, value) for key, value in item.value] if isinstance(item, yaml.MappingNode) else []


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
