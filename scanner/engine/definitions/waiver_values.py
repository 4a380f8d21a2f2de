"""What a waiver says under ``match``: values, several of them, text patterns and networks, each with its type."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scanner.addresses import is_ip, is_mac, is_within, one_form
from scanner.engine.definitions.rules import Rule
from scanner.engine.language import vocabulary
from scanner.engine.language.modifiers import InNetwork, Like, can_hold, compiled, element, is_wild, pattern
from scanner.engine.language.suggestions import expected
from scanner.engine.words import written
from scanner.errors import WrongText
from scanner.policy import forms
from scanner.wording import Said, said

_ADDRESSES = ("client", "server", "client_mac", "server_mac", "mac", "macs", "ip", "ips")
_LIKE_AN_ADDRESS = re.compile(r"[0-9a-f.:*?]+")
_WIDE = {4: 8, 6: 16}  # bits of a prefix below which a network is most of what there is


class WrongMatch(WrongText):
    """No row can have this value; the remedy says what would be right."""


@dataclass(frozen=True)
class Exactly:
    """The value, as ``written`` has it, in lower case."""

    text: str


Wanted = Exactly | Like | InNetwork


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip().removesuffix(" UTC"))  # as findings show it, too
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_OF_TYPE: dict[str, Callable[[str], object]] = {"int": int, "float": float, "time": _time}


def read_wanted(rule: Rule, column: str, value: Any) -> tuple[Wanted, ...]:
    """The values under ``match``, of which the row's must be one. WrongMatch when no row can have one of them."""
    values = value if isinstance(value, list) else [value]
    if not values:
        raise WrongMatch(said("an empty list covers nothing"), said("give a value"))
    return tuple(_wanted(rule, column, one) for one in values)


def _wanted(rule: Rule, column: str, value: Any) -> Wanted:
    kind = element(rule.schema.column(column))
    if kind == "bool":
        if not isinstance(value, bool):
            raise _never(column, value, said("expected true or false"))
        return Exactly(written(column, value).lower())
    if isinstance(value, bool):
        raise _never(column, value, said("expected text"))
    if kind in _OF_TYPE:
        try:
            return Exactly(written(column, _OF_TYPE[kind](str(value))).lower())
        except (ValueError, OverflowError):
            hint = said("expected a time such as 2026-01-31 08:00:00" if kind == "time" else "expected a number")
            raise _never(column, value, hint) from None
    text = str(value).strip()
    if column in _ADDRESSES:
        return _address(column, text)
    return _text(rule, column, text)


def _address(column: str, text: str) -> Wanted:
    if "/" in text:
        try:
            return InNetwork(forms.network(text))
        except WrongText as error:
            raise _never(column, text, error.remedy or said("expected for example 10.0.0.0/8")) from None
    if is_ip(text) or is_mac(text):
        return Exactly(one_form(text))
    pieces = pattern(text)
    if not is_wild(pieces) or not _LIKE_AN_ADDRESS.fullmatch(text.lower()):
        raise _never(
            column, text, said("expected an address, a network such as 10.20.0.0/16, or a pattern such as 10.20.*")
        )
    return Like(pieces)


def _text(rule: Rule, column: str, text: str) -> Wanted:
    pieces = pattern(text)
    if not can_hold(rule.table, column, pieces):
        raise _never(column, text, expected(text, vocabulary.words(rule.table, column)))
    return Like(pieces)


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
        case Like(pieces):
            return compiled(pieces).fullmatch(text) is not None
        case InNetwork(network):
            return is_within(text, network)


def covers_nearly_all(column: str, wanted: tuple[Wanted, ...]) -> bool:
    """It says no more than that there is a value, or names a network that holds most addresses there are."""
    said_by_all = ".:" if column in _ADDRESSES else ""
    return any(
        (isinstance(one, Like) and is_wild(one.pieces) and not _literal(one).strip(said_by_all))
        or (isinstance(one, InNetwork) and one.network.prefixlen < _WIDE[one.network.version])
        for one in wanted
    )


def _literal(like: Like) -> str:
    return "".join(piece for piece in like.pieces if isinstance(piece, str))
