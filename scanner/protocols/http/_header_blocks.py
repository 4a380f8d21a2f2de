"""Header blocks of HPACK (RFC 7541), each decoded once for what the table of its direction holds.

Whoever asks the same again sends the same block, and so do all who ask the same of the same program: decoding them,
which the library ``hpack`` does in Python, was half the time of reading HTTP/2. What a block says and what the table
holds behind it follow from the block and what the table held before it, in whatever connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpack import Decoder

MOST_BLOCK = 1 << 16  # bytes of a header block
MOST_TABLE = 1 << 16  # bytes of a dynamic table
MOST_KEPT = 1 << 23  # bytes of header blocks and what they say; beyond that all are forgotten
UNKNOWN = b"\0"  # the name of what a table holds that nobody saw being put there
_UNKNOWN_ENTRIES = 512

Fields = tuple[tuple[bytes, bytes], ...]


class _Table:
    """What a dynamic table holds: one object for the same, so that it is compared once."""

    __slots__ = ("entries", "size")

    def __init__(self, size: int, entries: Fields) -> None:
        self.size, self.entries = size, entries


class KnownBlocks:
    """Blocks that were decoded, of all connections of a capture."""

    def __init__(self) -> None:
        self._tables: dict[tuple[int, Fields], _Table] = {}
        self._blocks: dict[tuple[_Table, bytes], tuple[Fields, _Table]] = {}
        self._kept = 0

    def direction(self, *, known: bool) -> Direction:
        """Of a connection. known: nothing is in its table; otherwise nobody knows what is."""
        entries = () if known else ((UNKNOWN, b""),) * _UNKNOWN_ENTRIES
        return Direction(self, self.table(4096 if known else MOST_TABLE, entries))

    def table(self, size: int, entries: Fields) -> _Table:
        """The one that holds this."""
        return self._tables.setdefault((size, entries), _Table(size, entries))

    def get(self, table: _Table, block: bytes) -> tuple[Fields, _Table] | None:
        """What the block says, and the table behind it."""
        return self._blocks.get((table, block))

    def keep(self, table: _Table, block: bytes, found: tuple[Fields, _Table]) -> None:
        """Remember it."""
        self._kept += len(block) + sum(len(name) + len(value) for name, value in (*found[0], *found[1].entries))
        if self._kept > MOST_KEPT:
            self._tables.clear()
            self._blocks.clear()
            self._kept = 0
        self._blocks[table, block] = found


class Direction:
    """One side of a connection, whose blocks come in their order."""

    def __init__(self, known: KnownBlocks, table: _Table) -> None:
        self._known, self._table = known, table
        self._decoder: Decoder | None = None
        self._decoded: _Table | None = None  # that of the decoder

    def anew(self, *, known: bool) -> Direction:
        """The same side behind something that is lost, or where it begins."""
        return self._known.direction(known=known)

    def read(self, block: bytes) -> Fields | None:
        """Names and values; None where the block contradicts the table, behind which nothing can be read."""
        found = self._known.get(self._table, block) or self._read(block)
        if found is None:
            return None
        fields, self._table = found
        return fields

    def _read(self, block: bytes) -> tuple[Fields, _Table] | None:
        from hpack.exceptions import HPACKError

        if self._decoder is None or self._decoded is not self._table:
            self._decoder = _decoder(self._table)
        self._decoded = None
        try:
            fields = _plain(self._decoder.decode(block, raw=True))
        except (HPACKError, IndexError, ValueError):
            return None
        held = self._decoder.header_table
        entries = _plain(held.dynamic_entries)
        same = (held.maxsize, entries) == (self._table.size, self._table.entries)
        table = self._table if same else self._known.table(held.maxsize, entries)
        self._known.keep(self._table, block, (fields, table))
        self._decoded = table
        return fields, table


def _decoder(table: _Table) -> Decoder:
    from hpack import Decoder

    decoder = Decoder(max_header_list_size=MOST_BLOCK)
    decoder.max_allowed_table_size = MOST_TABLE
    decoder.header_table_size = table.size
    for name, value in reversed(table.entries):
        decoder.header_table.add(name, value)
    return decoder


def _plain(found: object) -> Fields:
    return tuple((bytes(field[0]), bytes(field[1])) for field in found)  # type: ignore[attr-defined]
