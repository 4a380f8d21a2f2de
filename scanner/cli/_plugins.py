"""All kinds of plug-in, and what is to be told of those that others wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.errors import Problem
from scanner.plugins import PluginKind


def kinds() -> tuple[PluginKind[Any], ...]:
    """Protocols, inventory formats, dialects, report formats and commands."""
    from scanner.assets.readers import INVENTORIES
    from scanner.cli._command import COMMANDS
    from scanner.configs.reader import DIALECTS
    from scanner.protocols import PROTOCOLS
    from scanner.report import REPORTS

    return (PROTOCOLS, INVENTORIES, DIALECTS, REPORTS, COMMANDS)


def broken_readers() -> list[Problem]:
    """What reads inputs and is installed but not used: what it would have read is not examined."""
    reading = ("protocol", "inventory", "dialect")
    return [problem for kind in kinds() if kind.word in reading for problem in kind.broken()]


def installed() -> Iterator[str]:
    """A line for each plug-in that somebody else wrote, those that are not used last."""
    for kind in kinds():
        for name, origin in kind.foreign().items():
            yield f"{kind.word} {name}: {origin.package or 'no package'}"
    for kind in kinds():
        yield from (str(problem) for problem in kind.broken())
