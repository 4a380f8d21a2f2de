"""The lines of a rule."""

from __future__ import annotations

from scanner.configs.entry_lines import element

extent = element("rule")
