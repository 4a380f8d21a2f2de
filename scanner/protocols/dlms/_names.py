"""Names of DLMS/COSEM: APDUs (IEC 62056-5-3, clause 8), classes and methods (IEC 62056-6-2), errors."""

from __future__ import annotations

from typing import NamedTuple

from scanner.code_tables import rows_table
from scanner.protocols.base import Kind, Verb


class Apdu(NamedTuple):
    """Name, kind, and the verb of a service whose object is not known."""

    name: str
    kind: Kind
    verb: Verb


_REQUEST, _RESPONSE, _NOTICE = Kind.REQUEST, Kind.RESPONSE, Kind.NOTICE
AARQ, AARE, RLRQ, RLRE = 0x60, 0x61, 0x62, 0x63
GET, SET, EVENT, ACTION, GOT, WAS_SET, ACTED = 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC7
ERROR, DATA_NOTIFICATION, EXCEPTION, ACCESS, ACCESSED = 0x0E, 0x0F, 0xD8, 0xD9, 0xDA
GENERAL_GLO, GENERAL_DED, GENERAL_CIPHERING, GENERAL_SIGNING, GENERAL_BLOCK = 0xDB, 0xDC, 0xDD, 0xDF, 0xE0
PLAIN = {
    AARQ: Apdu("AARQ", _REQUEST, Verb.SESSION),
    AARE: Apdu("AARE", _RESPONSE, Verb.SESSION),
    RLRQ: Apdu("RLRQ", _REQUEST, Verb.SESSION),
    RLRE: Apdu("RLRE", _RESPONSE, Verb.SESSION),
    GET: Apdu("GET-Request", _REQUEST, Verb.READ),
    SET: Apdu("SET-Request", _REQUEST, Verb.WRITE),
    EVENT: Apdu("EventNotification", _NOTICE, Verb.REPORT),
    ACTION: Apdu("ACTION-Request", _REQUEST, Verb.UNKNOWN),  # of a block that names no method
    GOT: Apdu("GET-Response", _RESPONSE, Verb.READ),
    WAS_SET: Apdu("SET-Response", _RESPONSE, Verb.WRITE),
    ACTED: Apdu("ACTION-Response", _RESPONSE, Verb.UNKNOWN),
    0x05: Apdu("ReadRequest", _REQUEST, Verb.READ),
    0x06: Apdu("WriteRequest", _REQUEST, Verb.WRITE),
    0x0C: Apdu("ReadResponse", _RESPONSE, Verb.READ),
    0x0D: Apdu("WriteResponse", _RESPONSE, Verb.WRITE),
    0x16: Apdu("UnconfirmedWriteRequest", _NOTICE, Verb.WRITE),
    0x18: Apdu("InformationReportRequest", _NOTICE, Verb.REPORT),
    ERROR: Apdu("ConfirmedServiceError", _RESPONSE, Verb.UNKNOWN),
    DATA_NOTIFICATION: Apdu("DataNotification", _NOTICE, Verb.REPORT),
    EXCEPTION: Apdu("ExceptionResponse", _RESPONSE, Verb.UNKNOWN),
    ACCESS: Apdu("AccessRequest", _REQUEST, Verb.UNKNOWN),
    ACCESSED: Apdu("AccessResponse", _RESPONSE, Verb.UNKNOWN),
}
# What an action does is not seen when it is ciphered: every high level authentication ends with one.
_SERVICES = (
    (0x00, "get-request", _REQUEST, Verb.READ),
    (0x01, "set-request", _REQUEST, Verb.WRITE),
    (0x02, "event-notification-request", _NOTICE, Verb.REPORT),
    (0x03, "action-request", _REQUEST, Verb.UNKNOWN),
    (0x04, "get-response", _RESPONSE, Verb.READ),
    (0x05, "set-response", _RESPONSE, Verb.WRITE),
    (0x07, "action-response", _RESPONSE, Verb.UNKNOWN),
)
CIPHERED = {
    0x25: Apdu("glo-readRequest", _REQUEST, Verb.READ),
    0x26: Apdu("glo-writeRequest", _REQUEST, Verb.WRITE),
    0x2C: Apdu("glo-readResponse", _RESPONSE, Verb.READ),
    0x2D: Apdu("glo-writeResponse", _RESPONSE, Verb.WRITE),
    **{0xC8 + n: Apdu(f"glo-{name}", kind, verb) for n, name, kind, verb in _SERVICES},
    **{0xD0 + n: Apdu(f"ded-{name}", kind, verb) for n, name, kind, verb in _SERVICES},
}
GENERAL = {
    GENERAL_GLO: "general-glo-ciphering",
    GENERAL_DED: "general-ded-ciphering",
    GENERAL_CIPHERING: "general-ciphering",
    GENERAL_SIGNING: "general-signing",
    GENERAL_BLOCK: "general-block-transfer",
}
TAGS = (*PLAIN, *CIPHERED, *GENERAL)

