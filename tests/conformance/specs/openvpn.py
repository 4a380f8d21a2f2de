"""OpenVPN: packets by their opcodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations


def theirs(frame: Frame) -> Iterator[Value]:
    """Opcodes are written in hexadecimal."""
    return (("opcode", str(int(number, 0))) for _, number in counted(frame, opcode="openvpn.opcode"))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the opcode; hellos in it have functions of their own."""
    return (("opcode", row.code) for row in operations(rows) if row.function.startswith("P_"))


SPEC = Spec(
    protocol="openvpn",
    layers=("openvpn",),
    fields=("openvpn.opcode",),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "openvpn", "tcp": "openvpn"},
)
