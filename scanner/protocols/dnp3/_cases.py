"""DNP3 for the kernel: how link frames are cut and joined, and which of their bytes are significant.

Addresses, function and object headers do. Values, times, handles, block numbers, sequence numbers and checksums do
not, as long as what follows them can be told: analog outputs by their points, what else is written by its first object
header; commands and writes that are laid out otherwise are compared whole, because each object of them matters. Of
responses the internal indications, group and variation, and the status of every control, file command or
authentication are meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.framing.language import Bits, Byte, Case, CrcBlocks, Framing, Range, Role, Size, Test, bits
from scanner.protocols.dnp3 import _link
from scanner.protocols.dnp3 import _names as names
from scanner.protocols.dnp3._link import (
    BLOCK,
    CHECKSUM,
    CONTROL,
    CONTROLS,
    DATA_CONTROLS,
    DESTINATION,
    FIRST_SEGMENT,
    HEADER,
    HEADER_CHECKSUM,
    LENGTH,
    SOURCE,
    START,
)

NAME = "dnp3"
_LAST_SEGMENT = 0x80
_LONGEST = 2400  # bytes of a fragment of 2048 octets in its frames
# Offsets in the first frame of a fragment. User data are cut into blocks of 16, at 10, 28, 46, 64..., each followed by
# a checksum; the first holds the sequence numbers, so its checksum is left out of the keys.
TRANSPORT, APPLICATION_CONTROL, FUNCTION = HEADER, HEADER + _link.APPLICATION_CONTROL, HEADER + _link.FUNCTION
_ASKED, _ANSWERED = (
    HEADER + _link.OBJECTS,
    HEADER + _link.RESPONSE_OBJECTS,
)  # where the first object header of a request and of a response is
_USER, _FIRST = Byte(CONTROL, DATA_CONTROLS), Byte(TRANSPORT, bits(FIRST_SEGMENT, FIRST_SEGMENT))

FRAMING = Framing(
    name=NAME,
    delimiter=CrcBlocks(more=Byte(TRANSPORT, bits(_LAST_SEGMENT, 0)), more_if=_USER, fresh=_FIRST),
    sync=(Byte(START, 0x05), Byte(START + 1, 0x64), Byte(LENGTH, range(5, 256)), Byte(CONTROL, CONTROLS)),
    ports={"tcp": (20000,), "udp": (20000,)},
    confirmations=2,
)

_ADDRESSES = Range(DESTINATION, HEADER_CHECKSUM)
# Qualifier -> octets of an object header with its range, and with the first index where indices are prefixes.
QUALIFIERS = {0x00: 5, 0x01: 7, 0x06: 3, 0x07: 4, 0x08: 5, 0x17: 5, 0x27: 6, 0x18: 6, 0x28: 7, 0x5B: 4}
_ANALOG = {1: 4, 2: 2, 3: 4, 4: 8}  # analog output variation -> octets of the value
_MOST_POINTS = 8  # analog outputs of one command that are told apart without their values
# Objects whose value is ignored, with their octets.
_TIMES = ((names.TIME, 1, 6), (names.TIME, 3, 6))
_AGGRESSIVE = QUALIFIERS[0x07] + 6  # octets of a request of aggressive mode
_CODES = (4, 8, 10, 12, 16)  # octets of a code of authenticity
_SIZED = QUALIFIERS[0x5B] + 2  # octets in front of an object that has its size in front


def _wire(at: int) -> int:
    """Offset in the frame of user octet ``at`` (0 is the transport octet)."""
    return HEADER + at + at // BLOCK * CHECKSUM


def _block(number: int) -> int:
    """Offset in the frame of a block of user octets, the first is 0."""
    return _wire(number * BLOCK)


def _octets(at: int, count: int) -> Iterator[Range]:
    """Where ``count`` user octets from ``at`` are, without the checksums among them."""
    while count > 0:
        size = min(count, BLOCK - at % BLOCK)
        yield Range(_wire(at), _wire(at) + size)
        at, count = at + size, count - size


def _of_object(at: int, count: int) -> tuple[Range, ...]:
    """Where ``count`` octets from ``at`` are of the first object of a request that has its size in front."""
    return tuple(_octets(_ASKED - HEADER + _SIZED + at, count))


def _exactly(user: int) -> Size:
    """The frame has this many user octets."""
    total = HEADER + user + (user + BLOCK - 1) // BLOCK * CHECKSUM
    return Size(total, total)


# A response has the addresses of its request in the other order, and its sequence number.
_SEQUENCE = Bits(APPLICATION_CONTROL, 0x0F)
_PAIR = {
    Role.REQUEST: (Range(DESTINATION, SOURCE), Range(SOURCE, HEADER_CHECKSUM), _SEQUENCE),
    Role.RESPONSE: (Range(SOURCE, HEADER_CHECKSUM), Range(DESTINATION, SOURCE), _SEQUENCE),
    Role.NOTICE: (),
}


def _case(*tests: Test, key: Iterable[Range], role: Role, with_length: bool = False) -> Case:
    return Case(NAME, (_USER, _FIRST, *tests), tuple(key), role, _PAIR[role], _LONGEST, with_length)


def _whole(*tests: Test, role: Role) -> Iterator[Case]:
    """Function and objects without the checksum of the first block, which may be the only one."""
    yield _case(*tests, Size(0, _block(1) - 1), key=(_ADDRESSES, Range(FUNCTION, -CHECKSUM)), role=role)
    yield _case(
        *tests, Size(_block(1)), key=(_ADDRESSES, Range(FUNCTION, _block(1) - CHECKSUM), Range(_block(1))), role=role
    )


def _analog(at: int, head: tuple[Range, ...], *tests: Test, role: Role, status: bool) -> Iterator[Case]:
    """Analog outputs whose header is at ``at``: their points, and status where they answer; whole where they are
    many, or something follows them.
    """
    start = at - HEADER
    for qualifier, width in ((0x17, 1), (0x28, 2)):
        for variation, octets in _ANALOG.items():
            for count in range(1, _MOST_POINTS + 1):
                numbered = (Byte(at, names.ANALOG_OUTPUT), Byte(at + 1, variation), Byte(at + 2, qualifier))
                counted = (Byte(at + 3, count), *((Byte(at + 4, 0),) if width == 2 else ()))
                first, step = start + 3 + width, width + octets + 1
                key = [*_octets(start, 3 + width)]
                for place in range(first, first + count * step, step):
                    key += _octets(place, width)
                    if status:
                        key += _octets(place + width + octets, 1)
                size = _exactly(first + count * step)
                yield _case(*tests, *numbered, *counted, size, key=(*head, *key), role=role)
    yield from _whole(*tests, Byte(at, names.ANALOG_OUTPUT), role=role)


def _named_files() -> Iterator[Case]:
    """File commands: the name, whatever the request number in the block where it begins."""
    file = (Byte(_ASKED, names.FILES), Byte(_ASKED + 2, 0x5B), Byte(_ASKED + 3, 1))
    head = (_ADDRESSES, Range(FUNCTION, _ASKED + 4), *_of_object(0, names.NAME_SIZE_AT + 2))
    command = (*file, Byte(FUNCTION, (names.OPEN, names.DELETE)), Byte(_ASKED + 1, 3))
    mode = _of_object(names.MODE_AT, 2)
    name = _of_object(names.COMMAND_SIZE, 1)[0].start
    second, third = _block(2), _block(3)
    yield _case(*command, Size(name + 1, third - 1), key=(*head, *mode, Range(name, -CHECKSUM)), role=Role.REQUEST)
    rest = (Range(name, third - CHECKSUM), Range(third))
    yield _case(*command, Size(third), key=(*head, *mode, *rest), role=Role.REQUEST)
    yield from _whole(Byte(FUNCTION, names.OPEN), Byte(_ASKED, names.AUTHENTICATION), role=Role.REQUEST)
    information = (*file, Byte(FUNCTION, names.FILE_INFO), Byte(_ASKED + 1, 7), Size(second + 1))
    rest = (Range(_of_object(names.FILE_INFO_SIZE, 1)[0].start, second - CHECKSUM), Range(second))
    yield _case(*information, key=(*head, *rest), role=Role.REQUEST)


def _commands() -> Iterator[Case]:
    """Controls: every one of them, as each moves something."""
    head = (_ADDRESSES, Range(FUNCTION, _ASKED))
    for functions, role in (((names.SELECT, 4, 5), Role.REQUEST), (names.DIRECT_NO_ACK, Role.NOTICE)):
        command = Byte(FUNCTION, functions)
        yield from _aggressive(head, command, role=role)
        yield from _analog(_ASKED, head, command, role=role, status=False)
        yield from _whole(command, role=role)


def _aggressive(head: tuple[Range, ...], command: Test, *, role: Role) -> Iterator[Case]:
    """One control between the request of aggressive mode and a code of authenticity, which ends the fragment: neither
    the number of the request nor the code counts.
    """
    start = _ASKED - HEADER + _AGGRESSIVE
    request = (Byte(_ASKED, names.AUTHENTICATION), Byte(_ASKED + 1, names.AGGRESSIVE), Byte(_ASKED + 2, 0x07))
    for qualifier, width in ((0x17, 1), (0x28, 2)):
        one = (qualifier, 1, *bytes(width - 1))
        points = start + 3 + width
        for group, variation, named, rest in (
            (names.CROB, 1, width + 11, 0),  # what is ordered is meaning
            *((names.ANALOG_OUTPUT, kind, width, octets + 1) for kind, octets in _ANALOG.items()),
        ):
            end = points + named + rest
            control = _at(start, (group, variation, *one))
            code = _at(end, (names.AUTHENTICATION, names.CODE, 0x5B, 1))
            key = (*head, Range(_ASKED, _ASKED + 4), *_octets(start, points + named - start))
            for octets in _CODES:
                size_of_code: tuple[Test, ...] = (*_at(end + 4, (octets, 0)), _exactly(end + _SIZED + octets))
                yield _case(command, *request, *control, *code, *size_of_code, key=key, role=role)


def _at(at: int, octets: Iterable[int]) -> tuple[Byte, ...]:
    """These user octets are at ``at``."""
    return tuple(Byte(_wire(at + n), octet) for n, octet in enumerate(octets))


def _times(*tests: Test, role: Role) -> Iterator[Case]:
    """Writes of a time and nothing else."""
    for group, variation, octets in _TIMES:
        time = (
            Byte(_ASKED, group),
            Byte(_ASKED + 1, variation),
            Byte(_ASKED + 2, 0x07),
            Byte(_ASKED + 3, 1),
            _exactly(7 + octets),
        )
        yield _case(*tests, Byte(FUNCTION, names.WRITE), *time, key=(_ADDRESSES, Range(FUNCTION, 17)), role=role)


def _broadcast() -> Iterator[Case]:
    """What is sent to everybody is answered by nobody."""
    everybody = (Byte(DESTINATION, range(0xFD, 0x100)), Byte(DESTINATION + 1, 0xFF))
    yield from _times(*everybody, role=Role.NOTICE)
    yield from _whole(*everybody, Byte(FUNCTION, range(128)), role=Role.NOTICE)


def _writes() -> Iterator[Case]:
    """Writes: times and blocks of files without them, others whole, since what is behind values may be anything."""
    write = Byte(FUNCTION, names.WRITE)
    yield from _times(role=Role.REQUEST)
    file = (Byte(_ASKED, names.FILES), Byte(_ASKED + 1, 5), Byte(_ASKED + 2, 0x5B), Byte(_ASKED + 3, 1))
    yield _case(write, *file, key=(_ADDRESSES, Range(FUNCTION, 17)), role=Role.REQUEST)
    yield from _whole(write, role=Role.REQUEST)


def _asked() -> Iterator[Case]:
    """Requests: those without values whole, commands and writes by what they touch, else the first object header."""
    silent = Byte(FUNCTION, (names.CONFIRM, *names.UNANSWERED))
    speaking = Byte(FUNCTION, set(range(1, 128)) - set(names.UNANSWERED))
    yield from _broadcast()
    for functions, role in ((silent, Role.NOTICE), (speaking, Role.REQUEST)):
        yield _case(functions, Size(0, 17), key=(_ADDRESSES, Range(FUNCTION, _ASKED)), role=role)
    yield from _named_files()
    yield from _commands()
    yield from _writes()
    not_files = Byte(_ASKED, set(range(256)) - {names.FILES, names.AUTHENTICATION})
    for functions, role in ((silent, Role.NOTICE), (speaking, Role.REQUEST)):
        valueless = Byte(FUNCTION, functions.among & set(names.VALUELESS))
        yield from _whole(valueless, not_files, role=role)
    yield from _whole(Byte(FUNCTION, names.PROGRAMS), role=Role.REQUEST)
    # What answers a challenge is neither asked nor answered: the outcome is that of the request that was challenged.
    reply = (Byte(FUNCTION, names.AUTHENTICATE), Byte(_ASKED, names.AUTHENTICATION), Byte(_ASKED + 1, names.REPLY))
    yield _case(*reply, key=(_ADDRESSES, Range(FUNCTION, 16)), role=Role.NOTICE)
    for functions, role in ((silent, Role.NOTICE), (speaking, Role.REQUEST)):
        for qualifier, size in QUALIFIERS.items():
            tests = (functions, Byte(_ASKED + 2, qualifier), Size(_ASKED + size + CHECKSUM))
            yield _case(*tests, key=(_ADDRESSES, Range(FUNCTION, _ASKED + size)), role=role)
        yield _case(functions, key=(_ADDRESSES, Range(FUNCTION, 16)), role=role)


_HEAD = (_ADDRESSES, Range(FUNCTION, _ANSWERED))
_OBJECT = Range(_ANSWERED, 17)


def _answered() -> Iterator[Case]:
    """Responses: their indications and first object; with the status of controls and file commands."""
    kinds = (
        ((Byte(FUNCTION, names.RESPONSE), Byte(APPLICATION_CONTROL, bits(0x80, 0))), Role.NOTICE),
        ((Byte(FUNCTION, names.RESPONSE),), Role.RESPONSE),
        ((Byte(FUNCTION, names.UNSOLICITED),), Role.NOTICE),
        ((Byte(FUNCTION, names.AUTHENTICATE_RESPONSE),), Role.RESPONSE),
    )
    for tests, role in kinds:
        yield _case(*tests, Size(0, 18), key=_HEAD, role=role)
    yield _case(*kinds[0][0], key=(*_HEAD, _OBJECT), role=Role.NOTICE)
    response = Byte(FUNCTION, names.RESPONSE)
    yield from _analog(_ANSWERED, _HEAD, response, role=Role.RESPONSE, status=True)
    commands = Byte(_ANSWERED, (names.CROB, names.DEVICE_ATTRIBUTES))
    yield from _whole(response, commands, role=Role.RESPONSE)
    yield from _statuses(response)
    yield from _authenticated()
    for tests, role in kinds[1:]:
        yield _case(*tests, key=(*_HEAD, _OBJECT), role=role)


def _sized(group: int, variation: int, at: int, values: Iterable[int] | int | None = None) -> tuple[Test, ...]:
    """Tests of one object with its size in front; its octet ``at`` is there, and one of ``values``."""
    place = _wire(_ANSWERED - HEADER + _SIZED + at)
    header = (Byte(_ANSWERED, group), Byte(_ANSWERED + 1, variation), Byte(_ANSWERED + 2, 0x5B))
    return (*header, Byte(place, range(256) if values is None else values))


def _status(at: int) -> tuple[Range, ...]:
    """Header and octet ``at`` of such an object."""
    return Range(_ANSWERED, _ANSWERED + 4), *_octets(_ANSWERED - HEADER + _SIZED + at, 1)


def _statuses(response: Byte) -> Iterator[Case]:
    """The status of a file command, of a block of a file; a key of no value, which lets nobody at a file."""
    for variation, at in names.FILE_STATUS_AT.items():
        tests = _sized(names.FILES, variation, at)
        yield _case(response, *tests, key=(*_HEAD, *_status(at)), role=Role.RESPONSE)
    none = tuple(t for at in range(8, 12) for t in _sized(names.FILES, 2, at, 0))
    yield _case(response, *none, key=(*_HEAD, Range(_ANSWERED, _ANSWERED + 4), *_status(8)), role=Role.RESPONSE)


def _authenticated() -> Iterator[Case]:
    """A challenge answers nothing yet; an error and the state of session keys do."""
    answer = Byte(FUNCTION, names.AUTHENTICATE_RESPONSE)
    challenge = (Byte(_ANSWERED, names.AUTHENTICATION), Byte(_ANSWERED + 1, names.CHALLENGE))
    yield _case(answer, *challenge, key=(*_HEAD, _OBJECT), role=Role.NOTICE)
    for variation, at in ((names.KEY_STATUS, names.KEY_STATUS_AT), (names.FAILED, names.FAILED_AT)):
        tests = _sized(names.AUTHENTICATION, variation, at)
        for function in (answer, Byte(FUNCTION, names.RESPONSE)):
            yield _case(function, *tests, key=(*_HEAD, *_status(at)), role=Role.RESPONSE)


CASES = (
    *_asked(),
    *_answered(),
    Case(NAME, (_USER, Byte(TRANSPORT, bits(FIRST_SEGMENT, 0))), (_ADDRESSES,), Role.NOTICE, keep=_LONGEST),
    Case(
        NAME, (Byte(START, 5),), (Range(CONTROL, HEADER_CHECKSUM), Range(FUNCTION, _ASKED)), Role.NOTICE, keep=_LONGEST
    ),
)
