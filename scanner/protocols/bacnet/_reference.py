"""Objects and properties in the parameters of BACnet services (ANSI/ASHRAE 135-2020 clauses 13 to 16 and 21).

Nothing here or in the modules that use it depends on bytes that ``_bacnet_cases`` leaves out of the key: where a value
follows, only what stands in front of it at its usual place is read, and another layout gives no object.
"""

from __future__ import annotations

from typing import NamedTuple

from scanner.protocols.bacnet import _objects as objects
from scanner.protocols.bacnet._cases import IDENTITY
from scanner.protocols.bacnet._tags import OBJECT_IDENTIFIER, application, context
from scanner.protocols.bacnet._vendors import vendor
from scanner.protocols.base import Malformed, Verb
from scanner.wording import said

_ALL, _REQUIRED = 8, 105  # stand for many properties, those of identity among them


class Asked(NamedTuple):
    """What a request touches. verb: where it is another than the service's. credentials: as in Session."""

    object: str = ""
    details: tuple[str, ...] = ()
    verb: Verb | None = None
    credentials: str = ""


NOTHING = Asked()
BROKEN = Asked(details=(said("parameters break the specification"),))


class Reference(NamedTuple):
    """An object and a property of it."""

    identifier: bytes
    number: int
    item: int | None = None

    @property
    def type(self) -> int:
        return int.from_bytes(self.identifier, "big") >> 22

    @property
    def identifies(self) -> bool:
        """Of the device object, and telling who the device is."""
        return self.type == objects.DEVICE and (self.number in IDENTITY or self.number in (_ALL, _REQUIRED))

    def __str__(self) -> str:
        index = "" if self.item is None else f"[{self.item}]"
        return f"{objects.instance(self.identifier)} {objects.property_name(self.number)}{index}"


def in_front(data: bytes) -> Reference | None:
    """Context tags 0 (object) and 1 (property) at the start."""
    if len(data) < 7 or data[0] != 0x0C or not 0x19 <= data[5] <= 0x1C:
        return None
    end = 6 + (data[5] & 7)
    return Reference(data[1:5], int.from_bytes(data[6:end], "big")) if end <= len(data) else None


def first_of_list(data: bytes, tag_of_property: int) -> Reference | None:
    """Context tag 0 (object), bracket 1, and the first property in it."""
    if len(data) < 8 or data[0] != 0x0C or data[5] != 0x1E or not 1 <= data[6] - tag_of_property <= 4:
        return None
    end = 7 + data[6] - tag_of_property
    return Reference(data[1:5], int.from_bytes(data[7:end], "big")) if end <= len(data) else None


def after_process(data: bytes) -> int:
    return 1 + (data[0] & 7) if data and 0x09 <= data[0] <= 0x0C else 0


def notification(data: bytes) -> Asked:
    """Process identifier, device, object."""
    at = after_process(data)
    if not at or len(data) < at + 10 or data[at] != 0x1C or data[at + 5] != 0x2C:
        return NOTHING
    return Asked(
        objects.instance(data[at + 6 : at + 10]), (said("of {name}", name=objects.instance(data[at + 1 : at + 5])),)
    )


def private(data: bytes) -> Asked:
    """Vendor and service number, which is the vendor's own."""
    at = {0x09: 2, 0x0A: 3}.get(data[0] if data else 0, 0)
    if not at or len(data) <= at or not 0x19 <= data[at] <= 0x1C:
        return NOTHING
    end = at + 1 + (data[at] & 7)
    if end > len(data):
        return NOTHING
    who = vendor(int.from_bytes(data[1:at], "big"))
    return Asked(f"{who} service {int.from_bytes(data[at + 1 : end], 'big')}")


def text_message(data: bytes) -> Asked:
    if len(data) < 5 or data[0] != 0x0C:
        return NOTHING
    return Asked(details=(said("from {name}", name=objects.instance(data[1:5])),))


def object_in(data: bytes, at: int, number: int) -> tuple[bytes, int]:
    """The object identifier in context tag ``number``, and what comes behind it."""
    found = context(data, at, number)
    if found is None or len(found.body) != 4:
        raise Malformed("no object identifier in context tag {number}", number=number)
    return found.body, found.after


def property_in(data: bytes, at: int, number: int, of: bytes) -> tuple[Reference, int]:
    """The property in context tag ``number`` with the array index that may follow in the next."""
    found = context(data, at, number)
    if found is None or not 1 <= len(found.body) <= 4:
        raise Malformed("no property in context tag {number}", number=number)
    index = context(data, found.after, number + 1)
    if index is None:
        return Reference(of, found.unsigned), found.after
    return Reference(of, found.unsigned, index.unsigned), index.after


def identifier_in(data: bytes, at: int) -> tuple[bytes, int]:
    found = application(data, at, OBJECT_IDENTIFIER)
    if len(found.body) != 4:
        raise Malformed("an object identifier has four bytes")
    return found.body, found.after
