"""Log-ins with a password that devices are delivered with: told from others, with their outcome; never the secret."""

from __future__ import annotations

import gzip
import hashlib
import hmac
from base64 import b64encode
from pathlib import Path

import pytest

from fixtures.record import amqp, amqp_1, tds
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.common import default_log_ins
from scanner.protocols.common.default_log_ins import DEFAULT, OTHER, tokens
from scanner.protocols.http import _forms as forms
from scanner.protocols.http._bodies import found_in
from scanner.wording import plain
from tests.protocols.recordings import CAPTURES

HTTP = 80
GET = b"GET /config HTTP/1.1\r\nHost: plc\r\n%b\r\n\r\n"
OK, DENIED = (b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % code for code in (b"200 OK", b"401 Unauthorized"))
RTSP = b"DESCRIBE rtsp://%b10.20.0.40/s RTSP/1.0\r\nCSeq: 1\r\n%b\r\n\r\n"
CAMERA = b"rtsp://10.20.0.40/s"
REGISTER = b"REGISTER sip:plant SIP/2.0\r\nCSeq: 1 REGISTER\r\n%b\r\n\r\n"
Turns = list[tuple[bytes, bytes]]  # what the client sends, and what the server answers


def basic(user: bytes, password: bytes, name: bytes = b"Authorization: Basic ") -> bytes:
    return name + b64encode(user + b":" + password)


def connect(user: bytes, password: bytes) -> bytes:
    fields = b"\0\4MQTT\4\xc6\0\x3c" + b"".join(
        len(s).to_bytes(2, "big") + s for s in (b"c", b"w", b"", user, password)
    )
    return b"\x10" + bytes((len(fields),)) + fields


def bulks(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in words)


def ldap(password: bytes) -> bytes:
    bind = b"\2\1\3\4\5cn=ad\x80" + bytes((len(password),)) + password
    return b"\x30" + bytes((len(bind) + 5,)) + b"\2\1\1\x60" + bytes((len(bind),)) + bind


def amqp_begins(mechanism: bytes, response: bytes) -> Turns:
    start = amqp.method(10, 10, b"\0\x09" + amqp.long(b"") + amqp.long(b"PLAIN AMQPLAIN") + amqp.long(b"en_US"))
    return [(amqp.HEADER, start), (amqp.log_in(mechanism, response), amqp.method(10, 30, bytes(8)))]


def table(**texts: bytes) -> bytes:
    return b"".join(amqp.short(name.encode()) + b"S" + amqp.long(text) for name, text in texts.items())


def amqp_1_begins(response: bytes) -> Turns:
    outcome = amqp_1.frame(1, amqp_1.described(0x44, b"\x50\0"))
    return [(amqp_1.SASL, amqp_1.SASL), (amqp_1.log_in(b"PLAIN", response), outcome)]


def tds_begins(user: str, password: str) -> Turns:
    negotiation = tds.negotiation(tds.CANNOT)
    log_in = tds.packet(tds.LOGIN, tds.login(password, user=user))
    accepted = tds.packet(tds.RESULT, tds.ACCEPTED)
    return [(tds.packet(tds.PRELOGIN, negotiation), tds.packet(tds.RESULT, negotiation)), (log_in, accepted)]


def sybase(user: bytes, password: bytes) -> Turns:
    record = b"".join(t.ljust(30, b"\0") + bytes((len(t),)) for t in (b"station7", user, password, b"4711"))
    packets = tds.packet(tds.OLD_LOGIN, record + bytes(380), last=False) + tds.packet(tds.TOKENS, bytes(56))
    return [(packets, tds.packet(tds.RESULT, tds.ACCEPTED))]


def post(kind: bytes, body: bytes, more: bytes = b"") -> bytes:
    lines = b"POST /cgi/x HTTP/1.1\r\nHost: plc\r\nContent-Type: %b\r\n%bContent-Length: %d\r\n\r\n"
    return lines % (kind, more, len(body)) + body


def page(body: bytes) -> Turns:
    return [(post(b"application/x-www-form-urlencoded", body), OK)]


