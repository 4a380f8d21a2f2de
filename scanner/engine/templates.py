"""Message templates: plain text with ``{column}`` in it, filled from the subjects of one finding.

``{count}`` is added up over the subjects (their number, where the table counts nothing), ``{subjects}`` is how many
there are; of any other column the distinct values are listed.
"""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Mapping

ALWAYS = ("count", "subjects")


def fields(template: str) -> list[str]:
    """The placeholder names of a template. ValueError when its braces are wrong or it uses more than plain names."""
    names = []
    for _, name, form, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(f"'{{{name}}}' is not a plain column name")
        names.append(name)
    return names


_BRACKETS = {" (": ")", "（": "）"}


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with every placeholder replaced; values are never read as templates.

    A value in brackets that only says again what stands before them is left out: a device without a name is called
    by its address, and ``{client_name} ({client})`` would name it twice.
    """
    parts = [
        (literal, "" if name is None else values[name]) for literal, name, _, _ in string.Formatter().parse(template)
    ]
    text, before, closing = "", "", ""
    for index, (literal, value) in enumerate(parts):
        rest = literal.removeprefix(closing) if closing else literal
        following = parts[index + 1][0] if index + 1 < len(parts) else ""
        closing = _BRACKETS.get(rest, "")
        if closing and value == before and following.startswith(closing):
            if closing == "）" and following[1:2] not in ("", " ", "，", "。", "；", "：", "、"):
                text += " "  # the bracket stood between a name and Chinese words
            continue
        closing = ""
        text += rest + value
        before = value
    return text


def placeholders(templates: Iterable[str]) -> Collection[str]:
    """The placeholder names of several valid templates, each once, in order."""
    return dict.fromkeys(name for template in templates for name in fields(template))
