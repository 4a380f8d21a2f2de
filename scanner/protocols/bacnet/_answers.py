"""What BACnet acknowledgements and unconfirmed requests tell (ANSI/ASHRAE 135-2020 clauses 13 to 16 and 21)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.protocols.bacnet import _names as names
from scanner.protocols.bacnet import _objects as objects
from scanner.protocols.bacnet._cases import BEGIN_OF_IDENTITY, IDENTITY
from scanner.protocols.bacnet._reference import (
    BROKEN,
    NOTHING,
    Asked,
    Reference,
    first_of_list,
    identifier_in,
    in_front,
    notification,
    object_in,
    private,
    property_in,
    text_message,
)
from scanner.protocols.bacnet._tags import (
    CHARACTER_STRING,
    ENUMERATED,
    OBJECT_IDENTIFIER,
    UNSIGNED,
    application,
    context,
    enclosed,
    tag,
    text,
)
from scanner.protocols.bacnet._vendors import vendor
from scanner.protocols.base import Malformed
from scanner.protocols.common.text import readable
from scanner.wording import said, verbatim

ANSWERS = (names.I_AM, names.I_HAVE)
NOTIFICATIONS = (names.UNCONFIRMED_COV, names.UNCONFIRMED_EVENT, names.UNCONFIRMED_TEXT, 11, 12, names.WHO_AM_I)


# --- answers --------------------------------------------------------------------------------------------------------


def answer(service: int, data: bytes, *, whole: bool, segmented: bool) -> tuple[str, dict[str, str]]:
    """(what a complex acknowledgement speaks of, identity fields in it by name)."""
    if service == names.READ_MULTIPLE and _tells_identity(data):
        return objects.instance(data[1:5]), _identity(data)
    if segmented:
        return "", {}
    if service in (names.READ, names.READ_RANGE):
        found = in_front(data)
        tells = service == names.READ and found and found.type == objects.DEVICE and found.number in IDENTITY
        return (str(found) if found else ""), (_one(data, found) if found and tells else {})
    if service == names.READ_MULTIPLE:
        found = first_of_list(data, 0x28)
        return (str(found) if found else ""), {}
    if service == names.CREATE and whole and len(data) == 5 and data[0] == 0xC4:
        return objects.instance(data[1:]), {}
    return "", {}


def _tells_identity(data: bytes) -> bool:
    found = first_of_list(data, 0x28)
    return found is not None and found.type == objects.DEVICE and data[6] == 0x29 and data[7] in BEGIN_OF_IDENTITY


def _one(data: bytes, found: Reference) -> dict[str, str]:
    """The identity in the acknowledgement of one property."""
    if data[5] not in (0x19, 0x1A) or data[5] - 0x18 != (found.number > 255) + 1:
        return {}
    try:
        return _value(found.number, enclosed(data, 6 + (data[5] & 7), 3)[0])
    except Malformed:
        return {}


def _value(number: int, value: bytes) -> dict[str, str]:
    """A property of the device object as an identity field."""
    found = tag(value, 0)
    if number == objects.VENDOR_IDENTIFIER and not found.context and found.number == UNSIGNED:
        return {"vendor": vendor(found.unsigned)}
    if number in IDENTITY and number != objects.VENDOR_IDENTIFIER:
        shown = text(found.body) if not found.context and found.number == CHARACTER_STRING else ""
        return {IDENTITY[number]: shown} if shown else {}
    return {}


def _identity(data: bytes) -> dict[str, str]:
    """What a list of results says of the device, as far as it goes; the vendor's name goes before its number."""
    numbered: dict[str, str] = {}
    named: dict[str, str] = {}
    try:
        for number, value in _results(data):
            (numbered if number == objects.VENDOR_IDENTIFIER else named).update(_value(number, value))
    except Malformed:  # the rest is in further segments, or was not captured
        pass
    return numbered | named


