"""HTTP/1.x, and the cleartext preface of HTTP/2, on any TCP port. Header blocks only; bodies are never looked at.

Written from RFC 9110 (methods in section 9, status codes in 15, credentials in 11), RFC 9112 (message syntax), RFC 9113
section 3.4 (HTTP/2 preface), RFC 4918 (WebDAV), RFC 6265 (cookies) and RFC 6750 (bearer tokens).

No secret leaves this file: of the query string only names are looked at, of credentials only their kind is told, and
path segments that are as long as tokens are not shown.
"""

from __future__ import annotations

import http
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.capture.descriptor import Framing, HeaderBlock
from scanner.protocols._http_cases import CASES, NAME
from scanner.protocols._http_uploads import sent
from scanner.protocols._text import readable
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

METHODS = {
    "GET": Verb.READ,
    "HEAD": Verb.READ,
    "POST": Verb.WRITE,
    "PUT": Verb.WRITE,
    "PATCH": Verb.WRITE,
    "DELETE": Verb.FILE_DELETE,
    "OPTIONS": Verb.IDENTIFY,
    "TRACE": Verb.DIAGNOSE,
    "CONNECT": Verb.SESSION,
    "PROPFIND": Verb.READ,
    "REPORT": Verb.READ,
    "SEARCH": Verb.READ,
    "PROPPATCH": Verb.WRITE,
    "MKCOL": Verb.FILE_WRITE,
    "COPY": Verb.FILE_WRITE,
    "MOVE": Verb.FILE_WRITE,
    "LOCK": Verb.SESSION,
    "UNLOCK": Verb.SESSION,
}
_PREFACE = b"PRI * HTTP/2.0\r\n"

FRAMING = Framing(
    name=NAME,
    cutter=HeaderBlock((b"HTTP/1.", _PREFACE, *(f"{m} ".encode() for m in METHODS)), maximum=8192),
    ports={"tcp": (80, 8080, 8000, 8008, 8081, 8088, 8888, 3128, 591, 5985)},
    confirmations=1,
)

_REQUEST_LINE = re.compile(rb"([A-Z]+) (.+) (HTTP/1\.[0-9])\s*")
_STATUS_LINE = re.compile(rb"(HTTP/1\.[0-9]) ([1-5][0-9][0-9])(?: .*)?\s*")
_PASSWORD_NAMES = re.compile(r"(?i)(^|[_.-])(pass(word|wd|phrase|code)?|pwd|psw|pin|secret)\d?$|password|passwd")
_TOKEN_NAMES = re.compile(
    r"(?i)(access|auth|session|id|refresh|api|private)?[_-]?(token|apikey|api[_-]key)$"
    r"|(^|[_-])(jwt|sid|session_?id|(access|subscription|auth|function)s?[_-]?key)$"
)
# Header fields that carry a secret, whatever the manufacturer calls them.
_SECRET_FIELDS = re.compile(
    r"(^|[-_])((api|access|auth|subscription|function|license|shared|private)s?[-_]?key|api[-_]?token|token|jwt|secret"
    r"|auth(entication|orization)?|session([-_]?id)?|credentials?)$"
)
_PASSWORD_FIELDS = re.compile(r"(^|[-_])(pass(word|wd|phrase|code)?|pwd|pin)$")
_NO_SECRET = {  # fields of standards that such patterns meet
    *("proxy-authenticate", "www-authenticate", "authorization", "proxy-authorization", "x-csrf-token", "csrf-token"),
    *("x-xsrf-token", "x-requested-token", "sec-websocket-key"),
}
_PROVING = {"digest", "ntlm", "negotiate", "hoba", "mutual", "vapid", "hawk", "dpop", "signature"}  # no secret is sent
# Bodies that may hold a log-in: which it is, only the body says, and bodies are not read.
_WITH_LOGIN = re.compile(r"form|json|xml|soap|text|yaml|cbor|msgpack|octet-stream|^$")
_SESSION_COOKIES = re.compile(r"(?i)sess|sid\b|[._-]sid|auth|token|jwt|login|remember|aspx")
_LOGIN_PATHS = re.compile(
    r"(?i)(^|[/_.-])(log-?in|log-?on|sign-?in|auth(enticate)?|j_security_check|session)s?([/_.-]|$)"
)
_LONG_SEGMENT = re.compile(r"[A-Za-z0-9_=%~:+-]{33,}")
# WebSocket subprotocols of industry (IANA WebSocket Subprotocol Name Registry).
_SUBPROTOCOLS = {"hub.bsc.bacnet.org", "dc.bsc.bacnet.org", "mqtt", "mqttv3.1", "opcua+uacp", "opcua+uajson"}
_SCHEMES = {"basic", "digest", "bearer", "ntlm", "negotiate", "hoba", "mutual", "vapid", "hawk"}
_WINDOWS = {
    "5.0": "Windows 2000",
    "5.1": "Windows XP",
    "5.2": "Windows Server 2003",
    "6.0": "Windows Vista",
    "6.1": "Windows 7",
    "6.2": "Windows 8",
    "6.3": "Windows 8.1",
    "10.0": "Windows 10 or later",
}


