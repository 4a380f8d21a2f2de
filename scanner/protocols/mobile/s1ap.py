"""S1AP: what an LTE base station and the core (MME) tell each other, with the NAS messages of subscribers in it.

3GPP TS 36.413 sections 9.2 and 9.3 (elements, procedure codes), TS 36.412 (payload protocol 18), TS 24.301 (NAS).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.protocols.base import Kind, Malformed, Operation, Row, Subscription, Verb
from scanner.protocols.mobile import _nas_eps, _subscriber
from scanner.protocols.mobile._aper import Bits, Pdu, transport_address
from scanner.protocols.mobile._nas import VERBS
from scanner.protocols.mobile._procedure_table import procedure_table
from scanner.protocols.mobile._procedures import EXTENSIBLE, Application, Stations, of_subscriber

_SETUP, _PAGING = 17, 10
PROCEDURES = procedure_table(__package__, "s1ap_procedures.tsv")
_CAUSE, _NAS, _PAGED, _ENB, _ENB_NAME, _MME_NAME = 2, 26, 43, 59, 60, 61
_IS_IMSI = 0x40  # UE Paging Identity (section 9.2.3.13): which of two it is, behind a bit for more of them
_BEARERS = {24: True, 16: False}  # those set up with a context or later: whether the NAS message may be left out
_STATIONS = Stations("enb", "mme", _ENB_NAME, _MME_NAME)


def inside(pdu: Pdu) -> Iterator[Row]:
    """Who the ends are, and what subscribers and core say to each other."""
    if pdu.procedure == _SETUP:
        node = pdu.elements.get(_ENB, b"")
        yield from _STATIONS.rows(pdu, node[1:4] if len(node) >= 4 else b"")
    if pdu.procedure == _PAGING:
        yield from _paged(pdu.elements.get(_PAGED, b""))
    for number, optional in _BEARERS.items():
        if number in pdu.elements:
            yield from _bearers(pdu.elements[number], optional)
    yield from of_subscriber(pdu, _NAS, _nas_eps.rows)


def _paged(identity: bytes) -> Iterator[Row]:
    """Whom the core looks for, which base stations tell everybody; an IMSI has its length in front of its octets."""
    if not identity or identity[0] & 0x80:
        return
    named = _subscriber.of_digits(identity[1:]) if identity[0] & _IS_IMSI else "S-TMSI"
    code = str(_PAGING)
    yield Operation(Verb.SESSION, "Paged subscriber", Kind.NOTICE, code, object=named, filter="s1ap.UEPagingID")


def _bearers(value: bytes, optional: bool) -> Iterator[Row]:
    """Bearers, each in a container of its own with a NAS message behind its quality and its tunnel."""
    reader = Bits(value)
    try:
        for _ in range(reader.octets(1)[0] + 1):
            reader.octets(3)
            yield from _bearer(Bits(reader.string()), optional)
    except Malformed:
        return


def _bearer(reader: Bits, optional: bool) -> Iterator[Row]:
    reader.bits(1)
    present = reader.bits(1) if optional else 1
    reader.bits(1)
    reader.bits(5)  # identifier: 0 to 15, may be extended
    if not present:
        return
    _skip_quality(reader)
    if reader.bits(1):
        raise Malformed("an address of unusual length")
    size = reader.bits(8) + 1
    core = transport_address(reader.octets(-(-size // 8)), size)
    tunnel = int.from_bytes(reader.octets(4), "big")
    for row in _nas_eps.rows(reader.string()):
        yield replace(row, tunnel=tunnel, core=core) if isinstance(row, Subscription) else row


def _skip_quality(reader: Bits) -> None:
    """E-RAB level QoS parameters."""
    extended, guaranteed, extensions = reader.bits(1), reader.bits(1), reader.bits(1)
    reader.octets(1)
    more, further = reader.bits(1), reader.bits(1)
    reader.bits(4 + 1 + 1)
    if guaranteed or extended or extensions or more or further:
        raise Malformed("a bearer with guaranteed rates")


PROTOCOL = Application(
    name="s1ap",
    title="S1AP",
    identifier=18,
    port=36412,
    procedures=PROCEDURES,
    opening=frozenset((_SETUP,)),
    kinds=EXTENSIBLE,
    cause=_CAUSE,
    specification="3GPP TS 36.413 sections 9.2 and 9.3, TS 24.301 sections 8 and 9, TS 36.412 section 7",
    inside=inside,
    carried=VERBS,
).protocol()