def _results(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(property, value) of the device object in the results of ReadPropertyMultiple; errors are left out."""
    at = 0
    while at < len(data):
        identifier, at = object_in(data, at, 0)
        if not tag(data, at).opening:
            raise Malformed("no list of results")
        at = tag(data, at).after
        while not tag(data, at).closing:
            found, at = property_in(data, at, 2, identifier)
            kind = tag(data, at).number
            value, at = enclosed(data, at, kind)
            if kind == 4 and found.type == objects.DEVICE and value:
                yield found.number, value
        at = tag(data, at).after


# --- unconfirmed requests -------------------------------------------------------------------------------------------


def unconfirmed(service: int, data: bytes, whole: bool) -> tuple[Asked, dict[str, str]]:
    """(what an unconfirmed request touches, identity fields in it)."""
    try:
        if service in _TELLING:
            return _TELLING[service](data)
        return (_UNCONFIRMED[service](data) if service in _UNCONFIRMED else NOTHING), {}
    except Malformed:
        return (BROKEN if whole else NOTHING), {}


def _i_am(data: bytes) -> tuple[Asked, dict[str, str]]:
    identifier, at = identifier_in(data, 0)
    size = application(data, at, UNSIGNED)
    segmentation = application(data, size.after, ENUMERATED)
    who = vendor(application(data, segmentation.after, UNSIGNED).unsigned)
    return Asked(objects.instance(identifier), (verbatim(who),)), {"vendor": who}


def _i_have(data: bytes) -> tuple[Asked, dict[str, str]]:
    device, at = identifier_in(data, 0)
    identifier, at = identifier_in(data, at)
    name = text(application(data, at, CHARACTER_STRING).body)
    words = (
        said("of {name}", name=objects.instance(device)),
        verbatim(f'"{readable(name.encode(), 60)}"') if name else "",
    )
    return Asked(objects.instance(identifier), words), {"name": name} if device == identifier else {}


def _who_am_i(data: bytes) -> tuple[Asked, dict[str, str]]:
    """Vendor, model name, serial number (addendum bz to 135-2016)."""
    found, _ = _itself(data)
    return Asked(details=tuple(map(verbatim, found.values()))), found


def _you_are(data: bytes) -> tuple[Asked, dict[str, str]]:
    """As above, then the instance and the address that the device shall take."""
    found, at = _itself(data)
    shown = ""
    if at < len(data) and tag(data, at).number == OBJECT_IDENTIFIER:
        shown = objects.instance(identifier_in(data, at)[0])
    return Asked(shown, tuple(map(verbatim, found.values()))), {}


def _itself(data: bytes) -> tuple[dict[str, str], int]:
    who = application(data, 0, UNSIGNED)
    model = application(data, who.after, CHARACTER_STRING)
    serial = application(data, model.after, CHARACTER_STRING)
    found = {"vendor": vendor(who.unsigned), "model": text(model.body), "serial": text(serial.body)}
    return {field: value for field, value in found.items() if value}, serial.after


def _limits(data: bytes) -> tuple[str, int]:
    low = context(data, 0, 0)
    high = context(data, low.after, 1) if low else None
    if low is None or high is None:
        if low:
            raise Malformed("a range without its end")
        return said("all devices"), 0
    return said("devices {n}-{m}", n=low.unsigned, m=high.unsigned), high.after


def _who_is(data: bytes) -> Asked:
    shown, at = _limits(data)
    if at != len(data):
        raise Malformed("more than a range of devices")
    return Asked(shown)


def _who_has(data: bytes) -> Asked:
    shown, at = _limits(data)
    identifier = context(data, at, 2)
    if identifier is not None and len(identifier.body) == 4:
        return Asked(objects.instance(identifier.body), (shown,))
    name = context(data, at, 3)
    if name is None:
        raise Malformed("neither an object nor a name")
    return Asked(f'"{readable(text(name.body).encode(), 60)}"', (shown,))


_TELLING: dict[int, Callable[[bytes], tuple[Asked, dict[str, str]]]] = {
    names.I_AM: _i_am,
    names.I_HAVE: _i_have,
    names.WHO_AM_I: _who_am_i,
    names.YOU_ARE: _you_are,
}
_UNCONFIRMED: dict[int, Callable[[bytes], Asked]] = {
    names.UNCONFIRMED_COV: notification,
    names.UNCONFIRMED_EVENT: notification,
    names.UNCONFIRMED_PRIVATE: private,
    names.UNCONFIRMED_TEXT: text_message,
    names.WHO_HAS: _who_has,
    names.WHO_IS: _who_is,
}
