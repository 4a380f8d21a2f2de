"""PTP version 1 (IEEE 1588-2002 section 8 and annex D), which devices in old plants still speak."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Row, Session, Verb
from scanner.protocols.common.text import printable, readable
from scanner.protocols.ptp import _names as names
from scanner.wording import joined, said

_HEAD = (Range(0, 30), Range(32, 36))  # versions, subdomain, source; control, flags
_V1 = (Byte(0, 0), Byte(1, 1))
CASES = (
    # Sync and Delay_Req: everything of the grandmaster but its sequence number and the variances.
    Case(
        "ptp",
        (*_V1, Byte(32, (0, 1))),
        (*_HEAD, Range(53, 62), Range(67, 72), Range(76, 80), Range(90, 92)),
        Role.NOTICE,
    ),
    Case("ptp", (*_V1, Byte(32, 4)), (*_HEAD, Range(40, 60)), Role.NOTICE),
    Case("ptp", _V1, _HEAD, Role.NOTICE),
)
_MANAGEMENT = 4
_EVERY_CLOCK = bytes(6)


def is_v1(message: Message) -> bool:
    """Version 1 with a control field that exists and as many bytes as it needs."""
    data = message.data
    if len(data) < 36 or data[:2] != b"\0\1" or message.transport != "udp":
        return False
    least = names.V1_MESSAGES.get(data[32], ("", 1 << 16))[1]
    return message.length >= least and data[20] in (1, 2)


def dissect_v1(message: Message) -> Iterator[Row]:
    """What the message does, and who is the grandmaster."""
    data = message.data
    kind = data[32]
    if len(data) < min(names.V1_MESSAGES[kind][1], 92):
        raise Malformed("message cut short")
    if kind == _MANAGEMENT:
        yield _management(data)
    else:
        yield _timing(data, kind)
    if kind == 0 and data[22:28] == data[54:60] and not any(data[90:92]):
        yield Identity("role", "time_server")
    yield Session(version="PTPv1", encrypted=False, authenticated=False, detail=said("unauthenticated messages"))


def _unit(data: bytes) -> str:
    return said("subdomain {name}", name=readable(data[4:20], 16))


def _timing(data: bytes, kind: int) -> Operation:
    described = kind in (0, 1)
    return Operation(
        verb=Verb.TIME_SYNC,
        function=names.V1_MESSAGES[kind][0],
        kind=Kind.NOTICE,
        code=str(kind),
        unit=_unit(data),
        object=f"grandmaster {data[54:60].hex(':')}" if described else f"clock {data[22:28].hex(':')}",
        detail=joined(_described(data)) if described else "",
        filter=f"ptp.controlfield == {kind}",
    )


def _described(data: bytes) -> Iterator[str]:
    removed = int.from_bytes(data[90:92], "big")
    yield said("stratum {n}", n=data[67])
    yield said("clock {name}", name=printable(data[68:72]) or "?")
    yield said("{n} steps removed", n=removed) if removed else said("itself")
    if data[77]:
        yield said("preferred")


def _management(data: bytes) -> Operation:
    number = data[names.V1_MANAGEMENT_KEY]
    name, verb = names.V1_KEYS.get(number, (f"management message key {number}", Verb.CONFIGURE))
    target = "every clock" if data[42:48] == _EVERY_CLOCK else f"clock {data[42:48].hex(':')}"
    return Operation(
        verb=verb,
        function=name,
        kind=Kind.NOTICE if number in names.V1_ANSWERS else Kind.REQUEST,
        code=f"4:{number}",
        unit=_unit(data),
        object=target,
        filter=f"ptp.mm.managementmessagekey == {number}",
    )
