"""LonTalk in the packets of a Component Network over IP (CN/IP), over UDP.

Written from ISO/IEC 14908-1 (LonTalk: sections 8 to 15, addresses, PDUs, authentication, network management) and
14908-4 (CN/IP, formerly CEA-852: section 8, packets and channel management), as the LON Stack EX of EnOcean under the
MIT licence has them, and compared with Wireshark's dissectors of both.

Nodes are written as subnet/node. What a node of the network says of itself is shown with the operation and no identity
of the IP host that forwards it. An answer does not repeat its command: one code may be the answer to a management or to
a diagnostic command, so answers are named by their code alone.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Framing, Length
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Sender, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.reader import Reader
from scanner.protocols.common.text import readable
from scanner.protocols.lontalk import _names as names
from scanner.protocols.lontalk._cases import (
    ADDRESSES,
    DIGEST,
    DOMAINS,
    GROUP_ACKNOWLEDGEMENT,
    HEADER,
    SECURED,
    cases,
)
from scanner.wording import joined, said, verbatim

FRAMING = Framing(
    name="lontalk",
    delimiter=Length(at=0, width=2, minimum=HEADER + 6, maximum=1472),
    sync=(
        Byte(0, range(6)),
        Byte(2, 1),
        Byte(4, (0, 3)),
        Byte(5, (0, SECURED)),
        Byte(6, range(0x10)),
    ),
    ports={"udp": (1628, 1629)},
    confirmations=3,
)

_TPDU, _SPDU, _AUTHPDU, _APDU = range(4)
_BROADCAST, _GROUP, _NODE, _NEURON = range(4)
_FIXED = 48  # octets of a registration before its lists


@dataclass(frozen=True)
class _Packet:
    """A LonTalk packet: who, to whom, in which domain, what kind of PDU and what is in it."""

    source: str
    target: str
    domain: str
    form: int
    pdu: int
    rest: Reader


def probe(message: Message) -> bool:
    """A header that holds, and a packet inside whose parts fill it."""
    return is_well_formed(lambda m: list(dissect(m)), message)


def dissect(message: Message) -> Iterator[Row]:
    """The operation of a packet and how it is protected."""
    data = message.data
    if len(data) < HEADER or int.from_bytes(data[:2], "big") != message.length:
        raise Malformed("the length does not fit the packet")
    kind, extension, flags = data[3], data[4], data[5]
    if data[2] != 1 or kind not in names.PACKETS or extension not in (0, 3) or flags not in (0, SECURED):
        raise Malformed("no CN/IP header")
    secured = bool(flags & SECURED)
    reader = Reader(data, HEADER + 4 * extension, message.length - (DIGEST if secured else 0))
    if kind == names.DATA:
        yield from _data(reader, secured=secured)
    else:
        yield from _channel(kind, reader)
        yield _session(secured=secured)


def _session(*, secured: bool, detail: str = "") -> Session:
    return Session(version="CN/IP 1", encrypted=False, authenticated=secured, detail=detail)


# --- LonTalk ----------------------------------------------------------------------------------------------------------


def _packet(reader: Reader) -> _Packet:
    """The addresses of a packet; octet 0 is about access to the medium."""
    reader.take(1)
    code = reader.number(1)
    if code >> 6:
        raise Malformed("LonTalk version {version}", version=code >> 6)
    form = code >> 2 & 3
    source = reader.take(2)
    group_answer = form == _NODE and not source[1] & 0x80
    target = reader.take((GROUP_ACKNOWLEDGEMENT if group_answer else ADDRESSES[form]) - 2)
    if form == _BROADCAST:
        to: str = said("subnet {n}", n=target[0]) if target[0] else said("all subnets")
    elif form == _GROUP:
        to = said("group {n}", n=target[0])
    elif form == _NEURON:
        to = said("neuron {word}", word=target[1:].hex())
    else:
        to = verbatim(f"{target[0]}/{target[1] & 0x7F}")
    domain = reader.take(DOMAINS[code & 3]).hex()
    return _Packet(f"{source[0]}/{source[1] & 0x7F}", to, domain, form, code >> 4 & 3, reader)


def _data(reader: Reader, *, secured: bool) -> Iterator[Row]:
    packet = _packet(reader)
    if packet.pdu == _APDU:
        operation = _command(packet, Kind.UNCONFIRMED, asks=False)
        yield operation
        yield _protection(operation, secured=secured, authenticated=False)
        return
    head = reader.number(1)
    if packet.pdu == _AUTHPDU:
        yield _proof(packet, head)
        yield _session(secured=secured)
        return
    kind, authenticated = head >> 4 & 7, bool(head & 0x80)
    asks = packet.pdu == _SPDU
    if kind == 2:
        yield _response(packet) if asks else _acknowledgement(packet)
        yield _session(secured=secured)
        return
    if kind not in (0, 1, 4, 5) or (kind == 1 and asks):
        raise Malformed("PDU type {kind}", kind=kind)
    if kind >= 4:
        size = reader.number(1)
        if size > 8:
            raise Malformed("a reminder of {size} octets", size=size)
        reader.take(size)
    if kind == 4:
        _nothing_left(reader)
        yield _operation(
            packet, Verb.SESSION, "Reminder", Kind.NOTICE, shown_by=f"lon.{'s' if asks else 't'}pdu_type == 4"
        )
        yield _session(secured=secured)
        return
    operation = _command(packet, Kind.REQUEST if kind == 0 else Kind.UNCONFIRMED, asks=asks)
    yield operation
    yield _protection(operation, secured=secured, authenticated=authenticated)


_CHANGES = {Verb.WRITE, Verb.CONFIGURE, Verb.START, Verb.STOP, Verb.RESTART, Verb.MODE_CHANGE}


def _protection(operation: Operation, *, secured: bool, authenticated: bool) -> Session:
    """The sender of an authenticated transaction is challenged before what it asks is done."""
    if authenticated:
        return _session(secured=True, detail=said("authenticated transactions"))
    open_command = operation.verb in _CHANGES and not secured
    return _session(secured=secured, detail=said("commands without LonTalk authentication") if open_command else "")


def _nothing_left(reader: Reader) -> None:
    if reader.left:
        raise Malformed("{left} octets behind the PDU", left=reader.left)


def _operation(packet: _Packet, verb: Verb, function: str, kind: Kind, *, shown_by: str, **more: str) -> Operation:
    """What is asked of the target, or told by the source."""
    asks = kind in (Kind.REQUEST, Kind.UNCONFIRMED)
    other = said("from {name}", name=packet.source) if asks else said("to {name}", name=packet.target)
    place = joined((other, said("domain {n}", n=packet.domain) if packet.domain else ""))
    detail = more.pop("detail", "")
    return Operation(
        verb=verb,
        function=function,
        kind=kind,
        unit=packet.target if asks else packet.source,
        detail=joined((detail, place), "; "),
        filter=shown_by,
        **more,
    )


def _proof(packet: _Packet, head: int) -> Operation:
    """A challenge or the reply to it, with a group number for the packet that was sent to many."""
    reply, to_many = bool(head & 0x20), head >> 6 in (_BROADCAST, _GROUP)
    packet.rest.take(8 + to_many)
    _nothing_left(packet.rest)
    name = "Challenge Reply" if reply else "Challenge"
    return _operation(packet, Verb.AUTHENTICATE, name, Kind.NOTICE, shown_by="lon.authpdu")


def _acknowledgement(packet: _Packet) -> Operation:
    _nothing_left(packet.rest)
    return _operation(packet, Verb.SESSION, "Acknowledgement", Kind.RESPONSE, shown_by="lon.tpdu_type == 2")


def _response(packet: _Packet) -> Operation:
    """An answer; one octet that is a command's code without its upper bits says that the command failed."""
    reader, shown_by = packet.rest, "lon.spdu_type == 2"
    size, code = reader.left, reader.number(1)
    if code & 0x80:
        selector = (code << 8 | reader.number(1)) & 0x3FFF
        touched = f"network variable {selector:#06x}"
        return _operation(packet, Verb.READ, "Network Variable Poll", Kind.RESPONSE, shown_by=shown_by, object=touched)
    more = {"code": f"0x{code:02X}"}
    if size == 1 and (code < 0x20 or code == 0x3F):
        refusal = "application offline" if code == 0x3F else f"command failed (0x{code:02X})"
        return _operation(packet, Verb.UNKNOWN, "Response", Kind.REFUSAL, shown_by=shown_by, refusal=refusal, **more)
    if code == 0x21 and size >= 15:
        more["detail"] = _node(reader)
    return _operation(packet, Verb.UNKNOWN, "Response", Kind.RESPONSE, shown_by=shown_by, **more)


