"""Statements as they stand in a file: blocks in braces, and commands such as ``set``.

Sources: Junos OS CLI User Guide ("Configuration statements", "Display set", "Comments", load override/set formats). A
statement ends with a semicolon or opens a block with a brace; a command ends with its line. Strings stand in double
quotes, lists in brackets, comments behind ``#`` or between ``/*`` and ``*/``; prompts and pagers are of a terminal.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from scanner.configs.tree import MAX_OPAQUE

_VERBS_WORDS = (
    "set delete deactivate activate insert annotate protect unprotect rename copy edit top up exit replace quit"
)
VERBS = frozenset(_VERBS_WORDS.split())
_TOKEN = re.compile(r'\s+|(/\*)|(#.*)|([{};])|([\[\]])|("(?:[^"\\]|\\.)*")|(")|((?:<[^<>\s]*>|[^\s;{}"\[\]])+)')
_END_OF_STRING = re.compile(r'(?:[^"\\]|\\.)*?"')
_PAGER = re.compile(r"---\(more(?: \d+%)?\)---")
_PROMPT = re.compile(r"[\w.-]+@[^\s@]+ ?[>#%](?: |$)")
_MEMBER = re.compile(r"\{[\w-]+(?::[\w/-]+)?\}(?:\s*\[edit.*\])?$")  # {master:0}, above a prompt
_BESIDE = re.compile(  # what else a terminal shows around a configuration
    r"\[edit.*\]$|spawn |--- JUNOS |Last login|warning: |Entering config"
    r"|commit (?:complete|and-quit)|Exiting config|load complete|mgd: |error: ",
    re.IGNORECASE,
)
MOST_WORDS = 4_000  # of one statement; lists of VLANs and prefixes have some hundred


class PieceKind(enum.Enum):
    """What stands there."""

    OPENS = "opens"  # words and a brace
    STATES = "states"  # words and a semicolon
    CLOSES = "closes"
    COMMAND = "command"  # a line that begins with a verb
    COMMENT = "comment"
    PROMPT = "prompt"
    STRAY = "stray"  # words that are neither
    CUT = "cut"  # some words of a statement are left out
    ENDLESS = "endless"  # a string or comment without an end


@dataclass(frozen=True, slots=True)
class Piece:
    """One of them: its first and last line, and its words with their quotes; of others the text is the only word."""

    kind: PieceKind
    line: int
    end: int
    words: Sequence[str] = ()


_Behind = Generator[Piece, None, tuple[str, int]]


def overwritten(line: str) -> str:
    """A line without the prompts of the pager, which a terminal overwrites."""
    return _PAGER.sub("\r", line).rsplit("\r", 1)[-1] if "---(more" in line else line


def events(lines: Sequence[str], verbs: frozenset[str] = VERBS) -> Iterator[Piece]:
    """Everything that stands in the lines, in their order. verbs: the words that commands begin with."""
    return _Lexer(lines, verbs).run()


class _Lexer:
    """The state of one pass over the lines."""

    def __init__(self, lines: Sequence[str], verbs: frozenset[str]) -> None:
        self.lines = lines
        self.verbs = verbs
        self.words: list[str] = []
        self.begun = 0
        self.depth = 0
        self.at = 0  # lines that are read
        self.command = False
        self.cut = 0  # line of the first statement whose words are not all kept

    def run(self) -> Iterator[Piece]:
        """All of them."""
        while self.at < len(self.lines):
            text = self.lines[self.at]
            self.at += 1
            bare = text.strip()
            if _PROMPT.match(bare):
                yield from self._stray()
                yield Piece(PieceKind.PROMPT, self.at, self.at, [bare])
                continue
            if _MEMBER.match(bare) or (self.depth == 0 and (not bare or _BESIDE.match(bare))):
                continue
            if self.depth == 0:
                if bare[0] != "{":
                    yield from self._stray()
                self.command = bare.split(None, 1)[0] in self.verbs and not bare.endswith(("{", ";"))
            yield from self._line(text)
            if self.command:
                yield from self._end(PieceKind.COMMAND)
                self.command = False
        yield from self._stray()
        if self.cut:
            yield Piece(PieceKind.CUT, self.cut, self.cut)

    def _stray(self) -> Iterator[Piece]:
        """Words of a line at the margin that is no statement, unless a list or a block goes on."""
        if self.words and self.words.count("[") <= self.words.count("]"):
            yield from self._end(PieceKind.STRAY)

    def _end(self, kind: PieceKind) -> Iterator[Piece]:
        if self.words:
            yield Piece(kind, self.begun, self.at, self.words)
            self.words = []

    def _line(self, text: str) -> Iterator[Piece]:
        place = 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:  # never: every character fits one of them
                return
            place = found.end()
            comment, remark, sign, bracket, string, opened, word = found.groups()
            if comment or opened:
                ended = yield from (self._comment(text, place) if comment else self._string())
                text, place = ended
            elif remark:
                yield Piece(PieceKind.COMMENT, self.at, self.at, [remark])
            elif sign and not self.command:
                yield from self._sign(sign)
            elif sign or bracket or string or word:
                self._word(sign or bracket or string or word)

    def _word(self, word: str) -> None:
        if not self.words:
            self.begun = self.at
        if len(self.words) < MOST_WORDS:
            self.words.append(word)
        elif word != "]":
            self.cut = self.cut or self.at

    def _sign(self, sign: str) -> Iterator[Piece]:
        if sign == "{":
            self.depth += 1
            self.begun = self.begun if self.words else self.at
            yield Piece(PieceKind.OPENS, self.begun, self.at, self.words)
            self.words = []
        elif sign == ";":
            yield from self._end(PieceKind.STATES)
        else:
            yield from self._end(PieceKind.STATES)
            self.depth = max(0, self.depth - 1)
            yield Piece(PieceKind.CLOSES, self.at, self.at)

    def _comment(self, text: str, place: int) -> _Behind:
        """The line and the place behind a comment that opened."""
        begun, told = self.at, []
        while (end := text.find("*/", place)) < 0:
            told.append(text[place:])
            if self.at >= len(self.lines) or self.at - begun > MAX_OPAQUE:
                yield Piece(PieceKind.ENDLESS, begun, begun)
                self.at = begun
                return "", 0
            text, place = self.lines[self.at], 0
            self.at += 1
        told.append(text[place:end])
        yield Piece(PieceKind.COMMENT, begun, self.at, [" ".join(told).strip()])
        return text, end + 2

    def _string(self) -> _Behind:
        """The same for a string that goes on in the next line; what it says is left out."""
        begun = self.at
        while self.at < len(self.lines) and self.at - begun <= MAX_OPAQUE:
            text = self.lines[self.at]
            self.at += 1
            if found := _END_OF_STRING.match(text):
                at, self.at = self.at, begun
                self._word('"<text>"')
                self.at = at
                return text, found.end()
        self.at = begun
        self._word('"<text>"')
        yield Piece(PieceKind.ENDLESS, begun, begun)
        return "", 0
