"""What is said, in the language of a catalogue: sentence by sentence, arguments as they are."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from scanner.wording.said import OPEN, Argument, pieces_of

Whole = Callable[[str], str]


def rendered(text: str, sentences: Mapping[str, str], commas: Mapping[str, str], unmarked: Whole) -> str:
    """The text by ``sentences`` (English to another language, with the same placeholders); one that is not among them
    stays English. ``commas``: what stands between sentences. ``unmarked``: for text without arguments.
    """
    if OPEN not in text:
        return unmarked(text)
    pieces = list(pieces_of(text))
    again = functools.partial(rendered, sentences=sentences, commas=commas, unmarked=unmarked)
    values = {p.name: again(p.value) if p.ours else p.value for p in pieces if isinstance(p, Argument)}
    if "" in values:
        return "".join(again(p.value) if isinstance(p, Argument) else commas.get(p, p) for p in pieces)
    skeleton = "".join(f"{{{p.name}}}" if isinstance(p, Argument) else p for p in pieces)
    return _filled(sentences.get(skeleton, skeleton), values)


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    """The sentence with its values, which are never read as sentences."""
    out, rest = [], sentence
    while rest:
        literal, brace, rest = rest.partition("{")
        out.append(literal)
        if brace:
            name, _, rest = rest.partition("}")
            out.append(values.get(name, f"{{{name}}}"))
    return "".join(out)
