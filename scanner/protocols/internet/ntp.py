"""NTP and SNTP: versions, modes, stratum, and the control and private modes that change or reveal a server.

Written from RFC 5905 (section 7.3 header), RFC 7822 (extension fields), RFC 8915 (NTS), RFC 9327 (mode 6), [MS-SNTP]
(sections 2.2.1 and 2.2.3) and, for mode 7, the reference implementation's use.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Test, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.wording import said

MODES = {
    1: "symmetric active",
    2: "symmetric passive",
    3: "client",
    4: "server",
    5: "broadcast",
    6: "control",
    7: "private",
}
_HEADER = 48
_FIRST = {leap << 6 | version << 3 | mode for leap in range(4) for version in range(1, 5) for mode in MODES}
FRAMING = Framing(
    name="ntp", delimiter=Whole(), sync=(Byte(0, _FIRST), Size(8, 1200)), ports={"udp": (123,)}, anywhere=False
)
_ASKED_IN = (2, 3, 4)  # versions in which administration is asked for, without a leap indicator
# Requests of the modes that administer a server, told on any port: most of their header is 0.
_CONTROL = (Byte(0, {version << 3 | 6 for version in _ASKED_IN}), *(Byte(at, 0) for at in (4, 5, 8, 9)))
CONTROL = Framing(
    "ntp-control", Whole(), (*_CONTROL, Byte(1, range(2, 32)), Size(12, 500)), {"udp": ()}, confirmations=1
)
# Who asks for the status sends no data. Otherwise a record of DTLS, of the version before 1.0, begins so.
STATUS = Framing("ntp-status", Whole(), (*_CONTROL, Byte(1, 1), Size(12, 12)), {"udp": ()}, confirmations=1)
PRIVATE = Framing(
    "ntp-private",
    Whole(),
    (
        Byte(0, {version << 3 | 7 for version in _ASKED_IN}),
        Byte(1, 0),
        Byte(2, (0, 2, 3)),
        Byte(3, range(46)),
        Byte(4, 0),
        Byte(5, (0, 1)),
        Byte(6, 0),
        Size(8, 216),
    ),
    {"udp": ()},
    confirmations=1,
)
_LENGTHS = (_HEADER, _HEADER + 4, _HEADER + 20, _HEADER + 24, _HEADER + 28)  # alone, with crypto-NAK, with digest
_DIGESTS = (16, 20)
_NTS_AUTHENTICATOR = 0x0404
_LEAST_FIELD = 16
_SIGNED_BY_DOMAIN = 72  # key selector, flags, and a checksum of 64 bytes
_REFUSED = 4  # a crypto-NAK: the digest of what was asked is wrong
_KINDS = {3: Kind.REQUEST, 4: Kind.RESPONSE}


def probe(message: Message) -> bool:
    """Version and mode that exist, and as many bytes as the mode needs."""
    if message.transport != "udp" or len(message.data) < 8 or message.data[0] not in _FIRST:
        return False
    mode = message.data[0] & 7
    least = {6: 12, 7: 8}.get(mode, _HEADER)
    return message.length >= least and (mode > 5 or len(message.data) < 2 or message.data[1] <= 16)


def proof(message: Message) -> bool:
    """A whole header whose stratum, poll interval and precision (log2 seconds) are possible; unset ones are 0. Of the
    modes that administer a server, one whose lengths agree.
    """
    data = message.data
    if administers := _ADMINISTER.get(data[0] & 7 if data else 0):
        return administers(data, message.length)
    if len(data) < _HEADER:
        return False
    in_range = data[1] <= 16 and data[2] <= 17 and (data[3] == 0 or data[3] >= 0xD8)
    return in_range and (message.length in _LENGTHS or _is_proven(data, message.length) is not None)


def _is_control(data: bytes, length: int) -> bool:
    """Mode 6: an operation that there is, and as many bytes as are counted, filled up to words; a MAC may follow."""
    if len(data) < 12 or data[1] & 0x1F not in _OPERATIONS:
        return False
    count = int.from_bytes(data[10:12], "big")
    response, error, more = data[1] & 0x80, data[1] & 0x40, data[1] & 0x20
    behind = length - 12 - count
    asks = not (error or more or any(data[4:6]))
    return bool(response or asks) and any(0 <= behind - mac <= 3 for mac in _MACS)


def _is_private(data: bytes, length: int) -> bool:
    """Mode 7: an implementation that there is, and as many items as are said, of the size that is said. A request is
    filled up with zeros, behind which it may be authenticated.
    """
    if len(data) < 8 or data[2] not in _IMPLEMENTATIONS or data[3] > _LAST_REQUEST or data[6] & 0xF0:
        return False
    error, items = data[4] >> 4, int.from_bytes(data[4:6], "big") & 0xFFF
    size = int.from_bytes(data[6:8], "big")
    if data[0] & 0x80:
        return length == 8 + items * size
    filled = data[1] & 0x80 or not any(data[8 + items * size :])
    return bool(not error and filled and 8 + items * size <= length <= _LONGEST_REQUEST)


_OPERATIONS = frozenset({*range(1, 11), 12, 31})  # RFC 9327 section 2 (opcode)
_MACS = (0, 4 + 16, 4 + 20)  # none, or a key identifier and a digest
_IMPLEMENTATIONS = (0, 2, 3)  # universal, and the two of the reference implementation
_LAST_REQUEST = 45
_LONGEST_REQUEST = 8 + 176 + 8 + 4 + 20  # with room for data, time, key identifier and digest
_ADMINISTER = {6: _is_control, 7: _is_private}


def dissect(message: Message) -> Iterator[Row]:
    """The mode as the operation; a server's stratum; whether an authenticator is there."""
    if not probe(message):
        raise Malformed("no NTP header")
    first = message.data[0]
    mode, version = first & 7, first >> 3 & 7
    yield Operation(
        verb=Verb.DIAGNOSE if mode > 5 else Verb.TIME_SYNC,
        function=f"NTP {MODES[mode]}",
        kind=_KINDS.get(mode, Kind.NOTICE),
        code=str(mode),
        detail=_server(message.data) if mode in (2, 4, 5) else "",
        filter=f"ntp.flags.mode == {mode}",
    )
    yield Session(version=f"NTPv{version}", encrypted=False, detail=_authenticator(message, mode))


