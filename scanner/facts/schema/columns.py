"""What a table and a column are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its type, what it means, its unit, and whether it is computed when rules are judged.

    said: it holds what otaudit says (``scanner.wording``); rules compare it with the English text. needs: the kind of
    input without which it is empty, where that is another than its table's.
    """

    name: str
    type: str
    meaning: str
    unit: str = ""
    derived: bool = False
    said: bool = False
    needs: str = ""


@dataclass(frozen=True)
class Table:
    """One table. ``needs`` is the kind of input that fills it: capture, inventory, policy, zones (a policy that
    declares zones), configuration or advisory.
    """

    name: str
    meaning: str
    needs: str
    columns: tuple[Column, ...]
    derived: bool = False

    def column(self, name: str) -> Column:
        """The column called ``name``; KeyError if there is none."""
        return {c.name: c for c in self.columns}[name]
