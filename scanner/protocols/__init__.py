"""One file for each protocol, in the folder of its family; ``base`` says what it offers. Being there registers it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from scanner.framing.language import Case, Framing
from scanner.plugins import Fault, PluginKind
from scanner.protocols.base import Protocol
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.framing.plan import FramingPlan


def _fits(protocol: Protocol, before: Mapping[str, Protocol]) -> Iterator[Fault]:
    """Its framings are its own or shared ones, and the kernel takes them."""
    from scanner.framing.plan import compile_descriptors

    own = (PROTOCOLS.get(name) for name in PROTOCOLS.own())
    known = {f.name: f for p in (*own, *before.values()) if p for f in (p.framing, *p.more_framings)}
    framings = (protocol.framing, *protocol.more_framings)
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
    """Every protocol by name, in alphabetical order."""
    return PROTOCOLS.all()


@functools.cache
def all_framings() -> tuple[Framing, ...]:
    """Every framing once, in the order of the protocols that use them."""
    return tuple({f.name: f for p in protocols().values() for f in (p.framing, *p.more_framings)}.values())


@functools.cache
def cases() -> Mapping[str, tuple[Case, ...]]:
    """The cases of each framing, a protocol's in its own order: first those of protocols for which it is one of more; a
    case without tests comes after all others.
    """
    table: dict[str, list[Case]] = {f.name: [] for f in all_framings()}
    for protocol in protocols().values():
        for framing in protocol.more_framings:
            table[framing.name].extend(protocol.cases)
    for protocol in protocols().values():
        table[protocol.framing.name].extend(protocol.cases)
    return {name: tuple(sorted(found, key=lambda c: not c.when)) for name, found in table.items()}


@functools.cache
def framing_plan() -> FramingPlan:
    """What the kernel is to know of all of them, made once: that takes as long as reading a capture of many packets."""
    from scanner.framing.plan import compile_descriptors

    return compile_descriptors(all_framings(), cases())
