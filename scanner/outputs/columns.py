"""Tables of outputs: by the header above them the place of each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_LONGEST = 300  # characters of a header


class PrintedTable:
    """A header whose titles stand above their columns."""

    def __init__(self, header: str, titles: Sequence[str]) -> None:
        """titles: in the order of the header, which has them all."""
        text, at = header.casefold(), 0
        self.starts: list[int] = []
        for title in titles:
            at = text.index(title, at)
            self.starts.append(at)
            at += len(title)
        self.titles = list(titles)

    def cells(self, line: str, before: str = "") -> dict[str, str] | None:
        """Title -> cell; None when a cell reaches into the next column, so that nobody can tell where it ends.

        before: a title from which on cells may stand anywhere.
        """
        exact = self.titles.index(before) if before in self.titles else len(self.titles)
        found: dict[str, str] = {}
        for number, start in enumerate(self.starts):
            if number < exact and 0 < start < len(line) and not line[start - 1].isspace():
                return None
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(line)
            found[self.titles[number]] = line[start:end].strip()
        return found


def header_of(line: str, tables: Mapping[str, Sequence[str]]) -> tuple[str, PrintedTable] | None:
    """The first of the tables whose titles all stand in the line, in this order."""
    if len(line) > _LONGEST or any(mark in line for mark in ",;\t{"):  # of a list in another form
        return None
    text = line.casefold()
    for name, titles in tables.items():
        at = 0
        for title in titles:
            at = text.find(title, at)
            if at < 0:
                break
            at += len(title)
        else:
            return name, PrintedTable(line, titles)
    return None
