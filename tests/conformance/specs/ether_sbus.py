"""Ether-S-Bus: attributes, commands, stations, addresses, blocks and files, NAKs, what a controller says it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

REQUEST, RESPONSE, ACKNOWLEDGE = range(3)
MEDIA = (*range(8), 0x0A, 0x0B, 0x0D, 0x0E, 0x0F)  # commands with an address of two bytes
NO_ADDRESS = (0x01, 0x04)


def theirs(frame: Frame) -> Iterator[Value]:
    """One telegram a frame. What a response carries is known to tshark by its request."""
    yield from counted(
        frame,
        attribute="sbus.att",
        command="sbus.cmd",
        station="sbus.destination",
        acknowledged="sbus.nakcode",
        transfer="sbus.block.tlgtype",
    )
    for field in ("sbus.addr_RTC", "sbus.addr_IOF"):
        yield from counted(frame, address=field)
    for field, name in (("sbus.pcd_type", "model"), ("sbus.fw_version", "firmware")):
        yield from ((name, v) for v in frame.get(field, ()))
    if "sbus.att" in frame and frame["sbus.att"][0] in ("1", "0x01"):
        yield from (("block refused", v) for v in frame.get("sbus.block.nakcode", ()) if int(v, 0) >= 0x80)


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Commands and kinds of answer are the row's, the rest are key bytes."""
    data = message.data
    attribute = data[8]
    code = number(operations(rows)[0].code)
    yield "attribute", str(attribute) if attribute == REQUEST else code
    if attribute == REQUEST:
        yield "station", str(data[9])
        yield "command", code
        if data[10] in MEDIA and data[10] not in NO_ADDRESS:
            yield "address", str(int.from_bytes(data[12:14], "big"))
        if data[10] == 0xA9:
            yield "transfer", str(data[12])
    elif attribute == ACKNOWLEDGE:
        yield "acknowledged", str(int.from_bytes(data[9:11], "big"))
    for row in rows:
        if isinstance(row, Identity) and len(data) == 20 and row.field in ("model", "firmware"):
            yield row.field, row.value
        if isinstance(row, Operation) and attribute == RESPONSE and row.refusal:
            yield "block refused", f"0x{data[10]:02x}"


SPEC = Spec(
    protocol="ether-sbus",
    layers=("sbus",),
    fields=(
        "sbus.att",
        "sbus.cmd",
        "sbus.destination",
        "sbus.nakcode",
        "sbus.block.tlgtype",
        "sbus.block.nakcode",
        "sbus.addr_RTC",
        "sbus.addr_IOF",
        "sbus.pcd_type",
        "sbus.fw_version",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "sbus"},
)
