"""What a waiver says under ``match``: values, several of them, text patterns and networks, each with its type."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scanner.addresses import is_ip, is_mac
from scanner.engine.definitions.rules import Rule
from scanner.engine.language import vocabulary
from scanner.engine.language.modifiers import Pieces, Wild, compiled, pattern
from scanner.engine.language.suggestions import expected
from scanner.engine.words import written
from scanner.errors import WrongText
from scanner.wording import Said, said

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_OF_TYPE: dict[str, Callable[[str], object]] = {"int": int, "float": float, "time": datetime.fromisoformat}
_ADDRESSES = ("client", "server", "client_mac", "server_mac", "mac", "macs", "ip", "ips")
_LIKE_AN_ADDRESS = re.compile(r"[0-9a-f.:*?]+")
_WIDE = {4: 8, 6: 16}  # bits of a prefix below which a network is most of what there is


class WrongMatch(WrongText):
    """No row can have this value; the remedy says what would be right."""


@dataclass(frozen=True)
class Exactly:
    """The value, as ``written`` has it, in lower case."""

    text: str


@dataclass(frozen=True)
class Patterned:
    """A text pattern; literal pieces are in lower case."""

    pieces: Pieces


@dataclass(frozen=True)
class OfNetwork:
    """An address of the network."""

    network: Network


Wanted = Exactly | Patterned | OfNetwork


def read_wanted(rule: Rule, column: str, value: Any) -> tuple[Wanted, ...]:
    """The values under ``match``, of which the row's must be one. WrongMatch when no row can have one of them."""
    values = value if isinstance(value, list) else [value]
    if not values:
        raise WrongMatch(said("an empty list covers nothing"), said("give a value"))
    return tuple(_wanted(rule, column, one) for one in values)


def _wanted(rule: Rule, column: str, value: Any) -> Wanted:
    kind = rule.schema.column(column).type.removeprefix("list[").removesuffix("]")
    if kind == "bool":
        if not isinstance(value, bool):
            raise _never(column, value, said("expected true or false"))
        return Exactly(written(column, value).lower())
    if isinstance(value, bool):
        raise _never(column, value, said("expected text"))
    if kind in _OF_TYPE:
        try:
            _OF_TYPE[kind](str(value))
        except ValueError:
            hint = said("expected a time such as 2026-01-31 08:00:00" if kind == "time" else "expected a number")
            raise _never(column, value, hint) from None
        return Exactly(written(column, value).lower())
    text = str(value).strip()
    if column in _ADDRESSES:
        return _address(column, text)
    return _text(rule, column, text)


def _address(column: str, text: str) -> Wanted:
    if "/" in text:
        try:
            return OfNetwork(ipaddress.ip_network(text))
        except ValueError:
            raise _never(column, text, _network_hint(text)) from None
    if is_ip(text):
        return Exactly(str(ipaddress.ip_address(text)))
    if is_mac(text):
        return Exactly(written(column, text).lower())
    pieces = pattern(text)
    if not _wild(pieces) or not _LIKE_AN_ADDRESS.fullmatch(text.lower()):
        raise _never(
            column, text, said("expected an address, a network such as 10.20.0.0/16, or a pattern such as 10.20.*")
        )
    return Patterned(pieces)


def _network_hint(text: str) -> Said:
    try:
        return said("did you mean '{word}'?", word=ipaddress.ip_network(text, strict=False))
    except ValueError:
        return said("expected for example 10.0.0.0/8")


def _text(rule: Rule, column: str, text: str) -> Wanted:
    pieces = pattern(text)
    known = vocabulary.words(rule.table, column)
    if _wild(pieces):
        like = compiled(pieces)
        if known and not any(like.fullmatch(word) for word in known):
            raise _never(column, text, expected(text, known))
        return Patterned(pieces)
    plain = "".join(piece for piece in pieces if isinstance(piece, str))
    if not vocabulary.is_word(rule.table, column, plain):
        raise _never(column, text, expected(text, known))
    return Exactly(plain)


def _wild(pieces: Pieces) -> bool:
    return any(isinstance(piece, Wild) for piece in pieces)


def _never(column: str, value: Any, remedy: Said) -> WrongMatch:
    shown = str(value).lower() if isinstance(value, bool) else value
    return WrongMatch(said("{column} can never be '{value}'", column=column, value=shown), remedy)


def has(value: Any, column: str, wanted: tuple[Wanted, ...]) -> bool:
    """The value of a row is one of those wanted; in a list column, some element is."""
    values = value if isinstance(value, list) else [value]
    return any(_meets(written(column, v).lower(), one) for v in values if v is not None for one in wanted)


def _meets(text: str, wanted: Wanted) -> bool:
    match wanted:
        case Exactly(exact):
            return text == exact
        case Patterned(pieces):
            return _compiled(pieces).fullmatch(text) is not None
        case OfNetwork(network):
            address = _ip(text)
            return address is not None and address.version == network.version and address in network


@functools.cache
def _compiled(pieces: Pieces) -> re.Pattern[str]:
    return compiled(pieces)


@functools.lru_cache(maxsize=4096)
def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def covers_nearly_all(wanted: tuple[Wanted, ...]) -> bool:
    """It says no more than that there is a value, or names a network that holds most addresses there are."""
    return any(
        (isinstance(one, Patterned) and all(isinstance(piece, Wild) for piece in one.pieces))
        or (isinstance(one, OfNetwork) and one.network.prefixlen < _WIDE[one.network.version])
        for one in wanted
    )
