"""Texts of results, in a language and as JSON.

``{"en": "...", "zh": "..."}`` where people wrote it in these languages. What otaudit says has its English for readers
without its catalogues, and what all other languages are made from: ``{"en": "session HMI", "sentence": "session
{name}", "arguments": {"name": "HMI"}}``. A rule's sentence is one for each language that the rule has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from scanner.results.model import Text
from scanner.wording import Said, marked
from scanner.wording.data import NAMES, as_data, from_data
from scanner.wording.spoken import spoken

ENGLISH, SENTENCE, ARGUMENTS = "en", "sentence", "arguments"
DEEPEST = 20  # sentences in sentences
_NAME = re.compile(NAMES)
Wrong = Callable[[str, str], Exception]  # of a place below the text, what is wrong there


def pick(text: Text, language: str = "en") -> str:
    """The text in the language, else in English, else in the first language there is."""
    chosen = text.get(language) or text.get(ENGLISH) or next((text[k] for k in sorted(text) if text[k]), "")
    return spoken(chosen, language) if isinstance(chosen, Said) else chosen


def encoded(text: Text) -> dict[str, Any]:
    """The text for JSON, its languages in alphabetical order."""
    if not any(type(each) is not str for each in text.values()):
        return {language: text[language] for language in sorted(text)}
    parts = {language: as_data(marked(each)) for language, each in text.items() if isinstance(each, Said)}
    if not parts or len(parts) < len(text):
        return {language: str(text[language]) for language in sorted(text)}
    if text.keys() == {ENGLISH}:
        return {ENGLISH: str(text[ENGLISH]), **parts[ENGLISH]}
    arguments: dict[str, Any] = {}
    for part in parts.values():
        if any(arguments.setdefault(name, value) != value for name, value in part[ARGUMENTS].items()):
            return {language: str(text[language]) for language in sorted(text)}  # said differently in each
    sentences = {language: part[SENTENCE] for language, part in sorted(parts.items())}
    first = ENGLISH if ENGLISH in text else min(text)
    return {first: str(text[first]), SENTENCE: sentences, ARGUMENTS: arguments}


def is_said(value: Mapping[str, Any]) -> bool:
    """The JSON has a sentence with arguments."""
    return SENTENCE in value or ARGUMENTS in value


def decoded(value: Mapping[str, Any], wrong: Wrong) -> Text:
    """The text of ``encoded``. What its English was changed to, without its sentence, is what it says now."""
    for name in (SENTENCE, ARGUMENTS):
        if name not in value:
            raise wrong("", f"the field {name} is missing")
    sentence, arguments = value[SENTENCE], value[ARGUMENTS]
    shown = {name: text for name, text in value.items() if name not in (SENTENCE, ARGUMENTS)}
    for name, text in shown.items():
        _must_be(text, str, f".{name}", "text", wrong)
    _check_arguments(arguments, ".arguments", wrong)
    if isinstance(sentence, dict):
        for language, text in sentence.items():
            _must_be(text, str, f".sentence.{language}", "text", wrong)
        made: Text = {
            language: from_data({SENTENCE: text, ARGUMENTS: arguments}) for language, text in sentence.items()
        }
    else:
        _must_be(sentence, str, ".sentence", "text, or an object of texts,", wrong)
        made = {ENGLISH: from_data({SENTENCE: sentence, ARGUMENTS: arguments})}
    return made if all(made.get(name) == text for name, text in shown.items()) else shown


def _check_arguments(arguments: Any, place: str, wrong: Wrong, depth: int = 1) -> None:
    _must_be(arguments, dict, place, "an object of arguments", wrong)
    for name, value in arguments.items():
        if not _NAME.fullmatch(name):
            raise wrong(place, "an argument has a name that is none")
        if isinstance(value, str):
            continue
        inside = f"{place}.{name}"
        _must_be(value, dict, inside, "a text or a sentence", wrong)
        if value.keys() != {SENTENCE, ARGUMENTS}:
            raise wrong(inside, "a sentence and its arguments are expected")
        if depth == DEEPEST:
            raise wrong(inside, f"sentences stand in sentences, {DEEPEST} deep")
        _must_be(value[SENTENCE], str, f"{inside}.sentence", "text", wrong)
        _check_arguments(value[ARGUMENTS], f"{inside}.arguments", wrong, depth + 1)


def _must_be(value: Any, kind: type, place: str, what: str, wrong: Wrong) -> None:
    if not isinstance(value, kind):
        raise wrong(place, f"{what} is expected")
