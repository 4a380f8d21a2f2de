"""Services of language models, tool servers and agents, however they are asked; and what only looks like them."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from collections.abc import Mapping

from hpack import Encoder

from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.service_forms import TOOL, called
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import CELL_STRANGER, ENGINEER, PLC_1, SCADA, each, formed, stream
from tests.twins import IP_ONLY, Form, answers_only, cut_short, in_pieces, lossy, midway, requests_only

UNDECLARED = "ai-service-undeclared"
LOCAL = "10.20.10.77"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
CHAT = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
STREAM = "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"


SOME_EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 5\n\n"


def request(path: str, body: bytes = b"", more: str = "", verb: str = "POST", host: str = "llm") -> bytes:
    """Of HTTP/1.1."""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{verb} {path} HTTP/1.1\r\nHost: {host}\r\n{more}{length}\r\n".encode() + body


def asked(*requests: bytes, port: int = 8000, server: str = LOCAL, answer: bytes = OK) -> Recorded:
    """Each of them answered."""
    return stream(SCADA, server, port, [one for each in requests for one in ((1, each), (0, answer))])


def chunked(path: str, body: bytes, size: int, more: str = "") -> bytes:
    """In chunks of a size, the last ones with an extension and a trailer."""
    head = f"POST {path} HTTP/1.1\r\nHost: llm\r\nContent-Type: application/json\r\n{more}"
    parts = (body[at : at + size] for at in range(0, len(body), size))
    written = b"".join(b"%X;x=y\r\n%s\r\n" % (len(part), part) for part in parts)
    return (head + "Transfer-Encoding: chunked\r\n\r\n").encode() + written + b"0\r\nX-Sum: 1\r\n\r\n"


def packed(path: str, body: bytes, coding: str = "gzip") -> bytes:
    """Compressed."""
    data = gzip.compress(body, mtime=0) if coding == "gzip" else zlib.compress(body)
    return request(path, data, f"Content-Type: application/json\r\nContent-Encoding: {coding}\r\n")


def frame(kind: int, flags: int, number: int, payload: bytes) -> bytes:
    """Of HTTP/2."""
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", number) + payload


def http2(
    path: str, body: bytes, kind: str = "application/json", *, pieces: int = 16_000, verb: str = "POST"
) -> Recorded:
    """With prior knowledge; the body in frames of a size."""
    fields = [(":method", verb), (":scheme", "http"), (":path", path), (":authority", "llm"), ("content-type", kind)]
    data = [body[at : at + pieces] for at in range(0, len(body), pieces)] or [b""]
    sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") + frame(1, 4, 1, Encoder().encode(fields))
    sent += b"".join(frame(0, at == len(data) - 1, 1, part) for at, part in enumerate(data))
    got = frame(4, 0, 0, b"") + frame(4, 1, 0, b"")
    got += frame(1, 4, 1, Encoder().encode([(":status", "200"), ("content-type", kind)])) + frame(0, 1, 1, b"{}")
    return stream(SCADA, LOCAL, 8001, [(1, sent), (0, got)])


def remote(method: str, body: bytes = b"\n\1m") -> Recorded:
    """A call of gRPC."""
    return http2(method, b"\0" + struct.pack(">I", len(body)) + body, "application/grpc")


def rpc(method: str, **more: object) -> bytes:
    """JSON-RPC, its method in front."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, **more}).encode()


