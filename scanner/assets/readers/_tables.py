"""What inventories in rows and columns share: finding the header, and a name for every column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from scanner.assets.cells import addresses
from scanner.assets.headers import IDENTITY, addresses_by_value, fields_of, is_inventory_header, normalise

_OF_NETWORKS = frozenset(  # beside the addresses of devices; never one of theirs
    map(
        normalise,
        (
            "gateway",
            "default gateway",
            "subnet",
            "subnet mask",
            "netmask",
            "mask",
            "DNS",
            "DNS server",
            "NTP",
            "NTP server",
        )
        + ("Standardgateway", "Subnetz", "Subnetzmaske", "Netzmaske", "Maske", "Zeitserver", "passerelle", "masque")
        + ("masque de sous-réseau", "puerta de enlace", "máscara", "máscara de subred", "网关", "默认网关", "子网掩码")
        + ("ゲートウェイ", "サブネットマスク"),
    )
)
HEADER_WITHIN = 20  # rows
FIRST = 6  # rows below the header that are looked at to see what the table is
COMMENTS = ("#", "//", "'")  # Kaspersky's exports begin comment lines with an apostrophe


class Header(NamedTuple):
    """The header row: its number in the file, its cells, and how many columns are understood and there are."""

    number: int
    cells: list[str]
    score: tuple[int, int]


def best_header(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Mapping[str, str] | None, within: int = HEADER_WITHIN
) -> Header | None:
    """The row, of the first ``within``, of which the most columns are understood; None when none names an asset."""
    best: Header | None = None
    for _, (number, row) in zip(range(within), rows, strict=False):
        cells = [c.strip() for c in row]
        if not cells or (cells[0].startswith(COMMENTS) and cells[0] != "#"):  # a column of numbers may be called #
            continue
        fields = fields_of(cells, columns).values()
        score = len(set(fields)), len(cells)
        if not IDENTITY.isdisjoint(fields) and (best is None or score > best.score):
            best = Header(number, cells, score)
    return best


def is_understood(header: Sequence[str], columns: Mapping[str, str] | None = None) -> bool:
    """Enough of the header is known for the table to be an inventory."""
    named = [h for h in header if h]
    known = len(fields_of(named, columns)) + sum(normalise(h) in _OF_NETWORKS for h in named)
    return is_inventory_header(named, columns) and (known >= 4 or 2 * known >= len(named))


def fields_by_value(header: Sequence[str], rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """Header -> field of the columns of addresses of any kind that hold IP addresses in the first rows below, like a
    mapping that a user gives.
    """
    found: dict[str, str] = {}
    rows = list(islice(rows, FIRST))
    for named in addresses_by_value(header):
        at = header.index(named)
        told = [addresses(row[at]) for row in rows if at < len(row) and row[at].strip()]
        if told and all(good and not bad for good, _, bad in told):
            found[named] = "ips"
    return found


def unique(header: Iterable[str], label: Callable[[int], str] = str) -> list[str]:
    """Every column under a name of its own: empty ones are named by number or letter, repeated ones made different."""
    seen: dict[str, int] = {}
    names = []
    for number, cell in enumerate(header, 1):
        text = cell.strip() or f"column {label(number)}"
        seen[text] = seen.get(text, 0) + 1
        names.append(text if seen[text] == 1 else f"{text}{' ' * (seen[text] - 1)}")
    return names
