from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scanner.engine import words
from scanner.engine.language.suggestions import expected
from scanner.facts.schema import TABLES
from scanner.wording import joined, marked, said
from scanner.wording.data import NAMES
from scanner.wording.spoken import spoken
from tests.packaged import rules
from tests.wording.in_both import both

CHINESE = re.compile("[\u4e00-\u9fff]")


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
    assert both(words.duration(seconds)) == {"en": en, "zh": zh}


def test_counts() -> None:
    assert both(words.counted(1, "client")) == {"en": "1 client", "zh": "1 个客户端"}
    assert both(words.counted(1234, "policy")) == {"en": "1,234 policies", "zh": "1,234 份策略"}


@pytest.mark.parametrize(
    ("category", "name", "zh"),
    [
        ("account", "user server 1", "用户 server 1"),
        ("acl", "acl 120 entry 10", "ACL 120 第 10 条"),
        ("interface", "server 1", "server 1"),
        ("interface", "device", "device"),
        ("line", "user", "user"),
    ],
)
def test_what_the_file_calls_an_item_is_never_translated(category: str, name: str, zh: str) -> None:
    assert both(words.item(category, name)) == {"en": name, "zh": zh}


def test_whatever_rules_count_has_its_words() -> None:
    for table in TABLES:
        if table in words._NOUNS:
            assert CHINESE.search(spoken(words.counted(2, table), "zh")), table
    assert {rule.table for rule in rules().values()} <= {*words._NOUNS}


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
        (
            "detail",
            [marked(joined([said("mode {name}", name="None"), said("signed")]))],
            "mode None, signed",
            "模式 None，已签名",
        ),
        ("client_roles", [["engineering_station"]], "engineering station", "工程师站"),
    ],
)
def test_values_of_messages(column: str, values: list[Any], english: str, chinese: str) -> None:
    assert both(words.listing(column, values)) == {"en": english, "zh": chinese}


def test_words_for_items_can_be_read_again_from_results() -> None:
    for name in json.loads(Path("reports/words/labels.json").read_text(encoding="utf-8")):
        assert not name.startswith("item.") or re.fullmatch(NAMES, f"#{name}"), name
