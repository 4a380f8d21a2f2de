"""Words of fixed lists (verbs, roles, field names), counted nouns, and enumerations.

A term is a label: it is looked up by its key, because one English word may need several in another language. In tables
it is kept as ``⟨#verb.read|read⟩``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scanner.catalogues import ENGLISH, labels, protocol_names
from scanner.wording.said import CLOSE, NAME, OPEN, TERM, Said, joined, said, verbatim


@lru_cache(maxsize=4096)  # devices and rows say the same few words all the time
def term(key: str, otherwise: str = "") -> Said:
    """The word with this key (``verb.read``). otherwise: what somebody else says, where there is no such label."""
    english = labels(ENGLISH).get(key)
    return verbatim(otherwise) if english is None else Said(f"{OPEN}{TERM}{key}{NAME}{english}{CLOSE}", english)


@lru_cache(maxsize=4096)
def protocol(name: str) -> Said:
    """A protocol as people write it, ``S7comm``; any other name as it is."""
    return verbatim(protocol_names().get(name, name))


@dataclass(frozen=True)
class Plural:
    """A sentence about ``{n}`` things: of one, and of any other number (gettext's msgid and msgid_plural)."""

    one: str
    many: str

    def of(self, number: int, /, **arguments: object) -> Said:
        """The sentence with this number."""
        return said(self.one if number == 1 else self.many, n=f"{number:,}", **arguments)


def listed(items: Iterable[str], more: int = 0, others: str = "") -> Said:
    """``a, b`` in Chinese ``a、b``: names and other short things side by side; text of others stays as it is.

    Semicolons stand between them when one has a comma itself. more: how many there are besides, or others: what,
    ``3 conversations``.
    """
    items = list(items)
    mark = "semicolon" if any(c in item for item in items for c in ",，;；") else "comma"
    text = joined(map(own, items), term(mark))
    if more > 0:
        return said("{names} and {n} more", names=text, n=f"{more:,}")
    return said("{names} and {others} more", names=text, others=others) if others else text


def enumerated(clauses: Sequence[str]) -> Said:
    """``a, b and c``; in Chinese ``a；b；c``, as clauses are."""
    head = joined(clauses[:-1], term("list.between-clauses"))
    return joined([head, clauses[-1]], term("list.before-last-clause"))


def own(text: str) -> Said:
    """As a sentence that can stand in a list: what is none of otaudit's stays as it is."""
    return text if isinstance(text, Said) else verbatim(text)
