"""What of a conversation a rule must see before it believes that something did not happen in it."""

from __future__ import annotations

import enum
from collections.abc import Collection


class Sees(enum.StrEnum):
    """A part of a conversation. The words stand in rules, under ``minimum: sees``."""

    REQUESTS = "requests"  # what clients sent
    ANSWERS = "answers"  # what servers sent
    HANDSHAKE = "handshake"  # how the connection was opened
    PAYLOAD = "payload"  # any payload: enough to tell the protocol
    CONNECTIONS = "connections"  # that there are any: those in an encrypted tunnel are not seen


_OUTCOMES = {"accepted", "refused", "unanswered", "unobserved", "refusals"}
_SERVERS = {"versions", "ciphers", "authenticated", "detail"}  # of sessions, said by the server as well
_FROM_PAYLOAD = {
    "flows": {"protocol", "protocols", "industrial", "secured"},
    "devices": {"roles", "serves", "protocols", "firmware", "model", "vendor", "serial", "order_number"},
}


def default_sees(table: str, columns: Collection[str]) -> frozenset[Sees]:
    """What a rule over this table must see to judge by these columns of it, when it does not say so itself."""
    used = {*columns}
    found: set[Sees] = set()
    match table:
        case "operations":
            found = {Sees.REQUESTS} | ({Sees.ANSWERS} if used & _OUTCOMES else set())
        case "sessions":
            if any(name.startswith("certificate_") for name in used):
                found = {Sees.ANSWERS, Sees.HANDSHAKE}
            elif used & _SERVERS:
                found = {Sees.REQUESTS, Sees.ANSWERS}
            else:
                found = {Sees.REQUESTS}
        case "malformed":
            found = {Sees.REQUESTS, Sees.ANSWERS}
        case "publications" | "state_changes":
            found = {Sees.REQUESTS}
        case "identities":
            found = {Sees.ANSWERS}
        case _:
            found = {Sees.PAYLOAD} if used & _FROM_PAYLOAD.get(table, set()) else set()
    return frozenset(found)
