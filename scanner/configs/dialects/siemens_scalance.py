"""Siemens SCALANCE: known where the comments above the first command say so; not read."""

from __future__ import annotations

import re

from scanner.configs.dialect import Dialect
from scanner.resemblance import NONE, Resemblance
from scanner.wording import said

_COMMENTS = re.compile(rb"\A(?:[ \t]*\n|[ \t]*[!#][^\n]*(?:\n|\Z)){1,40}")
_NAMED = re.compile(
    rb"\n[ \t]*[!#][ \t]*(?:(?:Device|Model|System|Product)[ \t]*)?(?:[:=][ \t]*)?(?:Siemens )?SCALANCE [XSMW]"
)
_OTHERS = re.compile(rb"\n(?:version \d|Building configuration|Current configuration)")  # as Cisco's begin


def _resemblance(head: bytes) -> Resemblance:
    comments = _COMMENTS.match(head)
    if comments is None or not _NAMED.search(b"\n" + comments[0]) or _OTHERS.search(b"\n" + head):
        return NONE
    return Resemblance(0.95, (said("its heading"),))


DIALECT = Dialect("siemens-scalance", "Siemens SCALANCE", _resemblance)
