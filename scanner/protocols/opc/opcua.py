"""OPC UA binary over TCP: secure channels, sessions and services. What is in JSON, over WebSocket, is told apart here.

Written from OPC 10000-6 (sections 5.2 binary encoding, 6.7 secure conversation, 7.1 connection protocol) and
OPC 10000-4 (services). On a channel that encrypts, only its security policy and certificates can be seen. Of a request
that names several nodes the first is told, and how many more; with an authentication token of unusual size, none.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from scanner.framing.language import Byte, Framing, Length
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.default_log_ins import of_log_in
from scanner.protocols.common.encrypted import hidden_kind
from scanner.protocols.opc import _opcua_json as in_json
from scanner.protocols.opc._opcua_cases import (
    BROWSE,
    CALL,
    CODES,
    MOST_ENCODING,
    MOST_RESULTS,
    OPEN_REQUEST,
    OPEN_RESPONSE,
    POLICY_LENGTHS,
    STRUCTURES,
    WITH_ATTRIBUTE,
    after_token,
    header_end,
    message_cases,
)
from scanner.protocols.opc._opcua_layout import (
    ADDITIONAL,
    BODY,
    CHUNK_TYPE,
    DIAGNOSTICS,
    FIRST_RESULT,
    HEADER,
    HELLO_NUMBERS,
    LONG,
    MESSAGE_SIZE,
    MESSAGE_TYPE,
    NODE_ID_2,
    NODE_ID_4,
    NODE_ID_7,
    NONE,
    NONE_CERTIFICATE,
    NONE_HEADER,
    NONE_SEQUENCE,
    NONE_TYPE,
    NOTHING_ADDITIONAL,
    NULL,
    NULL_TOKEN,
    POLICY_LENGTH,
    RESULT,
    RESULTS,
    SECURITY_MODE,
    SERVICE_RESULT,
    STRING_TABLE,
    TYPE,
)
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
from scanner.protocols.opc._opcua_types import Application, Endpoint, OpcUaReader, application, endpoint
from scanner.wording import Said, joined, said, verbatim

SECURED = "Secured message"
_MSG = 'opcua.transport.type == "MSG"'
KINDS = (b"HEL", b"ACK", b"ERR", b"RHE", b"OPN", b"MSG", b"CLO")
CONTINUED = ord("C")
LEAST = {b"HEL": 32, b"ACK": 28, b"ERR": 16, b"RHE": 16}  # bytes
FRAMING = Framing(
    name="opcua",
    # A chunk that is not the last continues in the next, whose header and sequence header are 24 bytes.
    delimiter=Length(
        at=MESSAGE_SIZE,
        width=4,
        little=True,
        minimum=BODY,
        maximum=1 << 24,
        more=Byte(CHUNK_TYPE, CONTINUED),
        more_if=Byte(MESSAGE_TYPE, b"M"),
        header=TYPE,
    ),
    sync=(
        *(Byte(MESSAGE_TYPE + n, {kind[n] for kind in KINDS}) for n in range(3)),
        Byte(CHUNK_TYPE, b"FCA"),
        Byte(BODY - 1, 0),
    ),
    ports={"tcp": (4840,)},
    confirmations=1,
)

POLICIES = NONE.removesuffix("None")
ANONYMOUS, USER_NAME, CERTIFICATE, ISSUED = "i=321", "i=324", "i=327", "i=940"
MOST_CERTIFICATES = 4
_DETAIL = 1000  # characters of a list of endpoints
_IN_CLEAR = said("password in clear")
_RENEW = 1  # type of an OpenSecureChannelRequest


def probe(message: Message) -> bool:
    """A message type that exists, with a length that fits it."""
    if in_json.is_json(message):
        return in_json.probe(message)
    data = message.data
    if message.transport != "tcp" or data[:CHUNK_TYPE] not in KINDS or len(data) < BODY:
        return False
    kind = data[:CHUNK_TYPE]
    least = LEAST.get(kind, TYPE)
    return message.length >= least and (kind in (b"OPN", b"MSG", b"CLO") or data[CHUNK_TYPE] == ord("F"))


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message."""
    if in_json.is_json(message):
        yield from in_json.dissect(message)
        return
    data = message.data
    kind = data[:CHUNK_TYPE]
    if len(data) < BODY or kind not in KINDS:
        raise Malformed("no OPC UA message header")
    if kind == b"OPN":
        yield from _open(message)
    elif kind == b"MSG":
        yield from _message(message)
    elif kind == b"CLO":
        yield _session("CloseSecureChannel", Kind.NOTICE, "CLO")
    else:
        yield from _connection(data)


