"""What a rule says of each file, for rules whose subjects stand in lines of files."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from scanner.engine.definitions.rules import Rule
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.engine.verdict.subset import Subset
from scanner.engine.verdict.whereabouts import Sorted
from scanner.results.model import FileVerdicts, Verdict


def file_verdicts(rule: Rule, case: JudgedFacts, rows: Sorted, *, in_doubt: bool) -> tuple[FileVerdicts, ...]:
    """The files that have subjects, those of one verdict together. in_doubt: nothing passes, wherever it stands."""
    if not rule.stands_in_lines or not rows.subjects.height:
        return ()
    known = case.distinct(rule.table, "source")
    sources, places = known.values.to_list(), known.places.to_numpy()

    def files_of(parts: Iterable[Subset]) -> set[str]:
        return {sources[n] for part in parts for n in np.unique(places[part.numbers]).tolist()}

    left, found = files_of([rows.subjects]), {}
    for verdict, parts in (
        (Verdict.FAIL, [rows.failing]),
        (Verdict.REVIEW, [rows.review]),
        (Verdict.WAIVED, rows.waived),
        (Verdict.NO_EVIDENCE, [rows.subjects if in_doubt else rows.unjudged]),
        (Verdict.PASS, [rows.subjects]),
    ):
        files = files_of(parts) & left
        if files:
            found[verdict] = tuple(sorted(files))
        left -= files
    return tuple(FileVerdicts(verdict, found[verdict]) for verdict in Verdict if verdict in found)
