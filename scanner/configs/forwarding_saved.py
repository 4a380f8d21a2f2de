"""How a device forwards, as one text of a facts table: what is as usual is left out, so that people can write it, too.

``{"name": "CORE", "forwards": {"4": true}, "interfaces": [{"name": "Vlan10", ...}]}``: the fields of
``scanner.configs.forwarding``; sentences are kept as tables keep them.
"""

from __future__ import annotations

import enum
import functools
import ipaddress
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from scanner.configs.forwarding import Router
from scanner.wording import Said, marked

_IP = (ipaddress.IPv4Address, ipaddress.IPv6Address)
_NETWORK = (ipaddress.IPv4Network, ipaddress.IPv6Network)
_ADDRESSES: Mapping[frozenset[Any], Callable[[Any], Any]] = {
    frozenset(_IP): ipaddress.ip_address,
    frozenset(_NETWORK): ipaddress.ip_network,
}  # of either version


def saved(router: Router) -> str:
    """The text."""
    return json.dumps(_plain(router), ensure_ascii=False, separators=(",", ":"))


def restored(text: str) -> Router:
    """The device; ValueError when that is no such text."""
    try:
        found = _maker(Router)(json.loads(text))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    assert isinstance(found, Router)  # noqa: S101 - what was asked for
    return found


def _plain(value: Any) -> Any:
    return _writer(typing.cast("Any", type(value)))(value)


@functools.cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    """What makes plain data of a value of this type."""
    for one, plain in _PLAIN.items():
        if issubclass(kind, one):
            return plain
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        usual = _usual(kind)
        return lambda value: {
            name: _plain(it)
            for name, other in usual.items()
            if (it := getattr(value, name)) is not other and it != other
        }
    if issubclass(kind, Mapping):
        return lambda value: {str(key): _plain(it) for key, it in value.items()}
    if issubclass(kind, frozenset):
        return lambda value: [_plain(it) for it in sorted(value)]
    if issubclass(kind, (tuple, list)):
        return lambda value: [_plain(it) for it in value]
    return lambda value: value


_PLAIN: Mapping[type, Callable[[Any], Any]] = {
    Said: marked,
    enum.Enum: lambda value: value.value,
    **dict.fromkeys((*_IP, *_NETWORK), str),
}


@functools.cache
def _usual(kind: Any) -> dict[str, Any]:
    """Each field with what it usually is."""
    if issubclass(kind, tuple):
        return {name: kind._field_defaults.get(name, MISSING) for name in kind._fields}
    return {
        one.name: one.default_factory() if one.default_factory is not MISSING else one.default for one in fields(kind)
    }


@functools.cache
def _maker(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of this type of plain data."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        rest = [one for one in inside if one is not type(None)]
        make = _ADDRESSES.get(frozenset(rest)) or _maker(rest[0])
        return (lambda value: None if value is None else make(value)) if len(rest) < len(inside) else make
    if origin in (dict, Mapping):
        of_key, of_value = map(_maker, inside)
        return lambda value: {of_key(key): of_value(it) for key, it in value.items()}
    if origin in (list, frozenset) or inside[-1:] == (Ellipsis,):
        of_each = _maker(inside[0])
        return lambda value: origin(map(of_each, value))
    if origin is tuple:
        each = tuple(map(_maker, inside))
        return lambda value: tuple(make(it) for make, it in zip(each, value, strict=True))
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        hints = typing.get_type_hints(kind)  # their makers are found when they are needed: types are in one another
        return lambda value: kind(**{name: _maker(hints[name])(it) for name, it in value.items()})
    return functools.partial(_exactly, kind) if kind in (bool, str) else kind


def _exactly(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(value)  # noqa: TRY004 - of the text
    return value
