"""HSRP versions 1 and 2: which router is the gateway of a segment, and whether it proves that it may be.

RFC 2281 section 5 (version 1); Cisco does not publish version 2 (UDP port 1985, for IPv6 2029) nor the MD5 digest: both
from Wireshark's packet-hsrp. The text that version 1 has in clear is "cisco" where nobody chose another.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address

from scanner.framing.language import Byte, Case, Chain, Field, Framing, Range, Role, Select, Size, Test, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.routing._authentication import address, by_digest, by_password, tlvs, unproven, unread
from scanner.wording import Said, joined, said, verbatim

_NAME = "hsrp"
_HEADER = 20  # of version 1
_GROUP_STATE, _INTERFACE_STATE, _TEXT, _MD5 = range(1, 5)
_GROUP_SIZE, _MD5_SIZE, _TEXT_SIZE = 40, 28, 8
_OPCODES = {0: "Hello", 1: "Coup", 2: "Resign", 3: "Advertise"}
_STATES_1 = {0: "initial", 1: "learn", 2: "listen", 4: "speak", 8: "standby", 16: "active"}
_STATES_2 = {0: "disabled", 1: "initial", 2: "learn", 3: "listen", 4: "speak", 5: "standby", 6: "active"}
_DEFAULT = b"cisco"
_PORTS = (1985, 2029)

FRAMING_1 = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, 0), Byte(1, (0, 1, 2)), Byte(2, _STATES_1), Byte(7, 0), Size(_HEADER, _HEADER + 30)),
    ports={"udp": _PORTS},
    confirmations=1,
    anywhere=False,
)
FRAMING_2 = Framing(
    name="hsrp-2",
    delimiter=Whole(),
    sync=(Byte(0, (_GROUP_STATE, _INTERFACE_STATE)), Byte(1, (4, _GROUP_SIZE)), Size(6)),
    ports={"udp": _PORTS},
    confirmations=1,
    anywhere=False,
)
_V1: tuple[Test, ...] = (Byte(0, 0),)
_ADVERTISES = (*_V1, Byte(1, 3))
_TEXTS = Chain(
    0,
    Field(1, 1, add=2),
    (
        Select((Byte(0, _GROUP_STATE),), (Range(0, 8), Range(14, 18), Range(26, 42))),
        Select((Byte(0, _TEXT),), (Range(0, 10),)),
        Select((Byte(0, _MD5),), (Range(0, 4),)),
        Select((), (Range(0, 2),)),
    ),
)
_EMPTY = bytes(8)
CASES = (
    Case(_NAME, _V1, (Range(0, 3), Range(5, 7), Range(8, 23)), Role.NOTICE, keep=64, with_length=True),
    Case(_NAME, (Byte(0, (_GROUP_STATE, _INTERFACE_STATE)),), (_TEXTS,), Role.NOTICE, keep=256),
)


def probe(message: Message) -> bool:
    """A header of version 1 or the TLVs of version 2, with an operation and a state that exist."""
    return is_well_formed(_parts, message)


def _parts(message: Message) -> dict[int, bytes]:
    """The TLVs; of version 1 the header stands for the state of the group, and its text for that TLV."""
    data = message.data
    if message.transport != "udp" or len(data) < 6:
        raise Malformed("no HSRP message")
    cut = message.length > len(data)
    if data[0] == 0:
        if len(data) < _HEADER or data[1] not in (0, 1, 2) or data[2] not in _STATES_1 or data[7]:
            raise Malformed("no HSRP message")
        found = dict(tlvs(data, _HEADER, width=1, header_counted=False, cut=cut))
        return {**found, _GROUP_STATE: data[:_HEADER], _TEXT: data[8:16]}
    found = dict(tlvs(data, 0, width=1, header_counted=False, cut=cut))
    state = found.get(_GROUP_STATE)
    if state is not None and (
        len(state) < _GROUP_SIZE or state[0] != 2 or state[1] not in _OPCODES or state[2] not in _STATES_2
    ):
        raise Malformed("no HSRP message")
    if state is None and (data[0] != _INTERFACE_STATE or len(found.get(_INTERFACE_STATE, b"")) != 4):
        raise Malformed("no HSRP message")
    return found


def dissect(message: Message) -> Iterator[Row]:
    """Who wants to be the gateway of which group, and how the message is authenticated."""
    parts = _parts(message)
    first = message.data[0] == 0
    state = parts.get(_GROUP_STATE)
    if state is None:
        yield Operation(Verb.REPORT, "Advertise", Kind.NOTICE, code="3", filter="hsrp")
        return
    opcode, role = state[1], (_STATES_1 if first else _STATES_2)[state[2]]
    priority = state[5] if first else int.from_bytes(state[12:16], "big")
    yield Operation(
        verb=Verb.REPORT,
        function=_OPCODES[opcode],
        kind=Kind.NOTICE,
        code=str(opcode),
        unit=str(state[6] if first else int.from_bytes(state[4:6], "big")),
        object=_gateway(state, first=first),
        detail=joined([said("state {name}", name=role), said("priority {n}", n=priority)]),
        filter=f"hsrp.opcode == {opcode}" if first else f"hsrp2.opcode == {opcode}",
    )
    version = "HSRPv1" if first else "HSRPv2"
    text = parts.get(_TEXT, b"").rstrip(b"\0")
    if len(parts.get(_MD5, b"")) >= _MD5_SIZE:
        yield by_digest(version, "MD5")
    elif text:
        yield by_password(version, _known(text))
    elif message.length > len(message.data):
        yield unread(version)
    else:
        yield unproven(version)


def _gateway(state: bytes, *, first: bool) -> str:
    if first:
        return address(state[16:20])
    return str(IPv6Address(state[24:40])) if state[3] == 6 else address(state[24:28])


def _known(text: bytes) -> Said:
    return said("its text is the default one") if text == _DEFAULT else verbatim("")


PROTOCOL = Protocol(
    name=_NAME,
    title="HSRP",
    framing=FRAMING_1,
    more_framings=(FRAMING_2,),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 2281 section 5; version 2 and MD5 are not published: Wireshark's packet-hsrp",
    industrial=False,
    display_filter="hsrp || hsrp2",
)
