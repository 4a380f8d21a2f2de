"""S7comm-plus: tshark has no dissector; compared is what it finds behind COTP: versions, opcodes, functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Row
from tests.conformance.spec import Frame, Spec, Value, operations

OPCODES = {Kind.REQUEST: "49", Kind.RESPONSE: "50", Kind.REFUSAL: "50"}
NOTIFICATION = "0x33"
START = 7  # behind TPKT and COTP


def theirs(frame: Frame) -> Iterator[Value]:
    """The bytes that tshark leaves to nobody, when they begin as the protocol does."""
    for text in frame.get("data.data", ()):
        yield from _counted(bytes.fromhex(text.replace(":", "")))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Functions and whether they are asked for or answered are the row's, versions key bytes."""
    row = next(iter(operations(rows)), None)
    for table, value in _counted(message.data[START:]):
        if table == "opcode" and row:
            yield table, OPCODES.get(row.kind, "")
        elif table == "function" and row:
            yield table, f"{int(row.code, 16):04x}"
        elif table in ("messages", "version"):
            yield table, value
    if row and row.code == NOTIFICATION:
        yield "notifying", ""


def _counted(raw: bytes) -> Iterator[Value]:
    if raw[:1] == b"\x72" and len(raw) >= 4:
        yield "messages", ""
        yield "version", str(raw[1])
        at = 4 + (33 if raw[1] == 3 else 0)
        if raw[1] < 4 and raw[at : at + 1] in (b"\x31", b"\x32") and raw[at + 1 : at + 3] == b"\0\0":
            yield "opcode", str(raw[at])
            yield "function", raw[at + 3 : at + 5].hex()
        elif raw[1] < 4 and raw[at : at + 1] == b"\x33":
            yield "notifying", ""


SPEC = Spec(
    protocol="s7comm-plus",
    layers=("data",),
    fields=("data.data",),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "tpkt"},
)
