"""Beginning and end of MMS associations: who was let in, with which authentication.

Written from ISO 9506-2:2003 section 8 (Initiate, Conclude, Cancel), ISO/IEC 8650-1:1996 section 9 (AARQ, AARE), IEC
62351-4:2018 section 11 (MACE, signature in the authentication value) and IEC 61850-8-1:2011 section 10.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Kind, Operation, Row, Session, Verb
from scanner.protocols.common.ber import Element, child, constructed, optional, unsigned
from scanner.protocols.iec61850._mms_cases import ABORT, ACCEPT, CONNECT, REFUSE
from scanner.protocols.iec61850._mms_layers import AARE, AARQ, ABRT, RLRE, RLRQ, SPDUS, Layers
from scanner.protocols.iec61850._mms_names import ASSOCIATE_DIAGNOSTICS
from scanner.protocols.iec61850._mms_services import service_error
from scanner.wording import joined, said

INITIATE_REQUEST, INITIATE_RESPONSE, INITIATE_ERROR = 0xA8, 0xA9, 0xAA
# PDUs that end an association or a request, by tag: name, tshark's field.
ENDINGS = {
    0x8B: ("Conclude Request", "conclude_RequestPDU_element"),
    0x8C: ("Conclude Response", "conclude_ResponsePDU_element"),
    0xAD: ("Conclude Error", "conclude_ErrorPDU_element"),
    0x85: ("Cancel Request", "cancel_RequestPDU"),
    0x86: ("Cancel Response", "cancel_ResponsePDU"),
    0xA7: ("Cancel Error", "cancel_ErrorPDU_element"),
}
_AUTHENTICATION = 0xAC  # calling-authentication-value of an AARQ
_BEHIND = (0xAD, 0xBD, 0xBE)  # what stands behind it
_CHARACTERS, _EXTERNAL, _OTHER = 0x80, 0xA2, 0xA3  # kinds of the value; the signature of IEC 62351-4 is external


def association(found: Layers) -> Iterator[Row]:
    """The rows of a session SPDU that begins or ends an association, or of an Initiate PDU without session."""
    if found.spdu == REFUSE or _rejected(found):
        yield Operation(
            Verb.SESSION, "Associate", Kind.REFUSAL, refusal=_why(found), filter=_filter(found, "ses.type == 12")
        )
        return
    tag = found.pdu.tag if found.pdu else 0
    if found.spdu in (CONNECT, ACCEPT) or tag in (INITIATE_REQUEST, INITIATE_RESPONSE, INITIATE_ERROR):
        yield from _opening(found, tag)
        return
    abort = found.spdu == ABORT or (found.acse is not None and found.acse.tag == ABRT)
    name = SPDUS.get(found.spdu, "Association Control")
    if found.acse is not None:
        name = {RLRQ: "Release Request", RLRE: "Release Response", ABRT: "Abort"}.get(found.acse.tag, name)
    yield Operation(Verb.SESSION, "Abort" if abort else name, Kind.NOTICE, filter=f"ses.type == {found.spdu}")


def _opening(found: Layers, tag: int) -> Iterator[Row]:
    asked = found.spdu == CONNECT or tag == INITIATE_REQUEST
    element = {
        INITIATE_REQUEST: "mms.initiate_RequestPDU_element",
        INITIATE_RESPONSE: "mms.initiate_ResponsePDU_element",
    }
    error = tag == INITIATE_ERROR and found.pdu is not None
    yield Operation(
        verb=Verb.SESSION,
        function="Associate",
        kind=Kind.REFUSAL if error else Kind.REQUEST if asked else Kind.RESPONSE,
        detail="" if found.pdu is None or error else _parameters(found.pdu),
        refusal=service_error(found.pdu) if error and found.pdu is not None else "",
        filter=element.get(tag, _filter(found, "acse")),
    )
    if asked:
        yield from _authentication(found.acse)


def _filter(found: Layers, otherwise: str) -> str:
    if found.acse is None:
        return otherwise
    return {AARQ: "acse.aarq_element", AARE: "acse.aare_element"}.get(found.acse.tag, otherwise)


def _parameters(pdu: Element) -> str:
    """Initiate: local detail (size of PDUs) and, in the detail, the version."""
    parts = constructed(pdu)
    words = []
    detail = optional(parts, 0xA4)
    version = optional(constructed(detail), 0x80) if detail else None
    if version is not None and version.whole:
        words.append(said("MMS version {n}", n=unsigned(version)))
    size = optional(parts, 0x80)
    if size is not None and size.whole:
        words.append(said("PDUs of up to {n} bytes", n=unsigned(size)))
    return joined(words)


def _authentication(acse: Element | None) -> Iterator[Session]:
    """What an association request proves of its sender; nothing where it is cut short before. TCP port 102 is in clear;
    TLS is a conversation of its own.
    """
    parts = constructed(acse) if acse is not None else []
    value = optional(parts, _AUTHENTICATION)
    if value is None:
        if acse is None or acse.whole or optional(parts, *_BEHIND):
            yield Session(
                credentials="none", encrypted=False, authenticated=False, detail=said("no ACSE authentication")
            )
        return
    kind = next((inner.tag for inner in constructed(value)), 0)
    if kind == _CHARACTERS:
        yield Session(
            credentials="user-password", encrypted=False, authenticated=True, detail=said("ACSE password in clear")
        )
    elif kind in (_EXTERNAL, _OTHER):
        words = said("ACSE authentication value, not a plain password")
        yield Session(encrypted=False, authenticated=True, detail=words)
    else:  # bits, which may be those of a password
        words = said("ACSE authentication value that was not read")
        yield Session(encrypted=False, unread=("credentials", "authenticated"), detail=words)


def _rejected(found: Layers) -> bool:
    """An AARE whose result is not "accepted"."""
    if found.acse is None or found.acse.tag != AARE:
        return False
    result = optional(constructed(found.acse), 0xA2)
    return result is not None and result.whole and unsigned(child(result, 0x02)) != 0


def _why(found: Layers) -> str:
    """The diagnostic of an AARE, else the reason code of the session refusal."""
    if found.acse is not None and found.acse.tag == AARE:
        source = optional(constructed(found.acse), 0xA3)
        chosen = optional(constructed(source), 0xA1, 0xA2) if source else None
        if chosen is not None and chosen.whole:
            code = unsigned(child(chosen, 0x02))
            user = ASSOCIATE_DIAGNOSTICS.get(code) if chosen.tag == 0xA1 else ""
            return f"{user} ({code})" if user else f"association rejected, diagnostic {code}"
        return "association rejected"
    return f"session refused, reason {found.reason}" if found.reason >= 0 else "session refused"
