"""A layer for the MITRE ATT&CK Navigator: what the scan says of each technique of ATT&CK for ICS.

Format: https://github.com/mitre-attack/attack-navigator/blob/master/layers/LAYERFORMATv4_5.md
"""

from __future__ import annotations

import json
from typing import Any

from scanner.report import ReportFormat
from scanner.report._words import one_line, printable, say
from scanner.results.attack import TechniqueRow, TechniqueState, by_tactic
from scanner.results.model import Results, RuleResult
from scanner.results.texts import pick

_VERSIONS = {"navigator": "5.0.0", "layer": "4.5"}
_COLOURS = {
    TechniqueState.SEEN: "#f08a6c",
    TechniqueState.EXPOSED: "#f3c04f",
    TechniqueState.NOT_SEEN: "#8fd0b6",
    TechniqueState.NOT_JUDGED: "#c3bfe8",
    TechniqueState.NOT_DETECTABLE: "#e3e6e8",
}
_SCORES = {TechniqueState.SEEN: 100, TechniqueState.EXPOSED: 60, TechniqueState.NOT_SEEN: 0}


def render(results: Results) -> str:
    """The layer, with comments in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> str:
    """The layer, with comments in the language."""
    rules = {rule.rule: rule for rule in (*results.rules, *results.outside)}
    name = " · ".join(part for part in ("otaudit", one_line(printable(results.site)), results.profile) if part)
    layer: dict[str, Any] = {
        "name": name,
        "versions": {"attack": results.attack_version.partition(".")[0], **_VERSIONS},
        "domain": "ics-attack",
        "description": say(language, "attack-note"),
        "sorting": 3,
        "hideDisabled": False,
        "techniques": [
            _technique(row, tactic, rules, language)
            for tactic, rows in by_tactic(results.techniques).items()
            for row in rows
        ],
        "metadata": [
            {"name": "otaudit", "value": results.run.version},
            {"name": "started", "value": results.run.started},
        ],
        "gradient": {"colors": ["#8fd0b6", "#f08a6c"], "minValue": 0, "maxValue": 100},
        "legendItems": [
            {"label": say(language, f"technique.{state.value}"), "color": colour} for state, colour in _COLOURS.items()
        ],
    }
    return json.dumps(layer, ensure_ascii=False, indent=1) + "\n"


def _technique(row: TechniqueRow, tactic: str, rules: dict[str, RuleResult], language: str) -> dict[str, Any]:
    titles = [pick(rules[name].title, language) if name in rules else name for name in row.found_by or row.rules]
    found: dict[str, Any] = {
        "techniqueID": row.technique,
        "tactic": tactic,
        "color": _COLOURS[row.state],
        "comment": one_line(printable(": ".join([say(language, f"technique.{row.state.value}"), *titles[:1]]))),
        "enabled": True,
        "metadata": [{"name": name, "value": rules[name].verdict.value} for name in row.rules if name in rules],
    }
    if row.state in _SCORES:
        found["score"] = _SCORES[row.state]
    return found


REPORT = ReportFormat(
    "navigator",
    "layer for the MITRE ATT&CK Navigator: techniques of ATT&CK for ICS seen, not seen, not judged, not detectable",
    ".layer.json",
    render,
    render_in,
)
