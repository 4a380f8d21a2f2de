"""The endpoint mapper of PROFINET devices: its operations, and what an entry says of the device.

Written from C706 appendix O (ept_lookup) and IEC 61158-6-10 section 4.10.3 (RPCAnnotation).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Identity, Verb
from scanner.protocols.common.text import printable
from scanner.protocols.dcerpc._calls import Order
from scanner.protocols.dcerpc._endpoints import towers
from scanner.protocols.profinet._blocks import maker_of

MAPPER_OPERATIONS = {
    0: ("ept_insert", Verb.CONFIGURE),
    1: ("ept_delete", Verb.CONFIGURE),
    2: ("ept_lookup", Verb.IDENTIFY),
    3: ("ept_map", Verb.IDENTIFY),
    4: ("ept_lookup_handle_free", Verb.SESSION),
    5: ("ept_inq_object", Verb.IDENTIFY),
    6: ("ept_mgmt_delete", Verb.CONFIGURE),
}
LOOKUP, MAP = 2, 3
_ENTRIES, _OBJECT, _LENGTH, _ANNOTATION = 100, 116, 140, 144  # of the first entry, in front of its tower


def annotated(order: Order, data: bytes) -> Iterator[Identity]:
    """The first entry of a lookup's answer: its object UUID and the annotation of PROFINET devices, which has columns:
    DeviceType (25 characters), OrderID (20), HWRevision (5), prefix (1) and three numbers (3 each) of the SWRevision.
    """
    vendor, _ = maker_of(order.uuid(data, _OBJECT))
    if vendor:
        yield Identity("vendor", vendor)
    text = data[_ANNOTATION : _ANNOTATION + 64]
    numbers = [text[at : at + 3].strip() for at in (54, 57, 60)]
    if order.number(data, _LENGTH) != 64 or text[25:26] + text[46:47] + text[52:53] != b"   ":
        return
    firmware = b"" if not all(n.isdigit() for n in numbers) else text[53:54].strip() + b".".join(numbers)
    columns = (text[:25], text[26:46], text[47:52], firmware)
    for field, column in zip(("model", "order_number", "hardware_revision", "firmware"), columns, strict=True):
        value = printable(column)
        if value:
            yield Identity(field, value)


def looked_up(order: Order, data: bytes, source: str) -> tuple[int, ...]:
    """The UDP port of the first entry of a lookup's answer; none where there are several, whose towers are apart."""
    if order.number(data, _ENTRIES) != 1:
        return ()
    at = _ANNOTATION + (order.number(data, _LENGTH) + 3 & ~3)
    return towers(order, data[at:], source, "udp")[:1]
