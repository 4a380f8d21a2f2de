"""Names that carry data, in the shapes of real tunnels, and names that look so and carry none."""

from __future__ import annotations

from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256

from fixtures.record.wire import Wire
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.service_forms import answered, question, sized
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import ENGINEER, HISTORIAN, SCADA, both, datagrams, each, formed, stream, wired
from tests.twins import IP_ONLY, answers_only, cut_short, in_pieces, lossy, requests_only

TUNNEL = "dns-tunnel"
A, NS, CNAME, NULL, PTR, MX, TXT, KEY, AAAA, SRV, HTTPS = 1, 2, 5, 10, 12, 15, 16, 25, 28, 33, 65
OPT = bytes.fromhex("00 0029 1000 0000 0000 0000")
COOKIE = bytes.fromhex("00 0029 1000 0000 0000 000c 000a 0008 0102030405060708")
Name = Callable[[int], str]


def data(number: int, size: int) -> bytes:
    """As good as random."""
    return sha256(b"%d" % number).digest()[:size]


def coded(number: int, size: int) -> str:
    """Base32, in lower case."""
    return b32encode(data(number, size)).decode().rstrip("=").lower()


def with_opt(asked: bytes, record: bytes = OPT) -> bytes:
    """The question with a record of EDNS behind it."""
    return asked[:11] + b"\1" + asked[12:] + record


def asks(name: Name, kind: int = A, count: int = 150, more: Callable[[bytes], bytes] = bytes) -> list[bytes]:
    """A question for each name."""
    return [more(question(name(n).encode("latin-1"), n + 1, kind)) for n in range(count)]


def to_resolver(*wanted: Iterable[bytes], client: str = SCADA, server: str = ENGINEER, port: int = 53) -> Recorded:
    """Each of them answered."""
    questions = [one for each_of in wanted for one in each_of]
    return datagrams(client, server, port, [one for q in questions for one in ((1, q), (0, answered(q)))])


HALVES: Name = lambda n: f"{data(n, 10).hex()}.{data(n + 9999, 10).hex()}.evil.example"  # noqa: E731
TUNNELS: dict[str, tuple[Name, int]] = {
    "2 labels of 20 hexadecimal digits": (HALVES, A),
    "4 labels of 10 hexadecimal digits": (
        lambda n: ".".join(data(n, 20).hex()[i : i + 10] for i in range(0, 40, 10)) + ".evil.example",
        A,
    ),
    "a label of 16 hexadecimal digits": (lambda n: f"{data(n, 8).hex()}.evil.example", A),
    "a label of base32": (lambda n: f"{coded(n, 20)}.evil.example", AAAA),
    "a label of base32 in capitals and not": (
        lambda n: "".join(c.upper() if i % 3 else c for i, c in enumerate(coded(n, 20))) + ".evil.example",
        A,
    ),
    "a label of base64": (lambda n: urlsafe_b64encode(data(n, 30)).decode().rstrip("=") + ".evil.example", A),
    "letters alone": (lambda n: "".join(chr(97 + b % 26) for b in data(n, 24)) + ".evil.example", A),
    "an identifier of eight parts": (
        lambda n: "-".join(data(n, 16).hex()[i : i + 4] for i in range(0, 32, 4)) + ".evil.example",
        HTTPS,
    ),
    "below a country's short domain": (lambda n: f"{data(n, 10).hex()}.{data(n + 7, 10).hex()}.t1.me", A),
    "below a private domain": (lambda n: f"{data(n, 16).hex()}.plant.local", A),
    "no domain": (lambda n: f"dnscat.{data(n, 17).hex()}", TXT),
    "no domain, two labels": (lambda n: f"{data(n, 30).hex()}.{data(n + 9, 30).hex()}", A),
    "an idle tunnel by TXT": (lambda n: f"{data(n, 9).hex()}.evil.example", TXT),
    "an idle tunnel by CNAME": (lambda n: f"{data(n, 9).hex()}.evil.example", CNAME),
    "an idle tunnel by MX": (lambda n: f"{data(n, 9).hex()}.evil.example", MX),
    "an idle tunnel by NULL": (lambda n: f"p{coded(n, 4)}.evil.example", NULL),
    "an idle tunnel by a private type": (lambda n: f"p{coded(n, 4)}.evil.example", 65399),
    "numbers, and the answers carry": (lambda n: f"{n}.evil.example", TXT),
    "base64 by KEY": (lambda n: urlsafe_b64encode(data(n, 12)).decode() + ".evil.example", KEY),
    "data in front of an address looked up backwards": (lambda n: f"{data(n, 20).hex()}.7.in-addr.arpa", PTR),
    "labels as of a service": (lambda n: f"_{coded(n, 9)}._{coded(n + 7, 9)}._{coded(n + 9, 9)}.evil.example", SRV),
}


