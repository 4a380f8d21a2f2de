"""Which bytes of an OCPP message count: its kind, its action, the names in its payload, and values that say what is
touched, never measured values, times, identifiers of messages and transactions, or what is set.

JSON (RFC 8259), as a finite-state transducer reads it.
"""

from __future__ import annotations

from scanner.framing.language import State, Step, Transducer
from scanner.framing.spelling import letters_after

# Members whose values count: what an operation is about, and what a station says of itself.
TOLD = frozenset(
    (
        *("key", "name", "connectorId", "evseId", "type", "status", "requestedMessage", "operationalStatus"),
        *("vendorId", "messageId", "reportBase", "monitoringBase", "certificateType", "logType", "clear"),
        *("vendorName", "model", "serialNumber", "firmwareVersion", "chargePointVendor", "chargePointModel"),
        *("chargePointSerialNumber", "chargeBoxSerialNumber", "location", "remoteLocation", "ocppCsmsUrl"),
        *("securityProfile", "attributeStatus", "attributeType", "chargingProfilePurpose", "updateType"),
    )
)
_SPACE = b" \t\r\n"


def _leave(to: str) -> Step:
    return Step(to, take=False)


def _string(name: str, behind: str, *, take: bool) -> dict[str, State]:
    """The inside of a string."""
    return {
        name: State(Step(name, take), ((b'"', Step(behind, take)), (b"\\", Step(f"{name}, escaped", take)))),
        f"{name}, escaped": State(Step(name, take)),
    }


def _names() -> dict[str, State]:
    """Names, letter by letter, so that those of ``TOLD`` are known when they end; all of them are taken."""
    states = {}
    for start, letters in letters_after(TOLD).items():
        steps = [(letter.encode(), Step(f"name {start}{letter}")) for letter in letters]
        ends = (b'"', Step("told name" if start in TOLD else "payload"))
        states[f"name {start}"] = State(Step("name, other"), (*steps, ends, (b"\\", Step("name, other, escaped"))))
    return states | _string("name, other", "payload", take=True)


_NAME = (b'"', Step("name "))
_ENDS = ((b",", Step("payload")), (b"{[]}", Step("payload")))
_PAYLOAD = {
    "payload": State(_leave("payload"), (_NAME, (b":", _leave("value")))),
    "value": State(_leave("value"), ((b'"', _leave("text")), *_ENDS)),
    **_string("text", "value", take=False),
    "told name": State(_leave("payload"), ((b":", Step("told value")), (_SPACE, _leave("told name")), _NAME)),
    "told value": State(Step("told value"), ((b'"', Step("told text")), (_SPACE, _leave("told value")), *_ENDS)),
    **_string("told text", "told value", take=True),
    **_names(),
}
SAYS = Transducer(
    0,
    {
        "kind": State(Step("kind"), ((b",", Step("before identifier")),)),
        "before identifier": State(_leave("before identifier"), ((b'"', _leave("identifier")),)),
        **_string("identifier", "behind identifier", take=False),
        "behind identifier": State(_leave("behind identifier"), ((b'"', Step("action")), (b"{", Step("payload")))),
        **_string("action", "payload", take=True),
        **_PAYLOAD,
    },
)
# Of an error only its code counts, not what is said of it.
FAILS = Transducer(
    0,
    {
        "kind": State(Step("kind"), ((b",", Step("before identifier")),)),
        "before identifier": State(_leave("before identifier"), ((b'"', _leave("identifier")),)),
        **_string("identifier", "behind identifier", take=False),
        "behind identifier": State(_leave("behind identifier"), ((b'"', Step("code")),)),
        **_string("code", "rest", take=True),
        "rest": State(_leave("rest")),
    },
)
IDENTIFIER = Transducer(
    0,
    {
        "kind": State(_leave("kind"), ((b",", _leave("before identifier")),)),
        "before identifier": State(_leave("before identifier"), ((b'"', _leave("identifier")),)),
        **_string("identifier", "rest", take=True),
        "rest": State(_leave("rest")),
    },
)
