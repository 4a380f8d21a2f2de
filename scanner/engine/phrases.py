"""What otaudit itself says inside facts (reasons, conflicts, verbs), in Chinese.

Facts are kept in English, one text for each. Names of protocol functions, settings and everything that a device or a
file says stay as they are: they must be found again in the specification, in Wireshark or in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from scanner.catalogues import protocol_names
from scanner.engine.told import in_chinese, role_name
from scanner.results.model import Text
from scanner.wording import plain

VERBS = {
    "identify": "识别",
    "read": "读取",
    "subscribe": "订阅",
    "report": "上报",
    "write": "写入",
    "operate": "操作",
    "configure": "配置",
    "program-upload": "程序上载",
    "program-download": "程序下装",
    "start": "启动",
    "stop": "停止",
    "restart": "重启",
    "mode-change": "模式切换",
    "file-read": "读文件",
    "file-write": "写文件",
    "file-delete": "删除文件",
    "firmware-update": "固件更新",
    "authenticate": "身份鉴别",
    "diagnose": "诊断",
    "time-sync": "对时",
    "session": "会话",
    "unknown-function": "未知功能",
    "unknown": "未知",
}
_VALUES = {  # of settings
    "absent": "未配置",
    "closed": "关闭",
    "never": "从不",
    "no": "否",
    "none": "无",
    "plain": "明文",
    "reversible": "可还原",
    "unknown": "未知",
    "unknown-default": "未配置，默认值未知",
    "yes": "是",
}
_ENGLISH = {  # words of the tables that are no English
    "verb": {verb: verb.replace("-", " ") for verb in VERBS},
    "value": {
        "absent": "not configured",
        "plain": "plain text",
        "unknown-default": "not configured, default not known",
    },
    "credentials": {"user-password": "user name and password", "user-name": "user name"},
    "missing": {"order_number": "order number", "ips": "IP address", "macs": "MAC address"},
    "protocols": {"any": "any protocol"},
}
_FIELDS = {  # of inventories, as conflicts and duplicates name them
    "accounts": "账号",
    "address": "IP 地址",
    "criticality": "重要程度",
    "firmware": "固件",
    "hostname": "主机名",
    "id": "资产编号",
    "ips": "IP 地址",
    "location": "位置",
    "logging": "日志",
    "mac": "MAC 地址",
    "macs": "MAC 地址",
    "model": "型号",
    "order_number": "订货号",
    "ports": "端口",
    "protocols": "协议",
    "serial": "序列号",
    "type": "设备类型",
    "vendor": "厂商",
}
_WHERE = {"listed": "清单", "configured": "设备配置", "seen": "所见"}
_Told = Callable[[re.Match[str]], str]


def _protocol(name: str) -> str:
    """A protocol as people write it: ``S7comm``; any other name as it is."""
    return protocol_names().get(name, name)


def _lines(told: str) -> str:
    """Text with ``(r1.cfg line 12)``, where it has it."""
    return re.sub(r" \(([^()]*) line (\d+)\)", r"（\1 第 \2 行）", told)


def _deeds(told: str) -> str:
    """``s7comm start, s7comm stop``."""
    deeds = (deed.partition(" ") for deed in told.split(", "))
    return "、".join(f"{_protocol(protocol)} {VERBS.get(verb, verb)}".rstrip() for protocol, _, verb in deeds)


def _requests(told: str) -> str:
    """``12 modbus requests, 3 s7comm requests``."""
    return "、".join(
        re.sub(r"^(\d+) (\S+) requests$", lambda m: f"{m[1]} 次 {_protocol(m[2])} 请求", part)
        for part in told.split(", ")
    )


def _asked(told: str) -> str:
    """``s7comm program-download to 2 device(s); ...``."""
    return "；".join(
        re.sub(
            r"^(\S+) (\S+) to (\d+) device\(s\)$",
            lambda m: f"对 {m[3]} 台设备请求 {_protocol(m[1])} {VERBS.get(m[2], m[2])}",
            part,
        )
        for part in told.split("; ")
    )


def _typed(kind: str) -> str:
    """A type of an inventory, with a blank before one that is no Chinese word."""
    name = role_name(kind, "zh")
    return f" {name}" if name[0].isascii() else name


def _fields(told: str) -> str:
    return "、".join(_FIELDS.get(name, name) for name in told.split(", "))


_PHRASES: tuple[tuple[str, _Told], ...] = (
    (r"policy line (\d+)", lambda m: f"策略第 {m[1]} 行"),
    (r"inventory says (.+) \(([^()]+) row (\d+)\)", lambda m: f"资产清单写明{_typed(m[1])}（{m[2]} 第 {m[3]} 行）"),
    (r"inventory says (.+?) \((.+) row (\d+)\)", lambda m: f"资产清单写明{_typed(m[1])}（{m[2]} 第 {m[3]} 行）"),
    (r"its MAC address is a virtual one of (.+)", lambda m: f"其 MAC 地址是 {m[1]} 的虚拟地址"),
    (
        r"forwarded packets of (\d+) other address\(es\): (.+)",
        lambda m: f"转发了另外 {m[1]} 个地址的数据包：{m[2]}",
    ),
    (r"end of (\S+) tunnels", lambda m: f"{m[1]} 隧道的端点"),
    (r"said so itself \((.+)\)", lambda m: f"设备自述（{m[1]}）"),
    (r"answered (.+ requests), of controllers only", lambda m: f"仅应答控制器的 {_requests(m[1])}"),
    (r"answered (.+ requests)", lambda m: f"应答了 {_requests(m[1])}"),
    (r"answered (.+)", lambda m: f"应答了 {_deeds(m[1])}"),
    (r"asked for (.+)", lambda m: _asked(m[1])),
    (r"identified and configured (\d+) device\(s\)", lambda m: f"识别并配置了 {m[1]} 台设备"),
    (r"client of (\d+) controller\(s\) or I/O device\(s\)", lambda m: f"访问 {m[1]} 台控制器或 I/O 设备的客户端"),
    (r"sent spanning tree frames", lambda _: "发送了生成树帧"),
    (
        r"(\w+): (listed|configured) (.*), (configured|seen) (.*)",
        lambda m: f"{_FIELDS.get(m[1], m[1])}：{_WHERE[m[2]]}为 {_lines(m[3])}，{_WHERE[m[4]]}为 {_lines(m[5])}",
    ),
    (r"(.+) row (\d+) \(([\w, ]+)\)", lambda m: f"{m[1]} 第 {m[2]} 行（{_fields(m[3])}）"),
    (r"(.+) row (\d+)", lambda m: f"{m[1]} 第 {m[2]} 行"),
)
_COMPILED = tuple((re.compile(pattern, re.DOTALL), told) for pattern, told in _PHRASES)


def phrase(text: str) -> str:
    """A phrase of otaudit in Chinese; any other text as it is."""
    for pattern, told in _COMPILED:
        match = pattern.fullmatch(text)
        if match:
            return told(match)
    return text


def in_both(text: str) -> Text:
    """A phrase in both languages."""
    return {"en": text, "zh": phrase(text)}


_BY_COLUMN: dict[str, Callable[[str], str]] = {
    "verb": lambda text: VERBS.get(text, text),
    "value": lambda text: _VALUES.get(text, text),
    "protocol": _protocol,
    "protocols": lambda text: "任何协议" if text == "any" else _protocol(text),
    "missing": lambda text: _FIELDS.get(text, text),
    **dict.fromkeys(("conflict_details", "duplicates", "inventory_row"), phrase),
    **dict.fromkeys(
        ("credentials", "detail", "item", "limits", "not_understood", "unit", "unread", "versions"), in_chinese
    ),
}


def english(column: str, text: str) -> str:
    """A value of a column as an English message shows it."""
    return _ENGLISH.get(column, {}).get(text) or plain(text)


def chinese(column: str, text: str) -> str:
    """A value of a column as a Chinese message shows it."""
    return _BY_COLUMN.get(column, str)(text)
