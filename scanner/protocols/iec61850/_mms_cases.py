"""Which bytes of an MMS message are significant, for the kernel.

BER lengths take one to three bytes, so the same field stands at different places. A message's *layout* is how many
bytes more than one the lengths ahead of the MMS PDU and of the PDU take: each holds the next, and they differ by a few
bytes, so nine layouts are all. Within a layout the invoke identifier (1 to 4 bytes) and the service have fixed places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Field, Range, Role, Size, Test, magic

NAME = "mms"
KEEP = 4096
SESSION = 7  # offset of the session SPDU; of the MMS PDU where there is no session layer
DATA_TRANSFER = magic(SESSION, b"\1\0\1\0")  # Give Tokens without parameters, Data Transfer without parameters
CONNECT, ACCEPT, REFUSE, FINISH, DISCONNECT, ABORT, ABORT_ACCEPT = 13, 14, 12, 9, 10, 25, 26

_DT = Byte(5, 0xF0)
_FORMS = (frozenset(range(0x80)), frozenset({0x81}), frozenset({0x82}))
_REQUEST, _RESPONSE, _ERROR, _UNCONFIRMED, _REJECT = range(0xA0, 0xA5)
# Requests with a number that is given anew: UploadSegment; TerminateUploadSequence, FileRead, FileClose (9F, number).
_UPLOAD_SEGMENT, _FILE_HANDLE = 0x9E, (31, 73, 74)
_LONG_TAGS = (0x9F, 0xBF)  # services above 30: their number is in the byte behind
_SEGMENT_ASKED = (0x9B, 0xBC)  # DownloadSegment, TerminateDownloadSequence: the server asks


@dataclass(frozen=True)
class _Layout:
    """Tests of the bytes ahead, offset of the MMS PDU, how many bytes its length takes beyond one."""

    when: tuple[Test, ...]
    pdu: int
    form: int

    @property
    def body(self) -> int:
        return self.pdu + 2 + self.form


def _layouts() -> Iterator[_Layout]:
    """61 length { 30 length { 02 01 context, A0 length { PDU } } } behind the session; or the PDU alone."""
    steps: list[tuple[int, ...]] = [(0, 0, 0, 0)]
    for form in (1, 2):
        steps += [(form,) * n + (form - 1,) * (4 - n) for n in range(1, 5)]
    for outer, list_, value, form in steps:
        at = 11
        when = (
            *DATA_TRANSFER,
            Byte(at, 0x61),
            Byte(at + 1, _FORMS[outer]),
            Byte(at + 2 + outer, 0x30),
            Byte(at + 3 + outer, _FORMS[list_]),
            Byte(at + 4 + outer + list_, 0x02),
            Byte(at + 5 + outer + list_, 1),
            Byte(at + 7 + outer + list_, 0xA0),
            Byte(at + 8 + outer + list_, _FORMS[value]),
        )
        pdu = at + 9 + outer + list_ + value
        yield _Layout((*when, Byte(pdu + 1, _FORMS[form])), pdu, form)
    for form in range(3):
        yield _Layout((_DT, Byte(SESSION + 1, _FORMS[form])), SESSION, form)


def _inner(form: int) -> tuple[int, ...]:
    """How many bytes more than one the length of an element can take that fills a longer one but for a few bytes."""
    return (0,) if form == 0 else (form, form - 1)


def _write(when: tuple[Test, ...], layout: _Layout, at: int, pair: tuple[Range, ...]) -> Iterator[Case]:
    """A5 length { A0 or A1 length { variables }, A0 length { values } }: the variables are meaning, values are not."""
    for all_ in _inner(layout.form):
        for own in range(all_ + 1):
            place = at + 2 + all_
            yield Case(
                NAME,
                (*when, Byte(at + 1, _FORMS[all_]), Byte(place + 1, _FORMS[own])),
                (Range(at, at + 1), Range(place, _end(place, own))),
                Role.REQUEST,
                pair,
                KEEP,
            )


def _end(at: int, form: int) -> Field:
    """Where the element at ``at`` ends."""
    return Field(at + 2, form, add=at + 2 + form) if form else Field(at + 1, 1, add=at + 2)


def _requests(layout: _Layout, width: int) -> Iterator[Case]:
    """The service, with all its arguments but for values and handles."""
    body, at = layout.body, layout.body + 2 + width
    when = (*layout.when, Byte(layout.pdu, _REQUEST), Byte(body, 2), Byte(body + 1, width))
    pair = (Range(body + 2, at),)
    yield from _write((*when, Byte(at, 0xA5)), layout, at, pair)
    if layout.form == 0:
        yield Case(NAME, (*when, Byte(at, _UPLOAD_SEGMENT)), (Range(at, at + 1),), Role.REQUEST, pair)
        files = (*when, Byte(at, 0x9F), Byte(at + 1, _FILE_HANDLE))
        yield Case(NAME, files, (Range(at, at + 2),), Role.REQUEST, pair)
        yield Case(NAME, (*when, Byte(at, _SEGMENT_ASKED)), (Range(at),), Role.NOTICE)
    yield Case(NAME, when, (Range(at),), Role.REQUEST, pair, KEEP)


def _responses(layout: _Layout, width: int) -> Iterator[Case]:
    """The service; all of Status, Identify and Write, which hold no values, and the refusal of one variable's Read."""
    body, at = layout.body, layout.body + 2 + width
    when = (*layout.when, Byte(layout.pdu, _RESPONSE), Byte(body, 2), Byte(body + 1, width))
    pair = (Range(body + 2, at),)
    yield Case(NAME, (*when, Byte(at, (0xA0, 0xA2, 0xA5))), (Range(at),), Role.RESPONSE, pair, KEEP)
    if layout.form == 0:
        refused = magic(at, b"\xa4\5\xa1\3\x80\1")
        yield Case(NAME, (*when, *refused), (Range(at),), Role.RESPONSE, pair)
    yield Case(NAME, (*when, Byte(at, _LONG_TAGS)), (Range(at, at + 2),), Role.RESPONSE, pair)
    yield Case(NAME, when, (Range(at, at + 1),), Role.RESPONSE, pair)


