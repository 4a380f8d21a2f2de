"""PTP management messages (IEEE 1588-2019 section 15): what is read or set in which clock, and what clocks are."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Identity, Kind, Malformed, Operation, Row, Verb
from scanner.protocols.common.text import printable
from scanner.protocols.ptp import _names as names
from scanner.protocols.ptp._tlv import Tlv, clock
from scanner.wording import joined, said

_ACTIONS = ("GET", "SET", "RESPONSE", "COMMAND", "ACKNOWLEDGE")
_EVERY_CLOCK = b"\xff" * 8
_VERBS = {names.INITIALIZE: Verb.RESTART, 0x0006: Verb.DIAGNOSE, 0x0007: Verb.DIAGNOSE}
_DESCRIPTIONS = (names.CLOCK_DESCRIPTION, names.USER_DESCRIPTION)


def management(data: bytes, found: list[Tlv], unit: str) -> Iterator[Row]:
    """The operation, and the identity that a clock's description gives."""
    action = data[46] & 0x0F
    if action >= len(_ACTIONS):
        raise Malformed("management action {action}", action=action)
    tlv = next((t for t in found if t.kind in (names.MANAGEMENT_TLV, names.ERROR_TLV)), None)
    if tlv is None or len(tlv.value) < (2 if tlv.kind == names.MANAGEMENT_TLV else 4):
        raise Malformed("no management TLV")
    refused = tlv.kind == names.ERROR_TLV
    error = int.from_bytes(tlv.value[:2], "big")
    number = int.from_bytes(tlv.value[2:4], "big") if refused else error
    answer = action in (names.RESPONSE, names.ACKNOWLEDGE)
    yield Operation(
        verb=_verb(action, number),
        function=f"Management {_ACTIONS[action]}",
        kind=Kind.REFUSAL if refused else Kind.RESPONSE if answer else Kind.REQUEST,
        code=f"0xD:{action}",
        unit=unit,
        object=names.MANAGEMENT_IDS.get(number, f"management id 0x{number:04X}"),
        detail=_detail(data, action, number, tlv),
        refusal=f"{names.ERRORS.get(error, 'error')} ({error})" if refused else "",
        filter=f"ptp.v2.mm.action == {action} && ptp.v2.mm.managementId == {number}",
    )
    if action == names.RESPONSE and not refused:
        yield from (Identity(field, value) for field, value in _described(number, tlv.value[2:]) if value)


def _verb(action: int, number: int) -> Verb:
    if number in _VERBS:
        return _VERBS[number]
    if action in (names.GET, names.RESPONSE):
        return Verb.IDENTIFY if number in _DESCRIPTIONS else Verb.READ
    return Verb.CONFIGURE


def _detail(data: bytes, action: int, number: int, tlv: Tlv) -> str:
    """Which clock is meant, and what a setting becomes."""
    if action in (names.RESPONSE, names.ACKNOWLEDGE):
        return said("by clock {name}", name=clock(data[20:28]))
    every = data[34:42] == _EVERY_CLOCK
    target = said("every clock") if every else said("clock {name}", name=clock(data[34:42]))
    if action == names.SET and number in names.ONE_BYTE_VALUES and len(tlv.value) >= 3:
        signed = int.from_bytes(tlv.value[2:3], "big", signed=number in (0x2009, 0x200B, 0x6001))
        return joined((target, said("to {n}", n=signed)))
    return target


def _described(number: int, value: bytes) -> Iterator[tuple[str, str]]:
    """Maker, model, serial number and revisions (15.5.3.1.2: fields divided by semicolons); the clock's name."""
    if number == names.USER_DESCRIPTION:
        yield "name", _text(value, 0)[0].partition(";")[0].strip()
    if number != names.CLOCK_DESCRIPTION:
        return
    _, at = _text(value, 2)  # clockType, then the physical layer's name
    at += 2 + int.from_bytes(value[at : at + 2], "big")  # physical address
    at += 4 + int.from_bytes(value[at + 2 : at + 4], "big")  # protocol address with its kind
    product, at = _text(value, at + 4)  # manufacturerIdentity, reserved
    revision, at = _text(value, at)
    named, _ = _text(value, at)
    yield from zip(("vendor", "model", "serial"), (p.strip() for p in product.split(";")), strict=False)
    yield from zip(
        ("hardware_revision", "firmware", "software"), (p.strip() for p in revision.split(";")), strict=False
    )
    yield "name", named.partition(";")[0].strip()


def _text(value: bytes, at: int) -> tuple[str, int]:
    """A PTPText (length byte, UTF-8) and where it ends."""
    if at >= len(value):
        return "", at
    end = at + 1 + value[at]
    return (printable(value[at + 1 : end]) if end <= len(value) else ""), end
