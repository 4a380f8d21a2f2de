"""Tools of MCP servers: which are offered, which are called, and what they are said to do.

Model Context Protocol 2025-06-18 and 2026-07-28, "Tools" (``tools/list``, ``tools/call``, annotations) and "Transports"
(streamable HTTP, and HTTP with SSE of 2024-11-05). JSON-RPC 2.0, whose batches 2025-03-26 allowed; Server-Sent Events
as WHATWG HTML, section 9.2, has them. A tool that its server says changes something, and that names what is in a plant,
commands it; what only its name says is kept apart, since names may be anything. No argument leaves this file.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.code_tables import rows_table
from scanner.protocols.base import Session
from scanner.protocols.common.text import readable
from scanner.protocols.http._bodies import text_of
from scanner.wording import said

MOST_TOOLS = 256  # of one message
UNREAD = ("tools_offered", "tools_called")
_MOST_DESCRIPTION = 2048  # characters in which is looked for what a tool is about
_EVENT = re.compile(r"(?m)^data: ?(.*)$")
_LIST = re.compile(r'"tools"\s{0,8}:\s{0,8}\[')
_CALL = re.compile(r'"method"\s{0,8}:\s{0,8}"tools(?:/|\\/)call"')
_NAME = re.compile(r'"params"\s{0,8}:\s{0,8}\{\s{0,8}"name"\s{0,8}:\s{0,8}"((?:[^"\\]|\\.){1,256})"')
_LETTER = re.compile(r"\\u00(4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa])")  # in escapes, as it may be written plainly
_MORE = re.compile(r'"nextCursor"\s{0,8}:\s{0,8}"')
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Tool:
    """changes: its server says that it does, or does not; None: it says nothing. about: what else is said of it."""

    name: str
    changes: bool | None = None
    about: str = ""


@functools.cache
def _words() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {"verb": set(), "thing": set()}
    for kind, word in rows_table(__package__, "tool_words.tsv"):
        found[kind].add(word)
    return {kind: frozenset(words) for kind, words in found.items()}


def _says(kind: str, text: str) -> bool:
    """A word of this kind is in the text; of writing without spaces, anywhere."""
    known = _words()[kind]
    parts = [part.lower() for part in _PARTS.findall(text)]
    plain = {part.removesuffix("s") for part in parts} | {*parts}
    foreign = "".join(part for part in parts if not part.isascii())
    return bool(plain & known) or any(word in foreign for word in known if not word.isascii())


def _kind(tool: Tool) -> str:
    """The column that a tool belongs to; empty: it only reads, as far as anybody says."""
    verb = _says("verb", tool.name)
    thing = _says("thing", f"{tool.name} {tool.about}")
    if tool.changes and thing:
        return "tools_commanding"
    return "tools_writing" if tool.changes or (verb and (thing or tool.changes is None)) else ""


def rows(tools: list[Tool], *, offered: bool) -> Iterator[Session]:
    """What the tools of one message are."""
    for tool in tools[:MOST_TOOLS]:
        columns = {"tools_offered" if offered else "tools_called", _kind(tool)} - {""}
        yield Session(encrypted=False, tools=tuple((column, tool.name) for column in sorted(columns)))
    if len(tools) > MOST_TOOLS:
        yield Session(encrypted=False, unread=UNREAD)


def _plain(data: bytes, encoding: str, *, whole: bool) -> tuple[str, bool]:
    """The text of a body, no letter of it hidden in an escape, and whether it is all of it."""
    text, whole = text_of(data, encoding, whole=whole)
    return _LETTER.sub(lambda found: chr(int(found[1], 16)), text or ""), whole


# --- requests -------------------------------------------------------------------------------------------------------


def of_request(fields: Mapping[str, str], data: bytes, *, whole: bool) -> Iterator[Session]:
    """The tools that a request asks for or calls. fields: by lower-case name."""
    text, whole = _plain(data, fields.get("content-encoding", ""), whole=whole)
    declared = fields.get("mcp-method", "")
    if not fields.keys() & {"mcp-session-id", "mcp-protocol-version", "mcp-method"} and '"jsonrpc"' not in text:
        return
    calls, read = _calls(text, whole=whole)
    methods = {method for method, _ in calls} | {declared}
    names = [name for method, name in calls if method == "tools/call" and name]
    if declared == "tools/call" and not names and fields.get("mcp-name"):
        names, read = [fields["mcp-name"]], True
    if "tools/list" in methods:
        yield Session(encrypted=False, detail=said("asks which tools there are"))
    yield from rows([Tool(_shown(name)) for name in names], offered=False)
    if not read:
        yield Session(encrypted=False, unread=UNREAD[1:])


def _calls(text: str, *, whole: bool) -> tuple[list[tuple[str, str]], bool]:
    """(methods and the names that they are for, all of them were read)."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        names = [("tools/call", name) for name in _NAME.findall(text)] if _CALL.search(text) else []
        return names, whole and not text.strip()
    calls = [c for c in (found if isinstance(found, list) else [found]) if isinstance(c, dict)]
    asked = [(str(call.get("method", "")), _named(call.get("params"))) for call in calls]
    return asked, all(name or method != "tools/call" for method, name in asked)


