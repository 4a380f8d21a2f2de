"""Tables of codes, their names and their verbs, which are data files beside the module that reads them.

A line is a code, decimal or hexadecimal, a tab, the name, a tab and the verb. Lines that begin with ``#`` are remarks.
"""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.protocols.base import Verb


def verb_table(package: str, name: str) -> dict[int, tuple[str, Verb]]:
    """The file ``name`` of the package: code -> name, verb, in its order. ValueError names what is no such line."""
    found: dict[int, tuple[str, Verb]] = {}
    for code, text in code_table(package, name).items():
        words, tab, verb = text.partition("\t")
        if not tab or not words:
            raise ValueError(f"{name}, code {code}: expected a name, a tab and a verb")
        found[code] = words, Verb(verb)
    return found
