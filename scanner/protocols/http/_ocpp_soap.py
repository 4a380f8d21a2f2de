"""OCPP over SOAP (1.2, 1.5 and 1.6S): which action a request asks of a charging station or of its management system.

Written from Open Charge Alliance: OCPP 1.5 section 7 and OCPP-S 1.6 section 4 (SOAP 1.2 over HTTP, WS-Addressing). An
element in one of the namespaces of OCPP is the request; its name is that of the action. Both sides are servers of HTTP.
"""

from __future__ import annotations

import re

from scanner.protocols.base import Verb
from scanner.protocols.charging.ocpp import ACTIONS

_VERSIONS = {b"2010/08": "OCPP 1.2", b"2012/06": "OCPP 1.5", b"2015/10": "OCPP 1.6"}
_NAMESPACE = re.compile(rb"urn://Ocpp/C[sp]/(\d{4}/\d{2})/?[\"']")
_REQUEST = re.compile(rb"<(?:[\w.-]{1,32}:)?([a-z]\w{2,49})Request[\s>/]")


def asked(body: bytes) -> tuple[str, str, Verb] | None:
    """(version, action, verb) of a request in SOAP; None of any other body."""
    space = _NAMESPACE.search(body)
    named = _REQUEST.search(body) if space else None
    if not space or not named:
        return None
    action = named[1][:1].upper().decode() + named[1][1:].decode("ascii", "replace")
    known = ACTIONS.get(action)
    return _VERSIONS.get(space[1], "OCPP"), action, known.verb if known else Verb.UNKNOWN


VERBS = frozenset({Verb.UNKNOWN, *(action.verb for action in ACTIONS.values())})
