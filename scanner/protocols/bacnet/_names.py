"""Services, network messages, reasons and states of BACnet by their numbers.

ANSI/ASHRAE 135-2020: clauses 6.2.4 (network messages), 6.4.4 (reasons of rejection), 13 to 17 (services), 18.9 and
18.10 (reasons of reject and abort), 21 (productions), 24 (network security, withdrawn in 2020), annexes J and U (BVLL);
addenda to 2020 for what is newer.
"""

from __future__ import annotations

from scanner.protocols.base import Verb

ACKNOWLEDGE_ALARM, COV, EVENT, SUBSCRIBE_COV = 0, 1, 2, 5
READ_FILE, WRITE_FILE, ADD_LIST, REMOVE_LIST, CREATE, DELETE = 6, 7, 8, 9, 10, 11
READ, READ_MULTIPLE, WRITE, WRITE_MULTIPLE, COMMUNICATION_CONTROL = 12, 14, 15, 16, 17
PRIVATE_TRANSFER, TEXT_MESSAGE, REINITIALIZE, READ_RANGE, LIFE_SAFETY = 18, 19, 20, 26, 27
SUBSCRIBE_PROPERTY, EVENT_INFORMATION, SUBSCRIBE_MULTIPLE = 28, 29, 30

CONFIRMED = {
    ACKNOWLEDGE_ALARM: ("AcknowledgeAlarm", Verb.OPERATE),
    COV: ("ConfirmedCOVNotification", Verb.REPORT),
    EVENT: ("ConfirmedEventNotification", Verb.REPORT),
    3: ("GetAlarmSummary", Verb.READ),
    4: ("GetEnrollmentSummary", Verb.READ),
    SUBSCRIBE_COV: ("SubscribeCOV", Verb.SUBSCRIBE),
    READ_FILE: ("AtomicReadFile", Verb.FILE_READ),
    WRITE_FILE: ("AtomicWriteFile", Verb.FILE_WRITE),
    ADD_LIST: ("AddListElement", Verb.CONFIGURE),
    REMOVE_LIST: ("RemoveListElement", Verb.CONFIGURE),
    CREATE: ("CreateObject", Verb.CONFIGURE),
    DELETE: ("DeleteObject", Verb.CONFIGURE),
    READ: ("ReadProperty", Verb.READ),
    13: ("ReadPropertyConditional", Verb.READ),
    READ_MULTIPLE: ("ReadPropertyMultiple", Verb.READ),
    WRITE: ("WriteProperty", Verb.WRITE),
    WRITE_MULTIPLE: ("WritePropertyMultiple", Verb.WRITE),
    COMMUNICATION_CONTROL: ("DeviceCommunicationControl", Verb.MODE_CHANGE),
    PRIVATE_TRANSFER: ("ConfirmedPrivateTransfer", Verb.UNKNOWN),
    TEXT_MESSAGE: ("ConfirmedTextMessage", Verb.REPORT),
    REINITIALIZE: ("ReinitializeDevice", Verb.RESTART),
    21: ("VT-Open", Verb.SESSION),
    22: ("VT-Close", Verb.SESSION),
    23: ("VT-Data", Verb.SESSION),
    24: ("Authenticate", Verb.AUTHENTICATE),
    25: ("RequestKey", Verb.AUTHENTICATE),
    READ_RANGE: ("ReadRange", Verb.READ),
    LIFE_SAFETY: ("LifeSafetyOperation", Verb.OPERATE),
    SUBSCRIBE_PROPERTY: ("SubscribeCOVProperty", Verb.SUBSCRIBE),
    EVENT_INFORMATION: ("GetEventInformation", Verb.READ),
    SUBSCRIBE_MULTIPLE: ("SubscribeCOVPropertyMultiple", Verb.SUBSCRIBE),
    31: ("ConfirmedCOVNotificationMultiple", Verb.REPORT),
    32: ("ConfirmedAuditNotification", Verb.REPORT),
    33: ("AuditLogQuery", Verb.READ),
    34: ("AuthRequest", Verb.AUTHENTICATE),
}

I_AM, I_HAVE, UNCONFIRMED_COV, UNCONFIRMED_EVENT, UNCONFIRMED_PRIVATE, UNCONFIRMED_TEXT = range(6)
WHO_HAS, WHO_IS, WHO_AM_I, YOU_ARE = 7, 8, 13, 14
UNCONFIRMED = {
    I_AM: ("I-Am", Verb.IDENTIFY),
    I_HAVE: ("I-Have", Verb.IDENTIFY),
    UNCONFIRMED_COV: ("UnconfirmedCOVNotification", Verb.REPORT),
    UNCONFIRMED_EVENT: ("UnconfirmedEventNotification", Verb.REPORT),
    UNCONFIRMED_PRIVATE: ("UnconfirmedPrivateTransfer", Verb.UNKNOWN),
    UNCONFIRMED_TEXT: ("UnconfirmedTextMessage", Verb.REPORT),
    6: ("TimeSynchronization", Verb.TIME_SYNC),
    WHO_HAS: ("Who-Has", Verb.IDENTIFY),
    WHO_IS: ("Who-Is", Verb.IDENTIFY),
    9: ("UTCTimeSynchronization", Verb.TIME_SYNC),
    10: ("WriteGroup", Verb.WRITE),
    11: ("UnconfirmedCOVNotificationMultiple", Verb.REPORT),
    12: ("UnconfirmedAuditNotification", Verb.REPORT),
    WHO_AM_I: ("Who-Am-I", Verb.IDENTIFY),
    YOU_ARE: ("You-Are", Verb.CONFIGURE),
}

