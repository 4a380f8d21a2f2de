"""The statements of a configuration as a tree of words, the same for each form in which people have it.

``user bob { class x; }`` and ``set system login user bob class x`` are the same path of words. Whatever follows a word
is among its children, values too: the last of several values counts, unless all do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.configs.nodes import Node
from scanner.configs.secrets import Secret

_NOTHING: dict[str, TreeStatement] = {}


class TreeStatement:
    """A word with what stands below it.

    node: the line that it came with. ends: the lines that end with it. inherited: how far it comes from a group, 0 for
    what stands there itself. secret: what is known of it, where it was one.
    """

    __slots__ = ("children", "ends", "inherited", "node", "parent", "secret", "word")

    def __init__(self, word: str, node: Node, parent: TreeStatement | None = None, inherited: int = 0) -> None:
        self.word = word
        self.node = node
        self.parent = parent
        self.children: dict[str, TreeStatement] = {}
        self.ends: list[Node] = []
        self.inherited = inherited
        self.secret: Secret | None = None

    def __iter__(self) -> Iterator[TreeStatement]:
        return iter(list(self.children.values()))

    @property
    def path(self) -> tuple[str, ...]:
        """The words from the top to this one."""
        words: list[str] = []
        at: TreeStatement | None = self
        while at is not None and at.parent is not None:
            words.append(at.word)
            at = at.parent
        return tuple(reversed(words))

    def understand(self) -> TreeStatement:
        """Somebody knows what the lines say that end here."""
        for node in self.ends:
            node.understood = True
        return self

    def below(self) -> Iterator[TreeStatement]:
        """The statement and everything below it."""
        left = [self]
        while left:
            one = left.pop()
            yield one
            left += reversed(list(one.children.values()))


def at(statement: TreeStatement | None, *words: str) -> TreeStatement | None:
    """What stands there along these words; each is understood."""
    for word in words:
        if statement is None:
            return None
        statement = statement.children.get(word)
    return statement.understand() if statement else None


def inside(statement: TreeStatement | None, *words: str) -> list[TreeStatement]:
    """Everything that stands right below there: the members of a list, the entries of a table."""
    found = at(statement, *words)
    return [child.understand() for child in found] if found else []


def words(statement: TreeStatement | None, *path: str) -> list[str]:
    """The same as words."""
    return [child.word for child in inside(statement, *path)]


def one(statement: TreeStatement | None, *path: str) -> TreeStatement | None:
    """The value of what has one: the last that stands there itself, or the first that is inherited."""
    found = inside(statement, *path)
    own = [child for child in found if not child.inherited]
    return own[-1] if own else min(found, key=lambda child: child.inherited, default=None)


def value(statement: TreeStatement | None, *path: str) -> str:
    """The same as a word; empty where nothing is set."""
    found = one(statement, *path)
    return found.word if found else ""


def has(statement: TreeStatement | None, *path: str) -> bool:
    """The words stand there."""
    return at(statement, *path) is not None


def pointer(node: Node) -> Node:
    """What points to a line, so that a row can name it without the line being understood for that."""
    end = node.line if node.children else node.end
    return Node(node.line, end, node.text, "", secrets=node.secrets, parent=node.parent)


def place(*found: TreeStatement | None) -> Node | None:
    """The line of the first of these that a line ends with, to point to."""
    return next((pointer(s.ends[-1]) for s in found if s is not None and s.ends), None)


def leaf(statement: TreeStatement | None) -> Node | None:
    """A line that ends with a statement, or with the first that stands below it, to point to."""
    if statement is None:
        return None
    return next((pointer(s.ends[-1]) for s in statement.below() if s.ends), None)


def descend(statement: TreeStatement, path: Sequence[str], node: Node, inherited: int = 0) -> TreeStatement:
    """What stands along the words, made where it is not there yet."""
    for word in path:
        child = statement.children.get(word)
        if child is None:
            child = statement.children[word] = TreeStatement(word, node, statement, inherited)
        statement = child
    return statement
