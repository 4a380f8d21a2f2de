"""Writes the generated pages of ``docs/`` anew: ``python -m scanner.docs``. Tests hold that they are current."""

from __future__ import annotations

from pathlib import Path

from scanner.cli import _reference as command_reference
from scanner.engine import reference as rule_reference
from scanner.engine.frameworks import load_frameworks
from scanner.engine.loader import load_rules
from scanner.facts import protocols_reference
from scanner.facts import reference as table_reference
from scanner.results import reference as results_reference


def pages() -> dict[Path, str]:
    """Each generated page by its place in the source tree."""
    return {
        command_reference.PAGE: command_reference.page(),
        command_reference.MANUAL: command_reference.manual(),
        table_reference.PAGE: table_reference.page(),
        protocols_reference.PAGE: protocols_reference.page(),
        results_reference.PAGE: results_reference.page(),
        rule_reference.PAGE: rule_reference.page(load_rules(), load_frameworks()),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
