"""Text for the page: every language at once (the style shows one), and long names cut with the whole on demand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scanner.catalogues import ENGLISH, languages, mark, tag
from scanner.report._html.limits import LIMITS
from scanner.report._words import in_other, say
from scanner.results.model import Text
from scanner.results.texts import pick

if TYPE_CHECKING:
    from markupsafe import Markup

_HINT = 300  # characters of a tooltip
_LONG = 600  # characters from which a text is folded


class Words:
    """Makes markup of texts in every language that otaudit speaks; everything that is not ours is escaped."""

    def __init__(self) -> None:
        from markupsafe import Markup

        self._markup = Markup  # its own ``format`` takes forty times as long as to escape what is put in
        self._escape = Markup.escape
        # as short as can be, since there are thousands; English needs no tag: it shows in an English page alone
        shown = {name: f"lang={Markup.escape(mark(name))}" for name in languages()} | {ENGLISH: "class=en"}
        self._spans = {name: f"<span {each}>" for name, each in shown.items()}
        self._plain = {name: f"<i {each}>" for name, each in shown.items()}
        self._foreign = Markup('<span class="own foreign" lang="{}">{}</span>')
        self._fixed: dict[str, Markup] = {}

    def both(self, text: Text) -> Markup:
        """A text of the results; what somebody wrote in other languages only is marked in the rest."""
        marked = {name: in_other(text, name) for name in languages()}
        if not any(marked.values()):
            return self._join({name: pick(text, name) for name in languages()})
        shown = {name: self.held(pick(text, name)) for name in languages()}
        for name, other in marked.items():
            if other:
                shown[name] = self._foreign.format(tag(other), shown[name])
        return self._markup("".join(f"{self._spans[name]}{each}</span>" for name, each in shown.items()))

    def fixed(self, key: str, /, **values: object) -> Markup:
        """Fixed words, with values put in."""
        if values:
            return self._join({language: say(language, key, **values) for language in languages()})
        if key not in self._fixed:
            self._fixed[key] = self._join({language: say(language, key) for language in languages()})
        return self._fixed[key]

    def link(self, address: str, text: str) -> Markup:
        """A link when the address is one of the web, else the text alone."""
        if not re.fullmatch(r"https?://[^\s<>\"'\\]+", address):
            return self._escape(text)
        return self._markup(f'<a href="{self._escape(address)}">{self._escape(text)}</a>')

    def titles(self, text: Mapping[str, str]) -> Markup:
        """Attributes from which the script sets a tooltip in the chosen language."""
        pairs = ((self._escape(language.lower()), self._escape(text[language][:_HINT])) for language in languages())
        return self._markup("".join(f' data-{language}="{each}"' for language, each in pairs))

    def name(self, text: str, limit: int = LIMITS.name) -> Markup:
        """A name, cut when it is long; its beginning is in the tooltip, and the whole where the thing itself stands."""
        if len(text) <= limit:
            return self._escape(text)
        return self._markup('<span class="cut" title="{}">{}…</span>').format(text[:_HINT], text[:limit])

    def held(self, text: str) -> Markup:
        """A text that is folded to some lines when it is long and unfolds when it is chosen."""
        if len(text) <= _LONG:
            return self._escape(text)
        shown, hidden = text[: LIMITS.text], len(text) - LIMITS.text
        rest = self.fixed("characters-more", n=hidden) if hidden > 0 else ""
        return self._markup('<span class="long" tabindex="0">{}{}</span>').format(shown, rest)

    def _join(self, text: Mapping[str, str]) -> Markup:
        if len(set(text.values())) == 1:
            return self.held(next(iter(text.values())))
        return self._markup("".join(f"{self._plain[language]}{self.held(t)}</i>" for language, t in text.items()))
