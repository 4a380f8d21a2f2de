"""CANopen: commands to nodes, transfers with the object they are about, refusals, states.

tshark reads a bus as CANopen where it is told so. Process data and what lies between the beginning and the end of a
transfer are CAN frames for otaudit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

COMMAND, STATE, INDEX = "canopen.nmt_ctrl.cd", "canopen.nmt_guard.state", "canopen.sdo.main_idx"
ALL = "0"


def is_message(frame: Frame) -> bool:
    """Whether otaudit gives the frame to CANopen: a command, a state, or a transfer that names an object."""
    return not {COMMAND, STATE, INDEX}.isdisjoint(frame)


def theirs(frame: Frame) -> Iterator[Value]:
    """The node of a command is in its data, that of all else in the identifier."""
    yield from counted(frame, command=COMMAND, node="canopen.nmt_ctrl.node_id", state=STATE)
    if COMMAND not in frame and is_message(frame):
        yield from counted(frame, node="canopen.node_id")
    if INDEX in frame:
        yield "transfer", number(frame["canopen.sdo.cmd"][0])
        index, sub = (int(frame[f"canopen.sdo.{name}_idx"][0], 0) for name in ("main", "sub"))
        yield "object", f"{index}:{sub}"
    yield from counted(frame, refusal="canopen.sdo.abort_code")


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """A transfer has an object, a heartbeat a state, a command neither."""
    for row in operations(rows):
        yield "node", row.unit if row.unit.isdigit() else ALL
        touched, refused = re.match(r"0x(\w+):(\d+)", row.object), re.search(r"\(0x(\w{8})\)$", row.refusal)
        if touched:
            yield "transfer", number(row.code)
            yield "object", f"{int(touched[1], 16)}:{touched[2]}"
        elif row.code:
            yield "command", row.code
        else:
            yield "state", STATES[str(row.detail).removeprefix("state ")]
        if refused:
            yield "refusal", str(int(refused[1], 16))


STATES = {"boot-up": "0", "stopped": "4", "operational": "5", "pre-operational": "127"}  # CiA 301, table 36

SPEC = Spec(
    protocol="canopen",
    layers=("canopen",),
    fields=(
        *(COMMAND, "canopen.nmt_ctrl.node_id", STATE, "canopen.node_id"),
        *("canopen.sdo.cmd", INDEX, "canopen.sdo.sub_idx", "canopen.sdo.abort_code"),
    ),
    theirs=theirs,
    ours=ours,
    options=("-d", "can.subdissector,canopen"),
)
