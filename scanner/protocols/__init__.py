"""One self-contained file for each protocol; ``base`` says what it offers. Being in this folder registers it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from scanner.capture.descriptor import Case, Framing
from scanner.protocols.base import Protocol

_SHARED = ("base", "framings")


@functools.cache
def protocol_names() -> tuple[str, ...]:
    """The name of every protocol, which is that of its file with hyphens, without importing any of them."""
    modules = (m.name for m in pkgutil.iter_modules(__path__))
    return tuple(sorted(m.replace("_", "-") for m in modules if not m.startswith("_") and m not in _SHARED))


@functools.cache
def protocols() -> Mapping[str, Protocol]:
    """Every protocol by name, in alphabetical order."""
    found = {}
    for name in protocol_names():
        protocol = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").PROTOCOL
        if not isinstance(protocol, Protocol) or protocol.name != name:
            raise TypeError(f"scanner/protocols/{name.replace('-', '_')}.py has no PROTOCOL named {name!r}")
        found[name] = protocol
    return found


@functools.cache
def all_framings() -> tuple[Framing, ...]:
    """Every framing once, in the order of the protocols that use them."""
    return tuple({f.name: f for p in protocols().values() for f in (p.framing, *p.more_framings)}.values())


@functools.cache
def cases() -> Mapping[str, tuple[Case, ...]]:
    """The cases of each framing, a protocol's in its own order; a case without tests comes after all others."""
    table: dict[str, list[Case]] = {f.name: [] for f in all_framings()}
    for protocol in protocols().values():
        for framing in (protocol.framing, *protocol.more_framings):
            table[framing.name].extend(protocol.cases)
    return {name: tuple(sorted(found, key=lambda c: not c.when)) for name, found in table.items()}
