"""What the system status lists of a SIMATIC say about the device itself.

Written from Siemens "System Software for S7-300/400, System and Standard Functions", chapter SZL, partial lists
W#16#xy11 (module identification, records of 28 bytes) and W#16#xy1C (component identification, 34 bytes).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from scanner.protocols.base import Identity
from scanner.protocols.common.text import printable

_MODULE, _COMPONENT = 0x11, 0x1C
_COMPONENT_FIELDS = {1: "name", 5: "serial", 7: "model"}
_COMPONENT_SIZE = 34
RECORD_SIZES = range(22, 67)  # a record with an index and an order number or a name; imitations vary


def identities(szl: int, payload: bytes) -> Iterator[Identity]:
    """Identities of an answer; ``payload`` begins with the record size. A last record that is cut short is left out:
    long lists come in several messages.
    """
    size, count = struct.unpack_from(">HH", payload) if len(payload) >= 4 else (0, 0)
    if size not in RECORD_SIZES:
        return
    records = [payload[at : at + size] for at in range(4, len(payload) - size + 1, size)][:count]
    if szl & 0xFF == _MODULE:
        yield from _module(records)
    elif szl & 0xFF == _COMPONENT:
        yield from _components(records)


def continued(payload: bytes) -> Iterator[Identity]:
    """Identities of a further part of a component identification, which has no head of its own.

    It is known by its shape: it ends with whole records, whose indices rise and whose texts are texts.
    """
    records = [payload[at : at + _COMPONENT_SIZE] for at in range(len(payload) % _COMPONENT_SIZE, len(payload), 34)]
    indices = [int.from_bytes(r[:2], "big") for r in records]
    if indices and indices == list(range(indices[0], indices[0] + len(indices))) and 2 <= indices[0] <= 11:
        yield from _components(records)


def _module(records: list[bytes]) -> Iterator[Identity]:
    for record in records:
        index = int.from_bytes(record[:2], "big")
        number = printable(record[2:22])
        version = _version(record[24:28])
        if index == 1 and number:
            yield Identity("order_number", number)
            if number.startswith("6"):
                yield Identity("vendor", "Siemens")
        elif index == 6 and version:
            yield Identity("hardware_revision", version)
        elif index == 7 and version:
            yield Identity("firmware", version)


def _version(raw: bytes) -> str:
    """The letter V and three numbers ("V3.2.6"); hardware has a plain number; empty when it is neither."""
    if len(raw) < 4:
        return ""
    if raw[0] == 0x56:
        return f"V{raw[1]}.{raw[2]}.{raw[3]}"
    plain = int.from_bytes(raw[:2], "big")
    return str(plain) if 0 < plain < 256 else ""


def _components(records: list[bytes]) -> Iterator[Identity]:
    for record in records:
        index = int.from_bytes(record[:2], "big")
        text = printable(record[2:])
        if text and index in _COMPONENT_FIELDS:
            yield Identity(_COMPONENT_FIELDS[index], text)
        elif index == 4 and "Siemens" in text:
            yield Identity("vendor", "Siemens")
