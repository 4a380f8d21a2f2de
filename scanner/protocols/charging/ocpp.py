"""OCPP 1.6 to 2.1 in JSON over WebSocket: what charging stations and their management systems ask of each other.

Written from Open Charge Alliance: OCPP-J 1.6 specification (section 4, message structure), OCPP 1.6 edition 2 (sections
4 to 6), "Improved security for OCPP 1.6-J" (security whitepaper edition 3, section 5), and parts 2 and 4 (section 4) of
OCPP 2.0.1 and 2.1. A message is an array: [2, identifier, action, payload] asks, [3, identifier, payload] answers, [4,
identifier, code, text, details] refuses; since 2.1 5 refuses an answer and 6 [6, identifier, action, payload] is not
answered. Both sides ask. The subprotocol (ocpp1.6, ocpp2.0.1 ...) and the log-in (HTTP Basic, security profile 1) are
in the HTTP header that comes before; a message is told by its form and its action, whatever was agreed upon.

What is set is not shown, nor are tokens of customers; of addresses only scheme and host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.code_tables import rows_table
from scanner.framing.language import Byte, Case, Framing, Role, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.charging._ocpp_key import FAILS, IDENTIFIER, SAYS
from scanner.protocols.common.probe import is_well_formed, once
from scanner.protocols.common.text import readable
from scanner.wording import Said, joined, said, verbatim

_NAME = "ocpp"
CALL, RESULT, ERROR, RESULT_ERROR, SEND = 2, 3, 4, 5, 6
_PARTS = {CALL: 4, RESULT: 3, ERROR: 5, RESULT_ERROR: 5, SEND: 4}
_KEPT = 16384  # bytes of a message
MOST_MESSAGES = 4096  # different ones of a conversation and side, should somebody vary names
_IDENTIFIER = re.compile(r"[\x20-\x7e]{1,255}")
_ACTION = re.compile(r"[A-Z][A-Za-z0-9]{2,49}")
_CODE = re.compile(r"[A-Z][A-Za-z]{3,49}")
_HEAD = re.compile(r'\s*\[\s*([2-6])\s*,\s*"((?:[^"\\]|\\.)*)"\s*,\s*(?:"((?:[^"\\]|\\.)*)"\s*,?\s*)?')
_MEMBER = re.compile(r'"(\w+)"\s*:\s*(?:"((?:[^"\\]|\\.){0,512})"|(-?\d+|true|false))')
_DEEPEST = 32  # objects within each other
_MOST_NAMED = 6  # keys of one message that are shown
_ADDRESSES = ("location", "remoteLocation", "ocppCsmsUrl")
_OBJECTS = ("requestedMessage", "certificateType", "chargingProfilePurpose", "reportBase", "monitoringBase")
_SETTING = {"ChangeConfiguration", "SetVariables", "SetNetworkProfile", "DataTransfer"}
# Statuses of answers that say that nothing was done (the enumerations of OCPP 1.6, section 7, and OCPP 2.1, part 2).
_REFUSING = frozenset(
    (
        *("Rejected", "Failed", "NotSupported", "NotImplemented", "UnknownVendorId", "UnknownMessageId"),
        *("UnlockFailed", "UnknownConnector", "OngoingAuthorizedTransaction", "Occupied", "Faulted", "Unavailable"),
        *("VersionMismatch", "Blocked", "Expired", "Invalid", "ConcurrentTx", "Unknown", "NoCredit", "NotFound"),
        *("NoFirmware", "DownloadOngoing", "InvalidCertificate", "RevokedCertificate", "NoTransaction"),
        *("UnknownComponent", "UnknownVariable", "NotSupportedAttributeType", "NotSupportedMessage"),
        *("NotAllowedTypeEVSE", "NotAtThisLocation", "NotAtThisTime"),
    )
)
_SECRETS = re.compile(r"(?i)authorizationkey|password|passphrase|privatekey|secret|\bpsk\b")
_CREDENTIALS = re.compile(r"(?i)^[a-z][a-z0-9+.-]*://[^/@\s]+@")
_HOST = re.compile(r"(?i)^([a-z][a-z0-9+.-]*)://(?:[^/@\s]*@)?([^/?#\s]+)")


@dataclass(frozen=True, slots=True)
class Action:
    """Who sends it ("station", "system" or "both"), in which versions it exists, what it does."""

    sender: str
    versions: frozenset[str]
    verb: Verb


ACTIONS = {
    name: Action(sender, frozenset(versions.split(",")), Verb(verb))
    for name, sender, versions, verb in rows_table(__package__, "ocpp_actions.tsv")
}


@dataclass(frozen=True, slots=True)
class _Call:
    """A message: its kind, the action of what asks, the code of what refuses, and the members of its payload by name,
    wherever they stand, each with its values in their order.
    """

    kind: int
    action: str
    members: Mapping[str, tuple[str, ...]]

    def first(self, *names: str) -> str:
        """The first value of the first of the members that is there."""
        return next((self.members[name][0] for name in names if self.members.get(name)), "")


@once
def _message(message: Message) -> _Call:
    text = message.data.decode("utf-8", "replace")
    head = _HEAD.match(text)
    if not head or not _IDENTIFIER.fullmatch(head[2]):
        raise Malformed("no array with a kind and an identifier")
    kind, word = int(head[1]), head[3] or ""
    if kind in (CALL, SEND) and not _ACTION.fullmatch(word):
        raise Malformed("a request without an action")
    if kind in (ERROR, RESULT_ERROR) and not _CODE.fullmatch(word):
        raise Malformed("a refusal without a code")
    if (kind == RESULT and head[3] is not None) or (kind != RESULT and head[3] is None):
        raise Malformed("something else behind the identifier than kind {n} has", n=kind)
    if len(message.data) == message.length:
        payload = _parts(text, kind)
        return _Call(kind, word, _members(payload))
    if not text[head.end() :].startswith("{") and kind not in (ERROR, RESULT_ERROR):
        raise Malformed("no payload")
    return _Call(kind, word, _seen(text[head.end() :]))


def _parts(text: str, kind: int) -> Any:
    """The payload, or what there is in place of one."""
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None
    wanted = _PARTS[kind]
    if not isinstance(parts, list) or len(parts) not in (wanted, wanted - (kind in (ERROR, RESULT_ERROR))):
        raise Malformed("kind {n} with another number of parts", n=kind)
    payload = parts[-1]
    if not isinstance(payload, dict) and kind not in (ERROR, RESULT_ERROR):
        raise Malformed("no payload")
    return payload


def _members(payload: Any) -> dict[str, tuple[str, ...]]:
    """Every member of the payload and of what is in it, in order."""
    found: dict[str, list[str]] = {}
    for name, value in _each(payload, "", 0):
        found.setdefault(name, []).append(str(value).lower() if isinstance(value, bool) else str(value))
    return {name: tuple(values) for name, values in found.items()}


def _each(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    """(name, value) of what is no list and no object; what is in a list has the list's name."""
    if depth > _DEEPEST:
        raise Malformed("objects within each other without end")
    if isinstance(value, dict):
        for inner, content in value.items():
            yield from _each(content, inner, depth + 1)
    elif isinstance(value, list):
        for content in value:
            yield from _each(content, name, depth + 1)
    elif value is not None:
        yield name, value


