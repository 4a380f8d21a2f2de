"""Lists that products export, in which some columns mean something of their own: by the headers that tell such a list,
in ``products.tsv``.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from scanner.code_tables import rows_table

_Products = Mapping[frozenset[str], Mapping[str, str]]


def own_meanings(headers: AbstractSet[str]) -> Mapping[str, str]:
    """Normalised header -> field, empty where it is none, of the product whose list these headers tell."""
    told = (marks for marks in _products() if marks <= headers)
    return _products()[max(told, key=len, default=frozenset())]


@functools.cache
def _products() -> _Products:
    found: dict[frozenset[str], dict[str, str]] = {frozenset(): {}}
    for _, marks, header, field in rows_table(__package__, "products.tsv"):
        found.setdefault(frozenset(marks.split()), {})[header] = field
    return found
