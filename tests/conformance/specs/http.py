"""HTTP: methods, paths, status codes, hosts, servers, kinds of authorization."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Kind, Operation, Row, Session
from tests.conformance.spec import Frame, Spec, Value

KNOWN = ("basic", "digest", "bearer", "ntlm", "negotiate")


def theirs(frame: Frame) -> Iterator[Value]:
    """HTTP over UDP (SSDP) is another matter and has no TCP layer."""
    if "tcp" not in frame["frame.protocols"][0].split(":"):
        return
    yield from (("method", "preface") for _ in frame.get("http2.magic", ()))
    yield from (("method", m) for m in frame.get("http.request.method", ()))
    yield from (("method", m) for m in frame.get("http2.headers.method", ()))
    yield from (("status", c) for c in frame.get("http2.headers.status", ()) if not c.startswith("1"))
    yield from (("status", c) for c in frame.get("http.response.code", ()) if not c.startswith("1"))
    yield from (("authorization", a.split(" ")[0].lower()) for a in frame.get("http.authorization", ()))
    if frame.get("http.response.code"):
        yield from (("server", s.strip()) for s in frame.get("http.server", ()))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Requests by their method; responses by their code."""
    answer = message.data.startswith(b"HTTP/1.")
    for row in rows:
        if isinstance(row, Operation) and row.function == "HTTP/2 connection preface":
            yield "method", "preface"
        elif isinstance(row, Operation) and row.kind is Kind.REQUEST:
            yield "method", row.function
        elif isinstance(row, Operation) and row.code:
            yield "status", row.code
        elif isinstance(row, Session) and row.credentials in KNOWN and b"uthorization" in message.data:
            yield "authorization", row.credentials
        elif isinstance(row, Identity) and row.field == "software" and answer:
            yield "server", row.value


SPEC = Spec(
    protocol="http",
    layers=("http", "http2"),
    fields=(
        *("http2.magic", "http2.headers.method", "http2.headers.status"),
        *("http.request.method", "http.response.code", "http.authorization", "http.server"),
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "http"},
)
