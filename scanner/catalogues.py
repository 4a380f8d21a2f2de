"""The fixed words of reports and results, by language: the files of ``reports/words``."""

from __future__ import annotations

import functools
import json
import typing
from collections.abc import Mapping
from importlib.resources import files


@functools.cache
def catalogue(name: str) -> Mapping[str, str]:
    """``reports/words/NAME.json``: ``en``, ``zh``, ``told.zh``; ``protocols``, how the name of each is written."""
    text = files("scanner.reports").joinpath("words", f"{name}.json").read_text(encoding="utf-8")
    return typing.cast("dict[str, str]", json.loads(text))