def _seen(text: str) -> dict[str, tuple[str, ...]]:
    """The members of a payload that is not there as a whole."""
    found: dict[str, list[str]] = {}
    for name, text_value, plain in _MEMBER.findall(text):
        found.setdefault(name, []).append(text_value or plain)
    return {name: tuple(values) for name, values in found.items()}


def probe(message: Message) -> bool:
    """The array has the parts of its kind, and an action is one of the specification or looks like one."""
    return message.transport == "tcp" and is_well_formed(_message, message)


def proof(message: Message) -> bool:
    """A request of the specification."""
    return _message(message).action in ACTIONS


def dissect(message: Message) -> Iterator[Row]:
    """What is asked for or answered; of a station that starts, what it is."""
    call = _message(message)
    yield _operation(call)
    yield Session(version=_version(call), encrypted=False, credentials="password" if _tells_secret(call) else "")
    if call.kind == CALL and call.action == "BootNotification":
        yield from _station(call)


def _operation(call: _Call) -> Operation:
    code = str(call.kind)
    if call.kind in (ERROR, RESULT_ERROR):
        name = "CALLERROR" if call.kind == ERROR else "CALLRESULTERROR"
        return Operation(Verb.UNKNOWN, name, Kind.REFUSAL, code, refusal=call.action, filter="websocket")
    if call.kind == RESULT:
        refusal = _refusal(call)
        kind = Kind.REFUSAL if refusal else Kind.RESPONSE
        return Operation(Verb.UNKNOWN, "CALLRESULT", kind, code, refusal=refusal, filter="websocket")
    known = ACTIONS.get(call.action)
    verb = known.verb if known else Verb.UNKNOWN
    if call.action == "CustomerInformation" and call.first("clear") == "true":
        verb = Verb.CONFIGURE
    kind = Kind.REQUEST if call.kind == CALL else Kind.UNCONFIRMED
    connector, told = call.first("connectorId", "evseId"), known is None or known.sender != "station"
    return Operation(
        verb,
        call.action,
        kind,
        code,
        unit=said("connector {n}", n=_shown(connector)) if connector else "",
        object=_object(call) if told else "",
        detail=joined(_details(call)) if told else "",
        filter=_filter(call.action),
    )


def _filter(text: str) -> str:
    return f'websocket && data-text-lines contains "{text}"'