def _session(function: str, kind: Kind, code: str, **more: str) -> Operation:
    return Operation(
        verb=Verb.SESSION,
        function=function,
        kind=kind,
        code=code,
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=f'opcua.transport.type == "{code}"',
    )


def _connection(data: bytes) -> Iterator[Row]:
    """Hello, acknowledge, error and reverse hello of the connection protocol, section 7.1.2."""
    r, code = OpcUaReader(data, BODY), data[:CHUNK_TYPE].decode("ascii")
    if code == "HEL":
        r.take(HELLO_NUMBERS)
        yield _session("Hello", Kind.REQUEST, code, object=r.text())
    elif code == "ACK":
        r.take(HELLO_NUMBERS)
        yield _session("Acknowledge", Kind.RESPONSE, code)
    elif code == "ERR":
        yield _session("Error", Kind.REFUSAL, code, refusal=_status(r.number()))
    else:
        server, url = r.text(), r.text()
        yield _session("ReverseHello", Kind.NOTICE, code, object=url, detail=verbatim(server))


def _status(code: int) -> str:
    return STATUS.get(code >> 16, f"status 0x{code:08X}") if code >> 16 in STATUS else f"status 0x{code:08X}"


def _bad(code: int) -> bool:
    return bool(code & 0x80000000)


def reader() -> Callable[[Message], Iterable[Row]]:
    """What reads the messages of one capture: where every channel was opened without security, what cannot be read is
    not encrypted.
    """
    opened: defaultdict[tuple[str, str, int], set[bool]] = defaultdict(set)

    def policies(message: Message) -> set[bool]:
        first, second = sorted((message.source, message.target))
        return opened[first, second, message.port]

    def read(message: Message) -> Iterable[Row]:
        rows = list(dissect(message))
        if message.data[:CHUNK_TYPE] == b"OPN":
            policies(message).add(any(isinstance(row, Session) and row.encrypted is False for row in rows))
        elif any(isinstance(row, Session) and row.encrypted for row in rows) and policies(message) == {True}:
            return [Operation(Verb.UNKNOWN, "Unreadable message", _side(message), "MSG", filter=_MSG)]
        return rows

    return read


# --- secure channel -------------------------------------------------------------------------------------------------


def _open(message: Message) -> Iterator[Row]:
    """The security header of an OPN, and of a channel without security its body as well."""
    data = message.data
    r = OpcUaReader(data, POLICY_LENGTH)
    raw = r.string()
    if not raw.startswith(POLICIES.encode("ascii")) and len(raw) not in POLICY_LENGTHS:
        raise Malformed("security policy of an OPN")
    policy = OpcUaReader(data, POLICY_LENGTH).text().removeprefix(POLICIES)
    if len(raw) not in POLICY_LENGTHS:
        yield _session("OpenSecureChannel", _side(message), "OPN", detail=said("security policy of unusual length"))
        return
    certificate = r.string()
    words = [said("security policy {name}", name=policy)]
    kind, refusal, mode, renews = _plain_open(message) if policy == "None" else (_side(message), "", "", False)
    if mode:
        words.append(said("mode {name}", name=mode))
    detail = joined(words)
    yield _session("OpenSecureChannel", kind, "OPN", detail=detail, refusal=refusal)
    renewed = [said("channel without protection renewed")] if renews else []
    yield Session(encrypted=False if policy == "None" else None, detail=joined([detail, *renewed], "; "))
    if certificate:
        yield from _certificate(certificate, "server" if message.from_client is False else "client")


def _side(message: Message) -> Kind:
    return Kind.RESPONSE if message.from_client is False else Kind.REQUEST


