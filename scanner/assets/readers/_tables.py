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
_TAG = frozenset(("tag", "位号"))
_NAMING = IDENTITY - {"ips", "macs", "serial"}
_ADDRESSES = frozenset(("ips", "macs"))
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
    """The row, of the first ``within``, of which the most columns are understood; None when none names an asset, and
    where assets are columns.
    """
    best: Header | None = None
    above: list[str] = []
    first: list[str] = []
    for _, (number, row) in zip(range(within), rows, strict=False):
        own = [c.strip() for c in row]
        if not own or (own[0].startswith(COMMENTS) and own[0] != "#"):  # a column of numbers may be called #
            continue
        first.append(own[0])
        cells = _below(above, own)
        fields = fields_of(cells, columns).values()
        score = len(set(fields)), len(cells)
        if not IDENTITY.isdisjoint(fields) and (best is None or score > best.score):
            best = Header(number, cells, score, own)
        above = own
    return None if best and _is_turned(best, first, columns) else best


def _is_turned(header: Header, first: Sequence[str], columns: Mapping[str, str] | None) -> bool:
    """Each asset has a column: the first cells of the rows are what headers are, of the header only the first."""
    downwards = set(fields_of(first, columns).values())
    return header.score[0] == 1 and len(downwards) > 2 and not IDENTITY.isdisjoint(downwards)


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


def tagged(header: Sequence[str], rows: Iterable[Sequence[str]], columns: Mapping[str, str] | None) -> dict[str, str]:
    """A column "Tag" as what assets are called, where nothing else calls them anything and the first rows below have
    addresses and each a tag of its own with a number in it (PLC-101), like a mapping that a user gives.
    """
    fields = set(fields_of(header, columns).values())
    at = next((n for n, h in enumerate(header) if normalise(h) in _TAG and h not in (columns or {})), None)
    if at is None or fields & _NAMING or not fields & _ADDRESSES:
        return {}
    tags = [row[at].strip() if at < len(row) else "" for row in islice(rows, HEADER_WITHIN)]
    apart = len(set(tags)) == len(tags) and all(any(map(str.isdigit, tag)) for tag in tags)
    return {header[at]: "name"} if tags and apart else {}


def unique(header: Iterable[str], label: Callable[[int], str] = str) -> list[str]:
    """Every column under a name of its own: empty ones are named by number or letter, repeated ones made different."""
    seen: dict[str, int] = {}
    names = []
    for number, cell in enumerate(header, 1):
        text = cell.strip() or f"column {label(number)}"
        seen[text] = seen.get(text, 0) + 1
        names.append(text if seen[text] == 1 else f"{text}{' ' * (seen[text] - 1)}")
    return names
