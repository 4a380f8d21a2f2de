"""Which bytes of SMB messages tell, and which handles they give and use.

A file that is polled every second is opened every second under another handle: what tells is what the handle stands
for. Names tell where content may be moved by them: directories and attributes are looked at by the thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scanner.framing.language import (
    After,
    BerElements,
    Bits,
    Byte,
    Case,
    Chain,
    Field,
    Handle,
    Part,
    Range,
    Role,
    Select,
    Size,
    Test,
    bits,
    magic,
)
from scanner.protocols.common import ntlm
from scanner.protocols.dcerpc import _smb1 as smb1
from scanner.protocols.dcerpc import _smb2 as smb2

NAME = "smb"
MOST_NAMES = 8192  # of a conversation and kind
MOST_OTHERS = 256  # shares, control codes, what is set
_KEPT, _KEPT_NAMES, _KEPT_COMPOUNDED = 256, 1280, 16384

# Of a log-in the third message of NTLM up to the lengths of its responses, bare or in SPNEGO's answer (RFC 4178).
_AT_2, _AT_1 = 92, 63  # where the token begins, as all clients have it


def _token(at: int) -> tuple[Part, ...]:
    return Range(at, at + 4), BerElements(at, (0xA1, 0x30, 0xA2), (4,), most=1, head=4 + ntlm.HEAD)


_BARE_2, _BARE_1 = magic(_AT_2, b"NTLM"), (Byte(36, 12), *magic(_AT_1, b"NTLM"))
_NTLM_2, _NTLM_1 = Range(_AT_2, _AT_2 + ntlm.HEAD), Range(_AT_1, _AT_1 + ntlm.HEAD)


def _looks(access: int, disposition: int, options: int) -> tuple[tuple[Byte, ...], ...]:
    """Tests for openings by which no content is moved (``Opening.folded``): of these fields at these places."""
    stays = Byte(options + 1, bits(0x10, 0))
    rights = ((0, 0x27), (2, 0x0D), (3, 0xF2))
    attributes = tuple(Byte(access + at, bits(mask, 0)) for at, mask in rights)
    directory = Byte(options, bits(1, 1)), Byte(disposition, 1), Byte(access + 2, bits(1, 0))
    return (stays, Byte(disposition, (1, 3)), *attributes), (stays, *directory)


# --- SMB 2 and 3 ----------------------------------------------------------------------------------------------------

_V2 = (Byte(4, 0xFE), Size(68))
_V2_KEY = (Range(4, 8), Range(12, 18), Range(20, 21))
_ANSWERS = Byte(20, bits(1, 1))
_NEGOTIATED = (*_V2_KEY, Range(70, 74))
_OFFERED = (*_V2_KEY, Range(70, 72), Range(104, 116))  # up to six dialects; the random salt lies further behind
_MESSAGE_ID = (Range(28, 36),)
_SET = (*_V2_KEY, Range(70, 72))  # type and class of the information
_OPENED = (*_V2_KEY, Range(109, 110))  # the options' byte that has "delete on close"
_SESSION = Range(44, 52)
_TREE = Handle((_SESSION, Range(40, 44)))
# the second of compounded messages: status, command, and of a request the type and class of what is set
_NEXT = tuple(After(Field(24, 4, 4 + at, little=True), size) for at, size in ((8, 6), (66, 2)))
# Of all of them, from where each says how far the next is to where that one does: the type and class of what is set,
# the options' byte of an opening, and of the next the status, command and whether it is an answer.
_CHAIN = Chain(
    24, Field(0, 4, little=True), (Select((), (Range(46, 48), Range(85, 86), Range(-12, -6), Range(-4, -3))),)
)
_COMPOUNDED = ((Byte(24, range(1, 256)),), (Byte(25, range(1, 256)),))  # offset of the second; a multiple of 8
# Of a CREATE flags, disposition, options and the name, and the name that a file is given, counted from the header;
# names with their lengths, by which one that is not whole is told.
_CREATES = (Byte(12, smb2.CREATE), Byte(13, 0))
_MADE: tuple[Range, ...] = (Range(19, 20), Range(100, 101), Range(104, 106))
_NAMED: tuple[Range, ...] = (*_MADE, Range(110, 112), Range(120, Field(110, 2, 120, little=True)))
_GIVEN = (Range(112, 116), Range(116, Field(112, 4, 116, little=True)))
_AS_ALL = (Byte(108, 120), Byte(109, 0))  # the name begins behind the body
_NAMES = Chain(
    4,
    Field(20, 4, little=True),
    (
        *(Select((*_CREATES, *looks), _MADE) for looks in _looks(88, 100, 104)),
        Select((*_CREATES, *_AS_ALL), _NAMED),
        Select((Byte(12, smb2.SET_INFO), Byte(13, 0), Byte(66, 1), Byte(67, smb2.RENAMES)), _GIVEN),
    ),
)
_PATH = (Range(74, 76), Range(76, Field(74, 2, 76, little=True)))  # of a TREE_CONNECT: its length and itself
_H = 4  # the header begins behind that of the session


def _at(part: Range) -> Range:
    """The part of a header, counted from the message's beginning."""
    end = part.end
    if isinstance(end, Field):
        return Range(part.start + _H, Field(end.at + _H, end.width, end.add + _H, end.little))
    return Range(part.start + _H, None if end is None else end + _H)


