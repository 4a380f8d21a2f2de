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
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from scanner.configs.forwarding import Router
from scanner.wording import Said, marked

_IP = (ipaddress.IPv4Address, ipaddress.IPv6Address)
_NETWORK = (ipaddress.IPv4Network, ipaddress.IPv6Network)


def saved(router: Router) -> str:
    """The text."""
    return json.dumps(_plain(router), ensure_ascii=False, separators=(",", ":"))


def restored(text: str) -> Router:
    """The device; ValueError when that is no such text."""
    try:
        found = _made(Router, json.loads(text))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    assert isinstance(found, Router)  # noqa: S101 - what was asked for
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Said):
        return marked(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (*_IP, *_NETWORK)):
        return str(value)
    if is_dataclass(value) or hasattr(value, "_fields"):
        told = ((name, usual, getattr(value, name)) for name, usual in _usual(typing.cast("Any", type(value))).items())
        return {name: _plain(it) for name, usual, it in told if usual is MISSING or it != usual}
    if isinstance(value, Mapping):
        return {str(key): _plain(it) for key, it in value.items()}
    return [_plain(it) for it in value] if isinstance(value, (tuple, list, frozenset)) else value


@functools.cache
def _usual(kind: Any) -> dict[str, Any]:
    """Each field with what it usually is."""
    if issubclass(kind, tuple):
        return {name: kind._field_defaults.get(name, MISSING) for name in kind._fields}
    return {
        one.name: one.default_factory() if one.default_factory is not MISSING else one.default for one in fields(kind)
    }


@functools.cache
def _types(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _made(kind: Any, value: Any) -> Any:  # noqa: PLR0911 - any field, by its type
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in inside:
            return None
        rest = [one for one in inside if one is not type(None)]
        if set(rest) == set(_IP):
            return ipaddress.ip_address(value)
        return ipaddress.ip_network(value) if set(rest) == set(_NETWORK) else _made(rest[0], value)
    if origin in (dict, Mapping):
        return {_made(inside[0], key): _made(inside[1], it) for key, it in value.items()}
    if origin in (list, frozenset):
        return origin(_made(inside[0], it) for it in value)
    if origin is tuple:
        if inside[-1] is Ellipsis:
            return tuple(_made(inside[0], it) for it in value)
        return tuple(_made(one, it) for one, it in zip(inside, value, strict=True))
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        hints = _types(kind)
        return kind(**{name: _made(hints[name], it) for name, it in value.items()})
    if kind in (bool, str) and not isinstance(value, kind):
        raise ValueError(value)
    return kind(value)