@dataclass(frozen=True, slots=True)
class _Head:
    """A header block: its first line and its fields by lower-case name, repeated ones joined by a comma."""

    first: bytes
    fields: dict[str, str]


def _head(data: bytes) -> _Head:
    lines = re.split(rb"\r?\n", data)
    fields: dict[str, str] = {}
    for line in lines[1:]:
        if not line:
            break
        name, colon, value = line.partition(b":")
        if colon and name and not name[:1].isspace():
            key = name.strip().lower().decode("latin-1")
            text = value.strip().decode("latin-1")
            fields[key] = f"{fields[key]}, {text}" if key in fields else text
    return _Head(lines[0], fields)


def _text(value: str, limit: int = 120) -> str:
    """A field value as one printable line; the bytes behind Latin-1 characters may be UTF-8."""
    try:
        return readable(value.encode("latin-1"), limit)
    except UnicodeEncodeError:
        return readable(value.encode("utf-8"), limit)


def probe(message: Message) -> bool:
    """A request line of HTTP/1, a status line, or the preface of HTTP/2."""
    data = message.data
    if message.transport != "tcp":
        return False
    first = data.split(b"\n", 1)[0]
    if data.startswith(_PREFACE) or _STATUS_LINE.fullmatch(first):
        return True
    request = _REQUEST_LINE.fullmatch(first)
    return request is not None and request[1].decode() in METHODS


def dissect(message: Message) -> Iterator[Row]:
    """The request or response as an operation, with version, names and kinds of credentials as session facts."""
    if message.data.startswith(_PREFACE):
        yield Operation(Verb.SESSION, "HTTP/2 connection preface", Kind.NOTICE, filter="http2.magic")
        yield Session(version="HTTP/2", encrypted=False, unread=("credentials", "server_names"))
        return
    head = _head(message.data)
    if request := _REQUEST_LINE.fullmatch(head.first):
        yield from _request(request, head)
    elif status := _STATUS_LINE.fullmatch(head.first):
        yield from _response(status, head)
    else:
        raise Malformed("neither a request line nor a status line")


# --- requests -------------------------------------------------------------------------------------------------------


def _request(line: re.Match[bytes], head: _Head) -> Iterator[Row]:
    method, target, version = (part.decode("latin-1") for part in line.groups())
    place = _Target.of(target)
    verb = sent(method, place.shown, head.fields.get("content-type", "")) or METHODS.get(method, Verb.UNKNOWN)
    yield Operation(
        verb=verb,
        function=method,
        object=place.shown,
        detail="; ".join(_request_notes(head, place)),
        filter=_filter(method, place),
    )
    yield Session(
        version=version,
        server_name=_host(head, place),
        encrypted=False,
        detail="credentials in the address" if place.secret else "",
        unread=_unread(method, head),
    )
    kinds = dict.fromkeys(_credentials(method, head, place))
    yield from (Session(credentials=kind) for kind in kinds or ("none",))
    yield from _client(head.fields.get("user-agent", ""))


@dataclass(frozen=True, slots=True)
class _Target:
    """A request target without anything that may be secret."""

    host: str
    shown: str  # the path
    names: tuple[str, ...]  # names of the query's fields
    user_info: bool
    exact: bool  # the path is shown as it was sent

    @property
    def secret(self) -> bool:
        return self.user_info or any(map(_query_kind, self.names))

    @classmethod
    def of(cls, target: str) -> _Target:
        host, user_info = "", False
        if "://" in target[:12]:
            authority, target = re.split("(?=[/?#]|$)", target.split("://", 1)[1], maxsplit=1)
            target = target if target.startswith("/") else f"/{target}"
            user_info, host = "@" in authority, authority.rpartition("@")[2]
        path, _, query = target.partition("?")
        plain = path.split("#", 1)[0].split(";", 1)[0]
        shown = _text(_LONG_SEGMENT.sub("\N{HORIZONTAL ELLIPSIS}", plain))
        names = tuple(part.partition("=")[0] for part in re.split("[&;]", query) if part)
        return cls(host, shown, names, user_info, shown == path)


def _query_kind(name: str) -> str:
    if _PASSWORD_NAMES.search(name):
        return "form"
    return "bearer" if _TOKEN_NAMES.search(name) else ""


def _credentials(method: str, head: _Head, place: _Target) -> Iterator[str]:
    """The kinds of credentials a request carries; never the credentials."""
    for field in ("authorization", "proxy-authorization"):
        if field in head.fields:
            yield _scheme(head.fields[field])
    for name in head.fields.keys() - _NO_SECRET:
        if _PASSWORD_FIELDS.search(name):
            yield "password"
        elif _SECRET_FIELDS.search(name):
            yield "bearer"
    if place.user_info:
        yield "basic"
    yield from filter(None, map(_query_kind, place.names))
    cookies = (part.partition("=")[0].strip() for part in head.fields.get("cookie", "").split(";"))
    if any(_SESSION_COOKIES.search(name) for name in cookies):
        yield "cookie"
    body = head.fields.get("content-type", "").lower()
    if method == "POST" and _LOGIN_PATHS.search(place.shown) and ("form" in body or "json" in body):
        yield "form"


