"""What a scan is given, as values that tests change: frames, and the files beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from scanner.engine.judge import judge
from scanner.inputs import find_inputs
from scanner.results.model import Results, Verdict
from scanner.scan import read_inputs
from tests.capture.files import pcap
from tests.conformance.changes import TODAY, judging
from tests.twins import Form, Record

BAD = (Verdict.FAIL, Verdict.REVIEW)
CALM = (Verdict.PASS, Verdict.NOT_APPLICABLE)
Verdicts = Mapping[str, Verdict]
Files = Mapping[str, bytes]


def one_pcap(records: Sequence[Record]) -> Files:
    return {"plant.pcap": pcap(records)}


@dataclass(frozen=True)
class Given:
    """Frames, how they are written to files, and the texts of the other files by their names."""

    records: Sequence[Record]
    texts: Mapping[str, str] = field(default_factory=dict)
    written: Callable[[Sequence[Record]], Files] = one_pcap

    def seen(self, form: Form) -> Given:
        """With the traffic in another form."""
        return replace(self, records=form(list(self.records)))

    def told(self, name: str, text: str) -> Given:
        """With another text in a file."""
        return replace(self, texts={**self.texts, name: text})

    def without(self, name: str) -> Given:
        return replace(self, texts={n: text for n, text in self.texts.items() if n != name})

    def judged(self) -> Results:
        """The results of a scan of a folder with all of it."""
        with TemporaryDirectory() as folder:
            for name, data in self.written(self.records).items():
                (Path(folder) / name).write_bytes(data)
            for name, text in self.texts.items():
                (Path(folder) / name).write_text(text, encoding="utf-8")
            scan = read_inputs(list(find_inputs([folder], [])), jobs=1)
        if scan.problems:
            raise AssertionError(scan.problems)
        return judge(scan.facts, *judging(), today=TODAY)

    def verdicts(self) -> Verdicts:
        return verdicts_of(self.judged())


def verdicts_of(results: Results) -> Verdicts:
    return {rule.rule: rule.verdict for rule in (*results.rules, *results.reach)}


def differing(before: Verdicts, after: Verdicts) -> dict[str, tuple[str, str]]:
    """Rules that say something else."""
    return {r: (str(before[r]), str(after[r])) for r in sorted(before) if before[r] != after[r]}


def hushed(before: Verdicts, after: Verdicts) -> dict[str, tuple[str, str]]:
    """Rules that objected and now say that there is nothing to object to."""
    return {r: v for r, v in differing(before, after).items() if before[r] in BAD and after[r] in CALM}
