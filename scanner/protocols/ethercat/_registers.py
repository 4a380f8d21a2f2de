"""EtherCAT commands, the registers of a slave controller and what touching them means.

Written from IEC 61158-4-12 (ETG.1000.4) sections 5.4 (commands) and 6 (registers), ETG.1000.6 table 11 (AL status
codes), and the register tables of the ET1100 data sheet, section II.
"""

from __future__ import annotations

from typing import NamedTuple

from scanner.code_tables import code_table
from scanner.protocols.base import Verb
from scanner.wording import joined, said, verbatim

NOP, APRD, APWR, APRW, FPRD, FPWR, FPRW, BRD, BWR, BRW, LRD, LWR, LRW, ARMW, FRMW = range(15)
COMMANDS = {
    NOP: ("NOP", "No Operation"),
    APRD: ("APRD", "Auto Increment Physical Read"),
    APWR: ("APWR", "Auto Increment Physical Write"),
    APRW: ("APRW", "Auto Increment Physical Read Write"),
    FPRD: ("FPRD", "Configured Address Physical Read"),
    FPWR: ("FPWR", "Configured Address Physical Write"),
    FPRW: ("FPRW", "Configured Address Physical Read Write"),
    BRD: ("BRD", "Broadcast Read"),
    BWR: ("BWR", "Broadcast Write"),
    BRW: ("BRW", "Broadcast Read Write"),
    LRD: ("LRD", "Logical Memory Read"),
    LWR: ("LWR", "Logical Memory Write"),
    LRW: ("LRW", "Logical Memory Read Write"),
    ARMW: ("ARMW", "Auto Increment Physical Read Multiple Write"),
    FRMW: ("FRMW", "Configured Address Physical Read Multiple Write"),
}
BY_POSITION = frozenset({APRD, APWR, APRW, ARMW})
BROADCAST = frozenset({BRD, BWR, BRW})
LOGICAL = frozenset({LRD, LWR, LRW})
READS = frozenset({APRD, FPRD, BRD, LRD})

MEMORY = 0x1000  # process data RAM and mailboxes begin here
AL_CONTROL, AL_STATUS, AL_STATUS_CODE = 0x0120, 0x0130, 0x0134
SII_ACCESS, SII_CONTROL, SII_END = 0x0500, 0x0502, 0x0510


class Area(NamedTuple):
    """Registers ``first`` to ``last``: the name, what writing them does, the size of one of several units (FMMU)."""

    first: int
    last: int
    name: str
    write: Verb
    unit: int = 0
    read: Verb = Verb.READ


AREAS = (
    Area(0x0000, 0x000F, "ESC information", Verb.CONFIGURE, read=Verb.IDENTIFY),
    Area(0x0010, 0x0011, "configured station address", Verb.CONFIGURE),
    Area(0x0012, 0x0013, "configured station alias", Verb.CONFIGURE),
    Area(0x0020, 0x0031, "write protection", Verb.CONFIGURE),
    Area(0x0040, 0x0041, "ESC reset", Verb.RESTART),
    Area(0x0100, 0x0103, "DL control", Verb.CONFIGURE),
    Area(0x0108, 0x0109, "physical read/write offset", Verb.CONFIGURE),
    Area(0x0110, 0x0111, "DL status", Verb.CONFIGURE, read=Verb.DIAGNOSE),
    Area(0x0120, 0x0121, "AL control", Verb.MODE_CHANGE),
    Area(0x0130, 0x0135, "AL status", Verb.MODE_CHANGE, read=Verb.DIAGNOSE),
    Area(0x0138, 0x0139, "RUN and ERR LED override", Verb.CONFIGURE),
    Area(0x0140, 0x0153, "PDI control and configuration", Verb.CONFIGURE),
    Area(0x0200, 0x0207, "event masks", Verb.CONFIGURE),
    Area(0x0210, 0x0223, "event requests", Verb.CONFIGURE),
    Area(0x0300, 0x0313, "error counters", Verb.DIAGNOSE, read=Verb.DIAGNOSE),
    Area(0x0400, 0x0421, "watchdog times", Verb.CONFIGURE),
    Area(0x0440, 0x0443, "watchdog status", Verb.DIAGNOSE, read=Verb.DIAGNOSE),
    Area(0x0500, 0x050F, "SII EEPROM interface", Verb.CONFIGURE),
    Area(0x0510, 0x051B, "MII management", Verb.CONFIGURE),
    Area(0x0600, 0x06FF, "FMMU", Verb.CONFIGURE, unit=16),
    Area(0x0800, 0x087F, "SyncManager", Verb.CONFIGURE, unit=8),
    Area(0x0900, 0x0943, "distributed clock", Verb.TIME_SYNC, read=Verb.TIME_SYNC),
    Area(0x0980, 0x09FF, "distributed clock SYNC and LATCH", Verb.CONFIGURE),
    Area(0x0E00, 0x0EFF, "ESC specific", Verb.CONFIGURE, read=Verb.IDENTIFY),
    Area(0x0F00, 0x0F03, "digital outputs", Verb.OPERATE),
    Area(0x0F10, 0x0F17, "general purpose outputs", Verb.OPERATE),
    Area(0x0F18, 0x0F1F, "general purpose inputs", Verb.WRITE),
    Area(0x0F80, 0x0FFF, "user RAM", Verb.WRITE),
)
_UNKNOWN = Area(0, 0xFFF, "register", Verb.CONFIGURE)


