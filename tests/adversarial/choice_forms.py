"""Several ways are offered, or used one after the other in one conversation: what counts is the one that is taken."""

from __future__ import annotations

from tests.adversarial.ai_forms import request
from tests.adversarial.broker_forms import packet, text
from tests.adversarial.leaving_forms import secure
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ENGINEER,
    HISTORIAN,
    OFFICE_PC,
    PANEL,
    PLC_1,
    SCADA,
    Said,
    formed,
    over_tcp,
    stream,
    wired,
)
from tests.twins import IP_ONLY, Form, answers_only, other_port, requests_only

SCREEN, PAGES, TOKENS = "remote-desktop-unprotected", "web-management-in-clear", "core-service-without-token"
TOPICS = "mqtt-wildcard-subscription"
PAST, OUTSIDE = "remote-session-past-jump-host", "remote-session-outside-window"
MANY, FORWARDS = "remote-sessions-to-many-hosts", "proxy-in-control-zone"
VERSION = b"RFB 003.008\n"
TOLD: Said = [
    (0, bytes(16)),
    (1, bytes(range(16))),
    (0, bytes(4)),
    (1, b"\1"),
    (0, bytes(24) + b"\0\0\0\4name"),
    (1, b"\2\0\0\1\0\0\0\0"),
    (0, bytes(400)),
]


def viewed(offered: bytes, taken: int, then: Said = TOLD) -> list[tuple[int, bytes]]:
    """A screen by VNC."""
    said = [(0, VERSION), (1, VERSION), (0, bytes((len(offered),)) + offered), (1, bytes((taken,)))]
    return [*said, *then]


def vencrypt(subtype: int) -> list[tuple[int, bytes]]:
    """Its version, its subtypes, the choice, and TLS."""
    offered = b"\2" + b"".join(b"\0\0\1" + bytes((number,)) for number in (subtype, 5))
    begun = [(0, b"\0\2"), (1, b"\0\2"), (0, b"\0"), (0, offered), (1, b"\0\0\1" + bytes((subtype,))), (0, b"\1")]
    return [*begun, *(secure("panel.example") if subtype else TOLD)]


def screens() -> list[Case]:
    """VNC."""

    def screen(*views: Said, port: int = 5900) -> Recorded:
        return wired(*(over_tcp(ENGINEER, PANEL, port, list(view)) for view in views))

    weak, strong = viewed(b"\x13\2", 2), viewed(b"\x13\2", 0x13, vencrypt(8 - 3))
    forms: dict[str, Form] = {"": list, " in IPv6": IP_ONLY["in IPv6"], " on another port": other_port}
    return [
        *(
            seen(f"a screen whose viewer takes the password{name}", formed(form, screen(weak)), SCREEN)
            for name, form in forms.items()
        ),
        seen("two screens, the first protected", screen(strong, weak), SCREEN),
        seen("two screens, the second protected", screen(weak, strong), SCREEN),
        seen("a screen by VeNCrypt without TLS", screen(viewed(b"\x13", 0x13, vencrypt(0))), SCREEN),
        seen("a screen whose log-in alone is encrypted", screen(viewed(b"\6", 6)), SCREEN),
        calm("a screen whose viewer takes TLS", screen(strong), SCREEN),
        calm("a screen in TLS of VeNCrypt", screen(viewed(b"\x13", 0x13, vencrypt(2))), SCREEN),
        not_calm("a screen, the viewer's choice not captured", formed(answers_only, screen(weak)), SCREEN),
        not_calm("a screen, the viewer alone captured", formed(requests_only, screen(weak)), SCREEN),
        not_calm("a screen by a type that is not read", screen(viewed(b"\x10", 0x10)), SCREEN),
    ]


def pages() -> list[Case]:
    """HTTP that leads to HTTPS, and does not."""
    away = b"HTTP/1.1 301 Moved Permanently\r\nLocation: https://plc/\r\nContent-Length: 0\r\n\r\n"
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
    get, admin = request("/", verb="GET", host="plc"), request("/admin", verb="GET", host="plc")
    first = [(1, get), (0, away)]
    return [
        calm("a page that leads to HTTPS", stream(ENGINEER, PLC_1, 80, first), PAGES),
        calm("two pages that lead to HTTPS", stream(ENGINEER, PLC_1, 80, [*first, (1, admin), (0, away)]), PAGES),
        seen(
            "a page that leads to HTTPS, and one that does not",
            stream(ENGINEER, PLC_1, 80, [*first, (1, admin), (0, page)]),
            PAGES,
        ),
        seen(
            "a page that leads to HTTPS, and another connection",
            wired(over_tcp(ENGINEER, PLC_1, 80, first), over_tcp(ENGINEER, PLC_1, 80, [(1, admin), (0, page)])),
            PAGES,
        ),
        not_calm("a page that leads to HTTPS, and no answer", stream(ENGINEER, PLC_1, 80, [*first, (1, admin)]), PAGES),
    ]


