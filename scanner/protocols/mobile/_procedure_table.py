"""Procedures of an application protocol between base stations and a mobile core, which are data files.

A line is the code of a procedure, a tab, its name, a tab, its verb, a tab, and whether it has an outcome (``answered``,
class 1 of 3GPP's application protocols) or none (``unanswered``, class 2).
"""

from __future__ import annotations

from typing import NamedTuple

from scanner.code_tables import rows_table
from scanner.protocols.base import Verb

_OUTCOME = {"answered": True, "unanswered": False}


class Procedure(NamedTuple):
    """One of them."""

    name: str
    verb: Verb
    answered: bool


def procedure_table(package: str, name: str) -> dict[int, Procedure]:
    """The file ``name`` of the package, code by code. ValueError or KeyError with what is no such line."""
    rows = (
        (int(code), Procedure(words, Verb(verb), _OUTCOME[how])) for code, words, verb, how in rows_table(package, name)
    )
    return dict(rows)