def _shifted(tests: tuple[Byte, ...]) -> tuple[Byte, ...]:
    return tuple(Byte(test.at + _H, test.among) for test in tests)


def _file(at: int) -> Handle:
    """An open file, by its identifier at this place."""
    return Handle((_SESSION, Range(at, at + 16)))


def _is(*commands: int) -> tuple[Byte, ...]:
    return Byte(16, commands), Byte(17, 0)


def _request(
    begins: tuple[Byte | Size, ...],
    own: tuple[Part, ...],
    pair: tuple[Range, ...],
    when: tuple[Test, ...],
    key: tuple[Part, ...],
    *,
    keep: int = _KEPT,
    most: int = 0,
    uses: Handle | None = None,
    drops: Handle | None = None,
) -> Case:
    """begins, own, pair: the tests, key and identifier of all messages of the version."""
    return Case(NAME, (*begins, *when), (*own, *key), Role.REQUEST, pair, keep=keep, most=most, uses=uses, drops=drops)


_case_2 = partial(_request, _V2, (), _MESSAGE_ID)


def _named_2(when: tuple[Test, ...], key: tuple[Part, ...], uses: Handle) -> Case:
    return _case_2(when, key, keep=_KEPT_NAMES, most=MOST_NAMES, uses=uses)


def _compounded(
    when: tuple[Test, ...], key: tuple[Part, ...], role: Role, gives: Handle | None = None, uses: Handle | None = None
) -> Iterator[Case]:
    """Names of files, of up to 1 kB in practice, and what is written stand between the messages."""
    most = MOST_NAMES if role is Role.REQUEST else 0
    for more in _COMPOUNDED:
        tests = (*_V2, *when, *more)
        yield Case(NAME, tests, key, role, _MESSAGE_ID, _KEPT_COMPOUNDED, most=most, gives=gives, uses=uses)


def _answers_2() -> Iterator[Case]:
    """A negotiation of SMB 1 may be answered in SMB 2 ([MS-SMB2] 3.3.5.3), so they are paired by their order."""
    pending = Byte(12, 3), Byte(13, 1), Byte(14, 0), Byte(15, 0)
    yield Case(NAME, (*_V2, *pending), _V2_KEY, Role.NOTICE, keep=_KEPT)
    yield Case(NAME, (*_V2, *_is(smb2.NEGOTIATE), _ANSWERS), _NEGOTIATED, Role.RESPONSE, keep=_KEPT)
    good = tuple(Byte(at, 0) for at in range(12, 16))
    opened = (*_is(smb2.CREATE), *good, _ANSWERS)
    yield from _compounded(opened, (*_V2_KEY, _NEXT[0], _CHAIN), Role.RESPONSE, gives=_file(132))
    yield from _compounded((_ANSWERS,), (*_V2_KEY, _NEXT[0], _CHAIN), Role.RESPONSE)
    connected = (*_is(smb2.TREE_CONNECT), *good, Byte(20, bits(3, 1)))  # at once, so that the number is there
    let_in = (*_is(smb2.SETUP), *good, _ANSWERS)
    yield Case(NAME, (*_V2, *let_in), (*_V2_KEY, Bits(70, 3)), Role.RESPONSE, _MESSAGE_ID, keep=_KEPT)
    for when, gives in ((opened, _file(132)), (connected, _TREE), ((_ANSWERS,), None)):
        yield Case(NAME, (*_V2, *when), _V2_KEY, Role.RESPONSE, _MESSAGE_ID, keep=_KEPT, gives=gives)


