"""How much was observed behind a verdict, in words: the number without which a pass means nothing."""

from __future__ import annotations

import polars as pl

from scanner.engine.definitions.rules import Rule
from scanner.engine.phrases import chinese, english
from scanner.engine.verdict.judged_facts import Enriched
from scanner.engine.words import both, counted, duration
from scanner.results.model import Text

_FILES = {
    "settings": "configuration",
    "inventory": "list",
    **dict.fromkeys(("zones", "conduits", "writers", "undecided", "roles"), "policy"),
}


def coverage_text(rule: Rule, subjects: pl.DataFrame, case: Enriched) -> Text:
    """``1,204 operations (12 distinct forms) of 3 clients and 4 servers in 2 captures over 3 h 12 min``."""
    what = _subjects(rule, subjects)
    if "client" in subjects.columns and subjects.height:
        clients = counted(subjects["client"].n_unique(), "client")
        servers = counted(subjects["server"].n_unique(), "server")
        what = both(
            f"{what['en']} between {clients['en']} and {servers['en']}",
            f"{clients['zh']}与 {servers['zh']}之间的 {what['zh']}",
        )
    if rule.table in _FILES:
        files = counted(subjects["source"].n_unique() if subjects.height else 0, _FILES[rule.table])
        return both(f"{what['en']} in {files['en']}", f"{files['zh']}中 {what['zh']}")
    captures, long = counted(case.captured.captures, "captures"), duration(case.captured.duration)
    if rule.table == "captures":
        return both(f"{what['en']}, {long['en']}", f"{what['zh']}，{long['zh']}")
    return both(
        f"{what['en']} in {captures['en']} over {long['en']}",
        f"{captures['zh']}（{long['zh']}）中 {what['zh']}",
    )


def counted_subjects(rule: Rule, number: int) -> Text:
    """A number of rows that the rule judges, by their name."""
    return counted(number, "distinct operations" if rule.table == "operations" else rule.table)


def _subjects(rule: Rule, subjects: pl.DataFrame) -> Text:
    if rule.table != "operations" or not subjects.height:
        return counted(subjects.height, rule.table)
    total = counted(int(subjects["count"].fill_null(1).sum()), "operations")
    verbs = subjects["verb"].unique().to_list()
    if len(verbs) == 1:
        total["en"] = total["en"].replace(" operation", f" {english('verb', verbs[0])} operation")
        total["zh"] = total["zh"].replace("操作", f"“{chinese('verb', verbs[0])}”操作")
    distinct = counted(subjects.height, "distinct")
    return both(f"{total['en']} ({distinct['en']})", f"{total['zh']}（{distinct['zh']}）")