def stolen() -> list[Case]:
    """Tunnels."""
    found = [seen(f"a tunnel of names: {name}", to_resolver(asks(*of)), TUNNEL) for name, of in TUNNELS.items()]
    plain, long = to_resolver(asks(HALVES)), asks(HALVES)
    idle = TUNNELS["an idle tunnel by NULL"]
    return [
        *found,
        seen("a tunnel of names with EDNS", to_resolver(asks(HALVES, more=with_opt)), TUNNEL),
        seen("an idle tunnel with EDNS", to_resolver(asks(*idle, more=with_opt)), TUNNEL),
        seen("a tunnel with cookies", to_resolver(asks(HALVES, more=lambda q: with_opt(q, COOKIE))), TUNNEL),
        seen(
            "a tunnel over two servers", both(to_resolver(long[:75]), to_resolver(long[75:], server=HISTORIAN)), TUNNEL
        ),
        seen("a tunnel by two types", to_resolver(asks(HALVES)[:75], asks(HALVES, TXT)[75:]), TUNNEL),
        seen("a tunnel on a port of its own", to_resolver(long, port=50053), TUNNEL),
        seen("a tunnel to the port of multicast", to_resolver(long, port=5353), TUNNEL),
        seen("a tunnel in a stream", stream(SCADA, ENGINEER, 53, [(1, sized(q)) for q in long]), TUNNEL),
        seen(
            "a tunnel in segments of 7 bytes",
            formed(in_pieces(7), stream(SCADA, ENGINEER, 53, [(1, sized(q)) for q in long])),
            TUNNEL,
        ),
        seen(
            "a tunnel among everyday names",
            to_resolver(long, asks(lambda n: f"www{n}.shop.example", count=300)),
            TUNNEL,
        ),
        seen("a tunnel, requests only", formed(requests_only, plain), TUNNEL),
        seen("a tunnel in IPv6", formed(IP_ONLY["in IPv6"], plain), TUNNEL),
        seen("a tunnel in QinQ", formed(each(LAYERS["QinQ"]), plain), TUNNEL),
        seen("a tunnel of which a fifth is lost", formed(lossy(0.2), plain), TUNNEL),
        not_calm("a tunnel, answers only", formed(answers_only, plain), TUNNEL),
        not_calm("a tunnel cut after 60 bytes", formed(cut_short(60), plain), TUNNEL),
        not_calm(
            "a tunnel cut after 96 bytes",
            formed(cut_short(96), to_resolver(asks(TUNNELS["a label of base64"][0]))),
            TUNNEL,
        ),
    ]


INNOCENTS: dict[str, tuple[Name, int]] = {
    "one long name": (lambda _: f"{data(1, 30).hex()}.{data(2, 30).hex()}.vendor.example", A),
    "nine names of a content network": (lambda n: f"{data(n % 9, 16).hex()}.cdn.example", A),
    "hosts of a cloud": (lambda n: f"ec2-52-{n}-33-44.compute-1.amazonaws.com", A),
    "hosts of a cloud, of 14 characters": (lambda n: f"d{data(n, 6).hex()}x.cloudfront.net", A),
    "servers of videos": (lambda n: f"r{n % 9}---sn-{coded(n, 5)}.googlevideo.com", A),
    "hosts by site, building and line": (lambda n: f"de-muc-plant{n % 7}-line{n % 11}-hmi-{n:03}.ot.corp.example", A),
    "hosts by site in labels": (lambda n: f"hmi{n:03}.line3.plant1.muc.de.emea.corp.example", A),
    "hosts of a private domain": (lambda n: f"PC-{n:05}.plant.local", AAAA),
    "names of Windows": (lambda n: f"desktop-{coded(n, 5)[:7]}.corp.example", A),
    "services of a directory": (
        lambda n: f"_ldap._tcp.Default-First-Site-Name._sites.dc._msdcs.corp{n % 3}.plant.example",
        SRV,
    ),
    "addresses looked up backwards": (lambda n: f"{n}.1.20.10.in-addr.arpa", PTR),
    "addresses of a part of a network": (lambda n: f"{n}.0/25.20.10.in-addr.arpa", PTR),
    "addresses of IPv6 looked up backwards": (lambda n: ".".join(data(n, 16).hex()) + ".ip6.arpa", PTR),
    "services of a network, by its address": (lambda n: f"lb._dns-sd._udp.0.{n}.20.10.in-addr.arpa", PTR),
    "senders looked up in a list": (lambda n: f"{n}.33.168.192.dnsbl.example", A),
    "senders of IPv6 looked up in a list": (lambda n: ".".join(data(n, 16).hex()) + ".dnsbl.example", A),
    "why a sender is in a list": (lambda n: f"{n}.33.168.192.bl.spamcop.net", TXT),
    "files looked up by a virus scanner": (lambda n: f"{coded(n, 30)}.i.04.s.sophosxl.net", TXT),
    "hashes looked up": (lambda n: f"{data(n, 16).hex()}.malware.hash.cymru.com", A),
    "mail servers of many domains": (lambda n: f"company{n}.example", MX),
    "keys of signatures of many domains": (lambda n: f"selector1._domainkey.company{n}.example", TXT),
}


