"""Whether a version is in the range that an advisory states: yes, no, or nobody can tell.

Ranges are written as ``vers:`` (with ``<``, ``<=``, ``>``, ``>=``, ``!=``, ``*`` and ``|``), and in the words that
makers use: ``< V1.2``, ``>= 1.0, < 2.0``, ``All versions < V3.1.2``, ``prior to 2.3``, ``2.3 and earlier``, ``V1.0 to
V1.5``. What is not understood is never outside of anything, nor are bounds that may be of several ranges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from scanner.three_valued import every

_LONGEST = 300
_ALL = re.compile(
    r"(?:all|any)(?: (?:firmware |software )?versions?)?|\*|vers:(?:all|[\w.+-]+)/\*|every version", re.IGNORECASE
)
_LEADING = re.compile(
    r"^(?:all |any )?(?:firmware |software |product |fw |sw )?(?:versions?|releases?|firmware|revisions?)?:?\s+(?=\S)",
    re.IGNORECASE,
)
_NEUTRAL = r"(?:versions?|ver|firmware|fw|software|sw|release|rev(?:ision)?|s?v|r)"  # says nothing of a version
_NAMED = r"[a-z][a-z0-9]{0,15}[-_ ](?=v\d|\d+\.\d)|[a-z](?=\d+\.\d)"  # CPCI85 V05, MX-V4.1.4, M2.1.6.05
_PATCH = r"(?:sp|hf|hotfix|upd|update|patch|build|rev|cu|mp|p|r|service pack)\.?\s*\d+[a-z]?"


def _version(dash: str) -> str:
    """A pattern of a version with one group. dash: what a hyphen in it may be."""
    return (
        rf"(?:{_NEUTRAL}[.:\s]*(?=v?\d|[a-z]+[-_ ]v?\d))?"
        rf"((?:{_NAMED})?(?:v(?:er)?\.?\s*)?\d+(?:\.\d+)*(?:[\w.()+]|{dash})*(?:\s*{_PATCH})*)"
    )


_VERSION = _version(r"-(?!\d)")  # 1.0-2.0 are two
_EARLIER, _LATER = "earlier|prior|older|below|lower|previous", "later|newer|above|higher|greater"
_BELOW = r"prior to|before|(?:earlier|lower|less|older) than|below|up to but not including|up to \(excluding\)"
_UP_TO = r"up to(?: and including)?|through|until|<=|≤"
_WORDS = tuple(  # in the order of trying: a phrase, what it means
    (re.compile(pattern, re.IGNORECASE), sign)
    for pattern, sign in (
        (rf"^(?:{_BELOW})\s+{_VERSION}$", "<"),
        (rf"^(?:{_UP_TO})\s+{_VERSION}(?:\s*\(?(?:inclusive|included|including)\)?)?$", "<="),
        (rf"^{_VERSION}\s+(?:and|or)\s+(?:{_EARLIER})(?: versions?)?$", "<="),
        (rf"^(?:from|since|starting (?:from|with)|at least)\s+{_VERSION}$", ">="),
        (rf"^{_VERSION}\s+(?:and|or)\s+(?:{_LATER})(?: versions?)?$", ">="),
        (rf"^(?:(?:later|newer|higher|greater) than|above)\s+{_VERSION}$", ">"),
    )
)
_BETWEEN = re.compile(
    rf"^(?:from )?{_VERSION}\s*(?:to|through|until|–|-(?=\s))\s*{_VERSION}$|^between {_VERSION} and {_VERSION}$",
    re.IGNORECASE,
)
_TOLD_ENDS = re.compile(
    rf"^(?:between )?{_VERSION} \((?P<first>in|ex)cluding\) and {_VERSION} \((?P<last>in|ex)cluding\)$", re.IGNORECASE
)
_DASHED = re.compile(r"^v?(\d+(?:\.\d+){2,})-v?(\d+(?:\.\d+){2,})$", re.IGNORECASE)  # 12.4.1-12.4.11
_ANY_OF = re.compile(r"^v?(\d+(?:\.\d+)*)(?:\.| )\*$", re.IGNORECASE)  # 12.2.*
_OR = re.compile(rf"\s*(?:\|\||\||\bor\b(?! (?:{_EARLIER}|{_LATER})))\s*", re.IGNORECASE)
_SIGNED = re.compile(rf"^(<=|>=|<|>|!=|==|=|≤|≥)\s*\(?{_version('-')}\)?$", re.IGNORECASE)
_BARE = re.compile(rf"^{_VERSION}$", re.IGNORECASE)
_PARTS = re.compile(
    r"\s*(?:,|\band\b(?! including)|&&|;|(?<=[\w)])\s+(?=[<>≤≥]|(?:up to|through|until)\b))\s*", re.IGNORECASE
)
_BY_SERIAL = re.compile(
    r"<=\s*(?:with )?(?:the )?first (\d{1,2}) digits of (?:the )?serial (?:numbers?|no\.?)\s*(?:are |is )?"
    r"[\"']?(\d{1,20})[\"']?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")
_SAYS_NOTHING = re.compile(rf"^(?:{_NEUTRAL}[.:\s_]*(?=v?\d|[a-z]+[-_ ]v?\d))+")
_NAME = re.compile(_NAMED)
_HUAWEI = re.compile(r"(\d{3})r(\d{3})c(\d{2,3})(?:spc(\d{2,4}))?")  # V200R019C10SPC500
_NORMAL = {"≤": "<=", "≥": ">=", "==": "="}


class Order(IntEnum):
    """How one version stands to another."""

    BEFORE = -1
    SAME = 0
    AFTER = 1
    WITHIN = 2  # it begins with the other and says more: 2.9.4 is one of 2.9


class _Parts(NamedTuple):
    """Of a version: what it is of, its numbers, and what follows them: letters, service packs, builds."""

    name: str
    numbers: tuple[int, ...]
    rest: str


def compared(version: str, other: str) -> Order | None:
    """None when it cannot be told: one says less than the other (2.9 may be 2.9.4), or something else than numbers, or
    they are of different things (CPCI85 V05, V05).
    """
    own, its = _parts(version), _parts(other)
    if not own.numbers or not its.numbers or own.name != its.name:
        return None
    for mine, theirs in zip(own.numbers, its.numbers, strict=False):
        if mine != theirs:
            return Order.BEFORE if mine < theirs else Order.AFTER
    if len(own.numbers) < len(its.numbers):
        return None
    if len(own.numbers) > len(its.numbers) and any(own.numbers[len(its.numbers) :]):
        return None if its.rest else Order.WITHIN  # 2.9.x, 2.9 SP1
    return Order.SAME if own.rest == its.rest else None


def _parts(version: str) -> _Parts:
    text = _SAYS_NOTHING.sub("", version.strip().casefold())
    if huawei := _HUAWEI.match(text):
        numbers = tuple(int(number) for number in huawei.groups() if number)
        return _Parts("", numbers, re.sub(r"[\s._-]+", "", text[huawei.end() :]))
    named = _NAME.match(text)
    text = _SAYS_NOTHING.sub("", text[named.end() :]) if named else text
    match = _NUMBERS.match(text)
    if not match or len(match[0]) > 60:
        return _Parts("", (), "")
    rest = re.sub(r"[\s._-]+", "", text[match.end() :])
    return _Parts(named[0].strip("-_ ") if named else "", tuple(map(int, match[0].split("."))), rest)


@lru_cache(maxsize=1 << 14)  # every vulnerability of an advisory states the same few ranges
def within(version: str, stated: str, *, exact: bool) -> bool | None:
    """exact: the advisory names one version and no range. An empty ``version`` is in what holds for all only."""
    text = " ".join(stated.split())[:_LONGEST]
    if " " not in text:  # as CISA writes them since 2023: <=firmware_05
        text = text.replace("_", " ")
    if not text:
        return None
    if _ALL.fullmatch(text):
        return True
    if not version:
        return None
    if text.casefold().startswith("vers:"):
        return _vers(version, text.partition("/")[2])
    return _either(version, _OR.split(text), exact=exact)


def serials_within(serials: Iterable[str], stated: str) -> bool | None:
    """Whether serial numbers are in a range that is stated by their first digits, as Mitsubishi Electric does;
    None where the range is none of these, or nothing is known to compare.
    """
    match = _BY_SERIAL.fullmatch(" ".join(stated.replace("_", " ").split())[:_LONGEST])
    first = [digits[1] for serial in serials if match and (digits := re.match(rf"\s*(\d{{{match[1]}}})", serial))]
    if not match or not first or len(match[2]) != int(match[1]):
        return None
    answers = {int(digits) <= int(match[2]) for digits in first}
    return answers.pop() if len(answers) == 1 else None


def _either(version: str, texts: Sequence[str], *, exact: bool) -> bool | None:
    """One of several ranges, or versions, holds it."""
    found = [
        _alone(version, bare[1], exact=exact) if (bare := _BARE.fullmatch(text)) else _all_of(version, text)
        for text in texts
        if text
    ]
    if any(found):
        return True
    return None if None in found or not found else False


def _alone(version: str, stated: str, *, exact: bool) -> bool | None:
    """A version without a sign; where a range should stand, what else it may mean is not known."""
    holds = _holds(compared(version, stated), "=")
    return holds if exact or holds else None


def _all_of(version: str, text: str) -> bool | None:
    text = _LEADING.sub("", text.strip())
    single = _simple(version, text)
    if single is not NotImplemented:
        return single
    texts = [part for part in _PARTS.split(text) if part.strip()]
    parts = [_simple(version, part) for part in texts]
    if len(parts) < 2 or any(part is NotImplemented for part in parts):
        return None
    if len(set(parts)) > 1 and not _is_interval(texts):
        return None
    if any(part is False for part in parts):
        return False
    return None if None in parts else True


def _is_interval(texts: Sequence[str]) -> bool:
    """The bounds are the two ends of one interval, and versions left out of it; else they may be several ranges that
    somebody joined by "and": ``< 1.2 and >= 2.0``.
    """
    bounds = [bound for text in texts if (bound := _bound(text)) and bound[0] != "="]
    lower = [version for sign, version in bounds if sign[0] == ">"]
    upper = [version for sign, version in bounds if sign[0] == "<"]
    if len(bounds) < len(texts) or len(lower) > 1 or len(upper) > 1:
        return False
    return not (lower and upper) or compared(lower[0], upper[0]) in (Order.BEFORE, Order.SAME)


def _bound(text: str) -> tuple[str, str] | None:
    """The sign and version of one bound."""
    text = _LEADING.sub("", text.strip().rstrip("."))
    if match := _SIGNED.match(text):
        return _NORMAL.get(match[1], match[1]), match[2]
    return next(((sign, match[1]) for pattern, sign in _WORDS if (match := pattern.match(text))), None)


def _simple(version: str, text: str) -> bool | None:
    """One bound; NotImplemented when it is not written in a way that is understood."""
    text = _LEADING.sub("", text.strip().rstrip("."))
    if bound := _bound(text):
        return _holds(compared(version, bound[1]), bound[0])
    if match := _BETWEEN.match(text):
        first, last = match[1] or match[3], match[2] or match[4]
        bounds = _holds(compared(version, first), ">="), _holds(compared(version, last), "<=")
        return every(bounds)
    if match := _TOLD_ENDS.match(text):
        lower = _holds(compared(version, match[1]), ">=" if match["first"].casefold() == "in" else ">")
        upper = _holds(compared(version, match[3]), "<=" if match["last"].casefold() == "in" else "<")
        return every((lower, upper))
    if (match := _DASHED.match(text)) and match[1].count(".") == match[2].count("."):
        return every((_holds(compared(version, match[1]), ">="), _holds(compared(version, match[2]), "<=")))
    if match := _ANY_OF.match(text):
        order = compared(version, match[1])
        return None if order is None else order in (Order.SAME, Order.WITHIN)
    return NotImplemented  # type: ignore[no-any-return]


def _holds(order: Order | None, sign: str) -> bool | None:
    if order is Order.WITHIN:  # makers mean all of 2.9 by "2.9 and earlier", or 2.9 alone
        return {"<": False, ">=": True}.get(sign)
    if order is None:
        return None
    return {
        "<": order is Order.BEFORE,
        "<=": order is not Order.AFTER,
        ">": order is Order.AFTER,
        ">=": order is not Order.BEFORE,
        "=": order is Order.SAME,
        "!=": order is not Order.SAME,
    }[sign]


def _vers(version: str, constraints: str) -> bool | None:
    """A ``vers`` range: single versions, excluded ones, and intervals whose ends stand beside each other."""
    signed: list[tuple[str, str]] = []
    for text in filter(None, (part.strip() for part in constraints.split("|"))):
        match = re.match(r"(<=|>=|<|>|!=|=)?\s*(\S.*)", text)
        if not match:
            return None
        signed.append((match[1] or "=", match[2]))
    held = [(sign, _holds(compared(version, bound), sign)) for sign, bound in signed]
    if any(sign == "!=" and answer is False for sign, answer in held):
        return False
    if any(sign == "!=" and answer is None for sign, answer in held):
        return None
    answers: list[bool | None] = [answer for sign, answer in held if sign == "="]
    bounds = [(sign, answer) for sign, answer in held if sign not in {"=", "!="}]
    at = 0
    while at < len(bounds):
        sign, answer = bounds[at]
        if sign[0] == ">" and at + 1 < len(bounds) and bounds[at + 1][0][0] == "<":
            both = answer, bounds[at + 1][1]
            answers.append(every(both))
            at += 2
        else:
            answers.append(answer)
            at += 1
    if any(answers):
        return True
    return None if None in answers or not answers else False
