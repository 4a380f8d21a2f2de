"""Names of CIP: classes, general status, device types.

From the CIP Networks Library Volume 1 (chapter 5 and appendix B), Volume 2 (encapsulation status), Volumes 5, 7 and 8
(objects of safety, Modbus and security). Logix classes that Rockwell does not publish are those that the
traffic of its software and independent work agree on.
"""

from __future__ import annotations

from scanner.code_tables import code_table

CLASSES = code_table(__package__, "classes.tsv")

STATUS = code_table(__package__, "status_codes.tsv")
# Answers that carry what was asked for, or tell that more is to come or that parts of a list failed.
NO_REFUSAL = (0x00, 0x06, 0x0A, 0x1E)

ENCAPSULATION_STATUS = {
    0x01: "Invalid or unsupported command",
    0x02: "Insufficient memory",
    0x03: "Incorrect data",
    0x64: "Invalid session handle",
    0x65: "Invalid length",
    0x69: "Unsupported protocol revision",
    0x6A: "Encapsulated CIP service not allowed on this port",
}

DEVICE_TYPES = {
    0x02: "AC drive",
    0x03: "Motor overload",
    0x07: "General purpose discrete I/O",
    0x0C: "Communications adapter",
    0x0E: "Programmable logic controller",
    0x10: "Position controller",
    0x13: "DC drive",
    0x18: "Human-machine interface",
    0x1A: "Mass flow controller",
    0x1B: "Pneumatic valve",
    0x22: "Encoder",
    0x23: "Safety discrete I/O device",
    0x25: "CIP motion drive",
    0x2B: "Generic device",
    0x2C: "Managed switch",
    0x32: "ControlNet physical layer component",
}
