"""BFD: whether the way to a neighbour still works, and whether what says so proves who sends it.

RFC 5880 sections 4 (packets, authentication) and 6.8.6 (what is discarded), RFC 5881 section 4 (one hop), RFC 5883
section 5 (several hops), RFC 7130 section 2.1 (members of an aggregation). Echo packets have a form of their sender's
own and are not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.routing._authentication import by_digest, by_password, unproven, unread
from scanner.wording import said

_NAME = "bfd"
_HEADER = 24
STATES = {0: "AdminDown", 1: "Down", 2: "Init", 3: "Up"}
_UNBOUND = (0, 1)  # states in which the neighbour's number need not be known
_PASSWORD = 1
_DIGESTS = {2: ("keyed MD5", 24), 3: ("keyed MD5", 24), 4: ("keyed SHA-1", 28), 5: ("keyed SHA-1", 28)}
_LENGTHS = {*range(_HEADER + 4, _HEADER + 20), *(_HEADER + size for _, size in _DIGESTS.values())}
_KEPT = _HEADER + 3  # kind, length and key identifier of the authentication, and no password

_FLAGS = frozenset(range(0, 256, 2))  # but that of many points
_PROVEN = frozenset(flags for flags in _FLAGS if flags & 4)
_SLOWEST = 0x20  # high octet of intervals, in microseconds: nobody waits nine minutes

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(
        Byte(0, range(0x20, 0x40)),
        Byte(1, _FLAGS),
        Byte(2, range(1, 256)),
        Byte(3, {_HEADER, *_LENGTHS}),
        *(Byte(at, range(_SLOWEST)) for at in (12, 16, 20)),
        Size(_HEADER, max(_LENGTHS)),
    ),
    ports={"udp": (3784, 4784, 6784)},
    confirmations=2,
)
CASES = (
    Case(_NAME, (Byte(1, _PROVEN),), (Range(0, 4), Range(24, 27)), Role.NOTICE, keep=_KEPT),
    Case(_NAME, (), (Range(0, 4),), Role.NOTICE, keep=_HEADER),
)


def probe(message: Message) -> bool:
    """A packet of version 1 that its receiver would not discard for its form."""
    return is_well_formed(_check, message)


def _check(message: Message) -> None:
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER or data[0] >> 5 != 1 or data[1] & 1 or not data[2]:
        raise Malformed("no control packet of BFD")
    if data[3] != message.length or data[3] not in (_HEADER, *_LENGTHS) or not any(data[4:8]):
        raise Malformed("the lengths do not agree")
    if not any(data[8:12]) and data[1] >> 6 not in _UNBOUND:
        raise Malformed("a session that is up without its neighbour's number")
    proven = bool(data[1] & 4)
    if proven != (data[3] > _HEADER):
        raise Malformed("the lengths do not agree")
    if proven and len(data) >= _HEADER + 2:
        kind, size = data[_HEADER], data[_HEADER + 1]
        wanted = _DIGESTS[kind][1] if kind in _DIGESTS else size
        if kind not in (_PASSWORD, *_DIGESTS) or size != wanted or _HEADER + size != data[3]:
            raise Malformed("the authentication does not fit the message")


def dissect(message: Message) -> Iterator[Row]:
    """The state that the sender sees, and how the packet is authenticated."""
    _check(message)
    data = message.data
    state = data[1] >> 6
    yield Operation(
        verb=Verb.REPORT,
        function="Control",
        kind=Kind.NOTICE,
        code=str(state),
        detail=said("state {name}", name=STATES[state]),
        filter=f"bfd.sta == {state}",
    )
    if not data[1] & 4:
        yield unproven("BFD 1")
    elif len(data) < _HEADER + 2:
        yield unread("BFD 1")
    elif data[_HEADER] == _PASSWORD:
        yield by_password("BFD 1")
    else:
        yield by_digest("BFD 1", _DIGESTS[data[_HEADER]][0])


PROTOCOL = Protocol(
    name=_NAME,
    title="BFD",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 5880 sections 4 and 6.8.6, RFC 5881 section 4, RFC 5883 section 5, RFC 7130 section 2.1",
    industrial=False,
)