def _scheme(value: str) -> str:
    """The kind of an Authorization field. Schemes of manufacturers (``Token``, ``ApiKey``) send the secret itself, but
    for those that sign; so does a field without any.
    """
    scheme = value.split(" ", 1)[0].rstrip(",:").lower()
    if scheme in _SCHEMES:
        return scheme
    proves = scheme in _PROVING or scheme.startswith(("aws4-hmac", "scram-", "hmac")) or "hmac" in scheme
    return "other" if proves else "bearer"


def _unread(method: str, head: _Head) -> tuple[str, ...]:
    """What a body may still hold, or what a connection that is no longer HTTP."""
    if method == "CONNECT":
        return ("credentials",)
    length = head.fields.get("content-length", "").strip()
    body = (length not in ("", "0")) or "transfer-encoding" in head.fields
    kind = head.fields.get("content-type", "").lower()
    return ("credentials",) if body and _WITH_LOGIN.search(kind) else ()


def _request_notes(head: _Head, place: _Target) -> Iterator[str]:
    if place.host:
        yield "through a proxy"
    if "soapaction" in head.fields:
        yield f"SOAPAction {_text(head.fields['soapaction'].strip(chr(34)), 80)}"
    if "upgrade" in head.fields:
        yield f"asks to upgrade to {_text(head.fields['upgrade'], 40)}{_subprotocols(head)}"


def _subprotocols(head: _Head) -> str:
    """What a WebSocket shall carry, where it is known: some clients put their token in this field."""
    asked = [name.strip() for name in head.fields.get("sec-websocket-protocol", "").split(",")]
    known = [name for name in asked if name in _SUBPROTOCOLS]
    return f" for {' or '.join(known)}" if known else ""


def _host(head: _Head, place: _Target) -> str:
    name = place.host or head.fields.get("host", "")
    return _text(re.sub(r":\d+$", "", name), 255)


def _filter(method: str, place: _Target) -> str:
    """By method, and by path where that is plain text (tshark has a field for the path only where a query follows)."""
    text = f'http.request.method == "{method}"'
    if place.exact and re.fullmatch(r"/[\w./~-]+", place.shown, re.ASCII):
        return f'{text} && http.request.uri contains "{place.shown}"'
    return text


def _client(agent: str) -> Iterator[Row]:
    """Program and system of the client, as far as its User-Agent tells."""
    windows = re.search(r"Windows NT (\d+\.\d+)", agent)
    if windows and windows[1] in _WINDOWS:
        yield Identity("os", _WINDOWS[windows[1]])
    product = re.match(r"(?!Mozilla/)[A-Za-z][\w.+ -]{0,40}/v?\d[\w.-]{0,20}", agent)
    browser = re.search(r"(Edg|OPR|Firefox|Chrome|MSIE|Trident)[/ ](\d+)", agent)
    if product:
        yield Identity("software", product[0])
    elif browser:
        yield Identity("software", f"{browser[1]} {browser[2]}")


# --- responses ------------------------------------------------------------------------------------------------------


def _response(line: re.Match[bytes], head: _Head) -> Iterator[Row]:
    version, code = line[1].decode(), int(line[2])
    if code >= 200:
        yield Operation(
            verb=Verb.UNKNOWN,
            function="response",
            kind=Kind.REFUSAL if code >= 400 else Kind.RESPONSE,
            code=str(code),
            refusal=_reason(code) if code >= 400 else "",
            filter=f"http.response.code == {code}",
        )
    cookies = head.fields.get("set-cookie", "").split(",")
    session = any(_SESSION_COOKIES.search(c.partition("=")[0]) for c in cookies)
    yield Session(
        version=version,
        encrypted=False,
        credentials="cookie" if session else "",
        detail="; ".join(_response_notes(code, head)),
        unread=("credentials",) if code == 101 else (),
    )
    server = _text(head.fields.get("server", ""), 80)
    if server:
        yield Identity("software", server)


def _reason(code: int) -> str:
    """The registered phrase of a status code; what the server writes there is not to be trusted."""
    try:
        return f"{code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _response_notes(code: int, head: _Head) -> Iterator[str]:
    challenges = re.sub(r'"[^"]*"', "", head.fields.get("www-authenticate", ""))
    words = re.findall(r"[a-z]+(?![\w-]*\s*=)", challenges.lower())
    schemes = dict.fromkeys(word for word in words if word in _SCHEMES)
    if schemes:
        yield f"server asks for {', '.join(schemes)}"
    if 300 <= code < 400 and head.fields.get("location", "").lower().startswith("https:"):
        yield "redirects to https"
    if code == 101 and "upgrade" in head.fields:
        yield f"upgraded to {_text(head.fields['upgrade'], 40)}"


PROTOCOL = Protocol(
    name=NAME,
    title="HTTP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({*METHODS.values(), Verb.FIRMWARE_UPDATE, Verb.UNKNOWN}),
    specification="RFC 9110 sections 9, 11 and 15, RFC 9112 sections 2 to 5, RFC 9113 section 3.4, RFC 4918, "
    "RFC 6265, RFC 6750",
    industrial=False,
)
