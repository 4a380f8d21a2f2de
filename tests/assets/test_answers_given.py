"""Whether a list answers what it is asked: a plain no is one, however it is written, and a plan is no answer."""

from __future__ import annotations

import pytest

from scanner.assets.answers_given import settled, undecided


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "Nein",
        "none",
        "Not installed",
        "未备份",
        "désactivé",
        "FALSE",
        "off",
        "なし",
        "nooit",
        "nessuno",
        "нет",
        "없음",
        "暂无",
        "sem backup",
    ],
)
def test_a_plain_no(text: str) -> None:
    assert settled(text, "backup") == "no"
    assert not undecided("backup", "no")


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-31", "weekly", "EPP 12", "Acronis, see NAS", "每周", "allow-listing", "hot standby"),
        *("Check Point Endpoint", "ClamAV (open source)", "PAS Cyber Integrity", "计划任务每日", "待机冗余"),
    ],
)
def test_words_that_answer(text: str) -> None:
    assert settled(text, "backup") == text
    assert not undecided("backup", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "planned 2027",
        "To be checked",
        "?",
        "licence expired",
        "partly",
        "geplant",
        "计划明年",
        "待确认",
        "not needed",
        "kein Bedarf",
        "noch kein Vertrag",
        "fehlgeschlagen am 3.",
        "senza licenza",
        "não previsto",
        "geen licentie",
        "не требуется",
        "미정",
        "契約なし",
        "last run failed",
    ],
)
def test_words_that_leave_it_open(text: str) -> None:
    assert settled(text, "backup") == text
    assert undecided("backup", text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("changed", "no"),
        ("已修改", "no"),
        ("ja", "yes"),
        ("Factory", "yes"),
        ("未修改", "yes"),
        ("2026-01-31", "2026-01-31"),
    ],
)
def test_credentials_of_the_maker_are_in_use_or_not(text: str, answer: str) -> None:
    assert settled(text, "default_credentials") == answer
    assert undecided("default_credentials", answer) == (answer == "2026-01-31")


def test_what_stands_alone_is_not_redundant() -> None:
    assert [settled(text, "redundancy") for text in ("single", "Stand-alone", "单机", "dual")] == [
        "no",
        "no",
        "no",
        "dual",
    ]
    assert settled("standalone", "malware_protection") == "standalone"
