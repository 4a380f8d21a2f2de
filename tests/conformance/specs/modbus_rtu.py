"""Modbus RTU: unit, function code, exception code."""

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
    yield from (("touched", "23") for name in SEVERAL["23"] for _ in frame.get(name, ()))
    yield from counted(
        frame, unit="mbrtu.unit_id", function_code="modbus.func_code", exception_code="modbus.exception_code"
    )


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """From the first operation: several only say what else the same message touches."""
    every = operations(rows)
    row = every[0]
    yield "messages", ""
    yield "unit", row.unit
    yield "function code", row.code.partition(":")[0]
    if row.kind is Kind.REQUEST and row.code in SEVERAL:
        yield from (("touched", row.code) for _ in every)
    if message.data[1] & 0x80:
        reason = re.search(r"\((\d+)\)$", row.refusal or row.detail)
        yield "exception code", reason.group(1) if reason else "?"


SPEC = Spec(
    protocol="modbus-rtu",
    layers=("mbrtu",),
    fields=("mbrtu.unit_id", "modbus.func_code", "modbus.exception_code", *SEVERAL["23"]),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "mbrtu"},
    ports={"tcp": "mbrtu.tcp.port"},
)
