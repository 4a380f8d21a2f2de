"""The order in which people look for names and addresses."""

from __future__ import annotations

import re
from functools import lru_cache

_RUNS = re.compile("([0-9]{1,18})|([^0-9]+)")  # a longer number is several: it may come from a stranger
_NUMBER = "\U0010ffff"  # numbers come behind all other text
_END = "\0"


@lru_cache(maxsize=1 << 17)
def natural(text: str) -> str:
    """A key that sorts PLC-9 before PLC-10 and 10.0.0.9 before 10.0.0.10; rule after rule sorts the same texts."""
    return "".join(_number(digits) if digits else other + _END for digits, other in _RUNS.findall(text))


def _number(digits: str) -> str:
    value = digits.lstrip("0")
    return f"{_NUMBER}{chr(len(value))}{value}{digits}{_END}"
