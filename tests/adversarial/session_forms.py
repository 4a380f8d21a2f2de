"""Sessions of mobile devices by other protocols, ports, layers; AI services that ask for no log-in; OPC UA in HTTP."""

from __future__ import annotations

from fixtures.record import mobile_sessions as m
from fixtures.record.mobile import NGAP, Association
from fixtures.record.wire import Wire
from tests.adversarial.ai_forms import CHAT, OK, asked, chunked, http2, packed, remote, request, rpc
from tests.adversarial.mobile_forms import in_plane, in_six, wrapped
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ENGINEER,
    NOWHERE_LISTED,
    PLC_2,
    SCADA,
    STRANGER,
    WRITE,
    datagrams,
    each,
    formed,
    stream,
    wired,
)
from tests.twins import IP_ONLY, answers_only, cut_short, in_pieces, lossy, requests_only

OUTSIDE, MEET = "mobile-device-outside-zone", "mobile-slices-in-one-zone"
OPEN = "ai-service-without-login"
CELL, SUPERVISION, NOWHERE = "10.20.1.70", "10.20.10.70", "10.99.0.70"
SUBNETS = {
    "cell": '    members:\n      subnets: [10.20.1.0/24, "2001:db8::10.20.1.0/120"]\n',
    "supervision": 'members: {subnets: [10.20.10.0/24, "2001:db8::10.20.10.0/120"]',
}
Edits = dict[str, dict[str, str]]


def declared(cell: str, supervision: str) -> Edits:
    """The policy with members of both zones."""
    return {
        "policy": {
            SUBNETS["cell"]: f"{SUBNETS['cell']}      {cell}\n",
            SUBNETS["supervision"]: f"{SUBNETS['supervision']}, {supervision}",
        }
    }


SLICES = declared("slices: [1-00000a]", "slices: [1-00000B]")
NAMES = declared("dnns: [vehicles.plant]", "dnns: [Video]")
TUNNELS = declared("teids: [0x100-0x1ff]", "teids: [512-767]")


def by_pfcp(address: str, of: bytes = b"", network: str = "", tunnel: int = 9, *, port: int = 8805) -> Recorded:
    """A session set up between a session management and a user plane."""
    question, answer = m.pfcp_session(1, address, of, network, tunnel)
    return datagrams(ENGINEER, SCADA, port, [(1, question), (0, answer)])


def by_gtp(address: str, network: str, *, port: int = 2123, cause: int = 16) -> Recorded:
    """A session of LTE."""
    question, answer = m.gtp2_session(5, address, network, cause)
    return datagrams(ENGINEER, SCADA, port, [(1, question), (0, answer)])


def by_ngap(address: str, of: bytes, network: str, *, port: int = 38412, ciphered: bool = False) -> Recorded:
    """A session of 5G."""

    def play(wire: Wire) -> None:
        link = Association(wire, port, NGAP, hosts=(ENGINEER, SCADA))
        link.station(m.SETUP)
        link.core(m.SETUP_RESPONSE)
        link.core(m.ngap_session(address, of, network, 0x201, ciphered=ciphered))

    return wired(play)


def misplaced() -> list[Case]:
    """A session whose address is where it is not declared."""
    pfcp, ngap = by_pfcp(CELL, m.CAMERAS, "video"), by_ngap(CELL, m.CAMERAS, "video")
    gtp = by_gtp(CELL, "video.mnc001.mcc001.gprs")
    question, answer = m.gtp1_session(6, CELL, "VIDEO")
    old = datagrams(ENGINEER, SCADA, 2123, [(1, question), (0, answer)])
    return [
        seen("a session of another slice, by PFCP", pfcp, OUTSIDE, MEET, edits=SLICES),
        seen("a session of another slice, by PFCP on 18805",
             by_pfcp(CELL, m.CAMERAS, "video", port=18805), OUTSIDE, MEET, edits=SLICES),
        seen("a session of another slice, by NGAP", ngap, OUTSIDE, MEET, edits=SLICES),
        seen("a session of another slice, by NGAP on 48412",
             by_ngap(CELL, m.CAMERAS, "video", port=48412), OUTSIDE, MEET, edits=SLICES),
        seen("a session of another slice, by NGAP in GTP-U", formed(wrapped(in_six), ngap), OUTSIDE, edits=SLICES),
        seen("a session of another slice, by PFCP in GTP-U", formed(in_plane(), pfcp), OUTSIDE, edits=SLICES),
        seen("a session of another slice, in QinQ", formed(each(LAYERS["QinQ"]), pfcp), OUTSIDE, MEET, edits=SLICES),
        seen("a session of another slice over IPv6", formed(IP_ONLY["in IPv6"], pfcp), OUTSIDE, MEET, edits=SLICES),
        seen("a session of another data network, by GTP-C", gtp, OUTSIDE, MEET, edits=NAMES),
        seen("a session of another data network, by GTP-C of version 1", old, OUTSIDE, MEET, edits=NAMES),
        seen("a session of another data network, on 12123", by_gtp(CELL, "Video", port=12123), OUTSIDE, edits=NAMES),
        seen("a session through another tunnel", by_pfcp(CELL, b"", "", 0x222), OUTSIDE, edits=TUNNELS),
        seen("a session in no zone", by_pfcp(NOWHERE, m.CAMERAS, "video"), OUTSIDE, edits=SLICES),
        seen("a session with an address of IPv6",
             by_pfcp("fd45::70", m.CAMERAS, "video"), OUTSIDE, edits=SLICES),
        seen("a slice that nobody declared", by_pfcp(CELL, b"\4\0\0\1", "x"), MEET, edits=SLICES),
        not_calm("a session of another slice, ciphered",
                 by_ngap(CELL, m.CAMERAS, "video", ciphered=True), OUTSIDE, MEET, edits=SLICES),
        not_calm("a session of another data network, the answer alone",
                 formed(answers_only, gtp), OUTSIDE, MEET, edits=NAMES),
        not_calm("a session of another data network, the request alone",
                 formed(requests_only, gtp), OUTSIDE, MEET, edits=NAMES),
        not_calm("a session of another slice, cut after 96 bytes", formed(cut_short(96), pfcp), OUTSIDE, edits=SLICES),
        not_calm("a device in the user plane whose session was not seen",
                 formed(in_plane(clients=(CELL,)), stream(CELL, SCADA, 8888, [(1, b"hello"), (0, b"there")] * 3)),
                 OUTSIDE, MEET, edits=SLICES),
    ]  # fmt: skip


