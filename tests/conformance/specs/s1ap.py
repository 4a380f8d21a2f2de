"""S1AP: procedures, NAS messages of both layers and chosen algorithms.

What is ciphered by the null algorithm is left to tshark's default, which decodes of it what the header does not hide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from scanner.protocols.mobile.s1ap import PROCEDURES
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

_COMMAND = "0x5d"


def theirs(frame: Frame) -> Iterator[Value]:
    """Every procedure of the frame, and the algorithms of every security mode command."""
    yield from counted(frame, procedure="s1ap.procedureCode")
    yield from counted(frame, ciphering="nas-eps.emm.toc", integrity="nas-eps.emm.toi")


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The procedure is the first row; the algorithms are the object of the command."""
    for row in operations(rows):
        if row.function in PROCEDURES.values():
            yield "procedure", row.code
        elif row.code == _COMMAND:
            for table, name in zip(("ciphering", "integrity"), row.object.split(", "), strict=True):
                yield table, number(name[-1])


SPEC = Spec(
    protocol="s1ap",
    layers=("s1ap",),
    fields=("s1ap.procedureCode", "nas-eps.emm.toc", "nas-eps.emm.toi"),
    theirs=theirs,
    ours=ours,
    decode_as={"sctp": "s1ap"},
)
