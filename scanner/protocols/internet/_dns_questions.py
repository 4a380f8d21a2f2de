"""Questions of name resolution that may carry data: which names do, and which bytes tell one question from another.

RFC 1035 section 4.1.2 (questions), RFC 6763 and RFC 2782 (labels of services), RFC 1035 section 3.5 and RFC 3596
section 2.5 (addresses looked up backwards), RFC 5782 (lists of addresses in DNS). What tunnels ask: iodine (NULL,
PRIVATE, TXT, SRV, MX, CNAME and A; base32, base64, base128), dnscat2 (TXT, CNAME, MX; hexadecimal, with and without a
domain), dns2tcp (TXT, KEY; base64). And questions that resolve identifiers of things, whose systems are domains of DNS.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from typing import NamedTuple

from scanner.framing.language import Byte, Part, Range, Size, State, Step, Test, Transducer
from scanner.protocols.base import Message
from scanner.protocols.common.text import printable
from scanner.protocols.internet._dns_answers import name_states, octet_states
from scanner.wording import Said, said

_HEADER = 12
_TYPES = {5: "CNAME", 10: "NULL", 12: "PTR", 15: "MX", 16: "TXT", 25: "KEY", 33: "SRV"}
_OF_ADDRESSES = {1: "A", 28: "AAAA", 64: "SVCB", 65: "HTTPS"}  # of one name, several are asked at once
_ANY_NAME = {10, 16, 25}  # types whose answers hold most, and of whose names few are asked for
_HOST_NAME = {5, 15}
_PRIVATE = range(0xFF, 0x100)  # upper byte of types for private use (RFC 6895)
_OPT_SIZE = 11

_LONG = 60  # characters of a name; data of tunnels fill up to 253
_HOST = 8  # of what stands in front of the domain
_WORD, _MIXED_WORD, _MIXED_NAME = 20, 16, 30
_TURNS = {_WORD: 8, _MIXED_WORD: 5, _MIXED_NAME: 10}
_SHORTEST = _MIXED_WORD + len(".a.bc")
_TURN = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")  # where letters and digits change
_SERVICE = re.compile(r"_(?:\d{1,5}|(?=.{1,15}$)[a-z-]*(?:[0-9][a-z-]*){0,2})")
_MOST_SERVICES = 5  # labels of services in one name
# Where identifiers of things are resolved (ITU-T X.672, clause 7.3; GS1 Object Name Service 2.0.1, section 7).
_IDENTIFIERS = {"oid-res.org": "OID (ORS)", "onsepc.com": "GS1 (ONS)"}
_TOP = re.compile(r"[a-z]{2,24}|xn--[a-z0-9-]{1,59}")
_SECOND = frozenset(  # below countries
    ("ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "ltd", "me", "mil")
    + ("ne", "net", "nhs", "nom", "or", "org", "plc", "sch")
)
_NO_DOMAIN = "."
MOST_NAMES = 640  # of a conversation that look as if they carried nothing
_ZONE = 8  # parts of an address of IPv6 that say who got it from a registry, /32
_OCTETS, _NIBBLES = 4, 32
_BACKWARDS = ("in-addr.arpa", "ip6.arpa")
_PLAIN, _SPELLED = said("names of any kind"), said("names of several words")
_LOOKED_UP = said("addresses looked up backwards")
_BETWEEN_WORDS = re.compile(r"[.-]")
_WORDS = 3  # in a label or several, without a digit: hosts are numbered, or have a name


class Carrying(NamedTuple):
    """Domain (as somebody registered it, nearly) or network, what was asked for, and what stands for the name. Of names
    that look as if they carried nothing no more is said: only very many of one domain are worth a word.
    """

    domain: str
    detail: Said
    name: str
    plain: bool = False


def kept_apart(at: int) -> tuple[tuple[Test, ...], ...]:
    """Tests of questions that are told apart, ``at`` a place in the message: those that may be long enough, and shorter
    ones of types that carry data, alone or in front of an OPT record.
    """
    low, high = tuple(_ANY_NAME | _HOST_NAME), tuple(_PRIVATE)
    behind = -4
    before_opt = behind - _OPT_SIZE
    return (
        (Size(at + _HEADER + _SHORTEST + 6),),
        (Byte(behind, 0), Byte(behind + 1, low)),
        (Byte(at + 11, 1), Byte(before_opt, 0), Byte(before_opt + 1, low)),
        (Byte(behind, high),),
        (Byte(at + 11, 1), Byte(before_opt, high)),
    )


def asked_key(at: int) -> tuple[Part, ...]:
    """The flags and the first question: its name and type."""
    states = {
        **name_states("asked", "kind"),
        **octet_states("kind", "kind low", "end"),
        "end": State(Step("end", take=False)),
    }
    return (Range(at + 2, at + 4), Transducer(at + _HEADER, states))


@lru_cache(maxsize=4)  # each message is asked several times
def labels(data: bytes) -> tuple[tuple[bytes, ...], int]:
    """The labels of the first question's name, and where they end: at the root, a pointer, or what is kept."""
    found: list[bytes] = []
    at, end = _HEADER, len(data)
    while at < end and 0 < (size := data[at]) <= 63 and len(found) < 128:
        at += 1
        found.append(data[at : at + size])
        at += size
    return tuple(found), at


