"""Rows of facts as evidence that a reader can check: frames and a display filter, or file and line."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest
from operator import itemgetter
from typing import Any

import polars as pl

from scanner.addresses import address_of, is_mac
from scanner.engine.folding import MOST_OBJECTS
from scanner.engine.texts import as_text
from scanner.engine.verdict.alike import alike
from scanner.engine.verdict.evidence_texts import MESSAGES, Row
from scanner.engine.verdict.recording_files import Files
from scanner.engine.verdict.subset import Subset
from scanner.engine.words import iso
from scanner.facts import schema
from scanner.facts.schema import TABLES
from scanner.results.model import Evidence, Text
from scanner.results.rows import Lazy
from scanner.wording import joined, listed, said

AT_ONCE = 20  # pieces of evidence that are made together with their finding
_PLACES = ("line", "line_start", "row")
_PLACE_OF = {table.name: c.name for table in TABLES.values() for c in table.columns if c.name in _PLACES}
"""Table -> the column that says where in its source a row stands; of others, in which frames."""
_IP_TERMS = {True: "ipv6.addr", False: "ip.addr"}
_JOINS = re.compile(r"\|\||\bor\b|&&|\band\b")


def evidence_of(
    name: str, rows: Sequence[Row], table: pl.DataFrame | Subset, place: int, files: Files
) -> Sequence[Evidence]:
    """The pieces of evidence for a finding's rows of the table ``name``, the most telling first: one for each, or for
    operations that differ in nothing but what they touch, where these are many.

    Accepted operations come before refused ones, then what was seen most often, then what was seen first. The same
    rows stand in ``table`` from ``place`` on: where there are many, pieces are made from it when somebody asks.
    """
    alone: list[int] = [*range(len(rows))]
    together: list[Row] = []
    if name == schema.OPERATIONS.name and len(rows) > MOST_OBJECTS:
        alone, together = alike(rows)
    pieces: list[tuple[tuple[Any, ...], int, Evidence | None]]
    pieces = [(_telling(rows[number]), place + number, None) for number in alone]
    pieces += [(_telling(row), 0, _evidence(name, row, files)) for row in together]
    pieces.sort(key=itemgetter(0))
    made = {number: piece for number, (*_, piece) in enumerate(pieces) if piece}
    if len(pieces) <= AT_ONCE:
        own = (made.get(number) or _evidence(name, rows[at - place], files) for number, (_, at, _) in enumerate(pieces))
        return tuple(own)
    places = array("Q", (at for _, at, _ in pieces))

    def part(start: int, stop: int) -> Iterator[Evidence]:
        wanted = [number for number in range(start, stop) if number not in made]
        more = iter(table[[places[number] for number in wanted]].to_dicts())
        return (made.get(number) or _evidence(name, next(more), files) for number in range(start, stop))

    return Lazy(len(pieces), part)


def _telling(row: Row) -> tuple[Any, ...]:
    count = row.get("count") or row.get("packets") or 0
    return (
        -(1 if row.get("accepted") else 0),
        -count,
        iso(row.get("first_time")) or "~",
        str(row.get("source", "")),
        row.get("line_start") or row.get("row") or row.get("line") or 0,
        tuple(str(row.get(name, "")) for name in ("client", "server", "function", "object", "device", "item", "value")),
    )


def _evidence(table: str, row: Row, files: Files) -> Evidence:
    message = as_text(MESSAGES[table](row))
    if table == "settings":
        return Evidence(row["source"], row["line_start"] or 0, row["line_end"] or 0, row["text"], message=message)
    if table in _PLACE_OF and not row.get("frames"):
        line = row[_PLACE_OF[table]] or 0
        return Evidence(row["source"], line_start=line, line_end=line, message=message)
    return _captured(row, files, message)


def _captured(row: Row, files: Files, message: Text) -> Evidence:
    capture = row.get("capture") or next(iter(row.get("captures") or ()), "")
    numbers = row.get("frames") or ([row["first_frame"]] if row.get("first_frame") else [])
    source, frames = files.at(capture, numbers)
    return Evidence(
        source=row.get("source") or source,
        frames=frames,
        first_time=iso(row.get("first_time")),
        last_time=iso(row.get("last_time") or row.get("first_time")),
        count=_count(row),
        client=row.get("client", ""),
        server=row.get("server", ""),
        port=row.get("server_port") or 0,
        protocol=row.get("protocol", ""),
        message=message,
        outcome=as_text(_outcome(row)),
        filter=display_filter(row),
    )


def _count(row: Row) -> int:
    for name in ("count", "packets"):
        if row.get(name) is not None:
            return int(row[name])
    return int((row.get("client_packets") or 0) + (row.get("server_packets") or 0))


_OUTCOMES = {
    "accepted": "accepted {n}",
    "refused": "refused {n}",
    "unanswered": "unanswered {n}",
    "unobserved": "answer not observed {n}",
}


def _outcome(row: Row) -> str:
    """How often what was asked for was accepted, refused and so on; the reasons are the protocol's own words."""
    reasons = listed(
        f"{reason} ({count})" if count else reason
        for reason, count in zip_longest(row.get("refusals") or (), row.get("refusal_counts") or ())
    )
    return joined(
        said("refused {n} ({reasons})", n=row[name], reasons=reasons)
        if reasons and name == "refused"
        else said(sentence, n=row[name])
        for name, sentence in _OUTCOMES.items()
        if row.get(name)
    )


def display_filter(row: Row) -> str:
    """A tshark display filter: the row's own, with the addresses of both ends."""
    own = row.get("filter") or ""
    terms = [t for t in (_address_term(row.get("client", "")), _address_term(row.get("server", ""))) if t]
    terms = [t for t in dict.fromkeys(terms) if t not in own]
    port = row.get("server_port") or 0
    if not own and row.get("transport") in ("tcp", "udp", "sctp") and port:
        own = f"{row['transport']}.port == {port}"
    if own:
        terms.append(f"({own})" if terms and _JOINS.search(own) else own)
    return " && ".join(terms)


@lru_cache(maxsize=1 << 15)  # the addresses of a large plant, which come in any order
def _address_term(address: str) -> str:
    try:
        return f"{_IP_TERMS[address_of(address).version == 6]} == {address}"
    except ValueError:
        return f"eth.addr == {address}" if is_mac(address) else ""
