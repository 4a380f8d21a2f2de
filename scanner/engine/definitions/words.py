"""Catalogues of languages that a user's folder brings in ``words``, as ``reports/words`` has those of otaudit.

A folder may be anybody's: what would end a report, or stand in one as markup, is a mistake that is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.catalogues import CATALOGUE, bring, english_label, packaged_languages, po
from scanner.engine.definitions.files import WORDS, DefinitionFile
from scanner.errors import Problem
from scanner.wording import Said, said

_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")
_PLACE = re.compile(r"\{(\w+)")
_MOST_TOLD = 20


def bring_words(given: tuple[DefinitionFile, ...]) -> list[Problem]:
    """Let otaudit speak the languages in the files; what is wrong with others."""
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    for file in given:
        if file.folder != WORDS:
            continue
        language = file.source.replace("\\", "/").rpartition("/")[2].removesuffix(".po")
        wrong = list(_wrong(language, file, taken))
        problems += wrong[:_MOST_TOLD]
        if not wrong:
            taken[language] = file.source
            bring(language, file.content.decode())
    return problems


def _wrong(language: str, file: DefinitionFile, taken: dict[str, str]) -> Iterator[Problem]:
    if not CATALOGUE.fullmatch(f"{language}.po"):
        yield Problem(file.source, said("is not called after a language"), remedy=said("call it as in pl.po, pt_BR.po"))
        return
    if language in packaged_languages():
        yield Problem(file.source, said("otaudit has a catalogue of this language"), remedy=said("remove it"))
    if language in taken:
        yield Problem(file.source, said("{source} is of the same language", source=taken[language]))
    try:
        content = file.content.decode()
        head, entries = po.header(content), list(po.entries(content))
        po.plural_rule(head)
    except (ValueError, KeyError, RecursionError) as error:
        yield Problem(file.source, said("is no catalogue (PO, UTF-8): {reason}", reason=str(error)))
        return
    if not _TAG.fullmatch(head.get("Language", language)):
        yield Problem(file.source, said("'{value}' is no tag of a language", value=head["Language"][:40]))
    for entry in entries:
        allowed = _places(entry.text, entry.plural, english_label(entry.context) if entry.context else "", "{n}")
        for form in entry.forms:
            if more := _places(form) - allowed:
                what = _more(min(more), entry.text)
                yield Problem(file.source, what, remedy=said("keep the placeholders of the English"))


def _more(place: str, text: str) -> Said:
    return said("'{text}' has no {place} in English", text=text[:60], place="{" + place + "}")


def _places(*texts: str) -> set[str]:
    return {name for text in texts for name in _PLACE.findall(text)}