def identifies(data: bytes) -> tuple[str, str]:
    """(domain, system) of a question for what an identifier stands for; empty: it is none."""
    domain = ".".join(printable(label).lower() for label in labels(data)[0][-2:])
    return domain, _IDENTIFIERS.get(domain, "")


@cache
def _of_type(kind: int) -> Said:
    name = "/".join(_OF_ADDRESSES.values()) if kind in _OF_ADDRESSES else _TYPES.get(kind, f"type {kind}")
    return said("{name} of names that may carry data", name=name)


def carrying(message: Message, data: bytes) -> Carrying | None:
    """What is asked for by a name, each of which carries some data; None for those that have no end."""
    found, at = labels(data)
    if not found or data[at : at + 1] != b"\0" or len(data) < at + 5:
        return None
    words = [printable(label).lower() for label in found]
    if _stays_here(message):
        return None
    domain, own = _divided(words)
    kind = int.from_bytes(data[at + 1 : at + 3], "big")
    which = blake2b(b".".join(label.lower() for label in found), digest_size=8).hexdigest()
    if domain in _BACKWARDS and _tells_nothing(words, own):
        network = _network(own)
        return Carrying(network, _LOOKED_UP, which, plain=True) if network else None
    if not _may_carry(own, domain, kind):
        plain = _SPELLED if _is_spelled(own) else _PLAIN
        return Carrying(domain, plain, which, plain=True) if own and domain != _NO_DOMAIN else None
    return Carrying(domain, _of_type(kind), which)


def _divided(words: Sequence[str]) -> tuple[str, list[str]]:
    """The domain, and the labels in front of it. A name that ends in no top-level domain is in none."""
    if len(words) == 1 or not _TOP.fullmatch(words[-1]):
        return _NO_DOMAIN, list(words)
    below_country = len(words) > 2 and len(words[-1]) == 2 and words[-2] in _SECOND
    size = 3 if below_country else 2
    return ".".join(words[-size:]), list(words[:-size])


def _tells_nothing(words: Sequence[str], own: Sequence[str]) -> bool:
    """An address looked up backwards, and nothing else: its parts, and labels of services in front of them."""
    parts = [word for word in own if not _SERVICE.fullmatch(word)]
    if words[-2] == "ip6":
        return len(parts) <= _NIBBLES and all(len(p) == 1 and p in "0123456789abcdef" for p in parts)
    return len(parts) <= _OCTETS + 1 and all(_is_octet(p.partition("/")[0].partition("-")[0]) for p in parts)


def _network(own: Sequence[str]) -> str:
    """Of an address looked up backwards: what its registry gave away of IPv6, the half of IPv4; "" of less."""
    digits = own[::-1]
    if len(own) >= _NIBBLES:
        prefix = "".join(digits[:_ZONE])
        return str(ipaddress.IPv6Network((int(prefix.ljust(_NIBBLES, "0"), 16), 4 * _ZONE)))
    if len(own) >= _OCTETS and all(map(_is_octet, digits[:2])):
        return f"{int(digits[0])}.{int(digits[1])}.0.0/16"
    return ""


def _is_spelled(own: Sequence[str]) -> bool:
    """Several words and no number: labels of services aside, three words, or a word in each of several labels."""
    name = ".".join(word for word in own if not _SERVICE.fullmatch(word))
    if any(map(str.isdecimal, name)):
        return False
    return name.count(".") >= 1 or len(_BETWEEN_WORDS.split(name)) >= _WORDS


def _is_octet(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) <= 3 and int(text) < 256


def _may_carry(own: Sequence[str], domain: str, kind: int) -> bool:
    """Whether the labels in front of the domain are of a kind that data have, and host names hardly ever."""
    services = [word for word in own if _SERVICE.fullmatch(word)][:_MOST_SERVICES]
    parts = [word for word in own if word not in services]
    if kind == 10 or kind >> 8 in _PRIVATE:
        return bool(parts)
    if len(parts) >= _OCTETS and all(map(_is_octet, parts[:_OCTETS])):
        parts = parts[_OCTETS:]  # an address in a list of addresses
    elif len(parts) >= _NIBBLES and all(len(p) == 1 for p in parts[:_NIBBLES]):
        parts = parts[_NIBBLES:]
    name = ".".join(parts)
    if (kind in _ANY_NAME and name) or (kind in _HOST_NAME and len(name) >= _HOST):
        return True
    return len(f"{name}.{domain}") >= _LONG or any(map(_is_code, parts)) or _is_mixed(name, _MIXED_NAME)


def _is_code(label: str) -> bool:
    """A label that is no word: too long for one, or letters and digits by turns."""
    if "-" in label:
        return _is_mixed(label, _WORD)
    return len(label) >= _WORD or _is_mixed(label, _MIXED_WORD)


def _is_mixed(text: str, size: int) -> bool:
    """At least so long, with letters and digits by turns as often as in an encoding."""
    text = text.replace("-", "").replace(".", "")
    return len(text) >= size and len(_TURN.findall(text)) >= _TURNS[size]


def _stays_here(message: Message) -> bool:
    """A question to everybody on the link, which nobody passes on."""
    if message.port not in (5353, 5355):
        return False
    try:
        return ipaddress.ip_address(message.target).is_multicast
    except ValueError:
        return False
