"""The words of a statement without the secrets among them, for configurations that are trees of words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.secrets import MASK, Mask, Secret

_VALUES = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')


def unquoted(word: str) -> str:
    """A word without its quotes."""
    if len(word) > 1 and word[0] == word[-1] == '"':
        return re.sub(r"\\(.)", r"\1", word[1:-1]) if "\\" in word else word[1:-1]
    return word


class HiddenWords:
    """Hides secrets. stands_in: what stands for them among the words, the same for the same one."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._hidden: dict[str, str] = {}
        self.stands_in: set[str] = set()

    def hide(self, path: Sequence[str], words: Sequence[str]) -> tuple[str, list[str], tuple[Secret, ...]]:
        """The words of a statement as text and one by one, and what may be known of the secrets. path: the blocks
        around it, which decide what a word is.
        """
        plain = " ".join(words)
        lead = " ".join(["set", *path])
        masked, secrets = self._mask(f"{lead} {plain}", "")
        if masked == f"{lead} {plain}":
            return plain, [unquoted(w) for w in words], ()
        told = masked[len(lead) + 1 :] if masked.startswith(f"{lead} ") else MASK
        kept = _VALUES.findall(told)
        values: list[str] = []
        for at, word in enumerate(kept):
            if MASK not in word or "://" in word:
                values.append(unquoted(word))
                continue
            behind = len(kept) - at - 1
            values.append(self._stand_in(" ".join(words[at : len(words) - behind])))
        return told, values, secrets

    def _stand_in(self, secret: str) -> str:
        if secret not in self._hidden:
            self._hidden[secret] = f"{MASK[:-1]} {len(self._hidden) + 1}>"
            self.stands_in.add(self._hidden[secret])
        return self._hidden[secret]

    def forget(self) -> None:
        """The secrets are no longer needed."""
        self._hidden.clear()
