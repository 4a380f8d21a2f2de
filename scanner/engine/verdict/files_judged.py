"""What a rule says of each file, for rules whose subjects stand in lines of files."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.engine.definitions.rules import Rule
from scanner.engine.verdict.subset import Subset
from scanner.engine.verdict.whereabouts import Sorted
from scanner.results.model import FileVerdicts, Verdict


def file_verdicts(rule: Rule, rows: Sorted, *, in_doubt: bool) -> tuple[FileVerdicts, ...]:
    """The files that have subjects, those of one verdict together. in_doubt: nothing passes, wherever it stands."""
    if not rule.stands_in_lines or not rows.subjects.height:
        return ()
    left, found = _files([rows.subjects]), {}
    for verdict, parts in (
        (Verdict.FAIL, [rows.failing]),
        (Verdict.REVIEW, [rows.review]),
        (Verdict.WAIVED, rows.waived),
        (Verdict.NO_EVIDENCE, [rows.subjects if in_doubt else rows.unjudged]),
        (Verdict.PASS, [rows.subjects]),
    ):
        files = _files(parts) & left
        if files:
            found[verdict] = tuple(sorted(files))
        left -= files
    return tuple(FileVerdicts(verdict, found[verdict]) for verdict in Verdict if verdict in found)


def _files(parts: Iterable[Subset]) -> set[str]:
    return {source for rows in parts if rows.height for source in rows["source"].unique().to_list()}
