"""How much was observed behind a verdict, in words: the number without which a pass means nothing."""

from __future__ import annotations

import polars as pl

from scanner.engine.definitions.rules import Rule
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.subset import Subset
from scanner.engine.words import counted, duration, shown
from scanner.wording import Plural, Said, said

_FILES = {
    "settings": "configuration",
    "acl_permits": "configuration",
    "proofs": "configuration",
    **dict.fromkeys(("cables", "occupied_ports", "located_devices"), "output"),
    "inventory": "list",
    "exposures": "list",
    "supported_assets": "list",
    **dict.fromkeys(("zones", "conduits", "conduit_parts", "writers", "undecided", "roles"), "policy"),
}
_OF_A_VERB = Plural("{n} {verb} operation", "{n} {verb} operations")


def coverage_text(rule: Rule, subjects: Subset, case: JudgedFacts) -> Said:
    """``1,204 operations (12 distinct forms) of 3 clients and 4 servers in 2 captures over 3 h 12 min``."""
    what = _subjects(rule, subjects, case)
    if "client" in subjects.table.columns and subjects.height and rule.table != "proofs":  # most are of no conversation
        clients = counted(len(_different(rule, subjects, case, "client")), "client")
        servers = counted(len(_different(rule, subjects, case, "server")), "server")
        what = said("{subjects} between {clients} and {servers}", subjects=what, clients=clients, servers=servers)
    if rule.table in _FILES:
        files = counted(len(_different(rule, subjects, case, "source")), _FILES[rule.table])
        return said("{subjects} in {files}", subjects=what, files=files)
    captures, long = counted(case.captured.captures, "captures"), duration(case.captured.duration)
    if rule.table == "captures":
        return said("{subjects}, {time}", subjects=what, time=long)
    return said("{subjects} in {captures} over {time}", subjects=what, captures=captures, time=long)


def counted_subjects(rule: Rule, number: int) -> Said:
    """A number of rows that the rule judges, by their name."""
    return counted(number, "distinct operations" if rule.table == "operations" else rule.table)


def _different(rule: Rule, subjects: Subset, case: JudgedFacts, column: str) -> pl.Series:
    """The distinct values of a column."""
    known = case.distinct(rule.table, column)
    return known.values if subjects.whole else known.present(subjects.numbers)


def _subjects(rule: Rule, subjects: Subset, case: JudgedFacts) -> Said:
    if rule.table != "operations" or not subjects.height:
        return counted(subjects.height, rule.table)
    number = int(subjects["count"].fill_null(1).sum())
    verbs = _different(rule, subjects, case, "verb").to_list()
    total = _OF_A_VERB.of(number, verb=shown("verb", verbs[0])) if len(verbs) == 1 else counted(number, "operations")
    return said("{operations} ({forms})", operations=total, forms=counted(subjects.height, "distinct"))
