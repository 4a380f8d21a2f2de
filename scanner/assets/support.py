"""Until when an operating system gets updates from its maker, by the text that an inventory or a device gives for it.

The systems are in ``systems.yaml``. A text is normalised first, so that "WINDOWS-7", "Win7 Pro", "Windows® 7" and
"视窗7" are one system.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import yaml

NO_END = date(2099, 12, 31)  # none is announced
_LONGEST = 200  # characters of a text that are looked at

# Tried in order on the text in lower case.
_WORDS = (
    (r"[®™©]|\((r|tm|c)\)", " "),
    (r"微软|操作系统|系统|版本|microsoft|\bms (?=windows)|gnu/linux", " "),
    (r"视窗", "windows "),
    (r"服务器|伺服器", " server "),
    (r"嵌入式", " embedded "),
    (r"长期服务频道|长期服务", " ltsc "),
    (r"家庭版|家庭", " home "),
    (r"专业版|专业", " professional "),
    (r"企业版|企业|旗舰版", " enterprise "),
    (r"银河麒麟|麒麟", " kylin "),
    (r"中标\s*kylin", " neokylin "),
    (r"统信|统一", " uos "),
    (r"欧拉", " openeuler "),
    (r"红帽", " rhel "),
    (r"红旗", " redflag "),
    (r"乌班图", " ubuntu "),
    (r"版", " "),
    (r"[\u00ad\u2010-\u2015_,;:()\[\]\"'/-]+", " "),
    (r"\bservice ?pack\b", "sp"),
    (r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])", " "),  # win7, nt4, 11sp3
    (r"\b(v|ver|version|release|rel) ?(?=[0-9])", ""),
    (r"\b([0-9]{2}) h ([12])\b", r"\1h\2"),  # 21h2 again
    (r"\bx (64|86|32)\b|\b(32|64) ?bit\b|\bamd 64\b|\bsp [0-9]+\b(?!.*sles)(?<!sles 15 sp [0-9])", " "),
    (r"\bw 2 k 3\b", "windows server 2003 "),
    (r"\bw 2 k 8\b", "windows server 2008 "),
    (r"\bw 2 k 12\b", "windows server 2012 "),
    (r"\bw 2 k 16\b", "windows server 2016 "),
    (r"\bw 2 k 19\b", "windows server 2019 "),
    (r"\bw 2 k 22\b", "windows server 2022 "),
    (r"\b(w|win|windows) 2 k\b", "windows 2000 "),
    (r"\bw (?=(xp|7|8|8\.1|10|11)\b)", "windows "),
    (r"\bws (?=20[0-9]{2}\b)", "windows server "),
    (r"\bwin(dows)? ?(?=(xp|ce|nt|me|vista|server|embedded|iot|mobile)\b)", "windows "),
    (r"(?<!windows )\bvista\b", "windows vista"),
    (r"\bwindows seven\b", "windows 7"),
    (r"\bwindows eight\b", "windows 8"),
    (r"\bwindows ten\b", "windows 10"),
    (r"\bwindows eleven\b", "windows 11"),
    (r"(?<!windows )\bnt (?=[3-6]\.[0-9])", "windows nt "),
    (r"\bwinxp\b", "windows xp"),
    (r"\bwince\b", "windows ce"),
    (r"\bwinnt\b", "windows nt"),
    (r"\bwes (?=(7|2009)\b)", "windows embedded standard "),
    (r"\bwec (?=(7|8|2013)\b)", "windows embedded compact "),
    (r"\bwin\b", "windows"),
    (
        r"\b(xp)( professional| home)?\b(?<!windows xp)(?<!windows xp professional)(?<!windows xp home)",
        r"windows \1",
    ),
    (r"\bpro\b", "professional"),
    (r"\bwindows (professional|enterprise|ultimate|home|server) (?=(7|8|8\.1|10|11|xp|vista)\b)", r"windows "),
    (r"\bwindows 10 \.? ?0\b", "windows 10 0"),
    (r"\bred ?hat enterprise linux\b|\bredhat\b|\bred hat\b(?! linux)|\bel (?=[5-9]\b)", "rhel"),
    (r"\brhel enterprise( linux)?\b|\brhel linux\b", "rhel"),
    (r"\bsuse linux enterprise( server| desktop)?\b|\bsle[sd]\b", "sles"),
    (r"\bcent ?os\b", "centos"),
    (r"\bvx works\b", "vxworks"),
    (r"\bsun os\b", "sunos"),
    (r"\boracle solaris\b", "solaris"),
)
_PAID = re.compile(r"\b(esu|esm|els|elts|ltss|extended (security|support)|ubuntu pro|legacy (support|add))\b")


class Support(NamedTuple):
    """What is known of a system.

    certain: the last day up to which every edition that the text may mean is supported; None when even that is open.
    until: the last day of the one that is supported longest, with a paid contract where the maker sells one; None when
    it cannot be told.
    """

    system: str  # empty: not recognised
    certain: date | None = None
    until: date | None = None


class _System(NamedTuple):
    name: str
    find: re.Pattern[str]
    certain: date | None
    until: date | None


@cache
def _systems() -> tuple[_System, ...]:
    rows = yaml.safe_load(files("scanner.assets").joinpath("systems.yaml").read_text(encoding="utf-8"))["systems"]
    return tuple(map(_system, rows))


def _system(row: dict[str, object]) -> _System:
    dates = {key: value for key in ("until", "paid", "first") if isinstance(value := row.get(key), date)}
    if row.get("supported"):
        dates = {"until": NO_END}
    until = dates.get("until")
    return _System(str(row["name"]), re.compile(str(row["find"])), dates.get("first", until), dates.get("paid", until))


@cache
def _replacements() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Of words; few scans have cells to read."""
    return tuple((re.compile(pattern), word) for pattern, word in _WORDS)


def normalised(text: str) -> str:
    """The text as systems.yaml finds systems in it."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    for pattern, word in _replacements():
        text = pattern.sub(word, text)
    return " ".join(text.split())


@lru_cache(maxsize=65_536)
def support_of(text: str) -> Support:
    """Which system the text means, and until when it is supported."""
    words = normalised(text)
    found = next((s for s in _systems() if s.find.search(words)), None)
    if found is None:
        return Support("")
    if found.until is not None and _PAID.search(words):  # a contract that reaches further, perhaps
        return Support(found.name, found.certain, None)
    return Support(found.name, found.certain, found.until)
