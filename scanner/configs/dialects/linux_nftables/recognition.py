"""What an nftables ruleset looks like: tables of a family in braces, chains with hooks, policies and verdicts."""

from __future__ import annotations

import re

from scanner.resemblance import NONE, Resemblance
from scanner.wording import said

_FAMILY = rb"(?:ip6?|inet|arp|bridge|netdev)"
_TABLE = re.compile(rb"^[ \t]*(?:add[ \t]+)?table[ \t]+(?:" + _FAMILY + rb"[ \t]+)?[\w.-]{1,64}[ \t]*\{?", re.MULTILINE)
_HOOK = re.compile(rb"\btype[ \t]+(?:filter|nat|route)[ \t]+hook[ \t]+[a-z]+[ \t]", re.MULTILINE)
_CHAIN = re.compile(rb"^[ \t]*(?:add[ \t]+)?chain[ \t]+[\w .$-]{1,80}\{", re.MULTILINE)
_SET = re.compile(rb"^[ \t]*(?:set|map)[ \t]+[\w.-]{1,64}[ \t]*\{", re.MULTILINE)
_SHEBANG = re.compile(rb"\A#![ \t]*\S*/nft[ \t]+-\S*f")
_FLUSH = re.compile(rb"^[ \t]*flush[ \t]+ruleset", re.MULTILINE)
_ADD = re.compile(rb"^[ \t]*add[ \t]+(?:rule|chain|set|element)[ \t]+\S", re.MULTILINE)
_VERDICT = re.compile(rb"(?:^|[\s;}])(?:accept|drop|reject|jump \S+|goto \S+|masquerade|elements[ \t]*=)[\s;}]")
_OTHER = re.compile(
    rb"@[A-Z_]{2,}@|\{\{|\{%|<%|^==? \S|^[ \t]*(?:policy (?:ACCEPT|DROP)|domain[ \t(]|mod[ \t]+\w+|"
    rb"proto[ \t]+[(\w]|@(?:def|include|if)\b)|"
    rb"\A\s*(?:#!(?![^\n]{0,80}nft\b)|[<{\[])|^```|^[\w-]+:[ \t]*(?:$|[|>\[{])"
    rb"|^[ \t]*(?:sudo[ \t]+)?nft[ \t]+(?:add|insert|-f)\b",
    re.MULTILINE,
)


def resemblance(head: bytes) -> Resemblance:
    """A table and what stands in one. A script that calls nft, or a document that shows rules, is another thing."""
    if not _TABLE.search(head) or _OTHER.search(head):
        return NONE
    found = {
        said("a table with hooks"): _HOOK.search(head),
        said("chains in braces"): _CHAIN.search(head),
        said("sets in braces"): _SET.search(head),
        said("a file for nft"): _SHEBANG.search(head) or _FLUSH.search(head),
        said("commands of nft"): _ADD.search(head),
    }
    reasons = tuple(told for told, match in found.items() if match)
    if len(reasons) < 2 and not _CHAIN.search(head):
        return Resemblance(0.3 if reasons else 0.1, reasons)
    if not (_HOOK.search(head) or _has_verdict(head)):
        return Resemblance(0.3, reasons)
    return Resemblance(min(0.99, 0.8 + 0.05 * len(reasons)), reasons)


def _has_verdict(head: bytes) -> bool:
    """A rule with a verdict, or a set of elements, stands in it."""
    return _VERDICT.search(head) is not None
