"""What is said or done out of sight: encrypted commands of industrial protocols, keys of buildings, traps of SNMP 3,
subscribers in the bodies of a mobile core's requests, tools on a page that goes on; and files that never crossed.
"""

from __future__ import annotations

import json

from fixtures.record import coap, codesys_v3, dlms, knxnet_ip, mobile
from fixtures.record.wire import Wire
from tests.adversarial.hidden_forms import by_ftp, by_http
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CELL_STRANGER,
    CLOCK,
    ENGINEER,
    NOWHERE_LISTED,
    PANEL,
    PASSWORD,
    PLC_1,
    SCADA,
    STOP,
    UNKNOWN,
    WRITE,
    both,
    datagrams,
    formed,
    stream,
    wired,
)
from tests.http2_form import in_http2
from tests.twins import in_pieces

SET, FIRMWARE, WHO = "snmp-set-unauthorised", "program-or-firmware-in-clear", "subscriber-identity-in-clear"
OPEN, CLEAR, TOOLS = "ai-service-without-login", "ai-service-in-clear", "agent-tools-command-plant"


# --- industrial protocols -------------------------------------------------------------------------------------------


def _metered(request: bytes) -> Recorded:
    """A meter is read, then asked for something; DLMS in its wrapper."""
    said = [(1, dlms.wrapper(bytes.fromhex("c001c100030100010800ff0200"), 16, 1))]
    said.append((0, dlms.wrapper(bytes.fromhex("c401c1000600000001"), 1, 16)))
    return stream(CELL_STRANGER, PLC_1, 4059, [*said, *said, (1, dlms.wrapper(request, 16, 1))])


def _telegram(apci: int, data: bytes, client: str = CELL_STRANGER) -> Recorded:
    """A service of KNX to a device of the bus, through a tunnel."""
    cemi = bytes.fromhex("1100bc6011fa1101") + bytes((1 + len(data),)) + apci.to_bytes(2, "big") + data
    asked = knxnet_ip.connected(0x0420, 0, cemi)
    told = knxnet_ip.connected(0x0420, 0, b"\x2e" + cemi[1:])
    return datagrams(client, PLC_1, 3671, [(1, asked), (0, told)] * 2)


def _logged_in() -> Recorded:
    """A log-in at a controller of CODESYS."""
    asked = codesys_v3.service(codesys_v3.DEVICE, 2, codesys_v3.CREDENTIALS)
    opened = (codesys_v3.over_tcp(0x40, codesys_v3.OPEN), codesys_v3.over_tcp(0x40, codesys_v3.OPENED, 7))
    said = [(1, opened[0]), (0, opened[1]), (1, codesys_v3.over_tcp(0x40, codesys_v3.block(asked, 1)))]
    return stream(CELL_STRANGER, PLC_1, 11740, said)


def _device(code: int, place: str) -> Recorded:
    """A device of LwM2M is asked for something."""
    said = [(1, coap.message(0, code, 1, coap.path(place), b"1")), (0, coap.message(2, coap.CHANGED, 1))]
    return datagrams(CELL_STRANGER, PLC_1, 5683, said)


def _industrial() -> list[Case]:
    glo = bytes.fromhex("cb1f3000000001") + bytes(range(0x40, 0x5A))
    secured = bytes.fromhex("10000000000001") + bytes(range(20))
    return [
        not_calm("DLMS: an encrypted action of somebody else than the writers", _metered(glo), WRITE),
        not_calm("KNX Data Secure of somebody else than the writers", _telegram(0x3F1, secured), WRITE),
        unmoved("KNX Data Secure is explained by its specification", _telegram(0x3F1, secured, PANEL), UNKNOWN),
        seen("KNX: a key that authorises", _telegram(0x3D1, bytes.fromhex("0011223344")), PASSWORD),
        seen("KNX: a key written", _telegram(0x3D3, bytes.fromhex("0011223344")), PASSWORD),
        unmoved("KNX: the key of a device without", _telegram(0x3D1, bytes.fromhex("00ffffffff")), PASSWORD),
        seen("LwM2M: a clock set", _device(coap.PUT, "/3/0/13"), CLOCK),
        seen("LwM2M: a restart by a path of its own", _device(coap.POST, "/lwm2m/3/0/4"), STOP),
        not_calm("CODESYS: a log-in", _logged_in(), PASSWORD),
    ]


