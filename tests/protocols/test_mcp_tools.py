"""Tools of MCP servers: what the official SDK lists and calls, cut short, in pieces, and what else has tools."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.http._tools import MOST_TOOLS, of_answer, of_request
from tests.protocols.recordings import CAPTURES

READ, WRITE = "read_register", "write_register"
JSON_RPC = {"mcp-protocol-version": "2025-06-18"}


@pytest.mark.parametrize(
    ("name", "offered", "called", "commanding"),
    [
        ("mcp_tools", {READ, WRITE, "search_manual"}, {READ, WRITE, "search_manual"}, [WRITE]),
        ("mcp_tools_2025", {READ, WRITE, "search_manual"}, {READ, WRITE, "search_manual"}, [WRITE]),
        ("mcp_tools_json", {READ, WRITE, "search_manual"}, {READ, WRITE, "search_manual"}, [WRITE]),
        ("mcp_tools_sse", {READ, WRITE, "search_manual"}, {READ, WRITE, "search_manual"}, [WRITE]),
        ("mcp_tools_that_read", {READ, "search_manual"}, {READ}, []),
    ],
)
def test_recorded(name, offered, called, commanding):
    path = CAPTURES / "http" / f"{name}.pcap"
    found = capture_facts(read_capture(path, path.name, framing_plan()), protocols())
    (session,) = found["sessions"].to_dicts()
    assert ({*session["tools_offered"]}, {*session["tools_called"]}) == (offered, called)
    assert session["tools_commanding"] == commanding
    assert session["unread"] == []
    assert found["operations"]["accepted"].to_list() == found["operations"]["count"].to_list()  # each with its answer


def columns(rows):
    """Column -> tools."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for column, tool in row.tools:
            found.setdefault(column, []).append(tool)
        if row.unread:
            found["unread"] = [*row.unread]
    return found


def listed(*tools, **more):
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"tools": tools, **more}}).encode()


def tool(name, hints=None, about="", **schema):
    return {"name": name, "description": about, "inputSchema": schema, "annotations": hints}


@pytest.mark.parametrize(
    ("described", "column"),
    [
        (tool("write_register", {"readOnlyHint": False}), "tools_commanding"),
        (tool("writeRegister", {"destructiveHint": True}), "tools_commanding"),
        (tool("apply", {"readOnlyHint": False}, "Opens a valve"), "tools_commanding"),
        (tool("apply", {"readOnlyHint": False}, properties={"setpoint": {}}), "tools_commanding"),
        (tool("设定阀门", {"readOnlyHint": False}), "tools_commanding"),
        (tool("write_file", {"readOnlyHint": False}), "tools_writing"),
        (tool("write_register"), "tools_writing"),
        (tool("stop-PLC", {"readOnlyHint": True}), "tools_writing"),
        (tool("启动泵"), "tools_writing"),
        (tool("start_search", {"readOnlyHint": True}), None),
        (tool("read_register", {"readOnlyHint": True}), None),
        (tool("read_register"), None),
        (tool("settings"), None),
        (tool("write_register", {"readOnlyHint": "no"}), "tools_writing"),
    ],
)
def test_what_a_tool_does(described, column):
    found = columns(of_answer(listed(described), "", whole=True))
    assert set(found) == {"tools_offered", column} - {None}


@pytest.mark.parametrize(
    ("data", "whole", "unread"),
    [
        (listed(tool("a"), tool("b")), True, None),
        (listed(tool("a"), tool("b"), nextCursor=None), True, None),
        (listed(tool("a"), tool("b"), nextCursor="x"), True, ["tools_offered"]),
        (listed(tool("a"), tool("b"))[:-30], False, ["tools_offered"]),
        (b"event: message\r\ndata: " + listed(tool("a"), tool("b")) + b"\r\n\r\n", False, None),
        (listed(*[tool("a"), tool("b")] * MOST_TOOLS), True, ["tools_offered", "tools_called"]),
    ],
)
def test_what_is_missing_of_a_list(data, whole, unread):
    found = columns(of_answer(data, "", whole=whole))
    assert {*found["tools_offered"]} <= {"a", "b"}
    assert found.get("unread") == unread


@pytest.mark.parametrize(
    "document",
    [
        {"tools": [tool("write_register")]},  # no JSON-RPC
        {"jsonrpc": "2.0", "result": {"tools": [{"name": "mill 8 mm"}]}},
        {"jsonrpc": "2.0", "result": {"tools": {"inputSchema": 1}}},
        {"jsonrpc": "2.0", "result": {"capabilities": {"tools": {"listChanged": True}}}},
    ],
)
def test_other_tools(document):
    assert columns(of_answer(json.dumps(document).encode(), "", whole=True)) == {}


@pytest.mark.parametrize(
    ("body", "called", "unread"),
    [
        ({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "a"}}, ["a"], None),
        ([{"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "a"}}] * 2, ["a", "a"], None),
        ({"jsonrpc": "2.0", "method": "tools/call", "params": []}, None, ["tools_called"]),
        ({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": 7}}, None, ["tools_called"]),
        ({"jsonrpc": "2.0", "method": "resources/list"}, None, None),
        ({"method": "tools/call", "params": {"name": "a"}}, None, None),
        (7, None, None),
    ],
)
def test_calls(body, called, unread):
    found = columns(of_request({}, json.dumps(body).encode(), whole=True))
    assert (found.get("tools_called"), found.get("unread")) == (called, unread)


def test_a_call_that_is_cut_short_is_not_read():
    data = b'{"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","arguments":{"text":"'
    assert columns(of_request({}, data, whole=False)) == {"tools_called": ["a"], "unread": ["tools_called"]}
    fields = {"mcp-method": "tools/call", "mcp-name": "stop_plc"}
    assert columns(of_request(fields, data[:40], whole=False))["tools_writing"] == ["stop_plc"]


@given(st.binary(max_size=300), st.sampled_from(["", "gzip", "br"]), st.booleans())
def test_anything_is_read(data, encoding, whole):
    list(of_request(JSON_RPC | {"content-encoding": encoding}, data, whole=whole))
    list(of_answer(data, encoding, whole=whole))
    list(of_answer(b'{"jsonrpc":"2.0","inputSchema":1,"tools":[' + data, "", whole=whole))


def test_what_is_nested_deeply_is_not_read_to_its_end():
    deep = b'{"jsonrpc":"2.0","inputSchema":1,"result":{"tools":[' + b"[" * 60_000
    assert columns(of_answer(deep, "", whole=True)) == {}
    assert columns(of_request(JSON_RPC, b"[" * 60_000, whole=True)) == {"unread": ["tools_called"]}
