"""Log-ins in the bodies of HTTP requests, whatever they are said to be."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.protocols.base import Message, Session
from scanner.protocols.http._bodies import credentials, kind_of, unchunked
from scanner.protocols.http.http import PROTOCOL
from tests.protocols.keys import key

SOAP = (
    '<s:Envelope xmlns:s="x"><s:Header><wsse:Security><wsse:UsernameToken><wsse:Username>a</wsse:Username>'
    '<wsse:Password Type="x#{}">b</wsse:Password></wsse:UsernameToken></wsse:Security></s:Header></s:Envelope>'
)
FOUND = [
    ("user=a&password=b", {"form"}),
    ("j_username=a&j_password=b", {"form"}),
    ("u=a&p%61sswd=b", {"form"}),
    ("user%5Bpassword%5D=b", {"form"}),
    ('{"password": "b"}', {"form"}),
    ('{"p\\u0061ssword": "b"}', {"form"}),
    ('[{"a": [{"b": {"pwd": "b"}}]}]', {"form"}),
    ('{"password": 1234}', {"form"}),
    ('{"token": "b"}', {"bearer"}),
    ('{"api_key": "b", "client_secret": "c"}', {"bearer", "form"}),
    ('{"password": "b", "rest": "cut', {"form"}),
    ('{"query": "mutation { login(user: \\"a\\", password: \\"b\\") { id } }"}', {"form"}),
    (SOAP.format("PasswordText"), {"form"}),
    (SOAP.format("PasswordDigest"), {"digest"}),
    ('<login user="a" password="b"/>', {"form"}),
    ("<struct><member><name>password</name><value><string>b</string></value></member></struct>", {"form"}),
    ('--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nb\r\n--x--', {"form"}),
]
NONE = [
    "",
    "value=1&unit=2",
    '{"pin": 13, "value": 1}',
    '{"max_tokens": 12, "tokens": "x", "csrf_token": "x", "passed": true}',
    '{"password": null, "password_policy": {"min": 8}, "passwordExpires": "2026"}',
    '{"compass": "north", "pass": true}',
    "<config><passwordPolicy>x</passwordPolicy><password/></config>",
    '["password", "x"]',
]


@pytest.mark.parametrize(("body", "kinds"), FOUND, ids=range(len(FOUND)))
def test_log_ins_are_found(body, kinds):
    data = body.encode()
    assert set(credentials(data, "", whole=True)[0]) == kinds
    assert set(credentials(gzip.compress(data), "gzip", whole=True)[0]) == kinds
    assert set(credentials(zlib.compress(data), "deflate", whole=True)[0]) == kinds


@pytest.mark.parametrize("body", NONE, ids=range(len(NONE)))
def test_others_are_none(body):
    assert credentials(body.encode(), "", whole=True) == ((), True)
    assert credentials(body.encode(), "", whole=False)[1] is False


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip", "aes128gcm"])
def test_what_cannot_be_unpacked_is_unread(encoding):
    assert credentials(b"\x0b\x02\x80", encoding, whole=True) == ((), False)


def test_a_bomb_is_unread():
    assert credentials(gzip.compress(bytes(10_000_000)), "gzip", whole=True)[1] is False


@given(st.binary(max_size=400))
def test_anything_is_read(data):
    credentials(data, "", whole=True)
    unchunked(data)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda s: st.dictionaries(st.text(max_size=9), s)))
def test_json_is_always_read_whole(value):
    if isinstance(value, dict):
        assert credentials(json.dumps(value).encode(), "", whole=True)[1]


@pytest.mark.parametrize(
    "name",
    [
        "txtPassword",
        "tfPwd",
        "j_password",
        "Frm_Password",
        "kennwort",
        "mdp",
        "MotDePasse",
        "senha",
        "mima",
        "口令",
        "newpwd2",
    ],
)
def test_a_password_in_any_language_and_spelling(name):
    assert kind_of(name) == "form"


@pytest.mark.parametrize(
    "name", ["showPassword", "passwordPolicy", "passport", "compass", "parole", "secretary", "mimas"]
)
def test_what_only_sounds_like_a_password(name):
    assert kind_of(name) == ""


def test_names_with_brackets():
    assert kind_of("session[password]") == "form"
    assert kind_of("ctl00$Main$password") == "form"
    assert kind_of("items[]") == ""


def post(body: bytes, *fields: str) -> bytes:
    head = ("POST /api HTTP/1.1", "Host: plc", *fields, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(head).encode() + body


def rows(data: bytes, length: int | None = None) -> list:
    return [r for r in PROTOCOL.dissect(Message(data, length or len(data), True)) if isinstance(r, Session)]


def test_the_content_type_may_lie():
    for kind in ("image/png", "text/plain", "application/octet-stream", ""):
        found = rows(post(b'{"password": "b"}', f"Content-Type: {kind}"))
        assert "form" in {r.credentials for r in found}


def test_chunks():
    data = b'POST /api HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"passwo\r\n9\r\nrd": "b"}\r\n0\r\n\r\n'
    found = rows(data)
    assert "form" in {r.credentials for r in found}
    assert not any(r.unread for r in found)


def test_of_a_long_body_the_rest_is_unread():
    data = post(b'{"a": "' + b"x" * 9000 + b'"}', "Content-Type: application/json")
    assert any("credentials" in r.unread for r in rows(data[:8192], len(data)))


SAME = [
    (b'{"value": 17.3, "b": "x"}', b'{"value": 2, "b": "yy"}'),
    (b"user=a&password=b", b"user=cc&password=dd"),
    (b"<v a='1'>x</v>", b"<v a='22'>yy</v>"),
    (b'{"a": "\\"b\\": 1"}', b'{"a": "c"}'),
]
OTHER = [
    (b'{"value": 1}', b'{"token": 1}'),
    (b'{"password": "x"}', b'{"password": ""}'),
    (b'{"password": "x"}', b'{"password": null}'),
    (b"a=1", b"b=1"),
    (b"<a>x</a>", b"<a></a>"),
    (b'--x\r\nname="a"', b'--x\r\nname="b"'),
]


@pytest.mark.parametrize(("one", "two"), SAME, ids=range(len(SAME)))
def test_values_make_no_other_message(one, two):
    assert key("http", post(one)) == key("http", post(two))


@pytest.mark.parametrize(("one", "two"), OTHER, ids=range(len(OTHER)))
def test_names_do(one, two):
    assert key("http", post(one)) != key("http", post(two))
