"""Which bytes of connection-oriented DCE/RPC are significant, and which messages are OPC Classic's.

A bind belongs to OPC Classic when the first interface is one of OPC's. The kernel compares single bytes, so a UUID
counts as OPC's when each of its last four bytes is a last byte of some OPC interface; the probe looks at it whole.
The protocols' cases are tried in alphabetical order, so those of plain DCE/RPC leave such messages out by saying so.

Authentication values (NTLM challenges, Kerberos tickets) are new with every bind and no part of a key.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, Test, bits, magic
from scanner.protocols.dcerpc._calls import AUTH3, BIND_NAK, CO_CANCEL, FAULT, ORPHANED, REQUEST, RESPONSE, SHUTDOWN
from scanner.protocols.dcerpc._opc_interfaces import OPC
from scanner.protocols.dcerpc._pdu import ACKS, BINDS, ELEMENT, ELEMENTS, MOST, results_at

NTLM, CHALLENGE, PROOF = 10, b"NTLMSSP\0\2", b"NTLMSSP\0\3"
RPC, OPC_CLASSIC = "dcerpc", "opc-classic"
KEEP, KEEP_OBJECT = 1024, 1500
MOST_TOWERS = 4  # of an answer of an endpoint mapper that is read: as many as clients ask for
_CALL = (Range(12, 16),)
_ABOUT = (Range(2, 5), Range(10, 12))  # type, flags, byte order, length of the authentication value
_OPERATION = Range(20, 24)  # context and operation
_ALL = frozenset(range(256))
_INTERFACE = ELEMENTS + 4  # of the first context


def tails(at: int) -> tuple[Byte, ...]:
    """A UUID at ``at`` that may be one of OPC's."""
    raw = [uuid.UUID(u).bytes for u in OPC]
    return tuple(Byte(at + i, {r[i] for r in raw}) for i in range(15, 11, -1))


def _others(at: int) -> Iterator[tuple[Byte, ...]]:
    """A UUID at ``at`` that is none of OPC's, as tests of which one set holds."""
    likely = tails(at)
    for number, test in enumerate(likely):
        yield (*likely[:number], Byte(test.at, _ALL - test.among))


def _elements() -> Iterator[tuple[tuple[Test, ...], Range]]:
    """For up to MOST contexts of one transfer syntax each: how they are told, and the bytes that say what is bound."""
    for count in range(1, MOST + 1):
        one_each = tuple(Byte(ELEMENTS + ELEMENT * i + 2, 1) for i in range(count))
        yield (Byte(24, count), *one_each), Range(24, ELEMENTS + ELEMENT * count + 2)
    yield (), Range(24)


def binds(protocol: str) -> Iterator[Case]:
    """Binds and altered contexts."""
    for tests, described in _elements():
        for interface in (tails(_INTERFACE),) if protocol == OPC_CLASSIC else _others(_INTERFACE):
            when = (Byte(2, BINDS), *interface, *tests)
            yield Case(protocol, when, (*_ABOUT, described), Role.REQUEST, _CALL, KEEP)


def _challenge(at: int) -> tuple[Byte, ...]:
    """An NTLM challenge is in the verifier at ``at``."""
    return (Byte(at, NTLM), *(Byte(at + 8 + i, b) for i, b in enumerate(CHALLENGE)))


def ntlm_version(at: int) -> tuple[Range, Range]:
    """Flags and version of the NTLM message in the verifier at ``at``; the challenge between them is random."""
    return Range(at + 28, at + 32), Range(at + 56, at + 64)


def ntlm_lengths(at: int) -> tuple[Range, Range]:
    """The lengths of both responses of the NTLM message at ``at``, by which its version is told."""
    return Range(at + 12, at + 14), Range(at + 20, at + 22)


def acknowledgements() -> Iterator[Case]:
    """Answers to binds, by the length of the secondary address and the number of results."""
    lengths: dict[int, set[int]] = {}
    for length in range(19):
        lengths.setdefault(results_at(length), set()).add(length)
    for low, high in ((24, 25), (25, 24)):
        for at, among in lengths.items():
            for count in range(1, MOST + 1):
                when = (Byte(2, ACKS), Byte(low, among), Byte(high, 0), Byte(at, count))
                if 0 in among and low == 25:
                    when = (Byte(2, ACKS), Byte(low, among - {0}), Byte(high, 0), Byte(at, count))
                end = at + 4 + 24 * count
                key = (*_ABOUT, Range(24, 26), Range(at, end))
                yield Case(RPC, (*when, *_challenge(end)), (*key, *ntlm_version(end)), Role.RESPONSE, _CALL, KEEP)
                yield Case(RPC, when, key, Role.RESPONSE, _CALL, KEEP)
    yield Case(RPC, (Byte(2, ACKS),), (*_ABOUT, Range(24)), Role.RESPONSE, _CALL, KEEP)


def activations() -> Iterator[Case]:
    """Requests that carry activation properties (an OBJREF, "MEOW"), where they stand in both operations."""
    for at in (68, 72):
        name = tuple(Byte(at + i, b) for i, b in enumerate(b"MEOW"))
        when = (Byte(2, REQUEST), *name)
        yield Case(RPC, when, (*_ABOUT, _OPERATION, Range(at)), Role.REQUEST, _CALL, KEEP_OBJECT)


