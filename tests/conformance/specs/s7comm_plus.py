"""S7comm-plus: tshark has no dissector; compared is what it finds behind COTP: versions, opcodes, functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value

START = 7  # behind TPKT and COTP


def theirs(frame: Frame) -> Iterator[Value]:
    """The bytes that tshark leaves to nobody, when they begin as the protocol does."""
    for text in frame.get("data.data", ()):
        yield from _counted(bytes.fromhex(text.replace(":", "")))


def ours(message: DistinctMessage, _rows: Sequence[Row]) -> Iterator[Value]:
    """The same of a message's bytes, which are key bytes; TLS is told by the version of its first record."""
    yield from _counted(message.data[START:])


def _counted(raw: bytes) -> Iterator[Value]:
    if raw[:1] == b"\x72" and len(raw) >= 4:
        yield "messages", ""
        yield "version", str(raw[1])
        at = 4 + (33 if raw[1] == 3 else 0)
        if raw[1] < 4 and raw[at : at + 1] in (b"\x31", b"\x32") and raw[at + 1 : at + 3] == b"\0\0":
            yield "opcode", str(raw[at])
            yield "function", raw[at + 3 : at + 5].hex()


SPEC = Spec(
    protocol="s7comm-plus",
    layers=("data",),
    fields=("data.data",),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "tpkt"},
)
