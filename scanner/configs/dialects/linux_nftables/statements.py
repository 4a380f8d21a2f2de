"""Statements of nft(8): verdicts, and those that narrow nothing, with the words that belong to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scanner.configs.chains.model import Does
from scanner.configs.dialects.linux_nftables.tokens import Token

_VERDICTS = {
    "accept": Does.ACCEPT,
    "drop": Does.DENY,
    "reject": Does.DENY,
    "continue": Does.GO_ON,
    "return": Does.RETURN,
}
_TRANSLATING = ("dnat", "snat", "masquerade", "redirect")
_ELSEWHERE = ("include", "queue", "tproxy", "synproxy", "fwd")
_LIMIT_WORDS = frozenset(("rate", "over", "burst", "packets", "bytes", "kbytes", "mbytes", "until", "count"))

Effect = tuple[int, bool, str]  # where it ends, whether it logs, how it narrows


def verdict_at(words: Sequence[Token], at: int) -> tuple[Does, str, int] | None:
    """The verdict that begins at a word: what it does, the chain that it leads to, and where it ends."""
    if at >= len(words) or words[at].quoted:
        return None
    text = words[at].text
    target = words[at + 1].text if at + 1 < len(words) else ""
    if text in ("jump", "goto") and target in ("{", ""):  # a chain without a name, whose rules are not read
        return Does.UNTOLD, "", len(words)
    if text in ("jump", "goto"):
        return (Does.JUMP if text == "jump" else Does.GOTO), target, at + 2
    if text in _VERDICTS:
        return _VERDICTS[text], "", _reject_ends(words, at + 1) if text == "reject" else at + 1
    if text in (*_TRANSLATING, *_ELSEWHERE):
        return Does.ACCEPT if text in _TRANSLATING else Does.UNTOLD, "", len(words)
    return None


def translates(words: Sequence[Token]) -> bool:
    """The statement rewrites addresses."""
    return any(w.text in _TRANSLATING and not w.quoted for w in words)


def _reject_ends(words: Sequence[Token], at: int) -> int:
    if at < len(words) and words[at].text == "with":
        at += 1
        if at < len(words) and words[at].text in ("icmp", "icmpv6", "icmpx", "tcp"):
            at += 1
            at += at < len(words) and words[at].text == "type"
            at += 1
    return at


def without_effect(words: Sequence[Token], at: int) -> Effect | None:
    """A statement that decides nothing; how it narrows is told by its words, where it does."""
    if words[at].quoted:
        return None
    reading = _READ.get(words[at].text)
    return reading(words, at) if reading else None


def _text(words: Sequence[Token], at: int) -> str:
    return words[at].text if at < len(words) else ""


def _comment(_: Sequence[Token], at: int) -> Effect:
    return at + 2, False, ""


def _counter(words: Sequence[Token], at: int) -> Effect:
    at += 1
    if _text(words, at) == "name":
        return at + 2, False, ""
    while _text(words, at) in ("packets", "bytes"):
        at += 2
    return at, False, ""


def _log(words: Sequence[Token], at: int) -> Effect:
    at += 1
    while _text(words, at) in ("prefix", "level", "group", "snaplen", "queue-threshold", "flags"):
        at += 2
        while at < len(words) and (_text(words, at) == "," or _text(words, at - 1) == ","):
            at += 1
        if _text(words, at - 2) == "flags" and _text(words, at - 1) in ("tcp", "ip"):
            at += 1
    return at, True, ""


def _limit(words: Sequence[Token], at: int) -> Effect:
    begin, at = at, at + 1
    if _text(words, at) == "name":
        return at + 2, False, "limit"
    while at < len(words) and (words[at].text.partition("/")[0] in _LIMIT_WORDS or words[at].text[:1].isdigit()):
        at += 1
    return at, False, " ".join(w.text for w in words[begin:at])


def _dynamic(words: Sequence[Token], at: int) -> Effect | None:
    """``add @set { ip saddr timeout 1h limit rate over 3/minute }``: it narrows where a limit is in it."""
    if _text(words, at + 1) != "@":
        return None
    begin = at
    while at < len(words) and words[at].text != "}":
        at += 1
    narrows = any(w.text in ("limit", "ct", "quota") for w in words[begin:at])
    return at + 1, False, "limit" if narrows else ""


def _flow(words: Sequence[Token], at: int) -> Effect:
    return at + (4 if _text(words, at + 2) == "@" else 3), False, ""


def _helper(words: Sequence[Token], at: int) -> Effect | None:
    """``ct helper set "ftp"``, ``ct count over 10``, ``ct mark set 1``."""
    if _text(words, at + 1) == "count":
        return at + (4 if _text(words, at + 2) == "over" else 3), False, "count"
    if _text(words, at + 2) == "set":
        return at + 4, False, ""
    return None


def _fib(words: Sequence[Token], at: int) -> Effect:
    """``fib saddr . iif oif missing``, ``fib daddr type local``."""
    begin = at
    at += 1
    while _text(words, at) in ("saddr", "daddr", "mark", "iif", "oif", ".") and at < len(words):
        at += 1
    at += _text(words, at) in ("type", "oifname")
    at += _text(words, at) in ("!=", "==", "eq", "ne")
    at = _past_value(words, at)
    return at, False, " ".join(w.text for w in words[begin:at])


def _past_value(words: Sequence[Token], at: int) -> int:
    if _text(words, at) == "{":
        while at < len(words) and words[at].text != "}":
            at += 1
    return at + 1


def _notrack(_: Sequence[Token], at: int) -> Effect:
    return at + 1, False, ""


def _dup(words: Sequence[Token], at: int) -> Effect:
    at += 1
    while at < len(words) and words[at].text in ("to", "device"):
        at += 2
    return at, False, ""


def _meter(words: Sequence[Token], at: int) -> Effect:
    return (
        _past_value(words, next((n for n in range(at, len(words)) if words[n].text == "{"), len(words))),
        False,
        "meter",
    )


def _quota(words: Sequence[Token], at: int) -> Effect:
    at += 1
    while at < len(words) and (
        words[at].text in ("over", "until", "used", "name", *_LIMIT_WORDS) or words[at].text[:1].isdigit()
    ):
        at += 1
    return at, False, "quota"


_READ: Mapping[str, Callable[[Sequence[Token], int], Effect | None]] = {
    "comment": _comment,
    "counter": _counter,
    "log": _log,
    "limit": _limit,
    "add": _dynamic,
    "update": _dynamic,
    "delete": _dynamic,
    "flow": _flow,
    "ct": _helper,
    "fib": _fib,
    "notrack": _notrack,
    "dup": _dup,
    "meter": _meter,
    "quota": _quota,
    "last": _notrack,
}
