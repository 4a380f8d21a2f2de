"""NTLM inside other protocols: which version of it a log-in uses.

Written from [MS-NLMP] sections 2.2.1 (messages) and 2.2.2 (responses). Nothing of names, domains and responses is told.
"""

from __future__ import annotations

SIGNATURE = b"NTLMSSP\0"
HEAD = 28  # bytes of an AUTHENTICATE_MESSAGE up to the lengths of its responses
_AUTHENTICATE = b"\3\0\0\0"
_RESPONSE_1 = 24  # bytes of a response of version 1, whatever else was agreed


def level(data: bytes) -> str:
    """``NTLMv1``, ``NTLMv2``, or ``anonymous`` for a log-in without an account; empty where nobody logs in."""
    at = data.find(SIGNATURE + _AUTHENTICATE)
    if at < 0 or len(data) < at + HEAD:
        return ""
    return level_of(*(int.from_bytes(data[at + offset : at + offset + 2], "little") for offset in (12, 20)))


def level_of(lan_manager: int, modern: int) -> str:
    """By the lengths of the two responses in bytes."""
    if modern > _RESPONSE_1:
        return "NTLMv2"
    if modern or lan_manager > 1:
        return "NTLMv1"
    return "anonymous"
