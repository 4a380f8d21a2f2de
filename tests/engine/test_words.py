from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import scanner
from scanner.engine import words
from scanner.engine.language.suggestions import expected


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0.0 s", "0.0 秒"),
        (9.96, "10.0 s", "10.0 秒"),
        (12, "12 s", "12 秒"),
        (60, "1 min", "1 分"),
        (95, "1 min 35 s", "1 分 35 秒"),
        (3600, "1 h", "1 小时"),
        (3605, "1 h", "1 小时"),
        (11_520, "3 h 12 min", "3 小时 12 分"),
        (90_000, "1 d 1 h", "1 天 1 小时"),
    ],
)
def test_durations(seconds: float, en: str, zh: str) -> None:
    assert words.duration(seconds) == {"en": en, "zh": zh}


def test_counts() -> None:
    assert words.counted(1, "client") == {"en": "1 client", "zh": "1 个客户端"}
    assert words.counted(1234, "policy") == {"en": "1,234 policies", "zh": "1,234 份策略"}
    assert words.number_of(1234, "operations") == {"en": "1,234", "zh": "1,234 次"}


def test_every_noun_that_is_counted_has_its_words() -> None:
    calls = (
        call
        for path in Path(scanner.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    )
    counting = [c for c in calls if c.func.id in ("counted", "first_of", "number_of") and len(c.args) > 1]
    nouns = {noun.value for c in counting if isinstance(noun := c.args[-1], ast.Constant)}
    assert len(nouns) > 5
    for noun in nouns:
        assert words.counted(2, noun)["en"].startswith("2 ")


@pytest.mark.parametrize(("part", "text"), [(0, "0%"), (0.004, "<1%"), (0.5, "50%"), (1, "100%")])
def test_shares(part: float, text: str) -> None:
    assert words.share(part) == text


def test_hints() -> None:
    assert expected("sr 2.1", ["SR 2.1", "SR 1.1"]) == "did you mean 'SR 2.1'?"
    assert expected("zzz", ["b", "a"]) == "expected one of: a, b"
    assert expected("zzz", [f"w{i:02}" for i in range(40)]).endswith(", w29 and 10 more")
    assert expected("zzz", []) == ""


@pytest.mark.parametrize(
    ("column", "values", "english", "chinese"),
    [
        ("verb", ["mode-change", "stop"], "mode change, stop", "模式切换、停止"),
        ("value", ["absent"], "not configured", "未配置"),
        ("credentials", ["none", "user-password"], "user name and password", "用户名和口令"),
        ("credentials", ["none"], "none", "无"),
        ("client_zone", ["", "cell"], "no zone, cell", "无区域、cell"),
        ("function", ["", "Write"], "Write", "Write"),
        ("detail", ["mode None, signed"], "mode None, signed", "安全模式 None，已签名"),
        ("client_roles", [["engineering_station"]], "engineering station", "工程师站"),
    ],
)
def test_values_of_messages(column: str, values: list[Any], english: str, chinese: str) -> None:
    assert words.listing(column, values, "en") == english
    assert words.listing(column, values, "zh") == chinese