TYPES = {
    GET: {1: "Normal", 2: "Next", 3: "With-List"},
    SET: {
        1: "Normal",
        2: "With-First-Datablock",
        3: "With-Datablock",
        4: "With-List",
        5: "With-List-And-First-Datablock",
    },
    ACTION: {
        1: "Normal",
        2: "Next-PBlock",
        3: "With-List",
        4: "With-First-PBlock",
        5: "With-List-And-First-PBlock",
        6: "With-PBlock",
    },
    GOT: {1: "Normal", 2: "With-Datablock", 3: "With-List"},
    WAS_SET: {1: "Normal", 2: "Datablock", 3: "Last-Datablock", 4: "Last-Datablock-With-List", 5: "With-List"},
    ACTED: {1: "Normal", 2: "With-PBlock", 3: "With-List", 4: "Next-PBlock"},
}

# Application contexts and authentication mechanisms: the last arc of 2.16.756.5.8.1 and 2.16.756.5.8.2.
CONTEXTS = {
    1: "logical names",
    2: "short names",
    3: "logical names with ciphering",
    4: "short names with ciphering",
}
MECHANISMS = {
    0: "lowest level security",
    1: "low level security",
    2: "high level security",
    3: "high level security with MD5",
    4: "high level security with SHA-1",
    5: "high level security with GMAC",
    6: "high level security with SHA-256",
    7: "high level security with ECDSA",
}
REJECTED = {1: "rejected-permanent", 2: "rejected-transient"}
DIAGNOSTICS = {
    1: "no-reason-given",
    2: "application-context-name-not-supported",
    3: "calling-AP-title-not-recognized",
    4: "calling-AP-invocation-identifier-not-recognized",
    5: "calling-AE-qualifier-not-recognized",
    6: "calling-AE-invocation-identifier-not-recognized",
    7: "called-AP-title-not-recognized",
    8: "called-AP-invocation-identifier-not-recognized",
    9: "called-AE-qualifier-not-recognized",
    10: "called-AE-invocation-identifier-not-recognized",
    11: "authentication-mechanism-name-not-recognised",
    12: "authentication-mechanism-name-required",
    13: "authentication-failure",
    14: "authentication-required",
}
RESULTS = {
    1: "hardware-fault",
    2: "temporary-failure",
    3: "read-write-denied",
    4: "object-undefined",
    9: "object-class-inconsistent",
    11: "object-unavailable",
    12: "type-unmatched",
    13: "scope-of-access-violated",
    14: "data-block-unavailable",
    15: "long-operation-aborted",
    16: "no-long-operation-in-progress",
    17: "long-set-aborted",
    18: "no-long-set-in-progress",
    19: "data-block-number-invalid",
    250: "other-reason",
}
STATE_ERRORS = {1: "service-not-allowed", 2: "service-unknown"}
SERVICE_ERRORS = {
    1: "operation-not-possible",
    2: "service-not-supported",
    3: "other-reason",
    4: "pdu-too-long",
    5: "deciphering-error",
    6: "invocation-counter-error",
}
CONFIRMED_ERRORS = {1: "initiateError", 5: "read", 6: "write"}


class Class(NamedTuple):
    """Name, verb of a SET, verb of an ACTION, names of methods."""

    name: str
    set: Verb = Verb.CONFIGURE
    act: Verb = Verb.OPERATE
    methods: tuple[str, ...] = ()


CLASSES = {
    int(number): Class(name, Verb(to_set), Verb(to_act), tuple(filter(None, methods.split(", "))))
    for number, name, to_set, to_act, methods in rows_table(__package__, "classes.tsv")
}
CLOCK, ASSOCIATION = 8, 15
# Objects that say what the meter is: logical device name, device identifiers, firmware and its signature.
WHO = frozenset(
    (
        *(bytes((0, 0, 96, 1, n, 255)) for n in range(11)),
        bytes((0, 0, 42, 0, 0, 255)),
        bytes((1, 0, 0, 2, 0, 255)),
        bytes((1, 0, 0, 2, 8, 255)),
        bytes((0, 0, 96, 2, 0, 255)),
    )
)


def class_of(number: int) -> Class:
    """A class, with a name for those that are not in the table."""
    return CLASSES.get(number) or Class(f"class {number}")