REJECTS = (
    "other",
    "buffer-overflow",
    "inconsistent-parameters",
    "invalid-parameter-data-type",
    "invalid-tag",
    "missing-required-parameter",
    "parameter-out-of-range",
    "too-many-arguments",
    "undefined-enumeration",
    "unrecognized-service",
    "invalid-data-encoding",
)
ABORTS = (
    "other",
    "buffer-overflow",
    "invalid-apdu-in-this-state",
    "preempted-by-higher-priority-task",
    "segmentation-not-supported",
    "security-error",
    "insufficient-security",
    "window-size-out-of-range",
    "application-exceeded-reply-time",
    "out-of-resources",
    "tsm-timeout",
    "apdu-too-long",
)

# What ReinitializeDevice asks for (clause 16.4.1.1.1): a backup reads the configuration, a restore writes it.
STATES = {
    0: ("coldstart", Verb.RESTART),
    1: ("warmstart", Verb.RESTART),
    2: ("start-backup", Verb.PROGRAM_UPLOAD),
    3: ("end-backup", Verb.PROGRAM_UPLOAD),
    4: ("start-restore", Verb.PROGRAM_DOWNLOAD),
    5: ("end-restore", Verb.PROGRAM_DOWNLOAD),
    6: ("abort-restore", Verb.PROGRAM_DOWNLOAD),
    7: ("activate-changes", Verb.CONFIGURE),
}
COMMUNICATION = {0: "enable", 1: "disable", 2: "disable-initiation"}
# What is written to the program-change property of a program object (BACnetProgramRequest).
PROGRAM_REQUESTS = {
    0: ("ready", Verb.WRITE),
    1: ("load", Verb.PROGRAM_DOWNLOAD),
    2: ("run", Verb.START),
    3: ("halt", Verb.STOP),
    4: ("restart", Verb.RESTART),
    5: ("unload", Verb.STOP),
}
LIFE_SAFETY_OPERATIONS = (
    "none",
    "silence",
    "silence-audible",
    "silence-visual",
    "reset",
    "reset-alarm",
    "reset-fault",
    "unsilence",
    "unsilence-audible",
    "unsilence-visual",
)
NETWORK_PRIORITIES = {1: "urgent", 2: "critical equipment", 3: "life safety"}

WHO_IS_ROUTER, I_AM_ROUTER, COULD_BE_ROUTER, REJECT_TO_NETWORK, BUSY, AVAILABLE = range(6)
INITIALIZE, INITIALIZE_ACK, ESTABLISH, DISCONNECT = range(6, 10)
SECURITY_MESSAGES = range(0x0A, 0x12)
SECURITY_PAYLOAD, WHAT_IS_NUMBER, NUMBER_IS = 0x0B, 0x12, 0x13
SECURED = ("Security-Payload",)  # functions that carry what may be encrypted
NETWORK = {
    WHO_IS_ROUTER: ("Who-Is-Router-To-Network", Verb.IDENTIFY),
    I_AM_ROUTER: ("I-Am-Router-To-Network", Verb.IDENTIFY),
    COULD_BE_ROUTER: ("I-Could-Be-Router-To-Network", Verb.IDENTIFY),
    REJECT_TO_NETWORK: ("Reject-Message-To-Network", Verb.DIAGNOSE),
    BUSY: ("Router-Busy-To-Network", Verb.DIAGNOSE),
    AVAILABLE: ("Router-Available-To-Network", Verb.DIAGNOSE),
    INITIALIZE: ("Initialize-Routing-Table", Verb.CONFIGURE),
    INITIALIZE_ACK: ("Initialize-Routing-Table-Ack", Verb.CONFIGURE),
    ESTABLISH: ("Establish-Connection-To-Network", Verb.CONFIGURE),
    DISCONNECT: ("Disconnect-Connection-To-Network", Verb.CONFIGURE),
    0x0A: ("Challenge-Request", Verb.AUTHENTICATE),
    SECURITY_PAYLOAD: (SECURED[0], Verb.UNKNOWN),
    0x0C: ("Security-Response", Verb.AUTHENTICATE),
    0x0D: ("Request-Key-Update", Verb.AUTHENTICATE),
    0x0E: ("Update-Key-Set", Verb.CONFIGURE),
    0x0F: ("Update-Distribution-Key", Verb.CONFIGURE),
    0x10: ("Request-Master-Key", Verb.AUTHENTICATE),
    0x11: ("Set-Master-Key", Verb.CONFIGURE),
    WHAT_IS_NUMBER: ("What-Is-Network-Number", Verb.IDENTIFY),
    NUMBER_IS: ("Network-Number-Is", Verb.IDENTIFY),
}
NETWORK_REJECTS = (
    "other error",
    "not directly connected and no router found",
    "router busy",
    "unknown network layer message type",
    "message too long",
    "security error",
    "addressing error",
)


def named(table: tuple[str, ...], number: int) -> str:
    """``wording (number)``."""
    return f"{table[number]} ({number})" if number < len(table) else f"reason {number}"
