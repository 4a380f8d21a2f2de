"""DHCPv6: kinds of message; of what is relayed tshark tells each kind, and we the innermost."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Operation, Row
from tests.conformance.spec import Frame, Spec, Value


def _theirs(frame: Frame) -> Iterator[Value]:
    if kinds := frame.get("dhcpv6.msgtype"):
        yield "kind", kinds[-1]


def _ours(_: object, rows: list[Row]) -> Iterator[Value]:
    for row in rows:
        if isinstance(row, Operation):
            yield "kind", row.code


SPEC = Spec(protocol="dhcpv6", layers=("dhcpv6",), fields=("dhcpv6.msgtype",), theirs=_theirs, ours=_ours)
