"""What commands share that speak of a rule: finding it among those that are known, and its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.wording import said

if TYPE_CHECKING:
    from scanner.engine.definitions.rules import Rule
    from scanner.engine.definitions.together import Definitions


def rule_called(name: str, definitions: Definitions) -> Rule:
    """The rule of that id; LookupError with the nearest one."""
    from scanner.nearest import closest

    known = {rule.id: rule for rule in definitions.rules}
    if name not in known:
        near = closest(name, known) or said("see {command}", command="otaudit rules list")
        raise LookupError(said("there is no rule '{name}'; {near}", name=name, near=near))
    return known[name]


def contents(definitions: Definitions) -> dict[str, bytes]:
    """The files of definitions, otaudit's own and the user's, by the source that a rule names."""
    from itertools import chain

    from scanner.engine.definitions.files import packaged

    return {file.source: file.content for file in chain(packaged(), definitions.own)}