WORDS = (
    *("valve", "pump", "motor", "drive", "line", "tank", "mixer", "oven", "press", "robot"),
    *("gate", "belt", "crane", "fan", "lamp", "door", "horn", "relay", "fuse", "cable"),
)
SPELLED: Name = lambda n: f"{WORDS[n % 20]}.{WORDS[n // 20 % 20]}.{WORDS[n // 400 % 20]}.tunnel.example"  # noqa: E731
BACKWARDS: Name = lambda n: ".".join(data(n, 12).hex()) + ".8.b.d.0.1.0.0.2.ip6.arpa"  # noqa: E731


def spelled() -> list[Case]:
    """Words that carry data, and as many names that carry none."""
    short: Name = lambda n: f"{WORDS[n % 20]}{n // 20}.t.example"  # noqa: E731
    words = to_resolver(asks(SPELLED, count=600))
    half = asks(SPELLED, count=600)
    return [
        seen("a tunnel of words", words, TUNNEL),
        seen("a tunnel of words by TXT", to_resolver(asks(SPELLED, TXT, count=600)), TUNNEL),
        seen("a tunnel of words in short names", to_resolver(asks(short, count=600)), TUNNEL),
        seen("a tunnel of words with EDNS", to_resolver(asks(SPELLED, count=600, more=with_opt)), TUNNEL),
        seen(
            "a tunnel of words over two servers",
            both(to_resolver(half[:300]), to_resolver(half[300:], server=HISTORIAN)),
            TUNNEL,
        ),
        seen("a tunnel of words in a stream", stream(SCADA, ENGINEER, 53, [(1, sized(q)) for q in half]), TUNNEL),
        seen("a tunnel of words in IPv6", formed(IP_ONLY["in IPv6"], words), TUNNEL),
        seen("a tunnel of words on a port of its own", to_resolver(half, port=50053), TUNNEL),
        seen("a tunnel of words, requests only", formed(requests_only, words), TUNNEL),
        not_calm("a tunnel of words, answers only", formed(answers_only, words), TUNNEL),
        not_calm("a tunnel of words, cut after 60 bytes", formed(cut_short(60), words), TUNNEL),
        seen(
            "a tunnel of words below a country's domain",
            to_resolver(asks(lambda n: SPELLED(n).replace("tunnel.example", "evil.co.uk"), count=600)),
            TUNNEL,
        ),
        seen("a tunnel of addresses of IPv6 looked up backwards", to_resolver(asks(BACKWARDS, PTR, count=600)), TUNNEL),
        calm("no tunnel: 190 words", to_resolver(asks(SPELLED, count=190)), TUNNEL),
        calm("no tunnel: 30 words again and again", to_resolver(asks(lambda n: SPELLED(n % 30), count=900)), TUNNEL),
        calm(
            "no tunnel: 700 domains", to_resolver(asks(lambda n: f"www.{WORDS[n % 20]}{n}.example", count=700)), TUNNEL
        ),
        calm(
            "no tunnel: 700 hosts of a network looked up backwards",
            to_resolver(asks(lambda n: f"{n % 250}.{n // 250}.20.10.in-addr.arpa", PTR, count=700)),
            TUNNEL,
        ),
        calm(
            "no tunnel: 400 addresses of IPv6 looked up backwards", to_resolver(asks(BACKWARDS, PTR, count=400)), TUNNEL
        ),
        calm(
            "no tunnel: 700 addresses of many networks of IPv6 looked up backwards",
            to_resolver(asks(lambda n: ".".join(data(n, 16).hex()) + ".ip6.arpa", PTR, count=700)),
            TUNNEL,
        ),
        calm(
            "no tunnel: 700 files looked up by a virus scanner",
            to_resolver(asks(lambda n: f"{WORDS[n % 20]}{n}.i.04.s.sophosxl.net", count=700)),
            TUNNEL,
        ),
    ]


def slowly(questions: Iterable[bytes], every: float, client: str = SCADA, server: str = ENGINEER) -> Recorded:
    """Each of them answered, with time between them."""

    def play(wire: Wire) -> None:
        talk = wire.udp(client, server, 53)
        for one in questions:
            talk.client(one)
            talk.server(answered(one))
            wire.pause(every)

    return wired(play)


