"""802.11 management: kinds of frames, networks, names, ciphers, key management, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, operations

_PROBE_REQUEST = "4"


def theirs(frame: Frame) -> Iterator[Value]:
    """Of management frames, without probe requests."""
    kinds = [value for _, value in counted(frame, kind="wlan.fc.type_subtype")]
    if kinds and int(kinds[0]) < 16 and kinds[0] != _PROBE_REQUEST:
        yield "kind", kinds[0]
        yield from (("network", v) for v in frame.get("wlan.bssid", ()))
        if not frame.get("wlan.fc.protected", ["0"])[0].startswith(("1", "T")):
            yield from counted(frame, reason="wlan.fixed.reason_code")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The unit is the BSSID."""
    for row in operations(rows):
        yield "kind", row.code
        yield "network", row.unit
        if str(row.detail).startswith("reason "):
            yield "reason", str(row.detail).removeprefix("reason ")


SPEC = Spec(
    protocol="wlan",
    layers=("wlan",),
    fields=("wlan.fc.type_subtype", "wlan.bssid", "wlan.fc.protected", "wlan.fixed.reason_code"),
    theirs=theirs,
    ours=ours,
)
