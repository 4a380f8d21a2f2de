"""Compares the ids of a framework with the list of another source and keeps the result in compared.json.

Run by hand against a file that was fetched: any text, in which a pattern finds the ids. How they are punctuated does
not matter (``ac-2.1`` is ``AC-2(1)``, ``1.1.RE1`` with the prefix ``SR`` is ``SR 1.1 RE 1``).

    python -m tests.frameworks.compare nist-800-53r5 catalog.json --pattern '"id":"([a-z]{2}-[0-9.]+)"' \
        --source usnistgov/oscal-content --edition 'commit 88bb8de, SP 800-53 Rev. 5'
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from scanner.engine.definitions.frameworks import load_frameworks
from scanner.engine.frameworks_reference import COMPARED, Comparison, comparisons


def key(name: str) -> tuple[str, ...]:
    """The letters and numbers of an id."""
    return tuple(part.lstrip("0") or "0" for part in re.findall(r"[a-z]+|[0-9]+", name.lower()))


def found(text: str, pattern: str, prefix: str = "") -> list[str]:
    """What the pattern finds (its first group, when it has one), each once."""
    names = (match[1] if match.re.groups else match[0] for match in re.finditer(pattern, text, re.MULTILINE))
    return list(dict.fromkeys(prefix + name.strip() for name in names))


def compare(ours: Iterable[str], theirs: Iterable[str]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """How many ids agree, and those that one of the two lacks."""
    mine, others = {key(name): name for name in ours}, {key(name): name for name in theirs}
    here = tuple(name for k, name in mine.items() if k not in others)
    there = tuple(name for k, name in others.items() if k not in mine)
    return len(mine) - len(here), here, there


def keep(made: Comparison, path: Path = COMPARED) -> None:
    """In the place of an earlier one with the same source."""
    others = [c for c in comparisons(path) if (c.framework, c.source) != (made.framework, made.source)]
    every = sorted([*others, made], key=lambda c: (c.framework, c.source))
    entries = [{k: v for k, v in dataclasses.asdict(c).items() if v or k == "agreed"} for c in every]
    path.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("framework")
    parser.add_argument("file", type=Path)
    parser.add_argument("--pattern", required=True)
    parser.add_argument("--prefix", default="", help="put before each id of the file")
    parser.add_argument("--apart", default="$^", help="pattern of ids of ours that the source leaves out as a whole")
    parser.add_argument("--part", choices=("ours", "theirs"), help="which of the two lists a part only, as it means to")
    parser.add_argument("--source", required=True)
    parser.add_argument("--edition", required=True)
    parser.add_argument("--note", default="", help="why they differ")
    given = parser.parse_args(arguments)
    framework = next(f for f in load_frameworks() if f.id == given.framework)
    ours = [name for name in framework.requirements if not re.search(given.apart, name)]
    agreed, here, there = compare(ours, found(given.file.read_text(encoding="utf-8"), given.pattern, given.prefix))
    here, there = () if given.part == "theirs" else here, () if given.part == "ours" else there
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    keep(Comparison(given.framework, given.source, given.edition, today, agreed, here, there, given.note))
    print(f"{agreed} agree; only here: {', '.join(here) or 'none'}; only there: {', '.join(there) or 'none'}")  # noqa: T201


if __name__ == "__main__":
    main()
