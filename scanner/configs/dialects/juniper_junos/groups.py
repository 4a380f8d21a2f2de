"""What statements inherit from configuration groups: ``groups``, ``apply-groups``, ``apply-groups-except``, wildcards.

Source: Junos OS CLI User Guide, "Configuration groups" (inheritance, wildcards, priority). What stands there itself
wins; of several groups the first that is named does. A name in angle brackets means every name that fits and is there
already. Of members of a cluster (``${node}``) what any has counts, and the first where there can be one alone.
"""

from __future__ import annotations

import fnmatch
import functools
import re
from collections.abc import Sequence

from scanner.configs.secrets import MASK
from scanner.configs.statements.builder import MAX_WORK, copied
from scanner.configs.statements.statement import TreeStatement, inside, words

_MEMBERS = ("node0", "node1", "re0", "re1", "member0", "member1")
_DEEPEST, _MOST_GROUPS = 200, 1_000
APPLIED = ("apply-groups", "apply-groups-except")
_OPPOSITE = {"enable": "disable", "disable": "enable"}


class Inheritance:
    """Carries it out. stopped: there was too much of it. missing: a group that nobody defined, where it is named."""

    def __init__(self, top: TreeStatement, work: int) -> None:
        self.top = top
        self.work = work
        self.stopped = False
        self.missing: list[TreeStatement] = []
        self.groups = {group.word: group for group in inside(top, "groups")}
        self.used: set[int] = set()  # statements of groups that count somewhere

    def run(self) -> None:
        """Everywhere. What counts nowhere says nothing, and is known."""
        for statement in list(self.top.below()):
            if "apply-groups" in statement.children and statement.path[:1] != ("groups",):
                self._inherit(statement)
        for group in self.groups.values():
            for each in group.below():
                if id(each) not in self.used and not set(each.path) & set(APPLIED):
                    each.understand()

    def _inherit(self, statement: TreeStatement) -> None:
        path = statement.path
        excepted = set(words(statement, "apply-groups-except"))
        nearer = (_DEEPEST - min(len(path), _DEEPEST)) * _MOST_GROUPS
        named = inside(statement, "apply-groups")
        self.stopped = self.stopped or len(named) > _MOST_GROUPS
        for rank, name in enumerate(named[:_MOST_GROUPS], 1):
            for group in self._named(name):
                if group.word not in excepted:
                    for source in _along(group, path):
                        self._merge(source, statement, nearer + rank, group.word)

    def _named(self, name: TreeStatement) -> list[TreeStatement]:
        """The group of a name; of ``${node}`` and its like those of all members, since the file is of each of them."""
        wanted = _MEMBERS if name.word.startswith("$") else (name.word,)
        found = [self.groups[w] for w in wanted if w in self.groups]
        if not found and not name.word.startswith("junos-"):
            self.missing.append(name)
        return found

    def _merge(self, source: TreeStatement, target: TreeStatement, rank: int, group: str) -> None:
        """Put what stands below the source below the target, where it is not there yet."""
        for child in source:
            self.work += 1
            if self.work > MAX_WORK:
                self.stopped = True
                return
            if child.word in APPLIED or overridden(child.word, target):
                continue
            if is_wildcard(child.word):
                fits = _pattern(child.word)
                for own in [s for s in target if fits.fullmatch(s.word)]:
                    self._into(child, own, rank, group)
            elif child.word in target.children:
                self._into(child, target.children[child.word], rank, group)
            else:
                made = target.children[child.word] = _inherited(child, target, rank)
                self.used.update(id(each) for each in child.below())
                self.work += sum(1 for _ in made.below())

    def _into(self, child: TreeStatement, own: TreeStatement, rank: int, group: str) -> None:
        if group not in words(own, "apply-groups-except"):
            child.understand()  # it stands there already
            self.used.add(id(child))
            self._merge(child, own, rank, group)


def overridden(word: str, target: TreeStatement) -> bool:
    """What is inherited does not hold where the opposite stands already."""
    return _OPPOSITE.get(word) in target.children


def _along(group: TreeStatement, path: Sequence[str]) -> list[TreeStatement]:
    """What stands in a group along a path, by names or wildcards."""
    found = [group]
    for word in path:
        nearer = []
        for statement in found:
            nearer += [child for child in statement if child.word == word or _fits(child.word, word)]
        found = nearer
    return found


def _fits(name: str, word: str) -> bool:
    return is_wildcard(name) and _pattern(name).fullmatch(word) is not None


@functools.lru_cache(maxsize=4_096)
def _pattern(name: str) -> re.Pattern[str]:
    """What a name in angle brackets means: the wildcards of a shell."""
    return re.compile(fnmatch.translate(name[1:-1].replace("{", "[").replace("}", "]")))


def _inherited(child: TreeStatement, target: TreeStatement, rank: int) -> TreeStatement:
    """A copy that is inherited. Wildcards in it fit nothing, where it was not there before; groups that it applies are
    not followed, so their lines stay such as nobody understands.
    """
    made = copied(child, target, rank)
    for each in list(made.below()):
        for word in APPLIED:
            each.children.pop(word, None)
        for name in [n for n in each.children if is_wildcard(n)]:
            for gone in each.children.pop(name).below():
                gone.understand()
    return made


def is_wildcard(word: str) -> bool:
    """A name in angle brackets; what stands for a secret is none."""
    return word[:1] == "<" and word[-1:] == ">" and not word.startswith(MASK[:-1])
