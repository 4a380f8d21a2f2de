"""Foundation Fieldbus HSE: services and their verbs, query types, errors (FF-588, sections 6.3 to 6.5)."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.code_tables import rows_table
from scanner.protocols.base import Verb

FDA, SM, FMS, LAN = 1, 2, 3, 4
REQUEST, RESPONSE, ERROR = 0, 1, 2
CONFIRMED = 0x80


@dataclass(frozen=True)
class Service:
    """``asks``, ``answers``: how many octets of a request and of a response say what is meant, as (from, to) pairs.

    touches: what the index at the beginning of a request is the index of; empty: there is none.
    """

    name: str
    verb: Verb
    asks: tuple[tuple[int, int], ...] = ()
    answers: tuple[tuple[int, int], ...] = ()
    touches: str = ""


def _octets(text: str) -> tuple[tuple[int, int], ...]:
    """``0:2, 8:40``."""
    pairs = (pair.split(":") for pair in text.split(", ") if pair)
    return tuple((int(start), int(end)) for start, end in pairs)


_PROTOCOLS = {"FDA": FDA, "SM": SM, "FMS": FMS, "LAN": LAN}
# (protocol, octet of the service) -> the service
SERVICES = {
    (_PROTOCOLS[protocol], int(octet, 0)): Service(name, Verb(verb), _octets(asks), _octets(answers), touches)
    for protocol, octet, name, verb, asks, answers, touches in rows_table(__package__, "services.tsv")
}
INITIATE = (FMS, CONFIRMED | 96)
# A device asks the host for the segments of a download, and says when it has them all.
ASKED_BY_DEVICE = ((FMS, CONFIRMED | 10), (FMS, CONFIRMED | 11))
WITH_SUBINDEX = ((FMS, CONFIRMED | 82), (FMS, CONFIRMED | 83), (FMS, 16), (FMS, 18))
# Errors of these begin with a state or an index of four octets.
LATE_ERRORS = tuple((FMS, CONFIRMED | service) for service in (19, 20, 21, 22, 30))

QUERIES = {
    0: "PD tag of a primary device",
    1: "VFD tag",
    2: "function block tag",
    3: "element identifier",
    4: "PD tag or VFD reference",
    5: "device index",
    6: "PD tag of a redundant device",
}
CONNECTIONS = {1: "VCR selector", 2: "NMA access", 3: "FBAP access"}
DEVICES = {0x80: "linking device", 0x40: "I/O gateway", 0x20: "HSE field device", 0x10: "H1 device"}
H1_DEVICE = 0x10

ERROR_CLASSES = {
    1: "VFD state",
    2: "application reference",
    3: "definition",
    4: "resource",
    5: "service",
    6: "access",
    7: "object dictionary",
    8: "other",
    9: "reject",
    10: "H1 system management",
    11: "FMS initiate",
}
ERRORS = {(int(group), int(code)): name for group, code, name in rows_table(__package__, "errors.tsv")}
