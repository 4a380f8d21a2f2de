"""What is done to the proving plant, with the verdicts that were written down before anybody ran it.

A case adds conversations to the plant's own, or changes its policy, inventory or recording, and says of some rules what
they may answer. A rule that objects must object to more than in the plant as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from heapq import merge

import yaml

from scanner.errors import Problem
from tests.adequacy.proving import FILES, PLANT, Edits, Told, edited, part_of, verdicts
from tests.adequacy.scene import recorded
from tests.capture.files import pcap
from tests.twins import Record

Recorded = Callable[[], list[Record]]
OBJECTS = frozenset({"fail", "review"})
NOT_CALM = OBJECTS | {"no-evidence"}  # it objects, or says that it cannot know
CALM = frozenset({"pass", "not-applicable"})
UNMOVED = CALM | {"no-evidence"}  # it does not object
EVERY = 60.0  # seconds between two times that a recording of the plant is played


def in_one_file(everything: list[Record]) -> Mapping[str, bytes]:
    """The recording as most are kept."""
    return {"plant.pcap": pcap(everything)}


@dataclass(frozen=True)
class Case:
    """add: what is recorded beside the plant's own. edits: of its policy, inventory and switch, texts and what they are
    replaced by. files: others beside them. written: the files that the recording is kept in. damaged: these cannot be
    read whole, and it is said.
    """

    name: str
    expected: Mapping[str, frozenset[str]]
    add: Recorded = list
    edits: Mapping[str, Edits] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    written: Callable[[list[Record]], Mapping[str, bytes]] = in_one_file
    damaged: bool = False

    def wrong(self) -> list[str]:
        """What rules answer that was not expected of them."""
        found, problems = self.told(sorted(self.add()), self.written, only=self.expected)
        unmet = {rule: told for rule, told in found.items() if not self._met(rule, told)}
        wrong = [f"{rule}: {told.verdict.value}: {told.reason}" for rule, told in unmet.items()]
        if self.damaged:
            return wrong if problems else [*wrong, "nothing is said of what cannot be read"]
        return wrong + [*map(str, problems)]

    def told(
        self,
        added: Iterable[Record],
        written: Callable[[list[Record]], Mapping[str, bytes]],
        *,
        only: Collection[str] | None = None,
        without: str = "",
    ) -> tuple[Mapping[str, Told], Sequence[Problem]]:
        """What rules say of the plant with what is added, and what is wrong with its files; ``without``: this one."""
        kept = {key: name for key, name in FILES.items() if key != without}
        texts = {name: edited(PLANT / name, self.edits.get(key, {})).encode() for key, name in kept.items()}
        everything = list(merge(own_traffic(), added, key=lambda record: record[:2]))
        return verdicts({**written(everything), **texts, **self.files}, only)

    def _met(self, rule: str, told: Told) -> bool:
        expected = self.expected[rule]
        if told.verdict.value in OBJECTS:  # what it objects to anyway is nothing new
            new = told.objections > as_it_is()[rule].objections
            return told.verdict.value in expected if new else expected.isdisjoint(OBJECTS)
        return told.verdict.value in expected


AS_IT_IS = Case("as it is", {})


@cache
def own_traffic() -> tuple[Record, ...]:
    """The plant's own, less often than there."""
    parts = [
        part_of({**part, "every": EVERY})
        for part in yaml.safe_load((PLANT / "traffic.yaml").read_text(encoding="utf-8"))
    ]
    return tuple(recorded(parts, sorted({address for part in parts for address in part.names.values()})))


@cache
def as_it_is() -> Mapping[str, Told]:
    """What each rule says of the plant as it is."""
    return AS_IT_IS.told((), in_one_file)[0]


def seen(name: str, add: Recorded, *rules: str, **more: object) -> Case:
    """The rules object."""
    return _case(name, add, OBJECTS, rules, more)


def not_calm(name: str, add: Recorded, *rules: str, **more: object) -> Case:
    """The rules object, or say that the evidence does not suffice."""
    return _case(name, add, NOT_CALM, rules, more)


def calm(name: str, add: Recorded, *rules: str, **more: object) -> Case:
    """The rules pass, or have nothing to say."""
    return _case(name, add, CALM, rules, more)


def unmoved(name: str, add: Recorded, *rules: str, **more: object) -> Case:
    """The rules do not object."""
    return _case(name, add, UNMOVED, rules, more)


def _case(name: str, add: Recorded, said: frozenset[str], rules: tuple[str, ...], more: dict[str, object]) -> Case:
    return Case(name, dict.fromkeys(rules, said), add, **more)  # type: ignore[arg-type]
