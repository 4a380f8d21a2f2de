"""One self-contained HTML file in English and Chinese for managers, auditors and engineers; see ``docs/reports.md``.

Templates, style, script and words are data in ``reports/``. Every value of the results is escaped by Jinja; the
Content-Security-Policy allows this page's own style and script by their hashes and nothing else, not even an image.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.catalogues import catalogue
from scanner.report import _order
from scanner.report._map import Band, draw
from scanner.report._page import LANGUAGES, Words, device_list, page
from scanner.report._traffic import End, Link, state_of, traffic
from scanner.report._words import cleaned, moment, number, say, span
from scanner.results.model import Results
from scanner.uncollected import uncollected

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

NAME = "html"
EXTENSION = ".html"
TITLE = "the report for people: one file, English and Chinese, works offline"


@uncollected()
def render(results: Results) -> str:
    """The page. What differs between two runs on the same input is the element with the id ``run`` alone."""
    devices = device_list(results)
    results = cleaned(replace(results, devices=()))
    style, script, icons = (_asset(name) for name in ("style.css", "script.js", "icons.svg"))
    flows = traffic(results)
    drawing = _Drawing(flows.ends)
    context = {
        "results": results,
        "policy": _policy(style, script),
        "style": style,
        "script": script,
        "icons": icons,
        "traffic": flows,
        "drawing": draw(flows),
        "end_of": drawing.ends,
        "cell": lambda source, target: flows.cells.get((source, target), []),
        "box_title": drawing.box_title,
        "link_title": drawing.link_title,
        "cell_title": drawing.cell_title,
        "box_note": drawing.box_note,
        **page(results),
        **devices,
    }
    return _environment().get_template("page.html").render(context) + "\n"


def _asset(name: str) -> Markup:
    """A file of ours, put into the page as it is."""
    from markupsafe import Markup

    from scanner.report._templates import read

    return Markup(read(name))  # noqa: S704 - a constant file of this package


def _policy(style: str, script: str) -> str:
    """The strictest policy under which the page works."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@functools.cache
def _environment() -> Environment:
    from scanner.report._templates import environment

    words = Words()
    made = environment()
    made.filters["technique"] = _technique
    made.globals.update(
        w=words.fixed,
        b=words.both,
        link=words.link,
        words=catalogue("en"),
        tags=LANGUAGES,
        number=number,
        moment=moment,
        span=span,
        level=_level,
        band_name=_band_name,
        both=_each,
        titles=words.titles,
        frames=_order.frames_text,
        ends=_order.ends_text,
        proofs=_order.proofs,
        together=_order.together,
        technique=_technique,
        state_of=state_of,
    )
    return made


def _level(value: float | None) -> str:
    """A Purdue level: 3, 3.5."""
    return "" if value is None else f"{value:g}"


def _technique(name: str) -> str:
    """The page of an ATT&CK technique, or empty when it is not one."""
    return f"{_order.TECHNIQUE_PAGE}{name.replace('.', '/')}/" if re.fullmatch(r"T\d{4}(\.\d{3})?", name) else ""


def _each(key: str, /, **values: object) -> list[tuple[str, str]]:
    """The fixed words in each language, for places where markup cannot stand."""
    return [(language, say(language, key, **values)) for language in LANGUAGES]


def _band_name(band: Band) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The two lines that name a stripe of the map."""
    if band.level is None:
        key = {"none": "map.no-level", "groups": "map.groups"}.get(band.key)
        return _each(key) if key else [], []
    known = f"level.{band.level:g}"
    name = _each(known) if known in catalogue("en") else []
    return _each("map.level", level=f"{band.level:g}"), name


class _Drawing:
    """Tooltips and notes of the map and the matrix."""

    def __init__(self, ends: tuple[End, ...]) -> None:
        self.ends = {end.id: end for end in ends}

    def _name(self, language: str, end_id: str) -> str:
        end = self.ends[end_id]
        return end.name if end.kind in {"zone", "group"} else say(language, end.kind)

    def box_note(self, end: End) -> list[tuple[str, str]]:
        """The small line in a zone's box."""
        notes = []
        for language in LANGUAGES:
            parts = [say(language, "sl-t", n=end.sl_t)] if end.sl_t is not None else []
            parts += [say(language, "devices-count", n=end.devices)] if end.devices is not None else []
            notes.append((language, " · ".join(parts)))
        return notes

    def box_title(self, end: End) -> dict[str, str]:
        """The tooltip of a box."""
        notes = dict(self.box_note(end))
        mark = f" ({end.id})" if end.kind == "zone" and end.id != end.name else ""
        return {
            lang: f"{self._name(lang, end.id)}{mark}" + (f"\n{notes[lang]}" if notes[lang] else "")
            for lang in LANGUAGES
        }

    def link_title(self, link: Link) -> dict[str, str]:
        """The tooltip of a line."""
        return {language: self._describe(language, link) for language in LANGUAGES}

    def cell_title(self, links: list[Link]) -> str:
        """The tooltip of a cell of the matrix; an attribute, so it must do with one language."""
        return "\n".join(self._describe("en", link) for link in links)

    def _describe(self, language: str, link: Link) -> str:
        amount = (
            say(language, "connections", n=link.connections)
            + say(language, "comma")
            + say(language, "packets", n=link.packets)
        )
        lines = [
            f"{self._name(language, link.source)} → {self._name(language, link.target)}",
            f"{say(language, f'state.{link.state}')}: {', '.join(link.protocols)}" if link.protocols else "",
            amount if link.packets or link.connections else "",
            f"{say(language, 't.conduit')}: {', '.join(link.conduits)}" if link.conduits else "",
        ]
        return "\n".join(t for t in lines if t)
