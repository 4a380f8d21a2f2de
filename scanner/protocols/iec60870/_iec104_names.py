"""IEC 60870-5-101/104: type identifications with the size of their information elements, causes, qualifiers."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.code_tables import rows_table
from scanner.protocols.base import Kind, Verb


@dataclass(frozen=True)
class Type:
    """A type identification (IEC 60870-5-101, 7.2.1 and 7.3).

    size: octets of one information element with its time tag, without the object address; None: it varies.
    qualifier_at: offset in the element of the qualifier that is part of what is asked; None: there is none.
    select: the qualifier shares its octet with the state, and bit 7 tells select from execute.
    """

    name: str
    verb: Verb
    size: int | None
    title: str = ""
    qualifier_at: int | None = None
    select: bool = False


UNKNOWN = Type("", Verb.UNKNOWN, None)  # of a number that no standard assigns


def _number(text: str) -> int | None:
    return int(text) if text else None


TYPES = {
    int(number): Type(name, Verb(verb), _number(size), title, _number(qualifier_at), select == "select")
    for number, name, verb, size, qualifier_at, select, title in rows_table(__package__, "types.tsv")
}

CAUSES = {
    1: "periodic",
    2: "background scan",
    3: "spontaneous",
    4: "initialized",
    5: "requested",
    6: "activation",
    7: "activation confirmation",
    8: "deactivation",
    9: "deactivation confirmation",
    10: "activation termination",
    11: "return information by a remote command",
    12: "return information by a local command",
    13: "file transfer",
    14: "authentication",
    15: "maintenance of session key",
    16: "maintenance of user role and update key",
    20: "interrogated by station",
    **{20 + n: f"interrogated by group {n}" for n in range(1, 17)},
    37: "counter interrogation, general",
    **{37 + n: f"counter interrogation, group {n}" for n in range(1, 5)},
    44: "unknown type identification",
    45: "unknown cause of transmission",
    46: "unknown common address",
    47: "unknown information object address",
}
NEGATIVE_CAUSES = (44, 45, 46, 47)

# First control octet of a U-format -> name, kind, and the number that tshark shows for it.
U_FORMATS = {
    0x07: ("STARTDT act", Kind.REQUEST, 0x01),
    0x0B: ("STARTDT con", Kind.RESPONSE, 0x02),
    0x13: ("STOPDT act", Kind.REQUEST, 0x04),
    0x23: ("STOPDT con", Kind.RESPONSE, 0x08),
    0x43: ("TESTFR act", Kind.NOTICE, 0x10),
    0x83: ("TESTFR con", Kind.NOTICE, 0x20),
}

RESETS = {1: "general reset of process", 2: "reset of pending information with time tag"}
INITIALISATIONS = {0: "local power on", 1: "local manual reset", 2: "remote reset"}
FILE_CALLS = {
    1: "select file",
    2: "call file",
    3: "deactivate file",
    4: "delete file",
    5: "select section",
    6: "call section",
    7: "deactivate section",
}

# Of secure authentication (IEC TS 62351-5:2013): the state of session keys and the codes of errors.
KEY_STATES = {
    1: "session keys valid",
    2: "session keys not initialised",
    3: "session keys without communication",
    4: "session keys not authenticated",
}
SECURITY_ERRORS = {
    1: "authentication failed",
    2: "unexpected reply",
    3: "no reply",
    4: "aggressive mode not permitted",
    5: "MAC algorithm not permitted",
    6: "key wrap algorithm not permitted",
    7: "authorization failed",
    8: "update key change method not permitted",
    9: "invalid signature",
    10: "invalid certification data",
    11: "unknown user",
}
