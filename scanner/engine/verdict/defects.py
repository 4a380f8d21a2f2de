"""Which defects of otaudit make a rule's silence worthless."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from scanner.assets.readers import INVENTORIES
from scanner.configs.reader import DIALECTS
from scanner.engine.definitions.rules import Rule
from scanner.engine.language.selections import possible_words
from scanner.engine.language.vocabulary import protocol_names
from scanner.provenance import Defect
from scanner.wording import Plural, Said

_SPOKEN = {"flows", "operations", "sessions", "malformed", "publications", "state_changes"}
_TIMES = Plural("{component}: {what} ({n} time)", "{component}: {what} ({n} times)")


def defects_of(rule: Rule, defects: Iterable[Defect]) -> list[Said]:
    """The defects that touch what this rule looks at, in words."""
    return [_TIMES.of(d.count, component=d.component, what=d.what) for d in defects if _touches(rule, d.component)]


def _touches(rule: Rule, component: str) -> bool:
    """A dissector touches rules on what captures show, unless they are about other protocols; a reader touches rules
    on its kind of input; a component that is neither touches all.
    """
    if component in protocol_names():
        return "capture" in rule.needs and component in depends_on(rule)
    kind = _readers().get(component)
    return kind is None or kind in rule.needs


def depends_on(rule: Rule) -> frozenset[str]:
    """The protocols that its subjects can come from: those that it states, else those that its scope admits."""
    if rule.protocols:
        return frozenset(rule.protocols)
    if rule.table in _SPOKEN and rule.where:
        columns = [name for name in ("protocol", "protocols") if any(c.name == name for c in rule.schema.columns)]
        return frozenset.intersection(*(possible_words(rule.where, name, protocol_names()) for name in columns))
    return protocol_names()


@functools.cache
def _readers() -> dict[str, str]:
    """Inventory format or dialect -> the kind of input that it reads."""
    return dict.fromkeys(INVENTORIES.names(), "inventory") | dict.fromkeys(DIALECTS.names(), "configuration")
