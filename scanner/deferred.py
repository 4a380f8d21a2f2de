"""Modules that are slow to import and that many runs do without."""

from __future__ import annotations

import importlib
from typing import Any


class Deferred:
    """Stands for a module, which is imported when something of it is asked for.

    For what whole modules of ours use; what one function uses it imports itself.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(importlib.import_module(self._name), attribute)
        setattr(self, attribute, value)  # found at once from now on
        return value
