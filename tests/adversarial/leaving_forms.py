"""What leaves the plant, by which name and way: clouds, services of models, resolvers, tunnels of names, proxies."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping

from hpack import Encoder

from tests.adversarial.ai_forms import frame, request
from tests.adversarial.modbus_forms import READ, SET, VALUES, adu, reads
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.service_forms import answered, question, sized
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ENGINEER,
    OFFICE_PC,
    PANEL,
    PLC_1,
    SCADA,
    STRANGER,
    WRITE,
    Said,
    both,
    datagrams,
    each,
    formed,
    played,
    stream,
)
from tests.twins import IP_ONLY, Form, answers_only, cut_short, in_pieces, lossy, midway, requests_only

AI, CLOUD, NAMES = "ai-service-contacted", "cloud-service-contacted", "encrypted-name-service-used"
OUT, INTERNET, ABROAD = "data-leaves-undeclared", "control-system-to-internet", "data-leaves-country"
PROXY, TUNNEL, PUBLIC = "proxy-in-control-zone", "dns-tunnel", "public-name-server-asked"
FAR, AMERICA = "93.184.216.34", "8.8.4.4"  # the first is nowhere in particular
OFFICE_PROXY = "10.10.0.80"
LOGGED = b"<134>1 2024-01-01T08:00:00Z SCADA-1 values 1 - - level 77.1 temperature 20.1"


def extension(kind: int, body: bytes) -> bytes:
    """Of TLS."""
    return struct.pack(">HH", kind, len(body)) + body


def record(kind: int, handshake: bytes) -> bytes:
    """A handshake message in a record."""
    body = bytes((kind,)) + struct.pack(">I", len(handshake))[1:] + handshake
    return b"\x16\3\1" + struct.pack(">H", len(body)) + body


def hello(name: str = "", protocols: Collection[str] = (), padding: int = 0) -> bytes:
    """A ClientHello of TLS 1.3 that names a server and protocols."""
    host = name.encode()
    more = extension(43, b"\2\3\4") + extension(10, b"\0\2\0\x1d") + extension(51, b"\0\x24\0\x1d\0\x20" + bytes(32))
    more += extension(21, bytes(padding)) if padding else b""
    if host:
        more += extension(0, struct.pack(">HBH", len(host) + 3, 0, len(host)) + host)
    if protocols:
        offered = b"".join(bytes((len(p),)) + p.encode() for p in protocols)
        more += extension(16, struct.pack(">H", len(offered)) + offered)
    return record(1, b"\3\3" + bytes(range(32)) + b"\0\0\2\x13\1\1\0" + struct.pack(">H", len(more)) + more)


_MORE = extension(43, b"\3\4") + extension(51, b"\0\x1d\0\x20" + bytes(32))
SERVER_HELLO = record(2, b"\3\3" + bytes(range(32)) + b"\0\x13\1\0" + struct.pack(">H", len(_MORE)) + _MORE)
SECRET = b"\x17\3\3\1\0" + bytes((n * 73 + 11) & 0xFF for n in range(256))


def secure(name: str = "", *protocols: str, padding: int = 0) -> Said:
    """TLS to somebody of that name."""
    return [(1, hello(name, protocols, padding)), (0, SERVER_HELLO + SECRET), (1, SECRET), (0, SECRET)]


def to(
    name: str, *protocols: str, server: str = FAR, port: int = 443, client: str = SCADA, padding: int = 0
) -> Recorded:
    """A session of TLS with the Internet."""
    return stream(client, server, port, secure(name, *protocols, padding=padding))


FORMS: Mapping[str, Form] = {
    "in segments of a byte": in_pieces(1),
    "in IPv6": IP_ONLY["in IPv6"],
    "requests only": requests_only,
    "in QinQ": each(LAYERS["QinQ"]),
    "in GTP-U": each(LAYERS["GTP-U"]),
    "in PPPoE": each(LAYERS["PPPoE"]),
}
PARTS: Mapping[str, Form] = {
    "answers only": answers_only,
    "cut after 60 bytes": cut_short(60),
    "recorded midway": midway,
    "a third lost": lossy(0.33),
}


def clouds() -> list[Case]:
    """Services by the names that TLS tells."""
    model, store = to("api.openai.com"), to("plant7.s3.eu-central-1.amazonaws.com")
    connected = [
        (1, b"CONNECT api.openai.com:443 HTTP/1.1\r\nHost: api.openai.com:443\r\n\r\n"),
        (0, b"HTTP/1.1 200 Connection established\r\n\r\n"),
        *secure("api.openai.com"),
    ]
    socks = [
        (1, b"\5\1\0"),
        (0, b"\5\0"),
        (1, b"\5\1\0\3\x0eapi.openai.com\1\xbb"),
        (0, b"\5\0\0\1" + bytes(6)),
        *secure("api.openai.com"),
    ]
    return [
        *(seen(f"a model {name}", formed(form, model), AI) for name, form in FORMS.items()),
        *(not_calm(f"a model {name}", formed(form, model), AI) for name, form in PARTS.items()),
        seen("a model on 8443", to("api.openai.com", port=8443), AI, INTERNET, OUT),
        seen("a model in capitals", to("API.OpenAI.com"), AI),
        seen("a model behind 3 KB of padding", to("api.openai.com", padding=3000), AI),
        seen("a model through a proxy", stream(SCADA, OFFICE_PROXY, 3128, connected), AI),
        seen(
            "a model through a proxy, by its address alone",
            stream(
                SCADA,
                OFFICE_PROXY,
                3128,
                [
                    (1, request("http://api.openai.com/v1/models", verb="GET", host="api.openai.com")),
                    (0, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                ],
            ),
            AI,
        ),
        seen("a model through SOCKS", stream(SCADA, OFFICE_PROXY, 1080, socks), AI),
        seen("a model, by a panel", to("api.anthropic.com", client=PANEL), AI, INTERNET, OUT),
        not_calm("nobody says who, to the Internet", to(""), AI, CLOUD),
        calm("a name that ends otherwise", to("api.openai.com.plant.example"), AI),
        calm("a name that begins otherwise", to("notopenai.com"), AI),
        calm("a model of an office PC", to("api.openai.com", client=OFFICE_PC), AI, CLOUD),
        seen("a cloud", store, CLOUD, INTERNET, OUT),
        seen("a cloud in segments of 2 bytes", formed(in_pieces(2), store), CLOUD),
        seen("a cloud with a dot behind", to("plant7.azure-devices.net."), CLOUD),
        calm("a cloud's name within another", to("amazonaws.com.plant.example"), CLOUD),
        not_calm("a country, of which nobody gave a table", to("x.example", server=AMERICA), ABROAD, OUT),
        not_calm(
            "a country in UDP that nobody knows",
            datagrams(SCADA, FAR, 40001, [(1, b"\x91abc" * 40), (0, b"\x91ok" * 9)] * 4),
            ABROAD,
            OUT,
        ),
        not_calm("a country, requests only", formed(requests_only, to("x.example", server=AMERICA)), ABROAD),
        not_calm("a country, answers only", formed(answers_only, to("x.example", server=AMERICA)), ABROAD),
        not_calm("a country that need not answer", datagrams(SCADA, AMERICA, 514, [(1, LOGGED)] * 60), ABROAD),
        unmoved("a country that never answers", stream_of_syn(), ABROAD, OUT),
        seen("QUIC to the Internet", played("quic/v1", _10_20_0_10=SCADA, _10_20_0_20=FAR), INTERNET, OUT),
        calm(
            "within the plant",
            stream(SCADA, ENGINEER, 443, secure("historian.plant.example")),
            AI,
            CLOUD,
            OUT,
            ABROAD,
            INTERNET,
        ),
    ]


def stream_of_syn() -> Recorded:
    """A connection that nobody takes."""
    return lambda: stream(SCADA, FAR, 443, [])()[:1]


def resolvers() -> list[Case]:
    """Names resolved past the plant's own server."""
    path = "/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB"
    plain = request(path, verb="GET", host="names.example", more="Accept: application/dns-message\r\n")
    posted = b"POST /q HTTP/1.1\r\nHost: names.example\r\nContent-Type: application/dns-message\r\n"
    posted += b"Content-Length: 33\r\n\r\n"
    posted += bytes.fromhex("00000100000100000000000003777777076578616d706c6503636f6d0000010001")
    ok = b"HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: 0\r\n\r\n"
    return [
        seen("DoH by name", to("dns.google", "h2", server="8.8.8.8"), NAMES),
        seen("DoH by a name of one's own account", to("ab12.dns.nextdns.io", "h2"), NAMES),
        seen("DoH without a name", to("", "h2", server="1.1.1.1"), NAMES),
        seen("DoH in IPv6", formed(IP_ONLY["in IPv6"], to("cloudflare-dns.com")), NAMES),
        seen(
            "DoH through a proxy",
            stream(
                SCADA,
                OFFICE_PROXY,
                8080,
                [
                    (1, b"CONNECT dns.google:443 HTTP/1.1\r\nHost: dns.google\r\n\r\n"),
                    (0, b"HTTP/1.1 200 OK\r\n\r\n"),
                    *secure("dns.google"),
                ],
            ),
            NAMES,
        ),
        seen("DoT by what is offered", to("r.example", "dot", port=853), NAMES),
        seen("DoT by what is offered on 8853", to("r.example", "dot", port=8853), NAMES),
        not_calm("DoT by its port", to("", port=853), NAMES),
        not_calm("DoT, cut after 60 bytes", formed(cut_short(60), to("dns.google", port=853)), NAMES),
        seen("DoQ", played("quic/dns_port_853", _10_20_0_10=SCADA, _10_20_0_20=FAR), NAMES),
        seen("DoH in clear", stream(SCADA, FAR, 80, [(1, plain), (0, ok)]), INTERNET, OUT, NAMES),
        seen("DoH in clear, requests alone", formed(requests_only, stream(SCADA, FAR, 8053, [(1, plain)])), NAMES),
        seen("DoH in clear, posted", stream(SCADA, FAR, 8080, [(1, posted), (0, ok)]), NAMES),
        seen(
            "DoH in clear, in JSON", stream(SCADA, FAR, 80, [(1, plain.replace(b"message", b"json")), (0, ok)]), NAMES
        ),
        seen(
            "DoH in clear through a proxy",
            stream(SCADA, OFFICE_PROXY, 8080, [(1, plain.replace(b"GET /", b"GET http://names.example/")), (0, ok)]),
            NAMES,
        ),
        calm("the plant's own DoH in clear", stream(SCADA, ENGINEER, 80, [(1, plain), (0, ok)]), NAMES),
        calm("a page about DoH", stream(SCADA, FAR, 80, [(1, plain.replace(b"dns-message", b"html")), (0, ok)]), NAMES),
        calm("a page of Google", to("www.google.com"), NAMES),
        calm("a name like a resolver's", to("dns.google.plant.example"), NAMES),
        calm("the plant's own DoT", stream(SCADA, ENGINEER, 853, secure("dns.plant.example", "dot")), PUBLIC),
    ]


