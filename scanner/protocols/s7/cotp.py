"""COTP, the ISO transport protocol under S7comm, MMS and RDP: who connects to which rack and slot, and who is refused.

Written from ISO/IEC 8073:1997 (ITU-T X.224), sections 13.3 to 13.12, class 0 over TPKT as RFC 1006 has it. How a
SIMATIC TSAP is built (connection type, then rack and slot) is from the Siemens FAQ 26483647.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, Size, bits
from scanner.framing.shared import TPKT
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import printable
from scanner.wording import joined, said

FRAMING = TPKT

CR, CC, DR, DC, ER, DT = 0xE0, 0xD0, 0x80, 0xC0, 0x70, 0xF0
NAMES = {
    CR: "Connection Request",
    CC: "Connection Confirm",
    DR: "Disconnect Request",
    DC: "Disconnect Confirm",
    ER: "TPDU Error",
    DT: "Data without content",
}
DISCONNECT_REASONS = {
    0: "reason not specified",
    1: "congestion at the TSAP",
    2: "no session entity at the TSAP",
    3: "address unknown",
    128: "normal disconnect",
    129: "remote congestion",
    130: "connection negotiation failed",
    131: "duplicate source reference",
    132: "mismatched references",
    133: "protocol error",
    135: "reference overflow",
    136: "connection refused on this network connection",
    138: "header or parameter length invalid",
}
ERROR_REASONS = {
    0: "reason not specified",
    1: "invalid parameter code",
    2: "invalid TPDU type",
    3: "invalid parameter value",
}
CONNECTION_TYPES = {1: "programming device", 2: "operator panel", 3: "S7 basic"}
TPDU_SIZE, CALLING, CALLED = 0xC0, 0xC1, 0xC2

_DATA_HEADER, _EMPTY = 2, 7  # the length indicator of a data TPDU, and the length of one that has no data
# Byte 4 is the length of the header; 6-9 are references, new with every connection; class or reason and the
# parameters follow.
_AFTER_REFERENCES = (Range(4, 6), Range(10))


def _case(code: int, role: Role, *more: Byte) -> Case:
    # The low nibble of a CR or CC is the credit, 0 in class 0.
    return Case("cotp", (Byte(5, bits(0xF0, code)), *more), key=_AFTER_REFERENCES, role=role)


CASES = (
    _case(CR, Role.REQUEST),
    _case(CC, Role.RESPONSE),
    _case(DR, Role.RESPONSE, Byte(8, 0), Byte(9, 0)),  # no reference of its own: it answers a connection request
    _case(DR, Role.NOTICE),
    Case("cotp", (Byte(5, DC),), key=(Range(4, 6),), role=Role.NOTICE),
    Case("cotp", (Byte(5, ER),), key=(Range(4, 6), Range(8, 9)), role=Role.NOTICE),
    Case("cotp", (Byte(4, _DATA_HEADER), Byte(5, DT), Size(_EMPTY, _EMPTY)), key=(Range(4, 6),), role=Role.NOTICE),
)


def probe(message: Message) -> bool:
    """A TPDU of a known kind whose length indicator fits the packet."""
    return is_well_formed(_header, message)


def dissect(message: Message) -> Iterator[Operation]:
    """One session operation; data TPDUs with data belong to the protocol above."""
    code, header = _header(message)
    filter_text = f"cotp.type == 0x{code >> 4:02x}"
    if code in (CR, CC):
        yield _connection(code, header, filter_text)
        return
    refused = code == DR and header[4:6] == b"\0\0"
    reason = ""
    if code in (DR, ER):
        at, names = (6, DISCONNECT_REASONS) if code == DR else (4, ERROR_REASONS)
        if len(header) <= at:
            raise Malformed("{name}: {length} bytes hold no reason", name=NAMES[code], length=len(header))
        reason = names.get(header[at], f"reason {header[at]}")
    yield Operation(
        verb=Verb.SESSION,
        function=NAMES[code],
        kind=Kind.REFUSAL if refused else Kind.NOTICE,
        code=f"0x{code:02X}",
        detail="" if refused or not reason else said(reason),
        refusal=reason if refused else "",
        filter=filter_text,
    )


def _header(message: Message) -> tuple[int, bytes]:
    """(TPDU code without credit, header from its length indicator on)."""
    data = message.data
    if len(data) < 7:
        raise Malformed("{length} bytes are too few for a TPDU", length=len(data))
    code = data[5] if data[5] in (DC, ER) else data[5] & 0xF0
    if code not in NAMES or (code == DT and message.length != _EMPTY):
        raise Malformed("TPDU code 0x{code:02X} is not a connection TPDU", code=data[5])
    end = 5 + data[4]
    if end > message.length or data[4] < (_DATA_HEADER if code == DT else 4):
        raise Malformed(
            "length indicator {indicator} does not fit a packet of {length} bytes",
            indicator=data[4],
            length=message.length,
        )
    return code, data[4:end]


def _connection(code: int, header: bytes, filter_text: str) -> Operation:
    if len(header) < 7:
        raise Malformed("{name}: {length} bytes are too few", name=NAMES[code], length=len(header))
    parameters = _parameters(header[7:])
    simatic = _is_simatic(parameters)
    called = parameters.get(CALLED, b"")
    words = [said("class {n}", n=header[6] >> 4)]
    ends = [_tsap(parameters[p]) for p in (CALLING, CALLED) if p in parameters]
    if len(ends) == 2:
        words.append(said("TSAP {name} to {other}", name=ends[0], other=ends[1]))
    elif ends:
        words.append(said("TSAP {name}", name=ends[0]))
    if simatic:
        words.append(said(CONNECTION_TYPES[called[0]]))
    size = parameters.get(TPDU_SIZE, b"")
    if len(size) == 1 and 7 <= size[0] <= 13:
        words.append(said("TPDU size {n}", n=1 << size[0]))
    return Operation(
        verb=Verb.SESSION,
        function=NAMES[code],
        kind=Kind.REQUEST if code == CR else Kind.RESPONSE,
        code=f"0x{code:02X}",
        unit=said("rack {n} slot {m}", n=called[1] >> 5, m=called[1] & 0x1F) if simatic else "",
        detail=joined(words),
        filter=filter_text,
    )


def _parameters(raw: bytes) -> dict[int, bytes]:
    """Parameter code -> value, as far as they are well formed: RDP puts a text in their place."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 2 <= len(raw) and at + 2 + raw[at + 1] <= len(raw):
        found.setdefault(raw[at], raw[at + 2 : at + 2 + raw[at + 1]])
        at += 2 + raw[at + 1]
    return found


def _tsap(raw: bytes) -> str:
    """Text as text ("SIMATIC-ROOT-HMI"), anything else as hexadecimal ("01.02")."""
    return (printable(raw) if len(raw) > 2 else "") or ".".join(f"{b:02X}" for b in raw)


def _is_simatic(parameters: dict[int, bytes]) -> bool:
    """Both TSAPs are two bytes and the called one begins with a connection type. MMS counts its TSAPs 00.01, 00.02."""
    calling, called = parameters.get(CALLING, b""), parameters.get(CALLED, b"")
    return len(calling) == len(called) == 2 and calling[0] != 0 and called[0] in CONNECTION_TYPES


PROTOCOL = Protocol(
    name="cotp",
    title="COTP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="ISO/IEC 8073:1997 sections 13.3-13.12 (ITU-T X.224), class 0; RFC 1006",
)
