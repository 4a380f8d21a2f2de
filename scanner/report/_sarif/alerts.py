"""What becomes an alert of GitHub: see ``scanner/report/sarif_github.py``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from scanner.report._order import VERDICTS, active
from scanner.report._sarif.rules import LEVELS
from scanner.report._sarif.run import ASIDE, Run, log
from scanner.report._words import say
from scanner.results.model import Results, Status

MOST_ALERTS = 5_000
_MOST_PLACES = 20  # of an alert: 5,000 alerts of 100 places would be more than 10 MB


def render(results: Results, language: str) -> Iterator[str]:
    """The log without passes, open questions and waived findings; the most severe alerts where there are too many."""
    run = Run(results, language)
    total = sum(len(active(rule)) for part, rule, _ in run.rules if part not in ASIDE)
    notes = []
    if total > MOST_ALERTS:
        notes.append(say(language, "github-keeps", n=total - MOST_ALERTS, total=total, most=MOST_ALERTS))
    return log(run.head(notes), islice(_alerts(run), MOST_ALERTS))


def _alerts(run: Run) -> Iterator[dict[str, Any]]:
    """What fails or must be confirmed, the most severe rules first."""
    chosen = [(index, rule) for index, (part, rule, _) in enumerate(run.rules) if part not in ASIDE]
    for index, rule in sorted(chosen, key=lambda c: (-c[1].severity.rank, VERDICTS.index(c[1].verdict), c[1].rule)):
        for found in active(rule):
            alert = run.finding(index, found, "fail", LEVELS[found.severity], _MOST_PLACES)
            if found.status is Status.REVIEW:  # GitHub shows the message and nothing that says the kind
                alert["message"]["text"] = f"{say(run.language, 'verdict.review')}: {alert['message']['text']}"
            yield alert
