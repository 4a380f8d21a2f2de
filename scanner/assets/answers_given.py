"""What a cell of an inventory answers to a question: yes, no, or in words, which may leave it open.

"2026-01-31" and "EPP 12" say that there is a backup or a protection; "planned" and "to be checked" leave it open. The
words are in ``answers.tsv``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from scanner.assets.kinds import consent
from scanner.assets.spelling import normalise
from scanner.code_tables import rows_table
from scanner.errors import WrongText

ANSWERS = (
    *("backup", "restore_tested", "redundancy", "malware_protection", "certified", "default_credentials"),
    "logging",
)
_CREDENTIALS = "default_credentials"  # a date or a product is no answer to whether they are in use
_REDUNDANCY = "redundancy"
# "no contract", "nicht nötig", 不需要: it says no to something, and nobody knows to what
_DENIAL = (
    r"^(?:(?:no|not|non|never|without|missing|lacks?|(?:noch )?(?:kein\w*|nicht)|nie|fehlt|ohne|pas|aucun\w*|jamais"
    r"|sans|sin|ningun\w*|nunca|nessun\w*|senza|mai|nenhum\w*|sem|não|geen|niet|nooit|zonder|нет|не|без|никогда)\b"
    r"|[未无無没不缺]|暂无|尚未|还没|还未|없|미(?!러)|안 )|(?:なし|無し|없음|していない)\s*$"
)


def settled(text: str, column: str) -> str:
    """``yes`` or ``no`` where the text means one of them, else the text as it is given."""
    try:
        return "yes" if consent(text) else "no"
    except WrongText:
        if column == _REDUNDANCY and normalise(text) in _meaning("alone"):
            return "no"
        if column == _CREDENTIALS and normalise(text) in _meaning("kept"):
            return "yes"
        return "no" if normalise(text) in _meaning("changed" if column == _CREDENTIALS else "no") else text


def undecided(column: str, given: str) -> bool:
    """The answer says nothing, or leaves it open."""
    return given not in ("yes", "no") and (
        not given or column == _CREDENTIALS or _open().search(_names().sub("", given.casefold())) is not None
    )


@cache
def _words() -> dict[str, list[str]]:
    found = defaultdict(list)
    for meaning, word in rows_table(__package__, "answers.tsv"):
        found[meaning].append(word)
    return found


@cache
def _meaning(meaning: str) -> frozenset[str]:
    return frozenset(map(normalise, _words()[meaning]))


@cache
def _names() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word.casefold()) for word in _words()["name"]))


@cache
def _open() -> re.Pattern[str]:
    """What leaves it open: whole words where a script has blanks between them, and a denial that is no plain one."""
    words = [word.casefold() for word in _words()["open"]]
    spaced = "|".join(re.escape(word) for word in words if word[0].isalpha() and word[0] < "\u2e80")
    others = "|".join(re.escape(word) for word in words if not (word[0].isalpha() and word[0] < "\u2e80"))
    return re.compile(rf"\b(?:{spaced})\b|{others}|{_DENIAL}")
