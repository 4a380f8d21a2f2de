"""How a protocol tells the kernel, as data, to cut a byte stream into messages and which bytes are significant.

A *framing* cuts the payload of a conversation into messages (several protocols may share one: S7comm, MMS and RDP
all ride on TPKT). A *case* says, for messages that meet its tests, which bytes make two messages the same (the key),
how a response finds its request, and which protocol the message belongs to. The kernel asks for more of a plan when a
protocol is met for the first time, and for nothing while packets pass.

Offsets count from the first byte of the message; a negative offset counts from its end.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Byte:
    """The byte at ``at`` is one of ``among`` (values 0-255). A message too short to have it does not match."""

    at: int
    among: frozenset[int]

    def __init__(self, at: int, among: Iterable[int] | int) -> None:
        values = _values(among) if isinstance(among, int | range | bytes | tuple) else frozenset(among)
        object.__setattr__(self, "at", at)
        object.__setattr__(self, "among", values)


@functools.cache
def _values(among: int | range | bytes | tuple[int, ...]) -> frozenset[int]:
    """Thousands of tests name the same few sets: each is made, hashed and compared once."""
    return frozenset((among,) if isinstance(among, int) else among)


@functools.cache
def bits(mask: int, value: int) -> frozenset[int]:
    """The byte values whose bits under ``mask`` equal ``value``."""
    return frozenset(b for b in range(256) if b & mask == value)


def instead_of_ethertype(link_type: int) -> int:
    """What stands for an EtherType in frames of a link that has none, by its LINKTYPE number."""
    return 0x0400 + link_type


@functools.cache
def magic(at: int, text: bytes) -> tuple[Byte, ...]:
    """Tests for the literal bytes ``text`` at ``at``."""
    return tuple(Byte(at + i, b) for i, b in enumerate(text))


@dataclass(frozen=True)
class Size:
    """The message length in bytes lies between ``low`` and ``high``, both included."""

    low: int
    high: int = 0xFFFFFFFF


@dataclass(frozen=True)
class CrcResidue:
    """The 16-bit CRC over the whole message, its own check included, leaves ``residue``: nothing else looks so.

    ``polynomial`` bit-reversed (least significant bit first), ``initial``: the register before the first byte. A
    message that was not captured whole is not contradicted.
    """

    polynomial: int
    initial: int
    residue: int = 0


@dataclass(frozen=True)
class SentBy:
    """The message comes from the client, or from the server, of its conversation, as known when it passes.

    For messages that only their sender tells apart; not for the tests that recognise a framing.
    """

    client: bool


@dataclass(frozen=True)
class Within:
    """Somewhere in the message ``first`` stands, and behind it a byte of ``then``.

    For what may follow text of any length; not for the tests that recognise a framing.
    """

    first: int
    then: frozenset[int]

    def __init__(self, first: int, then: Iterable[int]) -> None:
        object.__setattr__(self, "first", first)
        object.__setattr__(self, "then", frozenset(then))


@dataclass(frozen=True)
class Alike:
    """The ``width`` bytes at ``one`` and those at ``other`` are the same; a message too short for both does not match.

    For what is told by two fields that agree; not for the tests that recognise a framing.
    """

    one: int
    other: int
    width: int


Test = Byte | Size | SentBy | Within | Alike
Sync = Byte | Size | CrcResidue


@dataclass(frozen=True)
class Field:
    """An unsigned number in the message: ``width`` bytes (1-4) at ``at``, plus ``add``, times nothing."""

    at: int
    width: int
    add: int = 0
    little: bool = False


@dataclass(frozen=True)
class Range:
    """Bytes ``start`` to ``end`` (excluded); ``end`` None is the end of the message, a Field is read from it.

    With ``stride`` the ``width`` bytes at start, start+stride, start+2*stride ... up to ``end`` are meant, e.g. the
    information object addresses of an IEC 104 ASDU without their values.
    """

    start: int
    end: int | Field | None = None
    stride: int = 0
    width: int = 0


@dataclass(frozen=True)
class Bits:
    """The byte at ``at``, of which only the bits of ``mask`` count: its number shares it with something else."""

    at: int
    mask: int


@dataclass(frozen=True)
class Nth:
    """Of the elements with this tag the one behind the first ``skip``, 0 to 15: a step of a path."""

    tag: int
    skip: int


@dataclass(frozen=True)
class Numbering:
    """The elements, by their tags, with which a publisher numbers its messages, so that the kernel follows the series.

    sequence: counts messages, from 0 with each new state where there are states; or samples, by a step of its own and
    from 0 again and again. state: counts up with every change, from 1. lifetime: how many milliseconds the next message
    may take. Messages of one sender to one target are of one series when their keys are equal up to the first number.
    """

    sequence: int
    state: int | None = None
    lifetime: int | None = None


@dataclass(frozen=True)
class BerElements:
    """BER elements by their tags, each with tag and length (X.690, section 8.1; tags of one byte, definite lengths).

    ``path``: tags from the element that begins at ``start`` down to the one whose elements are meant (1 to 4), each the
    first with its tag unless ``Nth`` says which.
    ``tags``: which of these; of them ``most``, from the one behind the first ``skip`` on. ``small``: numbers of which
    only counts whether they are 0, 1 or anything else, such as counters that begin again; their length does not count.
    ``numbering``: elements, small or no part of the key, by which the messages are followed: one whose state is lower
    than before, other than 0 or 1, is another message (``set_back``). What is indefinite, cut off or beyond the 64th
    element of one is left out. ``head``: so many bytes of each, with its tag and length, are taken; 0: all.
    """

    start: int
    path: tuple[Nth, ...]
    tags: frozenset[int]
    small: frozenset[int]
    skip: int
    most: int
    numbering: Numbering | None
    head: int

    def __init__(  # noqa: PLR0917
        self,
        start: int,
        path: Iterable[int | Nth],
        tags: Iterable[int],
        small: Iterable[int] = (),
        skip: int = 0,
        most: int = 64,
        numbering: Numbering | None = None,
        head: int = 0,
    ) -> None:
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "head", head)
        object.__setattr__(self, "path", tuple(s if isinstance(s, Nth) else Nth(s, 0) for s in path))
        object.__setattr__(self, "tags", frozenset(tags))
        object.__setattr__(self, "small", frozenset(small))
        object.__setattr__(self, "skip", skip)
        object.__setattr__(self, "most", most)
        object.__setattr__(self, "numbering", numbering)


@dataclass(frozen=True)
class After:
    """``size`` bytes that begin where ``field`` says, behind something of variable length. None: to the end."""

    field: Field
    size: int | None = None


@dataclass(frozen=True)
class Select:
    """Of a record that meets every test of ``when``: the ranges ``key``. Offsets count within the record."""

    when: tuple[Test, ...]
    key: tuple[Range, ...]


@dataclass(frozen=True)
class Chain:
    """Records one behind the other from ``start`` on: of each, what the first of ``picks`` that it meets names.

    start: an offset, or a big-endian field that counts what is ahead of them.
    size: the length of a record, a field counted from its beginning, of which only the bits of ``mask`` count.
    more: a record without it is the last; None: they go on to the message's end. What is beyond the 256th is left out.
    """

    start: int | Field
    size: Field
    picks: tuple[Select, ...]
    mask: int = 0x7FFFFFFF
    more: Byte | None = None


@dataclass(frozen=True)
class Directory:
    """Records that a directory at ``start`` lists: their number, then the offset of each, counted from ``start``; of
    each what the first of ``picks`` that it meets names.

    width, little: of the number and of every offset. Each record ends where the next begins, the last at ``end`` (None:
    the message's end). What follows a record that would be empty, or the 256th, is left out.
    """

    start: int
    width: int
    picks: tuple[Select, ...]
    little: bool = False
    end: Field | None = None


@dataclass(frozen=True)
class Protobuf:
    """The fields of a Protocol Buffers message that begins where ``start`` says: the tag of each, and of the messages
    in the field ``inside`` the tag of each of theirs, whole those whose number is among ``whole``, and where they end.

    Protocol Buffers encoding: tag and wire type as a varint; varint, 8 bytes, length and content, 4 bytes. A byte of
    zero in front of it all is passed over; from what is no field on, everything is taken.
    """

    start: Field
    inside: int
    whole: frozenset[int]

    def __init__(self, start: Field, inside: int, whole: Iterable[int]) -> None:
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "inside", inside)
        object.__setattr__(self, "whole", frozenset(whole))


@dataclass(frozen=True)
class Step:
    """What a transducer does with a byte: take it or leave it out, and go on in the state ``to``."""

    to: str
    take: bool = True


@dataclass(frozen=True)
class State:
    """A state of a transducer: what it does with the bytes of each set, the first that has it, and with any other.

    ``word``: what is read from here until another state comes is a word, which counts altogether: one of those that
    the transducer knows or, where bytes are written otherwise than they are (``escaped``), any.
    """

    otherwise: Step
    steps: tuple[tuple[bytes, Step], ...] = ()
    word: bool = False
    escaped: bool = False


@dataclass(frozen=True)
class Transducer:
    """Of the text from ``start`` on the bytes that a finite-state transducer takes; it begins in its first state.

    words: those that count where its states read one (``State.word``), in either case.
    """

    start: int
    states: tuple[tuple[str, State], ...]
    words: frozenset[bytes]

    def __init__(self, start: int, states: Mapping[str, State], words: Iterable[bytes] = ()) -> None:
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "states", tuple(states.items()))
        object.__setattr__(self, "words", frozenset(words))


Part = Range | Bits | BerElements | After | Chain | Directory | Protobuf | Transducer

WHOLE = (Range(0),)


class Role(enum.IntEnum):
    """What a message is in the request/response exchange."""

    BY_SIDE = 0  # from the client: request; from the server: response
    REQUEST = 1  # a request whichever side sends it (and so its sender is the client)
    RESPONSE = 2  # a response whichever side sends it (and so its sender is the server)
    NOTICE = 3  # neither asks nor answers (cyclic data, unsolicited report, keep-alive)
    ASKS = 4  # a request, in a protocol in which both sides send them: it does not tell who the client is
    ANSWERS = 5  # the response to one of these


@dataclass(frozen=True)
class Handle:
    """A number that an answer gives to what was asked for, and by which later requests say what they mean: an open
    file, a share.

    parts: its bytes, with what else tells it from the same number elsewhere (a session).
    brief: it holds in its connection alone and is soon given again: behind something lost nobody knows what it means.
        Otherwise it holds in all connections between the two.
    """

    parts: tuple[Part, ...]
    brief: bool = False


@dataclass(frozen=True)
class Case:
    """Messages that meet every test of ``when`` belong to ``protocol`` and are equal when their key bytes are.

    key: the parts compared, concatenated. ``with_length`` adds the message length to the key.
    pair: the parts that a response repeats from its request (transaction id); empty: the latest unanswered request
        of the other side in the same conversation.
    keep: how many bytes of the first such message are kept for the dissector.
    in_order: no two messages are the same, because what one means depends on those before it in its connection
        (``Protocol.reader``); ``key`` is not looked at.
    most: how many different ones of a conversation and side are told apart where only what they say counts, never that
        one is not there: further ones are counted as one, early enough to leave room for what must not be missed, and
        nothing counts as left out. 0: all, up to the ceilings of ``scanner.limits.capture``.
    gives: of an answer, the handle that it gives to what was asked for.
    uses: the handle by which the message says what it means: the request that got it (``Message.opener``) is part of
        the key in its place.
    drops: the handle that means nothing any more behind the message.
    """

    protocol: str
    when: tuple[Test, ...] = ()
    key: tuple[Part, ...] = WHOLE
    role: Role = Role.BY_SIDE
    pair: tuple[Part, ...] = ()
    keep: int = 512
    with_length: bool = False
    in_order: bool = False
    most: int = 0
    gives: Handle | None = None
    uses: Handle | None = None
    drops: Handle | None = None


# --- delimiters: where the next message ends -------------------------------------------------------------------------


@dataclass(frozen=True)
class Length:
    """Total length = the unsigned field + ``add``. A total above ``maximum`` or below ``minimum`` means: not in sync.

    ``mask``: the bits of the field that count, where it shares its bytes with something else.

    ``more``: when set, a message whose byte ``more.at`` is among ``more.among`` continues in the next one; the parts
    are joined, each further part without its first ``header`` bytes (COTP DT without EOT, for instance). ``more_if``,
    when set, must hold as well (that it is a DT at all: in a COTP connection request the same byte is a reference).
    With ``whole`` such a message continues only while the parts joined are shorter than it says (at most 256 KB), in
    messages that begin with the same byte as the first (a TLS certificate in several records).

    ``digits``: the field is written in hexadecimal digits, one a byte.
    """

    at: int
    width: int
    add: int = 0
    little: bool = False
    minimum: int = 1
    maximum: int = 65536
    more: Byte | None = None
    more_if: Byte | None = None
    header: int = 0
    mask: int = 0xFFFFFFFF
    whole: Field | None = None
    digits: bool = False


@dataclass(frozen=True)
class Varint:
    """MQTT-style length: 7 bits a byte, low first, at ``at`` (at most ``limit`` bytes), counting what follows it."""

    at: int
    limit: int = 4
    maximum: int = 1 << 20


@dataclass(frozen=True)
class CrcBlocks:
    """DNP3 link frames: byte ``at`` counts user bytes + ``overhead``; every 16 user bytes are followed by a CRC.

    ``more`` and ``more_if`` as in Length; the frames of one message are joined whole, each with its header. A frame
    whose byte ``fresh.at`` is among ``fresh.among`` begins a message: what was being joined before has no end.
    """

    at: int = 2
    overhead: int = 5
    header: int = 10
    block: int = 16
    crc: int = 2
    more: Byte | None = None
    more_if: Byte | None = None
    fresh: Byte | None = None


@dataclass(frozen=True)
class Ft12:
    """Frames of format class FT 1.2 (IEC 60870-5-1): of variable length (68 L L 68 ... 16), of fixed length with an
    address of one or two octets (10 ... 16, told by the checksum), and the single character E5.
    """


@dataclass(frozen=True)
class Line:
    """Text up to and including LF, or ``end``, which ends with LF; a longer line is cut at ``maximum``."""

    maximum: int = 1024
    end: bytes = b"\n"


@dataclass(frozen=True)
class HeaderBlock:
    """A text header that begins with one of ``tokens`` and ends at an empty line (CR LF CR LF or LF LF).

    What follows (a body) is skipped until a token stands at the next byte or at the start of a segment. With
    ``answers`` the first so many tokens begin answers: each direction has only answers or only requests, and the body
    that a request says it has (Content-Length, or chunks as far as ``maximum``: RFC 9112, section 6) belongs to it.
    With ``bodies`` the body that any of them says it has (Content-Length, or ``l``: RFC 3261, section 20.14) does.
    """

    tokens: tuple[bytes, ...]
    maximum: int = 8192
    answers: int = 0
    bodies: bool = False


@dataclass(frozen=True)
class Whole:
    """Each datagram, layer-2 frame payload or TCP segment is one message. With ``grows`` segments that begin no message
    belong to the one before them in their direction, until the other direction speaks. Behind one of at most
    ``joins`` bytes, which is hardly a message by itself, all segments do, up to one that is longer.
    """

    grows: bool = False
    joins: int = 0


Delimiter = Length | Varint | CrcBlocks | Line | HeaderBlock | Whole | Ft12


@dataclass(frozen=True)
class Framing:
    """One way of cutting, with what recognises it.

    sync: tests that hold at the start of every message; they recognise the framing on any port and find the next
        message after a gap.
    ports: hints, tried first: ``{"tcp": (502,), "udp": (502,), "ethertype": (0x8892,)}``; of what lies on IP without
        ports the number of the IP protocol, ``{"ip": (89,)}``, and nowhere else. Its keys are also the only
        transports on which the framing is tried at all, ``anywhere`` or not; a transport may have no port
        (``{"udp": ()}``). Without any key it is tried over TCP and UDP. What is tried over TCP is tried within a
        WebSocket as well, where each message is a segment; ``{"websocket": ()}`` is tried there alone.
    confirmations: how many messages in sync are wanted before it is believed away from its ports.
    anywhere: False for framings whose sync is too weak to be tried away from their ports.
    pair_by_requester: requests may go to a group address, so that the answer comes from another address than the
        request went to (PROFINET DCP): pair within the requester's address, not within the conversation.
    unless: a message that meets all of these tests is none of this framing, though its sync holds: where a stream of
        anything goes over to another protocol (TLS after a request for it).
    sealed, yields: of a framing that takes almost anything for its message: it is encrypted, so that now and then it
        looks like something else; and whether messages among them that hardly anything else is are another protocol's.
    then: name of the framing by which a connection goes on after the first message of this one: an opening that can be
        recognised anywhere, before messages that can not. Of datagrams, an association.
    """

    name: str
    delimiter: Delimiter
    sync: tuple[Sync, ...] = ()
    ports: dict[str, tuple[int, ...]] = field(default_factory=dict)
    confirmations: int = 2
    anywhere: bool = True
    pair_by_requester: bool = False
    then: str = ""
    unless: tuple[Byte, ...] = ()
    sealed: bool = False
    yields: bool = True

    def __hash__(self) -> int:
        return hash(self.name)
