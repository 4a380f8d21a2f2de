"""Results as lines of text: verdicts, reasons, findings, evidence, devices, without the texts of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Any

from scanner.results.model import DeviceRow, FrameworkResult, Results, RuleResult, Verdict
from scanner.results.texts import pick

_CATALOGUE = {"title", "description", "rationale", "remediation", "references", "mappings", "attack", "question"}
_APART = {"findings", "evidence", "doubts", "by_zone", "by_device", "coverage", "identities", "levels"}
_NOT_SAID = _CATALOGUE | _APART | {"digest", "sha256", "id", "family", "audience", "confidence", "ask_for"}


def lines(results: Results) -> Iterator[str]:
    """All that a scan found out, in the order of the results."""
    for record in (*results.inputs, *results.problems):
        yield f"{type(record).__name__}: {said(record)}"
    yield f"complete: {results.complete}; options {said(results.basis.options)}; profile {said(results.profile_use)}"
    for heading in ("rules", "outside", "reach", "nursery"):
        for rule in getattr(results, heading):
            yield from of_rule(heading, rule)
    for device in results.devices:
        yield from _device(device)
    for zone in results.zones:
        yield f"zone {said(zone)}"
        yield from (f"  {said(level)}" for level in zone.levels)
    for heading in (
        "traffic",
        "commands",
        "sessions",
        "unrecognised",
        "protocols",
        "publications",
        "exports",
        "exposures",
    ):
        yield from (f"{heading} {said(row)}" for row in getattr(results, heading))
    for framework in results.frameworks:
        yield from _framework(framework)
    yield from (f"technique {t.technique}: {t.state}" for t in results.techniques)


def of_rule(heading: str, rule: RuleResult) -> Iterator[str]:
    yield f"{heading} {rule.rule}: {rule.verdict} ({rule.severity}): {said(rule.reason)}"
    yield f"  of {said(rule.coverage)}"
    yield from (f"  doubt {said(doubt)}" for doubt in rule.doubts)
    yield from (f"  in {zone.zone}: {said(zone)}" for zone in rule.by_zone if zone.subjects or zone.unjudged)
    others = ((z.zone, z.verdict.value) for z in rule.by_zone if not (z.subjects or z.unjudged))
    yield from (f"  elsewhere {verdict}: {', '.join(zones)}" for verdict, zones in _by_verdict(others).items())
    if rule.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE):
        yield from (f"  of {said(devices)}" for devices in rule.by_device)
    for finding in rule.findings:
        yield f"  {said(finding)}"
        yield from (f"    {said(evidence)}" for evidence in finding.evidence)


def _by_verdict(zones: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for zone, verdict in zones:
        found.setdefault(verdict, []).append(zone)
    return found


def _device(device: DeviceRow) -> Iterator[str]:
    yield f"device {said(device)}"
    yield from (f"  {said(identity)}" for identity in device.identities)


def _framework(framework: FrameworkResult) -> Iterator[str]:
    yield f"framework {framework.framework}: {said(framework.standings)}"
    yield from (f"  {said(zone)}" for zone in framework.zone_standings)
    for requirement in framework.requirements:
        if requirement.rules:
            judged = f"{requirement.verdict}, {requirement.standing}, {requirement.conclusion}"
            yield f"  {requirement.requirement}: {judged} {said(requirement.in_zones)}"


def said(value: Any) -> str:
    """A value in one line; of a row the fields that differ from their defaults."""
    if is_dataclass(value) and not isinstance(value, type):
        told = ((f.name, getattr(value, f.name)) for f in fields(value) if f.name not in _NOT_SAID and _given(value, f))
        return ", ".join(f"{name} {said(each)}" for name, each in told)
    if isinstance(value, Mapping):
        languages = bool(value) and set(value) <= {"en", "zh"}
        return pick(value) if languages else "{" + ", ".join(f"{k}: {said(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        return "[" + "; ".join(map(said, value)) + "]"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value.value) if isinstance(value, Enum) else str(value)


def _given(row: Any, field: Any) -> bool:
    value = getattr(row, field.name)
    if field.default is not MISSING:
        return bool(value != field.default)
    return value not in ({}, (), [], "", None)