def coded(count: int, size: int = 28, kind: int = 16, domain: str = "t.evil.example") -> list[bytes]:
    """Questions whose names carry something."""
    return [
        question(f"{n * 7919 + 1:0{size}x}.{n * 104729 + 3:0{size}x}.{domain}".encode(), n + 1, kind)
        for n in range(count)
    ]


def asked(questions: list[bytes]) -> Said:
    """Each of them answered."""
    return [one for each_of in questions for one in ((1, each_of), (0, answered(each_of)))]


def tunnels() -> list[Case]:
    """Data in names."""
    reversed_six = [question((".".join(f"{n:032x}"[::-1]) + ".ip6.arpa").encode(), n + 1, 12) for n in range(150)]
    pages = [question(b"www%d.shop.example" % (n % 40), n + 1) for n in range(300)]
    found = [
        seen(
            f"names carry data, in questions of type {kind}",
            datagrams(SCADA, ENGINEER, 53, asked(coded(150, kind=kind))),
            TUNNEL,
        )
        for kind in (1, 5, 10, 16, 28, 65)
    ]
    return [
        *found,
        seen("names carry data on 5353", datagrams(SCADA, ENGINEER, 5353, asked(coded(150))), TUNNEL),
        seen(
            "names carry data, requests only",
            formed(requests_only, datagrams(SCADA, ENGINEER, 53, asked(coded(150)))),
            TUNNEL,
        ),
        seen(
            "names carry data, in IPv6",
            formed(IP_ONLY["in IPv6"], datagrams(SCADA, ENGINEER, 53, asked(coded(150)))),
            TUNNEL,
        ),
        seen(
            "names carry data, in VXLAN",
            formed(each(LAYERS["VXLAN"]), datagrams(SCADA, ENGINEER, 53, asked(coded(150)))),
            TUNNEL,
        ),
        seen(
            "names carry data, in a stream",
            stream(SCADA, ENGINEER, 53, [(w, sized(m)) for w, m in asked(coded(150))]),
            TUNNEL,
        ),
        seen(
            "names carry data, a third lost",
            formed(lossy(0.33), datagrams(SCADA, ENGINEER, 53, asked(coded(300)))),
            TUNNEL,
        ),
        not_calm(
            "names carry data, cut after 60 bytes",
            formed(cut_short(60), datagrams(SCADA, ENGINEER, 53, asked(coded(150)))),
            TUNNEL,
        ),
        not_calm(
            "names carry data, answers only",
            formed(answers_only, datagrams(SCADA, ENGINEER, 53, asked(coded(150)))),
            TUNNEL,
        ),
        seen(
            "names carry data below a country's domain",
            datagrams(SCADA, ENGINEER, 53, asked(coded(150, domain="evil.co.uk"))),
            TUNNEL,
        ),
        calm("names of shops", datagrams(SCADA, ENGINEER, 53, asked(pages)), TUNNEL),
        calm("addresses of IPv6 are looked up", datagrams(SCADA, ENGINEER, 53, asked(reversed_six)), TUNNEL),
        calm("five long names", datagrams(SCADA, ENGINEER, 53, asked(coded(5))), TUNNEL),
    ]


