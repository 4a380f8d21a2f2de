"""Many objects, units or display filters as one text that a person reads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from scanner.intervals import united

MOST_SPANS = 16  # of one kind of object that are named
MOST_FILTERS = 4  # display filters that become one; beyond it the conversation is what shows them all

_NUMBER = r"(0|[1-9]\d{0,17})"  # zeros in front belong to a name
_SPAN = re.compile(rf"(?s)(.*?){_NUMBER}(?:-{_NUMBER})?\Z")


def units(of: Iterable[str]) -> str:
    """The unit, or what units there are."""
    different = set(of)
    return different.pop() if len(different) == 1 else spans(different)


def either(filters: Iterable[str | None]) -> str:
    """A display filter for what any of these shows; nothing where they are many."""
    different = sorted({each or "" for each in filters})
    if len(different) == 1:
        return different[0]
    return " || ".join(f"({each})" for each in different) if all(different) and len(different) <= MOST_FILTERS else ""


def spans(objects: Iterable[str]) -> str:
    """What objects there are: numbers at their ends as ranges, of each kind ``MOST_SPANS`` at most, then an ellipsis
    and the last of them; behind it how many objects they were.

    >>> spans(["register 1-10", "register 11", "register 20", "status"])
    'register 1-11, 20; status (4)'
    """
    known = sorted(set(objects))
    numbered: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    named: list[str] = []
    for each in known:
        kind, span = _numbers(each)
        if span:
            numbered[kind].append(span)
        else:
            named.append(each)
    kinds = [before + ", ".join(_shown([_range(*span) for span in united(of)])) for before, of in numbered.items()]
    return f"{'; '.join(_shown([*kinds, *filter(None, named)]))} ({len(known):,})"


@lru_cache(maxsize=65_536)
def _numbers(text: str) -> tuple[str, tuple[int, int] | None]:
    """What an object is called, and from which number to which it goes; many clients touch the same ones."""
    found = _SPAN.match(text)
    if not found:
        return text, None
    first = int(found[2])
    return found[1], (first, max(first, int(found[3] or first)))


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _shown(parts: list[str]) -> list[str]:
    return parts if len(parts) <= MOST_SPANS else [*parts[: MOST_SPANS - 1], "…", parts[-1]]
