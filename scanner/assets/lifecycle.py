"""What a life-cycle cell of an inventory says: a date until which there is support, or that it is over.

People write 2026-06-30, 06/2026, Q2 2026, "EOS 2026-10", 30.06.2026, "Juni 2026", 2026年6月; and "discontinued",
"Abgekündigt", "phase-out", 停产. A date is the end of support unless the words beside it make it another one.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

ENDED, ENDING, SUPPORTED = "ended", "ending", "supported"
_LONGEST = 300  # characters of a cell that are looked at

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jän jänner",
            "february feb februar",
            "march mar märz mär mrz maerz",
            "april apr",
            "may mai",
            "june jun juni",
            "july jul juli",
            "august aug",
            "september sep sept",
            "october oct oktober okt",
            "november nov",
            "december dec dezember dez",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_OTHER = _YEAR.replace("<y>", "<y2>")
_DATES = (
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)",
    rf"(?<!\d){_YEAR}\s*[-./年]\s*(?P<m>\d{{1,2}})\s*[-./月]\s*(?P<d>\d{{1,2}})(?!\d)日?",
    rf"(?<!\d)(?P<d>\d{{1,2}})\s*[-./]\s*(?P<m>\d{{1,2}})\s*[-./]\s*{_YEAR}(?!\d)",
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]+(?P<word>{_MONTH})\b\.?[\s,-]*{_YEAR}",
    rf"\b(?P<word>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}",
    rf"\b(?P<word>{_MONTH})\b\.?[\s,/-]*{_YEAR}",
    rf"{_YEAR}[\s,/-]+(?P<word>{_MONTH})\b",
    rf"\bq(?P<q>[1-4])\s*[-/.]?\s*{_YEAR}|\b(?P<q2>[1-4])\.?\s*(?:quartal|quarter)\s*{_OTHER}",
    rf"(?<!\d){_YEAR}\s*[-/.]?\s*q(?P<q>[1-4])\b|{_OTHER}年?第?(?P<q2>[1-4一二三四])季度",
    rf"\b(?:h(?P<h>[12])|(?P<h2>[12])h)\s*[-/.]?\s*{_YEAR}",
    rf"(?<!\d){_YEAR}\s*[-/.]?\s*h(?P<h>[12])\b|{_OTHER}年?(?P<h2>[上下])半年",
    rf"(?<!\d){_YEAR}\s*[-./年]\s*(?P<m>1[0-2]|0?[1-9])(?!\d)月?",
    rf"(?<!\d)(?P<m>1[0-2]|0?[1-9])\s*[-./]\s*{_YEAR}(?!\d)",
    rf"\b(?:mid|mitte)[\s-]+(?P<mid>){_YEAR}|{_OTHER}年中",
    rf"(?<!\d){_YEAR}(?!\d)",
)

_NOT = (
    r"(?:\bnot\b|\bno\b|\bnone\b|\bnever\b|\bnicht\b|\bkein\w*|\bohne\b|\bun?known\b|未|无|没有|尚未|不会)"
    r"(?! longer)(?! mehr)"
)
_DENIED = re.compile(_NOT + r"(?:\W+\w+){0,2}\W*$")
_UNDECIDED = re.compile(r"unknown|tb[adc]\b|\bopen\b|offen|unbekannt|未知|未公布|未定|待定")
_UNTIL = re.compile(r"until|till|\bto\b|\bbis\b|至|截止|到")
_OVER = re.compile(
    r"end[ -]?of[ -]?(life|support|service|sale|production|maintenance|extended)|\beo(l|s|sl|sm|es|m|vs)\b|obsolete|"
    r"discontinu|unsupported|out of (support|service|maintenance|production)|no longer|\bretired\b|withdrawn|"
    r"decommission|abgekündigt|abgekuendigt|ausgelaufen|eingestellt|nicht mehr|typstreichung|ausverkauft|veraltet|"
    r"last[ -]time[ -]buy (has )?(passed|expired|over|missed)|support (has )?(ended|expired|over|abgelaufen|beendet)|"
    r"(ended|expired) support|\bnot supported|nicht unterstützt|不支持|\bpm ?(410|490|500)\b|"
    r"停产|停售|停止|停服|退市|淘汰|终止|过期|不再|报废|已停"
)
_OPEN = re.compile(
    r"^\W*(is |yet |still )*(unknown|tb[adc]\b|open\b|none\b|n/?a\b|not |offen|unbekannt|kein|未知|未公布|未定|待定|无)"
)
_ANNOUNCED = re.compile(
    r"^\W*(is |was |has been )*(announced|planned|foreseen|scheduled|angekündigt|geplant|已公布|计划)"
)
_COMING = re.compile(r"(即将|将要|将|计划|预计|\bplanned\b|\bwill( be)?\b|\bgeplant\w*|\bsoon\b|\bupcoming\b)\W*$")
_ENDING = re.compile(
    r"phas(e|ed|ing)[ -]?out|last[ -]time[ -]buy|last[ -]order|letzte bestell|auslauf|\blimited\b|\bclassic\b|"
    r"spare parts? only|"
    r"ersatzteil|\bpm ?400\b|\blegacy\b|end[ -]of[ -]life announced|abkündigung|即将停|逐步淘汰|限售|备件"
)
_SUPPORTED = re.compile(
    r"\bactive\b|\baktiv\b|supported|\bcurrent\b|\bmainstream\b|in production|general availability|\bga\b|"
    r"\blieferbar\b|\bpm ?300\b|unterstützt|在售|在产|有效|支持|正常供应|量产|现行"
)
_START = re.compile(
    r"\bsince\b|\bfrom\b|\bseit\b|\bintroduc|\blaunch|\breleas|\binstall|\bcommission|\bpurchas|\bbought\b|\bbuilt\b|"
    r"\bmanufactur|\bstart|\bwarrant|\bgarantie|\bkauf|\bbaujahr\b|\bupdated?\b|\bchecked\b|\breviewed\b|\bas of\b|"
    r"\bstand\b|"
    r"\bdeliver|投运|投产|投入|上市|发布|购置|采购|安装|出厂|质保|自"
)


class LifeCycle(NamedTuple):
    """state: ended, ending (announced, spare parts only), supported, or empty when it does not say.
    ends: the last day of support, where one is given.
    """

    state: str
    ends: date | None = None


@lru_cache(maxsize=65_536)
def life_cycle(text: str) -> LifeCycle:
    """What the cell says, as far as it can be understood."""
    words = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).casefold().split())
    over, coming = _over(words)
    ended = over or coming
    supported = not ended and _said(_SUPPORTED, words)
    if _said(_ENDING, words) and not ended:
        return LifeCycle(ENDING)
    dates = sorted(_dates(words))
    if dates and (ended or not _START.search(words)):
        if supported and not _UNTIL.search(words):
            return LifeCycle("")  # "active (2019)" says when somebody looked
        return LifeCycle("", dates[-1])
    if ended:
        return LifeCycle(ENDED if over else ENDING)
    denied = _OVER.search(words) is not None and not _UNDECIDED.search(words)
    return LifeCycle(SUPPORTED if supported or denied else "")


def _over(words: str) -> tuple[bool, bool]:
    """It is said to be over; it is said that it will be."""
    over = coming = False
    for match in _OVER.finditer(words):
        before, after = words[max(0, match.start() - 30) : match.start()], words[match.end() :]
        if _DENIED.search(before) or _OPEN.search(after):
            continue
        if _COMING.search(before) or _ANNOUNCED.search(after):
            coming = True
        else:
            over = True
    return over, coming


def _said(pattern: re.Pattern[str], words: str) -> bool:
    """It is said and not denied by the words shortly before it: "no end of life announced", 未停产."""
    return any(
        not _DENIED.search(words[max(0, match.start() - 30) : match.start()]) for match in pattern.finditer(words)
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Of dates; few scans have cells to read."""
    return tuple(map(re.compile, _DATES))


def _dates(words: str) -> Iterator[date]:
    """The dates in the text, each the last day that it can mean."""
    for pattern in _patterns():
        found = False
        for match in pattern.finditer(words):
            day = _day({key: value for key, value in match.groupdict().items() if value is not None})
            if day is not None:
                found = True
                yield day
        if found:
            words = pattern.sub(" ", words)


def _day(parts: dict[str, str]) -> date | None:
    year = int(parts.get("y") or parts["y2"])
    if "d" in parts:
        month = _MONTHS[parts["word"]] if "word" in parts else int(parts["m"])
        day = int(parts["d"])
        readings = [(month, day)] if "word" in parts else [(month, day), (day, month)]  # 30/06 and 06/30
        return max((found for m, d in readings if (found := _valid(year, m, d))), default=None)
    quarter, half = parts.get("q") or parts.get("q2"), parts.get("h") or parts.get("h2")
    if quarter:
        month = 3 * (int(quarter) if quarter.isascii() else "一二三四".index(quarter) + 1)
    elif half:
        month = 12 if half in "2下" else 6
    elif "word" in parts:
        month = _MONTHS[parts["word"]]
    else:
        month = int(parts.get("m", 6 if "mid" in parts else 12))
    return _valid(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