def models() -> list[Case]:
    """Asked for completions."""
    chat = request("/v1/chat/completions", CHAT, "Content-Type: application/json\r\n")
    ollama = request("/api/chat", CHAT, "User-Agent: ollama-python/0.4\r\n")
    plain = asked(chat)
    whole: Mapping[str, Form] = {
        "in segments of a byte": in_pieces(1),
        "requests only": requests_only,
        "in IPv6": IP_ONLY["in IPv6"],
        "in QinQ": each(LAYERS["QinQ"]),
        "in GTP-U": each(LAYERS["GTP-U"]),
        "in PPPoE": each(LAYERS["PPPoE"]),
        "recorded midway": midway,
    }
    part = {"answers only": answers_only, "cut after 60 bytes": cut_short(60), "a third lost": lossy(0.33)}
    slow = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    slow += b'c\r\n{"model":1}\n\r\n0\r\n\r\n'
    refused = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n"
    return [
        *(seen(f"a completion {name}", formed(form, plain), TOOL, UNDECLARED) for name, form in whole.items()),
        *(not_calm(f"a completion {name}", formed(form, plain), TOOL) for name, form in part.items()),
        *(seen(f"a completion on {port}", asked(chat, port=port), TOOL) for port in (80, 443, 502, 11434, 49999)),
        seen(
            "a completion with a key", asked(request("/v1/chat/completions", CHAT, "Authorization: Bearer k\r\n")), TOOL
        ),
        seen("a completion that is refused", asked(chat, answer=refused), TOOL),
        seen("a completion by a proxy", asked(request("http://llm:8000/v1/chat/completions", CHAT)), TOOL),
        seen("a completion in capital fields", asked(chat.replace(b"Content-T", b"CONTENT-t")), TOOL),
        seen("a completion, its path escaped", asked(request("/v1/chat/%63ompletions", CHAT)), TOOL),
        seen("a completion with a query", asked(request("/v1/chat/completions?api-version=1", CHAT)), TOOL),
        seen("a completion in chunks of 3 bytes", asked(chunked("/v1/chat/completions", CHAT, 3)), TOOL),
        seen("a completion, compressed", asked(packed("/v1/chat/completions", CHAT)), TOOL),
        seen("a completion over HTTP/2", http2("/v1/chat/completions", CHAT), TOOL),
        seen("Ollama", asked(ollama, port=11434, answer=slow), TOOL, UNDECLARED),
        seen("Ollama without its name", asked(request("/api/chat", CHAT), answer=slow), TOOL),
        seen("Ollama, compressed", asked(packed("/api/generate", b'{"model":"m","prompt":"p"}')), TOOL),
        seen("Ollama, deflated", asked(packed("/api/generate", b'{"model":"m","prompt":"p"}', "deflate")), TOOL),
        seen("Ollama in chunks of 1 byte", asked(chunked("/api/generate", b'{"prompt":"p","model":"m"}', 1)), TOOL),
        seen("Ollama over HTTP/2", http2("/api/generate", b'{"model":"m","prompt":"p"}'), TOOL),
        seen("Ollama over HTTP/2 in frames of 2 bytes", http2("/api/chat", CHAT, pieces=2), TOOL),
        seen("Ollama on a controller", asked(ollama, server=PLC_1, port=80), TOOL, UNDECLARED),
        seen("Ollama in the cell", stream(ENGINEER, CELL_STRANGER, 11434, [(1, ollama), (0, OK)]), TOOL, UNDECLARED),
        not_calm(
            "Ollama: the names behind 100 KB of prompt",
            asked(request("/api/generate", b'{"prompt":"' + b"x" * 100_000 + b'","model":"m"}')),
            TOOL,
        ),
        not_calm(
            "Ollama asked in a coding nobody knows",
            asked(packed("/api/chat", CHAT).replace(b"gzip", b"zstd")[:-40] + b"\xff" * 40),
            TOOL,
        ),
        seen("Kobold", asked(request("/api/v1/generate", b'{"prompt":"x","max_length":9}')), TOOL),
        seen("embeddings of TEI", asked(request("/embed", b'{"inputs":"x"}')), TOOL),
        seen("Seldon", asked(request("/api/v1.0/predictions", b'{"data":{"ndarray":[[1]]}}')), TOOL),
        unmoved("a page that embeds", asked(request("/embed", b'{"url":"x"}')), TOOL),
        unmoved("a generator of labels", asked(request("/api/v1/generate", b'{"template":"x"}')), TOOL),
        seen("Triton by gRPC", remote("/inference.GRPCInferenceService/ModelInfer"), TOOL),
        seen("Triton by HTTP", asked(request("/v2/models/m/infer", b'{"inputs":[]}')), TOOL),
        seen("Triton of a version", asked(request("/v2/models/m/versions/1/infer", b'{"inputs":[]}')), TOOL),
    ]


