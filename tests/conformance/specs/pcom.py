"""PCOM: commands of both modes, units; what tshark has no name for it shows as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

NAMED = frozenset({"CCR", "CCS", "CCE", "CCI", "RNL", "RND", "RNH", "RNJ", "SNL", "SND", "SNH", "SNJ"})


def theirs(frame: Frame) -> Iterator[Value]:
    """A code, or the text that begins with one."""
    yield from counted(frame, command="pcombinary.command", unit="pcombinary.id")
    codes = frame.get("pcomascii.command_code") or [text[:2] for text in frame.get("pcomascii.command", ())]
    yield from (("command", code) for code in codes)
    for digits in frame.get("pcomascii.unitid", ()):
        yield "unit", str(int(bytes.fromhex(digits.removeprefix("0x")), 16))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Codes of three letters where tshark has them."""
    row = operations(rows)[0]
    yield "command", number(row.code if row.code in NAMED or row.code.startswith("0x") else row.code[:2])
    yield "unit", row.unit


SPEC = Spec(
    protocol="pcom",
    layers=("pcomtcp",),
    fields=(
        *("pcomascii.command_code", "pcomascii.command", "pcomascii.unitid"),
        *("pcombinary.command", "pcombinary.id"),
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "pcomtcp"},
    ports={"tcp": "pcomtcp.tcp.port"},
)
