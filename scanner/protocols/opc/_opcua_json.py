"""OPC UA in JSON over WebSocket (subprotocol opcua+uajson): services as objects of JSON, a message each.

Written from OPC 10000-6, sections 5.4 (JSON encoding; 5.4.9: a message is an object with its type and its body) and
7.5.2 (WebSocket), in the forms of version 1.04 (``TypeId`` and ``Body``, nodes as objects) and 1.05 (``UaTypeId``, with
the members beside it, nodes as texts). The type may be that of the structure, or of its encoding in JSON, XML or
binary. There is no secure channel: what protects it is TLS around it, or nothing.

No value is shown, nor what is in the token of a user.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from scanner.framing.language import Byte, Case, Framing, Size, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Row, Session, Verb
from scanner.protocols.common.probe import once
from scanner.protocols.common.text import readable
from scanner.protocols.opc._opcua_json_key import HANDLE, SAYS
from scanner.protocols.opc._opcua_json_types import TYPES
from scanner.protocols.opc._opcua_methods import METHODS
from scanner.protocols.opc._opcua_names import (
    ATTRIBUTES,
    FAULT,
    MODES,
    RESPONSES,
    SERVICES,
    STATUS,
    TOKENS,
    Service,
    operation,
)
from scanner.wording import Said, joined, said

_BLANK = b" \t\r\n"
_KEPT = 16384  # bytes of a message
MOST_MESSAGES = 4096  # different ones of a conversation and side, should somebody vary names
_MOST_OFFERS = 12  # endpoints that are shown
FRAMING = Framing(
    "opcua-json",
    Whole(),
    (Byte(0, b"{"), Byte(1, b'"' + _BLANK), Byte(2, b'TUB"' + _BLANK), Byte(-1, b"}" + _BLANK), Size(30)),
    {"websocket": ()},
    confirmations=1,
)
CASE = Case("opcua", (Byte(0, b"{"),), (SAYS,), pair=(HANDLE,), keep=_KEPT, most=MOST_MESSAGES)
_VALUE = "Value"
_NODES = {  # of requests: the list that names nodes, the members of its elements that do
    631: ("NodesToRead", ("NodeId",)),
    664: ("NodesToRead", ("NodeId",)),
    673: ("NodesToWrite", ("NodeId",)),
    712: ("MethodsToCall", ("ObjectId",)),
    527: ("NodesToBrowse", ("NodeId",)),
    751: ("ItemsToCreate", ("ItemToMonitor", "NodeId")),
    488: ("NodesToAdd", ("ParentNodeId",)),
    494: ("ReferencesToAdd", ("SourceNodeId",)),
    500: ("NodesToDelete", ("NodeId",)),
    506: ("ReferencesToDelete", ("SourceNodeId",)),
    554: ("BrowsePaths", ("StartingNode",)),
    560: ("NodesToRegister", ()),
    566: ("NodesToUnregister", ()),
}
_WITH_ATTRIBUTE = {631: ("AttributeId",), 673: ("AttributeId",), 751: ("ItemToMonitor", "AttributeId")}
_CALL, _ACTIVATE, _CREATE_SESSION, _GET_ENDPOINTS, _FIND_SERVERS = 712, 467, 461, 428, 422
_NONE = "http://opcfoundation.org/UA/SecurityPolicy#None"
_TOKENS = {  # by the identifiers of structure, binary and JSON encoding (OPC 10000-6, annex A.3)
    **dict.fromkeys((319, 320, 321, 15141), "anonymous"),
    **dict.fromkeys((322, 323, 324, 15142), "user"),
    **dict.fromkeys((325, 326, 327, 15143), "certificate"),
    **dict.fromkeys((938, 939, 940, 15144), "issued"),
}
_NUMBER = re.compile(r'"(?:Ua)?TypeId"\s*:\s*(?:\{[^{}]*?"Id"\s*:\s*|"i=)?(\d+)')
_OUTCOME = re.compile(r'"ServiceResult"\s*:\s*(?:\{\s*"Code"\s*:\s*)?(\d+)')


@dataclass(frozen=True, slots=True)
class _Said:
    """number: of the binary encoding, 0 of what no specification has. whole: all of it was read."""

    number: int
    body: Mapping[str, Any]
    whole: bool


@once
def _message(message: Message) -> _Said:
    text = message.data.decode("utf-8", "replace")
    if len(message.data) < message.length:
        return _cut(text)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(found, dict):
        raise Malformed("no object")
    body = found.get("Body", found.get("UaBody", found))
    number = _identifier(found.get("TypeId", found.get("UaTypeId")))
    if number is None or not isinstance(body, dict):
        raise Malformed("no message of OPC UA")
    if not any(isinstance(body.get(name), dict) for name in ("RequestHeader", "ResponseHeader")):
        raise Malformed("no message of OPC UA")
    return _Said(TYPES.get(number, 0), body, whole=True)


def _cut(text: str) -> _Said:
    """What the beginning of a message tells."""
    number, outcome = _NUMBER.search(text), _OUTCOME.search(text)
    if number is None or not re.search('"(Request|Response)Header"', text):
        raise Malformed("no message of OPC UA")
    asks = '"RequestHeader"' in text
    body = {"RequestHeader": {}} if asks else {"ResponseHeader": {"ServiceResult": int(outcome[1]) if outcome else 0}}
    return _Said(TYPES.get(int(number[1]), 0), body, whole=False)


def _identifier(node: Any) -> int | None:
    """The number of a node of the specification's own namespace; None of what is none."""
    if isinstance(node, dict):
        return node["Id"] if not node.get("Namespace") and isinstance(node.get("Id"), int) else None
    if isinstance(node, str):
        found = re.fullmatch(r"(?:ns=0;)?i=(\d{1,10})", node)
        return int(found[1]) if found else None
    return node if isinstance(node, int) and not isinstance(node, bool) else None


