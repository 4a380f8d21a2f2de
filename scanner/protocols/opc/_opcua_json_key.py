"""Which bytes of an OPC UA message in JSON count: the names in it, and values that say what is touched and with what
outcome, never process values, times, handles or what is set.

JSON (RFC 8259), as a finite-state transducer reads it.
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.framing.language import State, Step, Transducer
from scanner.framing.spelling import letters_after

# Members whose values count: types, nodes, attributes, outcomes, and what applications and endpoints say of themselves.
TOLD = frozenset(
    (
        *(
            "TypeId",
            "UaTypeId",
            "Id",
            "Namespace",
            "NodeId",
            "ObjectId",
            "MethodId",
            "AttributeId",
            "PublishingEnabled",
        ),
        *("ServiceResult", "Code", "StatusCode", "Results", "EndpointUrl", "SessionName", "ApplicationUri"),
        *("ProductUri", "SecurityMode", "SecurityPolicyUri", "TokenType", "EncryptionAlgorithm"),
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


def _names(told: Iterable[str], *, take: bool) -> dict[str, State]:
    """Names, letter by letter, so that those that are told are known when they end."""
    known = frozenset(told)
    states = {}
    for start, letters in letters_after(known).items():
        steps = [(letter.encode(), Step(f"name {start}{letter}", take)) for letter in letters]
        ends = (b'"', Step("told name" if start in known else "object", take))
        other = (b"\\", Step("name, other, escaped", take))
        states[f"name {start}"] = State(Step("name, other", take), (*steps, ends, other))
    return states | _string("name, other", "object", take=take)


def _members(told: Iterable[str], *, take: bool) -> Transducer:
    """take: names are taken, too."""
    name = (b'"', Step("name ", take))
    ends = ((b",", Step("object", take)), (b"{}", Step("object", take)))
    return Transducer(
        0,
        {
            "object": State(_leave("object"), (name, (b":", _leave("value")))),
            "value": State(_leave("value"), ((b'"', _leave("text")), (b"[]", Step("object", take)), *ends)),
            **_string("text", "value", take=False),
            "told name": State(_leave("object"), ((b":", Step("told value")), (_SPACE, _leave("told name")), name)),
            # numbers of a list of outcomes are told, objects of one are read as such
            "told value": State(
                Step("told value"),
                (
                    (b'"', Step("told text")),
                    (_SPACE, _leave("told value")),
                    (b"[", Step("told list", take)),
                    (b"]", Step("object", take)),
                    *ends,
                ),
            ),
            "told list": State(
                Step("told list"),
                (
                    (b'"', _leave("text")),
                    (_SPACE, _leave("told list")),
                    (b"[]", Step("object", take)),
                    (b"{}", Step("object", take)),
                ),
            ),
            **_string("told text", "told value", take=True),
            **_names(told, take=take),
        },
    )


SAYS = _members(TOLD, take=True)
HANDLE = _members(("RequestHandle",), take=False)
