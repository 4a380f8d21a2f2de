"""ANSI C12.22: services, results, modes of security, users."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Operation, Row
from scanner.protocols.c12_22.c12_22 import MODES
from tests.conformance.spec import Frame, Spec, Value, counted

NEGOTIATE = range(0x60, 0x6C)  # one service for tshark, whatever the number of baud rates


def theirs(frame: Frame) -> Iterator[Value]:
    """Every service and every result; a number of baud rates is no other service."""
    yield from counted(frame, service="c1222.cmd", result="c1222.err", mode="c1222.epsem.flags.security")
    yield from (("user", user.strip()) for user in frame.get("c1222.logon.user", ()))


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Every operation is one of both; each says how the message is protected."""
    for detail in [row.detail for row in rows if isinstance(row, Operation)][:1]:
        yield "mode", str(next(mode for mode, words in MODES.items() if detail.endswith(words)))
    for row in rows:
        if isinstance(row, Operation) and row.code:
            code = int(row.code, 16)
            if code < 0x20:
                yield "result", str(code)
            else:
                yield "service", str(0x60 if code in NEGOTIATE else code)
            found = re.match(r"user (.*) \(\d+\)", row.detail)
            if found:
                yield "user", found.group(1)


SPEC = Spec(
    protocol="c12-22",
    layers=("c1222",),
    fields=("c1222.cmd", "c1222.err", "c1222.logon.user", "c1222.epsem.flags.security"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "c1222", "udp": "c1222"},
)
