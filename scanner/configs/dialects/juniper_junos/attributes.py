"""What stands side by side in an entry that may be written in one line, and so how a line becomes paths of words."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.code_tables import rows_table
from scanner.configs.statements.paths import StatementPaths

_SCOPES = ("groups", "logical-systems", "routing-instances", "tenants")  # each with a name; the same statements in them


def scoped(path: Sequence[str]) -> Sequence[str]:
    """The path in the group, logical system or routing instance that it is in; another stays what it is."""
    while len(path) > 2 and path[0] in _SCOPES:
        path = path[2:]
    return path


_PATHS = StatementPaths(lambda: rows_table(__package__, "attributes.tsv"), scoped)


def paths_of(words: Sequence[str], above: Sequence[str] = ()) -> list[list[str]]:
    """The paths below ``above`` that the words of a statement are: one for each member of a list, for each attribute.

    >>> paths_of(["server", "10.0.0.1", "key", "1", "prefer"], ["system", "ntp"])
    [['server', '10.0.0.1', 'key', '1'], ['server', '10.0.0.1', 'prefer']]
    >>> paths_of(["members", "[", "a", "b", "]"])
    [['members', 'a'], ['members', 'b']]
    """
    return _PATHS.of(words, above)