def is_json(message: Message) -> bool:
    return message.data[:1] == b"{"


def probe(message: Message) -> bool:
    """An object with a type that a service has, and the header of a request or an answer."""
    try:
        return message.transport == "tcp" and _message(message).number > 0
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """What is asked for or answered."""
    found = _message(message)
    if isinstance(found.body.get("RequestHeader"), dict):
        yield from _request(found)
    else:
        yield from _answer(found)


_operation = partial(operation, filter="websocket")


# --- requests ---------------------------------------------------------------------------------------------------------


def _request(found: _Said) -> Iterator[Row]:
    number, body = found.number, found.body
    service = SERVICES.get(number)
    if service is None:
        raise Malformed("a request that no service has")
    verb, name = service.verb, ""
    if number == _CALL:
        called = {_identifier(_member(item, ("MethodId",))) for item in _list(body, "MethodsToCall")}
        only = called.pop() if len(called) == 1 else None
        name, verb = METHODS.get(only or 0, ("", service.verb))
    if not found.whole and number in _NODES:
        yield _operation(number, service, Kind.REQUEST, verb)
        if number == _CALL:
            yield _operation(
                number, service, Kind.REQUEST, Verb.UNKNOWN, detail=said("carries requests that were not read")
            )
        return
    detail: str | Said = name
    if number == _ACTIVATE:
        token, session = _token(body.get("UserIdentityToken"))
        detail = token
        yield session
    elif number == _CREATE_SESSION and (named := _text(body.get("SessionName"))):
        detail = said("session {name}", name=named)
    yield _operation(number, service, Kind.REQUEST, verb, object=_touched(number, service, body), detail=detail)
    if number == _CREATE_SESSION:
        yield from _names(body.get("ClientDescription"))
    yield Session(encrypted=False)


def _touched(number: int, service: Service, body: Mapping[str, Any]) -> str:
    """The first node that a request names, with attribute or method, and how many more there are."""
    if number in (_CREATE_SESSION, _GET_ENDPOINTS, _FIND_SERVERS):
        return _text(body.get("EndpointUrl"))
    name, path = _NODES.get(number, ("", ()))
    items = _list(body, name)
    if not items:
        return ""
    text = service.words + _node(_member(items[0], path))
    if number in _WITH_ATTRIBUTE:
        attribute = _member(items[0], _WITH_ATTRIBUTE[number])
        shown = ATTRIBUTES.get(attribute, f"attribute {attribute}") if isinstance(attribute, int) else _VALUE
        text += "" if shown == _VALUE else f" {shown}"
    elif number == _CALL and (called := _node(_member(items[0], ("MethodId",)))):
        text += f" method {called}"
    return text + (f" and {len(items) - 1} more" if len(items) > 1 else "")


def _list(body: Mapping[str, Any], name: str) -> Sequence[Any]:
    items = body.get(name)
    return items if isinstance(items, list) else ()


def _member(item: Any, path: Sequence[str]) -> Any:
    for name in path:
        item = item.get(name) if isinstance(item, dict) else None
    return item


def _node(node: Any) -> str:
    """In the notation of OPC 10000-6, section 5.3.1.10."""
    if isinstance(node, str):
        return _text(node)
    if not isinstance(node, dict):
        return ""
    letter = {0: "i", 1: "s", 2: "g", 3: "b"}.get(node.get("IdType", 0), "?")
    space = node.get("Namespace")
    return _text(f"{f'ns={space};' if space else ''}{letter}={node.get('Id', '')}")


def _text(value: Any) -> str:
    return readable(value.encode("utf-8", "replace"), 255) if isinstance(value, str) else ""


