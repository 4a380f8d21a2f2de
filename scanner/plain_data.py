"""Values of otaudit's own classes as plain data, for JSON, and back.

A dictionary of texts is itself. Everything else that is no plain value is a list whose first item says what it is: a
tuple of plain values (``FLAT``), one of the other kinds of Python, or, from ``FIRST`` on, an object of the class that
has this number, with its fields. Nothing but data comes of it: only dataclasses, named tuples and words of otaudit's
own are made, and nothing of dataclasses runs.

Kept in a file, a value stands under the digest of itself and of what it was made of, and counts for nothing where
either has changed.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import importlib
import ipaddress
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from io import FileIO
from itertools import chain
from types import MappingProxyType
from typing import Any

from scanner.wording import Said

FLAT, TUPLE, DICT, SET, SAID, NETWORK, TIME, BYTES = range(8)
FIRST = 10
_PLAIN = (str, int, float, bool, type(None))
_OURS = "scanner."

_UNUSABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ImportError, RecursionError)

Maker = Callable[[list[Any]], Any]


def _items(value: Mapping[Any, Any]) -> Iterable[Any]:
    return chain.from_iterable(value.items())


_PARTS: dict[type, tuple[int, Callable[[Any], Iterable[Any]]]] = {
    tuple: (TUPLE, iter),
    dict: (DICT, _items),
    MappingProxyType: (DICT, _items),
    frozenset: (SET, sorted),
    Said: (SAID, lambda said: (said.marked, str(said))),
    ipaddress.IPv4Network: (NETWORK, lambda network: (str(network),)),
    ipaddress.IPv6Network: (NETWORK, lambda network: (str(network),)),
    datetime: (TIME, lambda moment: (moment.isoformat(),)),
    bytes: (BYTES, lambda octets: (octets.hex(),)),
}
_MAKERS: dict[int, Maker] = {
    TUPLE: tuple,
    DICT: lambda items: dict(zip(items[::2], items[1::2], strict=True)),
    SET: frozenset,
    SAID: lambda items: Said(*items),
    NETWORK: lambda items: ipaddress.ip_network(*items),
    TIME: lambda items: datetime.fromisoformat(*items),
    BYTES: lambda items: bytes.fromhex(*items),
}


class Packer:
    """Makes plain data; ``classes`` are those that it met, by their numbers."""

    def __init__(self) -> None:
        self._numbers: dict[type, int] = {}

    @property
    def classes(self) -> list[str]:
        """Module and name of each class."""
        return [f"{cls.__module__}:{cls.__qualname__}" for cls in self._numbers]

    def pack(self, value: Any) -> Any:
        """The value as plain data. TypeError where something in it is of no kind that is known."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is dict and all(type(k) is str and type(v) is str for k, v in value.items()):
            return value
        if kind is tuple and all(type(item) in _PLAIN for item in value):
            return [FLAT, *value]
        number, parts = self._parts(value, kind)
        return [number, *map(self.pack, parts)]

    def _parts(self, value: Any, kind: type) -> tuple[int, Iterable[Any]]:
        if kind in _PARTS:
            number, parts = _PARTS[kind]
            return number, parts(value)
        if not kind.__module__.startswith(_OURS) or hasattr(kind, "__post_init__"):
            raise TypeError(f"{kind.__qualname__} is not packed")
        number = FIRST + self._numbers.setdefault(kind, len(self._numbers))
        if isinstance(value, enum.Enum):
            return number, (value.name,)
        return number, value if isinstance(value, tuple) else [getattr(value, name) for name in _fields(kind)]


class Unpacker:
    """Makes values of plain data. classes: those of ``Packer``."""

    def __init__(self, classes: Sequence[str]) -> None:
        self._makers = _MAKERS | dict(enumerate(map(_maker, classes), FIRST))

    def unpack(self, data: Any) -> Any:
        """The value that was packed."""
        if type(data) is not list:
            return data
        if data[0] == FLAT:
            return tuple(data[1:])
        unpack = self.unpack
        return self._makers[data[0]]([unpack(item) if type(item) is list else item for item in data[1:]])


def _maker(name: str) -> Maker:
    """What makes an object of the class from its fields."""
    module, _, qualified = name.partition(":")
    cls = getattr(importlib.import_module(module), qualified) if module.startswith(_OURS) else None
    if isinstance(cls, type) and issubclass(cls, enum.Enum):
        return lambda items: cls[items[0]]
    if isinstance(cls, type) and issubclass(cls, tuple):
        return lambda items: cls(*items)
    names = _fields(cls)
    if "__slots__" in vars(cls):
        return lambda items: cls(**dict(zip(names, items, strict=True)))  # type: ignore[misc]

    def made(items: list[Any]) -> Any:
        one: Any = object.__new__(cls)  # type: ignore[arg-type]
        one.__dict__.update(zip(names, items, strict=True))  # four times as fast as its constructor
        return one

    return made


def _fields(cls: Any) -> list[str]:
    """Those that make it what it is, or that are shown; TypeError of what is no dataclass."""
    return [field.name for field in dataclasses.fields(cls) if field.compare or field.repr]


def kept(value: Any, sources: str, **more: Any) -> bytes:
    """The content of a file that holds the value. sources: digest of what it was made of; more: further words of the
    head, for who compares that.
    """
    packer = Packer()
    data = _line(packer.pack(value))
    head = {**more, "sources": sources, "data": _digest(data), "classes": packer.classes}
    return b"\n".join((_line(head), data))


def read_kept(path: str, sources: Callable[[Mapping[str, Any]], str]) -> Any:
    """The value in the file; None where there is none, it is damaged, or it was made of anything else. sources: gives
    the digest of what is there now, by the head of the file.
    """
    try:
        with FileIO(path) as file:
            first, _, data = file.read().partition(b"\n")
        head = json.loads(first)
        if (head["sources"], head["data"]) != (sources(head), _digest(data)):
            return None
        return _value(_Packed(head["data"], tuple(head["classes"]), data))
    except _UNUSABLE:
        return None


@dataclasses.dataclass(frozen=True)
class _Packed:
    """The same where its digest is."""

    digest: str
    classes: tuple[str, ...]
    data: bytes = dataclasses.field(compare=False, repr=False)


@functools.lru_cache(maxsize=2)
def _value(packed: _Packed) -> Any:
    """What it is, made once however often a process asks."""
    return Unpacker(packed.classes).unpack(json.loads(packed.data))


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=32).hexdigest()