CITIES = ("athen", "basel", "cairo", "delhi", "essen", "fulda", "genua", "haifa", "izmir", "jena")


def slow() -> list[Case]:
    """Tunnels that take their time, and names that gather in as long."""
    hyphens: Name = lambda n: f"{WORDS[n % 20]}-{WORDS[n // 20 % 20]}-{WORDS[n % 7]}.tunnel.example"  # noqa: E731
    public: Name = lambda n: f"{n % 250}.{n // 250 * 7}.83.45.in-addr.arpa"  # noqa: E731
    numbered: Name = lambda n: f"hmi{n:03}.line.plant.corp.example"  # noqa: E731
    return [
        seen("a slow tunnel of words", to_resolver(asks(SPELLED, count=400)), TUNNEL),
        seen("a slow tunnel of words, one in 3 seconds", slowly(asks(SPELLED, count=250), 3), TUNNEL),
        seen("a slow tunnel of words by TXT", slowly(asks(SPELLED, TXT, 320), 2), TUNNEL),
        seen("a slow tunnel of words between hyphens", slowly(asks(hyphens, AAAA, 250), 3), TUNNEL),
        not_calm("a slow tunnel of codes, one in 12 seconds", slowly(asks(HALVES, count=310), 12), TUNNEL),
        seen("a slow tunnel of octets", slowly(asks(public, PTR, 260), 3), TUNNEL),
        seen("a slow tunnel of octets at once", to_resolver(asks(public, PTR, 300)), TUNNEL),
        seen("a slow tunnel of nibbles", slowly(asks(BACKWARDS, PTR, 520), 1.5), TUNNEL),
        calm("no slow tunnel: 260 numbered hosts", slowly(asks(numbered, count=260), 3), TUNNEL),
        calm(
            "no slow tunnel: 260 addresses of the plant looked up backwards",
            slowly(asks(lambda n: f"{n % 250}.{n // 250}.20.10.in-addr.arpa", PTR, 260), 3),
            TUNNEL,
        ),
        calm(
            "no slow tunnel: addresses of the whole Internet looked up backwards",
            slowly(asks(lambda n: f"{n % 251}.{n * 7 % 253}.{n * 31 % 255}.{n % 223 + 1}.in-addr.arpa", PTR, 400), 2),
            TUNNEL,
        ),
        calm(
            "no slow tunnel: users' machines",
            slowly(asks(lambda n: f"pc-{CITIES[n % 10]}{chr(97 + n // 10)}.corp.example", count=260), 3),
            TUNNEL,
        ),
        calm(
            "no slow tunnel: a few words again and again",
            slowly(asks(lambda n: SPELLED(n % 100), count=300), 3),
            TUNNEL,
        ),
        calm(
            "no slow tunnel: services of many domains",
            slowly(asks(lambda n: f"{WORDS[n % 20]}.{WORDS[n // 20 % 20]}.company{n}.example", count=300), 3),
            TUNNEL,
        ),
        calm(
            "no slow tunnel: files looked up by a virus scanner",
            slowly(asks(lambda n: f"{coded(n, 20)}.i.04.s.sophosxl.net", TXT, 320), 2),
            TUNNEL,
        ),
    ]


def looked_up() -> list[Case]:
    """No tunnels."""
    found = [
        calm(f"no tunnel: {name}", to_resolver(asks(name_of, kind, 300)), TUNNEL)
        for name, (name_of, kind) in INNOCENTS.items()
    ]
    printers: Name = lambda n: f"Laser Printer {data(n, 6).hex()} [{data(n, 8).hex()}]._ipp._tcp.local"  # noqa: E731
    shared = [
        to_resolver(asks(HALVES)[n : n + 50], client=client)
        for n, client in ((0, SCADA), (50, HISTORIAN), (100, "10.20.1.30"))
    ]
    of_five = [asks(lambda n, d=d: f"{data(n, 20).hex()}.d{d}.example", count=90) for d in range(5)]  # type: ignore[misc]
    multicast = datagrams(SCADA, "224.0.0.251", 5353, [(1, q) for q in asks(printers, PTR, 300)])
    return [
        *found,
        unmoved("no tunnel: services that are announced to all", multicast, TUNNEL),
        calm(
            "no tunnel: each name of 40 by three types",
            to_resolver(*(asks(HALVES, k, 30) for k in (A, AAAA, HTTPS))),
            TUNNEL,
        ),
        calm("no tunnel: 150 names by three clients", both(*shared), TUNNEL),
        calm("no tunnel: 90 names of each of 5 domains", to_resolver(*of_five), TUNNEL),
    ]


def cases() -> list[Case]:
    """All."""
    return [*stolen(), *spelled(), *slow(), *looked_up()]
