"""Packet forwarder of LoRaWAN gateways (Semtech UDP), on any port: which gateways hand messages of the air to which
network server, and who has them send.

Written from PROTOCOL.TXT of Semtech's packet_forwarder 4.0 (GWMP, versions 1 and 2). Nothing in it is encrypted, and
nothing proves who speaks; what devices send (``data``) is encrypted by LoRaWAN and not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import readable

_NAME = "lorawan-forwarder"
_PUSH, _PUSH_ACK, _PULL, _SEND, _PULL_ACK, _SENT = range(6)
_KINDS = {
    _PUSH: ("PUSH_DATA", Verb.REPORT, Kind.REQUEST),
    _PUSH_ACK: ("PUSH_ACK", Verb.UNKNOWN, Kind.RESPONSE),
    _PULL: ("PULL_DATA", Verb.SUBSCRIBE, Kind.REQUEST),
    _SEND: ("PULL_RESP", Verb.UNKNOWN, Kind.REQUEST),
    _PULL_ACK: ("PULL_ACK", Verb.UNKNOWN, Kind.RESPONSE),
    _SENT: ("TX_ACK", Verb.UNKNOWN, Kind.RESPONSE),
}
_VERSIONS = (1, 2)
_HEADER, _WITH_GATEWAY = 4, 12
_OF_GATEWAY = (_PUSH, _PULL, _SENT)  # with the EUI of the gateway that speaks
_ALONE = (_PUSH_ACK, _PULL_ACK)  # a header and nothing else
_OBJECT = re.compile(rb'\{"(rxpk|stat|txpk)"')
_ERROR = re.compile(rb'"error"\s*:\s*"([A-Z_]{1,40})"')
_DONE = "NONE"  # what an error is called that is none


def probe(message: Message) -> bool:
    """A header whose kind has what belongs to it."""
    return is_well_formed(_body, message)


def proof(message: Message) -> bool:
    """With JSON of its own."""
    return probe(message) and message.data[3] in (_PUSH, _SEND) and bool(_OBJECT.match(_body(message)))


def _body(message: Message) -> bytes:
    """The JSON, which may be cut."""
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER or data[0] not in _VERSIONS or data[3] not in _KINDS:
        raise Malformed("no message of a packet forwarder")
    kind, start = data[3], _WITH_GATEWAY if data[3] in _OF_GATEWAY else _HEADER
    body = data[start:]
    alone = message.length == start
    wanted = {_PULL: alone, _PUSH_ACK: alone, _PULL_ACK: alone, _SENT: alone or body[:1] == b"{"}
    if message.length < start or not wanted.get(kind, body[:1] == b"{"):
        raise Malformed("no message of a packet forwarder")
    return body


def dissect(message: Message) -> Iterator[Row]:
    """The kind of the message, the gateway that speaks, what it hands over, and why it did not send."""
    body = _body(message)
    code = message.data[3]
    name, verb, kind = _KINDS[code]
    held = _OBJECT.match(body)
    error = _ERROR.search(body) if code == _SENT else None
    refusal = readable(error[1], 40) if error else ""
    refused = bool(refusal) and refusal != _DONE
    yield Operation(
        verb=verb,
        function=name,
        kind=Kind.REFUSAL if refused else kind,
        code=str(code),
        unit=message.data[_HEADER:_WITH_GATEWAY].hex(":") if code in _OF_GATEWAY else "",
        object=held[1].decode() if held else "",
        refusal=refusal if refused else "",
        filter=f"udp.payload[0:1] == {message.data[0]:02x} && udp.payload[3:1] == {code:02x}",
    )
    yield Session(version=f"GWMP {message.data[0]}", credentials="none", encrypted=False)


_START = (Byte(0, _VERSIONS),)
FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(*_START, Byte(3, _PUSH), Byte(12, b"{"[0]), Byte(13, b'"'[0]), Size(24, 0xFFFF)),
    ports={"udp": ()},
    confirmations=1,
    then=f"{_NAME}-session",
)
SESSION = Framing(
    name=f"{_NAME}-session",
    delimiter=Whole(),
    sync=(*_START, Byte(3, _KINDS), Size(_HEADER, 0xFFFF)),
    ports={"udp": (1700,)},
    confirmations=1,
    anywhere=False,
)
_KEY, _TOKEN = (Range(0, 1), Range(3, 4)), (Range(1, 3),)
CASES = (
    Case(_NAME, (Byte(3, _PUSH),), (*_KEY, Range(4, 20)), Role.REQUEST, _TOKEN, keep=256),
    Case(_NAME, (Byte(3, _PULL),), (*_KEY, Range(4, 12)), Role.REQUEST, _TOKEN, keep=32),
    Case(_NAME, (Byte(3, _SEND),), (*_KEY, Range(4, 12)), Role.REQUEST, _TOKEN, keep=256),
    Case(_NAME, (Byte(3, _SENT),), (*_KEY, Range(4)), Role.RESPONSE, _TOKEN, keep=128),
    Case(_NAME, (Byte(3, _ALONE),), _KEY, Role.RESPONSE, _TOKEN, keep=8, with_length=True),
)

PROTOCOL = Protocol(
    name=_NAME,
    title="LoRaWAN packet forwarder",
    framing=FRAMING,
    more_framings=(SESSION,),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    proof=proof,
    verbs=frozenset({verb for _, verb, _ in _KINDS.values()}),
    specification="Semtech packet_forwarder, PROTOCOL.TXT, sections 3 to 6",
    display_filter="udp.port == 1700",
)
