"""OPC UA PubSub in UADP over UDP and Ethernet: who publishes which groups and data sets, with which security.

Written from OPC 10000-14 (1.05), 7.2.4 (UADP message mapping), 7.3.2 and 7.3.3 (UDP and Ethernet) and annex A (header
layouts). No value of a data set is read. ``_opcua_pubsub_header`` has the header.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.opc._opcua_pubsub_header import (
    ANNOUNCEMENT,
    CASES,
    DATA,
    ENCRYPTED,
    FRAMING,
    NAME,
    PORT,
    SIGNED,
    Header,
    header,
)
from scanner.protocols.opc._opcua_types import OpcUaReader
from scanner.wording import joined, said, verbatim

PROBES = {1: "publisher information probe", 2: "FindApplications probe"}
INFORMATION = {
    1: "publisher endpoints",
    2: "DataSetMetaData",
    3: "DataSetWriter configuration",
    4: "WriterGroup configuration",
    5: "PubSubConnection configuration",
}
ANNOUNCEMENTS = {
    1: "publisher endpoints",
    2: "DataSetMetaData",
    3: "DataSetWriter configuration",
    4: "PubSubConnection configuration",
    5: "application information",
    6: "ActionResponder configuration",
    7: "ActionMetaData",
}
_ENDPOINTS, _METADATA, _APPLICATION = 1, 2, 5
_DESCRIPTION = 1  # of application information


def probe(message: Message) -> bool:
    """A header whose flags are allowed and whose fields are there."""
    if message.transport not in ("udp", "ethernet") or (message.transport == "udp" and message.port != PORT):
        return False
    try:
        found = header(message.data)
    except Malformed:
        return False
    return bool(found.publisher or found.group is not None or found.writers)


def proof(message: Message) -> bool:
    """An EtherType of its own; behind the port, a header with bytes that no line of text has."""
    return message.transport == "ethernet" or any(byte < 9 for byte in message.data[1:16])


def dissect(message: Message) -> Iterator[Row]:
    """One notice a message, and how it is protected; announcements tell of applications."""
    found = header(message.data)
    yield from (_data(found) if found.kind == DATA else _discovery(message, found))
    yield _session(found)


def _session(found: Header) -> Session:
    """The security header says what protects a message; without one, anybody can publish the same."""
    if found.secured and found.security is None:
        return Session(detail=_protection(found))
    flags = found.security or 0
    return Session(encrypted=bool(flags & ENCRYPTED), authenticated=bool(flags & SIGNED), detail=_protection(found))


_PROTECTIONS = {  # signed, encrypted
    (False, False): said("security header, neither signed nor encrypted"),
    (False, True): said("security header, encrypted"),
    (True, False): said("security header, signed"),
    (True, True): said("security header, signed and encrypted"),
}


def _protection(found: Header) -> str:
    if not found.secured:
        return said("no security header")
    if found.security is None:
        return said("security header")
    return _PROTECTIONS[bool(found.security & SIGNED), bool(found.security & ENCRYPTED)]


def _unit(found: Header) -> str:
    return said("publisher {name}", name=found.publisher) if found.publisher else ""


def _data(found: Header) -> Iterator[Row]:
    """A group and its writers, as far as they are told."""
    parts = [f"writer group {found.group}"] if found.group is not None else []
    if found.writers:
        parts.append(f"data set writer {', '.join(map(str, found.writers))}")
    yield Operation(
        verb=Verb.REPORT,
        function="DataSetMessage",
        kind=Kind.NOTICE,
        code="0",
        unit=_unit(found),
        object=", ".join(parts),
        detail=joined([_protection(found), said("chunk") if found.chunk else ""]),
        filter=_FILTER,
    )


_FILTER = f"udp.port == {PORT} || eth.type == 0xb62c"


def _discovery(message: Message, found: Header) -> Iterator[Row]:
    """A probe or announcement; of protected ones only that it is one."""
    announced = found.kind == ANNOUNCEMENT
    function = "Discovery announcement" if announced else "Discovery probe"
    thing, detail, identities = "", "", list[Row]()
    if found.end is not None and not found.chunk:
        r = OpcUaReader(message.data, found.end)
        if announced:
            thing, detail, identities = _announcement(r, whole=len(message.data) == message.length)
        else:
            thing = _probe(r)
    yield Operation(
        verb=Verb.REPORT if announced else Verb.IDENTIFY,
        function=function,
        kind=Kind.NOTICE,
        code=str(found.kind),
        unit=_unit(found),
        object=thing,
        detail=joined((detail, said("chunk") if found.chunk else "")),
        filter=_FILTER,
    )
    yield from identities


def _probe(r: OpcUaReader) -> str:
    kind = r.number(1)
    if kind not in PROBES:
        raise Malformed("discovery probe of type {kind}", kind=kind)
    if kind != 1:
        return PROBES[kind]
    asked = r.number(1)
    return f"{PROBES[kind]}: {INFORMATION.get(asked, f'type {asked}')}"


def _announcement(r: OpcUaReader, *, whole: bool) -> tuple[str, str, list[Row]]:
    """(what is announced, more of it, identities)."""
    kind = r.number(1)
    if kind not in ANNOUNCEMENTS:
        raise Malformed("discovery announcement of type {kind}", kind=kind)
    r.take(2)
    name = ANNOUNCEMENTS[kind]
    try:
        if kind == _APPLICATION and r.number(2) == _DESCRIPTION:
            return name, *_application(r)
        if kind == _ENDPOINTS and r.count():
            url = r.text()
            detail, identities = _application(r)
            return name, joined((verbatim(url), detail)), identities
        if kind == _METADATA:
            return name, said("data set writer {n}", n=r.number(2)), []
    except Malformed:
        if whole:
            raise
    return name, "", []


def _application(r: OpcUaReader) -> tuple[str, list[Row]]:
    """An ApplicationDescription (OPC 10000-4, 7.2): its URI, and what it says of itself."""
    uri, product, name = r.text(), r.text(), r.localized()
    rows: list[Row] = [Identity(field, value) for field, value in (("name", name), ("software", product)) if value]
    return verbatim(uri), rows


PROTOCOL = Protocol(
    name=NAME,
    title="OPC UA PubSub",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT, Verb.IDENTIFY}),
    specification="OPC 10000-14 (1.05), 7.2.4, 7.3.2, 7.3.3 and annex A",
    display_filter="(udp or eth)",
)
