"""Paragraphs, list items and fields on a rich console. What reaches the console passes here and is made harmless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.catalogues import labels, protocol_names
from scanner.report._words import encodable, one_line, picked, printable, say
from scanner.results.model import Text
from scanner.results.publications import End

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text as Line

Part = str | tuple[str, str]  # text, or text with its style

_LONGEST_NAME = 48  # characters
_LABEL = 17  # columns of the labels of fields
_MARK = "  - "


@dataclass(frozen=True)
class Page:
    """A console that speaks one language."""

    console: Console
    language: str

    def say(self, key: str, /, **values: object) -> str:
        """Fixed words with their values."""
        return say(self.language, key, **values)

    def word(self, group: str, name: str) -> str:
        """``group.name`` of the fixed words, or the name itself where there is no word for it."""
        return labels(self.language).get(f"{group}.{name}") or short(name.replace("-", " ").replace("_", " "))

    def protocol(self, name: str) -> str:
        """A protocol as people write it."""
        return protocol_names().get(name) or short(name)

    def pick(self, text: Text) -> str:
        """A text of the results on one line, marked where it is in another language."""
        return printable(picked(text, self.language))

    def end(self, end: End) -> str:
        """``PLC-1 (10.0.0.9)``; the address alone where nobody named it."""
        if end.name == end.address or not end.name:
            return short(end.address)
        return f"{short(end.name)} ({short(end.address)})"

    def paragraph(self, *parts: Part, indent: int = 0) -> None:
        """Wrapped to the width, its indent kept."""
        from rich.padding import Padding

        line = self._line(parts)
        self.console.print(Padding(line, (0, 0, 0, indent)) if indent else line)

    def item(self, *parts: Part) -> None:
        """One item of a list, its further lines hanging under its first."""
        self._hanging(_MARK, len(_MARK), parts)

    def field(self, label: str, *parts: Part) -> None:
        """What stands beside a label."""
        self._hanging(f"  {label}", min(_LABEL, self.console.width // 2), parts)

    def section(self, title: str, note: str = "") -> None:
        """A blank line and a heading."""
        self.console.print()
        self.paragraph((title, "bold"), (f"  {note}" if note else "", "dim"))

    def blank(self) -> None:
        """An empty line."""
        self.console.print()

    def more(self, hidden: int, key: str, /, indent: int = 4, **values: object) -> None:
        """How many more there are, if any."""
        if hidden > 0:
            self.paragraph((self.say(key, n=hidden, **values), "dim"), indent=indent)

    def _hanging(self, lead: str, width: int, parts: tuple[Part, ...]) -> None:
        from rich.table import Table

        grid = Table.grid(padding=0)
        grid.add_column(width=width, overflow="fold")
        grid.add_column(overflow="fold")
        grid.add_row(self._line((lead,)), self._line(parts))
        self.console.print(grid)

    def _line(self, parts: tuple[Part, ...]) -> Line:
        from rich.text import Text as Line

        styled = (part if isinstance(part, tuple) else (part, "") for part in parts)
        return Line.assemble(*((self._flat(text), style) for text, style in styled))

    def _flat(self, text: str) -> str:
        """One line of what the console can show; blanks at its ends stay."""
        return encodable(printable(text).replace("\n", " ").replace("\t", " "), self.console.encoding)


def short(name: str) -> str:
    """A name as a line can bear it: whoever names a device chooses its length."""
    name = one_line(printable(name))
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