def area_of(address: int) -> Area:
    """The area that an address below MEMORY belongs to."""
    return next((a for a in AREAS if a.first <= address <= a.last), _UNKNOWN)


def area_name(area: Area, address: int, length: int) -> str:
    """``FMMU 2 (0x0620)``, ``SyncManager 0-3 (0x0800)``, ``DL control (0x0100)``."""
    name = area.name
    if area.unit:
        first = (address - area.first) // area.unit
        last = (min(area.last, address + max(length, 1) - 1) - area.first) // area.unit
        name += f" {first}" if first == last else f" {first}-{last}"
    return f"{name} (0x{address:04X})"


_STATES = {1: "INIT", 2: "PREOP", 3: "BOOT", 4: "SAFEOP", 8: "OP"}
_ERROR, _IDENTIFICATION = 0x10, 0x20

AL_STATUS_CODES = code_table(__package__, "al_status_codes.tsv")


def requested_state(control: int) -> str:
    """The state that an AL control word asks for."""
    known = _STATES.get(control & 0x0F)
    state = verbatim(known) if known else said("state {n}", n=control & 0x0F)
    return joined((state, said("error acknowledge") if control & _ERROR else ""))


def reported_state(status: int, code: int | None) -> str:
    """The state that an AL status word reports, with the status code when it was read and an error is indicated.

    What a broadcast read returns is the OR over all slaves, so that several states may be in it.
    """
    low = status & 0x0F
    states = _STATES.get(low) or "+".join(n for bit, n in _STATES.items() if bit != 3 and low & bit)
    state = verbatim(states) or said("no state")
    if not status & _ERROR:
        return state
    if not code:
        return joined((state, said("error")))
    return joined((state, said("error {name}", name=f"0x{code:04X} {AL_STATUS_CODES.get(code, '')}".rstrip())))


_SII_COMMANDS = {1: ("read", Verb.READ), 2: ("write", Verb.CONFIGURE), 4: ("reload", Verb.CONFIGURE)}
_SII_SAID = {
    "read": ("SII EEPROM read", "SII EEPROM read word {word}", "SII EEPROM read word {word} ({what})"),
    "write": ("SII EEPROM write", "SII EEPROM write word {word}", "SII EEPROM write word {word} ({what})"),
    "reload": ("SII EEPROM reload", "", ""),
}
_SII_WORDS = {0x04: "station alias", 0x08: "vendor ID", 0x0A: "product code", 0x0C: "revision", 0x0E: "serial number"}


def sii_command(register: int, data: bytes) -> tuple[str, Verb] | None:
    """(what, verb) of a write that starts an EEPROM access at register 0x0502; None when it starts none."""
    at = SII_CONTROL - register
    if at < 0 or len(data) < at + 2:
        return None
    what, verb = _SII_COMMANDS.get(data[at + 1] & 0x07, ("", Verb.CONFIGURE))
    if not what:
        return None
    whole, of_word, of_known_word = _SII_SAID[what]
    if what == "reload" or len(data) < at + 6:
        return said(whole), verb
    address = int.from_bytes(data[at + 2 : at + 6], "little")
    name = _SII_WORDS.get(address, "")
    word = f"0x{address:04X}"
    return said(of_known_word, word=word, what=said(name)) if name else said(of_word, word=word), verb


# ETG vendor identifiers of common makers.
VENDORS = {
    0x00000002: "Beckhoff",
    0x00000014: "KEB Automation",
    0x00000016: "KEBA",
    0x0000001B: "HMS Industrial Networks",
    0x0000001D: "Festo",
    0x00000021: "WAGO",
    0x00000024: "Bosch Rexroth",
    0x0000003B: "Lenze",
    0x00000044: "Hilscher",
    0x00000059: "SEW-EURODRIVE",
    0x0000006A: "Kollmorgen",
    0x00000083: "Omron",
    0x00000084: "Phoenix Contact",
    0x0000009A: "Elmo Motion Control",
    0x0000009C: "Turck",
    0x000000AB: "Copley Controls",
    0x000000AD: "Pepperl+Fuchs",
    0x000000B7: "ABB",
    0x000000FB: "maxon",
    0x00000114: "SMC",
    0x000001C7: "Eaton",
    0x000001DD: "Delta Electronics",
    0x0000026C: "Nanotec",
    0x00000286: "TRINAMIC",
    0x00000569: "KUNBUS",
}


def vendor_name(number: int) -> str:
    """The maker that an ETG vendor identifier belongs to."""
    return VENDORS.get(number, f"ETG vendor 0x{number:08X}")
