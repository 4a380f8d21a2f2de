"""F1AP: what the two parts of a 5G base station, its central unit and a distributed unit, tell each other on F1.

3GPP TS 38.473 sections 9.3 and 9.4 (elements, procedure codes), TS 38.472 (payload protocol 62). In the messages to
subscribers is RRC, of which the security mode command is read (TS 38.331 section 6.2.2, behind the header of PDCP, TS
38.323 section 6.2.2.1): it says by which algorithms the radio is protected, and is not ciphered itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Malformed, Row
from scanner.protocols.mobile._aper import Bits, Pdu
from scanner.protocols.mobile._nas import chosen
from scanner.protocols.mobile._procedure_table import procedure_table
from scanner.protocols.mobile._procedures import CLOSED, Application, Stations
from scanner.protocols.mobile._radio import algorithm

_SETUP, _DOWNLINK = 1, 12
PROCEDURES = procedure_table(__package__, "f1ap_procedures.tsv")
_CAUSE, _UNIT_NAME, _RRC, _BEARER, _CENTRAL_NAME = 0, 45, 50, 64, 82
_STATIONS = Stations("gnb", "gnb", _UNIT_NAME, _CENTRAL_NAME)
_FIRST_BEARER = 0x20  # signalling radio bearer 1, as an element has it
_SEQUENCE = 0x0F  # the command is among the first messages on it
_COMMAND_SIZE = 2 + 3 + 4  # the header of PDCP, the command without extensions, and the check of its integrity


def inside(pdu: Pdu) -> Iterator[Row]:
    """Who the ends are, and by which algorithms the radio of a subscriber is protected."""
    if pdu.procedure == _SETUP:
        yield from _STATIONS.rows(pdu, b"")
    if pdu.procedure == _DOWNLINK and pdu.elements.get(_BEARER, b"") == bytes((_FIRST_BEARER,)):
        try:
            yield from _security_mode(Bits(pdu.elements.get(_RRC, b"")).string())
        except Malformed:
            return


def _security_mode(container: bytes) -> Iterator[Row]:
    """The algorithms of a security mode command; nothing if it is another message."""
    if len(container) != _COMMAND_SIZE or container[0] or container[1] > _SEQUENCE:
        return
    reader = Bits(container[2:5])
    class_and_message, _, future, later, extended = (reader.bits(n) for n in (5, 2, 1, 2, 1))
    more, integrity_given = reader.bits(1), reader.bits(1)
    ciphering, integrity, filled = reader.bits(4), reader.bits(4), reader.bits(3)
    if class_and_message != 4 or future or later or extended or more or filled or not integrity_given:
        return
    if ciphering > 3 or integrity > 3:  # spare or extended
        return
    yield from chosen(algorithm("EA", ciphering), algorithm("IA", integrity), null=ciphering == 0)


PROTOCOL = Application(
    name="f1ap",
    title="F1AP",
    identifier=62,
    port=38472,
    procedures=PROCEDURES,
    opening=frozenset((_SETUP,)),
    kinds=CLOSED,
    cause=_CAUSE,
    specification="3GPP TS 38.473 sections 9.3 and 9.4, TS 38.472 section 7, TS 38.331 and TS 38.323 section 6.2.2",
    inside=inside,
).protocol()
