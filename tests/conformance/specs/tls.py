"""TLS: records by type, hellos, versions and suites chosen, suites offered, names, certificates, fatal alerts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row, Session
from scanner.protocols.tls._cipher_suites import SUITES, is_grease
from tests.conformance.spec import Frame, Spec, Value

CLIENT_HELLO, SERVER_HELLO, CERTIFICATE = "1", "2", "11"
SIGNALS = (0x00FF, 0x5600)
NUMBERS = {name: number for number, name in reversed(SUITES.items())}


def theirs(frame: Frame) -> Iterator[Value]:
    """A frame holds one hello at most; fatal alerts come with level and description in step.

    QUIC carries handshakes without records; in OpenVPN and CAPWAP they are inside another protocol's messages.
    """
    layers = set(frame["frame.protocols"][0].split(":"))
    if "tcp" not in layers or layers & {"quic", "openvpn", "capwap.data"}:
        return
    for name in ("tls.record.content_type", "tls.record.opaque_type"):
        yield from (("record", kind) for kind in frame.get(name, ()))
    kinds = frame.get("tls.handshake.type", [])
    suites = [int(s, 0) for s in frame.get("tls.handshake.ciphersuite", ())]
    for kind in (CLIENT_HELLO, SERVER_HELLO):
        yield from [("hello", kind)] * kinds.count(kind)
    if CLIENT_HELLO in kinds:
        offered = [s for s in suites if not is_grease(s) and s not in SIGNALS]
        yield "suites offered", str(len(offered))
        yield from (("server name", n) for n in frame.get("tls.handshake.extensions_server_name", ()))
        if frame.get("tls.handshake.comp_methods_length") == ["1"]:
            yield from (("JA4", text) for text in frame.get("tls.handshake.ja4", ()))
    elif SERVER_HELLO in kinds:
        yield "suite chosen", f"0x{suites[0]:04X}"
    if CERTIFICATE in kinds and frame.get("x509af.utcTime"):
        yield "certificate", " to ".join(t[:19] for t in frame["x509af.utcTime"][:2])
    alerts = zip(frame.get("tls.alert_message.level", ()), frame.get("tls.alert_message.desc", ()), strict=False)
    yield from (("fatal alert", number) for level, number in alerts if level == "2")


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """From operations the kind of message, from sessions what it says."""
    if message.data[0] < 0x80:
        yield "record", str(message.data[0])
    for row in rows:
        if isinstance(row, Operation) and row.function == "Alert":
            yield "fatal alert", row.code
        elif isinstance(row, Operation) and row.code in (CLIENT_HELLO, SERVER_HELLO):
            yield "hello", row.code
        elif isinstance(row, Session):
            yield from _session(row)


def _session(row: Session) -> Iterator[Value]:
    if row.version_offered:
        yield "suites offered", str(len(row.cipher_offered))
    if row.ja4:
        yield "JA4", row.ja4
    if row.server_name:
        yield "server name", row.server_name
    if row.version:
        yield "suite chosen", f"0x{NUMBERS[row.cipher]:04X}" if row.cipher in NUMBERS else row.cipher
    if row.certificate_of:
        times = (row.certificate_not_before, row.certificate_not_after)
        yield "certificate", " to ".join(t[:19].replace("T", " ") for t in times)


SPEC = Spec(
    protocol="tls",
    layers=("tls",),
    fields=(
        "tls.record.content_type",
        "tls.record.opaque_type",
        "tls.handshake.type",
        "tls.handshake.ciphersuite",
        "tls.handshake.extensions_server_name",
        "tls.handshake.comp_methods_length",
        "tls.handshake.ja4",
        "tls.alert_message.level",
        "tls.alert_message.desc",
        "x509af.utcTime",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "tls"},
)
