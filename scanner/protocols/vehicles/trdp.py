"""TRDP: process data and messages of train networks, by UDP and TCP on any port.

Written from IEC 61375-2-3 annex A (headers of process and message data, their check) and annex B.4 (numbers that are
reserved). Nobody logs in and nothing is encrypted; a safety layer (SDTv2) in the data keeps errors out, not people.
What a telegram of an application means only its number says, which each train assigns itself.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Sync, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import readable
from scanner.wording import Said, said

NAME = "trdp"
_PROCESS, _MESSAGE = 40, 116  # bytes of a header
_SIZES = {b"P": _PROCESS, b"M": _MESSAGE}
_TYPES = {
    b"Pd": ("process data", Verb.REPORT, Kind.NOTICE),
    b"Pp": ("process data reply", Verb.REPORT, Kind.NOTICE),
    b"Pr": ("process data request", Verb.READ, Kind.UNCONFIRMED),
    b"Pe": ("process data error", Verb.REPORT, Kind.REFUSAL),
    b"Mn": ("notification", Verb.UNKNOWN, Kind.UNCONFIRMED),
    b"Mr": ("request", Verb.UNKNOWN, Kind.REQUEST),
    b"Mp": ("reply", Verb.UNKNOWN, Kind.RESPONSE),
    b"Mq": ("reply that wants a confirmation", Verb.UNKNOWN, Kind.RESPONSE),
    b"Mc": ("confirmation", Verb.SESSION, Kind.NOTICE),
    b"Me": ("error", Verb.UNKNOWN, Kind.REFUSAL),
}
_CONTROL = (120, 122, 130)
# What the standard itself sends: name, and the verb of a request or notification of it.
_RESERVED = {
    1: ("ETB control", Verb.CONFIGURE),
    2: ("consist information", Verb.REPORT),
    3: ("consist information control", Verb.REPORT),
    10: ("echo", Verb.DIAGNOSE),
    31: ("statistics pull", Verb.READ),
    32: ("statistics request", Verb.READ),
    35: ("global statistics", Verb.READ),
    100: ("operational train directory status", Verb.REPORT),
    101: ("operational train directory", Verb.REPORT),
    102: ("train directory request", Verb.READ),
    103: ("train directory reply", Verb.READ),
    104: ("static consist information request", Verb.READ),
    105: ("static consist information reply", Verb.READ),
    106: ("train network directory request", Verb.READ),
    107: ("train network directory reply", Verb.READ),
    108: ("operational train directory request", Verb.READ),
    109: ("operational train directory reply", Verb.READ),
    110: ("complete directory request", Verb.READ),
    111: ("complete directory reply", Verb.READ),
    120: ("ECSP control", Verb.CONFIGURE),
    121: ("ECSP status", Verb.REPORT),
    122: ("ECSP confirmation request", Verb.CONFIGURE),
    123: ("ECSP confirmation reply", Verb.UNKNOWN),
    130: ("ETBN control request", Verb.CONFIGURE),
    131: ("ETBN status reply", Verb.UNKNOWN),
    132: ("ETBN train network directory request", Verb.READ),
    133: ("ETBN train network directory reply", Verb.READ),
    140: ("DNS request", Verb.READ),
    141: ("DNS reply", Verb.READ),
}
_STATUS = {
    -1: "reserved",
    -2: "session abort",
    -3: "no replier instance",
    -4: "no memory at replier",
    -5: "no memory at caller",
    -6: "no reply",
    -7: "not all replies",
    -8: "no confirmation",
    -10: "sending failed",
}


def _check(message: Message) -> None:
    """Version, type, lengths and the check of the header, or Malformed."""
    data = message.data
    size = _SIZES.get(data[6:7], 0)
    if not size or data[6:8] not in _TYPES or data[4] != 1 or message.length < size:
        raise Malformed("no telegram of TRDP")
    if len(data) < size:
        return  # captured in part: its check is not there
    stated = struct.unpack_from("<I", data, size - 4)[0]
    if zlib.crc32(data[: size - 4]) != stated:
        raise Malformed("the check of a TRDP header is wrong")
    if size + int.from_bytes(data[20:24], "big") > message.length and message.transport == "udp":
        raise Malformed("no telegram of TRDP")


def probe(message: Message) -> bool:
    """A header whose check is right."""
    return is_well_formed(_check, message)


def proof(message: Message) -> bool:
    """The same of a header that is there: 32 bits of check are no accident."""
    data = message.data
    return len(data) >= _SIZES.get(data[6:7], 1 << 16) and probe(message)


def dissect(message: Message) -> Iterator[Row]:
    """The kind of telegram and its number, and what became of a request."""
    _check(message)
    data = message.data
    code = data[6:8]
    number = int.from_bytes(data[8:12], "big")
    function, verb, kind = _TYPES[code]
    name, meant = _RESERVED.get(number, ("", verb))
    if name and verb in (Verb.REPORT, Verb.UNKNOWN) and kind not in (Kind.REFUSAL, Kind.RESPONSE):
        verb = meant
    if kind is Kind.NOTICE and number in _CONTROL:
        kind = Kind.UNCONFIRMED  # sent in cycles, and followed all the same
    refusal = ""
    if kind is Kind.REFUSAL:
        status = struct.unpack_from(">i", data, 24)[0] if code == b"Me" and len(data) >= 28 else 0
        refusal = _STATUS.get(status, f"status {status}")
    yield Operation(
        verb,
        function,
        kind,
        code=f"{code.decode()}:{number}",
        object=f"ComId {number}" + (f" ({name})" if name else ""),
        detail=_targets(data) if code[:1] == b"M" else "",
        refusal=refusal,
        filter=(
            f"trdp.comid == {number} && trdp.msgtype == 0x{code.hex()}"
            if message.transport == "udp"  # Wireshark reads TRDP in it alone
            else f"tcp.payload[6:6] == {data[6:12].hex(':')}"
        ),
    )
    yield Session(version=f"TRDP {data[4]}.{data[5]}", credentials="none", encrypted=False)


def _targets(data: bytes) -> Said | str:
    """Which user a message is for, where it says so."""
    target = readable(data[80:112].split(b"\0")[0], 32) if len(data) >= _MESSAGE else ""
    return said("for {name}", name=target) if target else ""


_VERSION, _TYPE = Byte(4, 1), Byte(6, b"PM")
_SECOND = {b"P": b"dpre", b"M": b"nrpqce"}
_KEPT = _MESSAGE


def _cases() -> Iterator[Case]:
    process = (Range(4, 12), Range(12, 24), Range(28, 36))
    yield Case(NAME, (Byte(6, b"P"), Byte(7, b"r")), process, Role.REQUEST, keep=_PROCESS)
    yield Case(NAME, (Byte(6, b"P"),), process, Role.NOTICE, keep=_PROCESS)
    called, session = (Range(4, 12), Range(24, 28), Range(48, 112)), (Range(28, 44),)
    roles = ((b"r", Role.ASKS), (b"pqe", Role.ANSWERS), (b"nc", Role.NOTICE))
    for kinds, role in roles:
        pair = () if role is Role.NOTICE else session
        yield Case(NAME, (Byte(6, b"M"), Byte(7, kinds)), called, role, pair, keep=_KEPT)


def _sync(first: bytes) -> tuple[Sync, ...]:
    return _VERSION, Byte(6, first), Byte(7, _SECOND[first]), Byte(20, 0), Byte(21, 0), Size(_SIZES[first])


PROTOCOL = Protocol(
    name=NAME,
    title="TRDP (IEC 61375-2-3)",
    short="TRDP",
    framing=Framing(NAME, Whole(), _sync(b"P"), {"udp": (17224,)}, 1),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({verb for _, verb, _ in _TYPES.values()} | {verb for _, verb in _RESERVED.values()}),
    specification="IEC 61375-2-3 annexes A and B.4",
    more_framings=(
        Framing(f"{NAME}-messages", Whole(), _sync(b"M"), {"udp": (17225,)}, 1),
        Framing(f"{NAME}-stream", Whole(grows=True), _sync(b"M"), {"tcp": (17225,)}, 1),
    ),
)
