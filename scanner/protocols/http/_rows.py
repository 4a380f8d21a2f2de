"""What requests and responses of HTTP say, in whatever version they are sent.

RFC 9110 (methods in section 9, status codes in 15, credentials in 11), RFC 4918 (WebDAV), RFC 6265 (cookies) and
RFC 6750 (bearer tokens). Fields are a mapping of lower-case names to values, repeated ones joined by a comma.

No secret leaves this file: of the query string only names are looked at, of credentials only their kind is told, and
path segments that are as long as tokens are not shown.
"""

from __future__ import annotations

import binascii
import http
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from scanner.protocols.base import Identity, Kind, Operation, Row, Session, Sign, Verb
from scanner.protocols.common import default_log_ins, digest, ntlm
from scanner.protocols.common.text import readable, readable_path
from scanner.protocols.http import _ai_interfaces as ai
from scanner.protocols.http import _core_services as core
from scanner.protocols.http import _forms
from scanner.protocols.http import _tools as tools
from scanner.protocols.http._bodies import Found, form, found_in, kind_of
from scanner.protocols.http._grpc import Call, call
from scanner.protocols.http._ocpp_soap import asked as charging
from scanner.protocols.http._onvif import asked as camera
from scanner.protocols.http._uploads import sent
from scanner.protocols.http._upnp import controlled
from scanner.protocols.http._ws_management import managed
from scanner.wording import Said, joined, said, verbatim

Fields = Mapping[str, str]

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
    "SUBSCRIBE": Verb.SUBSCRIBE,
    "UNSUBSCRIBE": Verb.SESSION,
    "NOTIFY": Verb.REPORT,
}
_PASSWORD_NAMES = re.compile(r"(?i)(^|[_.-])(pass(word|wd|phrase|code)?|pwd|psw|pin|secret)\d?$|password|passwd")
_TOKEN_NAMES = re.compile(
    r"(?i)(access|auth|session|id|refresh|api|private)?[_-]?(token|apikey|api[_-]key)$"
    r"|(^|[_-])(jwt|sid|session_?id|(access|subscription|auth|function)s?[_-]?key)$"
)
_OF_GOOGLE = re.compile(
    r":(generateContent|streamGenerateContent|embedContent|batchEmbedContents|countTokens)$"
)  # Gemini API
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
# Bodies that may hold a log-in, should they not be read.
_WITH_LOGIN = re.compile(r"form|json|xml|soap|text|yaml|cbor|msgpack|octet-stream|^$")
_SESSION_COOKIES = re.compile(r"(?i)sess|sid\b|[._-]sid|auth|token|jwt|login|remember|aspx")
_LOGIN_PATHS = re.compile(r"(?i)(^|[/_.-])(log-?in|log-?on|sign-?in|auth(enticate)?|j_security_check)s?([/_.-]|$)")
_SESSIONS = re.compile(r"(?i)(^|[/_.-])sessions?([/_.-]|$)")  # of somebody who logs in, or of work
# Where somebody who is not logged in is sent, in the address without its query.
_ASKS_WHO = re.compile(r"(?i)(^|[/_.-])(log-?in|log-?on|sign-?in|user[_-]?login)(\.\w{2,5})?/?$")
_SESSION_OF_MCP = re.compile(r"(?i)^session_?id$")
_INFLUXDB = (
    ("/api/v2/write", "write", {"bucket"}),
    ("/write", "write", {"db"}),
    ("/query", "query", {"db", "q"}),
)
_ENCODED = re.compile("%([0-9A-Fa-f]{2})")
_LONG_SEGMENT = re.compile(r"[A-Za-z0-9_=%~:+-]{33,}")
# Subscribers and their devices as interfaces of 5G cores name them (3GPP TS 29.571, section 5.3).
_SUBSCRIBER = re.compile(
    r"(?i)(?<![a-z0-9])(imsi|msisdn|imei|imeisv|suci)-\d[^/]*|(?<![a-z0-9])(nai|extid|gci|gli)-[^/]*@[^/]*"
)
# WebSocket subprotocols of industry (IANA WebSocket Subprotocol Name Registry).
_SUBPROTOCOLS = {"hub.bsc.bacnet.org", "dc.bsc.bacnet.org", "mqtt", "mqttv3.1", "opcua+uacp", "opcua+uajson"} | {
    *("ocpp1.2", "ocpp1.5", "ocpp1.6", "ocpp2.0", "ocpp2.0.1", "ocpp2.1")
}
_BEYOND = ("credentials", "payload")  # of a connection that goes on in another protocol, or has one in its bodies
_CARRIES = "application/opcua+"  # the bodies are messages of OPC UA (OPC 10000-6, section 7.4)
_RESOLVES = re.compile(r"(?i)application/dns-(message|json)\b")  # RFC 8484 section 6, and what resolvers have beside it
_SCHEMES = {"basic", "digest", "bearer", "ntlm", "negotiate", "hoba", "mutual", "vapid", "hawk"}
# What many messages show that were taken for one.
_BY_DIGEST: dict[Said | str, Said] = {
    default_log_ins.DEFAULT: said("known default password by its digest"),
    default_log_ins.UNTOLD: default_log_ins.UNTOLD,
    default_log_ins.OTHER: said("the password is no known default by its digest"),
}
_NTLM, _NTLM_DIGITS = "TlRMTVNTUAAD", 40  # an authentication, and the digits of as many bytes as its version needs
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


