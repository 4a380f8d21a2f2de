"""What kinds of credentials the body of a request carries: forms, JSON, SOAP and other XML, parts of a form.

WHATWG URL Standard section 5 (forms), RFC 7578 (parts of forms), RFC 8259 (JSON), OASIS Web Services Security Username
Token Profile 1.1, XML-RPC. What a body is, it shows by how it begins: what is said of it may be wrong. Names and
whether there is a value are looked at; no value leaves this file.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

MOST_BODY = 1 << 16  # bytes of a body that are looked at, once it is unpacked
_MOST_CHUNKS = 4096
_MOST_NAMES = 4096
# A password in the languages that devices are sold in, in full or as programmers shorten it.
_WORDS = (
    "pass(?:word|wd|phrase|code)?|pwd|psw|pword|passwort|kennwort|mot_?de_?passe|mdp|contrase(?:n|ñ)a|senha|parola|heslo"
    "|has(?:l|ł)o|wachtwoord|adgangskode|l(?:o|ö)senord|salasana|parol|пароль|sifre|şifre|mima|密码|口令|パスワード|비밀번호"
)
_OWNERS = (
    "user|usr|login|admin|root|operator|current|old|new|confirm|repeat|verify|account|auth|db|device|system|sys|plain|hashed"
    "|md5|enc|txt|tb|tf|edt|input|ftp|smtp|mail|wifi|wlan|web|vnc"
)
_PASSWORD = re.compile(
    rf"(?i)^(\w*[_.:-])?({_WORDS}|(client[_-]?|shared[_-]?)?secret|(user|login)?pin[_-]?code)\d?$"
    rf"|^({_OWNERS})[_-]?({_WORDS})\d?$"
    r"|^(password|passwd)(hash|text|confirm(ation)?|2|_?again)$"
)
_TOKEN = re.compile(
    r"(?i)^((access|auth|authentication|session|id|refresh|api|private|bearer|login|security|user)[_-]?)?(token|apikey|api[_-]key)$"
    r"|^(jwt|session[_-]?key|(access|subscription|auth|function)s?[_-]?key|assertion)$"
)
_NUMBERS = re.compile(r"(?i)pass|pwd")  # names whose value may be a number
_ARGUMENT = re.compile(r"(?i)\b(pass(word|wd)?|pwd|token)\s*:\s*\\?\"")  # of a GraphQL operation
_JSON_PAIR = re.compile(r'"([^"\\]{1,64})"\s{0,8}:\s{0,8}("[^"]|-?\d)')
_TAG = re.compile(r"<(?:[\w.-]{1,64}:)?([\w.-]{1,64})(\s[^<>]{0,1024})?>([^<]{0,512})")
_ATTRIBUTE = re.compile(r"\s(?:[\w.-]{1,64}:)?([\w.-]{1,64})\s?=\s?[\"'][^\"']")
_MEMBER = re.compile(r"<name>\s{0,8}([\w.-]{1,64})\s{0,8}</name>\s{0,32}<value>")
_PART = re.compile(
    r"(?i)\bname=\"?([^\"\r\n;]{1,64})\"?[^\r\n]{0,256}(?:\r\n[^\r\n]{1,256}){0,4}\r\n\r\n([^\r]{0,256})\r"
)
_PART_NAME = re.compile(r"(?i)\bname=\"?([^\"\r\n;]{1,64})")


class Found(NamedTuple):
    """kinds: of credentials. read: all of the body was. fields: names and values, as far as it has such."""

    kinds: tuple[str, ...] = ()
    read: bool = True
    fields: tuple[tuple[str, str], ...] = ()


def credentials(data: bytes, encoding: str, *, whole: bool) -> tuple[tuple[str, ...], bool]:
    """(kinds of credentials, all of it was read) of a body."""
    return found_in(data, encoding, whole=whole)[:2]


def found_in(data: bytes, encoding: str, *, whole: bool) -> Found:
    """What is in a body; ``encoding``: its content codings; ``whole``: nothing of it is missing in ``data``."""
    if not data:
        return Found(read=whole)
    text, whole = text_of(data, encoding, whole=whole)
    if text is None:
        return Found(read=False)
    begun = text.lstrip("\ufeff \t\r\n")
    if not begun:
        return Found(read=whole)
    if begun[0] in "{[":
        fields, understood = _json(begun)
    elif begun[0] == "<":
        return Found(tuple(dict.fromkeys(_xml(begun))), whole, tuple((tag[1], tag[3]) for tag in _TAG.finditer(begun)))
    elif begun.startswith("--"):
        values = dict(_PART.findall(begun))
        fields, understood = [(name, values.get(name, "")) for name in _PART_NAME.findall(begun)], True
    else:
        fields, understood = form(begun)
    some = fields[:_MOST_NAMES]
    kinds = dict.fromkeys(kind for name, _ in some if (kind := kind_of(name)))
    return Found(tuple(kinds), whole and understood and len(fields) <= _MOST_NAMES, tuple(some))


def leaf(name: str) -> str:
    """What a field is called within those around it: of ``user[password]`` and ``Form$password``."""
    parts = re.split(r"[\[\]$]", name.strip())
    return next((part for part in reversed(parts) if part), "")


def is_password(name: str) -> bool:
    """A field of this name, within those around it, holds a password."""
    return _PASSWORD.search(name) is not None


def kind_of(name: str) -> str:
    """The kind of credentials that a field of this name holds; empty: none."""
    name = leaf(name)
    if is_password(name):
        return "form"
    return "bearer" if _TOKEN.search(name) else ""


def unchunked(data: bytes) -> tuple[bytes, bool]:
    """(the chunks put together, the last one is there); RFC 9112, section 7.1."""
    found, at = bytearray(), 0
    for _ in range(_MOST_CHUNKS):
        end = data.find(b"\n", at, at + 256)
        digits = data[at : end if end >= 0 else at].split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
            break
        size = int(digits, 16)
        if not size:
            return bytes(found), True
        found += data[end + 1 : end + 1 + size]
        at = end + 1 + size
        at += 2 if data[at : at + 2] == b"\r\n" else data[at : at + 1] == b"\n"
    return bytes(found), False


def text_of(data: bytes, encoding: str, *, whole: bool) -> tuple[str | None, bool]:
    """(as much of a body as is there, its content codings undone, nothing of it is missing); None: it is no text, or in
    a coding that nobody here knows.
    """
    codings = [c.strip().lower() for c in encoding.split(",") if c.strip().lower() not in ("", "identity")]
    packed = data[:2] == b"\x1f\x8b"
    if packed or codings == ["deflate"]:
        try:
            wide = 47 if packed or data[:1] == b"\x78" else -15
            engine = zlib.decompressobj(wide)
            data = engine.decompress(data, MOST_BODY)
            whole = whole and engine.eof
        except zlib.error:
            return None, False
    elif codings:
        return None, False
    whole = whole and len(data) <= MOST_BODY
    try:
        return data[:MOST_BODY].decode(json.detect_encoding(data[:4]), "replace"), whole
    except UnicodeError:
        return None, False


def _json(text: str) -> tuple[list[tuple[str, str]], bool]:
    """(names and values of members that have one, every member was read)."""
    pairs: list[tuple[str, Any]] = []

    def take(found: list[tuple[str, Any]]) -> None:
        if len(pairs) <= _MOST_NAMES:
            pairs.extend(found)

    try:
        json.loads(text, object_pairs_hook=take)
    except (ValueError, RecursionError):  # cut short, several documents, or none at all
        found = _JSON_PAIR.findall(text)
        return [(name, "") for name, value in found if value[0] == '"' or _NUMBERS.search(name)], False
    return [member for pair in pairs for member in _member(*pair)], True


def _member(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and value:
        yield name, value
        if name.lower() in ("query", "mutation") and (argument := _ARGUMENT.search(value)):
            yield argument[1], ""
    elif isinstance(value, int | float) and not isinstance(value, bool) and _NUMBERS.search(name):
        yield name, ""


def form(text: str) -> tuple[list[tuple[str, str]], bool]:
    """(names and values of a form's fields, it is text)."""
    parts = [part.partition("=") for part in re.split("[&;\r\n]", text)[: _MOST_NAMES + 1] if "=" in part]
    controls = sum((c < " " and c not in "\t\r\n") or c == "\ufffd" for c in text[:256])
    return [(unquote_plus(name[:128]), unquote_plus(value[:512])) for name, _, value in parts], not controls


def _xml(text: str) -> Iterator[str]:
    for tag in _TAG.finditer(text):
        name, attributes, content = tag[1], tag[2] or "", tag[3]
        if _PASSWORD.search(name) and content.strip():
            yield "digest" if "PasswordDigest" in attributes else "form"
        elif _TOKEN.search(name) and content.strip():
            yield "bearer"
        yield from filter(None, map(kind_of, _ATTRIBUTE.findall(attributes)))
    yield from filter(None, map(kind_of, _MEMBER.findall(text)))
