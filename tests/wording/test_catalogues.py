"""Catalogues are PO files that every tool of translators reads alike, and that have what otaudit says, no more."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from scanner.catalogues import ENGLISH, Sentences, labels, languages, sentences
from scanner.catalogues.po import Translation, entries
from tests.wording import extraction
from tests.wording.extraction import extracted, obsolete

WORDS = Path("reports/words")
TRANSLATED = [language for language in languages() if language != ENGLISH]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1)


def catalogue(language: str) -> Catalog:
    """As Babel reads it."""
    return read_po(BytesIO((WORDS / f"{language}.po").read_bytes()), abort_invalid=True)


def as_babel_has_it(given: Catalog) -> Iterator[Translation]:
    for message in given:
        texts = message.id if isinstance(message.id, tuple) else (message.id, "")
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if texts[0] and all(forms) and not message.fuzzy:
            yield Translation(message.context or "", *texts, tuple(forms))


def test_there_are_languages() -> None:
    assert sorted(file.stem for file in WORDS.glob("*.po")) == TRANSLATED
    assert languages()[:1] == (ENGLISH,)
    assert "zh" in TRANSLATED


@pytest.mark.parametrize("language", TRANSLATED)
def test_tools_of_translators_read_the_same(language: str) -> None:
    given = catalogue(language)
    read = list(entries((WORDS / f"{language}.po").read_text(encoding="utf-8")))
    assert read == list(as_babel_has_it(given))
    assert len(read) > 1000
    assert {len(entry.forms) for entry in read if entry.plural} == {given.num_plurals}


@given(st.dictionaries(TEXT, st.tuples(TEXT, st.sampled_from(["", "c"]), st.booleans(), st.booleans()), max_size=5))
def test_whatever_babel_writes_is_read(texts: dict[str, tuple[str, str, bool, bool]]) -> None:
    made = Catalog(locale="pl")
    for text, (other, context, counts, fuzzy) in texts.items():
        flags = ["fuzzy"] if fuzzy else []
        if counts:
            made.add(
                (text, other), (other, text, other, text)[: made.num_plurals], context=context or None, flags=flags
            )
        else:
            made.add(text, other, context=context or None, flags=flags)
    file = BytesIO()
    write_po(file, made)
    assert list(entries(file.getvalue().decode())) == list(as_babel_has_it(made))


POLISH = """
msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "{n} file"
msgid_plural "{n} files"
msgstr[0] "{n} plik"
msgstr[1] "{n} pliki"
msgstr[2] "{n} plików"
"""


@pytest.mark.parametrize(
    ("number", "wanted"),
    [("1", "{n} plik"), ("2", "{n} pliki"), ("5", "{n} plików"), ("1,222", "{n} pliki"), ("1,212", "{n} plików")],
)
def test_every_language_counts_in_its_own_way(number: str, wanted: str) -> None:
    polish = Sentences(POLISH)
    assert polish("{n} files", {"n": number}) == polish("{n} file", {"n": number}) == wanted


def test_labels_are_counted() -> None:
    assert labels("en").counting("packets", 1) != labels("en").counting("packets", 2)
    assert labels("zh").counting("packets", 1) == labels("zh").counting("packets", 2) == labels("zh")["packets"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_code_says_is_known(language: str) -> None:
    known = {(e.context, e.text, e.plural) for e in entries((WORDS / f"{language}.po").read_text(encoding="utf-8"))}
    said = {(m.context or "", *(m.id if isinstance(m.id, tuple) else (m.id, ""))) for m in extracted() if m.id}
    assert len(said) > 600
    assert sorted(said - known) == []
    assert [message.id for message in obsolete(catalogue(language))] == []


def test_a_language_is_begun_with_every_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (*WORDS.glob("*.po"), WORDS / "labels.json"):
        shutil.copy(file, tmp_path)
    before = (tmp_path / "zh.po").read_bytes()
    monkeypatch.setattr(extraction, "WORDS", tmp_path)
    extraction.main("pl")
    begun, whole = (read_po(BytesIO((tmp_path / f"{name}.po").read_bytes())) for name in ("pl", "zh"))
    assert {(m.context, m.id) for m in begun} == {(m.context, m.id) for m in whole}
    assert not any(any(m.string) if m.pluralizable else m.string for m in begun if m.id)
    assert begun.num_plurals == 3
    assert (tmp_path / "zh.po").read_bytes() == before


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_those_of_the_english_text(language: str) -> None:
    for entry in entries((WORDS / f"{language}.po").read_text(encoding="utf-8")):
        wanted = places(entry.plural or entry.text)
        for form in entry.forms:
            assert places(form) <= wanted, entry
            assert not entry.context or wanted <= places(form) | {"n"}, entry


def test_english_needs_no_catalogue() -> None:
    assert sentences(ENGLISH)("session {name}") == "session {name}"
