"""Words that stand on the page a thousand times: the style writes them before what they are said of.

An element of the class ``t-KEY`` has the fixed word KEY before its content, in the language that is chosen. These are
the names of fields, and conclusions in the lists of zones. Whatever a reader would look for or copy is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.catalogues import ENGLISH, labels, languages

_OTHERS = re.compile(r"(verdict|judge)\.[a-z-]+|scale\.[a-z0-9-]+\.[a-z-]+")
_FIELDS = (
    *("verdict-reason", "remediation", "observed", "what-checked", "judged-with", "why", "confidence", "audience"),
    *("evidence-for", "attack", "references", "ask-question", "ask-for", "judged-by"),
    *("e.place", "e.who", "e.frames", "e.when", "e.count", "e.message", "e.outcome", "e.filter"),
)


def class_of(key: str) -> str:
    """The class of an element that the word stands before."""
    return f"t-{key.removeprefix('verdict.').replace('.', '-')}"


def style() -> str:
    """The rules that write the words in every language."""
    parts = [f"body {{ {_values(ENGLISH)} }}"]
    for name in languages():
        if name != ENGLISH:
            chosen = f':root[data-lang="{name}"] body, :root:not([data-lang]):has(#lang-{name}:checked) body'
            parts.append(f"{chosen} {{ {_values(name)} }}")
    parts += [f".{class_of(key)}::before {{ content: var(--{class_of(key)}); }}" for key in _keys()]
    return "\n".join(parts) + "\n"


def _keys() -> Iterator[str]:
    yield from _FIELDS
    yield "manual"
    yield from (
        key for key in labels(ENGLISH) if re.fullmatch(r"(verdict|judge)\.[a-z-]+|scale\.[a-z0-9-]+\.[a-z-]+", key)
    )


def _values(language: str) -> str:
    words = labels(language)
    return " ".join(f'--{class_of(key)}: "{_quoted(words[key])}";' for key in _keys())


def _quoted(word: str) -> str:
    """For a string of a style sheet that stands within HTML."""
    return re.sub(r'["\\<>&\x00-\x1f]', lambda found: f"\\{ord(found[0]):x} ", word)
