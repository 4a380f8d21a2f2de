"""Sentences as plain data, for JSON: ``{"sentence": "session {name}", "arguments": {"name": "HMI"}}``.

An argument is a text that somebody else says, or again such an object. Of several sentences in a row the places are
numbered: ``{1}, {2}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanner.wording.said import CLOSE, MARKS, NAME, OPEN, Argument, Said, pieces_of

NAMES = r"[\w#:.-]{1,100}"  # a pattern: of arguments
_PLACE = re.compile(rf"\{{({NAMES})\}}")
_NO_MARKS = str.maketrans("", "", MARKS)
VERBATIM = "name"  # the only place in a sentence of ``verbatim``
Data = dict[str, Any]


def as_data(marked: str) -> Data:
    """A text with marks as its sentence and arguments."""
    return _data(pieces_of(marked))


def _data(pieces: Sequence[str | Argument]) -> Data:
    if len(pieces) == 1 and isinstance(alone := pieces[0], Argument) and not alone.name and OPEN not in alone.value:
        return {"sentence": alone.value, "arguments": {}}
    sentence, number = "", 0
    arguments: Data = {}
    for piece in pieces:
        if isinstance(piece, str):
            sentence += piece
            continue
        number += not piece.name
        name = piece.name or str(number)
        arguments[name] = _value(piece)
        sentence += f"{{{name}}}"
    return {"sentence": sentence, "arguments": arguments}


def _value(piece: Argument) -> Data | str:
    """A text that somebody else says, also where it stands for a whole sentence."""
    if not piece.ours:
        return piece.value
    alone = piece.pieces[0] if len(piece.pieces) == 1 else None
    if isinstance(alone, Argument) and alone.name == VERBATIM and not alone.ours:
        return alone.value
    return _data(piece.pieces)


def is_number(name: str) -> bool:
    """The argument is one of several sentences in a row."""
    return name.isascii() and name.isdecimal()


def from_data(data: Mapping[str, Any]) -> Said:
    """The text of ``as_data``. Whoever wrote the data: what is no place of an argument is text."""
    return Said(_marked(data))


def _marked(data: Mapping[str, Any]) -> str:
    text = _with_arguments(data)
    return text if OPEN in text else f"{OPEN}{NAME}{text}{CLOSE}"


def _with_arguments(data: Mapping[str, Any]) -> str:
    return "".join(_pieces(data["sentence"], data["arguments"]))


def _pieces(sentence: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    for number, part in enumerate(_PLACE.split(sentence)):
        if number % 2 == 0:
            yield part.translate(_NO_MARKS)
        elif part not in arguments:
            yield f"{{{part}}}"
        elif isinstance(arguments[part], str):
            text = arguments[part].translate(_NO_MARKS)
            if is_number(part):
                text = f"{OPEN}{VERBATIM}{NAME}{text}{CLOSE}"
            yield f"{OPEN}{'' if is_number(part) else part}{NAME}{text}{CLOSE}"
        elif is_number(part):
            yield f"{OPEN}{NAME}{_with_arguments(arguments[part])}{CLOSE}"
        else:
            yield f"{OPEN}{part}{NAME}{_marked(arguments[part])}{CLOSE}"
