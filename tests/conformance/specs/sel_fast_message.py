"""SEL Fast Message: message types, functions, addresses, codes of Fast Operate, firmware.

tshark 4.4 takes the octets behind a poll for its length, does not read several messages in one segment as otaudit does,
and reads text of the session as nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted


def theirs(frame: Frame) -> Iterator[Value]:
    """The type of each message, then what stands in Fast Messages and commands."""
    yield from counted(
        frame,
        type="selfm.msgtype",
        function="selfm.fastmsg.funccode",
        base_address="selfm.fastmsg.baseaddr",
        breaker="selfm.fastop.br_code",
        remote_bit="selfm.fastop.rb_code",
        result="selfm.fastmsg.responsecode",
    )


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """All stand in the key; what a segment has beside its first message has rows of its own."""
    data = message.data
    if data[:1] != b"\xa5":
        return
    for number, row in enumerate(r for r in rows if isinstance(r, Operation)):
        code = row.code.removeprefix("0xA5")
        yield "type", str(0xA546 if code.startswith("46:") else 0xA500 + int(code, 16))
        if code.startswith("46:"):
            yield "function", str(int(code[3:], 0))
        elif not number and code in ("E3", "E0"):
            yield "breaker" if code == "E3" else "remote bit", str(data[3])
        elif code in ("E3", "E0"):
            yield "breaker" if code == "E3" else "remote bit", str(data[-3])
        if row.object.startswith("address") and row.function != "Unsolicited Write":
            yield "base address", str(int(row.object.split()[1], 0))
        if code in ("46:0x81", "46:0x82", "46:0x98"):
            yield "result", str(data[10])


SPEC = Spec(
    protocol="sel-fast-message",
    layers=("selfm",),
    fields=(
        "selfm.msgtype",
        "selfm.fastmsg.funccode",
        "selfm.fastmsg.baseaddr",
        "selfm.fastop.br_code",
        "selfm.fastop.rb_code",
        "selfm.fastmsg.responsecode",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "selfm"},
)
