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


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with every placeholder replaced; values are never read as templates."""
    parts = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(literal)
        if name is not None:
            parts.append(values[name])
    return "".join(parts)


def placeholders(templates: Iterable[str]) -> Collection[str]:
    """The placeholder names of several valid templates, each once, in order."""
    return dict.fromkeys(name for template in templates for name in fields(template))
