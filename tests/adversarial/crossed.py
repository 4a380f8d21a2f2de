"""``python -m tests.adversarial.crossed SEED NUMBER``: cases at random, each in a form that its author did not choose.

Rules object to the same as before where a form keeps all evidence. Where it takes some away, they may say that the rest
does not suffice, never that all is well. What is otherwise is printed; the exit status is 1 when anything was.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from heapq import merge
from multiprocessing import get_context

from tests.adequacy.proving import FILES, PLANT, Told, edited, verdicts
from tests.adversarial.recording_forms import WAYS
from tests.adversarial.staging import CALM, OBJECTS, Case, in_one_file, own_traffic
from tests.adversarial.topics import every_case
from tests.conformance.changes import judging
from tests.twins import ANY_LAYER, EVASIVE, IP_ONLY, Form, Record, cut_short, lossy, midway

PROCESSES = 2
Written = Callable[[list[Record]], Mapping[str, bytes]]
_WEEK = 7 * 24 * 3600
# Who is where shows in the frames that a form takes away or puts into others.
_OF_ENDS = {
    "device-in-no-zone",
    "unknown-device",
    "identity-conflict",
    "zones-share-a-segment",
    "tunnel-end-in-no-zone",
}


def _later(records: list[Record]) -> list[Record]:
    return [(seconds + 4 * _WEEK, fraction, frame, wire) for seconds, fraction, frame, wire in records]


def _twice(records: list[Record]) -> list[Record]:
    return [record for record in records for _ in range(2)]


@dataclass(frozen=True)
class Change:
    """alone: only what the case adds is changed. without: this file is not there."""

    name: str
    form: Form = list
    written: Written | None = None
    without: str = ""
    alone: bool = False


_LAYERS = {name: ANY_LAYER[name] for name in ("in a VLAN", "in two VLAN tags")}
_SAME = {"four weeks later": _later, "every packet twice": _twice, **_LAYERS}
_ALL = IP_ONLY | EVASIVE
_TAKING = ("requests only", "answers only", "recorded midway", "on another port, requests only", "in ESP")
_OTHERWISE = (
    "on another port",
    "in segments of 3 bytes",
    "in IP fragments of 24 bytes",
    "behind decoys with a wrong checksum",
    "behind decoys that die on their way",
)
_LOSSES = {f"{share:.0%} of frames lost": lossy(share, 7) for share in (0.01, 0.05, 0.3)}
_CUTS = {f"cut after {size} bytes": cut_short(size) for size in (60, 70, 96, 128)}
CHANGES = (
    *(Change(name, form) for name, form in _SAME.items()),
    *(Change(f"recorded {name}", written=way) for name, way in WAYS.items()),
    *(Change(f"alone {name}", _ALL[name], alone=True) for name in (*_OTHERWISE, *_TAKING)),
    *(Change(f"alone {name}", form, alone=True) for name, form in (_LOSSES | _CUTS).items()),
    *(Change(name, form) for name, form in (_LOSSES | _CUTS | {"recorded midway": midway}).items()),
    *(Change(f"without the {what}", without=what) for what in FILES),
)


def found(case: Case | None, change: Change | None = None) -> Mapping[str, Told]:
    """What rules say of the plant with the case, or as it is, changed."""
    change = change or Change("as it is")
    edits, files = (case.edits, case.files) if case else ({}, {})
    own, added = list(own_traffic()), sorted(case.add()) if case else []
    if change.alone:
        added = change.form(added)
    everything = list(merge(own, added, key=lambda record: record[:2]))
    if not change.alone:
        everything = change.form(everything)
    written = change.written or (case.written if case else in_one_file)
    texts = {n: edited(PLANT / n, edits.get(k, {})).encode() for k, n in FILES.items() if k != change.without}
    return verdicts({**written(everything), **texts, **files})[0]


@cache
def plain(change: Change | None) -> Mapping[str, Told]:
    """What rules say of the plant without any case."""
    return found(None, replace(change, form=list) if change and change.alone else change)


def wrong(case: Case, change: Change) -> Iterator[str]:
    """What rules say under the change that does not follow from what they say without it."""
    before, after = found(case), found(case, change)
    reach = {rule.id for rule in judging()[0] if rule.about_evidence} | _OF_ENDS
    for rule, told in before.items():
        if rule in reach or rule not in after:
            continue
        now = after[rule]
        objected = told.verdict.value in OBJECTS and told.objections > plain(None)[rule].objections
        objects = now.verdict.value in OBJECTS and now.objections > plain(change)[rule].objections
        if objected and now.verdict.value in CALM:
            yield f"{rule}: {told.verdict.value}, and then {now.verdict.value}: {now.reason}"
        if told.verdict.value in CALM and objects and change.without != "policy":
            yield f"{rule}: {told.verdict.value}, and then {now.verdict.value}: {now.reason}"


def drawn(seed: int, number: int) -> list[tuple[int, int]]:
    """Places of cases and of changes."""
    chance = random.Random(seed)  # noqa: S311 - the same ones every time
    cases = every_case()
    pairs = [(chance.randrange(len(cases)), chance.randrange(len(CHANGES))) for _ in range(number)]
    return [(c, h) for c, h in pairs if CHANGES[h].written is None or cases[c][1].written is in_one_file]


def compared(pair: tuple[int, int]) -> list[str]:
    """What is wrong, each named."""
    (topic, case), change = every_case()[pair[0]], CHANGES[pair[1]]
    return [f"{topic}: {case.name}, {change.name}: {line}" for line in wrong(case, change)]


def main(seed: int, number: int) -> int:
    """So many of them."""
    pairs, count = drawn(seed, number), 0
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:  # polars does not survive a fork
        for lines in pool.map(compared, pairs, chunksize=4):
            count += bool(lines)
            sys.stdout.writelines(f"{line}\n" for line in lines)
            sys.stdout.flush()
    sys.stdout.write(f"{len(pairs) - count:,} of {len(pairs):,} as expected\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
