"""GE SRTP names: services with their verbs, memory selectors, states, errors, controller types.

GE Fanuc GFK-0529C, Series 90 PLC SNP Communications User's Manual (tables 3-8 and 3-12 to 3-14, chapter 6); Denton,
Karpisek, Breitinger, Baggili, Leveraging the SRTP protocol for over-the-network memory acquisition of a GE Fanuc Series
90-30, Digital Investigation 22 (2017), tables 2 and 3. Where the two differ on Program Store and Program Load the
maker's manual is followed: a store writes the controller's program, a load reads it.
"""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.protocols.base import Verb

SERVICES = {
    0x00: ("PLC Short Status", Verb.DIAGNOSE),
    0x03: ("Return Control Program Names", Verb.READ),
    0x04: ("Read System Memory", Verb.READ),
    0x05: ("Read Task Memory", Verb.READ),
    0x06: ("Read Program Block Memory", Verb.READ),
    0x07: ("Write System Memory", Verb.WRITE),
    0x08: ("Write Task Memory", Verb.WRITE),
    0x09: ("Write Program Block Memory", Verb.WRITE),
    0x15: ("Establish Datagram", Verb.SUBSCRIBE),
    0x16: ("Update Datagram", Verb.READ),
    0x17: ("Cancel Datagram", Verb.SUBSCRIBE),
    0x20: ("Programmer Logon", Verb.SESSION),
    0x21: ("Change PLC CPU Privilege Level", Verb.AUTHENTICATE),
    0x22: ("Set PLC CPU Controller ID", Verb.CONFIGURE),
    0x23: ("Set PLC State", Verb.MODE_CHANGE),
    0x24: ("Set PLC Time/Date", Verb.TIME_SYNC),
    0x25: ("Return PLC Time/Date", Verb.READ),
    0x38: ("Return Fault Table", Verb.DIAGNOSE),
    0x39: ("Clear Fault Table", Verb.OPERATE),
    0x3F: ("Program Store", Verb.PROGRAM_DOWNLOAD),
    0x40: ("Program Load", Verb.PROGRAM_UPLOAD),
    0x43: ("Return Controller Type and ID Information", Verb.IDENTIFY),
    0x44: ("Toggle Force System Memory", Verb.OPERATE),
    0x48: ("Write Datagram", Verb.SUBSCRIBE),
}

MAILBOXES = {
    0xC0: "Initial Request",
    0x80: "Initial Request with Text Buffer",
    0xD4: "Completion ACK",
    0x94: "Completion ACK with Text Buffer",
    0xD1: "Error Nack",
}

# Selector -> (memory, points that one unit of offset and length stands for).
_BIT_MEMORIES = ("I", "Q", "T", "M", "SA", "SB", "SC", "S", "G")
SELECTORS = (
    {0x46 + 2 * n: (f"%{name}", 1) for n, name in enumerate(_BIT_MEMORIES)}
    | {0x96 + 2 * n: (f"%{name} override", 1) for n, name in enumerate(_BIT_MEMORIES)}
    | {0xA8 + 2 * n: (f"%{name} transition", 1) for n, name in enumerate(_BIT_MEMORIES)}
    | {0x10 + 2 * n: (f"%{name}", 8) for n, name in enumerate(_BIT_MEMORIES[:-1])}
    | {0x38: ("%G", 8), 0x08: ("%R", 1), 0x0A: ("%AI", 1), 0x0C: ("%AQ", 1)}
)

STATES = {
    0: "run, I/O enabled",
    1: "run, I/O disabled",
    2: "stop, I/O disabled",
    3: "CPU stop faulted",
    4: "CPU halted",
    5: "CPU suspended",
    6: "stop, I/O enabled",
}

DATAGRAMS = (0x16, 0x17, 0x48)  # services about one that is established
LOGONS = {2: "login", 3: "logout", 4: "logout before the connection ends"}
FAULT_TABLES = {1: "I/O fault table", 2: "PLC fault table"}
BLOCKS = {0: "logic block", 5: "declaration block"}
TIMES = {1: "time and date", 2: "time", 3: "date"}

# Major type -> minor type -> model (table 6-16).
_SERIES_90_70 = (731, 732, 771, 772, 780, 781, 782, 788, 789)
_MINOR_90_70 = (0x1F, 0x20, 0x47, 0x48, 0x50, 0x51, 0x52, 0x58, 0x59)
MODELS = {
    0x0C: dict(zip(_MINOR_90_70, (f"Series 90-70 Model {n} CPU" for n in _SERIES_90_70), strict=True))
    | {0x5C: "Series 90-70 Model 914 CPU", 0x5E: "Series 90-70 Model 924 CPU"},
    0x10: {
        0x1F: "Series 90-20 Model 211 CPU",
        0x1E: "Series 90-30 Model 311 CPU",
        0x20: "Series 90-30 Model 321 CPU",
        0x21: "Series 90-30 Model 313 CPU",
        0x22: "Series 90-30 Model 323 CPU",
        0x23: "Series 90-30 Model 331 CPU",
        0x24: "Series 90-30 Model 341 CPU",
    },
}

SERVICE_REQUEST_ERROR, INSUFFICIENT_PRIVILEGE = 0x05, 0x02
MAJOR_ERRORS = {
    0x01: "Illegal service request",
    INSUFFICIENT_PRIVILEGE: "Insufficient privilege",
    0x04: "Protocol sequence error",
    SERVICE_REQUEST_ERROR: "Service request error",
    0x06: "Illegal mailbox type",
    0x07: "The PLC CPU's service request queue is full",
}
MINOR_ERRORS = code_table(__package__, "srtp_minor_errors.tsv")
