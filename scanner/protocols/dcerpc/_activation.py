"""What a DCOM activation asks for: the class to be created and the interfaces wanted of it.

Written from [MS-DCOM] sections 2.2.18 (OBJREF), 2.2.22 (activation properties, InstantiationInfoData) and 3.1.2.5.2
(IRemoteSCMActivator). The arguments of both operations hold an OBJREF of a custom kind whose class is
ActivationPropertiesIn; nothing else looks like that.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from scanner.protocols.dcerpc._interfaces import INTERFACES
from scanner.protocols.dcerpc._opc_interfaces import CLASSES, OPC
from scanner.protocols.dcerpc._pdu import Head
from scanner.wording import said

_OPERATIONS = {3: ("RemoteGetClassObject", 68), 4: ("RemoteCreateInstance", 72)}
_PROPERTIES = uuid.UUID("00000338-0000-0000-c000-000000000046").bytes_le
_INSTANTIATION = uuid.UUID("000001ab-0000-0000-c000-000000000046").bytes_le
_CUSTOM = b"\4"
_BLOB = 48 + 8  # OBJREF of a custom kind, then size and reserved: where the custom header begins
_COUNT, _TABLE = 32, 68  # in the custom header: number of properties, the first of their classes behind three pointers
_MOST = 16


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation in words."""

    function: str
    object: str
    detail: str


def activation(about: Head, data: bytes, operation: int) -> Activation | None:
    """The activation that a request is, as far as its properties can be read; None when it is another request."""
    name, at = _OPERATIONS.get(operation, ("", 0))
    properties = data[at + 24 : at + 40]
    if not name or data[at : at + 4] != b"MEOW" or data[at + 4 : at + 5] != _CUSTOM or properties != _PROPERTIES:
        return None
    function = f"IRemoteSCMActivator::{name}"
    info = _instantiation(about, data[at + _BLOB :])
    if len(info) < 16:
        return Activation(function, "", "")
    klass = about.order.uuid(info, 0)
    wanted = [_interface(about, info, number) for number in range(_wanted(about, info))]
    names = ", ".join(w for w in wanted if w)
    return Activation(
        function, CLASSES.get(klass, f"class {klass}"), said("interfaces {names}", names=names) if names else ""
    )


def _instantiation(about: Head, blob: bytes) -> bytes:
    """InstantiationInfoData, behind its two headers of eight bytes; empty when it cannot be found."""
    number = about.order.number
    count = min(_MOST, number(blob, _COUNT))
    at, sizes = number(blob, 16 + 4), _TABLE + 16 * count + 4
    for i in range(count):
        if blob[_TABLE + 16 * i : _TABLE + 16 * i + 16] == _INSTANTIATION:
            return blob[at + 16 : at + number(blob, sizes + 4 * i)]
        at += number(blob, sizes + 4 * i)
    return b""


def _wanted(about: Head, info: bytes) -> int:
    return min(_MOST, about.order.number(info, 28))


def _interface(about: Head, info: bytes, number: int) -> str:
    """An interface asked for: they stand behind class, six numbers, a pointer, two more and the array's length."""
    found = about.order.uuid(info, 52 + 16 * number)
    known = OPC.get(found)
    return known.name if known else INTERFACES.get(found, found)
