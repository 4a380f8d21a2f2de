"""The words of nft(8): numbers, names, addresses, quoted text, signs; a line end is a word of its own.

Source: nft(8), "Input file formats" and "Lexical conventions". ``#`` begins a comment, a backslash at the end of a line
joins it with the next.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LINE_END = "\n"
MAX_WORDS = 500_000  # of one file
_WORD = re.compile(
    r'"(?P<quoted>[^"\n]*)"?|(?P<joined>\\[ \t]*\n)|(?P<sign>!=|==|<=|>=|<<|>>|[{}();,=!<>&|^@$\n])'
    r"|(?P<comment>#[^\n]*)|(?P<word>[^\s{}();,=!<>&|^@$\"#\\]+)|(?P<other>\\)|[ \t\r\f\v]+"
)


class Token(NamedTuple):
    """One word. quoted: it stood in quotation marks, and is no word of the language."""

    text: str
    line: int
    quoted: bool = False


def tokens(text: str) -> list[Token]:
    """The words of a file, as many as there may be."""
    found: list[Token] = []
    line = 1
    for one in _WORD.finditer(text):
        kind = one.lastgroup
        if kind == "joined":
            line += 1
        elif kind == "sign":
            found.append(Token(one[0], line))
            line += one[0] == LINE_END
        elif kind == "quoted":
            found.append(Token(one["quoted"], line, quoted=True))
        elif kind in ("word", "other"):
            word = one[0]
            if len(word) > 1 and word.endswith(":") and not word.endswith("::"):  # of a map: "22: accept"
                found += [Token(word[:-1], line), Token(":", line)]
            else:
                found.append(Token(word, line))
        if len(found) >= MAX_WORDS:
            break
    return found