def stream_two(fields: list[tuple[str, str]], status: str = "200") -> Recorded:
    """A stream of HTTP/2 to SCADA-1."""
    sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") + frame(1, 4, 1, Encoder().encode(fields))
    got = frame(4, 0, 0, b"") + frame(4, 1, 0, b"") + frame(1, 4, 1, Encoder().encode([(":status", status)]))
    data = [(1, frame(0, 0, 1, b"x" * 90)), (0, frame(0, 0, 1, b"y" * 90))] if status == "200" else []
    return stream(STRANGER, SCADA, 8080, [(1, sent), (0, got), *data])


def proxies() -> list[Case]:
    """Connections that are passed on by SCADA-1."""

    def via(
        status: bytes, port: int = 3128, target: bytes = b"10.20.1.11:502", client: str = STRANGER, server: str = SCADA
    ) -> Recorded:
        after = ((1, bytes(40)), (0, bytes(40)))
        asks = b"CONNECT " + target + b" HTTP/1.1\r\nHost: " + target + b"\r\n\r\n"
        return stream(
            client,
            server,
            port,
            [(1, asks), (0, b"HTTP/1.1 " + status + b"\r\n\r\n"), *after * status.startswith(b"2")],
        )

    taken = via(b"200 OK")
    connect = [(":method", "CONNECT"), (":authority", "10.20.1.11:502")]
    web = [
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "http"),
        (":path", "/chat"),
        (":authority", "scada"),
    ]
    datagram = [
        (":method", "CONNECT"),
        (":protocol", "connect-udp"),
        (":scheme", "http"),
        (":path", "/.well-known/masque/udp/10.20.1.11/502/"),
        (":authority", "scada"),
    ]
    return [
        *(seen(f"CONNECT on {port}", via(b"200 OK", port), PROXY) for port in (80, 443, 3128, 50123)),
        seen("CONNECT in segments of a byte", formed(in_pieces(1), taken), PROXY),
        seen("CONNECT, requests only", formed(requests_only, taken), PROXY),
        not_calm("CONNECT, answers only", formed(answers_only, taken), PROXY),
        not_calm("CONNECT, cut after 58 bytes", formed(cut_short(58), taken), PROXY),
        seen("CONNECT to a name", via(b"200 OK", target=b"plc.plant.example:502"), PROXY),
        seen("CONNECT in IPv6", formed(IP_ONLY["in IPv6"], taken), PROXY),
        seen("CONNECT by a controller", via(b"200 OK", server=PLC_1), PROXY),
        unmoved("CONNECT that is refused", via(b"403 Forbidden"), PROXY),
        seen("CONNECT refused first, then granted", both(via(b"407 No", 3129), taken), PROXY),
        seen("CONNECT over HTTP/2", stream_two(connect), PROXY),
        unmoved("CONNECT over HTTP/2 that is refused", stream_two(connect, "403"), PROXY),
        seen("datagrams over HTTP/2", stream_two(datagram), PROXY),
        unmoved("a WebSocket over HTTP/2", stream_two(web), PROXY),
        *socks(),
    ]