def _requests_2() -> Iterator[Case]:
    yield Case(NAME, (*_V2, *_is(smb2.NEGOTIATE)), _OFFERED, Role.REQUEST, keep=_KEPT)
    more: tuple[Part, ...] = (*_NEXT, _CHAIN, _NAMES)
    yield from _compounded(_is(smb2.CREATE), (*_OPENED, *more), Role.REQUEST, uses=_TREE)
    yield from _compounded(_is(smb2.SET_INFO), (*_SET, *more), Role.REQUEST, uses=_file(84))
    yield from _compounded(_is(smb2.READ, smb2.WRITE), (*_V2_KEY, *more), Role.REQUEST, uses=_file(84))
    yield from _compounded((), (*_V2_KEY, *more), Role.REQUEST)
    yield from _set()
    yield from _created()
    yield _case_2(_is(smb2.READ, smb2.WRITE), _V2_KEY, uses=_file(84))
    yield _case_2(_is(smb2.CLOSE), _V2_KEY, drops=_file(76))
    yield _case_2(_is(smb2.IOCTL), (*_V2_KEY, Range(72, 76)), most=MOST_OTHERS, uses=_file(76))
    yield _case_2(
        (*_is(smb2.TREE_CONNECT), Byte(72, 72), Byte(73, 0)), (*_V2_KEY, *_PATH), keep=_KEPT_NAMES, most=MOST_OTHERS
    )
    path = After(Field(72, 2, _H, little=True))
    yield _case_2(_is(smb2.TREE_CONNECT), (*_V2_KEY, Range(72, 76), path), keep=_KEPT_NAMES, most=MOST_OTHERS)
    yield _case_2((*_is(smb2.SETUP), *_BARE_2), (*_V2_KEY, _NTLM_2))
    yield _case_2(_is(smb2.SETUP), (*_V2_KEY, *_token(_AT_2)))
    yield _case_2((), _V2_KEY)


def _set() -> Iterator[Case]:
    """A new name, whether a file is to be deleted, or something else; of a name at an unusual place all behind it."""
    of_file, usual = (*_is(smb2.SET_INFO), Byte(70, 1)), (Byte(76, 96), Byte(77, 0))
    renames = (*of_file, Byte(71, smb2.RENAMES))
    yield _named_2((*renames, *usual), (*_SET, *map(_at, _GIVEN)), _file(84))
    yield _case_2((*of_file, Byte(71, smb2.DISPOSES), *usual), (*_SET, Bits(100, 1)), uses=_file(84))
    yield _case_2(_is(smb2.SET_INFO), _SET, uses=_file(84))


def _created() -> Iterator[Case]:
    for looks in _looks(88, 100, 104):
        yield _case_2((*_is(smb2.CREATE), *_shifted(looks)), _OPENED, uses=_TREE)
    how = tuple(map(_at, _MADE))
    named = (*_V2_KEY, *map(_at, _NAMED))
    yield _named_2((*_is(smb2.CREATE), *_shifted(_AS_ALL)), named, _TREE)
    elsewhere = After(Field(112, 2, _H, little=True))
    yield _named_2(_is(smb2.CREATE), (*_V2_KEY, *how, Range(112, 116), elsewhere), _TREE)


# --- SMB 1 ----------------------------------------------------------------------------------------------------------

_V1 = (Byte(4, 0xFF),)
_V1_KEY = (Range(4, 14), Range(15, 16))
_ANSWER_1 = Byte(13, bits(0x80, 0x80))
_MULTIPLEX_ID = (Range(34, 36),)
_TREE_1 = Handle((Range(28, 30),), brief=True)


def _file_1(*parts: Part) -> Handle:
    """An open file by its number, which is its connection's."""
    return Handle((*parts, Range(28, 30)), brief=True)


_case_1 = partial(_request, _V1, _V1_KEY, _MULTIPLEX_ID)


def _named_1(when: tuple[Test, ...], key: tuple[Part, ...]) -> Case:
    return _case_1(when, key, keep=_KEPT_NAMES, most=MOST_NAMES, uses=_TREE_1)


