"""What readers and dissectors say of an input in English, in Chinese: ``reports/words/zh.po``.

A template holds words and placeholders. ``{text}`` is again something otaudit says. What any other stands for is kept
as it is, because a device, a file or a specification says it: ``{word}`` has no white space, one letter is a number or
or an address, ``{names}`` is a list of names, ``{words}`` is all the rest, and every other name is one name.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from scanner.catalogues import labels, sentences
from scanner.results.model import Text
from scanner.wording import Said, kept, verbatim
from scanner.wording.rendered import Language, rendered
from scanner.wording.said import OPEN

_PLACE = re.compile(r"\{([a-z]+)\d?\}")
_TOKENS = re.compile(r'"[^"]*"|\([^()]*\)|[,;] |.', re.DOTALL)
_COMMAS = {", ": "，", "; ": "；"}
_BALANCED = re.compile(r"[^()]*(\([^()]*\)[^()]*)*")
_KINDS = {"word": r"(\S+?)"}
_ENDS_OF: dict[str, set[str]] = {"names": {"; "}, "words": set(), "text": set()}  # separators that end a placeholder
_NAMES = frozenset(  # of placeholders in what may come without marks
    ("codec", "command", "device", "encoding", "end", "format", "head", "header", "host", "k", "kind", "m", "maker")
    + ("method", "n", "name", "names", "other", "range", "text", "what", "word", "words")
)
_Template = tuple[re.Pattern[str], tuple[str, ...], str]


def told(text: str) -> Text:
    """Something otaudit says, for results; nothing when it is empty. What has no marks is what somebody else says."""
    return _told(text.marked if isinstance(text, Said) else text) if text else {}


@functools.lru_cache(maxsize=65_536)
def _told(text: str) -> Text:
    if OPEN in text:
        return {"en": kept(text)}
    chinese = in_chinese(text)
    return {"en": verbatim(text)} if chinese == text else {"en": text, "zh": chinese}


@functools.lru_cache(maxsize=65_536)
def in_chinese(text: str) -> str:
    """The text, as tables hold it, sentence by sentence. Without marks: the whole by one template, else each part of a
    list (``a, b; c``) by its own; unknown text as it is.
    """
    return rendered(text, Language(sentences("zh"), labels("zh"), _unmarked))


def _unmarked(text: str) -> str:
    whole = _by_template(text)
    if whole is not None:
        return whole
    parts = _parts(text)
    if len(parts) == 1:
        return text
    chinese = [_by_template(part) if n % 2 == 0 else None for n, part in enumerate(parts)]
    out = []
    for n, part in enumerate(parts):
        if n % 2:
            beside_chinese = chinese[n - 1] is not None or chinese[n + 1] is not None
            out.append(_COMMAS[part] if beside_chinese else part)
        else:
            out.append(part if chinese[n] is None else str(chinese[n]))
    return "".join(out)


def _parts(text: str) -> list[str]:
    """Part, separator, part ...; separators in quotes or brackets do not part."""
    parts = [""]
    for token in _TOKENS.findall(text):
        if token in _COMMAS:
            parts += [token, ""]
        else:
            parts[-1] += token
    return parts


def _by_template(text: str) -> str | None:
    words, templates = _templates()
    if text in words:
        return words[text]
    for pattern, names, chinese in templates:
        match = pattern.fullmatch(text)
        if match and all(_is_one(name, value) for name, value in zip(names, match.groups(), strict=True)):
            values = {n: in_chinese(v) if n == "text" else v for n, v in zip(names, match.groups(), strict=True)}
            return _PLACE.sub(lambda place, values=values: values[place[0][1:-1]], chinese)  # type: ignore[misc]
    return None


def _is_one(name: str, value: str) -> bool:
    """What the placeholder stands for does not run on into the next part of a list."""
    if "(" in value and not _BALANCED.fullmatch(value) and name != "words":
        return False
    ends = _ENDS_OF.get(name.rstrip("0123456789"), set(_COMMAS))
    return ends.isdisjoint(_parts(value)[1::2])


@functools.cache
def _templates() -> tuple[Mapping[str, str], tuple[_Template, ...]]:
    """Fixed sentences, and templates, those with the most fixed words first."""
    said = sentences("zh").general
    fixed = {english: chinese for english, chinese in said.items() if not _PLACE.search(english)}
    templates = (e for e in said if e not in fixed and _NAMES.issuperset(_PLACE.findall(e)))
    ranked = sorted(templates, key=lambda e: -len(_PLACE.sub("", e)))
    return fixed, tuple(_template(english, said[english]) for english in ranked)


def _template(english: str, chinese: str) -> _Template:
    pieces = _PLACE.split(english)
    kinds = [_KINDS.get(name, r"(-?\d[\d.,:/\-]*)" if len(name) == 1 else "(.+?)") for name in pieces[1::2]]
    literals = [re.escape(piece) for piece in pieces[::2]]
    pattern = literals[0] + "".join(kind + literal for kind, literal in zip(kinds, literals[1:], strict=True))
    return re.compile(pattern, re.DOTALL), tuple(m[0][1:-1] for m in _PLACE.finditer(english)), chinese
