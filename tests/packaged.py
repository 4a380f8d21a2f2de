"""The rules that come with otaudit, read once for all tests that only look at them."""

from __future__ import annotations

from functools import cache

from scanner.engine.definitions.rules import Rule
from scanner.engine.definitions.together import load_definitions


@cache
def rules() -> dict[str, Rule]:
    """By id."""
    return {rule.id: rule for rule in load_definitions().rules}
