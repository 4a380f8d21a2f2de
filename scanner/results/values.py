"""What a finding says, apart from where it stands and how often it was seen: by this, findings are the same or not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Mapping
from pathlib import PurePath
from typing import Any

from scanner.results.model import Evidence, Finding, Text
from scanner.results.texts import ENGLISH, pick
from scanner.wording import Said, marked
from scanner.wording.data import as_data

PLACES = frozenset({"row", "line", "entry"})
"""Columns of subjects, and arguments of sentences, that number where something stands."""
QUANTITIES = PLACES | {"n", "total", "bytes", "count", "subjects"}
"""Arguments of sentences that count what was seen, or number where it stands."""


def values_of(finding: Finding) -> Counter[Hashable]:
    """The values behind a finding. A line of a file counts as often as it is there, so that a second device that errs
    like the first is something new; how often something passes on the wire is chance, so it counts once. A row of a
    list has no text of its own: what is said of it is in the message.
    """
    said = said_of(finding.message)
    found: Counter[Hashable] = Counter()
    for one in finding.evidence:
        if _on_the_wire(one):
            found[one.client, one.server, one.port, one.protocol, said_of(one.message)] = 1
        else:
            found[one.text or (said if one.line_start else ""), said_of(one.message)] += 1
    return found


def identity(found: Finding) -> str:
    """Its id, or, where that says in which row of which file it stands, what else the subject is."""
    if not found.subject.keys() & (PLACES | {"source"}):
        return found.id
    told = {name: PurePath(v).name if name == "source" else v for name, v in found.subject.items()}
    return json.dumps(sorted((name, value) for name, value in told.items() if name not in PLACES))


def _on_the_wire(evidence: Evidence) -> bool:
    return bool(evidence.frames or evidence.client or evidence.server) and not evidence.line_start


def said_of(text: Text) -> Hashable:
    """What a text says, without its quantities, whatever language it is in."""
    chosen = text.get(ENGLISH)
    return _bare(as_data(marked(chosen))) if isinstance(chosen, Said) else pick(text)


def _bare(data: Mapping[str, Any] | str) -> Hashable:
    if isinstance(data, str):
        return data
    kept = ((name, _bare(value)) for name, value in data["arguments"].items() if name not in QUANTITIES)
    return data["sentence"], tuple(sorted(kept, key=lambda pair: pair[0]))
