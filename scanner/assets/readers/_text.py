"""Text and YAML of strangers; what cannot be used of them is said as of any input."""

from __future__ import annotations

from pathlib import Path

from scanner.assets.inventory import content_of
from scanner.assets.text import Decoded, decode
from scanner.errors import DefinitionError, InputError, WrongText
from scanner.limits import limits
from scanner.yaml_positions import Document, load

_MAX_NODES = 1_500_000


def decoded(content: Path | bytes, name: str) -> Decoded:
    """The text and the name of its encoding; InputError when it is no text."""
    try:
        return decode(content_of(content, name))
    except WrongText as error:
        raise InputError(name, error.what, remedy=error.remedy) from error


def yaml_document(text: str, name: str) -> Document:
    """The data, everything in it as text, with its lines; InputError when it is not YAML, or too much."""
    try:
        return load(text, name, keep_text=True, max_bytes=limits().inventory_bytes, max_nodes=_MAX_NODES)
    except DefinitionError as error:
        first = error.problems[0]
        raise InputError(name, first.what, first.place, first.remedy) from error
