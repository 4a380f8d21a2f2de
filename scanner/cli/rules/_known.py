"""What commands share that speak of a rule: finding it among those that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.engine.definitions.rules import Rule
    from scanner.engine.definitions.together import Definitions


def rule_called(name: str, definitions: Definitions) -> Rule:
    """The rule of that id; LookupError with the nearest one."""
    from scanner.nearest import closest

    known = {rule.id: rule for rule in definitions.rules}
    if name not in known:
        raise LookupError(f"there is no rule {name!r}; {closest(name, known) or 'see otaudit rules list'}")
    return known[name]
