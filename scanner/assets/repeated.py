"""Rows by which several inventories list one device: a copy, the old list and the new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice, product
from typing import Any

from scanner.device_names import name_key
from scanner.policy.listed import entry_words

Row = Mapping[str, Any]
_MOST_ALIKE = 64  # devices of one name and address that a row of another list is compared with


def of_one_device(rows: Sequence[Row]) -> list[list[int]]:
    """The rows by number, those together that list one device: by a name, number or asset tag that is the same. A row
    without any speaks of whoever has its addresses.
    """
    if len({row["source"] for row in rows}) < 2:  # a row of a list is one device
        return [[number] for number in range(len(rows))]
    groups: list[list[int]] = []
    known: defaultdict[tuple[str, str], dict[int, None]] = defaultdict(dict)  # word and address -> numbers of groups
    for at in sorted(range(len(rows)), key=lambda number: not entry_words(rows[number])):
        row = rows[at]
        words = [name_key(word) for word in entry_words(row)]
        addresses = [*row["macs"], *row["ips"]]
        near = (number for place in product(words or [""], addresses) for number in islice(known[place], _MOST_ALIKE))
        number = next((n for n in near if all(_again(row, rows[other]) for other in groups[n])), len(groups))
        if number == len(groups):
            groups.append([])
        groups[number].append(at)
        for place in product(("", *words), addresses):
            known[place][number] = None
    return groups


def _again(row: Row, other: Row) -> bool:
    """Two lists may speak of one device: no address is contradicted."""
    apart = any(row[name] and other[name] and set(row[name]).isdisjoint(other[name]) for name in ("macs", "vlans"))
    return row["source"] != other["source"] and not apart
