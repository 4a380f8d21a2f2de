"""ADS names: commands, AMS ports, index groups with their verbs, states, errors.

Beckhoff Information System, TwinCAT ADS (TE1000), Specification for the TwinCAT ADS device and ADS return codes;
Beckhoff's AdsLib (AdsDef.h): AMSPORT, ADSSRVID, ADSIGRP, ADSSTATE, ADSERR; the TwinCAT SDK's nSystemServiceIndexGroups.
"""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.protocols.base import Verb

DEVICE_INFO, READ, WRITE, READ_STATE, WRITE_CONTROL, ADD_NOTE, DELETE_NOTE, NOTE, READ_WRITE = range(1, 10)
COMMANDS = {
    DEVICE_INFO: ("Read Device Info", Verb.IDENTIFY),
    READ: ("Read", Verb.READ),
    WRITE: ("Write", Verb.WRITE),
    READ_STATE: ("Read State", Verb.DIAGNOSE),
    WRITE_CONTROL: ("Write Control", Verb.MODE_CHANGE),
    ADD_NOTE: ("Add Device Notification", Verb.SUBSCRIBE),
    DELETE_NOTE: ("Delete Device Notification", Verb.SUBSCRIBE),
    NOTE: ("Device Notification", Verb.REPORT),
    READ_WRITE: ("Read Write", Verb.READ),
}

STATES = (
    *("INVALID", "IDLE", "RESET", "INIT", "START", "RUN", "STOP", "SAVECFG", "LOADCFG", "POWERFAILURE", "POWERGOOD"),
    *("ERROR", "SHUTDOWN", "SUSPEND", "RESUME", "CONFIG", "RECONFIG", "STOPPING", "INCOMPATIBLE", "EXCEPTION"),
)
CONTROLS = {
    "RESET": Verb.RESTART,
    "START": Verb.START,
    "RUN": Verb.START,
    "RESUME": Verb.START,
    "STOP": Verb.STOP,
    "SHUTDOWN": Verb.STOP,
    "SUSPEND": Verb.STOP,
    "SAVECFG": Verb.CONFIGURE,
    "LOADCFG": Verb.CONFIGURE,
}

SYSTEM_SERVICE = 10000
PORTS = {
    1: "router",
    100: "logger",
    110: "event logger",
    200: "real-time core",
    290: "trace",
    300: "I/O",
    301: "additional task 1",
    302: "additional task 2",
    500: "NC",
    550: "ISG",
    600: "PCS",
    801: "TwinCAT 2 PLC 1",
    811: "TwinCAT 2 PLC 2",
    821: "TwinCAT 2 PLC 3",
    831: "TwinCAT 2 PLC 4",
    851: "TwinCAT 3 PLC 1",
    852: "TwinCAT 3 PLC 2",
    853: "TwinCAT 3 PLC 3",
    854: "TwinCAT 3 PLC 4",
    900: "cam switch",
    SYSTEM_SERVICE: "system service",
    14000: "scope",
}

