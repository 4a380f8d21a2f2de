"""Decisions as YAML text. Evidence stands beside them in comments, where nothing from the wire can escape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from scanner.confirm.reviews import Review
from scanner.policy.yaml_text import comment, scalar
from scanner.results.model import DeviceRow, Evidence, Text
from scanner.results.texts import pick
from scanner.wording import NOTHING, Plural, Said, joined, listed, said, term, verbatim
from scanner.wording.spoken import spoken

_HEAD = (
    said("What people decided about operations that otaudit saw; written by otaudit policy confirm."),
    said(
        "Give it to a scan beside the policy: {command}",
        command="otaudit scan INPUT... -z policy.yaml -z decisions.yaml",
    ),
)
_TIMES = Plural("{n} time", "{n} times")
_FRAME_NUMBERS = Plural("frame {frames}", "frames {frames}")
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


def head(language: str) -> str:
    """How a new file begins."""
    return "".join(f"# {spoken(line, language)}\n" for line in _HEAD) + "otaudit_policy: 1\ndecisions:\n"


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
    lines = [line for piece in evidence[:_EVIDENCE] for line in _piece(piece, review.language)]
    more = max(review.finding.proofs, len(evidence)) - _EVIDENCE
    if more > 0:
        lines.append(said("and {n} more", n=f"{more:,}"))
    lines += (_device(device, review.language) for device in review.devices)
    return [spoken(line, review.language) for line in lines]


def _piece(piece: Evidence, language: str) -> Iterator[Said]:
    times = _TIMES.of(piece.count) if piece.count else NOTHING
    yield joined([_shown(piece.message, language), times, _shown(piece.outcome, language)], term("semicolon"))
    frames = piece.frames[:_FRAMES]
    numbers = _FRAME_NUMBERS.of(len(frames), frames=", ".join(map(str, frames))) if frames else NOTHING
    when = verbatim(piece.first_time)
    if piece.first_time != piece.last_time:
        when = said("{first} to {last}", first=piece.first_time, last=piece.last_time)
    yield joined([verbatim(piece.source), numbers, when], term("list.between-clauses"))
    if piece.filter:
        yield said("filter: {filter}", filter=piece.filter)


def _shown(text: Text, language: str) -> Said:
    return verbatim(pick(text, language))


def _device(device: DeviceRow, language: str) -> Said:
    why = [pick(reason, language) for reason in device.reasons]
    known = zip(device.roles, [*why, *[""] * len(device.roles)], strict=False)  # reasons are those of the first roles
    roles = [_role(role, reason) for role, reason in known]
    addresses = ", ".join(device.ips[:_FRAMES]) or device.mac
    name = verbatim(device.name)
    if device.name not in device.ips and addresses:
        name = said("{name} ({addresses})", name=device.name, addresses=addresses)
    return said(
        "{device}: {roles}; {place}",
        device=name,
        roles=listed(roles) if roles else said("no role known"),
        place=said("zone {zone}", zone=device.zone) if device.zone else said("no zone"),
    )


def _role(role: str, reason: str) -> Said:
    word = term(f"role.{role}", role.replace("_", " "))
    return said("{role} ({reason})", role=word, reason=reason) if reason else word
