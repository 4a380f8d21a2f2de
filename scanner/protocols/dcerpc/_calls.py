"""What connectionless and connection-oriented DCE/RPC have in common: byte order, UUIDs, PDU types, authentication,
reasons for refusals.

Written from The Open Group C706 (DCE 1.1: Remote Procedure Call) chapters 12 (PDU encodings) and 14 (NDR), appendix E
(reject status codes), and [MS-RPCE] sections 2.2.1.1.7 (security providers) and 2.2.1.1.8 (authentication levels).
"""

from __future__ import annotations

from dataclasses import dataclass

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

STATUS = {
    0x00000001: "nca_s_fault_other",
    0x00000005: "nca_s_fault_access_denied",
    0x000006D8: "nca_s_fault_cant_perform",
    0x000006F7: "nca_s_fault_ndr",
    0x00000721: "nca_s_fault_sec_pkg_error",
    0x1C000001: "nca_s_fault_int_div_by_zero",
    0x1C000002: "nca_s_fault_addr_error",
    0x1C000006: "nca_s_fault_invalid_tag",
    0x1C000007: "nca_s_fault_invalid_bound",
    0x1C000008: "nca_rpc_version_mismatch",
    0x1C000009: "nca_unspec_reject",
    0x1C00000A: "nca_s_bad_actid",
    0x1C00000B: "nca_who_are_you_failed",
    0x1C00000C: "nca_manager_not_entered",
    0x1C00000D: "nca_s_fault_cancel",
    0x1C00000E: "nca_s_fault_ill_inst",
    0x1C000010: "nca_s_fault_int_overflow",
    0x1C00001A: "nca_s_fault_context_mismatch",
    0x1C00001B: "nca_s_fault_remote_no_memory",
    0x1C00001C: "nca_invalid_pres_context_id",
    0x1C00001D: "nca_unsupported_authn_level",
    0x1C00001F: "nca_invalid_checksum",
    0x1C000020: "nca_invalid_crc",
    0x1C000021: "nca_s_fault_user_defined",
    0x1C000024: "nca_s_fault_object_not_found",
    0x1C000025: "nca_s_fault_no_client_stub",
    0x1C010002: "nca_op_rng_error",
    0x1C010003: "nca_unk_if",
    0x1C010006: "nca_wrong_boot_time",
    0x1C010009: "nca_s_you_crashed",
    0x1C01000B: "nca_proto_error",
    0x1C010013: "nca_out_args_too_big",
    0x1C010014: "nca_server_too_busy",
    0x1C010017: "nca_unsupported_type",
    0x80004001: "E_NOTIMPL",
    0x80004002: "E_NOINTERFACE",
    0x80004003: "E_POINTER",
    0x80004004: "E_ABORT",
    0x80004005: "E_FAIL",
    0x8000FFFF: "E_UNEXPECTED",
    0x80010105: "RPC_E_SERVERFAULT",
    0x80010108: "RPC_E_DISCONNECTED",
    0x80010113: "RPC_E_INVALID_IPID",
    0x8001011F: "RPC_E_TIMEOUT",
    0x80070005: "E_ACCESSDENIED",
    0x8007000E: "E_OUTOFMEMORY",
    0x80070057: "E_INVALIDARG",
    0x800706D1: "RPC_S_PROCNUM_OUT_OF_RANGE",
    0x80070776: "OR_INVALID_OXID",
}


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
