"""Identifiers of what messages of OPC UA are, whatever their encoding (NodeIds of OPC 10000-6, annex A.3)."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.opc._opcua_names import FAULT, RESPONSES

# By the identifier of the request's binary encoding: those of request and answer in JSON.
_IN_JSON = {
    422: (15093, 15094),
    12208: (15096, 15097),
    428: (15100, 15101),
    437: (15103, 15104),
    12211: (15107, 15130),
    446: (15132, 15133),
    452: (15134, 15135),
    461: (15138, 15139),
    467: (15145, 15146),
    473: (15147, 15148),
    479: (15149, 15150),
    488: (15167, 15168),
    494: (15170, 15171),
    500: (15173, 15174),
    506: (15176, 15177),
    527: (15184, 15185),
    533: (15186, 15187),
    554: (15193, 15194),
    560: (15195, 15196),
    566: (15197, 15198),
    615: (15244, 15252),
    621: (15254, 15255),
    631: (15257, 15258),
    664: (15274, 15275),
    673: (15277, 15278),
    700: (15287, 15288),
    712: (15291, 15292),
    751: (15323, 15324),
    763: (15327, 15328),
    769: (15329, 15331),
    775: (15332, 15333),
    781: (15335, 15336),
    787: (15337, 15338),
    793: (15339, 15340),
    799: (15341, 15342),
    826: (15352, 15353),
    832: (15354, 15355),
    841: (15357, 15358),
    847: (15359, 15360),
}
_FAULT_IN_JSON = 15090
# Binary encodings whose structures have numbers of their own; of all others it is two less, and one less in XML.
_STRUCTURES = {12208: 12190, 12209: 12191, 12211: 12193, 12212: 12194}


def _types() -> Iterator[tuple[int, int]]:
    """(identifier of a structure or of an encoding, identifier of the binary encoding)."""
    answers = {request: answer for answer, request in RESPONSES.items()}
    for request, (asked, answered) in _IN_JSON.items():
        yield from _forms(request, asked)
        yield from _forms(answers[request], answered)
    yield from _forms(FAULT, _FAULT_IN_JSON)


def _forms(binary: int, in_json: int) -> Iterator[tuple[int, int]]:
    yield from ((number, binary) for number in (binary, in_json, _STRUCTURES.get(binary, binary - 2)))
    if binary not in _STRUCTURES:
        yield binary - 1, binary


TYPES = dict(_types())