def _text(value: str, limit: int = 120) -> str:
    """A field value as one printable line."""
    return readable(_octets(value), limit)


def _octets(value: str) -> bytes:
    """The bytes behind Latin-1 characters, which may be UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")


@dataclass(frozen=True, slots=True)
class Body:
    """What is known of a request's body: its bytes as far as they are there, and whether that is all of it."""

    data: bytes = b""
    whole: bool = True


# --- requests -------------------------------------------------------------------------------------------------------


def request(
    version: str, method: str, target: str, fields: Fields, body: Body | None, *, whole: bool = True
) -> Iterator[Row]:
    """The rows of a request; ``body`` None: it has one, which is looked at when it comes. whole: with every field."""
    place = _Target.of(target)
    kind = fields.get("content-type", "")
    remote = call(place.shown, kind)
    coding = fields.get("content-encoding", "")
    device = controlled(fields.get("soapaction", ""), body.data if body else b"") if method == "POST" else None
    given = body or Body(whole=False)
    windows = managed(place.shown, kind, given.data, whole=given.whole) if method == "POST" else ""
    station = charging(body.data) if method == "POST" and body and b"<" in body.data[:256] else None
    onvif = camera(body.data) if method == "POST" and body else None
    extended = (fields[":protocol"],) if ":protocol" in fields else ()  # what a stream goes on in, RFC 8441
    service = core.asked(place.shown, fields)
    verb = (remote and remote.verb) or device or (station and station[2]) or (onvif and onvif[1])
    if service and service.certain and method == "DELETE" and ".." not in place.shown:
        verb = Verb.SESSION  # what a function of the core asked another one to keep for a subscriber ends: no file
    verb = verb or sent(method, place.shown, kind)
    verb = verb or METHODS.get(method, Verb.UNKNOWN)
    kinds, read, sent_fields = found_in(body.data, coding, whole=body.whole) if body else Found()
    found = dict.fromkeys((*_credentials(method, fields, place, read=read and body is not None), *kinds))
    told = _forms.compared(place.fields, read=True) or _forms.compared(sent_fields, read=read)
    told = told or (_forms.UNTOLD if "form" in found else "")
    signs = [*ai.of_request(place.shown, fields)]
    signs += ai.of_body(place.shown, body.data, coding, whole=body.whole) if body else ()
    session = "mcp-session-id" in fields or (place.has_session_alone and _is_of_mcp(place.shown, signs))
    seen = read and (body is not None or bool(remote))
    proof = _proof(fields, found, session=session, read=seen) if signs else ""
    yield Operation(
        verb=verb,
        function=readable(" ".join((method, *extended)).encode("latin-1", "replace"), 40),
        object=place.shown,
        detail=joined(
            (
                *_meaning(remote, station, windows, onvif[0] if onvif else "", place),
                *_request_notes(fields, place),
                *filter(None, [proof, _password(method, fields), told]),
            ),
            "; ",
        ),
        filter=_filter(method, place, version),
    )
    yield Session(
        version=version,
        server_name=_host(fields, place),
        encrypted=False,
        detail=joined(_session_notes(fields, place), "; "),
        unread=_unread(method, fields, read=read),
    )
    yield from (Session(credentials=kind) for kind in found or ("none",))
    yield from _by_ntlm(fields)
    yield from _client(fields.get("user-agent", ""))
    if service:
        yield from _of_core(service, fields, place, given.data, whole=whole)
    yield from signs
    if body and method == "POST":
        yield from tools.of_request(fields, body.data, whole=body.whole)


def _of_core(service: core.Asked, fields: Fields, place: _Target, data: bytes, *, whole: bool) -> Iterator[Row]:
    """What a request says as one to a function of a 5G core."""
    if whole:
        yield from core.without_token(service, fields)
    if service.certain:
        yield Session(core_service=service.service)
        yield from core.named(place.shown, data, "http")


