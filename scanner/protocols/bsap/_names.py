"""BSAP: application functions, remote database access functions and its extensions, link functions.

BSAP Communications Application Programmer's Reference (Emerson D301401X012), numbers as ICSNPP-BSAP lists them.
"""

from __future__ import annotations

from scanner.protocols.base import Verb

PEI, RDB, RDB_EXTENSION = 0x03, 0xA0, 0xA1
APPLICATIONS = {
    PEI: ("PEI (PC)", Verb.UNKNOWN),
    0x40: ("PEI (RTU)", Verb.UNKNOWN),
    0x48: ("Diagnostics", Verb.DIAGNOSE),
    0x50: ("Transmitter Request", Verb.UNKNOWN),
    0x51: ("Transmitter Response", Verb.UNKNOWN),
    0x60: ("Custom Communication", Verb.UNKNOWN),
    0x68: ("Flash Download", Verb.PROGRAM_DOWNLOAD),
    0x6A: ("Flash Configuration", Verb.CONFIGURE),
    0x70: ("Command Handler Request", Verb.UNKNOWN),
    0x71: ("Command Handler Response", Verb.UNKNOWN),
    0x78: ("Download", Verb.PROGRAM_DOWNLOAD),
    0x88: ("Time Synchronization and Node Routing Table", Verb.TIME_SYNC),
    0x89: ("Request for Time Synchronization and Node Routing Table", Verb.TIME_SYNC),
    RDB: ("Remote Database Access", Verb.UNKNOWN),
    RDB_EXTENSION: ("Remote Database Access Extension", Verb.UNKNOWN),
    0xA2: ("Report by Exception (firmware)", Verb.REPORT),
    0xA3: ("Report by Exception (manager)", Verb.REPORT),
    0xA8: ("Alarm Acknowledge", Verb.OPERATE),
    0xA9: ("Alarm Initialization", Verb.CONFIGURE),
    0xAA: ("Alarm Report", Verb.REPORT),
    0xB0: ("Peer to Peer Master", Verb.UNKNOWN),
    0xB1: ("Peer to Peer Slave", Verb.UNKNOWN),
    0xBF: ("Tunnel Request", Verb.UNKNOWN),
    0xC0: ("IP Processing Task", Verb.UNKNOWN),
}
# Functions that answers go to, and those of what nobody asked for.
REPLIES, REPORTS = (PEI, 0x51, 0x71, 0xB1), (0xA2, 0xA3, 0xAA)
READ_BY_ADDRESS, READ_BY_NAME, WRITE_BY_ADDRESS, WRITE_BY_NAME = 0x00, 0x04, 0x80, 0x84
DATABASE = {
    READ_BY_ADDRESS: ("Read Signal by Address", Verb.READ),
    0x02: ("Read Logical by Address", Verb.READ),
    READ_BY_NAME: ("Read Signal by Name", Verb.READ),
    0x06: ("Read Logical by Name", Verb.READ),
    0x0C: ("Read Signal by List, start", Verb.READ),
    0x0D: ("Read Signal by List, continue", Verb.READ),
    0x0E: ("Read Logical by List, start", Verb.READ),
    0x0F: ("Read Logical by List, continue", Verb.READ),
    WRITE_BY_ADDRESS: ("Write Signal by Address", Verb.WRITE),
    WRITE_BY_NAME: ("Write Signal by Name", Verb.WRITE),
    0x8C: ("Write Signal by List, start", Verb.WRITE),
    0x8D: ("Write Signal by List, continue", Verb.WRITE),
}
EXTENSIONS = {
    0x0101: ("Reset System", Verb.RESTART),
    0x0102: ("Diagnostics Reset", Verb.DIAGNOSE),
    0x0201: ("Read Date and Time", Verb.READ),
    0x0202: ("Read Date", Verb.READ),
    0x0203: ("Read Time", Verb.READ),
    0x0281: ("Write Date and Time", Verb.TIME_SYNC),
    0x0400: ("Change Local Node Address", Verb.CONFIGURE),
}
# Link messages of the serial protocol stand in the place of an application function.
LINK = {
    0x81: "Dial-Up Acknowledge",
    0x83: "Acknowledge, message discarded",
    0x85: "Poll",
    0x86: "Down-Transmit Acknowledge",
    0x87: "Acknowledge, no data",
    0x8A: "Up-Acknowledge with Poll",
    0x8B: "Up-Acknowledge",
    0x95: "Not Acknowledge, no buffer",
}
REFUSED = (0x83, 0x95)
ANSWERS = (0x81, 0x83, 0x86, 0x87, 0x8B, 0x95)