def tokens() -> list[Case]:
    """Services of a 5G core, with and without."""
    agent, token = "User-Agent: AMF\r\n", "Authorization: Bearer t\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer: UDM\r\nContent-Length: 2\r\n\r\n{}"
    place = "/nudm-sdm/v2/imsi-001010000000001/am-data"
    bare, proven = (request(place, verb="GET", more=agent + more) for more in ("", token))
    told = request("/namf-comm/v1/notify/7", b"{}", agent + "3gpp-Sbi-Callback: x\r\n")

    def asked(*requests: bytes) -> Recorded:
        said = [(who, text) for one in requests for who, text in ((1, one), (0, answer))]
        return stream(SCADA, HISTORIAN, 8000, said)

    return [
        seen("a service of the core without a token", asked(bare), TOKENS),
        seen("a service of the core, once without a token", asked(proven, proven, bare), TOKENS),
        seen("a service of the core, first without a token", asked(bare, proven), TOKENS),
        calm("a service of the core with tokens", asked(proven, proven), TOKENS),
        calm("a service of the core with a token, and a notification", asked(proven, told), TOKENS),
        unmoved("a notification alone", asked(told), TOKENS),
    ]


def subscriptions() -> list[Case]:
    """Of MQTT, which the broker grants and refuses."""

    def asked(codes: bytes, *topics: str, five: bool = False) -> Recorded:
        none = b"\0" if five else b""
        connect = packet(0x10, text("MQTT") + bytes((4 + five, 2)) + b"\0\x3c" + none + text("c"))
        wanted = b"".join(text(topic) + b"\1" for topic in topics)
        said = [(1, connect), (0, packet(0x20, b"\0\0" + none)), (1, packet(0x82, b"\0\1" + none + wanted))]
        return stream(ENGINEER, HISTORIAN, 1883, [*said, (0, packet(0x90, b"\0\1" + none + codes))])

    return [
        seen("all topics, granted", asked(b"\1", "#"), TOPICS),
        seen("all topics, granted behind one that is refused", asked(b"\x80\1", "a/b", "#"), TOPICS),
        seen("all topics, the answer not captured", formed(requests_only, asked(b"\1", "#")), TOPICS),
        calm("all topics, refused", asked(b"\x80", "#"), TOPICS),
        calm("all topics, refused by version 5", asked(b"\x87", "#", five=True), TOPICS),
    ]


def shells() -> list[Case]:
    """Who comes from outside, by old shells and by screens that call."""
    rlogin: Said = [(1, b"\0"), (1, b"op\0op\0xterm/38400\0"), (0, b"\0"), (0, b"login: "), (1, b"ls\r"), (0, b"$ ")]
    calls = [(1 - who, said) for who, said in viewed(b"\2", 2)]
    many = wired(*(over_tcp(SCADA, f"10.20.1.{100 + n}", 513, rlogin) for n in range(40)))
    return [
        seen("a shell of rlogin from the office", stream(OFFICE_PC, PANEL, 513, rlogin), PAST, OUTSIDE),
        seen("shells of rlogin on many hosts", many, MANY),
        seen("a panel calls a viewer in the office", stream(PANEL, OFFICE_PC, 5500, calls), PAST),
        seen("a panel calls a viewer of the Internet", stream(PANEL, "93.184.216.34", 5500, calls), PAST),
        unmoved("a panel calls a viewer in the control room", stream(PANEL, ENGINEER, 5500, calls), PAST),
    ]


def forwarders() -> list[Case]:
    """Pages of other hosts."""
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"
    refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"

    def fetched(place: str, answer: bytes, port: int = 3128) -> Recorded:
        return stream(OFFICE_PC, SCADA, port, [(1, request(place, verb="GET")), (0, answer)])

    return [
        seen("a page of another host", fetched("http://www.example.com/a", page), FORWARDS),
        seen("a page of another host on the port of the web", fetched("http://www.example.com/a", page, 80), FORWARDS),
        calm("a page of another host, refused", fetched("http://www.example.com/a", refused), FORWARDS),
        calm("a page by its whole address", fetched(f"http://{SCADA}/a", page), FORWARDS),
        not_calm("a page of another host, no answer", fetched("http://www.example.com/a", b""), FORWARDS),
    ]


def cases() -> list[Case]:
    """All of them."""
    return screens() + pages() + tokens() + subscriptions() + shells() + forwarders()
