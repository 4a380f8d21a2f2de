"""S7comm: ROSCTR, functions, errors, userdata groups and sub-functions, SZL-IDs asked for, variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted, number

USERDATA = "7"
OUTCOMES = {Kind.RESPONSE: "done", Kind.REFUSAL: "refused"}
DONE = "255"
TYPES = {Kind.NOTICE: "0", Kind.REQUEST: "1", Kind.RESPONSE: "2", Kind.REFUSAL: "2"}


def theirs(frame: Frame) -> Iterator[Value]:
    """Userdata parameters begin with a function too (0 or, for a mode transition, 1); only jobs' are compared."""
    kinds = frame.get("s7comm.header.rosctr", [])
    yield from (("messages", "") for _ in kinds)
    yield from counted(
        frame,
        rosctr="s7comm.header.rosctr",
        userdata_type="s7comm.param.userdata.type",
        userdata_group="s7comm.param.userdata.funcgroup",
        sub_function="s7comm.param.userdata.subfunc",
    )
    if USERDATA not in kinds:
        yield from counted(frame, function="s7comm.param.func")
    errors = zip(frame.get("s7comm.header.errcls", ()), frame.get("s7comm.header.errcod", ()), strict=False)
    for kind, code in errors:
        value = int(kind, 0) << 8 | int(code, 0)
        if value:
            yield "error", str(value)
    if USERDATA in kinds:
        yield from (("error", number(v)) for v in frame.get("s7comm.param.errcod", ()) if int(v, 0))
    if "1" in frame.get("s7comm.param.userdata.type", ()):
        yield from counted(frame, szl_id_asked="s7comm.data.userdata.szl_id")
    if kinds == ["3"] and number(frame.get("s7comm.param.func", ["0"])[0]) in ("4", "5"):
        codes = [number(v) == DONE for v in frame.get("s7comm.data.returncode", ())]
        yield from (("results", "done" if done else "refused") for done in set(codes))
    if set(kinds) == {"1"}:
        yield from (("variables", "") for _ in frame.get("s7comm.param.item.syntaxid", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """One function a message, however many variables it names."""
    operations = [r for r in rows if isinstance(r, Operation)]
    row = operations[0]
    kind = str(message.data[8])
    yield "messages", ""
    yield "rosctr", kind
    if kind != USERDATA:
        if row.code:
            yield "function", str(int(row.code, 16))
        if kind == "1" and row.code in ("0x04", "0x05"):
            yield from (("variables", "") for _ in operations)
        elif kind == "3" and row.code in ("0x04", "0x05"):
            yield from (("results", OUTCOMES[k]) for k in {r.kind for r in operations})
    elif ":" in row.code:
        group, function = row.code.split(":")
        yield "userdata type", TYPES[row.kind]
        yield "userdata group", group
        yield "sub function", function
        asked = re.match(r"SZL (0x[0-9A-F]+)", row.object)
        if asked:
            yield "szl id asked", number(asked.group(1))
    error = re.search(r"\((0x[0-9A-F]{4})\)$", row.refusal)
    if error:
        yield "error", number(error.group(1))


SPEC = Spec(
    protocol="s7comm",
    layers=("s7comm",),
    fields=(
        "s7comm.header.rosctr",
        "s7comm.header.errcls",
        "s7comm.header.errcod",
        "s7comm.param.func",
        "s7comm.param.errcod",
        "s7comm.param.item.syntaxid",
        "s7comm.param.userdata.type",
        "s7comm.param.userdata.funcgroup",
        "s7comm.param.userdata.subfunc",
        "s7comm.data.userdata.szl_id",
        "s7comm.data.returncode",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "tpkt"},
)
