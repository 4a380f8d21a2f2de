"""BACnet: BVLL functions, network messages, application messages by type and service, errors, objects, identity.

Of ReadPropertyMultiple every object and property that is asked for is compared, of WritePropertyMultiple and of answers
the first, which is what otaudit tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.bacnet import _npdu as npdu
from scanner.protocols.bacnet import _objects as objects
from scanner.protocols.bacnet._cases import IP_CARRIERS, IPV6_CARRIERS
from scanner.protocols.base import Operation, Row
from tests.conformance.oracle import layers
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

MOST_SHOWN = 12  # properties of a list that otaudit names
TYPES = {"0": "confirmed", "1": "unconfirmed", "2": "simple ack", "3": "complex ack", "5": "error"}
READ_MULTIPLE, WRITE_MULTIPLE = "14", "16"
OBJECT_SERVICES = ("12", "15", "8", "9", "26")  # one object and one property, in requests


def theirs(frame: Frame) -> Iterator[Value]:
    """Services by type of message; of a read, write or list request its object and property. BACnet/SC is apart."""
    if "bscvlc" in layers(frame):
        return
    yield "messages", ""
    yield from counted(frame, function="bvlc.function", function_ipv6="bvlc.function_ipv6")
    yield from counted(frame, network_message="bacnet.mesgtyp", destination="bacnet.dnet", source="bacnet.snet")
    kinds = [number(v) for v in frame.get("bacapp.type", ())]
    if not kinds:
        return
    kind = kinds[0]
    yield "type", kind
    services = frame.get("bacapp.unconfirmed_service" if kind == "1" else "bacapp.confirmed_service", ())
    if services and kind in TYPES:
        yield f"{TYPES[kind]} service", number(services[0])
    if kind == "5":
        yield "error", f"{frame['bacapp.error_class'][0]}:{frame['bacapp.error_code'][0]}"
    yield from counted(frame, reject="bacapp.reject_reason", abort="bacapp.abort_reason")
    if kind == "0" and services and number(services[0]) in OBJECT_SERVICES:
        yield "object", f"{frame['bacapp.objectType'][0]} {frame['bacapp.instance_number'][0]}"
        yield "property", frame["bacapp.property_identifier"][0]
    if services and "bacapp.property_identifier" in frame and "True" not in frame.get("bacapp.segmented_request", ()):
        yield from listed(frame, kind, number(services[0]))
    if kind == "1" and services and number(services[0]) == "0":
        yield "device", frame["bacapp.instance_number"][0]


def listed(frame: Frame, kind: str, service: str) -> Iterator[Value]:
    """Objects and properties of a list, in the names of the standard."""
    kinds, numbers = frame["bacapp.objectType"], frame["bacapp.instance_number"]
    things = [f"{objects.object_type(int(t))} {n}" for t, n in zip(kinds, numbers, strict=False)]
    properties = [objects.property_name(int(p)) for p in frame["bacapp.property_identifier"]]
    if kind == "0" and service == READ_MULTIPLE:
        yield from (("listed object", thing) for thing in (things if len(properties) <= MOST_SHOWN else things[:1]))
        yield from (("listed property", name) for name in properties[:MOST_SHOWN])
        yield "listed properties", str(len(properties))
    elif (kind == "0" and service == WRITE_MULTIPLE) or (kind == "3" and service == READ_MULTIPLE):
        yield "first object", things[0]


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Functions and services are the row's; objects from bytes of the key, whose names are tested elsewhere."""
    data = message.data
    yield "messages", ""
    at = 0
    if data[0] != npdu.VERSION:
        at = (IP_CARRIERS if data[0] == 0x81 else IPV6_CARRIERS).get(data[1], -1)
        function = str(data[1]) if at >= 0 else number(operations(rows)[0].code.removeprefix("BVLC "))
        yield ("function" if data[0] == 0x81 else "function ipv6"), function
    if at < 0:
        return
    header = npdu.header(data[at:])
    for table, station in (("destination", header.target), ("source", header.source)):
        if station:
            yield table, str(station.network)
    raw = data[at + header.at :]
    if header.network_message:
        yield "network message", number(operations(rows)[0].code.removeprefix("network "))
        # tshark gives the networks of routers' messages in the same field as destinations.
        yield from (("destination", n) for n in networks(rows))
        return
    yield from application(raw, rows)


def application(raw: bytes, rows: Sequence[Row]) -> Iterator[Value]:
    kind = str(raw[0] >> 4)
    yield "type", kind
    segmented = raw[0] & 8 and kind in ("0", "3")
    operation = operations(rows)[0]
    if kind in TYPES:
        yield f"{TYPES[kind]} service", operation.code.split()[1]
    if kind == "5":
        yield "error", operation.refusal.rpartition("(")[2].rstrip(")")
    if kind in ("6", "7"):
        yield ("reject" if kind == "6" else "abort"), str(raw[2])
    if kind == "0" and not segmented and str(raw[3]) in OBJECT_SERVICES:
        identifier = int.from_bytes(raw[5:9], "big")
        yield "object", f"{identifier >> 22} {identifier & 0x3FFFFF}"
        yield "property", str(int.from_bytes(raw[10 : 10 + (raw[9] & 7)], "big"))
    yield from of_list(kind, segmented, operation)
    if kind == "1" and raw[1] == 0:
        yield "device", operation.object.split()[1]


def of_list(kind: str, segmented: int, operation: Operation) -> Iterator[Value]:
    """``analog-input 1 present-value, units; device 7 model-name and 3 more``."""
    service = operation.code.rpartition(" ")[2]
    if not operation.object or segmented:
        return
    if kind == "0" and service == READ_MULTIPLE:
        shown, _, more = operation.object.partition(" and ")
        groups = [group.split(" ", 2) for group in shown.split("; ")]
        yield from (("listed object", " ".join(group[:2])) for group in (groups[:1] if more else groups))
        names = [name.partition("[")[0] for *_, properties in groups for name in properties.split(", ")]
        yield from (("listed property", name) for name in names)
        yield "listed properties", str(len(names) + int(more.split()[0] if more else 0))
    elif (kind == "0" and service == WRITE_MULTIPLE) or (kind == "3" and service == READ_MULTIPLE):
        yield "first object", " ".join(operation.object.split(" ")[:2])


def networks(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if isinstance(row, Operation):
            yield from (part.split()[1] for part in row.object.split(", ") if part.startswith("network "))


SPEC = Spec(
    protocol="bacnet",
    layers=("bacnet", "bvlc"),
    fields=(
        "bvlc.function",
        "bvlc.function_ipv6",
        "bacnet.mesgtyp",
        "bacnet.dnet",
        "bacnet.snet",
        "bacapp.type",
        "bacapp.confirmed_service",
        "bacapp.unconfirmed_service",
        "bacapp.error_class",
        "bacapp.error_code",
        "bacapp.reject_reason",
        "bacapp.abort_reason",
        "bacapp.objectType",
        "bacapp.instance_number",
        "bacapp.property_identifier",
        "bacapp.segmented_request",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "bvlc"},
)
