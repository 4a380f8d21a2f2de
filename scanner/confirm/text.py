"""Decisions as YAML text. Evidence stands beside them in comments, where nothing from the wire can escape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from scanner.confirm.reviews import Review
from scanner.policy.yaml_text import comment, scalar
from scanner.results.model import DeviceRow, Evidence
from scanner.results.texts import pick

HEAD = """\
# What people decided about operations that otaudit saw; written by otaudit policy confirm. Give it to a scan beside the
# policy: otaudit scan INPUT... -z policy.yaml -z decisions.yaml
otaudit_policy: 1
decisions:
"""
_EVIDENCE = 3  # pieces that are told
_FRAMES = 5
_WIDTH = 200


@dataclass(frozen=True)
class Answer:
    """What somebody decided about one review."""

    review: Review
    allowed: bool
    by: str
    on: date
    until: date | None
    reason: str


def entry_text(answer: Answer, indent: str) -> str:
    """The decisions that an answer makes, each an item of the list, and before them a comment with the evidence."""
    told = [f"# {answer.review.finding.id}: {comment(answer.review.message, _WIDTH)}"]
    told += [f"#   {comment(line, _WIDTH)}" for line in evidence_lines(answer.review)]
    lines = ["", *told]
    for match in answer.review.finding.matches:
        lines += _item(answer, match)
    return "".join(f"{indent}{line}\n" if line else "\n" for line in lines)


def _item(answer: Answer, match: dict[str, str]) -> Iterator[str]:
    yield f"- rule: {scalar(answer.review.rule)}"
    yield "  match: {" + ", ".join(f"{scalar(column)}: {_value(value)}" for column, value in match.items()) + "}"
    yield f"  decision: {'allowed' if answer.allowed else 'forbidden'}"
    yield f"  decided_by: {scalar(answer.by)}"
    yield f"  decided_on: {answer.on.isoformat()}"
    if answer.until:
        yield f"  until: {answer.until.isoformat()}"
    if answer.reason:
        yield f"  reason: {scalar(answer.reason)}"


def _value(text: str) -> str:
    return text if text.isascii() and text.isdecimal() and len(text) < 10 and str(int(text)) == text else scalar(text)


def evidence_lines(review: Review) -> list[str]:
    """Where it was seen, how often and with what outcome, and who the devices are."""
    evidence = review.finding.evidence
    lines = [told for piece in evidence[:_EVIDENCE] for told in _piece(piece)]
    more = max(review.finding.proofs, len(evidence)) - _EVIDENCE
    if more > 0:
        lines.append(f"and {more:,} more")
    return [*lines, *map(_device, review.devices)]


def _piece(piece: Evidence) -> Iterator[str]:
    said = [
        pick(piece.message),
        f"{piece.count:,} time{'' if piece.count == 1 else 's'}" if piece.count else "",
    ]
    yield "; ".join(part for part in (*said, pick(piece.outcome)) if part)
    frames = ", ".join(map(str, piece.frames[:_FRAMES]))
    when = piece.first_time if piece.first_time == piece.last_time else f"{piece.first_time} to {piece.last_time}"
    where = [piece.source, f"frame{'s' if len(piece.frames) > 1 else ''} {frames}" if frames else "", when]
    yield ", ".join(part for part in where if part)
    if piece.filter:
        yield f"filter: {piece.filter}"


def _device(device: DeviceRow) -> str:
    why = [pick(reason) for reason in device.reasons]
    known = zip(device.roles, [*why, *[""] * len(device.roles)], strict=False)  # reasons are those of the first roles
    named = (role.replace("_", " ") + (f" ({reason})" if reason else "") for role, reason in known)
    roles = ", ".join(named) or "no role known"
    where = f"zone {device.zone}" if device.zone else "no zone"
    addresses = ", ".join(device.ips[:_FRAMES]) or device.mac
    name = f"{device.name} ({addresses})" if device.name not in device.ips and addresses else device.name
    return f"{name}: {roles}; {where}"
