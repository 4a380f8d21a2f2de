"""Foundation Fieldbus HSE: services and their verbs, query types, errors (FF-588, sections 6.3 to 6.5)."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.code_tables import rows_table
from scanner.protocols.base import Verb

FDA, SM, FMS, LAN = 1, 2, 3, 4
REQUEST, RESPONSE, ERROR = 0, 1, 2
CONFIRMED = 0x80

_TAG = 32  # octets of a device identifier, a tag or a name


@dataclass(frozen=True)
class Service:
    """``asks``, ``answers``: how many octets of a request and of a response say what is meant, as (from, to) pairs.

    touches: what the index at the beginning of a request is the index of; empty: there is none.
    """

    name: str
    verb: Verb
    asks: tuple[tuple[int, int], ...] = ()
    answers: tuple[tuple[int, int], ...] = ()
    touches: str = ""


_INDEX = ((0, 4),)
_SUBINDEX = ((0, 8),)
_IDENTITY = ((0, 24 + 2 * _TAG),)  # state, kinds, indices, address, device identifier, PD tag


def _indexed(name: str, verb: Verb, touches: str) -> Service:
    return Service(name, verb, _INDEX, touches=touches)


# (protocol, octet of the service) -> the service
SERVICES: dict[tuple[int, int], Service] = {
    (FDA, CONFIRMED | 1): Service("FDA Open Session", Verb.SESSION, ((13, 14), (20, 52)), ((13, 14), (20, 52))),
    (FDA, CONFIRMED | 3): Service("FDA Idle", Verb.SESSION),
    (SM, CONFIRMED | 3): Service("SM Identify", Verb.IDENTIFY, answers=_IDENTITY),
    (SM, CONFIRMED | 12): Service("SM Clear Address", Verb.CONFIGURE, ((0, 65),)),
    (SM, CONFIRMED | 14): Service("SM Set Assignment Info", Verb.CONFIGURE, ((0, 96),)),
    (SM, CONFIRMED | 15): Service("SM Clear Assignment Info", Verb.CONFIGURE, ((0, 64),)),
    (SM, 1): Service("SM Find Tag Query", Verb.IDENTIFY, ((0, 72),)),
    (SM, 2): Service("SM Find Tag Reply", Verb.IDENTIFY, ((0, 96),)),
    (SM, 16): Service("SM Device Annunciation", Verb.IDENTIFY, _IDENTITY),
    (FMS, CONFIRMED | 0): Service("FMS Status", Verb.DIAGNOSE, answers=((0, 2),)),
    (FMS, CONFIRMED | 1): Service("FMS Identify", Verb.IDENTIFY, answers=((0, 3 * _TAG),)),
    (FMS, CONFIRMED | 2): _indexed("FMS Read", Verb.READ, "index"),
    (FMS, CONFIRMED | 3): _indexed("FMS Write", Verb.WRITE, "index"),
    (FMS, CONFIRMED | 4): Service("FMS Get OD", Verb.READ, ((0, 8),)),
    (FMS, CONFIRMED | 7): Service("FMS Define Variable List", Verb.CONFIGURE, ((0, 4),), ((0, 4),)),
    (FMS, CONFIRMED | 8): _indexed("FMS Delete Variable List", Verb.CONFIGURE, "variable list"),
    (FMS, CONFIRMED | 9): _indexed("FMS Initiate Download Sequence", Verb.PROGRAM_DOWNLOAD, "domain"),
    (FMS, CONFIRMED | 10): _indexed("FMS Download Segment", Verb.PROGRAM_DOWNLOAD, "domain"),
    (FMS, CONFIRMED | 11): _indexed("FMS Terminate Download Sequence", Verb.PROGRAM_DOWNLOAD, "domain"),
    (FMS, CONFIRMED | 12): _indexed("FMS Initiate Upload Sequence", Verb.PROGRAM_UPLOAD, "domain"),
    (FMS, CONFIRMED | 13): _indexed("FMS Upload Segment", Verb.PROGRAM_UPLOAD, "domain"),
    (FMS, CONFIRMED | 14): _indexed("FMS Terminate Upload Sequence", Verb.PROGRAM_UPLOAD, "domain"),
    (FMS, CONFIRMED | 15): _indexed("FMS Request Domain Download", Verb.PROGRAM_DOWNLOAD, "domain"),
    (FMS, CONFIRMED | 16): _indexed("FMS Request Domain Upload", Verb.PROGRAM_UPLOAD, "domain"),
    (FMS, CONFIRMED | 17): Service("FMS Create Program Invocation", Verb.CONFIGURE, ((0, 4),), ((0, 4),)),
    (FMS, CONFIRMED | 18): _indexed("FMS Delete Program Invocation", Verb.CONFIGURE, "program invocation"),
    (FMS, CONFIRMED | 19): _indexed("FMS Start", Verb.START, "program invocation"),
    (FMS, CONFIRMED | 20): _indexed("FMS Stop", Verb.STOP, "program invocation"),
    (FMS, CONFIRMED | 21): _indexed("FMS Resume", Verb.START, "program invocation"),
    (FMS, CONFIRMED | 22): _indexed("FMS Reset", Verb.STOP, "program invocation"),  # back to its beginning, idle
    (FMS, CONFIRMED | 23): _indexed("FMS Kill", Verb.STOP, "program invocation"),
    (FMS, CONFIRMED | 24): Service("FMS Alter Event Condition Monitoring", Verb.CONFIGURE, ((0, 8),), touches="event"),
    (FMS, CONFIRMED | 25): _indexed("FMS Acknowledge Event Notification", Verb.OPERATE, "event"),
    (FMS, CONFIRMED | 28): Service("FMS Initiate Put OD", Verb.CONFIGURE, ((0, 4),)),
    (FMS, CONFIRMED | 29): Service("FMS Put OD", Verb.CONFIGURE, ((0, 1),)),
    (FMS, CONFIRMED | 30): Service("FMS Terminate Put OD", Verb.CONFIGURE),
    (FMS, CONFIRMED | 31): _indexed("FMS Generic Initiate Download Sequence", Verb.PROGRAM_DOWNLOAD, "domain"),
    (FMS, CONFIRMED | 32): _indexed("FMS Generic Download Segment", Verb.PROGRAM_DOWNLOAD, "domain"),
    (FMS, CONFIRMED | 33): _indexed("FMS Generic Terminate Download Sequence", Verb.PROGRAM_DOWNLOAD, "domain"),
    (FMS, CONFIRMED | 82): Service("FMS Read with Subindex", Verb.READ, _SUBINDEX, touches="index"),
    (FMS, CONFIRMED | 83): Service("FMS Write with Subindex", Verb.WRITE, _SUBINDEX, touches="index"),
    (FMS, CONFIRMED | 96): Service("FMS Initiate", Verb.SESSION, ((0, 2), (8, 40))),
    (FMS, 0): _indexed("FMS Information Report", Verb.REPORT, "index"),
    (FMS, 1): Service("FMS Unsolicited Status", Verb.REPORT, ((0, 2),)),
    (FMS, 2): _indexed("FMS Event Notification", Verb.REPORT, "event"),
    (FMS, 16): Service("FMS Information Report with Subindex", Verb.REPORT, _SUBINDEX, touches="index"),
    (FMS, 17): _indexed("FMS Information Report On Change", Verb.REPORT, "index"),
    (FMS, 18): Service("FMS Information Report On Change with Subindex", Verb.REPORT, _SUBINDEX, touches="index"),
    (FMS, 112): Service("FMS Abort", Verb.SESSION, ((16, 18),)),
    (LAN, CONFIRMED | 1): Service("LAN Redundancy Get Information", Verb.READ),
    (LAN, CONFIRMED | 2): Service("LAN Redundancy Put Information", Verb.CONFIGURE, ((0, 80),)),
    (LAN, CONFIRMED | 3): Service("LAN Redundancy Get Statistics", Verb.DIAGNOSE),
    (LAN, 1): Service("Diagnostic Message", Verb.REPORT, ((0, 4), (8, 40))),
}
INITIATE = (FMS, CONFIRMED | 96)
# A device asks the host for the segments of a download, and says when it has them all.
ASKED_BY_DEVICE = ((FMS, CONFIRMED | 10), (FMS, CONFIRMED | 11))
WITH_SUBINDEX = ((FMS, CONFIRMED | 82), (FMS, CONFIRMED | 83), (FMS, 16), (FMS, 18))
# Errors of these begin with a state or an index of four octets.
LATE_ERRORS = tuple((FMS, CONFIRMED | service) for service in (19, 20, 21, 22, 30))

QUERIES = {
    0: "PD tag of a primary device",
    1: "VFD tag",
    2: "function block tag",
    3: "element identifier",
    4: "PD tag or VFD reference",
    5: "device index",
    6: "PD tag of a redundant device",
}
CONNECTIONS = {1: "VCR selector", 2: "NMA access", 3: "FBAP access"}
DEVICES = {0x80: "linking device", 0x40: "I/O gateway", 0x20: "HSE field device", 0x10: "H1 device"}
H1_DEVICE = 0x10

ERROR_CLASSES = {
    1: "VFD state",
    2: "application reference",
    3: "definition",
    4: "resource",
    5: "service",
    6: "access",
    7: "object dictionary",
    8: "other",
    9: "reject",
    10: "H1 system management",
    11: "FMS initiate",
}
ERRORS = {(int(group), int(code)): name for group, code, name in rows_table(__package__, "errors.tsv")}
