"""Signs of interfaces of AI services in requests and answers, by the dated catalogue ``ai_interfaces.tsv``.

Language models, model servers, tool servers and agents, vector databases, notebooks and hubs of models. What is sent is
searched for names of members and for methods of JSON-RPC; no value leaves this file.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from json import detect_encoding
from urllib.parse import unquote

from scanner.code_tables import rows_table
from scanner.protocols.base import ANY_ANSWER, UNREAD, Sign
from scanner.protocols.http._bodies import text_of

_OWN = 2  # weight of what nothing else is known to have
_MEMBER = re.compile(r'"([A-Za-z_]\w{0,63})"\s{0,8}:')
_ESCAPED = re.compile(r"\\(?:/|u00([2-7][0-9A-Fa-f]))")  # what may be written plainly as well, RFC 8259 section 7
_METHOD = re.compile(r'"method"\s{0,8}:\s{0,8}"([\w/$.-]{1,64})"')
# whose value counts whatever else is asked for: the program's name, and a policy that names a page of its own
_PROGRAMS = ("user-agent", "server", "content-security-policy")


@dataclass(frozen=True, slots=True)
class _Path:
    interface: str
    kind: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Field:
    """begin: of the value; empty: any. alone: it counts whatever else is asked for."""

    interface: str
    begin: str
    alone: bool


@dataclass(slots=True)
class _Catalogue:
    """paths: by a word that each of them has; fields, answers and events: by name; keys and names: by interface."""

    paths: defaultdict[str, list[_Path]] = field(default_factory=lambda: defaultdict(list))
    fields: defaultdict[str, list[_Field]] = field(default_factory=lambda: defaultdict(list))
    answers: defaultdict[str, list[_Field]] = field(default_factory=lambda: defaultdict(list))
    events: defaultdict[str, list[_Field]] = field(default_factory=lambda: defaultdict(list))
    keys: defaultdict[str, list[frozenset[str]]] = field(default_factory=lambda: defaultdict(list))
    names: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    methods: defaultdict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))


@functools.cache
def _catalogue() -> _Catalogue:
    found = _Catalogue()
    for interface, sign, value, _ in rows_table(__package__, "ai_interfaces.tsv"):
        if sign in ("path", "own", "call"):
            found.paths[_word(value)].append(_Path(interface, sign, _pattern(value)))
        elif sign in ("field", "answer", "events"):
            name, _, begin = value.partition(": ")
            where = {"field": found.fields, "answer": found.answers, "events": found.events}[sign]
            where[name].append(_Field(interface, begin.lower(), alone=not begin or name in _PROGRAMS))
        elif sign == "keys":
            found.keys[interface].append(frozenset(value.split()))
        elif sign == "name":
            found.names[interface].add(value)
        elif sign in ("rpc", "own rpc"):
            found.methods[value].append((interface, _OWN if sign == "own rpc" else 1))
        else:
            raise ValueError(f"ai_interfaces.tsv: no sign {sign!r}")
    return found


def _words(path: str) -> list[str]:
    return re.split("[/:.]", path)


def _word(path: str) -> str:
    """The longest word of a path that is written out."""
    return max((word for word in _words(path) if "*" not in word), key=len)


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", path)
    return re.compile("".join({"**": ".+", "*": "[^/]+"}.get(part, re.escape(part)) for part in parts) + "/?$")


@functools.lru_cache(maxsize=4096)
def _of_path(path: str) -> tuple[_Path, ...]:
    known = _catalogue().paths
    path = unquote(path)
    near = [entry for word in dict.fromkeys(_words(path)) for entry in known.get(word, ())]
    return tuple(entry for entry in near if entry.pattern.search(path))


def of_request(path: str, fields: Mapping[str, str]) -> Iterator[Sign]:
    """The signs of a request but those of its body. path: without its query; fields: by lower-case name."""
    known = _catalogue()
    remote = fields.get("content-type", "").lower().startswith("application/grpc")
    entries = [entry for entry in _of_path(path) if entry.kind != "call" or remote]
    told = {entry.interface for entry in entries}
    yield from (Sign(e.interface, "path", 1 if e.kind == "path" else _OWN, path) for e in entries)
    for name in fields.keys() & known.fields.keys():
        for each in known.fields[name]:
            if fields[name].lower().startswith(each.begin) and (each.alone or each.interface in told):
                yield Sign(each.interface, "field", 1, path)
    host = fields.get("host", "").partition(".")[0].partition(":")[0].lower()
    yield from (Sign(interface, "name", 1, path) for interface in told if host in known.names[interface])


def of_body(path: str, data: bytes, encoding: str, *, whole: bool = True, more: bool = False) -> Iterator[Sign]:
    """The signs of what a request sends; ``encoding``: its content codings; ``whole``: nothing of it is missing;
    ``more``: what is missing is still to come.
    """
    told = {entry.interface for entry in _of_path(path)}
    text, whole = (
        text_of(data, encoding, whole=whole) if told or encoding or not whole or _may_call(data) else ("", True)
    )
    if text is None or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        if not whole and not more:
            yield Sign("", UNREAD, 0, path)
        yield from _of_text(path, told, text or "", whole=whole)


def _may_call(data: bytes) -> bool:
    """It may be JSON-RPC: it says so, or is written so that this cannot be seen at once."""
    return b"jsonrpc" in data or b"\\u" in data or detect_encoding(data[:4]) != "utf-8"


def _of_text(path: str, told: Collection[str], text: str, *, whole: bool) -> Iterator[Sign]:
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "/", text)
    known = _catalogue()
    members = set(_MEMBER.findall(text))
    for interface in sorted(told):
        if any(wanted <= members for wanted in known.keys[interface]):
            yield Sign(interface, "keys", 1, path)
    for interface, weight in _methods(text, whole=whole):
        yield Sign(interface, "rpc", weight, path)


def _methods(text: str, *, whole: bool) -> Iterator[tuple[str, int]]:
    """whole: nothing of the text is missing, where its version may stand."""
    if '"jsonrpc"' in text or not whole:
        for method in dict.fromkeys(_METHOD.findall(text)):
            yield from _catalogue().methods.get(method, ())


def of_answer(fields: Mapping[str, str], *, calls: bool | None = None) -> Iterator[Sign]:
    """The signs of an answer; where its body is of events, that may be one. calls: it is JSON-RPC; None: not read."""
    known = _catalogue()
    for name in fields.keys() & (known.answers.keys() | known.events.keys()):
        for each in known.answers.get(name, ()):
            if fields[name].lower().startswith(each.begin):
                yield Sign(each.interface, "answer" if each.alone else ANY_ANSWER)
        for each in known.events.get(name, ()):
            if calls is not False and fields[name].lower().startswith(each.begin):
                yield Sign(each.interface, "answer" if calls else UNREAD)
