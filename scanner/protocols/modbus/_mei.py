"""MODBUS Encapsulated Interface, function code 43: device identification and what else it carries.

MODBUS Application Protocol V1.1b3, sections 6.19 to 6.21.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Row, Verb
from scanner.protocols.common.text import printable
from scanner.protocols.modbus._functions import FUNCTIONS, need
from scanner.wording import said

DEVICE_ID_READ = {1: "basic", 2: "regular", 3: "extended", 4: "specific object"}
_MODEL_OBJECTS = (5, 4, 1)  # ModelName, ProductName, ProductCode: the first that is there names the model
_DEVICE_OBJECTS = {0: "vendor", 1: "order_number", 2: "firmware", 6: "name"}


def encapsulated(message: Message, pdu: bytes, length: int, unit: str) -> Iterator[Row]:
    """The rows of a PDU of ``length`` bytes; Malformed when it breaks the specification."""
    need(pdu, 2)
    mei = pdu[1]
    if mei == 14:
        yield from _device_identification(pdu, length, unit)
        return
    name = "CANopen General Reference" if mei == 13 else f"reserved MEI type {mei}"
    yield Operation(
        verb=Verb.UNKNOWN,
        function=f"{FUNCTIONS[43].name}: {name}",
        kind=Kind.RESPONSE if message.from_client is False else Kind.REQUEST,
        code=f"43:{mei}",
        unit=unit,
        filter=f"modbus.mei == {mei}",
    )


def _device_identification(pdu: bytes, length: int, unit: str) -> Iterator[Row]:
    need(pdu, 3)
    request = length < 7  # 4; a response has 7 and more
    level = DEVICE_ID_READ.get(pdu[2])
    if level is None:
        raise Malformed("read device id code {code}, 1 to 4 expected", code=pdu[2])
    objects = {} if request else _objects(pdu, length)
    more = not request and len(pdu) > 4 and pdu[4] == 0xFF
    yield Operation(
        verb=Verb.IDENTIFY,
        function="Read Device Identification",
        kind=Kind.REQUEST if request else Kind.RESPONSE,
        code="43:14",
        unit=unit,
        object=f"{level} identification",
        detail=_detail(pdu) if request else said("more follows") if more else "",
        filter="modbus.mei == 14",
    )
    yield from _identities(objects)


def _detail(pdu: bytes) -> str:
    """The one object that a request is about, or the first."""
    return said("object {n}", n=pdu[3]) if len(pdu) > 3 and (pdu[2] == 4 or pdu[3]) else ""


def _objects(pdu: bytes, length: int) -> dict[int, str]:
    """Object id -> text, as far as kept; ids from 0x80 are the maker's own and are left out."""
    need(pdu, 7)
    found: dict[int, str] = {}
    at = 7
    for _ in range(pdu[6]):
        if at + 2 > len(pdu) or at + 2 + pdu[at + 1] > len(pdu):
            if len(pdu) == length:
                raise Malformed("identification object at byte {at} is cut short", at=at)
            break
        if pdu[at] < 0x80:
            found[pdu[at]] = printable(pdu[at + 2 : at + 2 + pdu[at + 1]])
        at += 2 + pdu[at + 1]
    return found


def _identities(objects: dict[int, str]) -> Iterator[Identity]:
    for number, field in _DEVICE_OBJECTS.items():
        if objects.get(number):
            yield Identity(field, objects[number])
    model = next((objects[n] for n in _MODEL_OBJECTS if objects.get(n)), "")
    if model:
        yield Identity("model", model)
