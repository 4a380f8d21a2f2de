"""What is common to the messages between subscriber and core of both generations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network

from scanner.protocols.base import Kind, Operation, Row, Session, Verb
from scanner.wording import said

VERBS = frozenset({Verb.AUTHENTICATE, Verb.SESSION, Verb.REPORT, Verb.UNKNOWN})
_OPERATOR = re.compile(r"\.mnc\d{2,3}\.mcc\d{3}\.gprs$")
CIPHERED = "NAS message marked as ciphered"


@dataclass(frozen=True)
class Layer:
    """One of the protocols of a generation. cause: how its causes are called; field: tshark's name of the type."""

    names: Mapping[int, str]
    verbs: Mapping[int, Verb]
    refusals: frozenset[int]
    cause: str
    field: str

    def operation(self, kind: int, body: bytes, object_: str = "", detail: str = "") -> Operation:
        """The row of a message, whose type is followed by ``body``."""
        refused = kind in self.refusals
        reason = f"{self.cause} {body[0]}" if body else self.names[kind]
        return Operation(
            verb=self.verbs.get(kind, Verb.SESSION),
            function=self.names[kind],
            kind=Kind.REFUSAL if refused else Kind.NOTICE,
            code=f"0x{kind:02x}",
            object=object_,
            detail=detail,
            refusal=reason if refused else "",
            filter=f"{self.field} == 0x{kind:02x}",
        )


def chosen(ciphering: str, integrity: str, *, null: bool) -> Iterator[Row]:
    """The algorithms of a security mode command. A connection of a base station has those of all its subscribers."""
    yield Session(cipher=ciphering, encrypted=False if null else None)
    yield Session(cipher=integrity)


def ciphered(field: str, header: int) -> Operation:
    """What was said is hidden."""
    return Operation(Verb.UNKNOWN, CIPHERED, Kind.NOTICE, filter=f"{field} == {header}")


def readable(ciphering: str) -> Session:
    """Said to be ciphered, and is what it would be in clear: the null algorithm."""
    return Session(cipher=ciphering, encrypted=False, detail=said("NAS messages marked as ciphered are in clear"))


def supported(algorithms: str) -> str:
    """The algorithms that the network says the subscriber's device has."""
    return said("device supports {algorithms}", algorithms=algorithms)


def slice_name(octets: bytes) -> str:
    """An S-NSSAI (3GPP TS 24.501, section 9.11.2.8): ``1`` or ``1-00000a``; empty when there is none."""
    if len(octets) in (1, 2):
        return str(octets[0])
    return f"{octets[0]}-{octets[1:4].hex()}" if len(octets) >= 4 else ""


def data_network(octets: bytes) -> str:
    """The name in one form: lower case, without the operator behind it (TS 23.003, section 9)."""
    return _OPERATOR.sub("", network_name(octets).lower())


def slice_key(octets: bytes) -> str:
    """An S-NSSAI in one form: of all ones is no differentiator (TS 23.003, section 28.4.2)."""
    return slice_name(octets[:1] if octets[1:4] == b"\xff\xff\xff" else octets)


def ipv4(octets: bytes) -> tuple[str, ...]:
    """The address at the start; none when it is not there, or not given yet."""
    return (str(IPv4Address(octets[:4])),) if len(octets) >= 4 and any(octets[:4]) else ()


def ipv6(octets: bytes, bits: int = 64) -> tuple[str, ...]:
    """The prefix, of so many bits, of the address at the start; none when it is not there, or not given yet."""
    if len(octets) < 16 or not any(octets[:8]):
        return ()
    return (str(IPv6Network((octets[:16], bits), strict=False).network_address),)


def network_name(octets: bytes) -> str:
    """A data network or access point name in its labels: ``internet``; empty when it is none."""
    labels, at = [], 0
    while at < len(octets):
        label = octets[at + 1 : at + 1 + octets[at]]
        if not label or len(label) < octets[at] or not label.replace(b"-", b"").isalnum():
            return ""
        labels.append(label.decode("ascii"))
        at += 1 + octets[at]
    return ".".join(labels)
