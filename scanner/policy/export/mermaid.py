"""A policy as a Mermaid flowchart: zones as boxes by Purdue level, conduits as arrows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.policy.export._form import PolicyForm, Row, ToExport

_PLAIN = re.compile(r"[^\w .,/-]")  # everything else could mean something to Mermaid or to a page
_LONGEST = 60  # characters of a label
_SHOWN = 6  # protocols on an arrow


def render(given: ToExport) -> str:
    """The flowchart as text; nothing in it but letters, digits and Mermaid's own entities comes from the policy."""
    return "\n".join(_lines(given.tables["zones"], given.tables["conduits"])) + "\n"


def _lines(zones: Sequence[Row], conduits: Sequence[Row]) -> Iterator[str]:
    yield "flowchart TB"
    numbers = {zone["zone"]: f"z{n}" for n, zone in enumerate(zones, 1)}
    levels = sorted({zone["level"] or 0.0 for zone in zones}, reverse=True)
    for n, level in enumerate(levels):
        yield f'  subgraph l{n}["Level {level:g}"]'
        for zone in zones:
            if (zone["level"] or 0.0) == level:
                members = f"<br/>{escaped(', '.join(zone['subnets'][:3]))}" if zone["subnets"] else ""
                yield f'    {numbers[zone["zone"]]}["{escaped(zone["name"] or zone["zone"])}{members}"]'
        yield "  end"
    for conduit in conduits:
        ends = numbers.get(conduit["from_zone"]), numbers.get(conduit["to_zone"])
        if all(ends):
            arrow = "<-->" if conduit["both_ways"] else "-->"
            yield f'  {ends[0]} {arrow}|"{_label(conduit)}"| {ends[1]}'


def _label(conduit: Row) -> str:
    more = f" and {len(conduit['protocols']) - _SHOWN} more" if len(conduit["protocols"]) > _SHOWN else ""
    verbs = f"<br/>{escaped(', '.join(conduit['verbs']))}" if conduit["verbs"] else ""
    return escaped(", ".join(conduit["protocols"][:_SHOWN])) + more + verbs


def escaped(text: str) -> str:
    """The text as a label: cut when it is too long, and every special character as its number (``#34;``)."""
    text = " ".join(text.split())
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return _PLAIN.sub(lambda match: "…" if match[0] == "…" else f"#{ord(match[0])};", shown)


FORM = PolicyForm("mermaid", "flowchart of zones and conduits", render)
