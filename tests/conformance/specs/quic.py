"""QUIC: hellos in Initial packets, what they offer, ask for and choose, and Retry packets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row, Session
from tests.conformance.spec import Frame, Spec, Value
from tests.conformance.specs import tls

_RETRY, _RETRY_2 = "3", "0"


def theirs(frame: Frame) -> Iterator[Value]:
    """A datagram holds one hello at most."""
    if "quic" not in frame["frame.protocols"][0].split(":"):
        return
    kinds = frame.get("tls.handshake.type", [])
    for kind in (tls.CLIENT_HELLO, tls.SERVER_HELLO):
        yield from [("hello", kind)] * kinds.count(kind)
    if tls.CLIENT_HELLO in kinds:
        yield from (("server name", n) for n in frame.get("tls.handshake.extensions_server_name", ()))
    elif tls.SERVER_HELLO in kinds:
        yield "suite chosen", f"0x{int(frame['tls.handshake.ciphersuite'][0], 0):04X}"
    yield from [("retry", "")] * frame.get("quic.long.packet_type", []).count(_RETRY)
    yield from [("retry", "")] * frame.get("quic.long.packet_type_v2", []).count(_RETRY_2)


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """From operations the kind of message, from sessions what it says."""
    for row in rows:
        if isinstance(row, Operation) and row.code:
            yield "hello", row.code
        elif isinstance(row, Operation) and row.function == "Retry":
            yield "retry", ""
        elif isinstance(row, Session):
            if row.server_name:
                yield "server name", row.server_name
            if row.cipher:
                yield "suite chosen", f"0x{tls.NUMBERS[row.cipher]:04X}"


SPEC = Spec(
    protocol="quic",
    layers=("quic",),
    fields=(
        "tls.handshake.type",
        "tls.handshake.ciphersuite",
        "tls.handshake.extensions_server_name",
        "quic.long.packet_type",
        "quic.long.packet_type_v2",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"udp": "quic"},
)