def _named(params: Any) -> str:
    name = params.get("name") if isinstance(params, dict) else None
    return name if isinstance(name, str) else ""


def _shown(name: str) -> str:
    return readable(name.encode("utf-8", "replace"), 64)


# --- answers --------------------------------------------------------------------------------------------------------


def calls(data: bytes, *, whole: bool) -> bool | None:
    """The body of an answer is JSON-RPC; None: not all of it was read."""
    return True if b'"jsonrpc"' in data else False if whole and data else None


def of_answer(data: bytes, encoding: str, *, whole: bool) -> Iterator[Session]:
    """The tools that an answer lists, if it is one of MCP."""
    text, whole = _plain(data, encoding, whole=whole)
    if '"tools"' not in text or '"jsonrpc"' not in text:
        return
    events = _EVENT.findall(text)
    for document in events or [text]:
        tools, all_there = _listed(document, whole=whole)
        yield from rows(tools, offered=True)
        if tools and not all_there:
            yield Session(encrypted=False, unread=UNREAD[:1])


def _listed(text: str, *, whole: bool) -> tuple[list[Tool], bool]:
    """(the tools of a list, it is all of it)."""
    begun = _LIST.search(text)
    if not begun or '"inputSchema"' not in text:
        return [], True
    decoder, at = json.JSONDecoder(), begun.end()
    found: list[Tool] = []
    while len(found) <= MOST_TOOLS:
        at += len(text[at : at + 64]) - len(text[at : at + 64].lstrip(" \t\r\n,"))
        if text[at : at + 1] == "]":
            return found, not _MORE.search(text) and (whole or text.rstrip()[-1:] == "}")
        try:
            described, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return found, False
        if isinstance(described, dict) and isinstance(described.get("name"), str) and "inputSchema" in described:
            found.append(_tool(described))
    return found, True


def _tool(described: dict[str, Any]) -> Tool:
    hints = described.get("annotations")
    hints = hints if isinstance(hints, dict) else {}
    reads, destroys = hints.get("readOnlyHint"), hints.get("destructiveHint")
    changes = True if reads is False or destroys is True else False if reads is True else None
    schema = described["inputSchema"]
    properties = schema.get("properties") if isinstance(schema, dict) else None
    about = [described.get("title"), hints.get("title"), described.get("description")]
    about += list(properties)[:64] if isinstance(properties, dict) else []
    said_of = " ".join(part[:_MOST_DESCRIPTION] for part in about if isinstance(part, str))
    return Tool(_shown(described["name"]), changes, said_of[: 2 * _MOST_DESCRIPTION])