def _refusal(call: _Call) -> str:
    """What refuses, where nothing of what was asked for is accepted."""
    statuses = (*call.members.get("status", ())[:1], *call.members.get("attributeStatus", ()))
    refused = [status for status in statuses if status in _REFUSING]
    return refused[0] if refused and len(refused) == len(statuses) else ""


def _object(call: _Call) -> str:
    """What is touched: configuration keys, variables of components, a vendor's message, or where files are."""
    keys = call.members.get("key", ())
    names = call.members.get("name", ())
    if "Variable" in call.action and len(names) > 1:
        keys = tuple(f"{part}.{variable}" for part, variable in zip(names[::2], names[1::2], strict=False))
    if keys:
        return ", ".join(map(_shown, keys[:_MOST_NAMED])) + (" \N{HORIZONTAL ELLIPSIS}" if keys[_MOST_NAMED:] else "")
    if call.action == "DataTransfer":
        return " ".join(filter(None, (_shown(call.first("vendorId")), _shown(call.first("messageId")))))
    host = _HOST.match(call.first("location", "remoteLocation", "ocppCsmsUrl"))
    if host:
        return _shown(f"{host[1]}://{host[2]}")
    return _shown(call.first(*_OBJECTS))


def _details(call: _Call) -> Iterator[str | Said]:
    """In which way."""
    for name in ("type", "operationalStatus", "logType", "updateType"):
        if value := call.first(name):
            yield verbatim(_shown(value))
    if call.first("clear") == "true":
        yield said("deletes what it tells")
    profile = call.first("securityProfile")
    if profile:
        yield said("security profile {n}", n=_shown(profile))


def _shown(value: str) -> str:
    return readable(value.encode("utf-8", "replace"), 60)


def _tells_secret(call: _Call) -> bool:
    """A password or key is set, or is part of an address (OCPP 1.6 configuration key AuthorizationKey, variable
    BasicAuthPassword of OCPP 2).
    """
    if any(_CREDENTIALS.match(v) for n in _ADDRESSES for v in call.members.get(n, ())):
        return True
    if call.kind != CALL or call.action not in _SETTING:
        return False
    named = (*call.members.get("key", ()), *call.members.get("name", ()), *call.members)
    return any(_SECRETS.search(name) for name in named)


def _version(call: _Call) -> str:
    """As far as the action, or what a station says of itself, tells it."""
    known = ACTIONS.get(call.action) if call.kind in (CALL, SEND) else None
    versions = known.versions if known else frozenset()
    if call.action == "BootNotification":
        versions = frozenset("1") if call.first("chargePointVendor") else frozenset("2")
    if call.kind in (RESULT_ERROR, SEND) or versions == {"2.1"}:
        return "OCPP 2.1"
    return "" if len(versions) == 3 or not versions else "OCPP 1.x" if "1" in versions else "OCPP 2.x"


def _station(call: _Call) -> Iterator[Identity]:
    """What a station says of itself when it starts."""
    for field, names in (
        ("vendor", ("chargePointVendor", "vendorName")),
        ("model", ("chargePointModel", "model")),
        ("serial", ("chargePointSerialNumber", "chargeBoxSerialNumber", "serialNumber")),
        ("firmware", ("firmwareVersion",)),
    ):
        if value := _shown(call.first(*names)):
            yield Identity(field, value)


PROTOCOL = Protocol(
    name=_NAME,
    title="OCPP (charging stations)",
    short="OCPP",
    framing=Framing(
        _NAME,
        Whole(),
        (
            Byte(0, b"["),
            Byte(1, b"23456 \t\r\n"),
            Byte(2, b", 23456\t\r\n"),
            Byte(3, b'" ,23456\t\r\n'),
            Byte(-1, b"] \t\r\n"),
        ),
        {"websocket": ()},
        confirmations=1,
    ),
    cases=tuple(
        Case(_NAME, (*blank, Byte(at, str(kind).encode())), (says,), role, (IDENTIFIER,), _KEPT, most=MOST_MESSAGES)
        for at, blank in ((1, ()), (2, (Byte(1, b" "),)))
        for kind, says, role in (
            (CALL, SAYS, Role.ASKS),
            (RESULT, SAYS, Role.ANSWERS),
            (ERROR, FAILS, Role.ANSWERS),
            (RESULT_ERROR, FAILS, Role.NOTICE),
            (SEND, SAYS, Role.NOTICE),
        )
    )
    + (Case(_NAME, (), (SAYS,), Role.NOTICE, keep=_KEPT, most=MOST_MESSAGES),),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.UNKNOWN, *(action.verb for action in ACTIONS.values())}),
    specification="OCPP-J 1.6, section 4; OCPP 1.6 edition 2, sections 4 to 6, with its security whitepaper, section "
    "5; OCPP 2.0.1 and 2.1, part 2 (messages) and part 4, section 4",
    display_filter="websocket",
)
