"""What the cause of transmission of an ASDU says of it, for IEC 60870-5-101 and -104 alike.

Written from IEC 60870-5-101:2003 clause 7.2.3 (cause of transmission) and 7.4 (which causes go with which types).
"""

from __future__ import annotations

from scanner.protocols._iec104_names import CAUSES, NEGATIVE_CAUSES, Type
from scanner.protocols.base import Kind, Verb

REQUESTED, ACT, ACTCON, DEACT, DEACTCON = range(5, 10)
INITIALISED, READ_COMMAND = 70, 102  # types


def outcome(number: int, kind: Type, cause: int, *, negative: bool) -> tuple[Kind, str]:
    """(kind, reason of a refusal) of an ASDU of type ``number``; ``negative``: its P/N bit is set."""
    if cause in NEGATIVE_CAUSES:
        return Kind.REFUSAL, CAUSES[cause]
    if kind.verb is Verb.REPORT:
        return (Kind.RESPONSE if cause == REQUESTED else Kind.NOTICE), ""
    if cause in (ACTCON, DEACTCON):
        return (Kind.REFUSAL, "negative confirmation") if negative else (Kind.RESPONSE, "")
    asks = cause in (ACT, DEACT) or (number == READ_COMMAND and cause == REQUESTED)
    return (Kind.REQUEST if asks else Kind.NOTICE), ""