HANDLE_BY_NAME, VALUE_BY_NAME, VALUE_BY_HANDLE, RELEASE, INFO_BY_NAME, INFO_BY_NAME_EX, TYPE_BY_NAME = (
    *(0xF003, 0xF004, 0xF005, 0xF006),
    *(0xF007, 0xF009, 0xF011),
)
SYMBOLS = (HANDLE_BY_NAME, VALUE_BY_NAME, INFO_BY_NAME, INFO_BY_NAME_EX, TYPE_BY_NAME)
# Ports where a Read Write of any group commands: PLC, motion, I/O. Elsewhere it may be how a question is asked.
RUNTIMES = frozenset((*range(300, 303), *range(500, 600), *range(801, 900)))
# Sum commands: group -> (name, bytes of an entry, the command that each entry stands for).
SUMS = {
    0xF080: ("sum read", 12, READ),
    0xF081: ("sum write", 12, WRITE),
    0xF082: ("sum read write", 16, READ_WRITE),
    0xF083: ("sum read", 12, READ),
    0xF084: ("sum read", 12, READ),
    0xF085: ("sum add notification", 40, ADD_NOTE),
}
DELETE_NOTES = 0xF086
GROUPS = {
    0x4020: "%M byte",
    0x4021: "%MX bit",
    0x4025: "size of %M",
    0x4030: "retain byte",
    0x4035: "size of retain data",
    0x4040: "data byte",
    0x4045: "size of data",
    0xF000: "symbol table",
    0xF001: "symbol name",
    0xF002: "symbol value",
    HANDLE_BY_NAME: "handle of symbol",
    VALUE_BY_NAME: "value of symbol",
    VALUE_BY_HANDLE: "symbol with handle",
    RELEASE: "release of handle",
    INFO_BY_NAME: "information of symbol",
    0xF008: "symbol version",
    INFO_BY_NAME_EX: "information of symbol",
    0xF00A: "symbol download",
    0xF00B: "symbol upload",
    0xF00C: "symbol upload information",
    0xF00D: "symbol download",
    0xF00E: "data type upload",
    0xF00F: "symbol upload information",
    0xF010: "notification of named handle",
    TYPE_BY_NAME: "information of data type",
    0xF020: "%I byte",
    0xF021: "%IX bit",
    0xF025: "size of %I",
    0xF030: "%Q byte",
    0xF031: "%QX bit",
    0xF035: "size of %Q",
    0xF040: "clear inputs",
    0xF050: "clear outputs",
    0xF060: "%I and %Q byte",
    DELETE_NOTES: "sum delete notification",
    0xF100: "device data",
}
# What a command on a group means where it is not plain reading or writing.
GROUP_VERBS = {
    RELEASE: Verb.SESSION,
    0xF00A: Verb.CONFIGURE,
    0xF00D: Verb.CONFIGURE,
    DELETE_NOTES: Verb.SUBSCRIBE,
}