def _plain_open(message: Message) -> tuple[Kind, str, str, bool]:
    """(kind, refusal, security mode, whether it renews a channel) of an OPN whose body can be read, at the places that
    its key has.
    """
    data = message.data
    certificate_and_thumbprint = data[NONE_CERTIFICATE:NONE_SEQUENCE]
    at = NONE_HEADER + SERVICE_RESULT
    if (
        len(data) < at + 4
        or certificate_and_thumbprint != NULL + NULL
        or data[NONE_TYPE : NONE_TYPE + 2] != b"\x01\x00"
    ):
        return _side(message), "", "", False
    number = int.from_bytes(data[NONE_TYPE + 2 : NONE_HEADER], "little")
    if number in (OPEN_RESPONSE, FAULT):
        result = _number(data, at)
        return (Kind.REFUSAL, _status(result), "", False) if _bad(result) else (Kind.RESPONSE, "", "", False)
    audit, additional, end = after_token(NONE_HEADER + NULL_TOKEN)
    usual = data[NONE_HEADER] == NODE_ID_2 and data[audit : audit + 4] == NULL
    if number == OPEN_REQUEST and usual and len(data) >= end + SECURITY_MODE + 4:
        told = data[additional:end] == NOTHING_ADDITIONAL
        mode = _number(data, end + SECURITY_MODE) if told else 0
        renews = told and _number(data, end + SECURITY_MODE - 4) == _RENEW
        return Kind.REQUEST, "", MODES.get(mode, ""), renews
    return _side(message), "", "", False


def _certificate(der: bytes, of: str) -> Iterator[Row]:
    from scanner.protocols.tls._x509 import certificate_session

    if der[:2] in (b"\x30\x82", b"\x30\x81"):
        # A chain may follow the certificate.
        width = der[1] & 0x7F
        size = 2 + width + int.from_bytes(der[2 : 2 + width], "big")
        yield certificate_session(der[:size], of)


# --- services -------------------------------------------------------------------------------------------------------


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _message(message: Message) -> Iterator[Row]:
    data = message.data
    if message.length < TYPE:
        raise Malformed("{length} bytes are too few for a message", length=message.length)
    number, long = _type(data)
    service = _service(number)
    if service is not None and long:
        short = data[:TYPE] + b"\x01\0" + data[TYPE + 3 : TYPE + 5] + data[LONG:]
        yield from _message(message.carrying(short, message.length - LONG + HEADER))
    elif number in SERVICES:
        yield from _request(message, number)
    elif service is not None:
        yield from _response(data, number, service)
    elif data[CHUNK_TYPE] == ord("A"):
        yield _session("Abort", Kind.NOTICE, "MSG")
    elif number and len(data) > HEADER and data[HEADER] <= MOST_ENCODING:
        unknown = Service(f"Service {number}", Verb.UNKNOWN)
        yield operation(number, unknown, _side(message))
    else:
        yield Operation(Verb.UNKNOWN, SECURED, hidden_kind(message), "MSG", detail=said("encrypted"), filter=_MSG)
        yield Session(encrypted=True)


def _type(data: bytes) -> tuple[int, bool]:
    """(type identifier of what is in a message, whether it is written in seven bytes); 0 when it cannot be read."""
    if data[TYPE : TYPE + 2] == b"\x01\x00" and len(data) >= HEADER:
        return int.from_bytes(data[TYPE + 2 : HEADER], "little"), False
    if data[TYPE : TYPE + 3] == b"\x02\x00\x00" and data[TYPE + 5 : LONG] == b"\0\0":
        return int.from_bytes(data[TYPE + 3 : TYPE + 5], "little"), True
    return 0, False


def _service(number: int) -> Service | None:
    if number == FAULT:
        return Service("ServiceFault", Verb.UNKNOWN)
    return SERVICES.get(RESPONSES.get(number, number))


def _request(message: Message, number: int) -> Iterator[Row]:
    data, service = message.data, SERVICES[number]
    if number in _READERS:
        r = OpcUaReader(data, HEADER, message.length)
        r.request_header()
        yield from _READERS[number](r, number, service)
        return
    named, method = _first_node(data, number, service) if service.node_at is not None else ("", None)
    name, verb = METHODS.get(method or 0, ("", service.verb))
    yield operation(number, service, Kind.REQUEST, verb, object=named, detail=name)
    if number == CALL and method is None:
        words = said("carries requests that were not read")
        yield operation(number, service, Kind.REQUEST, Verb.UNKNOWN, object=named, detail=words)