def _server(data: bytes) -> str:
    if data[1] == 0:
        return said("kiss of death")
    return said("not synchronised") if data[1] == 16 or data[0] >> 6 == 3 else said("stratum {n}", n=data[1])


def _authenticator(message: Message, mode: int) -> str:
    """Whether the time that is told, or asked for, comes with proof of who sends it."""
    if mode > 5 or message.length == _HEADER + _REFUSED:
        return ""
    if mode == 3 and message.length > _HEADER:
        return said("authenticator asked for")
    proven = _is_proven(message.data, message.length)
    if proven is None:
        return said("authenticator not read")
    return said("with authenticator" if proven else "without authenticator")


def _is_proven(data: bytes, length: int) -> bool | None:
    """Whether a key identifier and a digest end the message, or the authenticator of NTS is among its extension fields.
    A digest of zeros proves nothing: with it a server of a domain says that it has none. None: that was not captured,
    or is nothing of the kind.
    """
    rest, size = data[_HEADER:], length - _HEADER
    if not size:
        return False
    if len(rest) < size:
        return None
    if size == _SIGNED_BY_DOMAIN and not _has_field(rest):
        return _is_digest(rest, 8)
    while rest and len(rest) - 4 not in _DIGESTS:
        if not _has_field(rest):
            return False if rest == bytes(_REFUSED) else None
        if int.from_bytes(rest[:2], "big") == _NTS_AUTHENTICATOR:
            return True
        rest = rest[int.from_bytes(rest[2:4], "big") :]
    return _is_digest(rest, 4)


def _has_field(rest: bytes) -> bool:
    size = int.from_bytes(rest[2:4], "big")
    return _LEAST_FIELD <= size <= len(rest) and not size % 4


def _is_digest(rest: bytes, at: int) -> bool:
    return any(rest[:4]) and any(rest[at:])


_NAME = "ntp"
_KEY = (Range(0, 2), Range(48, 52))  # with the key, or the first of the extension fields
_UNSIGNED: tuple[Test, ...] = (
    Size(_HEADER + 20, _HEADER + 20),
    *(Byte(at, 0) for at in range(_HEADER + 4, _HEADER + 20)),
)
_ANY: tuple[Test, ...] = (Size(_HEADER),)


def _mode(*modes: int) -> Byte:
    return Byte(0, {first for first in _FIRST if first & 7 in modes})


PROTOCOL = Protocol(
    name=_NAME,
    title="NTP",
    framing=FRAMING,
    # A server repeats the client's transmit time (bytes 40-47) as the originate time (24-31).
    cases=(
        Case(_NAME, (_mode(3), Size(_HEADER)), _KEY, Role.REQUEST, (Range(40, 48),), keep=1024, with_length=True),
        *(
            Case(_NAME, (_mode(4), *size), _KEY, Role.RESPONSE, (Range(24, 32),), keep=1024, with_length=True)
            for size in (_UNSIGNED, _ANY)
        ),
        Case(_NAME, (_mode(1, 2, 5), Size(_HEADER)), _KEY, Role.NOTICE, keep=1024, with_length=True),
        Case(_NAME, (_mode(6, 7),), _KEY, Role.NOTICE, keep=48),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.TIME_SYNC, Verb.DIAGNOSE}),
    beyond_key="extension fields behind the first have no fixed place",
    specification="RFC 5905 section 7.3, RFC 8915 section 5, RFC 9327 section 2",
    industrial=False,
    more_framings=(CONTROL, STATUS, PRIVATE),
)