def _answer_1(when: tuple[Test, ...], gives: Handle | None = None) -> Case:
    return Case(NAME, (*_V1, *when), _V1_KEY, Role.RESPONSE, _MULTIPLEX_ID, keep=_KEPT, gives=gives)


def _answers_1() -> Iterator[Case]:
    chosen = (*_V1_KEY, Range(37, 39))
    yield Case(NAME, (*_V1, Byte(8, smb1.NEGOTIATE), _ANSWER_1), chosen, Role.RESPONSE, keep=_KEPT)
    good = (*(Byte(at, 0) for at in range(9, 13)), _ANSWER_1)
    for command, at in ((smb1.NT_CREATE, 42), (smb1.OPEN_ANDX, 41), (0x02, 37), (0x03, 37), (0x0F, 37)):
        yield _answer_1((Byte(8, command), *good), _file_1(Range(at, at + 2)))
    yield _answer_1((Byte(8, smb1.TREE_CONNECT), *good), _TREE_1)
    let_in = (*_V1, Byte(8, smb1.SETUP), *good, Byte(36, (3, 4)))
    yield Case(NAME, let_in, (*_V1_KEY, Range(36, 37), Bits(41, 1)), Role.RESPONSE, _MULTIPLEX_ID, keep=_KEPT)
    yield _answer_1((_ANSWER_1,))


def _requests_1() -> Iterator[Case]:
    form, chained = Range(36, 37), Range(37, 38)
    yield Case(NAME, (*_V1, Byte(8, smb1.NEGOTIATE)), (*_V1_KEY, Range(39)), Role.REQUEST, keep=_KEPT)
    yield _case_1((Byte(8, smb1.SETUP), *_BARE_1), (form, chained, _NTLM_1))
    yield _case_1((Byte(8, smb1.SETUP), Byte(36, 12)), (form, chained, *_token(_AT_1)))
    yield _case_1((Byte(8, smb1.SETUP),), (form, chained, Range(51, 55)))
    path = After(Field(43, 2, 47, little=True))
    yield _case_1((Byte(8, smb1.TREE_CONNECT),), (form, chained, path), keep=_KEPT_NAMES, most=MOST_OTHERS)
    yield from _created_1(chained)
    for at, commands in smb1.BY_HANDLE.items():
        used = _file_1(Range(at, at + 2))
        yield _case_1((Byte(8, commands), Byte(36, range(1, 256))), (chained,) if at > 37 else (), uses=used)
    yield _case_1((Byte(8, smb1.CLOSE),), (), drops=_file_1(Range(37, 39)))
    word, level = Range(65, 67), After(Field(57, 2, _H, little=True), 4)
    set_of_file = _file_1(After(Field(57, 2, _H, little=True), 2))
    later = After(Field(57, 2, _H + 2, little=True), 2)
    transaction = (Byte(8, smb1.TRANSACTION2), Byte(66, 0))
    yield _case_1((*transaction, Byte(65, smb1.SETS[1])), (word, later), most=MOST_OTHERS, uses=set_of_file)
    yield _case_1((*transaction, Byte(65, smb1.SETS[0])), (word, level), most=MOST_OTHERS)
    yield _case_1((Byte(8, smb1.TRANSACTION2),), (word,), most=MOST_OTHERS)
    yield _case_1((Byte(8, smb1.CHAINS), Byte(36, range(1, 256))), (chained,))
    yield _case_1((), ())


def _created_1(chained: Range) -> Iterator[Case]:
    nt = (Byte(8, smb1.NT_CREATE), Byte(36, 24))
    how = (chained, Range(72, 73), Range(76, 78))
    for looks in _looks(52, 72, 76):
        yield _case_1((*nt, *looks), how, uses=_TREE_1)
    yield _named_1(nt, (*how, Range(42, 44), Range(85)))
    opened = (chained, Range(43, 45), Range(53, 55), Range(67))
    yield _named_1((Byte(8, smb1.OPEN_ANDX), Byte(36, 15)), opened)
    yield _named_1((Byte(8, tuple(smb1.NAMES)),), (Range(36),))


CASES = (
    *_answers_2(),
    *_requests_2(),
    *_answers_1(),
    *_requests_1(),
    Case(NAME, (Byte(4, (0xFC, 0xFD)),), (Range(4, 8),), Role.NOTICE, keep=64),
)
