"""GE SRTP names: services with their verbs, memory selectors, states, errors, controller types.

GE Fanuc GFK-0529C, Series 90 PLC SNP Communications User's Manual (tables 3-8 and 3-12 to 3-14, chapter 6); Denton,
Karpisek, Breitinger, Baggili, Leveraging the SRTP protocol for over-the-network memory acquisition of a GE Fanuc Series
90-30, Digital Investigation 22 (2017), tables 2 and 3. Where the two differ on Program Store and Program Load the
maker's manual is followed: a store writes the controller's program, a load reads it.
"""

from __future__ import annotations

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
MINOR_ERRORS = {
    0xFF: "service request has been aborted",
    0xFE: "no privilege for attempted operation",
    0xFD: "unable to perform auto configuration",
    0xFC: "I/O configuration is invalid",
    0xFB: "cannot clear I/O configuration",
    0xFA: "cannot replace I/O module",
    0xF9: "task address out of range",
    0xF8: "invalid task name referenced",
    0xF7: "required to log in to a task for service",
    0xF6: "invalid sweep state to set",
    0xF5: "invalid password",
    0xF4: "invalid input parameter in request",
    0xF3: "I/O configuration mismatch",
    0xF2: "invalid program cannot log in",
    0xF1: "request only valid from programmer",
    0xF0: "request only valid in stop mode",
    0xEF: "programmer is already attached",
    0xEE: "could not return block sizes",
    0xED: "VMEbus error encountered",
    0xEC: "task unable to be created",
    0xEB: "task unable to be deleted",
    0xEA: "not logged in to process service request",
    0xE9: "segment selector not valid in context",
    0xE8: "no user memory is available to allocate",
    0xE7: "configuration is not valid",
    0xE6: "CPU model number does not match",
    0xE5: "DOS file area not formatted",
    0xE4: "segment for this selector does not exist",
    0xE3: "CPU revision number does not match",
    0xE2: "IOS could not delete configuration or bad type",
    0xE1: "no I/O configuration to read or delete",
    0xE0: "service in process cannot login",
    0xDF: "invalid datagram connection address",
    0xDE: "size of datagram connection invalid",
    0xDD: "unable to locate given connection ID",
    0xDC: "unable to find connection address",
    0xDB: "invalid segment selector in datagram",
    0xDA: "null pointer to data in segment selector",
    0xD9: "transfer type invalid for this selector",
    0xD8: "point length not allowed",
    0xD7: "invalid datagram type specified",
    0xD6: "datagram connection boundary exceeded",
    0xD5: "invalid block name specified in datagram",
    0xD4: "mismatch of configuration checksum",
    0xD3: "user program module read or write exceeded block end",
    0xD2: "invalid write mode parameter",
    0xD1: "packet size or total program size does not match input",
    0xD0: "one or more PLC modules configured have unsupported revision",
    0xCF: "specified device is not available in the system",
    0xCE: "specified device has insufficient memory to handle request",
    0xCD: "device has no data stored on it",
    0xCC: "data stored on device has been corrupted",
    0xCB: "a comm or write verify error occurred during save or restore",
    0xCA: "device is write protected",
    0xC9: "login using non-zero buffer size required for block commands",
    0xC8: "passwords already enabled and cannot be forced inactive",
    0xC7: "passwords are set to inactive and cannot be enabled or disabled",
    0xC6: "requestor not logged into main control program",
    0xC5: "no task-level rack/slot configuration to read or delete",
    0xC4: "verify with FA card or EEPROM failed",
    0xC3: "text length does not match traffic type",
    0xC2: "the OEM key is NULL",
    0xC1: "invalid block state transition",
    0xC0: "bad OMF record checksum in store",
    0xBF: "illegal OMF record type or data contents",
    0xBE: "bad block type given in load or store",
    0xBD: "block set not found",
    0xBC: "block type not found",
    0xBB: "maximum length of a partial store exceeded",
    0xBA: "block set already exists",
    0xB9: "executable flag in TYPDEF record not set",
    0xB8: "size of the segment selector table in TYPDEF record is not correct",
    0xB7: "segment length in verify not equal to that of the block in the PLC",
    0xB6: "CRC checksum comparison in verify failed",
    0xB5: "additive checksum comparison in verify failed",
    0xB4: "attempt to alter interrupt list during run mode",
    0xB3: "length limit exceeded",
    0xB2: "program block already exists and cannot be replaced",
    0x50: "problem with sending mail to the slave service request task",
    0x51: "problem with getting mail from the slave service request task",
    0x55: "slave SNP task timed out",
    0x56: "slave SNP task could not find the requested datagram connection",
    0x57: "slave SNP task could not write the datagram",
    0x58: "slave SNP task could not update the datagram",
}