def _node(reader: Reader) -> str:
    """What a node says of itself."""
    neuron, program = reader.take(6), reader.take(8)
    return joined((said("neuron {word}", word=neuron.hex()), said("program {name}", name=program.hex())))


def _command(packet: _Packet, kind: Kind, *, asks: bool) -> Operation:
    """The command of an APDU; the data of network variables and of applications stay unread."""
    reader = packet.rest
    code = reader.number(1)
    if code & 0x80:
        return _network_variable(packet, kind, code << 8 | reader.number(1), asks=asks)
    more = {"code": f"0x{code:02X}"}
    if code < 0x40:
        return _operation(packet, Verb.UNKNOWN, "Application Message", kind, shown_by="lon.application", **more)
    if code < 0x50:
        return _operation(packet, Verb.UNKNOWN, "Foreign Frame", kind, shown_by="lon.ff", **more)
    name, verb = names.COMMANDS.get(code, ("Network Diagnostic" if code < 0x60 else "Network Management", Verb.UNKNOWN))
    shown_by = f"lon.code == 0x{code:02x}"
    if code == names.SERVICE_PIN:
        detail = _node(reader)
        return _operation(packet, verb, name, Kind.NOTICE, shown_by=shown_by, detail=detail, **more)
    if code == names.NODE_MODE:
        verb, more["detail"] = _mode(reader)
    elif code in (names.READ_MEMORY, names.WRITE_MEMORY):
        more |= _memory(reader, writes=code == names.WRITE_MEMORY)
        if more["object"].startswith("configuration") and code == names.WRITE_MEMORY:
            verb = Verb.CONFIGURE
    elif code in (names.EXPANDED, 0x70) and reader.left:
        number = reader.number(1)
        table = names.EXPANDED_COMMANDS if code == names.EXPANDED else names.WINKS
        known, verb = table.get(number, ("", Verb.UNKNOWN))
        more["detail"] = verbatim(known) or said("command {n}", n=number)
    elif verb in (Verb.CONFIGURE, Verb.READ) and reader.left:
        more["object"] = f"index {reader.number(1)}"
    return _operation(packet, verb, name, kind, shown_by=shown_by, **more)