def _token(token: Any) -> tuple[str | Said, Session]:
    """The kind of the user's token, never what is in it."""
    number = _identifier(_member(token, ("TypeId",))) or _identifier(_member(token, ("UaTypeId",))) or 0
    kind = _TOKENS.get(number, "anonymous" if not token else "")
    body = _member(token, ("Body",)) or token
    if kind == "user":
        algorithm = _member(body, ("EncryptionAlgorithm",))
        in_clear = said("password in clear") if _member(body, ("Password",)) and algorithm in (None, "", _NONE) else ""
        told = joined((said("user name token"), in_clear))
        return told, Session(credentials="user-password", encrypted=False)
    if kind == "certificate":
        return said("certificate token"), Session(credentials="certificate", encrypted=False)
    if kind == "issued":
        return said("issued token"), Session(credentials="issued-token", encrypted=False)
    if kind == "anonymous":
        return said("anonymous token"), Session(credentials="none", authenticated=False, encrypted=False)
    return said("token of unknown type {name}", name=f"i={number}"), Session(encrypted=False)


def _names(application: Any) -> Iterator[Identity]:
    name = _member(application, ("ApplicationName",))
    shown = _text(name if isinstance(name, str) else _member(name, ("Text",))) or _text(
        _member(application, ("ApplicationUri",))
    )
    for field, value in (("name", shown), ("software", _text(_member(application, ("ProductUri",))))):
        if value:
            yield Identity(field, value)


# --- answers ----------------------------------------------------------------------------------------------------------


def _answer(found: _Said) -> Iterator[Row]:
    number, body = found.number, found.body
    service = Service("ServiceFault", Verb.UNKNOWN) if number == FAULT else SERVICES.get(RESPONSES.get(number, 0))
    if service is None:
        raise Malformed("an answer that no service has")
    result = _code(_member(body, ("ResponseHeader", "ServiceResult")))
    refusal = _status(result) if result & 0x80000000 else _refused(body)
    offered = _offers(body) if not refusal else ""
    yield _operation(
        number,
        service,
        Kind.REFUSAL if refusal else Kind.RESPONSE,
        refusal=refusal,
        detail=said("endpoints: {text}", text=offered) if offered else "",
    )
    if offered:
        yield Session(detail=said("endpoints offered: {text}", text=offered))
    for server in _list(body, "Endpoints")[:1]:
        yield from _names(_member(server, ("Server",)))


def _refused(body: Mapping[str, Any]) -> str:
    """Why the first refused item of an answer was refused, where an outcome is all that there is of each."""
    items = _list(body, "Results")
    codes = [_code(item if isinstance(item, int) else _member(item, ("StatusCode",)) or item) for item in items]
    bad = [code for code in codes if code & 0x80000000]
    if not bad:
        return ""
    return _status(bad[0]) + (f" ({len(bad)} of {len(codes)})" if len(codes) > 1 else "")


def _code(status: Any) -> int:
    """A status code, which is left out when it is good."""
    code = status.get("Code") if isinstance(status, dict) else status
    return code if isinstance(code, int) and 0 <= code < 1 << 32 else 0


def _status(code: int) -> str:
    return STATUS.get(code >> 16, f"status 0x{code:08X}")


def _offers(body: Mapping[str, Any]) -> str | Said:
    """Security of the endpoints that a server offers."""
    endpoints = sorted((e for e in _list(body, "Endpoints") if isinstance(e, dict)), key=_protects)
    found = dict.fromkeys(map(_offer, endpoints))  # of many only the first are shown
    more = len(found) - _MOST_OFFERS
    return joined([*list(found)[:_MOST_OFFERS], said("{n} more", n=more) if more > 0 else ""], "; ")


def _protects(endpoint: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether it protects what is sent, and whether nobody can log on at it."""
    without = _text(endpoint.get("SecurityPolicyUri")).endswith("#None") or endpoint.get("SecurityMode") in (
        1,
        "None",
        "None_1",
    )
    return not without, not _list(endpoint, "UserIdentityTokens")


def _offer(endpoint: Mapping[str, Any]) -> str:
    kinds = [_member(policy, ("TokenType",)) or 0 for policy in _list(endpoint, "UserIdentityTokens")]
    known = dict.fromkeys(kind for kind in kinds if isinstance(kind, int))
    tokens = joined(TOKENS.get(n, said("token {n}", n=n)) for n in known)
    mode = endpoint.get("SecurityMode", 0)
    return said(
        "{policy}/{mode} ({tokens})",
        policy=_text(endpoint.get("SecurityPolicyUri")).rpartition("#")[2],
        mode=MODES.get(mode, str(mode)[:20]) if isinstance(mode, int) else _text(mode),
        tokens=tokens or said("no user tokens"),
    )
