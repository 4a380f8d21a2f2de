"""Numbers, times and counted nouns in the languages of the reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from scanner.engine.phrases import chinese, english
from scanner.engine.told import role_name
from scanner.results.model import Text
from scanner.wording import plain

SHOWN = 5  # distinct values that a message lists before it says how many more there are

_NOUNS: dict[str, tuple[str, str, str, str]] = {  # key -> one, many, Chinese measure word, Chinese noun
    "captures": ("capture", "captures", "个", "流量采集文件"),
    "flows": ("conversation", "conversations", "条", "数据流"),
    "operations": ("operation", "operations", "次", "操作"),
    "distinct operations": ("distinct operation", "distinct operations", "种", "操作"),
    "sessions": ("session", "sessions", "个", "会话"),
    "malformed": (
        "conversation with malformed messages",
        "conversations with malformed messages",
        "条",
        "含畸形报文的数据流",
    ),
    "publications": ("publication", "publications", "项", "发布"),
    "state_changes": ("change of state", "changes of state", "次", "状态变化"),
    "sightings": ("address pair", "address pairs", "个", "地址对"),
    "addresses": ("claimed address", "claimed addresses", "个", "被声明的地址"),
    "identities": ("identity value", "identity values", "项", "身份信息"),
    "devices": ("device", "devices", "台", "设备"),
    "inventory": ("inventory entry", "inventory entries", "条", "资产记录"),
    "zones": ("zone", "zones", "个", "区域"),
    "conduits": ("conduit", "conduits", "条", "管道"),
    "writers": ("writers entry", "writers entries", "条", "写入授权"),
    "undecided": ("undecided operation", "undecided operations", "项", "待确认操作"),
    "roles": ("role assignment", "role assignments", "项", "角色分配"),
    "settings": ("setting", "settings", "项", "配置"),
    "client": ("client", "clients", "个", "客户端"),
    "server": ("server", "servers", "个", "服务端"),
    "file": ("file", "files", "个", "文件"),
    "distinct": ("distinct form", "distinct forms", "种", "不同形式"),
    "configuration": ("configuration", "configurations", "份", "设备配置文件"),
    "policy": ("policy", "policies", "份", "策略"),
    "list": ("inventory", "inventories", "份", "资产清单"),
    "packet": ("packet", "packets", "个", "数据包"),
    "answer": ("answer", "answers", "个", "应答"),
    "address": ("address", "addresses", "个", "地址"),
    "connection": ("connection", "connections", "个", "连接"),
}
INPUTS: dict[str, Text] = {
    "capture": {"en": "packet capture", "zh": "流量采集数据"},
    "inventory": {"en": "device inventory", "zh": "资产清单"},
    "policy": {"en": "zones-and-conduits policy", "zh": "区域与管道策略"},
    "zones": {"en": "policy that declares zones", "zh": "划分了区域的策略"},
    "configuration": {"en": "device configuration", "zh": "设备配置"},
}


def both(en: str, zh: str) -> Text:
    """A text in both languages."""
    return {"en": en, "zh": zh}


def joined(parts: Iterable[Text], en: str = "; ", zh: str = "；") -> Text:
    """Several texts as one."""
    parts = list(parts)
    return both(en.join(p["en"] for p in parts), zh.join(p["zh"] for p in parts))


def first_of(texts: Iterable[Text], more: int, noun: str) -> Text:
    """``a, b and 3 conversations more``: the first of many, and how many there are besides."""
    text = joined(texts, ", ", "、")
    if more <= 0:
        return text
    others = counted(more, noun)
    return both(f"{text['en']} and {others['en']} more", f"{text['zh']} 等，另有 {others['zh']}")


def enumerated(parts: Sequence[Text]) -> Text:
    """``a, b and c``; in Chinese clauses stay side by side."""
    last = parts[-1]["en"]
    head = ", ".join(p["en"] for p in parts[:-1])
    return both(f"{head} and {last}" if head else last, joined(parts)["zh"])


def counted(number: int, noun: str) -> Text:
    """``1,204 operations``, ``1,204 次操作``."""
    one, many, measure, chinese = _NOUNS[noun]
    return both(f"{number:,} {one if number == 1 else many}", f"{number:,} {measure}{chinese}")


def number_of(number: int, noun: str) -> Text:
    """A number where the noun was named before: ``1,204``, ``1,204 次``."""
    return both(f"{number:,}", f"{number:,} {_NOUNS[noun][2]}")


def duration(seconds: float) -> Text:
    """Seconds in the two largest units that matter: ``3 h 12 min``."""
    whole = int(seconds)
    if whole < 10:
        return both(f"{seconds:.1f} s", f"{seconds:.1f} 秒")
    units = ((86400, "d", "天"), (3600, "h", "小时"), (60, "min", "分"), (1, "s", "秒"))
    parts: list[tuple[int, str, str]] = []
    for size, en, zh in units:
        count, whole = divmod(whole, size)
        if count or parts:
            parts.append((count, en, zh))
    shown = [p for p in parts[:2] if p[0]]
    return both(" ".join(f"{n} {en}" for n, en, _ in shown), " ".join(f"{n} {zh}" for n, _, zh in shown))


def share(part: float) -> str:
    """A share from 0 to 1 in per cent."""
    return f"{part:.0%}" if part == 0 or part >= 0.01 else "<1%"


def iso(moment: datetime | None) -> str:
    """ISO 8601 UTC with microseconds where there are any; empty when unknown."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""


_UNKNOWN = both("unknown", "未知")
_NO_ZONE = both("no zone", "无区域")


def shown(column: str, value: Any, language: str) -> str:
    """One value of a column as a message shows it."""
    if value is None or value == "":
        return (_NO_ZONE if column.endswith("zone") else _UNKNOWN)[language]
    if isinstance(value, bool):
        return {"en": ("no", "yes"), "zh": ("否", "是")}[language][value]
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, float):
        return f"{round(value, 2):g}"
    return chinese(column, str(value)) if language == "zh" else plain(str(value))


def listing(column: str, values: Iterable[Any], language: str) -> str:
    """Distinct values of a column, at most ``SHOWN`` of them and how many more; elements of lists one by one."""
    distinct = dict.fromkeys(one for value in values for one in (value if isinstance(value, list) else [value]))
    # beside what is known, the unknown is not worth a word; to be in no zone is
    known = [one for one in distinct if one not in (None, "") or column.endswith("zone")]
    if column == "credentials" and len(known) > 1:
        known = [kind for kind in known if kind != "none"]
    texts = list(dict.fromkeys(_in_message(column, one, language) for one in known or [None]))
    more = len(texts) - SHOWN
    comma, semicolon = (", ", "; ") if language == "en" else ("、", "；")
    head = (semicolon if any(re.search("[,，;；]", text) for text in texts) else comma).join(texts[:SHOWN])
    if more <= 0:
        return head
    return f"{head} and {more} more" if language == "en" else f"{head} 等，另有 {more} 项"


def _in_message(column: str, value: Any, language: str) -> str:
    if isinstance(value, str) and value:
        if column.endswith("roles"):
            return role_name(value, language)
        if language == "en":
            return english(column, value)
    return shown(column, value, language)
