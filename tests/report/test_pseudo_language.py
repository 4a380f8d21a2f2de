"""A language is one file: with a made-up one, every sentence of otaudit is in it, and what others say is untouched."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner import catalogues
from scanner.catalogues import po
from scanner.configs.remedies import remedies_in, with_commands
from scanner.errors import DefinitionError
from scanner.facts.frames import Facts
from scanner.inputs import find_inputs
from scanner.report import encode, formats, html, in_language
from scanner.report._html import page
from scanner.results.model import Results
from scanner.results.serialise import from_json, to_json
from scanner.scan import judge_scan, read_inputs
from tests.report.test_chinese import Shown, sentence_in, verbatim

BEGIN, END = "⟦", "⟧"
ACCENTS = str.maketrans("aeiouAEIOUnc", "áéíóúÁÉÍÓÚñç")
PLACE = re.compile(r"(\{\w+\})")
FORMATS = ("csv", "junit", "sarif", "sarif-github", "text")
DEMO = Path("fixtures/plants/bottling")


def pretended(text: str) -> str:
    """The text with accents, between marks, its placeholders as they are."""
    pieces = PLACE.split(text)
    return BEGIN + "".join(p if n % 2 else p.translate(ACCENTS) for n, p in enumerate(pieces)) + END


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _entry(entry: po.Translation) -> str:
    lines = [f"msgctxt {quoted(entry.context)}"] if entry.context else []
    lines.append(f"msgid {quoted(entry.text)}")
    if entry.plural:
        lines.append(f"msgid_plural {quoted(entry.plural)}")
        forms = (entry.text, entry.plural)
        lines += [f"msgstr[{n}] {quoted(pretended(form))}" for n, form in enumerate(forms)]
    else:
        lines.append(f"msgstr {quoted(pretended(entry.text))}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def pseudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The words of otaudit with one catalogue more."""
    words = Path("reports/words")
    for file in words.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    given = po.entries((words / "zh.po").read_text(encoding="utf-8"))
    head = 'msgid ""\nmsgstr ""\n"Language: xx\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    (tmp_path / "xx.po").write_text("\n".join([head, *map(_entry, given)]), encoding="utf-8")
    monkeypatch.setattr(catalogues, "_FOLDER", tmp_path)
    _forget()
    yield "xx"
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for cached in (catalogues.languages, catalogues.sentences, catalogues.labels, page._environment):
        cached.cache_clear()


@pytest.fixture(scope="module")
def both() -> tuple[Facts, Results]:
    return scanned(DEMO)


@pytest.fixture
def facts(both: tuple[Facts, Results]) -> Facts:
    return both[0]


@pytest.fixture
def plant(both: tuple[Facts, Results]) -> Results:
    return both[1]


def scanned(folder: Path) -> tuple[Facts, Results]:
    scan = read_inputs(list(find_inputs([str(folder)], [])), jobs=1)
    return scan.facts, judge_scan(scan, profile="default", started=datetime(2026, 1, 1, tzinfo=UTC), clock=0.0)


def innermost_out(text: str) -> str:
    """The text without what is between marks, at any depth."""
    before = ""
    while before != text:
        before, text = text, re.sub(f"{BEGIN}[^{BEGIN}{END}]*{END}", " … ", text)
    return text


def test_no_sentence_of_otaudit_is_left(pseudo: str, facts: Facts, plant: Results) -> None:
    others = verbatim(facts, plant)
    page = html.render(plant)
    assert f'id="lang-{pseudo}"' in page
    shown = _in(page)
    assert sum(text.count(BEGIN) for text in shown) > 5000
    left = {text: found for text in set(map(innermost_out, shown)) if (found := sentence_in(text, others))}
    assert left == {}


def _in(page: str) -> list[str]:
    """The texts that the page shows in a language that is neither English nor Chinese, but for those marked foreign."""
    return Shown(page, but=("en", "zh")).texts


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_speaks_it(name: str, pseudo: str, plant: Results) -> None:
    text = encode(in_language(formats()[name], pseudo).render(plant)).decode()
    assert text.count(BEGIN) > 100
    assert plant.devices[0].name in text
    assert text.count(BEGIN) == text.count(END)


def test_saved_results_speak_a_language_that_came_later(pseudo: str, plant: Results) -> None:
    again = from_json(to_json(plant), "r.json")
    form = in_language(formats()["text"], pseudo)
    assert encode(form.render(again)) == encode(form.render(plant))


NAME = "the file is empty"  # one of the sentences of otaudit
DEVICE = "PLC-FILL-1"


def test_a_device_that_is_called_like_a_sentence_keeps_its_name(pseudo: str, tmp_path: Path) -> None:
    folder = tmp_path / "plant"
    shutil.copytree(DEMO, folder)
    for file in folder.rglob("*"):
        if file.suffix in {".csv", ".yaml", ".cfg", ".conf", ".txt"}:
            text = file.read_bytes()
            file.write_bytes(re.sub(rb"(?<!\w)PLC-FILL-1(?![\w-])", NAME.encode(), text))
    _, results = scanned(folder)
    form = formats()["text"]
    texts = {each: encode(in_language(form, each).render(results)).decode() for each in ("en", "zh", pseudo)}
    counts = {each: len(re.findall(NAME.replace(" ", r"\s+"), text)) for each, text in texts.items()}
    assert min(counts.values()) > 5
    assert "文件为空" not in texts["zh"]
    assert pretended(NAME) not in texts[pseudo]


ACME = b"""
systems: {en: Acme OS, xx: Akme OS}
remedies:
  replace-telnet: {en: no telnet, xx: ni telneto}
  archive: {en: archive daily}
"""


def test_remedies_speak_it(pseudo: str) -> None:
    held = remedies_in(ACME, "acme.yaml")
    text = {"en": "Use SSH.", "zh": "使用 SSH。", pseudo: "Uzu SSH."}
    both = (held["replace-telnet"], held["archive"])
    assert with_commands(text, both)["en"] == "Use SSH. Acme OS: no telnet. Acme OS: archive daily."
    assert with_commands(text, both)["zh"] == (
        "使用 SSH。Acme OS (en)：no telnet (en)；Acme OS (en)：archive daily (en)。"
    )
    unmarked = with_commands(text, both)[pseudo].replace(BEGIN, "").replace(END, "")
    assert unmarked == "Uzu SSH. Akme OS: ni telneto. Akme OS: archive daily (en)."


def test_remedies_in_a_language_that_is_none_are_refused() -> None:
    with pytest.raises(DefinitionError, match=re.escape("expected systems: {en: ..., zh: ...}")):
        remedies_in(ACME, "acme.yaml")
