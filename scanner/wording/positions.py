"""Where in an input something stands, as problems name it. All but bytes count from 1."""

from __future__ import annotations

from scanner.wording.said import Said, said


def at_line(line: int, column: int = 0) -> Said:
    """``line 12``, with a column ``line 12, column 5``."""
    return said("line {line}, column {column}", line=line, column=column) if column else said("line {line}", line=line)


def at_lines(first: int, last: int) -> Said:
    """``lines 3-9``."""
    return said("lines {first}-{last}", first=first, last=last) if last > first else at_line(first)


def at_row(row: int) -> Said:
    """``row 7`` of a table."""
    return said("row {row}", row=row)


def at_entry(entry: int) -> Said:
    """``entry 7`` of a list."""
    return said("entry {entry}", entry=entry)


def at_byte(byte: int, *, unpacked: bool = False) -> Said:
    """``byte 104``. unpacked: of what was compressed."""
    return said("byte {byte} of the decompressed capture", byte=byte) if unpacked else said("byte {byte}", byte=byte)


def near_byte(byte: int) -> Said:
    """``near byte 4096``, where a decompressor only knows the block."""
    return said("near byte {byte}", byte=byte)
