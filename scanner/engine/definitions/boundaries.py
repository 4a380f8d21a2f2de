"""The part ``boundary`` of a rule file: between which places the traffic is that the rule judges."""

from __future__ import annotations

from scanner.engine.definitions.rules import INTERNET, Boundary
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.selections import Selection, read_selection
from scanner.facts.schema import TABLES
from scanner.wording import said
from scanner.yaml_positions import Path

ANY = "any"  # zone
_KEY = "boundary"


def read_boundary(notes: Collector) -> Boundary | None:
    """``any`` (between zones), or ``one`` and ``other`` side: a selection of zones, ``any``; the other may be
    ``internet`` as well, alone or in a list beside zones. None when it is wrong, with every mistake noted.
    """
    if notes.value((_KEY,)) == ANY:
        return Boundary(None, None, zones=True, internet=False)
    given = notes.mapping((_KEY,), ("one", "other"), ("one", "other"))
    value = given.get("other")
    listed = value if isinstance(value, list) else [value]
    zones = [number for number, other in enumerate(listed) if other != INTERNET]
    if len(zones) > 1:
        notes.note(
            (_KEY, "other"),
            said("more than one selection of zones"),
            said("give one, and '{internet}' if need be", internet=INTERNET),
        )
        return None
    place: Path = (_KEY, "other")
    return Boundary(
        one=_side(notes, (_KEY, "one")),
        other=_side(notes, (*place, zones[0]) if isinstance(value, list) else place) if zones else None,
        zones=bool(zones),
        internet=len(zones) < len(listed),
    )


def _side(notes: Collector, path: Path) -> Selection | None:
    return None if notes.value(path) == ANY else read_selection(notes.value(path), path, TABLES["zones"], notes)