def _network_variable(packet: _Packet, kind: Kind, word: int, *, asks: bool) -> Operation:
    """A request to an output polls it; anything else sends a value."""
    polls = asks and bool(word & 0x4000)
    return _operation(
        packet,
        Verb.READ if polls else Verb.WRITE,
        "Network Variable Poll" if polls else "Network Variable Update",
        kind,
        shown_by=f"lon.nv.selector == 0x{word & 0x3FFF:04x}",
        object=f"network variable {word & 0x3FFF:#06x}",
    )


def _mode(reader: Reader) -> tuple[Verb, str]:
    mode = reader.number(1)
    known, verb = names.NODE_MODES.get(mode, ("", Verb.MODE_CHANGE))
    if mode != names.CHANGE_STATE:
        return verb, said(known) if known else said("mode {name}", name=mode)
    state = reader.number(1)
    name = names.NODE_STATES.get(state)
    return verb, said("change state to {name}", name=said(name) if name else said("state {n}", n=state))


def _memory(reader: Reader, *, writes: bool) -> dict[str, str]:
    mode, address, count = reader.number(1), reader.number(2), reader.number(1)
    more = {"object": f"{names.MEMORY.get(mode, f'memory {mode}')} 0x{address:04X} x {count}"}
    if writes:
        action = names.MEMORY_ACTIONS.get(reader.number(1))
        more["detail"] = said(action) if action else ""
    return more