def _refusals(layout: _Layout, width: int) -> Iterator[Case]:
    """Errors and rejects without the invoke identifier (80 length)."""
    body, at = layout.body, layout.body + 2 + width
    when = (*layout.when, Byte(layout.pdu, (_ERROR, _REJECT)), Byte(body, 0x80), Byte(body + 1, width))
    key = (Range(layout.pdu, layout.pdu + 1), Range(at))
    yield Case(NAME, when, key, Role.RESPONSE, (Range(body + 2, at),))


def _unconfirmed(layout: _Layout) -> Iterator[Case]:
    """A0 length { A0 or A1 length { variables }, A0 length { values } }; of list "RPT" also the first value, RptID."""
    body = layout.body
    when = (*layout.when, Byte(layout.pdu, _UNCONFIRMED), Byte(body, 0xA0))
    for all_ in _inner(layout.form):
        place = body + 2 + all_
        here = (*when, Byte(body + 1, _FORMS[all_]))
        report = (*here, *magic(place, b"\xa1\5\x80\3RPT\xa0"))
        for values in range(all_ + 1):
            text = place + 9 + values
            tests = (*report, Byte(place + 8, _FORMS[values]), Byte(text, 0x8A), Byte(text + 1, _FORMS[0]))
            named = (Range(body, body + 1), Range(place, place + 7), Range(text, _end(text, 0)))
            yield Case(NAME, tests, named, Role.NOTICE, keep=KEEP)
        for own in range(all_ + 1):
            key = (Range(body, body + 1), Range(place, _end(place, own)))
            yield Case(NAME, (*here, Byte(place + 1, _FORMS[own])), key, Role.NOTICE, keep=KEEP)
    yield Case(NAME, (*layout.when, Byte(layout.pdu, _UNCONFIRMED)), (Range(body, body + 1),), Role.NOTICE)


def _cases() -> Iterator[Case]:
    for layout in _layouts():
        for width in range(1, 5):
            yield from _requests(layout, width)
            yield from _responses(layout, width)
        yield from _unconfirmed(layout)
        if layout.form == 0:
            for width in range(1, 5):
                yield from _refusals(layout, width)
    # PDUs without an invoke identifier or of another shape; then associations, whole.
    yield Case(NAME, (*DATA_TRANSFER, Byte(11, 0x61), Size(20, 64)), (Range(11),), Role.NOTICE)
    yield Case(NAME, (*DATA_TRANSFER, Byte(11, 0x61), Size(65)), (Range(11, 12),), Role.NOTICE, with_length=True)
    bare = (0x85, 0x86, 0x8B, 0x8C, 0xA7, 0xAA, 0xAD)
    yield Case(NAME, (_DT, Byte(SESSION, bare), Size(9, 64)), (Range(SESSION),), Role.NOTICE)
    yield Case(NAME, (_DT, Byte(SESSION, 0xA8)), (Range(SESSION),), Role.REQUEST)
    yield Case(NAME, (_DT, Byte(SESSION, 0xA9)), (Range(SESSION),), Role.RESPONSE)
    yield Case(NAME, (_DT, Byte(SESSION, CONNECT)), (Range(SESSION),), Role.REQUEST, keep=KEEP)
    yield Case(NAME, (_DT, Byte(SESSION, (ACCEPT, REFUSE))), (Range(SESSION),), Role.RESPONSE, keep=KEEP)
    ends = (FINISH, DISCONNECT, ABORT, ABORT_ACCEPT)
    yield Case(NAME, (_DT, Byte(SESSION, ends)), (Range(SESSION),), Role.NOTICE, keep=KEEP)


CASES = tuple(_cases())
