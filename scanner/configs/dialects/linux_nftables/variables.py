"""Variables of nft(8): ``define NAME = value``, and ``$NAME`` where the value stands."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.dialects.linux_nftables.tokens import MAX_WORDS, Token

MAX_VARIABLES = 16  # variables in variables
MAX_EXPANDED = 20_000  # words of a statement with the values of its variables


class Variables:
    """The variables of a file. What names one that is not defined, or means too much, stays as it is."""

    def __init__(self) -> None:
        self._values: dict[str, list[Token]] = {}
        self._known: dict[str, list[Token] | None] = {}
        self._done: dict[int, tuple[Sequence[Token], list[Token]]] = {}
        self._left = MAX_WORDS

    def define(self, name: str, value: list[Token]) -> None:
        """The later value counts."""
        self._values[name] = value

    def expand(self, words: Sequence[Token]) -> list[Token]:
        """The words with the values of variables in their places."""
        if not any(w.text == "$" and not w.quoted for w in words):
            return list(words)
        if id(words) not in self._done:
            found = self._expand(words, 0)
            self._left -= len(found or ())
            self._done[id(words)] = words, list(words) if found is None or self._left < 0 else found
        return self._done[id(words)][1]

    def _expand(self, words: Sequence[Token], depth: int) -> list[Token] | None:
        """None when that is too much."""
        found: list[Token] = []
        at = 0
        while at < len(words):
            name = words[at + 1].text if at + 1 < len(words) else ""
            if words[at].text == "$" and not words[at].quoted and name in self._values:
                value = self._value(name, depth)
                if value is None or len(found) + len(value) > MAX_EXPANDED:
                    return None
                found += value
                at += 2
            else:
                found.append(words[at])
                at += 1
        return found

    def _value(self, name: str, depth: int) -> list[Token] | None:
        if name not in self._known:
            self._known[name] = None  # of a variable that is in its own value
            self._known[name] = self._expand(self._values[name], depth + 1) if depth < MAX_VARIABLES else None
        return self._known[name]