def in_place() -> list[Case]:
    """Sessions that are where they are to be."""
    return [
        calm("a session of its slice", by_pfcp(CELL, m.VEHICLES, "x"), OUTSIDE, MEET, edits=SLICES),
        calm("a session of its slice, by NGAP", by_ngap(SUPERVISION, m.CAMERAS, "x"), OUTSIDE, MEET, edits=SLICES),
        calm("a session of its data network", by_gtp(SUPERVISION, "video"), OUTSIDE, MEET, edits=NAMES),
        calm("a session of its data network, its operator told",
             by_gtp(SUPERVISION, "VIDEO.mnc01.mcc460.gprs"), OUTSIDE, MEET, edits=NAMES),
        calm("a session that was refused", by_gtp(CELL, "video", cause=73), OUTSIDE, MEET, edits=NAMES),
        calm("a session, and a policy that declares none", by_pfcp(CELL, m.CAMERAS, "video"), OUTSIDE, MEET),
        calm("a session through its tunnel", by_pfcp(SUPERVISION, b"", "", 0x222), OUTSIDE, edits=TUNNELS),
        unmoved("a decoy of PFCP inside a name", by_pfcp(SUPERVISION, m.CAMERAS, "vehicles"), OUTSIDE, edits=SLICES),
    ]  # fmt: skip