# --- SNMP 3 ---------------------------------------------------------------------------------------------------------


def _tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes((tag,)) + (bytes((len(body),)) if len(body) < 128 else bytes((0x81, len(body)))) + body


def snmp_3(engine: bytes, flags: int, number: int = 1, pdu: bytes = b"") -> bytes:
    """A message; without a PDU in clear its contents are encrypted."""
    user = b"" if pdu else b"monitor"
    head = _tlv(0x30, _tlv(2, number.to_bytes(4, "big")), _tlv(2, b"\0\xff\xe3"), _tlv(4, bytes((flags,))), b"\2\1\3")
    texts = (_tlv(4, user), _tlv(4, bytes(12 * (flags & 1))), _tlv(4, bytes(8 * (flags & 2) // 2)))
    usm = _tlv(4, _tlv(0x30, _tlv(4, engine), b"\2\1\3", b"\2\1\x64", *texts))
    data = _tlv(0x30, _tlv(4, engine), b"\4\0", pdu) if pdu else _tlv(4, bytes((number * n) & 0xFF for n in range(70)))
    return _tlv(0x30, b"\2\1\3", head, usm, data)


ENGINE = bytes.fromhex("80001f8880a1b2c3d4e5f60718")
OF_PLC_1 = bytes.fromhex("800007c3010a14010b")  # by its address
GET, TOLD = _tlv(0xA0, b"\2\1\1\2\1\0\2\1\0\x30\0"), _tlv(0xA8, b"\2\1\1\2\1\0\2\1\0\x30\0")


def _traps(engine: bytes, port: int = 162, flags: int = 3) -> Recorded:
    return datagrams(PLC_1, SCADA, port, [(1, snmp_3(engine, flags, n)) for n in range(3, 8)])


def _asked(client: str, *more: tuple[int, bytes], server: str = PLC_1) -> Recorded:
    found = [(1, snmp_3(b"", 4, pdu=GET)), (0, snmp_3(ENGINE, 0, pdu=TOLD))]
    return datagrams(client, server, 161, [*found, *more])


def _snmp() -> list[Case]:
    later = formed(lambda records: [(s + 5, f, frame, wire) for s, f, frame, wire in records], _traps(ENGINE))
    ask, answer = (1, snmp_3(ENGINE, 7)), (0, snmp_3(ENGINE, 3))
    return [
        calm("SNMP 3: traps by an engine with the sender's address", _traps(OF_PLC_1), SET),
        calm("SNMP 3: the same to another port", _traps(OF_PLC_1, 10162), SET),
        not_calm("SNMP 3: traps of an engine that somebody answered for before", both(_asked(ENGINEER), later), SET),
        not_calm("SNMP 3: traps of an engine that may be anybody's", _traps(ENGINE), SET),
        not_calm("SNMP 3: a stranger, encrypted", _asked(CELL_STRANGER, ask, answer), SET),
        not_calm("SNMP 3: a stranger to the port of traps", datagrams(
            CELL_STRANGER, PLC_1, 162, [(1, snmp_3(OF_PLC_1, 3))]), SET),
        not_calm("SNMP 3: another engine between traps", both(
            _traps(OF_PLC_1), datagrams(PLC_1, SCADA, 162, [(1, snmp_3(ENGINE, 3))])), SET),
    ]  # fmt: skip


# --- HTTP -----------------------------------------------------------------------------------------------------------


def _web(*said: tuple[str, str, object, object], fields: str = "") -> Recorded:
    """Requests of a method and a path with JSON, and what is answered."""
    talk = []
    for method, path, asked, answered in said:
        body, told = json.dumps(asked).encode(), json.dumps(answered).encode()
        kind = "Content-Type: application/json\r\nContent-Length: "
        head = f"{method} {path} HTTP/1.1\r\nHost: a\r\n{fields}{kind}{len(body)}\r\n\r\n"
        talk += [(1, head.encode() + body), (0, f"HTTP/1.1 200 OK\r\n{kind}{len(told)}\r\n\r\n".encode() + told)]
    return stream(CELL_STRANGER, NOWHERE_LISTED, 8000, talk)


CHAT = {"model": "q", "messages": [{"role": "user", "content": "hi"}]}
REPLY = {"object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": "hi"}}]}
GEMINI = {"contents": [{"parts": [{"text": "hi"}]}]}
CONTEXT = {"supi": "imsi-001010000000001", "pduSessionId": 1, "dnn": "plant"}
STOPS = {"name": "stop_pump", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": False}}


def _ai() -> list[Case]:
    chroma = "/api/v1/collections/8f1c2b9e-1111-4444-9999-1234567890ab/add"
    added = {"ids": ["a"], "embeddings": [[0.1]], "documents": ["x"]}
    gemini = "/v1beta/models/g:generateContent"
    page = {"jsonrpc": "2.0", "id": 1, "result": {"tools": [STOPS], "nextCursor": "x"}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accepts = "Accept: application/json, text/event-stream\r\n"
    chat = ("POST", "/v1/chat/completions", CHAT, REPLY)
    return [
        seen("AI: a scheme without a key", _web(chat, fields="Authorization: Bearer \r\n"), OPEN),
        calm("AI: a key", _web(chat, fields="Authorization: Bearer sk-0123456789\r\n"), OPEN),
        calm("AI: a key of Google in the address", _web(("POST", gemini + "?key=k0123456789", GEMINI, {})), OPEN),
        seen("AI: no key in the address", _web(("POST", gemini + "?alt=sse", GEMINI, {})), OPEN),
        seen("AI: vectors added", _web(("POST", chroma, added, {})), OPEN, CLEAR),
        seen("AI: a kernel ended", _web(("DELETE", "/api/kernels/7", {}, {})), CLEAR),
        seen("AI: a tool on the first page of a list", _web(("POST", "/mcp", asked, page), fields=accepts), TOOLS),
    ]


def _paged(identity: bytes) -> Recorded:
    """A base station of LTE is told whom the core looks for."""
    paging = mobile.pdu(mobile.INITIATING, 10, mobile.element(80, bytes(2)), mobile.element(43, identity))

    def play(wire: Wire) -> None:
        link = mobile.Association(wire, 36412, mobile.S1AP, hosts=(ENGINEER, SCADA))
        link.station(mobile.SETUP_EPS)
        link.core(mobile.SETUP_EPS_RESPONSE)
        link.core(paging)

    return wired(play)


def _core() -> list[Case]:
    asked = _web(("POST", "/nsmf-pdusession/v1/sm-contexts", CONTEXT, {}), fields="User-Agent: AMF-1\r\n")
    other = {**CONTEXT, "supi": "nai-somebody@plant"}
    concealed = _web(("POST", "/nsmf-pdusession/v1/sm-contexts", other, {}), fields="User-Agent: AMF-1\r\n")
    return [
        seen("5G core: a subscriber in a body", asked, WHO),
        seen("5G core: a subscriber in a body of HTTP/2", formed(in_http2, asked), WHO),
        seen("5G core: the same in small pieces", formed(in_pieces(7), formed(in_http2, asked)), WHO),
        seen("LTE: paged by the IMSI", _paged(b"\x68" + mobile.bcd("001010123456789")), WHO),
        calm("LTE: paged by a temporary identity", _paged(bytes.fromhex("000400112233")), WHO),
        calm("5G core: a subscriber without IMSI", concealed, WHO),
    ]


def _files() -> list[Case]:
    part = by_http(b"GET /fw.bin", b"206 Partial Content\r\nContent-Range: bytes 0-0/9")
    renamed = by_ftp((b"RNFR a.tmp", b"350 to"), (b"RNTO fw.bin", b"250 ok"))
    return [
        calm("firmware that has not changed", by_http(b"GET /fw.bin", b"304 Not Modified"), FIRMWARE),
        calm("firmware that is not there", by_http(b"GET /fw.bin", b"404 Not Found"), FIRMWARE),
        seen("a part of firmware", part, FIRMWARE),
        calm("firmware that only gets its name", renamed, FIRMWARE),
    ]


def cases() -> list[Case]:
    """All."""
    return [*_industrial(), *_snmp(), *_ai(), *_core(), *_files()]