FOPEN, FDELETE, FRENAME, FCOPY = 120, 131, 132, 136
_FILES = {
    100: ("open for creating", Verb.FILE_WRITE),
    101: ("open for reading", Verb.FILE_READ),
    102: ("open for writing", Verb.FILE_WRITE),
    110: ("create file", Verb.FILE_WRITE),
    111: ("close handle", Verb.SESSION),
    112: ("flush file", Verb.FILE_WRITE),
    114: ("truncate file", Verb.FILE_WRITE),
    FOPEN: ("open file", Verb.FILE_READ),
    121: ("close file", Verb.SESSION),
    122: ("read file", Verb.FILE_READ),
    123: ("write file", Verb.FILE_WRITE),
    124: ("seek in file", Verb.FILE_READ),
    125: ("position in file", Verb.FILE_READ),
    126: ("read line of file", Verb.FILE_READ),
    127: ("write line to file", Verb.FILE_WRITE),
    128: ("read formatted from file", Verb.FILE_READ),
    129: ("write formatted to file", Verb.FILE_WRITE),
    130: ("end of file", Verb.FILE_READ),
    FDELETE: ("delete file", Verb.FILE_DELETE),
    FRENAME: ("rename file", Verb.FILE_WRITE),
    133: ("find file", Verb.FILE_READ),
    134: ("status of file", Verb.FILE_READ),
    135: ("size of file", Verb.FILE_READ),
    FCOPY: ("copy file", Verb.FILE_WRITE),
    137: ("hash of file", Verb.FILE_READ),
    138: ("make directory", Verb.FILE_WRITE),
    139: ("remove directory", Verb.FILE_DELETE),
}
FILE_HANDLES = tuple(g for g in _FILES if g in (111, 112, 114) or 121 <= g <= 130)
REGISTRY = {200: "HKLM", 201: "HKCU", 202: "HKCR"}
# Text that is key and object: what these groups name stands at the start of the data written.
NAMED = (*(g for g in _FILES if g not in FILE_HANDLES), *REGISTRY)
# Groups of the system service: (name, verb of reading, verb of writing).
SYSTEM: dict[int, tuple[str, Verb, Verb]] = {group: (name, verb, verb) for group, (name, verb) in _FILES.items()} | {
    160: ("product version", Verb.IDENTIFY, Verb.IDENTIFY),
    170: ("add start-up command", Verb.CONFIGURE, Verb.CONFIGURE),
    171: ("delete start-up command", Verb.CONFIGURE, Verb.CONFIGURE),
    172: ("delete all start-up commands", Verb.CONFIGURE, Verb.CONFIGURE),
    180: ("boot data", Verb.READ, Verb.PROGRAM_DOWNLOAD),
    200: ("registry HKLM", Verb.READ, Verb.CONFIGURE),
    201: ("registry HKCU", Verb.READ, Verb.CONFIGURE),
    202: ("registry HKCR", Verb.READ, Verb.CONFIGURE),
    220: ("system control", Verb.IDENTIFY, Verb.CONFIGURE),
    230: ("load server", Verb.CONFIGURE, Verb.CONFIGURE),
    240: ("state of system service", Verb.DIAGNOSE, Verb.DIAGNOSE),
    300: ("send e-mail", Verb.OPERATE, Verb.OPERATE),
    400: ("time services", Verb.READ, Verb.TIME_SYNC),
    500: ("start process", Verb.OPERATE, Verb.OPERATE),
    600: ("change net ID", Verb.CONFIGURE, Verb.CONFIGURE),
    601: ("net ID", Verb.READ, Verb.READ),
    700: ("target information", Verb.IDENTIFY, Verb.IDENTIFY),
    701: ("IP settings", Verb.READ, Verb.CONFIGURE),
    702: ("host name", Verb.IDENTIFY, Verb.CONFIGURE),
    703: ("IP address", Verb.READ, Verb.CONFIGURE),
    801: ("add route", Verb.CONFIGURE, Verb.CONFIGURE),
    802: ("delete route", Verb.CONFIGURE, Verb.CONFIGURE),
    803: ("routes", Verb.READ, Verb.READ),
    804: ("test of connection", Verb.DIAGNOSE, Verb.DIAGNOSE),
    805: ("change route file", Verb.CONFIGURE, Verb.CONFIGURE),
    900: ("screen resolution", Verb.READ, Verb.CONFIGURE),
    901: ("screen resolutions", Verb.READ, Verb.CONFIGURE),
    1200: ("number of processors", Verb.CONFIGURE, Verb.CONFIGURE),
    1300: ("network configuration", Verb.READ, Verb.CONFIGURE),
    1400: ("environment variables", Verb.READ, Verb.CONFIGURE),
    1500: ("licence", Verb.READ, Verb.CONFIGURE),
    1510: ("logon password", Verb.CONFIGURE, Verb.CONFIGURE),
}

ERRORS = code_table(__package__, "errors.tsv")

# Results of the system service's registry groups, which are no ADS errors (TwinCAT SDK, SYSTEMSERVICE_REGISTRY_).
REGISTRY_RESULTS = {1: "registry: invalid key", 2: "registry: invalid value", 3: "registry: invalid size"}

# UDP discovery (AdsLib.cpp: UdpServiceId, UdpTag).
SERVER_INFO, ADD_ROUTE = 1, 6
SERVICES = {SERVER_INFO: ("Server Info", Verb.IDENTIFY), ADD_ROUTE: ("Add Route", Verb.CONFIGURE)}
TAG_RESULT, TAG_PASSWORD, TAG_VERSION, TAG_OS, TAG_COMPUTER, TAG_NET_ID, TAG_ROUTE, TAG_USER = 1, 2, 3, 4, 5, 7, 12, 13
PLATFORMS = {1: "Windows", 2: "Windows NT", 3: "Windows CE"}
