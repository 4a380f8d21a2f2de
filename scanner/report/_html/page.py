"""The page of the HTML report, from its parts.

Templates, style, script and words are data in ``reports/``. Every value of the results is escaped by Jinja; the
Content-Security-Policy allows this page's own style and script by their hashes and nothing else, not even an image.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scanner.catalogues import ENGLISH, labels, languages, mark, own_name, protocol_names, tag
from scanner.gc_paused import uncollected
from scanner.report import _order
from scanner.report._html import style_words
from scanner.report._html.anchors import Anchors, slug
from scanner.report._html.cards import Cards, requirement_key
from scanner.report._html.devices import fit, table
from scanner.report._html.drawing import draw
from scanner.report._html.labels import Labels, band_name
from scanner.report._html.limits import LIMITS
from scanner.report._html.named import by_device
from scanner.report._html.requirements import by_verdict, frameworks
from scanner.report._html.seen import seen
from scanner.report._html.signoff import signoff
from scanner.report._html.summary import summary
from scanner.report._html.traffic import Cell, by_level, state_of, traffic
from scanner.report._html.words import Words
from scanner.report._html.zones import Observed, families, zones
from scanner.report._seen import key_of
from scanner.report._words import cleaned, moment, number, span
from scanner.results.attack import TechniqueState, by_tactic
from scanner.results.model import Results, RuleResult

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup


@uncollected()
def render(results: Results, language: str = "") -> str:
    """The page. Two runs on the same input differ in the element with the id ``run`` alone.

    language: that it opens in; without one, that of the browser.
    """
    style, script, icons = _style(), _asset("script.js"), _asset("icons.svg")
    context = {
        "policy": _policy(style, script),
        "asked": language,
        "style": style,
        "script": script,
        "icons": icons,
        **_page(results),
    }
    return _environment(languages()).get_template("page.html").render(context) + "\n"


def keep_templates(folder: Path) -> None:
    """Compile what the page is made by, beside its sources or their copies in ``folder``: building does."""
    from scanner.report._html.templates import keep_compiled

    keep_compiled(_environment(languages()), folder)


def _page(given: Results) -> dict[str, Any]:
    """The variables of the templates: each part of the page is prepared by its own module."""
    # what was observed may be very much: it is made fit to show by those who choose from it
    results = cleaned(replace(_order.judged(given), traffic=given.traffic, unrecognised=()))
    flows = traffic(results)
    drawn = by_level(flows, LIMITS.boxes)
    anchors = Anchors()
    cards = Cards(results, anchors)
    devices = fit(given)
    named = by_device((*given.rules, *given.outside))
    labels = Labels(tuple(dict.fromkeys((*flows.ends, *drawn.ends))))
    return {
        "results": results,
        "limits": LIMITS,
        "at": anchors.of,
        "groups": cards.groups,
        "number_of": cards.numbers,
        "evidence_checks": cards.reach,
        "placed": cards.places,
        "page": summary(results, cards),
        "seen": seen(given, devices),
        "device_total": len(devices),
        "device_names": {d.device: d.name for d in devices if d.name},
        **table(devices, named, cards.places, anchors),
        "zones": zones(results, Observed(devices, named, flows, given.commands), anchors),
        "families": families(results),
        "frameworks": frameworks(results, anchors),
        "techniques": by_tactic(results.techniques) if results.techniques else {},
        "technique_counts": [(s.value, sum(t.state is s for t in results.techniques)) for s in TechniqueState],
        "verdict_of": {r.rule: r.verdict for r in (*results.rules, *results.outside)},
        "rows": _order.cut(results.traffic, LIMITS.traffic),
        "traffic": drawn,
        "drawing": draw(drawn),
        "labels": labels,
        "signoff": signoff(given, devices),
    }


def _asset(name: str) -> Markup:
    """A file of ours, put into the page as it is."""
    from markupsafe import Markup

    from scanner.report._html.templates import read

    return Markup(read(name))  # noqa: S704 - a constant file of this package


def _style() -> Markup:
    """The page's own style, and for each language what shows it alone when it is chosen."""
    from markupsafe import Markup

    shows = _asset("language.css")
    parts = (shows.replace("LANGUAGE", name).replace("TAG", mark(name)) for name in languages() if name != ENGLISH)
    words = Markup(style_words.style())  # noqa: S704 - it quotes them
    return _asset("style.css") + words + shows[:0].join(parts)


def _policy(style: str, script: str) -> str:
    """The strictest policy under which the page works."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@functools.cache
def _environment(_: tuple[str, ...]) -> Environment:
    """What makes pages in these languages."""
    from scanner.report._html.templates import environment

    words = Words()
    made = environment()
    made.filters["technique"] = _technique
    made.filters["protocol"] = _protocol
    made.globals.update(
        w=words.fixed,
        b=words.both,
        n=words.name,
        held=words.held,
        link=words.link,
        words=labels(ENGLISH),
        tags={language: tag(language) for language in languages()},
        marks={language: mark(language) for language in languages()},
        own_name=own_name,
        number=number,
        moment=moment,
        span=span,
        level=_level,
        band_name=band_name,
        titles=words.titles,
        frames=_order.frames_text,
        ends=_order.ends_text,
        proofs=_order.proofs,
        together=_order.together,
        cut=_order.cut,
        cut_protocols=_protocols,
        of_subjects=_of_subjects,
        technique=_technique,
        protocol_name=_protocol,
        state_of=state_of,
        key_of=key_of,
        requirement_key=requirement_key,
        slug=slug,
        by_verdict=by_verdict,
    )
    return made


def _protocol(name: str) -> str:
    """A protocol as people write it."""
    return protocol_names().get(name, name)


def _protocols(cell: Cell) -> _order.Cut[str]:
    """Of all traffic between two zones."""
    return _order.cut(sorted({p for one in cell.links for p in one.protocols}), LIMITS.verbs)


def _of_subjects(rule: RuleResult) -> dict[str, str]:
    return {language: _order.of_subjects(rule, language) for language in languages()}


def _level(value: float | None) -> str:
    """A Purdue level: 3, 3.5."""
    return "" if value is None else f"{value:g}"


def _technique(name: str) -> str:
    """The page of an ATT&CK technique, or empty when it is not one."""
    return f"{_order.TECHNIQUE_PAGE}{name.replace('.', '/')}/" if re.fullmatch(r"T\d{4}(\.\d{3})?", name) else ""
