"""Lists of members by meaning: addresses as ranges, whatever networks they are written as, and names in any case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scanner.address_spans import AddressRange, Ranges, merged, networks, without
from scanner.device_names import name_key
from scanner.policy.compare.tell import listed
from scanner.policy.cover import addresses


class Members(NamedTuple):
    """Who is in a list. everybody: the list was left out. names: MAC addresses and casefolded names, as written."""

    everybody: bool = False
    ranges: Ranges = ()
    names: frozenset[tuple[str, str]] = frozenset()  # casefolded, as written

    @classmethod
    def of(cls, lists: Iterable[Iterable[str]]) -> Members:
        """The union of lists; an empty list means everybody."""
        found: list[AddressRange] = []
        names: dict[str, str] = {}
        for words in map(list, lists):
            if not words:
                return cls(everybody=True)
            for word in words:
                one = addresses(word)
                if one is None:
                    names.setdefault(name_key(word), word)
                else:
                    found.append(one)
        return cls(ranges=merged(found), names=frozenset(names.items()))

    def beyond(self, others: Members) -> tuple[str, ...]:
        """Who is in here and not among the others, in words."""
        if others.everybody:
            return ()
        if self.everybody:
            named = others.words()
            return (f"everybody but {listed(named)}",) if named else ("everybody",)
        known = {key for key, _ in others.names}
        left = sorted(word for key, word in self.names if key not in known)
        return (*networks(without(self.ranges, others.ranges)), *left)

    def words(self) -> tuple[str, ...]:
        """The members in their shortest form."""
        return ("everybody",) if self.everybody else (*networks(self.ranges), *sorted(w for _, w in self.names))