def tools() -> list[Case]:
    """MCP and A2A by their transports."""
    first = rpc("initialize", params={"protocolVersion": "2024-11-05"})
    listed = request("/messages/?session_id=0af3", rpc("tools/list"), "Content-Type: application/json\r\n")
    events = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    events += b"2c\r\nevent: endpoint\ndata: /messages/?session_id=0a\n\n\r\n"
    sse = request("/sse", more="Accept: text/event-stream\r\n", verb="GET")
    opened = request("/mcp", first, STREAM)
    big = [4_000, 7_000, 9_000, 20_000, 60_000, 90_000]
    return [
        seen("MCP by SSE", asked(listed, listed), TOOL),
        not_calm("MCP by SSE: the events alone, which others have as well", asked(sse, answer=events), TOOL),
        not_calm(
            "MCP by SSE: the events alone, in segments of a byte", formed(in_pieces(1), asked(sse, answer=events)), TOOL
        ),
        seen("MCP by HTTP: opened", asked(opened), TOOL),
        seen("MCP by HTTP: on a path of its own", asked(request("/plant/tools", rpc("tools/list"), STREAM)), TOOL),
        seen("MCP by HTTP over IPv6", formed(IP_ONLY["in IPv6"], asked(opened)), TOOL),
        seen("MCP by HTTP in VXLAN", formed(each(LAYERS["VXLAN"]), asked(opened)), TOOL),
        seen("MCP over HTTP/2", http2("/", rpc("tools/list")), TOOL),
        seen("MCP over HTTP/2 in frames of 3 bytes", http2("/", called(10), pieces=3), TOOL),
        seen("MCP, compressed", asked(packed("/", called(10))), TOOL),
        seen(
            "MCP, compressed in chunks",
            asked(chunked("/", gzip.compress(called(10), mtime=0), 7, "Content-Encoding: gzip\r\n")),
            TOOL,
        ),
        seen("MCP behind another request", asked(request("/", b"{}"), request("/", called(10))), TOOL),
        seen("MCP, both in a segment", asked(request("/", b"{}") + request("/", called(10)), answer=OK + OK), TOOL),
        seen(
            "MCP, spaced and broken into lines",
            asked(request("/", b'\n{\n "jsonrpc" :\t"2.0",\r\n "method" :\n\t "tools/call"\n}')),
            TOOL,
        ),
        seen("MCP, its method in escapes", asked(request("/", b'{"jsonrpc":"2.0","method":"\\u0074ools/call"}')), TOOL),
        seen("MCP, its name in escapes", asked(request("/", b'{"jsonrpc":"2.0","m\\u0065thod":"tools/call"}')), TOOL),
        seen("MCP in UTF-16", asked(request("/", called(10).decode().encode("utf-16"))), TOOL),
        *(seen(f"MCP: the method behind {n:,} bytes", asked(request("/x", called(n))), TOOL) for n in big[:-1]),
        not_calm("MCP: the method behind 90,000 bytes", asked(request("/x", called(90_000))), TOOL),
        *(
            seen(f"MCP in chunks: the method behind {n:,} bytes", asked(chunked("/x", called(n), 900)), TOOL)
            for n in big[2:5]
        ),
        not_calm("MCP in chunks: the method behind 90,000 bytes", asked(chunked("/x", called(90_000), 900)), TOOL),
        seen(
            "MCP: the method behind 60,000 bytes in segments of 7",
            formed(in_pieces(7), asked(request("/x", called(60_000)))),
            TOOL,
        ),
        seen(
            "MCP: twice, the last method counts",
            asked(request("/x", rpc("call", params="x" * 20_000)[:-1] + b',"method":"tools/call"}')),
            TOOL,
        ),
        *(not_calm(f"MCP over HTTP/2: the method behind {n:,} bytes", http2("/x", called(n)), TOOL) for n in big[1:]),
        *(
            not_calm(f"MCP, compressed: the method behind {n:,} bytes", asked(packed("/x", called(n))), TOOL)
            for n in big[2:]
        ),
        not_calm(
            "MCP in a log of many calls",
            asked(request("/x", b"[" + b",".join([rpc("x" * 60)] * 200 + [called(1)]) + b"]")),
            TOOL,
        ),
        seen(
            "MCP: the method behind 9,000 bytes, requests only",
            formed(requests_only, asked(request("/x", called(9_000)))),
            TOOL,
        ),
        not_calm(
            "MCP: behind 3,000 bytes, a fifth lost", formed(lossy(0.2), asked(request("/x", called(3_000)))), TOOL
        ),
        not_calm("MCP: cut after 100 bytes", formed(cut_short(100), asked(request("/x", called(10)))), TOOL),
        not_calm("MCP, put and not posted", asked(request("/x", called(10), verb="PUT")), TOOL),
        seen("A2A", asked(request("/", rpc("message/send"))), TOOL),
        seen("A2A: the card alone", asked(request("/.well-known/agent-card.json", verb="GET")), TOOL),
        seen("A2A over HTTP/2", http2("/a2a", rpc("message/stream")), TOOL),
        seen("A2A by REST", asked(request("/v1/message:send", b'{"message":{}}')), TOOL),
    ]


