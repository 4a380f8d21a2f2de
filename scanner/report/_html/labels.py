"""What is written in and beside the map and the matrix: names, notes, tooltips."""

from __future__ import annotations

from scanner.catalogues import ENGLISH, labels, languages
from scanner.report._html.drawing import Band
from scanner.report._html.traffic import Cell, End, Link
from scanner.report._words import say

_NAMED = frozenset({"zone", "group"})  # kinds of ends that have a name of their own
_CUT = 80  # characters of a name in a tooltip


def each(key: str, /, **values: object) -> list[tuple[str, str]]:
    """The fixed words in each language, for places where markup cannot stand."""
    return [(language, say(language, key, **values)) for language in languages()]


def band_name(band: Band) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The two lines that name a stripe of the map."""
    if band.level is None:
        key = {"none": "map.no-level", "groups": "map.groups", "addresses": "map.addresses"}.get(band.key)
        return each(key) if key else [], []
    known = f"level.{band.level:g}"
    name = each(known) if known in labels(ENGLISH) else []
    return each("map.level", level=f"{band.level:g}"), name


class Labels:
    """Of the ends of one map."""

    def __init__(self, ends: tuple[End, ...]) -> None:
        self.ends = {end.id: end for end in ends}

    def name(self, language: str, end_id: str) -> str:
        """The name of a box in one language."""
        end = self.ends[end_id]
        if end.kind == "level":
            return self._level(language, end)
        return end.name[:_CUT] if end.kind in _NAMED else say(language, end.kind)

    def names(self, end: End) -> list[tuple[str, str]]:
        """The name of a box in each language."""
        return [(language, self.name(language, end.id)) for language in languages()]

    def within(self, end: End) -> list[tuple[str, str]]:
        """The zones of a level among themselves."""
        return [(language, say(language, "map.inside-level", name=name)) for language, name in self.names(end)]

    def _level(self, language: str, end: End) -> str:
        level = say(language, "map.no-level") if end.level is None else say(language, "map.level", level=end.name)
        return f"{level}{say(language, 'colon')}{say(language, 'zones-count', n=end.zones)}"

    def note(self, end: End) -> list[tuple[str, str]]:
        """The small line in a box."""
        notes = []
        for language in languages():
            parts = [say(language, "sl-t", n=end.sl_t)] if end.sl_t is not None else []
            parts += [say(language, "devices-count", n=end.devices)] if end.devices is not None else []
            notes.append((language, " · ".join(parts)))
        return notes

    def box_title(self, end: End) -> dict[str, str]:
        """The tooltip of a box."""
        notes = dict(self.note(end))
        mark = f" ({end.id[:_CUT]})" if end.kind == "zone" and end.id != end.name else ""
        names = {language: f"{self.name(language, end.id)}{mark}" for language in languages()}
        return {language: f"{name}\n{notes[language]}" if notes[language] else name for language, name in names.items()}

    def link_title(self, link: Link) -> dict[str, str]:
        """The tooltip of a line."""
        return {language: self._describe(language, link) for language in languages()}

    def cell_title(self, cell: Cell) -> str:
        """The tooltip of a cell of the matrix; an attribute, so it must do with one language."""
        return "\n".join(self._describe("en", link) for link in cell.links)

    def _describe(self, language: str, link: Link) -> str:
        amount = (
            say(language, "connections", n=link.connections)
            + say(language, "comma")
            + say(language, "packets", n=link.packets)
        )
        conduits = ", ".join(conduit[:_CUT] for conduit in link.conduits[:6])
        lines = [
            f"{self.name(language, link.source)} → {self.name(language, link.target)}",
            f"{say(language, f'state.{link.state}')}: {', '.join(link.protocols)}" if link.protocols else "",
            amount if link.packets or link.connections else "",
            f"{say(language, 't.conduit')}: {conduits}" if conduits else "",
        ]
        return "\n".join(t for t in lines if t)
