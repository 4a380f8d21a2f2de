"""Rows of a layout kept column by column, so that who looks at one column of very many rows reads no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]


class Columns:
    """So many rows of ``layout``, a numpy dtype with fields, all zero. A column is looked at by its name."""

    def __init__(self, layout: np.dtype[np.void], size: int = 0) -> None:
        fields = {name: layout[name] for name in layout.names or ()}
        self._size = size
        self._columns = {name: np.zeros((size, *kind.shape), kind.base) for name, kind in fields.items()}

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, name: str) -> Numbers:
        return self._columns[name]

    def __setitem__(self, name: str, values: npt.ArrayLike) -> None:
        self._columns[name][...] = values

    def at(self, places: Numbers) -> Columns:
        """The rows at these places, or those where a mask is true."""
        found = object.__new__(Columns)
        found._columns = {name: column[places] for name, column in self._columns.items()}
        found._size = len(next(iter(found._columns.values()), ()))
        return found
