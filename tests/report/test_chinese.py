"""A Chinese reader meets no English sentence in any report of the fixtures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from scanner.catalogues.po import entries
from scanner.engine.verdict.judged_facts import enriched
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.inputs import find_inputs
from scanner.protocols import protocol_names
from scanner.report import html
from scanner.results.model import Results
from scanner.scan import judge_scan, read_inputs

PLANTS = [str(plant) for plant in sorted(Path("fixtures/plants").iterdir())]
OTHERS = ["fixtures/captures", "fixtures/configs"]
CHINESE = re.compile("[\u4e00-\u9fff]")
# four words in a row; names rarely have more, sentences rarely fewer
SENTENCE = re.compile(r"[A-Za-z][a-z'’]+(?:[ ,;:()/]+[A-Za-z]?[a-z'’]+){3,}")

# What devices, files, people and specifications say themselves, which is kept in every language.
VERBATIM = {
    "captures": ("source",),
    "conduits": ("conduit", "from_zone", "to_zone", "reason", "owner"),
    "devices": ("name", "vendor", "model", "oui_vendor", "firmware", "protocols"),
    "identities": ("value",),
    "inventory": ("name", "hostname", "vendor", "model", "firmware", "location", "owner"),
    "operations": ("function", "object", "refusals", "client_name", "server_name"),
    "sessions": ("versions", "ciphers", "certificate_subject", "certificate_issuer", "server_names"),
    "settings": ("category", "item", "setting", "value", "text"),
    "waivers": ("reason", "approved_by"),
    "zones": ("zone", "name"),
}
QUOTED = re.compile(r'“[^”]*”|"[^"]*"|\([^()]*\)')  # commands to type, texts of devices, what a name is short for


class Shown(HTMLParser):
    """The texts that the page shows in other languages than ``but``, those aside that are in elements that quote."""

    def __init__(self, page: str, but: tuple[str, ...] = ("en",)) -> None:
        super().__init__(convert_charrefs=True)
        self.but = but
        self.texts: list[str] = []
        self.hidden: list[bool] = [False]
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"meta", "input", "br", "link", "img", "hr"}:
            return
        quotes = tag in {"style", "script", "code", "pre", "title"}
        language = dict(attrs).get("lang") or dict(attrs).get("class") or ""
        other = tag != "html" and language.partition("-")[0] in self.but
        self.hidden.append(self.hidden[-1] or quotes or other)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self.hidden[-1] and data.strip():
            self.texts.append(data)


def _read(paths: list[str]) -> tuple[Facts, Results]:
    scan = read_inputs(list(find_inputs(paths, [])), jobs=1)
    return scan.facts, judge_scan(scan, profile="default", started=datetime(2026, 1, 1, tzinfo=UTC), clock=0.0)


def verbatim(facts: Facts, results: Results) -> list[str]:
    """Every text of the facts that stays as it is, the longest first."""
    tables = enriched(facts, enrich(facts)).tables
    said = {framework.edition for framework in results.frameworks} | {row.name for row in results.techniques}
    for table, columns in VERBATIM.items():
        for column in columns:
            for value in tables[table][column].to_list():
                said.update(value if isinstance(value, list) else [value])
    names = {re.sub(r" \(\d+\)$", "", text) for text in said if text}  # refusals have their count
    # a single word is no sentence, and "not" or "read" may be a value; protocols stand in lists
    names = {text for text in names if not text.isalpha()} | set(protocol_names())
    return sorted(names, key=lambda text: (-len(text), text))


@pytest.mark.parametrize("paths", [*([plant] for plant in PLANTS), OTHERS], ids=lambda paths: Path(paths[-1]).name)
def test_no_english_sentence_is_left(paths: list[str]) -> None:
    facts, results = _read(paths)
    assert results.rules
    shown = Shown(html.render(results)).texts
    assert sum(bool(CHINESE.search(text)) for text in shown) > 500, "the page is Chinese at all"
    assert any(SENTENCE.search(text) for text in shown), "names that stay are found where they are not taken out"
    said = verbatim(facts, results)
    left = {text: found for text in set(shown) if (found := sentence_in(text, said))}
    assert left == {}


def sentence_in(text: str, said: Iterable[str]) -> str:
    """The first English sentence in the text that nobody but otaudit says."""
    if not SENTENCE.search(text):
        return ""
    for name in said:
        if name in text:
            text = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", "…", text)
    text = QUOTED.sub("…", text)  # first: a command that begins with a slash would take its quotation mark with it
    found = SENTENCE.search(re.sub(r"\S+/\S+", "…", text))  # addresses of the web and of files
    return found[0] if found else ""


# What an assessor would not write, and what to write.
GONE = {
    "抓包": "流量采集",
    "抓取": "采集",
    "安全会话": "会话",
    "跳板机": "堡垒机",
    "合格": "符合",
    "应做": "整改建议",
    "处置建议": "整改建议",
    "身份认证": "身份鉴别",
    "人工检查": "人工核查",
    "陌生": "未授权",
    "听从": "接受",
    "死而复生": "重新被视为有效",
    "较重": "较严重",
    "移动核心网": "5G 核心网（5GC）",
    "已显示": "共",
}
# the standard names of 802.1X and of 802.11's deauthentication; certification, which is another thing
AUTHENTICATION = re.compile(
    "端口认证|经认证或检测|认证证书|认证核准|组件认证|安全认证|认证或检测|通过认证|MAC 地址认证|加密认证|证书认证"
    "|解除认证"
)
# blanks and quotes that Chinese typesetting does not have
PUNCTUATION = re.compile(
    '[。，；：！？（）、] |[\u4e00-\u9fff][,;:!?] |"[\u4e00-\u9fff]|[\u4e00-\u9fff]"|\\([^()]*[\u4e00-\u9fff][^()]*\\)'
)


def _chinese_texts() -> Iterator[tuple[str, str]]:
    """Every Chinese text that otaudit says, with where it stands: rules, frameworks, the catalogue."""
    for file in sorted(Path("rules").rglob("*.yaml")):
        yield from ((str(file), text) for text in _localised(yaml.safe_load(file.read_text(encoding="utf-8"))))
    file = Path("reports/words/zh.po")
    yield from ((str(file), form) for entry in entries(file.read_text(encoding="utf-8")) for form in entry.forms)


def _localised(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("zh"), str):
            yield value["zh"]
        for key, inner in value.items():
            if key != "examples":
                yield from _localised(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _localised(inner)


def test_words_that_an_assessor_would_not_write_are_gone() -> None:
    texts = list(_chinese_texts())
    assert len(texts) > 2000
    assert [(where, text, wrong) for where, text in texts for wrong in GONE if wrong in text] == []
    assert [(where, text) for where, text in texts if "认证" in AUTHENTICATION.sub("", text)] == []


def test_chinese_punctuation() -> None:
    assert [(where, text) for where, text in _chinese_texts() if PUNCTUATION.search(text)] == []
