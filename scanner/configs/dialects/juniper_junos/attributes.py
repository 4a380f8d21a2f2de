"""What stands side by side in an entry that may be written in one line, and so how a line becomes paths of words."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from scanner.code_tables import rows_table

MOST_DEEP = 64  # words of a path; the deepest statements of Junos have some twenty
ANY = "*"
_SCOPES = ("groups", "logical-systems", "routing-instances", "tenants")  # each with a name; the same statements in them

Pattern = dict[str, "Pattern"]


def scoped(path: Sequence[str]) -> Sequence[str]:
    """The path in the group, logical system or routing instance that it is in; another stays what it is."""
    while len(path) > 2 and path[0] in _SCOPES:
        path = path[2:]
    return path


def paths_of(words: Sequence[str], above: Sequence[str] = ()) -> list[list[str]]:
    """The paths below ``above`` that the words of a statement are: one for each member of a list, for each attribute.

    >>> paths_of(["server", "10.0.0.1", "key", "1", "prefer"], ["system", "ntp"])
    [['server', '10.0.0.1', 'key', '1'], ['server', '10.0.0.1', 'prefer']]
    >>> paths_of(["members", "[", "a", "b", "]"])
    [['members', 'a'], ['members', 'b']]
    """
    return [path[len(above) :] for each in _single(words) for path in _paths(each, list(above))]


def _single(words: Sequence[str]) -> Iterator[list[str]]:
    """The words once for each member of the list in them."""
    if "[" not in words:
        yield list(words)
        return
    begin = words.index("[")
    end = words.index("]", begin) if "]" in words[begin:] else len(words)
    members = words[begin + 1 : end]
    for member in members:
        yield [*words[:begin], member, *(w for w in words[end + 1 :] if w not in "[]")]
    if not members:
        yield [*words[:begin]]


def _paths(words: list[str], above: list[str]) -> Iterator[list[str]]:
    """The paths of one statement, with those of the block in front."""
    path, owner = list(above), len(above)
    attributes = _attributes(path)
    left = own = -1  # words that are still to come of an attribute, and how many it has
    for word in words:
        if left == 0 and (word in attributes or own):  # the one before has all its words
            yield path
            path, left = path[:owner], -1
        if left < 0 and owner == len(path) and word in attributes:
            left = own = attributes[word]
            path = [*path, word]
            continue
        path = [*path, word]
        if left > 0:
            left -= 1
        elif found := _attributes(path):
            attributes, owner, left = found, len(path), -1
        else:
            left = -1
    yield path[: MOST_DEEP + len(above)]


def _attributes(path: Sequence[str]) -> dict[str, int]:
    """The words that stand side by side in the entry at the path, with how many follow each."""
    path = scoped(path)
    return _of_entry(tuple(path)) if len(path) <= _LONGEST else {}


@functools.lru_cache(maxsize=16_384)
def _of_entry(path: tuple[str, ...]) -> dict[str, int]:
    for pattern, found in _table().get(len(path), ()):
        if all(theirs in (ANY, mine) for theirs, mine in zip(pattern, path, strict=True)):
            return found
    return {}


_LONGEST = 16


@functools.cache
def _table() -> dict[int, list[tuple[list[str], dict[str, int]]]]:
    found: dict[int, list[tuple[list[str], dict[str, int]]]] = {}
    for entry, listed in rows_table(__package__, "attributes.tsv"):
        pattern = entry.split()
        each = (word.partition("/") for word in listed.split())
        found.setdefault(len(pattern), []).append((pattern, {word: int(n or 0) for word, _, n in each}))
    return found
