"""Tests on addresses and sets of addresses, each decided once for every distinct value: their cost does not grow with
the rows.
"""

from __future__ import annotations

import socket
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from scanner.address_ranges import RANGE_ORDERS, RangeOrder, Ranges, compare, read_ranges, union
from scanner.addresses import address_of
from scanner.engine.language.modifiers import Against, InNetwork, InZone, Match, Pieces, Refers, compiled
from scanner.engine.language.zones import companion, zone_members, zone_ranges
from scanner.facts.columns_when_asked import kind_of
from scanner.three_valued import some

Tables = Mapping[str, pl.DataFrame]
_NEXT, _BESIDE = "\x1e", "\x1f"  # between texts of a list, and between two columns
_Number = tuple[int, int]  # of an address, with its version
_UNKNOWN = pl.lit(None, dtype=pl.Boolean)


def address_test(match: Match, name: str, table: str, tables: Tables) -> pl.Expr | None:
    """The test on the column of the table, if it is one of addresses."""
    match match:
        case InNetwork():
            return within([match], name, table, tables)
        case InZone():
            return _in_zone(match, name, table, tables)
        case Against():
            return _ranged(match, name, table, tables)
        case Refers(order):
            named = next((known for known in RANGE_ORDERS if known == order), None)
            return _ranges_refer(named, name, match.columns, tables[table]) if named else None
        case _:
            return None


def within(networks: Sequence[InNetwork], name: str, table: str, tables: Tables) -> pl.Expr:
    """The address, or one of a list, is in one of the networks."""
    values = _distinct(tables[table], name)
    members = sorted(_inside(values, networks))
    return _any_in(name, members) if _is_list(tables[table], name) else pl.col(name).is_in(members)


def _any_in(name: str, values: Sequence[str]) -> pl.Expr:
    return pl.col(name).list.eval(pl.element().is_in(values)).list.any().fill_null(value=False)


def _in_zone(test: InZone, name: str, table: str, tables: Tables) -> pl.Expr:
    """The address, or one of a list, is in a zone."""
    if not tables["zones"].height:
        return _UNKNOWN
    zone = companion(table, name)
    if zone:
        members = _zone_ids(test.pieces, tables["zones"])
    else:
        members = zone_members(_distinct(tables[table], name), _zone_rows(test.pieces, tables["zones"]))
    column = zone or name
    return _any_in(column, members) if _is_list(tables[table], column) else pl.col(column).is_in(members)


def _ranged(test: Against, name: str, table: str, tables: Tables) -> pl.Expr:
    """Sets of addresses against one."""
    other = test.ranges
    if test.zones:
        zones = tables["zones"]
        other = zone_ranges(pl.concat(_zone_rows(pieces, zones) for pieces in test.zones))
    true, unknown = _sorted((text, _answer(test.order, text, other)) for text in _distinct(tables[table], name))
    column = pl.col(name)
    if not _is_list(tables[table], name):
        return pl.when(~column.is_in(unknown)).then(column.is_in(true))
    held = _any_in(name, true)
    return pl.when(held | ~_any_in(name, unknown)).then(held)


def _ranges_refer(order: RangeOrder, name: str, others: Sequence[str], rows: pl.DataFrame) -> pl.Expr:
    """Sets of addresses against those of other columns of the row, decided once for each combination."""
    texts = [pl.col(n).list.join(_NEXT) if _is_list(rows, n) else pl.col(n) for n in (name, *others)]
    key = pl.concat_str(texts[0], pl.concat_str(texts[1:], separator=_NEXT), separator=_BESIDE)
    true, unknown = _sorted((text, _pair(order, text)) for text in _distinct(rows.select(_=key), "_"))
    return pl.when(~key.is_in(unknown)).then(key.is_in(true))


def _pair(order: RangeOrder, text: str) -> bool | None:
    own, _, theirs = text.partition(_BESIDE)
    right = union(map(read_ranges, theirs.split(_NEXT)))
    return some(_answer(order, one, right) for one in own.split(_NEXT)) if own else False


def _answer(order: RangeOrder, text: str, other: Ranges) -> bool | None:
    """What is compared with nothing is not known: nobody has said which addresses are meant."""
    return None if other.nothing else compare(order, read_ranges(text), other)


def _sorted(answers: Iterable[tuple[str, bool | None]]) -> tuple[list[str], list[str]]:
    """Texts of which it is true, and of which it is not known."""
    known = list(answers)
    return [text for text, answer in known if answer], [text for text, answer in known if answer is None]


def _is_list(frame: pl.DataFrame, name: str) -> bool:
    return isinstance(kind_of(frame, name), pl.List)


def _distinct(table: pl.DataFrame, name: str) -> list[str]:
    column = table.select(name).to_series()
    values = column.explode() if isinstance(column.dtype, pl.List) else column
    return [v for v in values.unique().to_list() if v]


def _inside(values: Iterable[str], networks: Iterable[InNetwork]) -> list[str]:
    """The addresses that are in one of the networks."""
    nets = [test.network for test in networks]
    ranges: list[tuple[_Number, _Number]] = []
    for low, high in sorted(
        ((net.version, int(net.network_address)), (net.version, int(net.broadcast_address))) for net in nets
    ):
        if not ranges or high > ranges[-1][1]:  # a network is apart from another, or within it
            ranges.append((low, high))
    lows, highs = [low for low, _ in ranges], [(0, 0), *(high for _, high in ranges)]
    return [value for value in values if (n := _number(value)) <= highs[bisect_right(lows, n)]]


def _number(text: str) -> _Number:
    """Version and number of an IP address; of what is none one that is in no network."""
    try:
        return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, text))  # a flood has a hundred thousand
    except (OSError, ValueError):  # not IPv4, or a text that C has no word for
        pass
    try:
        return address_of(text)[1:3]
    except ValueError:
        return 9, 0


def _zone_rows(pieces: Pieces, zones: pl.DataFrame) -> pl.DataFrame:
    like = compiled(pieces)
    wanted = [
        bool(like.fullmatch(zone.lower()) or like.fullmatch(name.lower()))
        for zone, name in zones.select("zone", "name").iter_rows()
    ]
    return zones.filter(pl.Series(wanted, dtype=pl.Boolean))


def _zone_ids(pieces: Pieces, zones: pl.DataFrame) -> list[str]:
    return list(_zone_rows(pieces, zones)["zone"].unique())
