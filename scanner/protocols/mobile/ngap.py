"""NGAP: what a 5G base station and the core (AMF) tell each other on N2, with the NAS messages of subscribers in it.

3GPP TS 38.413 sections 9.3 and 9.4 (elements, procedure codes), TS 38.412 (payload protocol 60), TS 24.501 (NAS).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.protocols.base import Malformed, Row, Session, Subscription
from scanner.protocols.mobile import _aper, _nas_5gs
from scanner.protocols.mobile._aper import Bits, Pdu
from scanner.protocols.mobile._nas import VERBS, slice_name
from scanner.protocols.mobile._procedure_table import procedure_table
from scanner.protocols.mobile._procedures import EXTENSIBLE, Application, Stations, of_subscriber
from scanner.wording import joined, verbatim

_SETUP = 21
PROCEDURES = procedure_table(__package__, "ngap_procedures.tsv")
_AMF_NAME, _CAUSE, _RAN_NODE, _NAS, _RAN_NAME = 1, 15, 27, 38, 82
_LISTS = {71: True, 74: True, 64: False}  # sessions set up (with their slice) or modified, each with a NAS message
_UPLINK_TUNNEL = 139
_STATIONS = Stations("gnb", "amf", _RAN_NAME, _AMF_NAME)


def inside(pdu: Pdu) -> Iterator[Row]:
    """Who the ends are, the slices of sessions, and what subscribers and core say to each other."""
    if pdu.procedure == _SETUP:
        node = pdu.elements.get(_RAN_NODE, b"")
        yield from _STATIONS.rows(pdu, node[1:4] if len(node) >= 4 and node[0] >> 6 < 2 else b"")
    for number, sliced in _LISTS.items():
        if number in pdu.elements:
            yield from _sessions(pdu.elements[number], sliced)
    yield from of_subscriber(pdu, _NAS, _nas_5gs.rows)


def _sessions(value: bytes, sliced: bool) -> Iterator[Row]:
    """PDU sessions: an optional NAS message of each, and its slice."""
    reader = Bits(value)
    names: dict[str, None] = {}
    try:
        for _ in range(reader.octets(1)[0] + 1):
            extended, has_message, extensions = reader.bits(1), reader.bits(1), reader.bits(1)
            reader.octets(1)
            told = list(_nas_5gs.rows(reader.string())) if has_message else []
            yield from (row for row in told if not isinstance(row, Subscription))
            name = _slice(reader) if sliced else ""
            transfer = reader.string()
            if sliced:
                names[name] = None
                accepted = next((row for row in told if isinstance(row, Subscription)), Subscription())
                yield _session(name, accepted, transfer)
            if extended or extensions:
                break
    except Malformed:
        pass
    if names:
        yield Session(detail=joined([verbatim(f"S-NSSAI {name}") for name in names], "; "))


def _session(name: str, accepted: Subscription, transfer: bytes) -> Subscription:
    """A session with what its NAS message says, where that could be read, and the core's end of its tunnel.

    The slice is the serving network's in both; where they differ, nothing is said of it.
    """
    own = "" if accepted.network_slice not in ("", name) else name
    core, tunnel = _tunnel(transfer)
    if own.endswith("-ffffff"):
        own = own.partition("-")[0]
    return replace(accepted, network_slice=own, tunnel=tunnel, core=core)


def _tunnel(transfer: bytes) -> tuple[str, int]:
    """Address and identifier of the user plane's end in a request transfer (section 9.3.4.1); empty, 0 without."""
    for number, value, _ in _aper.contained(transfer, 3, int.from_bytes(transfer[1:3], "big")):
        if number == _UPLINK_TUNNEL:
            reader = Bits(value)
            kind, extended, extensions, unusual = (reader.bits(1) for _ in range(4))
            size = reader.bits(8) + 1
            if kind or extended or extensions or unusual or size not in _aper.ADDRESS_BITS:
                return "", 0
            core = _aper.transport_address(reader.octets(size // 8), size)
            return core, int.from_bytes(reader.octets(4), "big")
    return "", 0


def _slice(reader: Bits) -> str:
    """An S-NSSAI in PER."""
    extended, differentiated, extensions = reader.bits(1), reader.bits(1), reader.bits(1)
    kind = bytes((reader.bits(8),))
    name = slice_name(kind + (reader.octets(3) if differentiated else b""))
    if extended or extensions:
        raise Malformed("extensions of a slice")
    return name


PROTOCOL = Application(
    name="ngap",
    title="NGAP",
    identifier=60,
    port=38412,
    procedures=PROCEDURES,
    opening=frozenset((_SETUP,)),
    kinds=EXTENSIBLE,
    cause=_CAUSE,
    specification="3GPP TS 38.413 sections 9.3 and 9.4, TS 24.501 sections 8 and 9, TS 38.412 section 7",
    inside=inside,
    carried=VERBS,
).protocol()