def _first_node(data: bytes, number: int, service: Service) -> tuple[str, int | None]:
    """The first node that a request names, with attribute or method, and how many more there are; the number of the
    method that is called, 0 when it is not the specification's own, None when there is none, another, or it is not
    known.
    """
    end = header_end(data)
    if end is None or service.node_at is None or (number == BROWSE and data[end : end + 2] != b"\0\0"):
        return "", None
    at = end + service.node_at
    if at >= len(data) or data[at] > MOST_ENCODING:
        return "", None
    count, r = _number(data, at - 4), OpcUaReader(data, at)
    if not 0 < count < 0x80000000:
        return "", None
    method = None
    text = service.words + r.node()
    if number in WITH_ATTRIBUTE:
        attribute = r.number()
        name = ATTRIBUTES.get(attribute, f"attribute {attribute}")
        text += "" if name == "Value" else f" {name}"
    elif number == CALL and r.at < len(data) and data[r.at] <= MOST_ENCODING:
        told = data[at] in (NODE_ID_4, NODE_ID_7) or data[r.at] in (NODE_ID_2, NODE_ID_4, NODE_ID_7)
        called = r.node()
        method = int(called[2:]) if called.startswith("i=") else 0
        text += f" method {called}" if told else ""
        if count > 1:
            method = None
    return text + (f" and {count - 1} more" if count > 1 else ""), method


def _response(data: bytes, number: int, service: Service) -> Iterator[Row]:
    if number in _ANSWERS:
        r = OpcUaReader(data, HEADER)
        result = r.response_header()
        if not _bad(result):
            yield from _ANSWERS[number](r, number, service)
            return
    elif len(data) < RESULT + 4:
        raise Malformed("response header cut short")
    else:
        result = _number(data, RESULT)
    refusal = _status(result) if _bad(result) else _results(data, number)
    kind = Kind.REFUSAL if refusal else Kind.RESPONSE
    yield operation(number, service, kind, refusal=refusal)


def _results(data: bytes, number: int) -> str:
    """Why the first refused item of a response was refused, as far as results stand at fixed places."""
    most = MOST_RESULTS if number in CODES else 1 if number in STRUCTURES else 0
    diagnostics, table, additional = HEADER + DIAGNOSTICS, HEADER + STRING_TABLE, HEADER + ADDITIONAL
    plain = data[diagnostics:table] == b"\0" and set(data[table:additional]) <= {0, 255}
    plain = plain and data[additional:RESULTS] == NOTHING_ADDITIONAL
    count = _number(data, RESULTS)
    if not plain or not 0 < count <= most or len(data) < FIRST_RESULT + 4 * count:
        return ""
    bad = [code for n in range(count) if _bad(code := _number(data, FIRST_RESULT + 4 * n))]
    if not bad:
        return ""
    return _status(bad[0]) + (f" ({len(bad)} of {count})" if count > 1 else "")


# --- discovery and sessions -----------------------------------------------------------------------------------------


def _names(found: Application) -> Iterator[Identity]:
    for field, value in (("name", found.name or found.uri), ("software", found.product)):
        if value:
            yield Identity(field, value)


def _get_endpoints(r: OpcUaReader, number: int, service: Service) -> Iterator[Row]:
    yield operation(number, service, Kind.REQUEST, object=r.text())


def _register(r: OpcUaReader, number: int, service: Service) -> Iterator[Row]:
    uri, product = r.text(), r.text()
    yield operation(number, service, Kind.REQUEST, object=uri)
    if product:
        yield Identity("software", product)


def _create_session(r: OpcUaReader, number: int, service: Service) -> Iterator[Row]:
    client = application(r)
    r.string()
    url, name = r.text(), r.text()
    r.string()
    certificate = r.string()
    yield operation(number, service, Kind.REQUEST, object=url, detail=said("session {name}", name=name) if name else "")
    yield from _names(client)
    yield from _certificate(certificate, "client")


def _activate_session(r: OpcUaReader, number: int, service: Service) -> Iterator[Row]:
    """The kind of the user's token, never what is in it."""
    for _ in range(2):
        r.string()
    for _ in range(r.count()):
        r.string()
        r.string()
    r.texts()
    kind, body = r.extension()
    token, credentials = _token(kind, OpcUaReader(body))
    yield operation(number, service, Kind.REQUEST, detail=token)
    yield Session(
        credentials=credentials,
        authenticated=False if credentials == "none" else None,
        encrypted=False,
        detail=joined(_session_notes(token, r), "; "),
    )


def _session_notes(token: str, r: OpcUaReader) -> Iterator[Said]:
    """What is told of the session; ``token``: what is told of who logs in."""
    if _IN_CLEAR in token:
        yield _IN_CLEAR
    try:
        r.string()
        r.string()
    except Malformed:  # not kept whole
        return
    # What follows the signature of the user's token is that of the message: whether the channel of this very session
    # signs, whatever other channels of the conversation do (OPC 10000-6, section 6.7.2).
    yield said("session with signed messages") if r.left else said("session without signed messages")


