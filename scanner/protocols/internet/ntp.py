"""NTP and SNTP: versions, modes, stratum, and the control and private modes that change or reveal a server.

Written from RFC 5905 (section 7.3 header), RFC 9327 (mode 6) and, for mode 7, the reference implementation's use.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
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
_LENGTHS = (_HEADER, _HEADER + 4, _HEADER + 20, _HEADER + 24, _HEADER + 28)  # alone, with crypto-NAK, with digest
_KINDS = {3: Kind.REQUEST, 4: Kind.RESPONSE}


def probe(message: Message) -> bool:
    """Version and mode that exist, and as many bytes as the mode needs."""
    if message.transport != "udp" or len(message.data) < 8 or message.data[0] not in _FIRST:
        return False
    mode = message.data[0] & 7
    least = {6: 12, 7: 8}.get(mode, _HEADER)
    return message.length >= least and (mode > 5 or len(message.data) < 2 or message.data[1] <= 16)


def proof(message: Message) -> bool:
    """A whole header whose stratum, poll interval and precision (log2 seconds) are possible; unset ones are 0."""
    data = message.data
    if len(data) < _HEADER or data[0] & 7 > 5:
        return False
    in_range = data[1] <= 16 and data[2] <= 17 and (data[3] == 0 or data[3] >= 0xD8)
    return in_range and message.length in _LENGTHS


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
    """A key identifier and digest of 16 or 20 bytes behind the header; extension fields are not followed."""
    return said("with authenticator") if mode < 6 and message.length in (_HEADER + 20, _HEADER + 24) else ""


_NAME = "ntp"
_KEY = (Range(0, 2),)


def _mode(*modes: int) -> Byte:
    return Byte(0, {first for first in _FIRST if first & 7 in modes})


PROTOCOL = Protocol(
    name=_NAME,
    title="NTP",
    framing=FRAMING,
    # A server repeats the client's transmit time (bytes 40-47) as the originate time (24-31).
    cases=(
        Case(_NAME, (_mode(3), Size(_HEADER)), _KEY, Role.REQUEST, (Range(40, 48),), keep=48, with_length=True),
        Case(_NAME, (_mode(4), Size(_HEADER)), _KEY, Role.RESPONSE, (Range(24, 32),), keep=48, with_length=True),
        Case(_NAME, (_mode(1, 2, 5), Size(_HEADER)), _KEY, Role.NOTICE, keep=48, with_length=True),
        Case(_NAME, (_mode(6, 7),), _KEY, Role.NOTICE, keep=48),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.TIME_SYNC, Verb.DIAGNOSE}),
    specification="RFC 5905 section 7.3, RFC 9327 section 2",
    industrial=False,
)
