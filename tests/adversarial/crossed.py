"""``python -m tests.adversarial.crossed SEED NUMBER``: cases at random, each in a form that its author did not choose.

Rules object to the same as before where a form keeps all evidence. Where it takes some away, they may say that the rest
does not suffice, never that all is well. What is otherwise is printed; the exit status is 1 when anything was.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tests.adequacy.proving import FILES, Told
from tests.adversarial.printing import printed
from tests.adversarial.recording_forms import WAYS
from tests.adversarial.staging import AS_IT_IS, CALM, OBJECTS, Case, as_it_is, in_one_file
from tests.adversarial.topics import every_case
from tests.conformance.changes import judging
from tests.twins import ANY_LAYER, EVASIVE, IP_ONLY, Form, Record, cut_short, lossy, midway

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


def found(case: Case, change: Change) -> Mapping[str, Told]:
    """What rules say of the plant with the case, changed."""
    added, written = sorted(case.add()), change.written or case.written
    if change.alone:
        return case.told(change.form(added), written, without=change.without)[0]
    return case.told(added, lambda everything: written(change.form(everything)), without=change.without)[0]


@cache
def plain(change: Change) -> Mapping[str, Told]:
    """What rules say of the plant without any case."""
    return found(AS_IT_IS, change)


def wrong(case: Case, change: Change) -> Iterator[str]:
    """What rules say under the change that does not follow from what they say without it."""
    if change.alone and not change.form(sorted(case.add())):  # nothing is left of it
        return
    before, after = found(case, Change("as it is")), found(case, change)
    reach = {rule.id for rule in judging()[0] if rule.about_evidence} | _OF_ENDS
    for rule, told in before.items():
        if rule in reach or rule not in after:
            continue
        now = after[rule]
        objected = told.verdict.value in OBJECTS and told.objections > as_it_is()[rule].objections
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
    return printed(compared, drawn(seed, number))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
