"""Several ways are offered, or used one after the other in one conversation: what counts is the one that is taken."""

from __future__ import annotations

from tests.adversarial.ai_forms import request
from tests.adversarial.leaving_forms import secure
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import ENGINEER, HISTORIAN, PANEL, PLC_1, SCADA, Said, formed, over_tcp, stream, wired
from tests.twins import IP_ONLY, Form, answers_only, other_port, requests_only

SCREEN, PAGES, TOKENS = "remote-desktop-unprotected", "web-management-in-clear", "core-service-without-token"
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


def cases() -> list[Case]:
    """All of them."""
    return screens() + pages() + tokens()