def look_alikes() -> list[Case]:
    """Paths and methods that others have as well."""
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>"
    values = json.dumps({"values": list(range(3000))}).encode()
    return [
        calm("tags of a shop", asked(request("/api/tags", verb="GET")), TOOL, UNDECLARED),
        calm("models of cars", asked(request("/v1/models", verb="GET"), request("/v1/models/golf", verb="GET")), TOOL),
        calm("JSON-RPC of a router", asked(request("/ubus", rpc("call", params=["0", "system", "info", {}]))), TOOL),
        calm("JSON-RPC of a controller", asked(request("/api/jsonrpc", rpc("PlcProgram.Read"))), TOOL),
        calm("a language server", asked(request("/lsp", rpc("initialize", params={"processId": 1}))), TOOL),
        calm(
            "gRPC of a telemetry collector",
            remote("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"),
            TOOL,
        ),
        calm("gNMI", remote("/gnmi.gNMI/Get"), TOOL),
        calm("a page about chat", asked(request("/help/chat.html", verb="GET"), answer=page), TOOL),
        calm("a chat of people", asked(request("/api/chat", b'{"room":1,"text":"tools/call"}')), TOOL),
        calm(
            "a document that names the method",
            asked(
                request("/x", json.dumps({"jsonrpc": "2.0", "method": "put", "params": {"method": "tools"}}).encode())
            ),
            TOOL,
        ),
        calm("a health page", asked(request("/v2/health/live", verb="GET")), TOOL),
        calm(
            "events of a page on a path of its own",
            asked(request("/live", more="Accept: text/event-stream\r\n", verb="GET"), answer=SOME_EVENTS),
            TOOL,
        ),
        calm(
            "events of a page, its answer not found",
            asked(
                request("/sse", more="Accept: text/event-stream\r\n", verb="GET"),
                answer=b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            ),
            TOOL,
        ),
        calm(
            "events of a page",
            asked(request("/sse", more="Accept: text/event-stream\r\n", verb="GET"), answer=page),
            TOOL,
        ),
        calm("values, 14 KB of JSON", asked(request("/values", values, "Content-Type: application/json\r\n")), TOOL),
        calm("values, 42 KB of JSON", asked(request("/values", values * 3)), TOOL),
        calm("values, 42 KB of JSON in chunks", asked(chunked("/values", values * 3, 1400)), TOOL),
        calm(
            "JSON-RPC of a router, 30 KB", asked(request("/ubus", rpc("call", params=["x" * 30_000]))), TOOL, UNDECLARED
        ),
        calm("a firmware image of 300 KB", asked(request("/update", bytes(range(256)) * 1200)), TOOL),
        calm(
            "a table of 300 KB",
            asked(request("/import", b"time;value\n" + b"12:00;5\n" * 37_000, "Content-Type: text/csv\r\n")),
            TOOL,
        ),
        calm("XML of 300 KB", asked(request("/soap", b"<a>" + b"<b>5</b>" * 37_000 + b"</a>")), TOOL),
        calm(
            "a form with a file of 300 KB",
            asked(
                request(
                    "/upload",
                    b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n'
                    + bytes(range(256)) * 1200
                    + b"\r\n--x--",
                    "Content-Type: multipart/form-data; boundary=x\r\n",
                )
            ),
            TOOL,
        ),
        unmoved("values, 14 KB of JSON over HTTP/2", http2("/values", values), TOOL),
        unmoved(
            "a firmware image",
            asked(request("/update", bytes(range(256)) * 80, "Content-Type: application/octet-stream\r\n")),
            TOOL,
        ),
    ]


def cases() -> list[Case]:
    """All."""
    return [*models(), *tools(), *look_alikes()]