def endpoints() -> Iterator[Case]:
    """Answers that say at which ports a server is to be reached: of an endpoint mapper (protocol towers), of an object
    resolver and to an activation (string bindings). In little-endian order.
    """
    answer = (Byte(2, RESPONSE), Byte(4, 0x10))
    for count in range(1, MOST_TOWERS + 1):
        numbers = (*_is(44, count), *_is(52, 0), *_is(56, count))
        tower = 60 + 4 * count + 8
        first = (Byte(tower, range(3, 8)), Byte(tower + 1, 0), *magic(tower + 2, b"\x13\0\x0d"))
        yield Case(RPC, (*answer, *numbers, *first), (*_ABOUT, Range(20, 22), Range(60)), Role.RESPONSE, _CALL, KEEP)
    # ResolveOxid: a pointer, a size twice and where security begins, then the first binding of kind TCP
    when = (*answer, Byte(37, 0), Byte(36, 7), Byte(34, range(1, 256)), Byte(35, range(2)))
    yield Case(RPC, when, (*_ABOUT, Range(20, 22), Range(32)), Role.RESPONSE, _CALL, KEEP)
    # activation: ORPCTHAT, a pointer and two sizes, then an OBJREF
    object_ = (*answer, *magic(44, b"MEOW"))
    yield Case(RPC, object_, (*_ABOUT, Range(20, 22), Range(44)), Role.RESPONSE, _CALL, KEEP_OBJECT)


def _is(at: int, *low: int) -> tuple[Byte, ...]:
    return (Byte(at, low), *(Byte(at + i, 0) for i in (1, 2, 3)))


RPC_CASES = (
    Case(RPC, (Byte(2, (REQUEST, RESPONSE)), Byte(3, bits(0x01, 0))), (*_ABOUT, Range(20, 22)), Role.NOTICE, keep=64),
    *binds(RPC),
    *acknowledgements(),
    Case(RPC, (Byte(2, BIND_NAK),), (*_ABOUT, Range(16, 18)), Role.RESPONSE, _CALL, 64),
    *endpoints(),
    Case(RPC, (Byte(2, RESPONSE),), (*_ABOUT, Range(20, 22)), Role.RESPONSE, _CALL, 64),
    Case(RPC, (Byte(2, FAULT),), (*_ABOUT, Range(20, 22), Range(24, 28)), Role.RESPONSE, _CALL, 64),
    Case(RPC, (Byte(2, AUTH3), Byte(20, NTLM), *magic(28, PROOF)), (*_ABOUT, *ntlm_lengths(28)), Role.NOTICE, keep=64),
    Case(RPC, (Byte(2, (AUTH3, SHUTDOWN, CO_CANCEL, ORPHANED)),), (*_ABOUT,), Role.NOTICE, keep=64),
    *activations(),
    # Without tests, and so behind the cases of all protocols: every request that is not OPC Classic's.
    Case(RPC, (), (*_ABOUT, _OPERATION), Role.REQUEST, _CALL, 128),
)

# --- requests that show by themselves that they are OPC Classic's ----------------------------------------------------
# Behind ORPCTHIS without extensions, at 72, in little-endian order: counts are below 4096.

_ORPC = (
    *(Byte(2, REQUEST), Byte(3, bits(0x81, 0x81)), Byte(40, 5), Byte(41, 0), Byte(42, range(1, 8)), Byte(43, 0)),
    *(Byte(at, 0) for at in (*range(48, 52), *range(68, 72))),
)
ARGUMENTS, INTERFACES_ASKED = 72, 4


def _count(at: int) -> tuple[Byte, ...]:
    return (Byte(at, range(1, 256)), Byte(at + 1, range(16)), Byte(at + 2, 0), Byte(at + 3, 0))


def _operation(number: int) -> tuple[Byte, ...]:
    return (Byte(22, number), Byte(23, 0))


def _request(*tests: Byte, key: tuple[Range, ...], with_length: bool = False) -> Case:
    return Case(OPC_CLASSIC, (*_ORPC, *tests), (*_ABOUT, _OPERATION, *key), Role.REQUEST, _CALL, KEEP, with_length)


OPC_CASES = (
    *binds(OPC_CLASSIC),
    # IRemUnknown::RemQueryInterface: IPID, references, number of interfaces and their array
    _request(
        *_operation(3), Byte(92, range(1, 16)), Byte(93, 0), *tails(100), key=(Range(92, 100 + 16 * INTERFACES_ASKED),)
    ),
    # OnDataChange of a subscription: transaction 0, group, two results, count
    _request(
        *_operation(3), *_is(72, 0), *_is(80, 0, 1), *_is(84, 0, 1), *_count(88), *_count(92), key=(Range(80, 88),)
    ),
    # source, count, handles
    _request(*_operation(3), *_is(72, 1, 2), *_count(76), *_count(80), key=(Range(72, 84),), with_length=True),
    # count, item definitions: access path, item identifier, active
    _request(*_operation(3), *_count(72), *_count(76), *_is(88, 0, 1), key=(Range(72, 80), Range(84, 88))),
    # count, handles, transaction
    _request(*_operation(3), *_count(72), *_count(76), key=(Range(72, 80),), with_length=True),
    # count, handles, values
    _request(*_operation(4), *_count(72), *_count(76), key=(Range(72, 80),)),
)
