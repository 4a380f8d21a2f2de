"""Rows of a table that are no assets: headings of halls, footnotes, totals. They hold one cell, where assets have more,
and totals numbers.

An asset of which nothing but the name is known looks so, too. It is one when others are called alike (plc-1, plc-2);
else a row is a heading when it, or another such row, stands first, behind an empty row, or is written as people write
headings and notes; and what may be either is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.wording import NOTHING, Said, at_row, said

_LEAST_COLUMNS = 4  # that are understood: in a smaller table a row of one cell is an asset
_MANY = 4  # rows for each that holds one cell
_NAMES = frozenset(("name", "hostname", "id"))
_MARKED = re.compile(
    r"[*†‡¹²³#>=_-].*|.*[:：]|(sub)?total\b.*|sum(me|a)?\b.*|gesamt\w*\b.*|anzahl\b.*|source\b.*|quelle\b.*|note\b.*|legend\w*\b.*"
    r"|stand\b.*|as of\b.*|hinweis\b.*|合计.*|总计.*|注[:：].*|备注.*|合計.*|注記.*|※.*",
    re.IGNORECASE,
)


_TOTAL = re.compile(
    r"(?:sub|grand )?total(?:s|e)?(?: (?:devices|assets|number))?|sum(?:me|ma)?|gesamt(?:zahl|anzahl)?|anzahl|count"
    r"|合计|总计|小计|总数|合計|総計|итого|합계",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d.,]+\s*\w{0,3}")  # 12, 12 pcs, 12台


class Lone(NamedTuple):
    """A record that holds one cell: its text, and whether it stands as a heading does."""

    record: Any
    text: str
    apart: bool


@dataclass
class Headings:
    """Looks at the records of one table. fields: header -> field."""

    fields: Mapping[str, str]
    _lone: list[Lone] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _rows: int = 0
    _last: int = -1
    totals: int = 0

    def held(self, record: Any) -> bool:
        """The record may be none of an asset, and is kept until all are known."""
        before, self._last = self._last, record.row
        filled = [h for h, value in record.cells.items() if value not in (None, "", [], {})]
        if record.at is at_row and _is_total([str(record.cells[h]).strip() for h in filled]):
            self.totals += 1
            self._rows += 1
            return True
        if record.at is not at_row or len(self.fields) < _LEAST_COLUMNS:
            return False
        if len(filled) == 1 and self.fields.get(filled[0], "") in _NAMES and isinstance(record.cells[filled[0]], str):
            text = record.cells[filled[0]].strip()
            apart = before < 0 or record.row > before + 1 or _MARKED.fullmatch(text) is not None
            self._lone.append(Lone(record, text, apart))
            return True
        self._rows += bool(filled)
        self._names |= {_shape(str(record.cells[h])) for h in filled if self.fields.get(h) in _NAMES}
        return False

    def settled(self) -> Iterator[tuple[Lone, Said | None]]:
        """Each that was held: an asset (None), a heading (nothing), or why it is neither."""
        few = len(self._lone) * _MANY <= self._rows
        apart = any(lone.apart for lone in self._lone)
        for lone in self._lone:
            if not few or _shape(lone.text) in self._names:
                yield lone, None
            elif apart:
                yield lone, NOTHING
            else:
                yield (
                    lone,
                    said("row skipped: it holds nothing but '{value}', a heading or an asset", value=lone.text[:60]),
                )


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.casefold().split()))


def _is_total(cells: Sequence[str]) -> bool:
    """A word for a total, and numbers."""
    words = [cell for cell in cells if not _NUMBER.fullmatch(cell)]
    return len(cells) > 1 and len(words) == 1 and _TOTAL.fullmatch(words[0].rstrip(":： ")) is not None
