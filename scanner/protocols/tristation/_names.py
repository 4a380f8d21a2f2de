"""Packet types, commands, answers, reject codes and modules of TriStation, as the public dissector lists them."""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.protocols.base import Verb
from scanner.protocols.common.verb_table import verb_table
from scanner.wording import said

CONNECT, CONNECTED, DISCONNECTED, DISCONNECT, COMMAND, PING = range(1, 7)
TYPES = {
    CONNECT: "Connection request",
    CONNECTED: "Connection reply",
    DISCONNECTED: "Disconnect reply",
    DISCONNECT: "Disconnect request",
    COMMAND: "Execution command",
    PING: "Ping",
    7: "Connection limit reached",
    8: "Not connected",
    9: "MPs are dead",
    10: "Access denied",
    11: "Connection failed",
}
FAILURES = range(7, 12)

_DOWN, _UP, _CONF = Verb.PROGRAM_DOWNLOAD, Verb.PROGRAM_UPLOAD, Verb.CONFIGURE
COMMANDS = verb_table(__package__, "commands.tsv")
REJECTED = 100
# An answer has the verb of what it answers: of a download that only one side of the wire shows it is all there is.
ANSWERS = verb_table(__package__, "answers.tsv")
CP_STATUS, CHASSIS_STATUS, ATTACHED, VERSIONS = 108, 119, 106, 151
REJECTS = code_table(__package__, "rejects.tsv")
KEYS = {0: "Stop", 1: "Program", 2: "Run", 3: "Remote"}
STATES = {0: said("running"), 1: said("stopped"), 2: said("paused")}
# Main processors and communication modules; what I/O modules there are is not told.
MODULES = {
    255: "3008 Enhanced Main Processor",
    48: "4119 EICM",
    50: "6211 ICM",
    52: "4409 Safety Manager Module",
    55: "4329 NCM",
    56: "4609 ACM",
    57: "4351B TCM-B",
    58: "4352B TCM-B",
    59: "4353 TCM/OPC",
    60: "4354 TCM/OPC",
    84: "4351 TCM",
    85: "4352 TCM",
    86: "4351A TCM-A",
    87: "4352A TCM-A",
}
