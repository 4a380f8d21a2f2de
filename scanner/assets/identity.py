"""One best value for each thing that several protocols say of a device, and where they disagree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scanner.assets.compare import COMPARE

NAMES = ("name", "hostname", "profinet_name")


@dataclass
class IdentityCounts:
    """Counts by field, value and protocol."""

    said: defaultdict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, name: str, value: str, protocol: str, count: int) -> None:
        """One row of the facts table identities."""
        self.said[name][value, protocol] += count

    def values(self, name: str) -> list[str]:
        """Every value of a field, the most frequent first; of equally frequent ones the longest."""
        if name not in self.said:
            return []
        counts: Counter[str] = Counter()
        for (value, _), count in self.said[name].items():
            counts[value] += count
        return sorted(counts, key=lambda v: (-counts[v], -len(v), v))

    def best(self, name: str) -> str:
        """The most frequent value, or a more specific one that contains it (V2.9.4 rather than V2.9)."""
        values = self.values(name)
        if not values:
            return ""
        top = values[0]
        return max((v for v in values if top.casefold() in v.casefold()), key=len)

    def names(self) -> list[str]:
        """Every name, by kind and then frequency."""
        return list(dict.fromkeys(v for kind in NAMES for v in self.values(kind))) if self.said else []

    def disagreements(self) -> list[str]:
        """Fields on which two protocols cannot both be right."""
        found: list[str] = []
        if not self.said:
            return found
        for name, same in COMPARE.items():
            by_protocol: defaultdict[str, list[str]] = defaultdict(list)
            for value, protocol in sorted(self.said.get(name, {})):
                by_protocol[protocol].append(value)
            if len(by_protocol) > 1 and not _agree(by_protocol, same):
                told = "; ".join(f"{protocol} says {', '.join(v[:3])}" for protocol, v in sorted(by_protocol.items()))
                found.append(f"{name}: {told}")
        return found


def _agree(by_protocol: Mapping[str, list[str]], same: Callable[[str, str], bool]) -> bool:
    """Every protocol has a value that can be the first protocol's."""
    first, *others = by_protocol.values()
    return all(any(same(a, b) for a in first for b in values) for values in others)
