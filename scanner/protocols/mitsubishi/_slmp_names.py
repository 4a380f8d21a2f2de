"""SLMP and MC protocol names: commands with their verbs, device codes, end codes.

Mitsubishi Electric SH(NA)-080956ENG, SLMP Reference Manual (chapter 5 and appendix); SH(NA)-080008, MELSEC
Communication Protocol Reference Manual (chapters 5 to 12, end codes). CC-Link Partner Association BAP-C3002, SLMP
specification, for the commands of node search and parameters.
"""

from __future__ import annotations

from scanner.code_tables import rows_table
from scanner.protocols.base import Verb
from scanner.protocols.common.verb_table import verb_table
from scanner.wording import said

READ, WRITE, READ_RANDOM, WRITE_RANDOM = 0x0401, 0x1401, 0x0403, 0x1402
READ_BLOCK, WRITE_BLOCK, ENTRY_MONITOR = 0x0406, 0x1406, 0x0801
READ_LABELS, READ_ARRAY, WRITE_LABELS, WRITE_ARRAY = 0x041C, 0x041A, 0x141B, 0x141A
READ_MEMORY, WRITE_MEMORY, READ_UNIT, WRITE_UNIT = 0x0613, 0x1613, 0x0601, 0x1601
RUN, STOP, PAUSE, LATCH_CLEAR, RESET, TYPE_NAME = 0x1001, 0x1002, 0x1003, 0x1005, 0x1006, 0x0101
UNLOCK, LOCK, CLEAR_ERROR = 0x1630, 0x1631, 0x1617
OBJECT = 0x4020
OPEN_FILE = 0x1827
NAMED_FILES = (0x1810, 0x1811, 0x1820, 0x1822, 0x1824, 0x1825, 0x1826, OPEN_FILE)

COMMANDS = verb_table(__package__, "slmp_commands.tsv")
# Drives (MR-JE-C instruction manual, section 2.4): subcommand -> what is done with an object of CiA 402.
OBJECT_ACCESS = {1: ("SDO Upload", Verb.READ), 2: ("SDO Download", Verb.WRITE)}

# Device code in binary -> (device, its number is written in hexadecimal).
DEVICES = {
    int(code, 16): (device, how == "hexadecimal") for code, device, how in rows_table(__package__, "slmp_devices.tsv")
}
BITS = frozenset(
    (*("SM", "X", "Y", "M", "L", "F", "V", "B", "S", "SB", "DX", "DY"), *("TS", "TC", "LTS", "LTC", "STS", "STC"))
    + ("LSTS", "LSTC", "CS", "CC", "LCS", "LCC")
)
HEXADECIMAL = frozenset(name for name, is_hex in DEVICES.values() if is_hex)
# In ASCII frames (SH(NA)-080008, device codes): the retentive timer in two characters, which iQ-R writes in four; the
# number of ZR is hexadecimal, though programs write it in decimal.
SHORT = {"SS": "STS", "SC": "STC", "SN": "STN"}
HEXADECIMAL_TEXT = HEXADECIMAL | {"ZR"}

END_CODES = {
    0x0055: "Writing during RUN is not enabled",
    # Of the CPU itself (QCPU User's Manual SH(NA)-080483ENG, error codes returned to the source of a request)
    0x4010: "Request cannot be executed while the CPU runs",
    0x4013: "Request cannot be executed unless the CPU is in STOP",
    0x4030: "Device cannot be handled",
    0x4031: "Device number is out of range",
    0xC04D: "Data length of the application area is wrong",
    0xC050: "ASCII data that cannot be converted into binary",
    **dict.fromkeys(range(0xC051, 0xC055), "Number of points is out of range"),
    0xC055: "Number of points of file data is out of range",
    0xC056: "Request exceeds the maximum address",
    0xC057: "Length of request does not match its contents",
    0xC058: "Length of request does not match after conversion into binary",
    0xC059: "Command or subcommand is wrong",
    0xC05A: "Device cannot be read or written",
    0xC05B: "Device cannot be read or written",
    0xC05C: "Contents of request are wrong",
    0xC05D: "Monitor is not registered",
    0xC05E: "CPU monitoring timer exceeded",
    0xC05F: "Request cannot be executed by the target CPU",
    0xC060: "Contents of request are wrong for a bit device",
    0xC061: "Length of request does not match its contents",
    0xC0B5: "Data that the CPU cannot handle",
    0xCEE0: "Another request is being executed",
    0xCEE1: "Request is too long",
    0xCEE2: "Response would be too long",
    0xCF10: "Server does not exist",
    0xCF20: "Communication setting cannot be changed",
    0xCF30: "Parameter ID does not exist",
    0xCF31: "Parameter cannot be set",
}
REMOTE_PASSWORD = frozenset((*range(0xC200, 0xC206), *range(0xC810, 0xC817)))

RUN_MODES = {1: said("not forced"), 3: said("forced")}
CLEAR_MODES = {
    0: said("devices kept"),
    1: said("devices cleared except latch range"),
    2: said("devices cleared"),
}