def _by_ntlm(fields: Fields) -> Iterator[Session]:
    """Which version of NTLM proves who asks ([MS-NTHT]); in base64 the beginning tells."""
    for field in ("authorization", "proxy-authorization"):
        _, _, value = fields.get(field, "").partition(" ")
        digits = value.strip()[:_NTLM_DIGITS]
        if digits.startswith(_NTLM) and re.fullmatch("[A-Za-z0-9+/]*", digits):
            level = ntlm.level(binascii.a2b_base64(digits[: len(digits) // 4 * 4]))
            yield Session(cipher="" if level == "anonymous" else level)


def _password(method: str, fields: Fields) -> Said | str:
    """Whether a password that is sent itself, or shown to be known, is a known default."""
    values = [fields.get(name, "") for name in ("authorization", "proxy-authorization")]
    told = [default_log_ins.of_field(value) for value in values]
    told += [_BY_DIGEST[shown] for value in values if (shown := digest.of_field(value, method))]
    return next((sure for sure in (default_log_ins.DEFAULT, *_BY_DIGEST.values()) if sure in told), told[0] or told[1])


def _unread(method: str, fields: Fields, *, read: bool) -> tuple[str, ...]:
    """Columns of the session that what was not read may fill. read: the body was."""
    if method == "CONNECT" or fields.get("content-type", "").lower().startswith(_CARRIES):
        return _BEYOND
    return ("credentials",) if not read and may_log_in(fields) else ()


def _session_notes(fields: Fields, place: _Target) -> Iterator[str]:
    if place.secret:
        yield said("credentials in the address")
    if any(_RESOLVES.search(fields.get(name, "")) for name in ("accept", "content-type")):
        yield said("resolves names through a proxy") if place.host else said("resolves names")


def _proof(fields: Fields, found: Collection[str], *, session: bool, read: bool) -> str:
    """Whether a request to an AI service says who asks. A ``session`` of MCP does not, in a field or, of 2024-11-05, in
    the address (2025-06-18, Session Hijacking), and a cookie may, whatever it is called. read: all that may say it was
    read.
    """
    number = {"bearer"} if session and not _shows_secret(fields) else set()
    if set(found) - number or "cookie" in fields:
        return said("with credentials")
    return said("without credentials") if read else ""


def _is_of_mcp(path: str, signs: Iterable[Sign]) -> bool:
    """It goes where messages of MCP go, or is one: servers call that place as they like."""
    ends = path.rstrip("/").endswith(("/message", "/messages"))
    return ends or any(sign.interface == "MCP" and sign.kind == "rpc" for sign in signs)


def _shows_secret(fields: Fields) -> bool:
    """Some field other than the session of MCP has a secret in it."""
    others = fields.keys() - _NO_SECRET - {"mcp-session-id"}
    return "authorization" in fields or any(_SECRET_FIELDS.search(name) for name in others)


def _meaning(
    remote: Call | None, station: tuple[str, str, Verb] | None, windows: str, onvif: str, place: _Target
) -> Iterator[str]:
    """What a call is of the interface that it belongs to."""
    if windows:
        yield windows
    if remote:
        yield verbatim(remote.description)
    if station:
        yield verbatim(f"{station[0]} {station[1]}")
    if onvif:
        yield verbatim(f"ONVIF: {onvif}")
    if database := place.of_influxdb:
        yield verbatim(f"InfluxDB: {database}")


def may_log_in(fields: Fields) -> bool:
    """A body of this kind may hold a log-in; empty where the kind is not said."""
    return bool(_WITH_LOGIN.search(fields.get("content-type", "").lower()))


@dataclass(frozen=True, slots=True)
class _Target:
    """A request target without anything that may be secret."""

    host: str
    shown: str  # the path
    fields: tuple[tuple[str, str], ...]  # of the query; their values may be secret
    user_info: bool
    exact: bool  # the path is shown as it was sent

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.fields)

    @property
    def secret(self) -> bool:
        return self.user_info or any(self.credentials)

    @property
    def credentials(self) -> Iterator[str]:
        """Kinds of credentials in the query."""
        yield from filter(None, map(_query_kind, self.names))
        # User and password of InfluxDB 1 (its HTTP API, "authentication"), whose names say nothing elsewhere.
        if self.shown.endswith(("/query", "/write")) and {"u", "p"} <= {*self.names}:
            yield "form"
        if "key" in self.names and _OF_GOOGLE.search(self.shown):
            yield "bearer"

    @property
    def of_influxdb(self) -> str:
        """What is asked of InfluxDB (HTTP API of versions 1 and 2), by where it goes and the names of the query."""
        for place, what, named in _INFLUXDB:
            if self.shown.endswith(place) and named <= {*self.names}:
                return what
        return ""

    @property
    def has_session_alone(self) -> bool:
        """Its only credentials are the number of a session, as of MCP."""
        secrets = [name for name in self.names if _query_kind(name)]
        return bool(secrets) and all(map(_SESSION_OF_MCP.search, secrets))

    @classmethod
    def of(cls, target: str) -> _Target:
        host, user_info = "", False
        if "://" in target[:12]:
            authority, target = re.split("(?=[/?#]|$)", target.split("://", 1)[1], maxsplit=1)
            target = target if target.startswith("/") else f"/{target}"
            user_info, host = "@" in authority, authority.rpartition("@")[2]
        path, _, query = target.partition("?")
        plain = _ENCODED.sub(_plain, path.split("#", 1)[0].split(";", 1)[0])
        masked = _SUBSCRIBER.sub(lambda found: f"{found[1] or found[2]}-\N{HORIZONTAL ELLIPSIS}", plain)
        shown = readable_path(_octets(_LONG_SEGMENT.sub("\N{HORIZONTAL ELLIPSIS}", masked)))
        return cls(host, shown, tuple(form(query)[0]), user_info, shown == path)


def _plain(found: re.Match[str]) -> str:
    """A character that means the same whether it is encoded or not (RFC 3986, section 6.2.2.2); others as they are."""
    char = chr(int(found[1], 16))
    return char if char.isascii() and (char.isalnum() or char in "-._~") else found[0]


def shown_path(target: str) -> str:
    """The path of a request target, as operations have it."""
    return _Target.of(target).shown


def _query_kind(name: str) -> str:
    if _PASSWORD_NAMES.search(name) or kind_of(name) == "form":
        return "form"
    return "bearer" if _TOKEN_NAMES.search(name) else ""


def _credentials(method: str, fields: Fields, place: _Target, *, read: bool) -> Iterator[str]:
    """The kinds of credentials a request carries; never the credentials. read: its body was read, where those are that
    have a name; at a place of log-ins they may be called anything.
    """
    for field in ("authorization", "proxy-authorization"):
        if field in fields and not _is_empty(fields[field]):
            yield _scheme(fields[field])
    for name in fields.keys() - _NO_SECRET:
        if _PASSWORD_FIELDS.search(name):
            yield "password"
        elif _SECRET_FIELDS.search(name):
            yield "bearer"
    if place.user_info:
        yield "basic"
    yield from place.credentials
    cookies = (part.partition("=")[0].strip() for part in fields.get("cookie", "").split(";"))
    if any(_SESSION_COOKIES.search(name) for name in cookies):
        yield "cookie"
    body = fields.get("content-type", "").lower()
    # A 5G core knows subscribers by vectors, and no password is sent.
    told = read and "json" in body
    begins = _LOGIN_PATHS.search(place.shown) or (not told and _SESSIONS.search(place.shown))
    logs_in = begins and not core.asked(place.shown, fields)
    if method == "POST" and logs_in and ("form" in body or "json" in body):
        yield "form"


def _is_empty(value: str) -> bool:
    """It names a scheme whose credentials lack: a program that was given no key."""
    return value.strip().lower() in {"", "bearer", "basic"}


def _scheme(value: str) -> str:
    """The kind of an Authorization field. Schemes of manufacturers (``Token``, ``ApiKey``) send the secret itself, but
    for those that sign; so does a field without any.
    """
    scheme = value.split(" ", 1)[0].rstrip(",:").lower()
    if scheme in _SCHEMES:
        return scheme
    proves = scheme in _PROVING or scheme.startswith(("aws4-hmac", "scram-", "hmac")) or "hmac" in scheme
    return "other" if proves else "bearer"


def _request_notes(fields: Fields, place: _Target) -> Iterator[str]:
    if place.host:
        yield said("through a proxy to {name}", name=place.host)
    if "soapaction" in fields:
        yield said("SOAPAction {name}", name=_text(fields["soapaction"].strip(chr(34)), 80))
    if callback := re.match(r"<?(https?://[^\s/?#@<>]{1,80})", fields.get("callback", "").strip()):
        yield said("events go to {place}", place=_text(callback[1]))
    if goes_over := fields.get("upgrade") or fields.get(":protocol"):  # the latter in HTTP/2 (RFC 8441)
        known = _subprotocols(fields)
        asks = "asks to upgrade to {name} for {what}" if known else "asks to upgrade to {name}"
        yield said(asks, name=_text(goes_over, 40), what=known)


def _subprotocols(fields: Fields) -> str:
    """What a WebSocket shall carry, where it is known: some clients put their token in this field."""
    asked = [name.strip() for name in fields.get("sec-websocket-protocol", "").split(",")]
    known = [name for name in asked if name in _SUBPROTOCOLS]
    return " or ".join(known)


def _host(fields: Fields, place: _Target) -> str:
    name = place.host or fields.get("host", "")
    return _text(re.sub(r":\d+$", "", name), 255)


def _filter(method: str, place: _Target, version: str) -> str:
    """By method, and by path where that is plain text (tshark has a field for the path only where a query follows)."""
    if not METHODS.keys() & {method}:
        return "http2" if version == "HTTP/2" else "http"
    if version == "HTTP/2":
        text = f'http2.headers.method == "{method}"'
        if place.exact and re.fullmatch(r"/[\w./~-]+", place.shown, re.ASCII):
            return f'{text} && http2.headers.path contains "{place.shown}"'
        return text
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


def response(version: str, code: int, fields: Fields, body: Body | None = None) -> Iterator[Row]:
    """The rows of a response; ``body``: where it is read. What was not modified is not sent again (RFC 9110, section
    15.4.5), and so is refused as well.
    """
    if code >= 200:
        refused = code >= 400 or code == http.HTTPStatus.NOT_MODIFIED or _sends_away(code, fields)
        yield Operation(
            verb=Verb.UNKNOWN,
            function="response",
            kind=Kind.REFUSAL if refused else Kind.RESPONSE,
            code=str(code),
            refusal=_reason(code, fields) if refused else "",
            filter=f"http2.headers.status == {code}" if version == "HTTP/2" else f"http.response.code == {code}",
        )
    cookies = fields.get("set-cookie", "").split(",")
    session = any(_SESSION_COOKIES.search(c.partition("=")[0]) for c in cookies)
    yield Session(
        version=version,
        encrypted=False,
        credentials="cookie" if session else "",
        detail=joined(_response_notes(code, fields), "; "),
        unread=_after(code, fields.get("upgrade", "").lower()),
    )
    server = _text(fields.get("server", ""), 80)
    if server:
        yield Identity("software", server)
    if version_stated := re.fullmatch(r"v?(\d[\w.-]{0,30})", fields.get("x-influxdb-version", "")):
        yield Identity("software", f"InfluxDB {version_stated[1]}")
    yield from ai.of_answer(fields, calls=tools.calls(body.data, whole=body.whole) if body else None)
    if body:
        yield from tools.of_answer(body.data, fields.get("content-encoding", ""), whole=body.whole)


def _sends_away(code: int, fields: Fields) -> bool:
    """Nothing is done here: it is to be asked for inside TLS, or by somebody who has logged in."""
    place = fields.get("location", "")
    asks_who = _ASKS_WHO.search(re.split("[?;#]", place, maxsplit=1)[0])
    return 300 <= code < 400 and (place.lower().startswith("https:") or asks_who is not None)


def _after(code: int, upgrade: str) -> tuple[str, ...]:
    """What of the session is not read behind a response: once it was switched over, another protocol's. HTTP/2 is read
    as HTTP again.
    """
    if code != http.HTTPStatus.SWITCHING_PROTOCOLS:
        return ()
    return ("credentials",) if upgrade == "h2c" else _BEYOND


def _reason(code: int, fields: Fields) -> str:
    """The registered phrase of a status code; what the server writes there is not to be trusted. A digest that is only
    stale was made of the right password (RFC 7616, section 3.3).
    """
    try:
        reason = f"{code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)
    return f"{reason} (stale)" if code == 401 and re.search(r"(?i)\bstale\s*=\s*true", _unquoted(fields)) else reason


def _unquoted(fields: Fields) -> str:
    """What a server asks who logs in for, without the texts in it."""
    return re.sub(r'"[^"]*"', "", fields.get("www-authenticate", ""))


def _response_notes(code: int, fields: Fields) -> Iterator[str]:
    words = re.findall(r"[a-z]+(?![\w-]*\s*=)", _unquoted(fields).lower())
    schemes = dict.fromkeys(word for word in words if word in _SCHEMES)
    if schemes:
        yield said("server asks for {name}", name=", ".join(schemes))
    if _sends_away(code, fields):
        https = fields["location"].lower().startswith("https:")
        yield said("redirects to https") if https else said("redirects to a log-in page")
    if code == 101 and "upgrade" in fields:
        yield said("upgraded to {name}", name=_text(fields["upgrade"], 40))
