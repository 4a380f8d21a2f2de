"""IPMI over LAN: payloads of the set-up of a session, and commands out of the bytes that tshark leaves unread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

_TYPE, _ENCRYPTED, _UNREAD = "ipmi_session.payloadtype", "ipmi_session.payloadtype.enc", "data.data"
_CLASS, _IPMI = "rmcp.class", "7"
_SHORTEST = 7  # bytes of a message with its two checksums


def theirs(frame: Frame) -> Iterator[Value]:
    """Types of payloads other than messages; of messages in clear the function, without its last bit, and command."""
    kinds = [number(value) for value in frame.get(_TYPE, ())]
    yield from (("payload", kind) for kind in kinds if kind != "0")
    is_clear = frame.get(_ENCRYPTED, ["0"])[0] in ("0", "False")
    if [number(value) for value in frame.get(_CLASS, ())] == [_IPMI] and kinds in ([], ["0"]) and is_clear:
        for text in frame.get(_UNREAD, ()):
            message = bytes.fromhex(text)
            if len(message) >= _SHORTEST:
                yield "command", f"0x{message[1] >> 3 << 1:02X}:0x{message[5]:02X}"


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The code is the type, or function and command."""
    for row in operations(rows):
        if row.code.startswith("0x"):
            yield "command", row.code
        elif row.filter.startswith(_TYPE) and row.code != "0":
            yield "payload", row.code


SPEC = Spec(
    protocol="ipmi",
    layers=("rmcp",),
    fields=(_TYPE, _ENCRYPTED, _UNREAD, _CLASS),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "rmcp"},
)
