"""RTPS, the wire protocol of DDS and ROS 2, over UDP: participants, publications, subscriptions, protection.

Written from OMG DDSI-RTPS 2.5 (sections 8.3, 9.4 and 9.6) and DDS-Security 1.1 (sections 7.4, 8.5 and 9.5). A message
is a header with the sender's vendor and participant, and submessages; data of the built-in writers announces
participants and endpoints with their topics, that of all others carries samples, which are never read.

A participant with DDS Security announces an identity token; how its messages are protected these tell. Samples in the
open were neither signed nor encrypted, unless the whole message or that submessage is signed; behind inline QoS, where
the kernel's key does not reach, or in a format that is also that of a protected payload, it stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scanner.framing.language import Byte, Case, Chain, Field, Framing, Range, Role, Select, Size, Whole, bits, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import quoted
from scanner.protocols.rtps import _names as names
from scanner.protocols.rtps import _parameters as parameters
from scanner.protocols.rtps._parameters import Parameters
from scanner.wording import Said, joined, said, verbatim

NAME = "rtps"
MAGIC, MAJOR, HEADER = b"RTPS", 2, 20
PING = b"NDDSPING"  # of RTI, in place of the participant
LEAST = 16
MOST = 256  # submessages, as in the kernel's key
LITTLE, INLINE_QOS, PRESENT, NON_STANDARD = 0x01, 0x02, 0x04, 0x10
WRITER, PAYLOAD = 12, 24  # of DATA, from the submessage's header on
DEFAULT_PORT, PORTS_OF_A_DOMAIN = 7400, 250  # DDSI-RTPS 9.6.2: multicast discovery of domain 0; ports a domain
PLAIN, UNKNOWN = said("data neither signed nor encrypted"), said("protection of data not captured")
HOSTNAMES = ("__Hostname", "dds.sys_info.hostname", "fastdds.physical_data.host")
_DISCOVERY = (names.PARTICIPANT_WRITER, names.PUBLICATIONS_WRITER, names.SUBSCRIPTIONS_WRITER)

FRAMING = Framing(
    name=NAME,
    delimiter=Whole(),
    sync=(*magic(0, MAGIC), Byte(4, MAJOR), Size(LEAST)),
    ports={"udp": (7400, 7401, 7410, 7411)},
    confirmations=1,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Vendor and participant; of each submessage what it is and whose; announcements whole. Never numbers, times, samples.

_ENDS = (Range(4, 12),)  # reader and writer of what DATA is not
_PICKS = (
    *(
        Select((Byte(0, names.DATA), *magic(WRITER, writer.to_bytes(4, "big"))), (Range(0, 2), Range(8, 16), Range(24)))
        for writer in _DISCOVERY
    ),
    Select(
        (Byte(0, names.DATA), Byte(1, bits(INLINE_QOS, 0))), (Range(0, 2), Range(8, 16), Range(PAYLOAD, PAYLOAD + 4))
    ),
    Select((Byte(0, (names.DATA, names.DATA_FRAG)),), (Range(0, 2), Range(8, 16))),
    Select((Byte(0, names.EXCHANGES),), (Range(0, 1), *_ENDS)),
    Select((Byte(0, (names.SEC_PREFIX, names.SRTPS_PREFIX)),), (Range(0, 1), Range(7, 8))),
    Select((Byte(0, names.INTERPRETER),), ()),
    Select((), (Range(0, 1),)),
)
CASES = (
    *(
        Case(
            NAME,
            (*magic(0, MAGIC), Byte(HEADER + 1, bits(LITTLE, flag))),
            (Range(4, HEADER), Chain(HEADER, Field(2, 2, add=4, little=bool(flag)), _PICKS)),
            Role.NOTICE,
            keep=16384,
        )
        for flag in (LITTLE, 0)
    ),
    Case(NAME, magic(0, MAGIC), (Range(4, HEADER),), Role.NOTICE),
)

# --- dissection -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Submessage:
    """``data`` with the header of four bytes, as far as kept; ``size``: its bytes on the wire; ``whole``: all kept."""

    kind: int
    flags: int
    data: bytes
    size: int

    @property
    def whole(self) -> bool:
        return len(self.data) == self.size

    @property
    def order(self) -> Literal["big", "little"]:
        return "little" if self.flags & LITTLE else "big"

    def entity(self, at: int) -> int:
        """An entity identifier, which has one order of bytes always."""
        if at + 4 > len(self.data):
            raise Malformed("a submessage without its reader and writer")
        return int.from_bytes(self.data[at : at + 4], "big")


def probe(message: Message) -> bool:
    """The header of version 2, and submessages of known kinds that fit."""
    return message.transport == "udp" and is_well_formed(_check, message)


def _check(message: Message) -> list[_Submessage]:
    if not message.data.startswith(MAGIC) or len(message.data) < LEAST or message.data[4] != MAJOR:
        raise Malformed("no RTPS message of version 2")
    if message.data[8:LEAST] == PING and message.length == LEAST:
        return []
    found = list(_submessages(message))
    if not found:
        raise Malformed("a message without submessages")
    return found


def _submessages(message: Message) -> Iterator[_Submessage]:
    data, at = message.data, HEADER
    for _ in range(MOST):
        if at + 4 > len(data):
            if at < message.length == len(data):
                raise Malformed("a submessage without its header")
            return
        kind, flags = data[at], data[at + 1]
        if kind not in names.KNOWN and kind < names.VENDORS_OWN:
            raise Malformed("submessage 0x{kind:02X} does not exist", kind=kind)
        size = 4 + int.from_bytes(data[at + 2 : at + 4], "little" if flags & LITTLE else "big")
        if size == 4 and kind not in (names.PAD, names.INFO_TS):
            size = message.length - at  # the last one may say so
        if at + size > message.length:
            raise Malformed("a submessage ends behind its message")
        yield _Submessage(kind, flags, data[at : at + size], size)
        at += size


def dissect(message: Message) -> Iterator[Row]:
    """The operations of one message, what a participant says of itself, how samples are protected."""
    found = _check(message)
    vendor = int.from_bytes(message.data[6:8], "big")
    if not found:
        yield Operation(Verb.SESSION, "Ping", Kind.NOTICE, filter="rtps.ping_str")
        return
    participant = f"participant {message.data[8:HEADER].hex()}"
    protected, signed_next = False, False
    for each in found:
        if each.kind in (names.SRTPS_PREFIX, names.SEC_PREFIX):
            yield from _protection(each, participant)
            protected = protected or each.kind == names.SRTPS_PREFIX
            signed_next = True
            continue
        if each.kind == names.DATA:
            yield from _data(each, message, participant, vendor, protected=protected or signed_next)
        elif each.kind in (*names.EXCHANGES, names.DATA_FRAG):
            yield from _exchange(each, participant, protected=protected or signed_next)
        elif each.kind >= names.VENDORS_OWN:
            yield _operation(each, participant, Verb.UNKNOWN, f"Vendor's submessage 0x{each.kind:02X}")
        signed_next = False


def _operation(each: _Submessage, participant: str, verb: Verb, function: str, **more: str) -> Operation:
    where = f"rtps.sm.id == 0x{each.kind:02x}"
    if "filter" in more:
        where += f" && {more.pop('filter')}"
    return Operation(verb, function, Kind.NOTICE, code=f"0x{each.kind:02X}", unit=participant, filter=where, **more)


def _protection(each: _Submessage, participant: str) -> Iterator[Row]:
    """A prefix: what follows is protected as its transformation kind says, the last of four bytes."""
    kind = each.entity(4) & 0xFF
    part = each.kind != names.SRTPS_PREFIX
    whole = "submessage" if part else "message"
    if kind == 0:
        words = said("submessage neither signed nor encrypted" if part else "message neither signed nor encrypted")
        yield Session(encrypted=False, authenticated=False, detail=words)
        return
    name, encrypted = names.PROTECTIONS.get(kind, (f"transformation {kind}", None))
    if encrypted is not False:
        yield _operation(each, participant, Verb.UNKNOWN, f"Secured {whole}", detail=name)
    authenticated = None if encrypted is None else True
    yield Session(encrypted=encrypted, authenticated=authenticated, detail=_protected(name, encrypted, part=part))


def _protected(name: str, encrypted: bool | None, *, part: bool) -> Said:
    if encrypted is None:
        return said("submessage protected, {name}" if part else "message protected, {name}", name=name)
    if encrypted:
        return said("submessage encrypted, {name}" if part else "message encrypted, {name}", name=name)
    return said("submessage signed, {name}" if part else "message signed, {name}", name=name)


def _exchange(each: _Submessage, participant: str, *, protected: bool) -> Iterator[Row]:
    """What keeps readers and writers in step; a fragment is data."""
    if each.kind == names.DATA_FRAG:
        writer = each.entity(WRITER)
        yield _operation(
            each, participant, *_of_writer(writer, "Data fragment"), object=_writer(writer), filter=_by(writer)
        )
        if writer not in names.BUILT_IN and not protected:
            yield Session(detail=UNKNOWN)
        return
    writer = each.entity(8)
    function = names.EXCHANGES[each.kind]
    yield _operation(each, participant, Verb.SESSION, function, object=_writer(writer), filter=_by(writer))


def _of_writer(writer: int, function: str) -> tuple[Verb, str]:
    return names.BUILT_IN[writer][1] if writer in names.BUILT_IN else Verb.REPORT, function


def _writer(writer: int) -> str:
    return names.BUILT_IN[writer][0] if writer in names.BUILT_IN else f"writer {writer:08x}"


def _by(writer: int) -> str:
    return f"rtps.sm.wrEntityId == 0x{writer:08x}"


def _data(each: _Submessage, message: Message, participant: str, vendor: int, *, protected: bool) -> Iterator[Row]:
    writer = each.entity(WRITER)
    if writer == names.PARTICIPANT_WRITER:
        yield from _participant(each, message, participant, vendor)
    elif writer in (names.PUBLICATIONS_WRITER, names.SUBSCRIPTIONS_WRITER):
        yield _endpoint(each, participant, writer)
    else:
        verb, function = _of_writer(writer, "Data")
        yield _operation(each, participant, verb, function, object=_writer(writer), filter=_by(writer))
        if writer not in names.BUILT_IN and each.flags & PRESENT and not protected:
            yield _openness(each)


def _openness(each: _Submessage) -> Session:
    """Whether a sample that could be read can have been protected: CDR in big-endian order with options is also how
    the header of a protected payload begins (DDS-Security 9.5.2.3).
    """
    start = each.data[PAYLOAD : PAYLOAD + 4]
    ambiguous = start[:2] == b"\0\0" and start != bytes(4)
    if each.flags & (INLINE_QOS | NON_STANDARD) or ambiguous or len(start) < 4:
        return Session(detail=UNKNOWN)
    return Session(encrypted=False, authenticated=False, detail=PLAIN)


def _parameters(each: _Submessage) -> Parameters | None:
    """What is announced; None when it is withdrawn."""
    if not each.flags & PRESENT:
        return None
    if int.from_bytes(each.data[6:8], each.order) != PAYLOAD - 8:
        raise Malformed("the payload is not where the key has it")
    at = PAYLOAD
    if each.flags & INLINE_QOS:
        at = parameters.end(each.data, at, each.order)
    return Parameters(each.data[at:], whole=each.whole)


def _participant(each: _Submessage, message: Message, participant: str, vendor: int) -> Iterator[Row]:
    found = _parameters(each)
    by = _by(names.PARTICIPANT_WRITER)
    if found is None:
        yield _operation(each, participant, Verb.IDENTIFY, "Participant", detail=said("leaves"), filter=by)
        return
    properties = dict(found.properties())
    secured = parameters.IDENTITY_TOKEN in found.values
    details = [
        verbatim(found.text(parameters.ENTITY_NAME)),
        verbatim(properties.get("__ProcessName", "")),
        verbatim("DDS Security" if secured else ""),
    ]
    domain = found.number(parameters.DOMAIN_ID)
    offset = message.port - DEFAULT_PORT
    if domain is None and offset >= 0 and offset % PORTS_OF_A_DOMAIN == 0:
        domain = offset // PORTS_OF_A_DOMAIN
    yield _operation(
        each,
        participant,
        Verb.IDENTIFY,
        "Participant",
        object="" if domain is None else f"domain {domain}",
        detail=joined(details),
        filter=by,
    )
    if vendor in names.VENDORS:
        yield Identity("software", names.VENDORS[vendor])
    host = next((properties[name] for name in HOSTNAMES if properties.get(name)), "").partition(":")[0].strip()
    if host:
        yield Identity("hostname", host)
    if each.whole and not secured:
        yield Session(encrypted=False, authenticated=False, detail=said("participant without DDS Security"))


def _endpoint(each: _Submessage, participant: str, writer: int) -> Operation:
    """A writer or a reader with its topic."""
    publishes = writer == names.PUBLICATIONS_WRITER
    function = "Publication" if publishes else "Subscription"
    verb = Verb.REPORT if publishes else Verb.SUBSCRIBE
    found = _parameters(each)
    if found is None:
        return _operation(each, participant, verb, function, detail=said("withdrawn"), filter=_by(writer))
    topic, kind = found.text(parameters.TOPIC_NAME), found.text(parameters.TYPE_NAME)
    guid = found.values.get(parameters.ENDPOINT_GUID, b"")
    details = [said("type {name}", name=kind)] if kind else []
    if len(guid) == 16:
        details.append(said("writer {name}" if publishes else "reader {name}", name=guid[12:].hex()))
    return _operation(
        each,
        participant,
        verb,
        function,
        object=f"topic {topic}" if topic else "",
        detail=joined(details),
        filter=f"rtps.param.topicName == {quoted(topic)}" if topic else _by(writer),
    )


PROTOCOL = Protocol(
    name=NAME,
    title="DDS (RTPS)",
    short="DDS",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in names.BUILT_IN.values()} | {Verb.REPORT, Verb.UNKNOWN}),
    specification="OMG DDSI-RTPS 2.5, sections 8.3, 9.4 and 9.6; DDS-Security 1.1, sections 7.4, 8.5 and 9.5",
    midway=said("data not captured"),
)
