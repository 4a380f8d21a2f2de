"""Tool servers whose tools command the plant, however they list and call them; and tools that only read."""

from __future__ import annotations

import gzip
import json

from tests.adversarial.ai_forms import OK, STREAM, asked, chunked, http2, packed, request, rpc
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, calm, not_calm, seen
from tests.adversarial.talk import SCADA, each, formed, stream
from tests.twins import IP_ONLY, answers_only, cut_short, in_pieces, lossy, requests_only

COMMANDS = "agent-tools-command-plant"
READS, WRITES = {"readOnlyHint": True}, {"readOnlyHint": False, "destructiveHint": True}
ASKS = request("/mcp", rpc("tools/list"), STREAM)


def tool(name: str, about: str = "", hints: object = None, **more: object) -> dict[str, object]:
    """As a server describes it."""
    return {"name": name, "description": about, "inputSchema": {"type": "object"}, "annotations": hints, **more}


READING = tool("read_register", "Reads a holding register of the filler.", READS)
WRITING = tool("write_register", "Writes a holding register of the filler.", WRITES)


def listed(*tools: object, **more: object) -> bytes:
    """The result of tools/list."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"tools": tools, **more}}).encode()


def answer(body: bytes, more: str = "", kind: str = "application/json") -> bytes:
    """With its length."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def events(*documents: bytes, last: bool = True, line: bytes = b"\r\n") -> bytes:
    """Server-sent events, each in a chunk."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    each = (b"event: message" + line + b"data: " + document + line + line for document in documents)
    return head + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in each) + (b"0\r\n\r\n" if last else b"")


def calling(name: str, path: str = "/mcp", more: str = STREAM) -> bytes:
    """A call of a tool."""
    return request(path, rpc("tools/call", params={"name": name, "arguments": {"value": 1}}), more)


def offered() -> list[Case]:
    """A tool that writes is listed."""
    both = listed(READING, WRITING)
    plain = asked(ASKS, answer=answer(both))
    apart = stream(
        SCADA, "10.20.10.77", 8000, [(1, ASKS), *((0, part) for part in (answer(both)[:90], answer(both)[90:]))]
    )
    headed = answer(both).partition(b"\r\n\r\n")
    bare = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + both
    long = listed(*[READING] * 80, WRITING)
    hidden = both.replace(b"tools", b"\\u0074ools").replace(b"write_register", b"\\u0077rite_register")
    sse = request("/sse", more="Accept: text/event-stream\r\n", verb="GET")
    return [
        seen("tools that write", plain, COMMANDS),
        seen("tools that write: in segments of a byte", formed(in_pieces(1), plain), COMMANDS),
        seen("tools that write: over IPv6", formed(IP_ONLY["in IPv6"], plain), COMMANDS),
        seen("tools that write: in GTP-U", formed(each(LAYERS["GTP-U"]), plain), COMMANDS),
        seen("tools that write: answers only", formed(answers_only, plain), COMMANDS),
        seen("tools that write: the body behind its header", apart, COMMANDS),
        seen(
            "tools that write: header and body in segments",
            stream(SCADA, "10.20.10.77", 8000, [(1, ASKS), (0, headed[0] + headed[1]), (0, headed[2])]),
            COMMANDS,
        ),
        seen(
            "tools that write: on a path of its own",
            asked(request("/x", rpc("tools/list")), answer=answer(both)),
            COMMANDS,
        ),
        seen("tools that write: as events", asked(ASKS, answer=events(both)), COMMANDS),
        seen("tools that write: as events in lines of LF", asked(ASKS, answer=events(both, line=b"\n")), COMMANDS),
        seen("tools that write: behind other events", asked(ASKS, answer=events(b"{}", both)), COMMANDS),
        seen("tools that write: events without an end", asked(sse, answer=events(both, last=False)), COMMANDS),
        seen("tools that write: to the end of the connection", asked(ASKS, answer=bare), COMMANDS),
        seen(
            "tools that write: compressed",
            asked(ASKS, answer=answer(gzip.compress(both, mtime=0), "Content-Encoding: gzip\r\n")),
            COMMANDS,
        ),
        not_calm(
            "tools that write: compressed, cut after 96 bytes",
            formed(
                cut_short(96),
                asked(ASKS, answer=answer(gzip.compress(both, mtime=0), "Content-Encoding: gzip\r\n")),
            ),
            "agent-reaches-many-zones",
        ),
        seen(
            "tools that write: behind an answer to HEAD",
            stream(
                SCADA,
                "10.20.10.77",
                8000,
                [(1, request("/mcp", verb="HEAD")), (0, headed[0] + headed[1]), (1, ASKS), (0, answer(both))],
            ),
            COMMANDS,
        ),
        seen(
            "tools that write: listed second",
            stream(SCADA, "10.20.10.77", 8000, [(1, ASKS), (0, answer(listed(READING))), (1, ASKS), (0, answer(both))]),
            COMMANDS,
        ),
        seen(
            "tools that write: one and the same but for its name",
            stream(
                SCADA,
                "10.20.10.77",
                8000,
                [
                    (1, ASKS),
                    (0, answer(listed(tool("read", "a valve", READS)))),
                    (1, ASKS),
                    (0, answer(listed(tool("open", "a valve", WRITES)))),
                ],
            ),
            COMMANDS,
        ),
        seen("tools that write: names in escapes", asked(ASKS, answer=answer(hidden)), COMMANDS),
        seen(
            "tools that write: said in Chinese",
            asked(ASKS, answer=answer(listed(tool("set", "写入阀门开度", WRITES)))),
            COMMANDS,
        ),
        seen(
            "tools that write: only their description says where",
            asked(ASKS, answer=answer(listed(tool("apply", "Moves the valve", WRITES)))),
            COMMANDS,
        ),
        seen(
            "tools that write, and nobody says that they do",
            asked(ASKS, answer=answer(listed(tool("write_register", "of the PLC")))),
            COMMANDS,
        ),
        seen(
            "tools that write, and say that they read",
            asked(ASKS, answer=answer(listed(tool("writeRegister", "of the PLC", READS)))),
            COMMANDS,
        ),
        not_calm("tools that write: behind 80 others", asked(ASKS, answer=answer(long)), COMMANDS),
        not_calm(
            "tools that write: on the next page", asked(ASKS, answer=answer(listed(READING, nextCursor="2"))), COMMANDS
        ),
        not_calm("tools that write: requests only", formed(requests_only, plain), COMMANDS),
        not_calm("tools that write: over HTTP/2", http2("/mcp", rpc("tools/list")), COMMANDS),
        not_calm("tools that write: cut after 400 bytes", formed(cut_short(400), plain), COMMANDS),
        not_calm("tools that write: a third lost", formed(lossy(0.33), plain), COMMANDS),
    ]


def called() -> list[Case]:
    """A tool that writes is called, and the list was not seen."""
    batch = b"[" + rpc("tools/list") + b"," + rpc("tools/call", params={"name": "stop_plc"}) + b"]"
    turned = json.dumps({"jsonrpc": "2.0", "params": {"name": "stop_plc"}, "method": "tools/call", "id": 1}).encode()
    reads = rpc("tools/call", params={"name": "read_plc"})
    return [
        seen("a call that writes", asked(calling("write_register")), COMMANDS),
        seen(
            "a call that writes: behind others",
            asked(*[calling(f"read_{n}") for n in range(9)], calling("stop_pump")),
            COMMANDS,
        ),
        seen("a call that writes: by SSE", asked(calling("writeCoil", "/messages/?session_id=1", "")), COMMANDS),
        seen("a call that writes: in a batch", asked(request("/mcp", batch, STREAM)), COMMANDS),
        seen("a call that writes: its method at the end", asked(request("/mcp", turned, STREAM)), COMMANDS),
        seen(
            "a call that writes: behind the same of another name",
            asked(request("/mcp", reads, STREAM), request("/mcp", turned, STREAM)),
            COMMANDS,
        ),
        seen(
            "a call that writes: its name in escapes",
            asked(
                calling("read_plc"),
                request(
                    "/mcp", rpc("tools/call", params={"name": "stop_plc"}).replace(b'"name"', b'"n\\u0061me"'), STREAM
                ),
            ),
            COMMANDS,
        ),
        seen(
            "a call that writes: compressed",
            asked(packed("/mcp", rpc("tools/call", params={"name": "stop_plc"}))),
            COMMANDS,
        ),
        seen(
            "a call that writes: in chunks",
            asked(chunked("/mcp", rpc("tools/call", params={"name": "stop_plc"}), 7)),
            COMMANDS,
        ),
        seen(
            "a call that writes: over HTTP/2", http2("/mcp", rpc("tools/call", params={"name": "stop_plc"})), COMMANDS
        ),
        seen(
            "a call that writes: its name in a field, the body beyond what is read",
            asked(
                request(
                    "/mcp", rpc("tools/call", a="x" * 9000), STREAM + "Mcp-Method: tools/call\r\nMcp-Name: stop_plc\r\n"
                )
            ),
            COMMANDS,
        ),
        not_calm(
            "a call of a name behind 9,000 bytes",
            asked(
                request(
                    "/mcp",
                    json.dumps(
                        {"jsonrpc": "2.0", "x": "x" * 9000, "method": "tools/call", "params": {"name": "stop_plc"}}
                    ).encode(),
                    STREAM,
                )
            ),
            COMMANDS,
        ),
        not_calm("a call, nobody knows of what kind", asked(calling("do_it")), COMMANDS),
    ]


def harmless() -> list[Case]:
    """Tools that read, and what has tools of another kind."""
    mill = json.dumps({"tools": [{"name": "mill 8 mm", "set": True, "stop": 1.5}]}).encode()
    return [
        calm("tools that read", asked(ASKS, calling("read_register"), answer=answer(listed(READING))), COMMANDS),
        calm(
            "tools that read: what a register is set to",
            asked(ASKS, answer=answer(listed(tool("get_setpoint", "The setpoint that is written", READS)))),
            COMMANDS,
        ),
        calm("tools of a milling machine", asked(request("/tools", verb="GET"), answer=answer(mill)), COMMANDS),
        calm(
            "JSON-RPC of a controller that writes",
            asked(request("/api/jsonrpc", rpc("PlcProgram.Write", params={"name": "write_register"}))),
            COMMANDS,
        ),
        calm(
            "the text of a call in a document",
            asked(request("/x", json.dumps({"text": rpc("tools/call").decode()}).encode())),
            COMMANDS,
        ),
        seen(
            "tools that change a ticket",
            asked(ASKS, answer=answer(listed(tool("create_ticket", "In the office", WRITES)))),
            COMMANDS,
        ),
        calm("answers without a body", asked(request("/mcp", rpc("ping"), STREAM), answer=OK), COMMANDS),
    ]


def cases() -> list[Case]:
    """All."""
    return [*offered(), *called(), *harmless()]
