"""XnAP: what neighbouring 5G base stations tell each other on Xn, subscribers who are handed over included.

3GPP TS 38.423 sections 9.2 and 9.3 (elements, procedure codes), TS 38.422 (payload protocol 61). A handover hands over
the subscriber's keys, which are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Row
from scanner.protocols.mobile._aper import Pdu
from scanner.protocols.mobile._procedure_table import procedure_table
from scanner.protocols.mobile._procedures import EXTENSIBLE, Application, Stations

_SETUP = 17
PROCEDURES = procedure_table(__package__, "xnap_procedures.tsv")
_CAUSE, _STATION, _NO_NAME = 7, 14, -1
_STATIONS = Stations("gnb", "gnb", _NO_NAME, _NO_NAME)


def inside(pdu: Pdu) -> Iterator[Row]:
    """Who the ends are."""
    if pdu.procedure == _SETUP:
        node = pdu.elements.get(_STATION, b"")
        yield from _STATIONS.rows(pdu, node[1:4] if len(node) >= 4 and node[0] >> 6 < 2 else b"")


PROTOCOL = Application(
    name="xnap",
    title="XnAP",
    identifier=61,
    port=38422,
    procedures=PROCEDURES,
    opening=frozenset((_SETUP,)),
    kinds=EXTENSIBLE,
    cause=_CAUSE,
    specification="3GPP TS 38.423 sections 9.2 and 9.3, TS 38.422 section 7",
    inside=inside,
).protocol()
