"""Ethernet POWERLINK version 1: cycle, polls, invitations, identification and net commands (EtherType 0x3E3F).

Written from the frames of the POWERLINK white paper V0006-B as Wireshark's packet-epl_v1 has them: service, target and
source, then what the service carries; numbers are little endian. What a net command does, and what goes through the
generic channel, is the application's and not published. Nothing in it authenticates; version 2 has another EtherType.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Test, Whole, bits
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.wording import joined, said

NAME = "powerlink-v1"
_SOC, _EOC, _PREQ, _PRES, _AINV, _ASND = range(1, 7)
_SERVICES = {
    _SOC: "Start of Cyclic (SoC)",
    _EOC: "End of Cyclic (EoC)",
    _PREQ: "Poll Request (PReq)",
    _PRES: "Poll Response (PRes)",
    _AINV: "Acyclic Invite (AInv)",
    _ASND: "Acyclic Send (ASnd)",
}
_LEAST = {_SOC: 46, _EOC: 46, _PREQ: 10, _PRES: 10, _AINV: 4, _ASND: 6}
_IDENT, _GENERIC = 1, 255
_CHANNELS = {_IDENT: "Ident", _GENERIC: "Generic Channel"}
_IDENT_END = 30
_OF_CYCLES = (_SOC, _EOC)
_READY, _EXCEPTION, _WARNING, _ERROR = 0x01, 0x10, 0x04, 0x02


def probe(message: Message) -> bool:
    """A service in a frame that is long enough for it and for the data it says it has, from a node to another."""
    data = message.data
    if message.transport != "ethernet" or len(data) < 4 or message.length < _LEAST.get(data[0] & 0x7F, 1 << 16):
        return False
    service = data[0] & 0x7F
    if data[1] == data[2]:
        return False
    if service in (_PREQ, _PRES) and len(data) >= 6:
        return 10 + int.from_bytes(data[4:6], "little") <= message.length
    if service == _ASND and data[3] != _IDENT and len(data) >= 6:
        return 6 + int.from_bytes(data[4:6], "little") <= message.length
    return True


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one frame."""
    data = message.data
    if not probe(message):
        raise Malformed("no POWERLINK frame")
    service = data[0] & 0x7F
    if len(data) < min(_LEAST[service], 10):
        raise Malformed("frame cut short")
    if service in _OF_CYCLES:
        yield from _cycle(data, service)
    elif service in (_PREQ, _PRES):
        yield _poll(data, service)
    elif service == _AINV:
        yield _invitation(data)
    else:
        yield from _acyclic(message)


def _row(service: int, verb: Verb, about: int, kind: Kind = Kind.NOTICE, **more: str) -> Operation:
    return Operation(
        verb,
        more.get("function", _SERVICES[service]),
        kind,
        more.get("code", str(service)),
        unit=said("node {n}", n=about),
        detail=more.get("detail", ""),
        filter=f"epl_v1.service == {service}{more.get('filter', '')}",
    )


def _cycle(data: bytes, service: int) -> Iterator[Row]:
    """Who sends it is the manager; a net command asks every node for something."""
    yield _row(service, Verb.TIME_SYNC if service == _SOC else Verb.SESSION, data[2])
    command = int.from_bytes(data[4:6], "little")
    if command:
        field = "soc" if service == _SOC else "eoc"
        yield _row(
            service,
            Verb.UNKNOWN,
            data[1],
            Kind.UNCONFIRMED,
            function=f"Net Command {command}",
            code=f"{service}:{command}",
            filter=f" && epl_v1.{field}.netcommand == {command}",
        )
    yield Identity("role", "controller")


def _poll(data: bytes, service: int) -> Operation:
    """How much process data, and what the node says of itself; the data are never looked at."""
    size = int.from_bytes(data[4:6], "little")
    words = [said("{n} bytes", n=size), said("data valid" if data[3] & _READY else "data not valid")]
    if service == _PRES:
        states = ((_EXCEPTION, said("exception")), (_WARNING, said("warning")), (_ERROR, said("error")))
        words += [word for bit, word in states if data[3] & bit]
    about, field = (data[1], "dest") if service == _PREQ else (data[2], "src")
    return _row(service, Verb.REPORT, about, detail=joined(words), filter=f" && epl_v1.{field} == {about}")


def _invitation(data: bytes) -> Operation:
    channel = data[3]
    verb = Verb.IDENTIFY if channel == _IDENT else Verb.SESSION
    name = _CHANNELS.get(channel, f"channel {channel}")
    return _row(
        _AINV,
        verb,
        data[1],
        function=f"AInv {name}",
        code=f"{_AINV}:{channel}",
        filter=f" && epl_v1.ainv.channel == {channel}",
    )


def _acyclic(message: Message) -> Iterator[Row]:
    data, channel = message.data, message.data[3]
    code, shown = f"{_ASND}:{channel}", f" && epl_v1.asnd.channel == {channel}"
    if channel != _IDENT:
        name = _CHANNELS.get(channel, f"channel {channel}")
        yield _row(_ASND, Verb.UNKNOWN, data[1], Kind.UNCONFIRMED, function=f"ASnd {name}", code=code, filter=shown)
        return
    yield _row(_ASND, Verb.IDENTIFY, data[2], function="ASnd Ident", code=code, filter=shown)
    if len(data) < _IDENT_END or message.length < _IDENT_END:
        return
    _, hardware, firmware, variant = (int.from_bytes(data[at : at + 4], "little") for at in range(6, 22, 4))
    for field, value in (
        ("hardware_revision", f"revision 0x{hardware:08X}" if hardware else ""),
        ("firmware", f"version 0x{firmware:08X}" if firmware else ""),
        ("model", f"device variant 0x{variant:08X}" if variant else ""),
    ):
        if value:
            yield Identity(field, value, mac=message.source)


# --- which bytes are meaning: services, nodes, states, commands; never times, process data or the slots of the cycle --


def _case(service: int, *tests: Test, key: tuple[Range, ...]) -> Case:
    among = bits(0x7F, service)
    return Case(NAME, (Byte(0, among), *tests), (Range(1, 3), *key), Role.NOTICE, keep=64)


def _cases() -> Iterator[Case]:
    for service in _OF_CYCLES:
        yield _case(service, key=(Range(4, 6),))
    for state in range(0x20):  # the bits of PReq and PRes that say something
        if not state & 0x08:
            yield _case(_PRES, Byte(3, bits(0x17, state)), key=(Range(4, 6),))
    for ready in (0, _READY):
        yield _case(_PREQ, Byte(3, bits(_READY, ready)), key=(Range(4, 6),))
    yield _case(_AINV, key=(Range(3, 4),))
    yield _case(_ASND, Byte(3, _IDENT), key=(Range(3, 4), Range(6, 22)))
    yield _case(_ASND, key=(Range(3, 6),))


PROTOCOL = Protocol(
    name=NAME,
    title="Ethernet POWERLINK version 1",
    short="POWERLINK V1",
    framing=Framing(
        NAME,
        Whole(),
        (Byte(0, {high | service for service in _SERVICES for high in (0, 0x80)}), Size(4)),
        {"ethertype": (0x3E3F,)},
        confirmations=1,
        anywhere=False,
    ),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.TIME_SYNC, Verb.SESSION, Verb.REPORT, Verb.IDENTIFY, Verb.UNKNOWN}),
    specification="ETHERNET Powerlink White Paper V0006-B (as Wireshark's packet-epl_v1 has it)",
    opaque=("ASnd Generic Channel",),
    display_filter="epl_v1",
)