def _token(kind: str, r: OpcUaReader) -> tuple[str, str]:
    """(kind of token, kind of credentials)."""
    if kind == USER_NAME:
        r.string()
        user, secret, algorithm = r.string(), r.string(), r.string()
        in_clear = [_IN_CLEAR, of_log_in(user, secret)] if secret and algorithm in (b"", NONE.encode()) else []
        return joined((said("user name token"), *in_clear)), "user-password"
    if kind == CERTIFICATE:
        return said("certificate token"), "certificate"
    if kind == ISSUED:
        return said("issued token"), "issued-token"
    if kind in (ANONYMOUS, "i=0"):  # no token at all means anonymous, OPC 10000-4 section 5.6.3
        return said("anonymous token"), "none"
    return said("token of unknown type {name}", name=kind), ""


def _endpoints(r: OpcUaReader, number: int, service: Service) -> Iterator[Row]:
    found = sorted((endpoint(r) for _ in range(r.count())), key=_protects)  # of many only the first are shown
    offered = _shown([*dict.fromkeys(map(_offer, found))])
    detail = said("endpoints: {text}", text=offered) if offered else said("no endpoints")
    yield operation(number, service, Kind.RESPONSE, detail=detail)
    if offered:
        yield Session(detail=said("endpoints offered: {text}", text=offered))
    for server in dict.fromkeys(e.server for e in found):
        yield from _names(server)
    for certificate in [*dict.fromkeys(e.certificate for e in found)][:MOST_CERTIFICATES]:
        yield from _certificate(certificate, "server")


def _protects(found: Endpoint) -> tuple[bool, bool]:
    """Whether it protects what is sent, and whether nobody can log on at it."""
    return found.policy.removeprefix(POLICIES) != "None" and MODES.get(found.mode) != "None", not found.tokens


def _offer(found: Endpoint) -> str:
    tokens = joined(TOKENS.get(n, said("token {n}", n=n)) for n in dict.fromkeys(found.tokens))
    return said(
        "{policy}/{mode} ({tokens})",
        policy=found.policy.removeprefix(POLICIES),
        mode=MODES.get(found.mode, str(found.mode)),
        tokens=tokens or said("no user tokens"),
    )


def _shown(offers: list[str]) -> str:
    """As many as there is room for, and how many there are besides."""
    sizes = itertools.accumulate(len(offer) + 2 for offer in offers)
    room = max(1, sum(size <= _DETAIL for size in sizes))
    more = len(offers) - room
    return joined([*offers[:room], said("{n} more", n=more) if more > 0 else ""], "; ")


def _servers(r: OpcUaReader, number: int, service: Service) -> Iterator[Row]:
    found = [application(r) for _ in range(r.count())]
    yield operation(number, service, Kind.RESPONSE, object=", ".join(dict.fromkeys(a.uri for a in found))[:_DETAIL])
    if len(found) == 1:  # a discovery server tells of others as well
        yield from _names(found[0])


def _session_created(r: OpcUaReader, number: int, service: Service) -> Iterator[Row]:
    r.node()
    r.node()
    r.take(8)
    r.string()
    certificate = r.string()
    yield from _certificate(certificate, "server")
    for row in _endpoints(r, number, service):
        if not isinstance(row, Session) or row.detail.startswith("endpoints offered"):
            yield row


_READERS = {
    422: _get_endpoints,
    428: _get_endpoints,
    437: _register,
    12211: _register,
    461: _create_session,
    467: _activate_session,
}
_ANSWERS = {425: _servers, 431: _endpoints, 464: _session_created}

PROTOCOL = Protocol(
    name="opcua",
    title="OPC UA (binary, JSON)",
    short="OPC UA",
    framing=FRAMING,
    more_framings=(in_json.FRAMING,),
    cases=(in_json.CASE, *message_cases()),
    probe=probe,
    dissect=dissect,
    reader=reader,
    # A channel whose opening was not captured may encrypt it; what else a Call does is not told.
    opaque=("Unreadable message", SECURED, "Call"),
    verbs=frozenset(
        {service.verb for service in SERVICES.values()} | {verb for _, verb in METHODS.values()} | {Verb.UNKNOWN}
    ),
    specification="OPC 10000-6, sections 5.2, 5.4, 6.7, 7.1 and 7.5; OPC 10000-4, sections 5 and 7",
    midway=said("opening of the secure channel not captured"),
)