def without_login() -> list[Case]:
    """An AI service that does what anybody asks; and those that ask who it is."""
    chat = "/v1/chat/completions"
    kind = "Content-Type: application/json\r\n"
    plain = asked(request(chat, CHAT, kind))
    long = CHAT[:-1] + b',"x":"' + b"y" * 20_000 + b'"}'
    refused = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n"
    away = b"HTTP/1.1 308 Permanent Redirect\r\nLocation: https://llm/v1\r\nContent-Length: 0\r\n\r\n"
    tool = kind + "Accept: application/json, text/event-stream\r\n"
    session = f"{tool}Mcp-Session-Id: 0af3\r\n"
    keyed = [
        "Authorization: Bearer k\r\n", "authorization: Basic eDp5\r\n", "api-key: k\r\n", "X-API-Key: k\r\n",
        "Cookie: anything=1\r\n", "Ocp-Apim-Subscription-Key: k\r\n",
    ]  # fmt: skip
    asks_who = [
        "/login?next=%2Fv1", "http://llm/auth/sign-in", "/ui/Login.html", "/accounts/login/", "/app2/user-login#x",
    ]  # fmt: skip
    elsewhere = ["/v1/jobs/7", "http://other/v1", "/v1/chat/?next=/login", "/blog-insert", "/logins/7/view"]
    return [
        *(calm(f"a completion that is sent to {place}", asked(request(chat, CHAT, kind), answer=sent_to(place)), OPEN)
          for place in asks_who),
        *(seen(f"a completion that is sent to {place}", asked(request(chat, CHAT, kind), answer=sent_to(place)), OPEN)
          for place in elsewhere),
        seen("a completion that is done behind one that was sent to a log-in page",
             stream(SCADA, "10.20.10.77", 8000, [(1, request(chat, CHAT, kind)), (0, sent_to("/login1")),
                                                 (1, request(chat, CHAT, kind)), (0, sent_to("/login/job"))]), OPEN),
        seen("a tool called in a session that the address names",
             asked(request("/messages/?session_id=0af3", rpc("tools/call"), kind)), OPEN),
        seen("a tool called in a session that the address names, in capitals",
             asked(request("/plant/message?sessionId=0af3", rpc("tools/call"), kind)), OPEN),
        seen("tools: the number of a session, at a place of the server's own choice",
             asked(request("/in/?session_id=0af3", rpc("tools/call"), kind)), OPEN),
        calm("pages: the number of a session, where no tools are",
             asked(request("/in/?session_id=0af3", b'{"value":1}', kind)), OPEN),
        calm("a tool called in a session that the address names, with a key",
             asked(request("/messages/?session_id=0af3&api_key=k", rpc("tools/call"), kind)), OPEN),
        calm("a tool called in a session that the address names, with a key in a field",
             asked(request("/messages/?session_id=0af3", rpc("tools/call"), kind + keyed[3])), OPEN),
        seen("a completion without credentials", plain, OPEN),
        seen("a completion without credentials on 502", asked(request(chat, CHAT, kind), port=502), OPEN),
        seen("a completion without credentials, in pieces", formed(in_pieces(7), plain), OPEN),
        seen("a completion without credentials over IPv6", formed(IP_ONLY["in IPv6"], plain), OPEN),
        seen("a completion without credentials in GTP-U", formed(each(LAYERS["GTP-U"]), plain), OPEN),
        seen("a completion without credentials in chunks", asked(chunked(chat, CHAT, 5)), OPEN),
        seen("a completion without credentials, compressed", asked(packed(chat, CHAT)), OPEN),
        seen("a completion without credentials between others with a key",
             asked(*[request(chat, CHAT, kind + keyed[0])] * 5, request(chat, CHAT, kind)), OPEN),
        seen("a tool called without credentials", asked(request("/mcp", rpc("tools/call"), tool)), OPEN),
        seen("a tool called in a session without credentials",
             asked(request("/mcp", rpc("tools/call"), session)), OPEN),
        seen("a model asked by gRPC without credentials",
             remote("/inference.GRPCInferenceService/ModelInfer"), OPEN),
        not_calm("a completion over HTTP/2", http2(chat, CHAT), OPEN),
        not_calm("a completion without credentials, requests only", formed(requests_only, plain), OPEN),
        not_calm("a completion without credentials, a third lost", formed(lossy(0.33), plain), OPEN),
        not_calm("a completion of 20 KB", asked(request(chat, long, kind)), OPEN),
        calm("a completion that is refused", asked(request(chat, CHAT, kind), answer=refused), OPEN),
        calm("a completion that is sent to https", asked(request(chat, CHAT, kind), answer=away), OPEN),
        *(calm(f"a completion with {field.partition(':')[0]}", asked(request(chat, CHAT, kind + field)), OPEN)
          for field in keyed),
        calm("a shop's page", asked(request("/v2/models", b'{"page":1}', kind)), OPEN),
        calm("the card of an agent", asked(request("/.well-known/agent-card.json", verb="GET")), OPEN),
        calm("a form without credentials", asked(request("/messages", b"text=hi", answer_kind()), answer=OK), OPEN),
    ]  # fmt: skip


def in_bodies() -> list[Case]:
    """Services of OPC UA in bodies of HTTP, which nobody reads, and other bodies to the same controller."""
    written = (
        b'{"TypeId":671,"Body":{"NodesToWrite":[{"NodeId":"ns=2;s=Setpoint","AttributeId":13,"Value":{"Value":1.5}}]}}'
    )
    kind = "Content-Type: {}\r\n"
    found = []
    for name, server in {"a controller": PLC_2, "a host of the cell that nobody lists": NOWHERE_LISTED}.items():
        for of, host in {"": 8002, ", on its own port": 4840}.items():
            for media in ("application/opcua+uajson", "Application/OPCUA+UABinary; charset=utf-8"):
                body = request("/UA/Server", written, kind.format(media), host="plc")
                found.append(
                    not_calm(f"{media} to {name}{of}", stream(STRANGER, server, host, [(1, body), (0, OK)]), WRITE)
                )
    plain = request("/api/notes", b'{"text":"hello"}', kind.format("application/json"), host="plc")
    return [
        *found,
        unmoved("a note in JSON to a controller", stream(STRANGER, PLC_2, 8002, [(1, plain), (0, OK)]), WRITE),
    ]


def sent_to(place: str) -> bytes:
    """An answer that does nothing here."""
    return f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()


def answer_kind() -> str:
    """Of a form."""
    return "Content-Type: application/x-www-form-urlencoded\r\n"


def cases() -> list[Case]:
    """All of them."""
    return [*misplaced(), *in_place(), *without_login(), *in_bodies()]
