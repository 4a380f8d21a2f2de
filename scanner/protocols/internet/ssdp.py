"""SSDP: devices of UPnP that announce themselves and are looked for, by UDP on any port.

Written from UPnP Device Architecture 2.0, section 1 (discovery). Whoever answers describes itself in clear to
everybody. What is asked of the devices afterwards is HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Case, Framing, HeaderBlock, Range, Role, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import readable
from scanner.wording import said

NAME = "ssdp"
_SEARCH, _NOTIFY, _FOUND = b"M-SEARCH * HTTP/1.", b"NOTIFY * HTTP/1.", b"HTTP/1.1 200 OK"
_TOKENS = (_SEARCH, _NOTIFY, _FOUND)
_FIELD = re.compile(rb"(?m)^([A-Za-z0-9.-]{1,40}):[ \t]*([^\r\n]{0,300})")
_PRODUCT = re.compile(r"[^\s,/]{1,40}/[^\s,/]{1,40}")
_KEPT = 1024  # bytes of a message
_MEANS = {"ssdp:alive": "alive", "ssdp:byebye": "byebye", "ssdp:update": "update"}
MOST_MESSAGES = 64  # different ones of a conversation and side


def _fields(message: Message) -> dict[str, str]:
    """Header fields by their names in lower case; Malformed where what every such message has is missing."""
    data = message.data
    if message.transport != "udp" or not data.startswith(_TOKENS):
        raise Malformed("no message of SSDP")
    found = {name.decode().lower(): readable(value, 200) for name, value in _FIELD.findall(data[:_KEPT])}
    wanted = ("man", "st") if data.startswith(_SEARCH) else ("nt", "nts") if data.startswith(_NOTIFY) else ("st", "usn")
    if not all(found.get(name) for name in wanted) and len(data) >= message.length:
        raise Malformed("no message of SSDP")
    return found


def probe(message: Message) -> bool:
    """A request or an answer with the fields that it must have."""
    try:
        found = _fields(message)
    except Malformed:
        return False
    return not message.data.startswith(_SEARCH) or found.get("man", "").strip('"') == "ssdp:discover"


def dissect(message: Message) -> Iterator[Row]:
    """What is looked for, or which device or service is there, with its system and program."""
    found = _fields(message)
    yield Session(version="UPnP", encrypted=False)
    if message.data.startswith(_SEARCH):
        yield Operation(Verb.IDENTIFY, "M-SEARCH", object=found.get("st", ""), filter="ssdp")
        return
    answers = message.data.startswith(_FOUND)
    means = _MEANS.get(found.get("nts", ""), found.get("nts", ""))
    place = found.get("location", "")
    yield Operation(
        Verb.REPORT,
        "response" if answers else f"NOTIFY {means}".rstrip(),
        Kind.RESPONSE if answers else Kind.NOTICE,
        object=found.get("st" if answers else "nt", ""),
        detail=said("described at {place}", place=place) if place.startswith(("http://", "https://")) else "",
        filter="ssdp",
    )
    yield from _device(found.get("server", ""))


def _device(server: str) -> Iterator[Row]:
    """SERVER is a system, UPnP with its version, and a product, each with its version (section 1.2.2)."""
    named = [text for text in _PRODUCT.findall(server) if not text.upper().startswith(("UPNP/", "DLNADOC/"))]
    if len(named) > 1:
        yield Identity("os", named[0].replace("/", " "))
    if named:
        yield Identity("software", named[-1])


PROTOCOL = Protocol(
    name=NAME,
    title="SSDP (UPnP)",
    short="SSDP",
    framing=Framing(NAME, HeaderBlock(_TOKENS, maximum=_KEPT), ports={"udp": (1900,)}, confirmations=1),
    cases=(
        Case(NAME, magic(0, _SEARCH), (Range(0),), Role.REQUEST, keep=_KEPT, most=MOST_MESSAGES),
        Case(NAME, magic(0, _NOTIFY), (Range(0),), Role.NOTICE, keep=_KEPT, most=MOST_MESSAGES),
        Case(NAME, (), (Range(0),), Role.RESPONSE, keep=_KEPT, most=MOST_MESSAGES),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY, Verb.REPORT}),
    specification="UPnP Device Architecture 2.0 section 1",
    industrial=False,
)
