"""What dissectors say in words is data: sentences of the catalogue with their arguments, and nothing else that reads
like one of them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import chain

import pytest

from scanner.catalogues import sentences
from scanner.protocols.base import Operation, Session
from scanner.wording import marked, plain
from scanner.wording.said import OPEN, Argument, pieces_of
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

FOLDERS = sorted(path.name for path in CAPTURES.iterdir() if path.is_dir())
# Names of the specification that read like a sentence of ours.
NAMES = frozenset({("mqtt", "Continue authentication")})
_SEPARATORS = frozenset((", ", "; "))


def texts(folder: str) -> Iterator[tuple[str, str]]:
    """(protocol, text with marks) of everything in the folder's captures that may be said in words."""
    for path in sorted((CAPTURES / folder).glob("**/*.pcap*")):
        result, understood = understand_capture(path)
        for index, row in chain.from_iterable(((i, r) for r in rows) for i, rows in understood.rows.items()):
            if isinstance(row, Operation):
                yield from ((result.messages[index].protocol, marked(text)) for text in (row.unit, row.detail))
            elif isinstance(row, Session):
                yield result.messages[index].protocol, marked(row.detail)
        yield from (("", marked(session.detail)) for session, _ in understood.midway)


def skeletons(text: str) -> Iterator[str]:
    """The sentences that a text with marks consists of, with their placeholders."""
    pieces = pieces_of(text)
    whole = any(isinstance(piece, Argument) and not piece.name for piece in pieces)
    for piece in pieces:
        if isinstance(piece, Argument) and piece.ours:
            yield from skeletons(piece.value) if OPEN in piece.value else [piece.value]
    if whole:
        assert {p for p in pieces if isinstance(p, str)} <= _SEPARATORS, plain(text)
    else:
        yield "".join(f"{{{p.name}}}" if isinstance(p, Argument) else p for p in pieces)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_said_in_words_is_a_sentence_of_the_catalogue(folder: str) -> None:
    known = sentences("zh").general
    marked_texts = {text for _, text in texts(folder) if OPEN in text}
    unknown = {each for text in marked_texts for each in skeletons(text)} - known.keys()
    assert not {each for each in unknown if re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", each))}


@functools.cache
def likenesses() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Sentences without placeholders, and what the others look like; names and numbers stand in these."""
    known = [each for each in sentences("zh").general if re.search("[A-Za-z]{3}", re.sub(r"\{\w+\}", "", each))]
    patterns = (re.sub(r"\\\{\w+\\\}", r"\\S+", re.escape(each)) for each in known if "{" in each)
    return frozenset(each for each in known if "{" not in each), tuple(map(re.compile, patterns))


def reads_like_a_sentence(text: str) -> bool:
    """The whole, or a part of a list."""
    fixed, patterns = likenesses()
    whole = {text, *re.split("[,;] ", text)}
    return bool(whole & fixed) or any(pattern.fullmatch(part) for part in whole for pattern in patterns)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_not_said_in_words_reads_like_no_sentence(folder: str) -> None:
    verbatim = {(protocol, text) for protocol, text in texts(folder) if text and OPEN not in text}
    assert not {each for each in verbatim if each not in NAMES and reads_like_a_sentence(each[1])}
