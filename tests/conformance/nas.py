"""What NGAP and S1AP are compared in: procedures, and the algorithms that security mode commands choose.

What is ciphered by the null algorithm is left to tshark's default, which decodes of it what the header does not hide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

_COMMAND = "0x5d"


def spec(protocol: str, procedures: Collection[str], ciphering: str, integrity: str) -> Spec:
    """The comparison of one of them. ciphering, integrity: tshark's fields of the algorithms."""
    procedure = f"{protocol}.procedureCode"

    def theirs(frame: Frame) -> Iterator[Value]:
        """Every procedure of the frame, and the algorithms of every security mode command."""
        yield from counted(frame, procedure=procedure, ciphering=ciphering, integrity=integrity)

    def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
        """The procedure is the first row; the algorithms are the object of the command."""
        for row in operations(rows):
            if row.function in procedures:
                yield "procedure", row.code
            elif row.code == _COMMAND:
                for table, name in zip(("ciphering", "integrity"), row.object.split(", "), strict=True):
                    yield table, number(name[-1])

    return Spec(
        protocol=protocol,
        layers=(protocol,),
        fields=(procedure, ciphering, integrity),
        theirs=theirs,
        ours=ours,
        decode_as={"sctp": protocol},
    )
