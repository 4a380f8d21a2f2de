"""What inventories in rows and columns share: finding the header, and a name for every column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from scanner.assets.cells import addresses
from scanner.assets.headers import IDENTITY, addresses_by_value, fields_of, is_inventory_header
from scanner.assets.kinds import asset_type
from scanner.assets.products import own_meanings
from scanner.assets.spelling import normalise

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
    """The header row: its number in the file, what its columns are called, how many are understood and there are, and
    its own cells, as they come again where tables go on.
    """

    number: int
    cells: list[str]
    score: tuple[int, int]
    own: list[str]


def best_header(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Mapping[str, str] | None, within: int = HEADER_WITHIN
) -> Header | None:
    """The row, of the first ``within``, of which the most columns are understood; None when none names an asset."""
    best: Header | None = None
    above: list[str] = []
    for _, (number, row) in zip(range(within), rows, strict=False):
        own = [c.strip() for c in row]
        if not own or (own[0].startswith(COMMENTS) and own[0] != "#"):  # a column of numbers may be called #
            continue
        cells = _below(above, own)
        fields = fields_of(cells, columns).values()
        score = len(set(fields)), len(cells)
        if not IDENTITY.isdisjoint(fields) and (best is None or score > best.score):
            best = Header(number, cells, score, own)
        above = own
    return best


def _below(above: Sequence[str], own: Sequence[str]) -> list[str]:
    """What columns are called by their header and the row above it: where several are called alike, the kind of device
    above them ("PLC" over "IP" and "MAC", "HMI" over the same) tells whose they are; where one is called nothing, the
    cell above it is its header.
    """
    if sum(map(bool, above)) < 2:  # a title
        return list(own)
    often = Counter(normalise(cell) for cell in own if cell)
    found, label = [], ""
    for column, cell in enumerate(own):
        over = above[column] if column < len(above) else ""
        label = over or label
        several = often[normalise(cell)] > 1 and asset_type(label) != "unknown"
        found.append(f"{label} {cell}" if cell and several else cell or over)
    return found


def is_understood(header: Sequence[str], columns: Mapping[str, str] | None = None) -> bool:
    """Enough of the header is known for the table to be an inventory."""
    named = [h for h in header if h]
    known = len(fields_of(named, columns)) + sum(normalise(h) in _OF_NETWORKS for h in named)
    product = own_meanings({normalise(h) for h in named})
    return is_inventory_header(named, columns) and (known >= 4 or 2 * known >= len(named) or bool(product))


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