def socks() -> list[Case]:
    """Proxies that know no pages, on their port and others; and what only begins alike."""
    asks = b"\5\1\0\1\x0a\x14\1\x0b\1\xf6"
    granted = b"\5\0\0\1" + bytes(6)
    five = [(1, b"\5\1\0"), (0, b"\5\0"), (1, asks), (0, granted), (1, bytes(30))]
    several = [(1, b"\5\2\0\1"), *five[1:]]
    hasty = [(1, b"\5\1\0" + asks), (0, b"\5\0" + granted), (1, bytes(30))]
    four = [(1, b"\4\1\1\xf6\x0a\x14\1\x0bme\0"), (0, b"\0\x5a" + bytes(6)), (1, bytes(30))]
    named = [(1, b"\4\1\1\xf6\0\0\0\1me\0plc.plant.example\0"), *four[1:]]
    ways = {"5": five, "5 of two methods": several, "5 in haste": hasty, "4": four, "4 of a name": named}
    within = [*five[:-1], (1, adu(SET)), (0, adu(SET)), *reads(adu)]
    found = [
        seen(f"SOCKS {name} on {port}", stream(STRANGER, SCADA, port, said), PROXY)
        for name, said in ways.items()
        for port in (1080, 9050, 102, 502, 443, 20000)
    ]
    return [
        *found,
        *(
            seen(f"a write by SOCKS 5 on {port}", stream(STRANGER, SCADA, port, within), PROXY, WRITE)
            for port in (1080, 502, 9050)
        ),
        seen("SOCKS 5 in segments of a byte", formed(in_pieces(1), stream(STRANGER, SCADA, 9050, five)), PROXY),
        seen("SOCKS 4 in segments of a byte", formed(in_pieces(1), stream(STRANGER, SCADA, 9050, four)), PROXY),
        seen("SOCKS 5 in IPv6", formed(IP_ONLY["in IPv6"], stream(STRANGER, SCADA, 9050, five)), PROXY),
        not_calm("SOCKS 5, requests only", formed(requests_only, stream(STRANGER, SCADA, 9050, five)), PROXY),
        not_calm("SOCKS 5, answers only", formed(answers_only, stream(STRANGER, SCADA, 1080, five)), PROXY),
        calm(
            "an offer of SOCKS and nothing more", stream(STRANGER, SCADA, 9050, [*five[:2], (1, b"\1" * 40)] * 3), PROXY
        ),
        calm(
            "what begins like SOCKS 4",
            stream(STRANGER, SCADA, 9050, [(1, b"\4\1\0\7" + bytes(40)), (0, b"\0" * 8)]),
            PROXY,
        ),
        calm(
            "what begins like SOCKS 5",
            stream(STRANGER, SCADA, 9050, [(1, b"\5\0\x0b\3" + bytes(40)), (0, b"\5\0" * 8)]),
            PROXY,
        ),
        calm(
            "Modbus whose transaction is of SOCKS",
            stream(SCADA, PLC_1, 502, [(1, b"\5\1" + adu(READ)[2:]), (0, b"\5\1" + adu(VALUES)[2:])] * 8),
            PROXY,
        ),
    ]


def cases() -> list[Case]:
    """All."""
    return [*clouds(), *resolvers(), *tunnels(), *proxies()]
