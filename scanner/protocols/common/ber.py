"""A small BER reader (ITU-T X.690 section 8) for protocols whose PDUs are a few ASN.1 elements deep.

An element's tag is the number that its identifier octets make ("0xA0", "0xBF49"). Nothing is decoded that is not
asked for; depth, tag width and number of elements are bounded, because what is read comes from the wire.
"""

from __future__ import annotations

from typing import NamedTuple

from scanner.protocols.base import Malformed

MAX_ELEMENTS = 4096
MAX_DEPTH = 16  # of indefinite lengths within one another
_TAG_OCTETS = 4


class Element(NamedTuple):
    """One element. ``whole`` is False when the captured bytes end before it does."""

    tag: int
    body: bytes
    whole: bool


def elements(data: bytes, *, cut: bool = False) -> list[Element]:
    """The elements that follow one another in ``data``.

    ``cut``: bytes are missing at the end of ``data``, so the last element may be incomplete; else that is Malformed.
    """
    found: list[Element] = []
    at = 0
    while at < len(data):
        if len(found) >= MAX_ELEMENTS:
            raise Malformed("more than {most} elements", most=MAX_ELEMENTS)
        element, at = _element(data, at, cut, MAX_DEPTH)
        if element is None:
            break
        found.append(element)
    return found


def first(data: bytes, *, cut: bool = False) -> Element:
    """The first element of ``data``; what follows it is not looked at."""
    element, _ = _element(data, 0, cut, MAX_DEPTH)
    if element is None:
        raise Malformed("cut short within a tag or length")
    return element


def constructed(element: Element) -> list[Element]:
    """The elements within ``element``."""
    return elements(element.body, cut=not element.whole)


def child(element: Element, *tags: int) -> Element:
    """The first element within ``element`` with one of the tags; Malformed when there is none."""
    found = optional(constructed(element), *tags)
    if found is None:
        raise Malformed("element 0x{tag:X} has no 0x{wanted:X}", tag=element.tag, wanted=tags[0])
    return found


def optional(found: list[Element], *tags: int) -> Element | None:
    """The first of ``found`` with one of the tags."""
    return next((e for e in found if e.tag in tags), None)


def unsigned(element: Element) -> int:
    """The contents as a number from zero up, as INTEGERs with a leading zero octet and ENUMERATED codes are."""
    if not 1 <= len(element.body) <= 9 or not element.whole:
        raise Malformed("a number of {length} bytes", length=len(element.body))
    return int.from_bytes(element.body, "big")


def _element(data: bytes, at: int, cut: bool, depth: int) -> tuple[Element | None, int]:
    """(the element at ``at``, where the next begins); no element where the captured bytes end within its header."""
    try:
        tag, at = _tag(data, at)
        length, at = _length(data, at)
    except IndexError:
        if cut:
            return None, len(data)
        raise Malformed("an element ends within its tag or length") from None
    if length is None:
        return _indefinite(tag, data, at, cut, depth)
    if at + length > len(data) and not cut:
        raise Malformed(
            "element 0x{tag:X} of {stated} bytes in the {length} that are left",
            tag=tag,
            stated=length,
            length=len(data) - at,
        )
    return Element(tag, data[at : at + length], at + length <= len(data)), at + length


def _tag(data: bytes, at: int) -> tuple[int, int]:
    tag = data[at]
    at += 1
    if tag & 0x1F != 0x1F:
        return tag, at
    for _ in range(_TAG_OCTETS - 1):
        octet = data[at]
        at += 1
        tag = tag << 8 | octet
        if not octet & 0x80:
            return tag, at
    raise Malformed("a tag of more than four bytes")


def _length(data: bytes, at: int) -> tuple[int | None, int]:
    """(length, None when indefinite; where the contents begin)."""
    octet = data[at]
    if octet < 0x80:
        return octet, at + 1
    if octet == 0x80:
        return None, at + 1
    width = octet & 0x7F
    if width > 4:
        raise Malformed("a length of {width} bytes", width=width)
    data[at + width]  # the length must be there to its end
    return int.from_bytes(data[at + 1 : at + 1 + width], "big"), at + 1 + width


def _indefinite(tag: int, data: bytes, start: int, cut: bool, depth: int) -> tuple[Element | None, int]:
    if not depth:
        raise Malformed("indefinite lengths nested too deep")
    at = start
    while at < len(data):
        if data[at : at + 2] == b"\0\0":
            return Element(tag, data[start:at], True), at + 2
        _, at = _element(data, at, cut, depth - 1)
    if not cut:
        raise Malformed("an element of indefinite length has no end")
    return Element(tag, data[start:], False), len(data)