def object_(body: bytes) -> Turns:
    return [(post(b"application/json", body), OK)]


def parts(*fields: tuple[bytes, bytes]) -> Turns:
    lines = b'--xx%d\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    body = b"".join(lines % (len(fields), *field) for field in fields) + b"--xx--\r\n"
    return [(post(b"multipart/form-data; boundary=xx", body), OK)]


def chunked(*pieces: bytes) -> Turns:
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    return [(b"POST /cgi/x HTTP/1.1\r\nHost: plc\r\nTransfer-Encoding: chunked\r\n\r\n" + body, OK)]


def digest(
    name: str, user: bytes, password: bytes, asked: bytes = b"GET", uri: bytes = b"/config", **parameters: bytes
) -> bytes:
    """An Authorization field (RFC 7616, section 3.4)."""

    def of(*parts: bytes) -> bytes:
        return hashlib.new(name, b":".join(parts)).hexdigest().encode()

    known = of(user, b"plant", password)
    if b"sess" in parameters.get("algorithm", b""):
        known = of(known, b"n0nce", b"c0unt")
    counted = (b"00000001", b"c0unt", b"auth") if "qop" in parameters else ()
    sent = {"username": user, "realm": b"plant", "nonce": b"n0nce", "uri": uri, **parameters}
    sent |= {"response": of(known, b"n0nce", *counted, of(asked, uri))}
    bare = {name: sent.pop(name) for name in ("algorithm", "qop") if name in sent}
    bare |= {"nc": b"00000001"} if counted else {}
    sent |= {"cnonce": b"c0unt"}
    quoted = [b'%b="%b"' % (key.encode(), value) for key, value in sent.items()]
    return b"Authorization: Digest " + b", ".join([*quoted, *(b"%b=%b" % (k.encode(), v) for k, v in bare.items())])


STAMP = b"<1896.697170952@plant.example>"
LOGIN = (b"AUTH LOGIN%b", b"")


def mail(goes_on: bytes, asks: bytes, challenge: bytes, *responses: bytes) -> Turns:
    """A log-in of several lines; what is asked for may bring the first response along."""
    lines = [asks % b"", *map(b64encode, responses)]
    if asks.endswith(b" %b"):
        lines = [asks % lines[1], *lines[2:]]
    done = {b"334 ": b"235 in", b"+ ": b"+OK in" if not asks.startswith(b"a ") else b"a OK in"}[goes_on]
    answers = [goes_on + b64encode(challenge or b"more")] * (len(lines) - 1) + [done]
    return [(line + b"\r\n", answer + b"\r\n") for line, answer in zip(lines, answers, strict=True)]


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).hexdigest().encode()


def postgresql(kind: int, user: bytes, shown: bytes) -> Turns:
    """What is shown behind a request for a password, 3, or for its digest, 5."""
    start = b"\0\3\0\0user\0" + user + b"\0database\0plant\0\0"
    asks = b"R\0\0\0" + bytes((8 + 4 * (kind == 5), 0, 0, 0, kind)) + SALT * (kind == 5)
    sent = b"p" + (len(shown) + 5).to_bytes(4, "big") + shown + b"\0"
    return [((len(start) + 4).to_bytes(4, "big") + start, asks), (sent, b"R\0\0\0\x08\0\0\0\0")]


def pg_md5(user: bytes, password: bytes) -> bytes:
    return b"md5" + md5(md5(password + user) + SALT)


def native(password: bytes, scramble: bytes) -> bytes:
    once = hashlib.sha1(password, usedforsecurity=False).digest()
    twice = hashlib.sha1(once, usedforsecurity=False).digest()
    mask = hashlib.sha1(scramble + twice, usedforsecurity=False).digest()
    return bytes(a ^ b for a, b in zip(once, mask, strict=True))


def caching(password: bytes, scramble: bytes) -> bytes:
    once = hashlib.sha256(password).digest()
    mask = hashlib.sha256(hashlib.sha256(once).digest() + scramble).digest()
    return bytes(a ^ b for a, b in zip(once, mask, strict=True))


