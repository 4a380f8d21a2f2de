"""Associations of DLMS/COSEM: who asks for which context with which authentication; never a password or challenge.

Written from IEC 62056-5-3:2017 clauses 7.2.4 (names of contexts and mechanisms) and 8 (AARQ, AARE; BER).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Kind, Malformed, Operation, Row, Session, Verb
from scanner.protocols.common.ber import Element, constructed, first, optional
from scanner.protocols.dlms._names import AARQ, CONTEXTS, DIAGNOSTICS, MECHANISMS, REJECTED
from scanner.wording import joined, said

_CONTEXT, _RESULT, _DIAGNOSTIC, _ANSWERER = 0xA1, 0xA2, 0xA3, 0xA4
_CALLER, _MECHANISM = 0xA6, 0x8B
_CONTEXT_NAME, _MECHANISM_NAME = bytes.fromhex("60857405 0801"), bytes.fromhex("60857405 0802")
_CIPHERED = (3, 4)
# Low level security shows a shared password; high levels answer a challenge, some with a digest that is broken today.
_CREDENTIALS = {0: "none", 1: "user-password", 3: "digest", 4: "digest"}


def association(tag: int, apdu: bytes, *, cut: bool, unit: str, filter_: str) -> Iterator[Row]:
    """The rows of an AARQ or AARE."""
    found = constructed(first(apdu, cut=cut))
    context = _arc(optional(found, _CONTEXT), _CONTEXT_NAME)
    if context is None:
        raise Malformed("no application context of DLMS")
    known = CONTEXTS.get(context)
    words: list[str] = [said(known) if known else said("application context {n}", n=context)]
    refusal = ""
    if tag == AARQ:
        mechanism = _mechanism(found)
        words += [_secured_by(mechanism), *_title(found, _CALLER)]
        yield Session(
            version="DLMS/COSEM",
            credentials=_CREDENTIALS.get(mechanism, "challenge"),
            encrypted=None if context in _CIPHERED else False,
            authenticated=None if mechanism else False,
        )
    else:
        refusal = _refusal(found)
        words += _title(found, _ANSWERER)
    yield Operation(
        verb=Verb.SESSION,
        function="AARQ" if tag == AARQ else "AARE",
        kind=Kind.REQUEST if tag == AARQ else Kind.REFUSAL if refusal else Kind.RESPONSE,
        code=str(tag),
        unit=unit,
        detail=joined(words),
        refusal=refusal,
        filter=filter_,
    )


def _secured_by(mechanism: int) -> str:
    known = MECHANISMS.get(mechanism)
    if known is None:
        return said("mechanism {n}", n=mechanism)
    level, _, algorithm = known.partition(" with ")
    return said("high level security with {name}", name=algorithm) if algorithm else said(level)


def _arc(element: Element | None, name: bytes) -> int | None:
    """The last arc of the object identifier that ``element`` holds below ``name``."""
    if element is None or not element.whole:
        return None
    body = element.body[2 : 2 + len(name) + 1] if element.tag == _CONTEXT else element.body
    return body[-1] if body[:-1] == name else None


def _mechanism(found: list[Element]) -> int:
    """The mechanism asked for; none when there is no name."""
    element = optional(found, _MECHANISM)
    if element is None:
        return 0
    arc = _arc(element, _MECHANISM_NAME)
    if arc is None:
        raise Malformed("a mechanism that is none of DLMS")
    return arc


def _title(found: list[Element], tag: int) -> Iterator[str]:
    """The system title; three letters name its maker (IEC 62056-5-3, clause 4.3.4)."""
    element = optional(found, tag)
    if element is None or element.body[:2] != b"\4\x08" or len(element.body) < 10:
        return
    title = element.body[2:10]
    maker = title[:3]
    shown = title.hex().upper()
    if maker.isalpha() and maker.isupper():
        yield said("system title {name} of maker {maker}", name=shown, maker=maker.decode("ascii"))
    else:
        yield said("system title {name}", name=shown)


def _refusal(found: list[Element]) -> str:
    """Why an association was not accepted, with the diagnostic."""
    result = _number(optional(found, _RESULT))
    if not result:
        return ""
    reason = f"{REJECTED.get(result, 'rejected')} ({result})"
    diagnostic = optional(found, _DIAGNOSTIC)
    inner = optional(constructed(diagnostic), 0xA1, 0xA2) if diagnostic else None
    number = _number(inner)
    if number and inner and inner.tag == 0xA1:
        reason += f", {DIAGNOSTICS.get(number, 'diagnostic')} ({number})"
    return reason


def _number(element: Element | None) -> int | None:
    """The INTEGER within ``element``."""
    if element is None or element.body[:2] != b"\2\1" or len(element.body) < 3:
        return None
    return element.body[2]
