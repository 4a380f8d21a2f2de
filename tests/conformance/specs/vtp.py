"""VTP: codes, domains, revisions, VLANs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted


def theirs(frame: Frame) -> Iterator[Value]:
    """Of version 3 only what stands where version 2 has it."""
    yield "messages", ""
    yield from counted(frame, code="vtp.code", version="vtp.version")
    yield from (("domain", v) for v in frame.get("vtp.md", ()))
    if frame.get("vtp.version") != ["0x03"]:
        yield from counted(frame, revision="vtp.conf_rev_num", VLAN="vtp.vlan_info.isl_vlan_id")


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The version from its byte."""
    for row in rows:
        if isinstance(row, Operation):
            yield "messages", ""
            yield "code", row.code
            yield "version", str(message.data[5])
            yield "domain", row.object.removeprefix("VTP domain ")
            yield from (("revision", v) for v in re.findall(r"revision ([0-9]+)", row.detail))
            yield from (("VLAN", v) for v in re.findall(r'([0-9]+) "', row.detail))


SPEC = Spec(
    protocol="vtp",
    layers=("vtp",),
    fields=("vtp.code", "vtp.version", "vtp.md", "vtp.conf_rev_num", "vtp.vlan_info.isl_vlan_id"),
    theirs=theirs,
    ours=ours,
)
