"""J1939: parameter groups, senders, receivers, the groups that are asked for, commands to memory.

tshark reads a bus as J1939 where it is told so. Groups that the standard does not assign are CAN frames for otaudit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, operations

REQUEST, MEMORY = 0xEA00, 0xD900  # J1939-21 5.4.2, J1939-73 5.7.14
GROUPS = {
    *(0x0000, 0xD700, 0xD800, MEMORY, 0xDF00, 0xE800, REQUEST, 0xEB00, 0xEC00, 0xEE00, 0xF003, 0xF004),
    *(0xFECA, 0xFECB, 0xFECC, 0xFED3, 0xFED8, 0xFEDA, 0xFEEB, 0xFEEC),
}
ALL = "255"
# The bits 2 to 4 of the second byte of DM14 (J1939-73, table 17).
COMMANDS = ("erase", "read", "write", "status", "completed", "failed", "boot load", "EDCP generation")


def is_message(frame: Frame) -> bool:
    """Whether otaudit gives the frame to J1939: an assigned group with as much data as it has."""
    if "j1939.pgn" not in frame:
        return False
    group = int(frame["j1939.pgn"][0])
    return group in GROUPS and len(_data(frame)) == (3 if group == REQUEST else 8)


def theirs(frame: Frame) -> Iterator[Value]:
    """Only groups below 0xF000 have a receiver."""
    if not is_message(frame):
        return
    group, data = int(frame["j1939.pgn"][0]), _data(frame)
    yield "group", str(group)
    yield "sender", frame["j1939.src_addr"][0]
    yield "receiver", frame.get("j1939.dst_addr", [ALL])[0] if group < 0xF000 else ALL
    if group == REQUEST:
        yield "asked for", str(int.from_bytes(data, "little"))
    if group == MEMORY:
        yield "memory", COMMANDS[data[1] >> 1 & 7]


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The sender is the unit, the receiver of all but address claims stands in the detail."""
    for row in operations(rows):
        yield "group", row.code
        yield "sender", row.unit
        words = str(row.detail).split()
        if words[0] == "to":
            yield "receiver", ALL if words[1] == "all" else words[1]
        else:
            yield "receiver", ALL
        if row.code == str(REQUEST):
            yield "asked for", row.object.split()[1]
        if row.code == str(MEMORY):
            yield "memory", row.object.partition(", ")[2]


def _data(frame: Frame) -> bytes:
    return bytes.fromhex(frame.get("j1939.data", [""])[0].replace(":", "").replace(" ", ""))


SPEC = Spec(
    protocol="j1939",
    layers=("j1939",),
    fields=("j1939.pgn", "j1939.src_addr", "j1939.dst_addr", "j1939.data"),
    theirs=theirs,
    ours=ours,
    options=("-d", "can.subdissector,j1939"),
)
