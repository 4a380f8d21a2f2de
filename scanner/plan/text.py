"""A plan in words, in English or Chinese, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from scanner.engine.words import duration, input_name
from scanner.plan.plan import EVERYTHING, MirrorStep, Plan
from scanner.plan.ports import Port
from scanner.wording import Plural, joined, listed, said, term
from scanner.wording.spoken import spoken

FORMAT = 1
_NEEDED = Plural("Provide a {input}: {n} check needs it.", "Provide a {input}: {n} checks need it.")
_STEP = Plural(
    "{number}. Mirror {port} for at least {time}, both directions. {n} check becomes decidable: {rules}",
    "{number}. Mirror {port} for at least {time}, both directions. {n} checks become decidable: {rules}",
)
_PORT = Plural("{device} {interface} (zone {zones})", "{device} {interface} (zones {zones})")
_STAYS = Plural(
    "{n} check stays without evidence whatever is captured there: {rules}",
    "{n} checks stay without evidence whatever is captured there: {rules}",
)


def lines(plan: Plan, language: str) -> Iterator[str]:
    """The plan, a step to a line."""
    return (spoken(line, language) for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    if not plan.inputs and not plan.steps:
        yield said("Nothing to plan: no check lacks evidence that an input or a capture would give.")
    for kind, rules in plan.inputs:
        yield _NEEDED.of(len(rules), input=input_name(kind))
    for number, step in enumerate(plan.steps, 1):
        port, time = _port(step), duration(step.seconds)
        if step.decides:
            decided = listed(step.decides)
            yield _STEP.of(len(step.decides), number=number, port=port, time=time, rules=decided)
        else:
            yield said(
                "{number}. Mirror {port} for at least {time}, both directions; with the steps that follow.",
                number=number,
                port=port,
                time=time,
            )
    if plan.stays:
        yield _STAYS.of(len(plan.stays), rules=listed(rule for rule, _ in plan.stays))


def _port(step: MirrorStep) -> str:
    """What to mirror."""
    zones = listed(step.zones)
    if step.zones == (EVERYTHING,):
        return said("the router's port, as before")
    if step.ports:
        return joined((_interface(port) for port in step.ports), term("list.or"))
    if step.near:
        return said("the uplink of the switch of {device} (zone {zones})", device=step.near, zones=zones)
    return said("the link between zone {zones} and its router", zones=zones)


def _interface(port: Port) -> str:
    name = f"{port.interface} ({port.description})" if port.description else port.interface
    return _PORT.of(len(port.zones), device=port.device, interface=name, zones=listed(sorted(port.zones)))


def as_json(plan: Plan) -> str:
    """The plan as JSON."""
    body = {"otaudit_plan": FORMAT, **asdict(plan)}
    return json.dumps(body, ensure_ascii=False, indent=1, default=sorted) + "\n"
