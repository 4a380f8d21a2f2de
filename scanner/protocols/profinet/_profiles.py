"""What a written record asks for by PROFIdrive and PROFIenergy: in both, who reads writes a request and then reads the
record with its answer.

Written from the PROFIdrive profile (base mode parameter access: request reference, request identifier, axis, number of
parameters, then of each attribute, number of elements, parameter number, subindex) and the PROFIenergy profile (a block
header, then service, reference, modifier).
"""

from __future__ import annotations

from scanner.protocols.base import Verb
from scanner.wording import Said, said, verbatim

DRIVE, ENERGY = (0xB02E, 0xB02F), 0x80A0
LENGTH = 10  # bytes of a record that are looked at
ENERGY_REQUEST = b"\x08\0"  # block type
REQUEST, SERVICE = 1, 6  # where they stand
READ, CHANGE = 1, 2
_SERVICES = {
    0x01: ("Start_Pause", Verb.OPERATE),
    0x02: ("End_Pause", Verb.OPERATE),
    0x03: ("Query_Modes", Verb.READ),
    0x04: ("PEM_Status", Verb.READ),
    0x05: ("PE_Identify", Verb.READ),
    0x06: ("Query_Version", Verb.READ),
    0x07: ("Query_Attributes", Verb.READ),
    0x10: ("Query_Measurement", Verb.READ),
    0x11: ("Reset_Energy_Meter", Verb.WRITE),
    0x12: ("Set_Meter", Verb.WRITE),
    0x20: ("Info_Sleep_Mode_WOL", Verb.READ),
    0x21: ("Go_Sleep_Mode_WOL", Verb.OPERATE),
}


def asked(index: int, record: bytes) -> tuple[Verb | None, str]:
    """(verb, in words) of a written record; (None, "") when it is no request of the two."""
    if index in DRIVE and len(record) >= LENGTH:
        words = _parameter(record)
        verb = Verb.READ if record[REQUEST] == READ else Verb.WRITE
        return verb, said("{text} and {n} more", text=words, n=record[3] - 1) if record[3] > 1 else words
    if index == ENERGY and len(record) > SERVICE and record[:2] == ENERGY_REQUEST:
        service = record[SERVICE]
        known = _SERVICES.get(service)
        return (
            (known[1], verbatim(known[0])) if known else (Verb.OPERATE, said("service {name}", name=f"0x{service:02X}"))
        )
    return None, ""


def _parameter(record: bytes) -> Said:
    """The first parameter of a PROFIdrive request."""
    name = f"{int.from_bytes(record[6:8], 'big')}[{int.from_bytes(record[8:10], 'big')}]"
    if record[REQUEST] in (READ, CHANGE):
        return said(
            "read parameter {name} of drive object {n}"
            if record[REQUEST] == READ
            else "change parameter {name} of drive object {n}",
            name=name,
            n=record[2],
        )
    return said("request {m} parameter {name} of drive object {n}", m=record[REQUEST], name=name, n=record[2])
