"""One file for each protocol, in the folder of its family; ``base`` says what it offers. Being there registers it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from scanner.framing.language import Case, Framing
from scanner.plugins import Fault, PluginKind
from scanner.protocols import _kept
from scanner.protocols.base import Protocol
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.framing.plan import FramingPlan


def _fits(protocol: Protocol, before: Mapping[str, Protocol]) -> Iterator[Fault]:
    """Its framings are its own or shared ones, and the kernel takes them."""
    from scanner.framing.plan import compile_descriptors

    own = (PROTOCOLS.get(name) for name in PROTOCOLS.own())
    known = {f.name: f for p in (*own, *before.values()) if p for f in p.framings}
    framings = protocol.framings
    for framing in framings:
        if known.get(framing.name, framing) != framing:
            remedy = said("give it another name, or use the shared one of scanner.framing.shared")
            what = said("another framing is called '{name}'", name=framing.name)
            yield Fault("framing", what, remedy)
            return
    plan = compile_descriptors(framings, {f.name: protocol.cases for f in framings})
    for number in range(len(framings)):
        plan.prepare(number)


PROTOCOLS = PluginKind(
    "protocol",
    Protocol,
    __name__,
    group="otaudit.protocols",
    shared=frozenset({"base", "common"}),
    families=True,
    fits=_fits,
)


def protocol_names() -> tuple[str, ...]:
    """The name of every protocol, which is that of its file with hyphens, without importing any of otaudit's own."""
    return PROTOCOLS.names()


def protocols() -> Mapping[str, Protocol]:
    """Every protocol by name, in alphabetical order. Modules of otaudit's own are imported when something asks for what
    only they tell (``scanner.protocols._kept``).
    """
    return _protocols()


@functools.cache
def _protocols() -> Mapping[str, Protocol]:
    kept = _kept.known(_own)
    if kept is None or kept.keys() != set(PROTOCOLS.own()):
        return PROTOCOLS.all()
    foreign = ((name, PROTOCOLS.get(name)) for name in PROTOCOLS.foreign())
    every = kept | {name: protocol for name, protocol in foreign if protocol}
    return MappingProxyType({name: every[name] for name in PROTOCOLS.names()})


def _own(name: str) -> Protocol:
    protocol = PROTOCOLS.get(name)
    if protocol is None:
        raise KeyError(name)
    return protocol


@functools.cache
def all_framings() -> tuple[Framing, ...]:
    """Every framing once, in the order of the protocols that use them."""
    return tuple({f.name: f for p in protocols().values() for f in p.framings}.values())


class _Cases(Mapping[str, Sequence[Case]]):
    """The cases of each framing, made when somebody asks: a protocol's in its own order, first those of protocols for
    which it is one of more; a case without tests comes after all others.
    """

    def __init__(self, every: Mapping[str, Protocol]) -> None:
        self._of: dict[str, list[Protocol]] = {f.name: [] for f in all_framings()}
        for protocol in every.values():
            for framing in protocol.more_framings:
                self._of[framing.name].append(protocol)
        for protocol in every.values():
            self._of[protocol.framing.name].append(protocol)
        self._made: dict[str, tuple[Case, ...]] = {}

    def __getitem__(self, framing: str) -> tuple[Case, ...]:
        if framing not in self._made:
            found = (case for protocol in self._of[framing] for case in protocol.cases)
            self._made[framing] = tuple(sorted(found, key=lambda case: not case.when))
        return self._made[framing]

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)

    def rest(self) -> dict[str, str]:
        """The protocol of the last case of each framing."""
        last = {name: [*found, *(p for p in found if p.takes_the_rest)] for name, found in self._of.items()}
        return {name: found[-1].name for name, found in last.items()}


@functools.cache
def _cases() -> _Cases:
    return _Cases(protocols())


def cases() -> Mapping[str, Sequence[Case]]:
    """The cases of each framing, by its name."""
    return _cases()


@functools.cache
def framing_plan() -> FramingPlan:
    """What the kernel is to know of all of them, made once: that takes as long as reading a capture of many packets."""
    from scanner.framing.plan import compile_descriptors

    return compile_descriptors(all_framings(), _cases(), _cases().rest())
