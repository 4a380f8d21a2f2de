"""WS-Discovery: cameras (ONVIF), printers and Windows hosts that are looked for and announce themselves, by UDP on any
port.

Written from OASIS Web Services Dynamic Discovery 1.1, sections 4 to 6, its draft of April 2005 (which ONVIF uses), and
the ONVIF Core Specification, section 7 (types and scopes). Whoever answers tells everybody what it is and where its
services are. What is asked of the devices afterwards is HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import readable
from scanner.wording import said

NAME = "ws-discovery"
_KEPT = 4096  # bytes of a message
MOST_MESSAGES = 64  # different ones of a conversation and side
_NAMESPACES = (b"schemas.xmlsoap.org/ws/2005/04/discovery", b"docs.oasis-open.org/ws-dd/ns/discovery/2009/01")
_BEGINNINGS = (b"<?xml version=", b"<s:Envelope", b"<soap:Envelope", b"<SOAP-ENV:Envelope", b"<soapenv:Envelope")
# The message's element in the body of SOAP, whatever prefix it has.
_ELEMENT = re.compile(
    rb"<(?:[\w.-]{1,32}:)?Body[^>]{0,2000}>\s*<(?:[\w.-]{1,32}:)?"
    rb"(Hello|Bye|Probe|ProbeMatches|Resolve|ResolveMatches)[\s>/]"
)
_TEXT = {
    name: re.compile(rb"<(?:[\w.-]{1,32}:)?" + name + rb"(?:\s[^>]{0,500})?>([^<]{1,1500})</")
    for name in (b"Types", b"Scopes", b"XAddrs")
}
_SCOPES = {"hardware": "model", "name": "name"}  # of ONVIF -> identity
_SCOPE = re.compile(r"onvif://www\.onvif\.org/(hardware|name)/([^\s/]{1,60})")
_MEANS = {
    "Hello": (Verb.REPORT, Kind.NOTICE),
    "Bye": (Verb.REPORT, Kind.NOTICE),
    "Probe": (Verb.IDENTIFY, Kind.REQUEST),
    "ProbeMatches": (Verb.REPORT, Kind.RESPONSE),
    "Resolve": (Verb.IDENTIFY, Kind.REQUEST),
    "ResolveMatches": (Verb.REPORT, Kind.RESPONSE),
}


def _element(message: Message) -> str:
    """The name of the message; Malformed where it is none."""
    data = message.data[:_KEPT]
    found = _ELEMENT.search(data) if any(space in data for space in _NAMESPACES) else None
    if message.transport != "udp" or not found:
        raise Malformed("no message of WS-Discovery")
    return found[1].decode()


def _text(message: Message, name: bytes) -> str:
    found = _TEXT[name].search(message.data[:_KEPT])
    return readable(found[1].strip(), 400) if found else ""


def probe(message: Message) -> bool:
    """A message of the protocol in the body of SOAP."""
    try:
        return bool(_element(message))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """What is looked for, or which device is there, with its kind and where its services are."""
    element = _element(message)
    verb, kind = _MEANS[element]
    place = re.match(r"https?://[^\s/?#@]{1,80}", _text(message, b"XAddrs"))
    yield Session(version="WS-Discovery", encrypted=False)
    yield Operation(
        verb,
        element,
        kind,
        object=" ".join(t.rpartition(":")[2] for t in _text(message, b"Types").split()),
        detail=said("described at {place}", place=place[0]) if place else "",
        filter=f'udp contains "{element}"',
    )
    if kind is not Kind.REQUEST:
        for field, value in _SCOPE.findall(_text(message, b"Scopes")):
            yield Identity(_SCOPES[field], value)


PROTOCOL = Protocol(
    name=NAME,
    title="WS-Discovery (ONVIF)",
    short="WS-Discovery",
    framing=Framing(NAME, Whole(), (Byte(0, b"<\xef \t\r\n"), Size(200)), {"udp": (3702,)}, 1, anywhere=False),
    more_framings=tuple(
        Framing(f"{NAME}-{n}", Whole(), (*magic(0, begins), Size(200)), {"udp": ()}, confirmations=1)
        for n, begins in enumerate(_BEGINNINGS)
    ),
    cases=(Case(NAME, (), (Range(0),), Role.NOTICE, keep=_KEPT, most=MOST_MESSAGES),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY, Verb.REPORT}),
    specification="OASIS WS-Discovery 1.1 sections 4 to 6, ONVIF Core Specification section 7",
    industrial=False,
    display_filter="xml",
)
