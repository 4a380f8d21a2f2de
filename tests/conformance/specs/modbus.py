"""Modbus: unit, function code, exception code, diagnostics sub-function, MEI type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

SEVERAL = {"23": ("modbus.read_reference_num", "modbus.write_reference_num")}


def theirs(frame: Frame) -> Iterator[Value]:
    """Function codes come without the exception bit."""
    yield from (("messages", "") for _ in frame.get("modbus.func_code", ()))
    for code, names in SEVERAL.items():
        yield from (("touched", code) for name in names for _ in frame.get(name, ()))
    yield from counted(
        frame,
        unit="mbtcp.unit_id",
        function_code="modbus.func_code",
        exception_code="modbus.exception_code",
        diagnostics="modbus.diagnostic_code",
        mei_type="modbus.mei",
    )


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """From the first operation: several only say what else the same message touches."""
    every = operations(rows)
    row = every[0]
    code, _, sub = row.code.partition(":")
    yield "messages", ""
    yield "unit", row.unit
    yield "function code", code
    if row.kind is Kind.REQUEST and code in SEVERAL:
        yield from (("touched", code) for _ in every)
    if message.data[7] & 0x80:
        reason = re.search(r"\((\d+)\)$", row.refusal or row.detail)
        yield "exception code", reason.group(1) if reason else "?"
    elif code == "8":
        yield "diagnostics", sub
    elif code == "43":
        yield "mei type", sub


SPEC = Spec(
    protocol="modbus",
    layers=("mbtcp", "mbudp"),
    fields=(
        "mbtcp.unit_id",
        "modbus.func_code",
        "modbus.exception_code",
        "modbus.diagnostic_code",
        "modbus.mei",
        *SEVERAL["23"],
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "mbtcp", "udp": "mbudp"},
)
