"""What otaudit says, by language: the files of ``reports/words``.

English is written where it is said: sentences in the code (``scanner.wording``), fixed words of reports under keys in
``labels.json``. Every ``LANGUAGE.po`` beside it is a language. What one lacks is English.
"""

from __future__ import annotations

import functools
import json
import re
import typing
from collections.abc import Iterator, Mapping
from importlib.resources import files

from scanner.catalogues import po

ENGLISH = "en"
_ONE = "_one"  # ends the key of the English singular
_FOLDER = files("scanner.reports").joinpath("words")
_NO_DIGITS = re.compile(r"\D")
CATALOGUE = re.compile(r"([a-z]{2,8}(?:_[A-Za-z0-9]{2,8})*)\.po")
_brought: dict[str, str] = {}  # language -> the catalogue that a user's folder has of it


@functools.cache
def languages() -> tuple[str, ...]:
    """The languages that otaudit speaks, English first."""
    return ENGLISH, *sorted({*packaged_languages()[1:], *_brought})


def packaged_languages() -> tuple[str, ...]:
    """Those that come with otaudit, English first."""
    found = (CATALOGUE.fullmatch(file.name) for file in _FOLDER.iterdir())
    return ENGLISH, *sorted(name[1] for name in found if name)


def bring(language: str, content: str) -> None:
    """Speak a language more, from here on. content: its catalogue, which the caller has checked."""
    if _brought.get(language) != content:
        _brought[language] = content
        for known in (languages, sentences, labels):
            known.cache_clear()


def tag(language: str) -> str:
    """As HTML names it: ``zh-Hans``."""
    return sentences(language).tag or language.replace("_", "-")


def mark(language: str) -> str:
    """As parts of a page in several languages name it: ``zh``, unless another language begins so."""
    first = tag(language).partition("-")[0]
    return first if sum(tag(name).partition("-")[0] == first for name in languages()) == 1 else tag(language)


def own_name(language: str) -> str:
    """What a language calls itself, in short."""
    return labels(language)["language.own"] if language == ENGLISH else sentences(language).own_name or language


@functools.cache
def protocol_names() -> Mapping[str, str]:
    """How the name of each protocol is written."""
    return _json("protocols")


class Sentences:
    """The sentences of one language by the English ones, both with their placeholders."""

    def __init__(self, content: str) -> None:
        header = po.header(content)
        self._rule = po.plural_rule(header)
        self.tag = header.get("Language", "").replace("_", "-")
        self._forms: dict[str, tuple[str, ...]] = {}
        self.labels: dict[str, tuple[str, ...]] = {}  # by key
        for context, text, plural, forms in po.entries(content):
            if context:
                self.labels[context] = forms
            else:
                self._forms[text] = forms
                if plural:
                    self._forms[plural] = forms

    @property
    def own_name(self) -> str:
        """What the language calls itself; empty when its catalogue does not say."""
        return self.labels.get("language.own", ("",))[0]

    def __call__(self, sentence: str, arguments: Mapping[str, str] | None = None) -> str:
        """The sentence in this language, or as it is. What is counted is called ``n``."""
        forms = self._forms.get(sentence)
        if forms is None:
            return sentence
        if len(forms) == 1:
            return forms[0]
        digits = _NO_DIGITS.sub("", (arguments or {}).get("n", ""))
        return self.form(forms, int(digits[-18:] or 0))

    def form(self, forms: tuple[str, ...], number: int) -> str:
        """The one of these that the number takes."""
        return forms[min(self._rule(number), len(forms) - 1)]

    @functools.cached_property
    def general(self) -> Mapping[str, str]:
        """Every sentence in its most general form."""
        return {sentence: forms[-1] for sentence, forms in self._forms.items()}


@functools.cache
def sentences(language: str) -> Sentences:
    """The catalogue of a language; that of English is empty."""
    if language == ENGLISH:
        return Sentences("")
    if language in _brought:
        return Sentences(_brought[language])
    return Sentences(_FOLDER.joinpath(f"{language}.po").read_text(encoding="utf-8"))


class Labels(Mapping[str, str]):
    """The fixed words of reports in one language, by their keys; what the language lacks is English."""

    def __init__(self, language: str) -> None:
        self._english = _english()
        self._own = sentences(language)

    def __getitem__(self, key: str) -> str:
        own = self._own.labels.get(key)
        return own[-1] if own else self._english[key]

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._english if not key.endswith(_ONE))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def counting(self, key: str, number: int) -> str:
        """The words for this number of things."""
        own = self._own.labels.get(key)
        if own:
            return self._own.form(own, number)
        return self._english.get(key + _ONE, self._english[key]) if number == 1 else self._english[key]


@functools.cache
def labels(language: str) -> Labels:
    """The fixed words of reports in the language."""
    return Labels(language)


def english_label(key: str) -> str:
    """The fixed words of reports under the key in English; empty when there are none."""
    return _english().get(key, "") + _english().get(key + _ONE, "")


@functools.cache
def _english() -> Mapping[str, str]:
    return _json("labels")


def _json(name: str) -> Mapping[str, str]:
    text = _FOLDER.joinpath(f"{name}.json").read_text(encoding="utf-8")
    return typing.cast("dict[str, str]", json.loads(text))