# --- the channel ------------------------------------------------------------------------------------------------------


def _channel(kind: int, reader: Reader) -> Iterator[Row]:
    if kind in (names.REGISTRATION, names.CONFIGURATION):
        yield from _device(kind, reader)
    elif kind == names.ACKNOWLEDGE:
        reader.take(4)
        code = reader.number(1)
        refusal = names.ACKNOWLEDGEMENTS.get(code, f"code {code}") if code else ""
        yield _managed(kind, Kind.REFUSAL if code else Kind.RESPONSE, refusal=refusal)
    elif kind in names.ASKING:
        reader.take(4)
        reason = reader.number(1)
        reader.take(7)
        about = reader.take(4)
        clears = kind == 0x60 and reason & names.CLEAR_STATISTICS
        touched = str(ipaddress.IPv4Address(about)) if any(about) else ""
        yield _managed(kind, Kind.REQUEST, object=touched, detail=said("and clear") if clears else "")
    elif kind == names.MEMBERSHIP:
        reader.take(12)
        count = reader.number(2)
        reader.take(2)
        if reader.left < 12 * count:
            raise Malformed("{count} members in {left} octets", count=count, left=reader.left)
        yield _managed(kind, Kind.RESPONSE, detail=said("{n} members", n=count))
    else:
        yield _managed(kind, Kind.NOTICE if kind == names.SEGMENT else Kind.RESPONSE)


def _managed(kind: int, role: Kind, **more: str) -> Operation:
    name, verb = names.PACKETS[kind]
    return Operation(verb, name, role, f"0x{kind:02X}", filter=f"cnip.type == 0x{kind:02x}", **more)


def _device(kind: int, reader: Reader) -> Iterator[Row]:
    """A device that registers, or the configuration server that tells one what it is to be."""
    if reader.left < _FIXED + 1:
        raise Malformed("a registration without its lists")
    reader.take(8)
    groups = reader.number(1)
    reader.take(3)
    neurons = reader.number(2)
    reader.take(2)
    address, _times, server = reader.take(4), reader.take(8), reader.take(4)
    reader.take(16 + 8 * groups)
    identifiers = reader.take(neurons)
    name = readable(reader.take(reader.number(1)))
    device = said("device {name}", name=ipaddress.IPv4Address(address))
    by = said("configuration server {name}", name=ipaddress.IPv4Address(server))
    yield _managed(kind, Kind.REQUEST, object=name, detail=joined((device, by)))
    about = Sender.SENDER if kind == names.REGISTRATION else Sender.RECEIVER
    if name:
        yield Identity("name", name, about)
    if neurons == 6:
        yield Identity("serial", identifiers.hex(), about)


PROTOCOL = Protocol(
    name="lontalk",
    title="LonTalk over IP",
    short="LonTalk",
    framing=FRAMING,
    cases=tuple(cases("lontalk")),
    probe=probe,
    opaque=("Application Message", "Foreign Frame"),
    dissect=dissect,
    verbs=frozenset(
        {
            verb
            for table in (names.PACKETS, names.COMMANDS, names.EXPANDED_COMMANDS, names.WINKS, names.NODE_MODES)
            for _, verb in table.values()
        }
        | {Verb.AUTHENTICATE, Verb.UNKNOWN}
    ),
    specification="ISO/IEC 14908-1 (LonTalk), sections 8 to 15; ISO/IEC 14908-4 (CN/IP, CEA-852), section 8",
    display_filter="cnip",
)
