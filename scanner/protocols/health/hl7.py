"""HL7 version 2 over MLLP: which applications of a hospital or a laboratory send each other what, on any TCP port.

Written from HL7 v2.5.1 chapters 2 (messages, MSH and MSA segments) and appendix C (minimal lower layer protocol).
Nobody logs in, and nothing is encrypted. The names of applications and the types of messages are told; what they say
of persons is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Role, Size, State, Step, Sync, Transducer, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import readable
from scanner.wording import said

NAME = "hl7"
_START = b"\x0bMSH"
_SEPARATORS = b"|^~!#$%&*+:;<>?@{}`"
_KEPT = 1024  # bytes of a message
_TYPE = re.compile(rb"[A-Z]{3}")
_EVENT = re.compile(rb"[A-Z0-9]{3}")
_APPLICATION, _SECURITY, _MESSAGE_TYPE, _VERSION = 2, 7, 8, 11  # fields of MSH, counted from 0
# By the first part of the type: what asks, and what reports results; all others change what the receiver has.
_ASK = {*("QRY", "QBP", "QCN", "QSB", "QVR", "QCK", "QSX", "SQM", "SQR", "VXQ", "RQQ", "SPQ", "VQQ", "EQQ")}
_REPORT = {*("ORU", "OUL", "OPU", "EAR", "EAC", "ESR", "ESU", "INR", "LSR", "SSR", "TBR", "NMD", "PEX", "CSU", "UDM")}
_ANSWERS = {
    *("ACK", "RSP", "ORR", "ORL", "ADR", "DSR", "RTB", "RDY", "RCL", "MCF", "NMR", "SRR", "ORF", "OSR", "TBR", "VXR"),
    *("VXX", "RDR", "RER", "RGR", "ROR", "RRA", "RRD", "RRE", "RRG", "RRI", "OMN", "RAR", "MFK", "MFR", "BRP", "PPV"),
}
_CODES = {b"AE": "application error", b"AR": "application reject", b"CE": "commit error", b"CR": "commit reject"}
_ACCEPTED = (b"AA", b"CA")


def _fields(message: Message) -> tuple[list[bytes], bytes]:
    """The fields of MSH and the first byte that parts components; Malformed when it is no message."""
    data = message.data
    if message.transport != "tcp" or not data.startswith(_START) or len(data) < 9 or data[4] not in _SEPARATORS:
        raise Malformed("no message of HL7")
    line = data[1:_KEPT].split(b"\r", 1)[0]
    fields = line.split(data[4:5])
    if len(fields) <= _MESSAGE_TYPE or not 2 <= len(fields[1]) <= 5:
        raise Malformed("no message of HL7")
    return fields, fields[1][:1]


def _kind(message: Message) -> tuple[bytes, bytes]:
    """Type and event; the event may be missing."""
    fields, component = _fields(message)
    parts = fields[_MESSAGE_TYPE].split(component)
    event = parts[1] if len(parts) > 1 and _EVENT.fullmatch(parts[1]) else b""
    if not _TYPE.fullmatch(parts[0]):
        raise Malformed("no message of HL7")
    return parts[0], event


def probe(message: Message) -> bool:
    """A block that begins with a header of a message that has a type."""
    return is_well_formed(_kind, message)


def dissect(message: Message) -> Iterator[Row]:
    """The type of the message, from which application to which, and what an acknowledgement says."""
    kind, event = _kind(message)
    fields, _ = _fields(message)
    name = (kind + (b"^" + event if event else b"")).decode()
    sender, receiver = (_application(fields, at) for at in (_APPLICATION, _APPLICATION + 2))
    word, code = kind.decode(), _acknowledgement(message.data)
    answers = word in _ANSWERS and bool(code)
    verb = Verb.READ if word in _ASK else Verb.REPORT if word in _REPORT else Verb.WRITE
    refusal = _CODES.get(code, "")
    yield Operation(
        Verb.UNKNOWN if answers else verb,
        "acknowledgement" if answers else name,
        (Kind.REFUSAL if refusal else Kind.RESPONSE) if answers else Kind.REQUEST,
        code=name,
        object=receiver,
        detail=said("from {name}", name=sender) if sender else "",
        refusal=refusal if answers else "",
        filter=f'hl7.message.type == "{word}"',
    )
    version = readable(fields[_VERSION].split(b"^")[0], 8) if len(fields) > _VERSION else ""
    shown = version if re.fullmatch(r"2(\.\d){0,2}", version) else "2"
    security = fields[_SECURITY]
    yield Session(version=f"HL7 {shown}", credentials="other" if security else "none", encrypted=False)


def _application(fields: list[bytes], at: int) -> str:
    """Application and facility."""
    return " ".join(filter(None, (readable(field, 40) for field in fields[at : at + 2])))


def _acknowledgement(data: bytes) -> bytes:
    """The code in the second segment, if that acknowledges; empty otherwise."""
    at = data.find(b"\rMSA")
    code = data[at + 5 : at + 7] if at > 0 else b""
    return code if code in (*_CODES, *_ACCEPTED) else b""


def _states() -> dict[str, State]:
    """The fields of MSH up to the version, but for its time, security and number; then the code of MSA."""
    left_out = {6, 9}
    states = {"start": State(Step("start"), ((b"|", Step("field 1")),))}
    for number in range(1, 12):
        take = number not in left_out
        ends = (b"|", Step(f"field {number + 1}" if number < 11 else "rest")), (b"\r", Step("segment"))
        states[f"field {number}"] = State(Step(f"field {number}", take=take), ends)
    # Of security counts whether there is any.
    states["field 7"] = State(Step("secret"), ((b"|", Step("field 8")), (b"\r", Step("segment"))))
    states["secret"] = State(Step("secret", take=False), ((b"|", Step("field 8")), (b"\r", Step("segment"))))
    states["rest"] = State(Step("rest", take=False), ((b"\r", Step("segment")),))
    states["segment"] = State(Step("rest", take=False), ((b"M", Step("M")),))
    states["M"] = State(Step("rest", take=False), ((b"S", Step("MS")),))
    states["MS"] = State(Step("rest", take=False), ((b"A", Step("MSA")),))
    states["MSA"] = State(Step("rest", take=False), ((b"|", Step("code")),))
    states["code"] = State(Step("code"), ((b"|\r", Step("end", take=False)),))
    states["end"] = State(Step("end", take=False))
    return states


_HEADER = Transducer(1, _states())
_SYNC: tuple[Sync, ...] = (*magic(0, _START), Byte(4, _SEPARATORS), Size(20))
MOST_MESSAGES = 256  # different ones of a conversation and side, should another separator be used

PROTOCOL = Protocol(
    name=NAME,
    title="HL7 version 2",
    short="HL7",
    framing=Framing(NAME, Whole(grows=True), _SYNC, {"tcp": (2575,)}, 1),
    cases=(Case(NAME, (), (_HEADER,), Role.BY_SIDE, keep=_KEPT, most=MOST_MESSAGES),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.READ, Verb.WRITE, Verb.REPORT, Verb.UNKNOWN}),
    specification="HL7 v2.5.1 chapter 2 and appendix C (MLLP)",
    industrial=False,
)
