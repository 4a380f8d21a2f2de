"""RTSP and SIP: text headers as HTTP has them, over TCP and UDP; what they share.

RFC 7826 and RFC 2326 (RTSP), RFC 3261 (SIP), RFC 7616 and 7617 (Digest, Basic).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

from scanner.framing.language import Case, Framing, HeaderBlock, Range, Role, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Related, Row, Session, Verb
from scanner.protocols.common import default_log_ins, digest
from scanner.protocols.internet import _sdp
from scanner.wording import Said

_STATUS = re.compile(rb"[A-Z]+/(\d\.\d) (\d{3})\b")
_CREDENTIALS = re.compile(rb"(?im)^(?:proxy-)?authorization:[ \t]*([A-Za-z0-9-]+)")
_FIELD = re.compile(rb"(?im)^(?:proxy-)?authorization:[ \t]*((?:basic|digest) +[^\r\n]{1,1024})")
_TRANSPORT = re.compile(rb"(?im)^transport:[ \t]*([^\r\n]{1,512})")
_PORTS = re.compile(rb"(?i)[;,](?:client|server)_port=(\d{1,5})(?:-(\d{1,5}))?")
_HOSTS = re.compile(rb"(?i)[;,](?:destination|source)=\"?([0-9a-f.:]+)")
_ANSWER = 1024  # bytes of an answer that may agree on ports
_FREE = 1024  # ports below are of services
_WITH_MEDIA = (183, 200)  # answers to an INVITE that say where media go
_ANSWERING = (b"ACK", b"PRACK")  # requests that answer an offer, and are not answered in their turn
_BLOCK = 4096  # bytes of a header block


def signalling(name: str, title: str, version: bytes, methods: dict[bytes, Verb], **more: object) -> Protocol:
    """The protocol that begins its answers with ``version`` and its requests with one of ``methods``."""
    scheme = name.encode()
    tokens = (version + b"/", *(method + b" " + scheme for method in methods))
    ports: dict[str, tuple[int, ...]] = more.pop("ports")  # type: ignore[assignment]
    return Protocol(
        name=name,
        title=title,
        framing=Framing(name, HeaderBlock(tokens, maximum=_BLOCK, bodies=name == "sip"), ports=ports, confirmations=1),
        cases=tuple(_cases(name, version, methods)),
        probe=lambda message: message.data.startswith(tokens),
        dissect=_dissector(name, version, methods),
        verbs=frozenset({*methods.values(), Verb.UNKNOWN}),
        industrial=False,
        **more,  # type: ignore[arg-type]
    )


def _cases(name: str, version: bytes, methods: dict[bytes, Verb]) -> Iterator[Case]:
    if name == "rtsp":  # an answer to SETUP agrees on ports
        yield Case(name, magic(0, version + b"/1.0 200"), (Range(0),), Role.RESPONSE, keep=_ANSWER)
    if name == "sip":  # and so do these to INVITE; what is provisional is no answer yet
        yield Case(name, magic(0, version + b"/2.0 200"), (Range(0),), Role.RESPONSE, keep=_BLOCK)
        yield Case(name, magic(0, version + b"/2.0 183"), (Range(0),), Role.NOTICE, keep=_BLOCK)
        yield Case(name, magic(0, version + b"/2.0 1"), (Range(0, 12),), Role.NOTICE, keep=64)
    yield Case(name, magic(0, version), (Range(0, 12),), Role.RESPONSE, keep=64)
    for method in methods:
        yield Case(name, magic(0, method + b" "), (Range(0),), Role.REQUEST, keep=_BLOCK)


def _dissector(name: str, version: bytes, methods: dict[bytes, Verb]) -> Callable[[Message], Iterator[Row]]:
    def dissect(message: Message) -> Iterator[Row]:
        """The method and the kind of credentials; of answers the status."""
        if status := _STATUS.match(message.data):
            code = int(status[2])
            if code >= 200:
                kind = Kind.REFUSAL if code >= 400 else Kind.RESPONSE
                refusal = str(code) if code >= 400 else ""
                yield Operation(Verb.UNKNOWN, "response", kind, code=str(code), refusal=refusal, filter=name)
                yield from _media(message)
            if code in _WITH_MEDIA:
                yield from _sdp.media(message.data, message.source, proves_itself=True)
            return
        method = message.data.split(b" ", 1)[0]
        if method not in methods:
            raise Malformed("no method of the protocol")
        kinds = {_kind(m[1].lower()) for m in _CREDENTIALS.finditer(message.data)}
        kinds |= {kind for kind, pattern in _IN_ADDRESS.items() if pattern.match(message.data)}
        kinds = kinds or {"none"}
        word = method.decode()
        yield Operation(methods[method], word, detail=_password(message.data), filter=name)
        yield from _media(message)
        yield from _sdp.media(message.data, message.source, proves_itself=method in _ANSWERING)
        for shown in sorted(kinds):
            yield Session(version=f"{version.decode()}", credentials=shown, encrypted=False)

    return dissect


def _password(data: bytes) -> Said | str:
    """Whether a password in a field or in the address is a known default."""
    fields = [field[1].decode("latin-1").rstrip() for field in _FIELD.finditer(data)]
    method = data.split(b" ", 1)[0].decode("latin-1")
    told = [default_log_ins.of_field(field) or digest.of_field(field, method) for field in fields]
    if told:
        return default_log_ins.DEFAULT if default_log_ins.DEFAULT in told else told[0]
    if user := _IN_ADDRESS["basic"].match(data):
        return default_log_ins.of_log_in(unquote_to_bytes(user[1]), unquote_to_bytes(user[2]))
    return ""


def _media(message: Message) -> Iterator[Row]:
    """The ports of RTP and RTCP that a header Transport names (RFC 2326 section 12.39), between these two hosts."""
    for header in _TRANSPORT.findall(message.data):
        hosts = {host.decode() for host in _HOSTS.findall(header)}
        if hosts <= {message.source, message.target} and b"multicast" not in header.lower():
            ports = {int(port) for pair in _PORTS.findall(header) for port in pair if port}
            for port in sorted(p for p in ports if _FREE <= p <= 0xFFFF)[:4]:
                yield Related("udp", port, None, ("rtp", ""))


# What an address holds that is asked for: user and password in front of the host (RFC 3986 section 3.2.1), or in the
# query, as cameras have it.
_IN_ADDRESS = {
    "basic": re.compile(rb"[A-Z_]+ (?:rtsps?://|sips?:)([^@\s/:;?]+):([^@\s/]+)@"),
    "form": re.compile(rb"(?i)[A-Z_]+ rtsps?://\S*[?&/_](?:pass(?:word|wd)?|pwd)=[^\s&]"),
}


def _kind(scheme: bytes) -> str:
    known = {b"basic": "basic", b"digest": "digest", b"bearer": "bearer", b"ntlm": "ntlm", b"negotiate": "negotiate"}
    return known.get(scheme, "other")
