"""What connectionless and connection-oriented DCE/RPC have in common: byte order, UUIDs, PDU types, authentication,
reasons for refusals.

Written from The Open Group C706 (DCE 1.1: Remote Procedure Call) chapters 12 (PDU encodings) and 14 (NDR), appendix E
(reject status codes), and [MS-RPCE] sections 2.2.1.1.7 (security providers) and 2.2.1.1.8 (authentication levels).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.code_tables import code_table

REQUEST, PING, RESPONSE, FAULT, WORKING, NOCALL, REJECT, ACK, CANCEL, FACK, CANCEL_ACK = range(11)
BIND, BIND_ACK, BIND_NAK, ALTER, ALTER_ACK, AUTH3, SHUTDOWN, CO_CANCEL, ORPHANED = range(11, 20)

PDU_TYPES = {
    REQUEST: "Request",
    PING: "Ping",
    RESPONSE: "Response",
    FAULT: "Fault",
    WORKING: "Working",
    NOCALL: "Nocall",
    REJECT: "Reject",
    ACK: "Ack",
    CANCEL: "Cancel",
    FACK: "Fragment acknowledgement",
    CANCEL_ACK: "Cancel acknowledgement",
    BIND: "Bind",
    BIND_ACK: "Bind",
    BIND_NAK: "Bind",
    ALTER: "Alter context",
    ALTER_ACK: "Alter context",
    AUTH3: "Authentication, third leg",
    SHUTDOWN: "Shutdown",
    CO_CANCEL: "Cancel",
    ORPHANED: "Orphaned",
}

AUTHENTICATION = {
    0: "no authentication",
    1: "Kerberos",
    9: "SPNEGO",
    10: "NTLM",
    14: "SChannel",
    16: "Kerberos",
    17: "DPA",
    18: "MSN",
    21: "digest",
    68: "Netlogon secure channel",
    100: "MSMQ",
}
NO_LEVEL, CONNECT, CALL, PACKET, INTEGRITY, PRIVACY = range(1, 7)
LEVELS = {
    0: "default",
    NO_LEVEL: "none",
    CONNECT: "connect",
    CALL: "call",
    PACKET: "packet",
    INTEGRITY: "packet integrity",
    PRIVACY: "packet privacy",
}

STATUS = code_table(__package__, "status_codes.tsv")


def status_text(status: int) -> str:
    """The reason of a reject or fault: its symbol and number."""
    return f"{STATUS.get(status, 'status')} (0x{status:08X})"


@dataclass(frozen=True, slots=True)
class Order:
    """The integer byte order that a PDU's data representation announces."""

    little: bool

    def number(self, data: bytes, at: int, width: int = 4) -> int:
        """An unsigned number; bytes that are not there count as zero."""
        return int.from_bytes(data[at : at + width].ljust(width, b"\0"), "little" if self.little else "big")

    def uuid(self, data: bytes, at: int) -> str:
        """A UUID as text; empty when it is cut short."""
        raw = data[at : at + 16]
        if len(raw) < 16:
            return ""
        if self.little:
            raw = raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]
        text = raw.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def order_of(drep: int) -> Order | None:
    """From the first byte of a data representation; None when it is none (C706 section 14.1)."""
    if drep & 0x0F > 1 or drep >> 4 > 1:
        return None
    return Order(little=drep >> 4 == 1)
