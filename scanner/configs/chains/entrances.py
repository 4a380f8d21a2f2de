"""Who may log in at the device itself, as far as its filter tells: SSH and Telnet.

That a port is open does not tell that anything listens. Only where an entry names the port, somebody meant the service.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.configs.chains.coverage import at_place, is_everybody, places
from scanner.configs.chains.model import INCOMING, INPUT, NEW, ChainRule, Does, FilterChain
from scanner.configs.chains.study import VERSIONS, ChainStudy
from scanner.configs.settings import ABSENT, CLOSED, UNKNOWN, Sheet
from scanner.intervals import united
from scanner.packet_sets import (
    ALL_PORTS,
    DESTINATION,
    SOURCE,
    Boxes,
    TooManyBoxes,
    intersection,
)

_SERVICES = {"ssh": 22, "telnet": 23}
TCP, UDP = 6, 17
_NAMED = 100  # ports at most that an entry opens which means this one
_OPEN, _LIMITED, _CLOSED, _UNTOLD = "open", "limited", "closed", "untold"
_ANY = (0, 1 << 128)


def entrance_rows(sheet: Sheet, study: ChainStudy) -> None:
    """A row for each service that some entry lets in."""
    chains = [c for c in study.ruleset.chains.values() if c.filters and c.hook == INPUT]
    for service, port in _SERVICES.items():
        named = _naming(study, chains, port)
        if not chains or (service != "ssh" and named is None):
            continue
        states = {version: _state(study, version, port) for version in VERSIONS}
        if named is None:
            states = {v: _UNTOLD if s in (_OPEN, _LIMITED) else s for v, s in states.items()}
        node = named[1].node if named else chains[0].node
        label = named[0].label if named else chains[0].label
        sheet.put("line", service, "access_acl", _summary(states, label), node, present=named is not None)


def reached(
    study: ChainStudy, port: int, label: str, *, protocol: int = TCP, versions: Sequence[int] = VERSIONS
) -> str:
    """Who reaches a port of the device from networks: absent where everybody does, closed, the label of what limits it,
    ipv4-only or ipv6-only, or unknown-default. versions: those of IP that the device speaks.
    """
    states = {v: _state(study, v, port, protocol) if v in versions else _CLOSED for v in VERSIONS}
    if _OPEN in states.values() and _CLOSED in states.values():
        return ABSENT
    return _summary(states, label)


def _summary(states: dict[int, str], label: str) -> str:
    four, six = states[4], states[6]
    if _OPEN in (four, six):
        if _LIMITED in (four, six):
            return "ipv4-only" if four == _LIMITED else "ipv6-only"
        return ABSENT
    if _UNTOLD in (four, six):
        return UNKNOWN
    return CLOSED if four == six == _CLOSED else label


def _naming(study: ChainStudy, chains: list[FilterChain], port: int) -> tuple[FilterChain, ChainRule] | None:
    """The first entry that means the service."""
    for chain in study.ruleset.chains.values():
        if not any(root in chains for root in study.roots(chain)):
            continue
        for rule in chain.rules:
            met = [m for root, _, m in study.meetings(chain, rule) if m and root in chains]
            if rule.does is Does.ACCEPT and any(_means(box, port) for m in met for box in m.own_most):
                return chain, rule
    return None


def _means(box: tuple[tuple[int, int], ...], port: int) -> bool:
    low, high = box[4]
    return box[2] == (6, 6) and low <= port <= high and high - low < _NAMED and box[5][0] == 0


def _state(study: ChainStudy, version: int, port: int, protocol: int = TCP) -> str:
    if not any(c.hook == INPUT for c in study.on_the_way(INPUT, version)):
        return _UNTOLD  # nothing is told of this version of IP
    found = study.lets_in(INPUT, version)
    if found is None:
        return _UNTOLD
    most, sure = (_asked(study, boxes, port, protocol) for boxes in found)
    if not most:
        return _CLOSED
    try:
        everybody, some = _everywhere(study, sure, version), _somewhere(study, most, version)
    except TooManyBoxes:
        return _UNTOLD
    return _OPEN if everybody else _UNTOLD if some else _LIMITED


def _asked(study: ChainStudy, boxes: Boxes, port: int, protocol: int) -> Boxes:
    """Those that begin a conversation with the service, from a network."""
    return tuple(
        box
        for span in study.names.but_loopback()
        for box in intersection(boxes, [(_ANY, _ANY, (protocol, protocol), ALL_PORTS, (port, port), NEW, span, _ANY)])
    )


def _open_at(study: ChainStudy, boxes: Boxes, version: int) -> Iterator[int]:
    """The interfaces at which everybody gets in, to some address of the device."""
    dimensions = (DESTINATION, INCOMING)
    for place in places(boxes, dimensions, study.names.loopback) if boxes else ():
        if is_everybody(united(b[SOURCE] for b in boxes if at_place(b, dimensions, place)), version):
            yield place[1]


def _everywhere(study: ChainStudy, boxes: Boxes, version: int) -> bool:
    found = set(_open_at(study, boxes, version))
    starts = {place[0] for place in places(boxes, (INCOMING,), study.names.loopback)} if boxes else set()
    covered = united(b[INCOMING] for b in boxes)
    return bool(found) and found == starts and covered == united(study.names.but_loopback())


def _somewhere(study: ChainStudy, boxes: Boxes, version: int) -> bool:
    return next(_open_at(study, boxes, version), None) is not None
