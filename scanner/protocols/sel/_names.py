"""SEL protocols: message types, functions of Fast Messages, codes of Fast Operate (SEL AG95-10, AG2002-14)."""

from __future__ import annotations

from scanner.protocols.base import Verb

START, FAST_MESSAGE, RELAY_DEFINITION, FAST_RESET = 0xA5, 0x46, 0xC0, 0xED
REMOTE_BIT, BREAKER = 0xE0, 0xE3

# Second octet -> what is asked by it alone, and answered by it with a length.
POLLS = {
    0xB9: ("Clear Status Bits", Verb.DIAGNOSE),
    RELAY_DEFINITION: ("Relay Definition", Verb.IDENTIFY),
    0xC1: ("Fast Meter Configuration", Verb.READ),
    0xC2: ("Demand Fast Meter Configuration", Verb.READ),
    0xC3: ("Peak Demand Fast Meter Configuration", Verb.READ),
    0xCD: ("Fast Operate Reset Definition", Verb.READ),
    0xCE: ("Fast Operate Configuration", Verb.READ),
    0xCF: ("Alternate Fast Operate Configuration", Verb.READ),
    0xD1: ("Fast Meter Data", Verb.READ),
    0xD2: ("Demand Fast Meter Data", Verb.READ),
    0xD3: ("Peak Demand Fast Meter Data", Verb.READ),
}

# Second octet -> a command, which nothing answers.
COMMANDS = {
    REMOTE_BIT: "Fast Operate Remote Bit",
    BREAKER: "Fast Operate Breaker Bit",
    0xE5: "Alternate Fast Operate Open Breaker",
    0xE6: "Alternate Fast Operate Close Breaker",
    0xE7: "Alternate Fast Operate Set Remote Bit",
    0xE8: "Alternate Fast Operate Clear Remote Bit",
    0xE9: "Alternate Fast Operate Pulse Remote Bit",
    FAST_RESET: "Fast Operate Reset",
}
SHORT_COMMANDS, ALTERNATE_COMMANDS = (REMOTE_BIT, BREAKER), (0xE5, 0xE6, 0xE7, 0xE8, 0xE9)

# Functions of Fast Messages; answers have the upper bit set as well.
ANSWER = 0x80
READ, WRITE, DESCRIPTION, FORMAT, LABELS = 0x10, 0x20, 0x30, 0x31, 0x33
FUNCTIONS = {
    0x00: ("Fast Message Configuration", Verb.READ),
    0x01: ("Enable Unsolicited Data", Verb.SUBSCRIBE),
    0x02: ("Disable Unsolicited Data", Verb.CONFIGURE),
    0x05: ("Ping", Verb.DIAGNOSE),
    READ: ("Read", Verb.READ),
    0x12: ("Generic Unsolicited Data", Verb.REPORT),
    0x16: ("SOE Present State", Verb.READ),
    0x18: ("Unsolicited Fast SER Data", Verb.REPORT),
    WRITE: ("Unsolicited Write", Verb.WRITE),
    0x21: ("Unsolicited Write Request", Verb.SUBSCRIBE),
    DESCRIPTION: ("Device Description", Verb.IDENTIFY),
    FORMAT: ("Data Format", Verb.READ),
    0x32: ("Unsolicited Data Format", Verb.REPORT),
    LABELS: ("Bit Label", Verb.READ),
    0x40: ("Management", Verb.UNKNOWN),
}
UNSOLICITED = (0x12, 0x18, WRITE, 0x32)  # nobody asked; 0x18 is confirmed by its answer
SWITCHES = (0x01, 0x02)  # name a function of which data are wanted, or no longer
WITH_RESULT = (0x81, 0x82, 0x98)  # their octet 10 is a result, not a sequence
RESULTS = {
    1: "function code not recognised",
    2: "function code disabled",
    3: "invalid data address",
    4: "bad data",
    5: "insufficient memory",
    6: "busy",
}

PROTOCOLS = {
    0: "SEL Fast Meter",
    1: "SEL Limited Multidrop",
    2: "Modbus",
    3: "SY/MAX",
    4: "SEL relay-to-relay",
    5: "DNP3",
    6: "SEL Mirrored Bits",
    7: "synchrophasors",
    8: "IEC 61850",
}
FAST_OPERATE_ENABLED = 0x01  # bit before the number of a protocol
