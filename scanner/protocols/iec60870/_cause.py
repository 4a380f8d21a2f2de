"""What the cause of transmission of an ASDU says of it, for IEC 60870-5-101 and -104 alike.

Written from IEC 60870-5-101:2003 clause 7.2.3 (cause of transmission) and 7.4 (which causes go with which types).
"""

from __future__ import annotations

from scanner.protocols.base import Kind, Verb
from scanner.protocols.iec60870._iec104_names import CAUSES, NEGATIVE_CAUSES, Type
from scanner.wording import Said, said

REQUESTED, ACT, ACTCON, DEACT, DEACTCON, TERMINATED = range(5, 11)
INITIALISED, COUNTERS, READ_COMMAND = 70, 101, 102  # types
SELECT_OR_CALL, ACKNOWLEDGE, DIRECTORY, QUERY_LOG = 122, 124, 126, 127
_DELETE = 4  # of the qualifier of type 122


def outcome(number: int, kind: Type, cause: int, *, negative: bool) -> tuple[Kind, str]:
    """(kind, reason of a refusal) of an ASDU of type ``number``; ``negative``: its P/N bit is set."""
    if cause in NEGATIVE_CAUSES:
        return Kind.REFUSAL, CAUSES[cause]
    if kind.verb is Verb.REPORT:
        return (Kind.RESPONSE if cause == REQUESTED else Kind.NOTICE), ""
    if cause in (ACTCON, DEACTCON):
        return (Kind.REFUSAL, "negative confirmation") if negative else (Kind.RESPONSE, "")
    if number == READ_COMMAND and negative:
        return Kind.REFUSAL, "negative confirmation"
    asks = cause in (ACT, DEACT) or (number == READ_COMMAND and cause == REQUESTED)
    return (Kind.REQUEST if asks else Kind.NOTICE), ""


def cause_in_words(cause: int) -> Said:
    """The cause of transmission by its name, where it has one."""
    return said(CAUSES[cause]) if cause in CAUSES else said("cause {n}", n=cause)


def interrogated(qualifier: int) -> Said:
    """What an interrogation asks for: the station, or a group of its objects."""
    if qualifier == 20:
        return said("station")
    group = qualifier - 20
    return said("group {n}", n=group) if 1 <= group <= 16 else said("qualifier {n}", n=qualifier)


def file_verb(number: int, call: int, *, controlling: bool) -> Verb:
    """The verb of a type of file transfer; ``call``: the qualifier of type 122.

    The controlling station reads when it calls and acknowledges, and writes when it announces and sends.
    """
    if number == SELECT_OR_CALL and call & 0x0F == _DELETE:
        return Verb.FILE_DELETE
    called = number in (SELECT_OR_CALL, ACKNOWLEDGE, QUERY_LOG)
    return Verb.FILE_READ if called == controlling or number == DIRECTORY else Verb.FILE_WRITE
