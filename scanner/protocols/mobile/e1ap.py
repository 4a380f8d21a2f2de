"""E1AP: what the control plane and a user plane of a 5G base station's central unit tell each other on E1.

3GPP TS 37.483 (until release 16 TS 38.463) sections 9.3 and 9.4 (elements, procedure codes), TS 37.482 (payload
protocol 64). Setting up a subscriber's bearers tells by which algorithms they are protected, and the keys, which are
not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Malformed, Row, Session
from scanner.protocols.mobile._aper import INITIATING, Bits, Pdu
from scanner.protocols.mobile._procedure_table import procedure_table
from scanner.protocols.mobile._procedures import EXTENSIBLE, Application, Stations
from scanner.protocols.mobile._radio import algorithm
from scanner.wording import said

_SETUP_BY_USER_PLANE, _SETUP_BY_CONTROL_PLANE = 3, 4
PROCEDURES = procedure_table(__package__, "e1ap_procedures.tsv")
_CAUSE, _USER_PLANE_NAME, _CONTROL_PLANE_NAME, _SECURITY = 0, 8, 9, 13
_STATIONS = {
    _SETUP_BY_USER_PLANE: Stations("gnb", "gnb", _USER_PLANE_NAME, _CONTROL_PLANE_NAME),
    _SETUP_BY_CONTROL_PLANE: Stations("gnb", "gnb", _CONTROL_PLANE_NAME, _USER_PLANE_NAME),
}


def inside(pdu: Pdu) -> Iterator[Row]:
    """Who the ends are, and by which algorithms the bearers of subscribers are protected."""
    if pdu.procedure in _STATIONS:
        yield from _STATIONS[pdu.procedure].rows(pdu, b"")
    if pdu.kind == INITIATING and _SECURITY in pdu.elements:
        try:
            yield from _algorithms(Bits(pdu.elements[_SECURITY]))
        except Malformed:
            return


def _algorithms(reader: Bits) -> Iterator[Row]:
    """Those of SecurityInformation. That the integrity of user data is not protected is told in words, and not as an
    algorithm: networks may leave it out (TS 33.501, section 6.6.1).
    """
    reader.bits(2)
    reader.bits(1)
    integrity_given, _ = reader.bits(1), reader.bits(1)
    ciphering = reader.bits(3)
    integrity = reader.bits(3) if integrity_given else 0
    reader.bits(3)
    if not reader.string() or ciphering > 3 or integrity > 3:  # no key; extended
        return
    yield Session(cipher=algorithm("EA", ciphering), encrypted=False if ciphering == 0 else None)
    if integrity:
        yield Session(cipher=algorithm("IA", integrity))
    else:
        yield Session(detail=said("integrity of user data not protected"))


PROTOCOL = Application(
    name="e1ap",
    title="E1AP",
    identifier=64,
    port=38462,
    procedures=PROCEDURES,
    opening=frozenset(_STATIONS),
    kinds=EXTENSIBLE,
    cause=_CAUSE,
    specification="3GPP TS 37.483 sections 9.3 and 9.4, TS 37.482 section 7",
    inside=inside,
).protocol()
