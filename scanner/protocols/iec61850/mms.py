"""MMS (ISO 9506), the protocol of IEC 61850 clients and servers and of ICCP/TASE.2, over TPKT and COTP.

Written from ISO 9506-1:2003 and 9506-2:2003 (PDUs in section 7 and annex A), IEC 61850-8-1:2011, IEC 60870-6-503 and
-802:2014 for names, RFC 1006, and for the layers between what ``_mms_layers`` names. Values are never looked at.

IEC 61850 controls and report control blocks are recognised by the names of the variables written, ICCP/TASE.2 by the
variables that it reserves. A segment of a download is asked for by the server; it is a notice, not its command.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.framing.shared import TPKT
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.ber import Element
from scanner.protocols.iec61850._mms_association import (
    ENDINGS,
    INITIATE_ERROR,
    INITIATE_REQUEST,
    INITIATE_RESPONSE,
    association,
)
from scanner.protocols.iec61850._mms_cases import CASES, NAME
from scanner.protocols.iec61850._mms_layers import BARE, DATA, layers
from scanner.protocols.iec61850._mms_names import SERVICES
from scanner.protocols.iec61850._mms_services import error, reject, request, response, unconfirmed
from scanner.wording import said

FRAMING = TPKT

_SERVICES = {0xA0: request, 0xA1: response, 0xA2: error, 0xA3: unconfirmed, 0xA4: reject}
_INITIATES = (INITIATE_REQUEST, INITIATE_RESPONSE, INITIATE_ERROR)


def probe(message: Message) -> bool:
    """The layers lead to an MMS PDU, or to an association or its end."""
    try:
        found = layers(message)
    except Malformed:
        return False
    if found.pdu is None:
        return found.spdu not in (DATA, BARE) and (found.acse is not None or found.reason >= 0)
    return found.spdu != BARE or found.pdu.whole


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one TPKT packet with MMS."""
    found = layers(message)
    if found.spdu not in (DATA, BARE) or found.pdu is None or found.pdu.tag in _INITIATES:
        yield from association(found)
        return
    yield from _pdu(found.pdu)


def _pdu(pdu: Element) -> Iterable[Row]:
    if pdu.tag in _SERVICES:
        return _SERVICES[pdu.tag](pdu)
    if pdu.tag not in ENDINGS:
        raise Malformed("PDU 0x{tag:X}", tag=pdu.tag)
    name, field = ENDINGS[pdu.tag]
    return [Operation(Verb.SESSION, name, Kind.NOTICE, filter=f"mms.{field}")]


PROTOCOL = Protocol(
    name=NAME,
    title="IEC 61850 MMS, ICCP (TASE.2)",
    short="MMS",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {Verb.SESSION, Verb.REPORT, Verb.SUBSCRIBE, Verb.UNKNOWN, *(verb for _, verb in SERVICES.values())}
    ),
    specification="ISO 9506-2:2003; IEC 61850-8-1:2011; IEC 60870-6-503:2014; ITU-T X.225, X.226, X.227; RFC 1006",
    midway=said("association not captured"),
    beneath=("cotp",),
)