def packet(number: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + bytes((number,)) + body


def mysql(user: bytes, shown: bytes, *more: bytes) -> Turns:
    """A log-in behind the greeting; ``more``: what is shown once the server wants another plugin."""
    plugin = b"mysql_native_password\0"
    sent = b"\5\x82\x08\0" + b"\0\0\0\1\x21" + bytes(23) + user + b"\0" + bytes((len(shown),)) + shown + plugin
    done = b"\0\0\0\2\0\0\0"
    if not more:
        return [(packet(1, sent), packet(2, done))]
    return [(packet(1, sent), packet(2, b"\xfe" + plugin + SCRAMBLE + b"\0")), (packet(3, more[0]), packet(4, done))]


SALT = b"\1\2\3\4"
SCRAMBLE = b"abcdefghijklmnopqrst"
MYSQL = packet(
    0,
    b"\x0a8.0.1\0" + b"\1\0\0\0" + SCRAMBLE[:8] + b"\0\xff\xf7\x21\2\0\xff\x81\x15" + bytes(10) + SCRAMBLE[8:] + b"\0",
)


def cram(user: bytes, password: bytes) -> bytes:
    return user + b" " + hmac.new(password, STAMP, "md5").hexdigest().encode()


def apop(user: bytes, password: bytes) -> bytes:
    return b"APOP %b %b\r\n" % (user, md5(STAMP + password))


def digest_md5(user: bytes, password: bytes) -> bytes:
    """RFC 2831, section 2.1.2.1."""
    session = md5(bytes.fromhex(md5(user + b":plant:" + password).decode()) + b":n:c")
    shown = md5(b":".join((session, b"n", b"00000001", b"c", b"auth", md5(b"AUTHENTICATE:smtp/plant"))))
    text = b'username="%b",realm="plant",nonce="n",cnonce="c",nc=00000001,qop=auth,digest-uri="smtp/plant",response=%b'
    return text % (user, shown)


LDAP_REPLY = b"\x30\x0c\2\1\1\x61\7\x0a\1%b\4\0\4\0"
LOG_INS: dict[str, tuple[int, Turns, Turns]] = {  # port, one with a default that is taken, one with another password
    "http": (HTTP, [(GET % basic(b"admin", b"admin"), OK)], [(GET % basic(b"root", b"root-2"), OK)]),
    "http, bare line feeds": (
        HTTP,
        [((GET % basic(b"root", b"dbps", b"AUTHORIZATION:  basic ")).replace(b"\r", b""), OK)],
        [((GET % basic(b"root", b"dbps2")).replace(b"\r", b""), OK)],
    ),
    "http, no password at all, blanks behind": (
        HTTP,
        [(GET % (basic(b"admin", b"") + b"  "), OK)],
        [(GET % basic(b"admin", b"a"), OK), (GET % b"Authorization: Basic ", OK)],
    ),
    "http, two fields": (
        HTTP,
        [(GET % (basic(b"root", b"root") + b"\r\n" + basic(b"a", b"b", b"Proxy-Authorization: Basic ")), OK)],
        [(GET % basic(b"a", b"b"), OK)],
    ),
    "form": (HTTP, page(b"user=admin&password=admin&go=1"), page(b"user=admin&password=Admin&go=1")),
    "form, the password first, at its end the user": (
        HTTP,
        page(b"pwd=wago&t=1&login=ROOT"),
        page(b"pwd=wago&t=1&login=rooT2"),
    ),
    "form, encoded": (HTTP, page(b"us%65r=%61dmin&p%61ss=%21adm%69n"), page(b"us%65r=%61dmin&p%61ss=%21adm%69m")),
    "form, a blank": (
        HTTP,
        page(b"username=Default+User&passwd=robotics"),
        page(b"username=Default+User&passwd=robotic"),
    ),
    "form, other languages": (HTTP, page(b"benutzer=admin&kennwort=1234"), page(b"benutzer=admin&kennwort=12345678")),
    "form, with prefixes": (
        HTTP,
        page(b"ctl00$txtUser=admin&ctl00$txtPassword=moxa"),
        page(b"ctl00$txtUser=a&ctl00$txtPassword=moxa"),
    ),
    "form, in chunks": (
        HTTP,
        chunked(b"user=admin&pass", b"word=ad", b"min"),
        chunked(b"user=admin&pass", b"word=ad", b"mit"),
    ),
    "form, in gzip": (
        HTTP,
        [(post(b"text/plain", gzip.compress(b"user=admin&password=admin"), b"Content-Encoding: gzip\r\n"), OK)],
        [(post(b"text/plain", gzip.compress(b"user=admin&password=nimda"), b"Content-Encoding: gzip\r\n"), OK)],
    ),
    "form, in base64": (HTTP, page(b"user=YWRtaW4=&password=YWRtaW4="), page(b"user=YWRtaW4=&password=YWRtaW5=")),
    "form, as a digest": (HTTP, page(b"user=admin&password=21232f297a57a5a743894a0e4a801fc3"), []),
    "form, in parts": (
        HTTP,
        parts((b"username", b"admin"), (b"password", b"1234")),
        parts((b"username", b"b"), (b"password", b"1234")),
    ),
    "form, in the query": (
        HTTP,
        [(b"GET /l?usr=admin&psw=12345 HTTP/1.1\r\nHost: plc\r\n\r\n", OK)],
        [(b"GET /l?usr=admin&psw=123457 HTTP/1.1\r\nHost: plc\r\n\r\n", OK)],
    ),
    "json": (
        HTTP,
        object_(b'{"Username": "Admin", "x": 1, "Password": "admin"}'),
        object_(b'{"Username": "Admin", "x": 1, "Password": "adm"}'),
    ),
    "json, within": (
        HTTP,
        object_(b'{"method":"login","params":{"name":"root","pwd":"root"}}'),
        object_(b'{"method":"login","params":{"name":"root","pwd":"roo"}}'),
    ),
    "json, escaped": (
        HTTP,
        object_(b'{"user":"\\u0061dmin","pass":"adm\\u0069n"}'),
        object_(b'{"user":"\\u0061dmin","pass":"adm\\u0069m"}'),
    ),
    "json, an escaped name": (
        HTTP,
        object_(b'{"user":"admin","p\\u0061ss":"admin"}'),
        object_(b'{"user":"admin","p\\u0061ss":"admim"}'),
    ),
    "xml": (
        HTTP,
        [(post(b"text/xml", b"<l><UserName>admin</UserName><Password t='1'>12345</Password></l>"), OK)],
        [(post(b"text/xml", b"<l><UserName>admin</UserName><Password t='1'>1234567</Password></l>"), OK)],
    ),
    "digest": (
        HTTP,
        [(GET % digest("md5", b"admin", b"moxa"), OK)],
        [(GET % digest("md5", b"admin", b"mox"), OK)],
    ),
    "digest, with a count": (
        HTTP,
        [(GET % digest("md5", b"root", b"dbps", qop=b"auth"), OK)],
        [(GET % digest("md5", b"root", b"other", qop=b"auth"), OK)],
    ),
    "digest, of a session": (
        HTTP,
        [(GET % digest("md5", b"root", b"dbps", qop=b"auth", algorithm=b"MD5-sess"), OK)],
        [],
    ),
    "digest, sha-256": (
        HTTP,
        [(GET % digest("sha256", b"admin", b"", qop=b"auth", algorithm=b"SHA-256"), OK)],
        [(GET % digest("sha256", b"nobody", b"", qop=b"auth", algorithm=b"SHA-256"), OK)],
    ),
    "digest, a hashed name": (
        HTTP,
        [
            (
                (GET % digest("sha256", b"admin", b"admin", algorithm=b"SHA-256", userhash=b"true")).replace(
                    b'"admin"', b'"%b"' % hashlib.sha256(b"admin:plant").hexdigest().encode()
                ),
                OK,
            )
        ],
        [],
    ),
    "ftp": (
        21,
        [(b"USER loader\r\n", b"331 go on\r\n"), (b"PASS fwdownload\r\n", b"230 in\r\n")],
        [(b"USER loader\r\n", b"331 go on\r\n"), (b"PASS fwdownload2\r\n", b"230 in\r\n")],
    ),
    "rtsp": (554, [(RTSP % (b"", basic(b"admin", b"12345")), b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")], []),
    "rtsp, in the address": (
        554,
        [(RTSP % (b"admin:1%3234@", b"X: y"), b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")],
        [(RTSP % (b"admin:1%3235@", b"X: y"), b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")],
    ),
    "rtsp, by digest": (
        554,
        [(RTSP % (b"", digest("md5", b"admin", b"12345", b"DESCRIBE", CAMERA)), b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")],
        [
            (
                RTSP % (b"", digest("md5", b"admin", b"123457", b"DESCRIBE", CAMERA)),
                b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n",
            )
        ],
    ),
    "sip": (
        5060,
        [
            (
                REGISTER % digest("md5", b"admin", b"admin", b"REGISTER", b"sip:plant", qop=b"auth"),
                b"SIP/2.0 200 OK\r\n\r\n",
            )
        ],
        [
            (
                REGISTER % digest("md5", b"admin", b"adm", b"REGISTER", b"sip:plant", qop=b"auth"),
                b"SIP/2.0 200 OK\r\n\r\n",
            )
        ],
    ),
    "mqtt": (1883, [(connect(b"admin", b"public"), b"\x20\2\0\0")], [(connect(b"admin", b"Public"), b"\x20\2\0\0")]),
    "smtp": (
        25,
        [(b"EHLO a\r\n", b"250 b\r\n"), (b"AUTH PLAIN " + b64encode(b"\0admin\0admin") + b"\r\n", b"235 in\r\n")],
        [(b"EHLO a\r\n", b"250 b\r\n"), (b"AUTH PLAIN " + b64encode(b"admin\0x\0admin") + b"\r\n", b"235 in\r\n")],
    ),
    "imap": (143, [(b'a1 LOGIN "admin" 1234\r\n', b"a1 OK\r\n")], [(b"a1 login admin 12\r\n", b"a1 OK\r\n")]),
    "imap, when it is asked for": (
        143,
        [(b"a1 AUTHENTICATE PLAIN\r\n", b"+ \r\n"), (b64encode(b"\0admin\x001234") + b"\r\n", b"a1 OK\r\n")],
        [(b"a1 AUTHENTICATE PLAIN\r\n", b"+ \r\n"), (b64encode(b"\0admin\x0012") + b"\r\n", b"a1 OK\r\n")],
    ),
    "smtp, when it is asked for": (
        25,
        [
            (b"EHLO a\r\n", b"250 b\r\n"),
            (b"AUTH PLAIN\r\n", b"334 \r\n"),
            (b64encode(b"\0admin\0admin") + b"\r\n", b"235 in\r\n"),
        ],
        [],
    ),
    "smtp, in steps": (25, mail(b"334 ", *LOGIN, b"admin", b"moxa"), mail(b"334 ", *LOGIN, b"admin", b"moxb")),
    "smtp, in a step": (25, mail(b"334 ", b"AUTH LOGIN %b", b"", b"admin", b"moxa"), []),
    "smtp, by a digest": (
        25,
        mail(b"334 ", b"AUTH CRAM-MD5%b", STAMP, cram(b"admin", b"moxa")),
        mail(b"334 ", b"AUTH CRAM-MD5%b", STAMP, cram(b"admin", b"moxb")),
    ),
    "smtp, by DIGEST-MD5": (
        25,
        mail(b"334 ", b"AUTH DIGEST-MD5%b", b'nonce="n"', digest_md5(b"admin", b"moxa")),
        mail(b"334 ", b"AUTH DIGEST-MD5%b", b'nonce="n"', digest_md5(b"admin", b"moxb")),
    ),
    "imap, in steps": (143, mail(b"+ ", b"a AUTHENTICATE LOGIN%b", b"", b"root", b"wago"), []),
    "imap, by a digest": (
        143,
        mail(b"+ ", b"a AUTHENTICATE CRAM-MD5%b", STAMP, cram(b"root", b"wago")),
        mail(b"+ ", b"a AUTHENTICATE CRAM-MD5%b", STAMP, cram(b"root", b"wagon")),
    ),
    "pop3, in steps": (
        110,
        mail(b"+ ", b"AUTH LOGIN%b", b"", b"root", b"wago"),
        mail(b"+ ", b"AUTH LOGIN%b", b"", b"r", b"wago"),
    ),
    "pop3, by a digest": (110, [(apop(b"admin", b"moxa"), b"+OK\r\n")], [(apop(b"admin", b"moxb"), b"+OK\r\n")]),
    "pop3, when it is asked for": (
        110,
        [(b"AUTH PLAIN\r\n", b"+ \r\n"), (b64encode(b"pi\0pi\0raspberry") + b"\r\n", b"+OK\r\n")],
        [],
    ),
    "pop3": (
        110,
        [(b"USER pi\r\n", b"+OK\r\n"), (b"PASS raspberry\r\n", b"+OK\r\n")],
        [(b"USER pi\r\n", b"+OK\r\n"), (b"PASS Raspberry\r\n", b"+OK\r\n")],
    ),
    "ldap": (389, [(ldap(b"changeme"), LDAP_REPLY % b"\0")], [(ldap(b"changed"), LDAP_REPLY % b"\0")]),
    "postgresql": (5432, postgresql(3, b"admin", b"admin"), postgresql(3, b"bob", b"admin")),
    "postgresql, by a digest": (
        5432,
        postgresql(5, b"admin", pg_md5(b"admin", b"moxa")),
        postgresql(5, b"admin", pg_md5(b"admin", b"moxb")),
    ),
    "mysql": (3306, mysql(b"root", native(b"root", SCRAMBLE)), mysql(b"root", native(b"toor", SCRAMBLE))),
    "mysql, since version 8": (
        3306,
        mysql(b"root", caching(b"dbps", SCRAMBLE)),
        mysql(b"admin", caching(b"dbps", SCRAMBLE)),
    ),
    "mysql, no password at all": (3306, mysql(b"sa", b""), mysql(b"root", b"")),
    "amqp": (
        5672,
        amqp_begins(b"PLAIN", b"\0guest\0guest"),
        amqp_begins(b"PLAIN", b"\0guest\0gueSt"),
    ),
    "amqp, as a table": (
        5672,
        amqp_begins(b"AMQPLAIN", table(LOGIN=b"guest", PASSWORD=b"guest")),
        amqp_begins(b"AMQPLAIN", table(LOGIN=b"guest", PASSWORD=b"gueSt")),
    ),
    "amqp 1.0": (5672, amqp_1_begins(b"\0guest\0guest"), amqp_1_begins(b"\0guest\0gueSt")),
    "tds": (1433, tds_begins("SA", "42Emerson42Eme"), tds_begins("sa", "42Emerson42Emf")),
    "tds, no password at all": (1433, tds_begins("sa", ""), tds_begins("sb", "")),
    "tds 5": (5000, sybase(b"sa", b"42Emerson42Eme"), sybase(b"sa", b"42Emerson42Emf")),
    "redis": (6379, [(bulks(b"AUTH", b"foobared"), b"+OK\r\n")], [(bulks(b"AUTH", b"default", b"x"), b"+OK\r\n")]),
}


GREETED = {
    25: b"220 a ESMTP\r\n",
    143: b"* OK IMAP\r\n",
    3306: MYSQL,
    110: b"+OK POP3 <1896.697170952@plant.example>\r\n",
}


def facts(folder: Path, port: int, *connections: Turns) -> Facts:
    path = folder / "log_ins.pcap"
    with Wire(path) as wire:
        for turns in connections:
            tcp = wire.tcp("10.20.0.10", "10.20.0.40", port)
            if port in GREETED:
                tcp.server(GREETED[port])
            for asked, answered in turns:
                tcp.client(asked)
                tcp.server(answered)
            tcp.close()
    return capture_facts(read_capture(path, path.name, framing_plan()), protocols())


def told(found: Facts) -> set[tuple[bool, int, int]]:
    """Whether it is a default, how often it was taken and how often refused."""
    rows = [o for o in found["operations"].to_dicts() if o["seen_as"] == "request"]
    compared = [o for o in rows if any(words in o["detail"] for words in (DEFAULT, OTHER, forms.OTHER))]
    return {(DEFAULT in o["detail"], o["accepted"], o["refused"]) for o in compared}


@pytest.mark.parametrize("name", LOG_INS)
def test_defaults_are_told_from_other_passwords(name: str, tmp_path: Path) -> None:
    port, default, other = LOG_INS[name]
    found = facts(tmp_path, port, other, default, other)
    log_ins = len(other) if port == HTTP else len(other[-1:])
    assert told(found) == {(True, 1, 0), *([(False, 2 * log_ins, 0)] if other else [])}
    assert not found.defects
    shown = str([found[table].to_dicts() for table in ("operations", "sessions", "identities", "malformed")])
    assert not [s for s in (*tokens(), "fwdownload", "raspberry", "foobared", "changeme", "42Emerson") if s in shown]


def test_what_is_refused_is_a_guess(tmp_path: Path) -> None:
    guess = [(GET % basic(b"admin", b"admin"), DENIED), (GET % basic(b"admin", b"real"), OK)]
    assert told(facts(tmp_path, HTTP, guess)) == {(True, 0, 1), (False, 1, 0)}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"q=admin&name=admin", ""),
        (b"csrf_token=admin&user=admin", ""),
        (b"user=admin&password=", forms.UNTOLD),
        (b"user=admin&password=*****", forms.UNTOLD),
        (b"user=admin&password=" + hashlib.sha256(b"n0nce:admin").hexdigest().encode(), forms.UNTOLD),
        (b"user=admin&new_password=admin&confirm_password=admin", forms.UNTOLD),
        (b"old_password=8sd7-2&new_password=admin&user=admin", forms.OTHER),
        (b"password=one&password=admin", forms.UNTOLD),
        (b'{"user": "admin", "password": "' + b"a9-" * 30 + b'"}', forms.UNTOLD),
        (b'{"user": "admin", "password": "8sd7"}, {"user": "admin", "password": "admin"}', forms.UNTOLD),
        (b'{"users": [{"user": "admin", "password": "8sd7"}, {"user": "b", "password": "admin"}]}', forms.UNTOLD),
        (b'{"user": "admin", "password": ["admin"]}', ""),
        (b'{"user": "\\ud800", "password": "\\ud800"}', forms.OTHER),
        (b"user=bob&password=admin", forms.OTHER),
        (b"password=admin", forms.DEFAULT),
    ],
)
def test_fields_that_log_nobody_in_or_hide_the_password(body: bytes, words: str) -> None:
    found = found_in(body, "", whole=True)
    assert forms.compared(found.fields, read=found.read) == words


def test_what_is_cut_off_is_not_compared() -> None:
    assert forms.compared(found_in(b"user=admin&password=admin", "", whole=False).fields, read=False) == forms.UNTOLD


# Recorded at programs with a password that is none of anybody -> how often it was shown and taken, and another refused.
RECORDED = {
    "ipmi/lanplus": (1, 0),
    "ipmi/weak": (2, 0),  # by MD5, and as it is
    "mysql/mariadb_11": (1, 1),
    "postgresql/postgresql_15": (2, 1),  # by MD5, and as it is
    "imap/dovecot_2_4": (3, 1),
    "pop3/dovecot_2_4": (1, 1),
    "smtp/aiosmtpd_1_4": (3, 1),
}


@pytest.mark.parametrize("name", RECORDED)
def test_programs_show_it_as_their_specifications_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    users = (b"admin", b"plain", b"digest", b"historian", b"operator")
    monkeypatch.setattr(default_log_ins, "_pairs", lambda: {(user, b"real-secret") for user in users})
    monkeypatch.setattr(default_log_ins, "_of_users", lambda: dict.fromkeys(users, frozenset((b"real-secret",))))
    monkeypatch.setattr(default_log_ins, "passwords", lambda: {b"real-secret"})
    path = CAPTURES / f"{name}.pcap"
    found = capture_facts(read_capture(path, path.name, framing_plan()), protocols())["operations"].to_dicts()
    shown = [o for o in found if DEFAULT in o["detail"]]
    others = [o for o in found if OTHER in o["detail"]]
    assert (sum(o["accepted"] for o in shown), sum(o["refused"] for o in others)) == RECORDED[name]
    assert not sum(o["refused"] for o in shown)


OPENED = b"\xff\xfd\x18\xff\xfb\x01"  # DO TERMINAL-TYPE, WILL ECHO
BANNER, WRONG, SHELL = b"Plant switch\r\nUsername: ", b"\r\nLogin incorrect\r\nUsername: ", b"\r\nswitch> "
ADMIN = ("admin\r\n", b"Password: ")


def typed(*turns: tuple[str, bytes], begins: bytes = OPENED + BANNER) -> list[tuple[bool, bytes]]:
    """(the client sends it, what) of each segment; keys are pressed one by one where the text has no end of line."""
    said = [(False, begins)]
    for keys, answer in turns:
        if keys.endswith("\r\n"):
            said.append((True, keys.encode()))
        else:
            for key in keys:
                said += [(True, key.encode()), *([(False, key.encode())] if answer == b"Password: " else [])]
        said.append((False, answer))
    return said


ACCEPTED, GUESSED = "Typed password accepted", "Typed password refused"
TYPED = {
    "a line at once": (typed(ADMIN, ("moxa\r\n", SHELL)), [(ACCEPTED, DEFAULT)]),
    "letter by letter": (typed(("admin\r", b"Password: "), ("moxa\r", SHELL)), [(ACCEPTED, DEFAULT)]),
    "with a letter taken back": (typed(("admim\x7fn\r", b"Password: "), ("mox\x08xa\r", SHELL)), [(ACCEPTED, DEFAULT)]),
    "another one": (typed(ADMIN, ("moxb\r\n", SHELL)), [(ACCEPTED, OTHER)]),
    "a default that is refused, then another": (
        typed(ADMIN, ("moxa\r\n", WRONG), ADMIN, ("Moxa-7\r\n", SHELL)),
        [(GUESSED, DEFAULT), (ACCEPTED, OTHER)],
    ),
    "the password alone": (typed(("wago\r\n", SHELL), begins=OPENED + b"Password: "), [(ACCEPTED, DEFAULT)]),
    "from the middle on": (typed(("in\r\n", b"Password: "), ("moxa\r\n", SHELL), begins=b"adm"), []),
    "an unknown question": (
        typed(("vt100\r\n", BANNER), ADMIN, ("moxa\r\n", SHELL), begins=OPENED + b"Terminal type? "),
        [],
    ),
    "refused in words, behind which comes a prompt of its own": (
        typed(ADMIN, ("moxa\r\n", b"\r\nAccess denied\r\n"), ("", b"> ")),
        [(GUESSED, DEFAULT)],
    ),
    "no outcome": (typed(ADMIN, ("moxa\r\n", b"\r\n")), []),
    "keys of a terminal": (typed(ADMIN, ("mo\x1b[Dxa\r\n", SHELL)), [(ACCEPTED, default_log_ins.UNTOLD)]),
    "a later question for a password": (
        typed(ADMIN, ("moxb\r\n", SHELL), ("en\r\n", b"Password: "), ("moxa\r\n", SHELL)),
        [(ACCEPTED, OTHER)],
    ),
}


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed(name: str, tmp_path: Path) -> None:
    segments, expected = TYPED[name]
    path = tmp_path / "typed.pcap"
    with Wire(path) as wire:
        tcp = wire.tcp("10.20.0.10", "10.20.0.40", 23)
        for from_client, data in segments:
            (tcp.client if from_client else tcp.server)(data)
        tcp.close()
    found = capture_facts(read_capture(path, path.name, framing_plan()), protocols())
    rows = [o for o in found["operations"].to_dicts() if o["function"] in (ACCEPTED, GUESSED)]
    assert sorted((o["function"], plain(o["detail"])) for o in rows) == sorted(expected)
    assert "mox" not in str(
        [found[table].to_dicts() for table in ("operations", "sessions", "identities", "malformed")]
    )
