"""HTTP: recorded sessions of Python's client and server, and header blocks by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.http.http import METHODS, PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES, cut_header_blocks, streams


def message(block: bytes, from_client: bool = True) -> Message:
    return Message(block, len(block), from_client, "tcp", 80)


def dissect(block: bytes, from_client: bool = True) -> list:
    assert PROTOCOL.probe(message(block, from_client))
    return list(PROTOCOL.dissect(message(block, from_client)))


def request(line: str, *fields: str) -> list:
    return dissect("\r\n".join((line, *fields, "", "")).encode("latin-1"))


def operation(rows: list) -> Operation:
    (found,) = (r for r in rows if isinstance(r, Operation))
    return found


def credentials(rows: list) -> list[str]:
    return [r.credentials for r in rows if isinstance(r, Session) and r.credentials]


def details(rows: list) -> str:
    return "; ".join(r.detail for r in rows if isinstance(r, Session) and r.detail)


def recorded(name: str) -> list:
    return [
        row
        for talk in streams(CAPTURES / "http" / name).values()
        for side, block in cut_header_blocks(talk)
        for row in dissect(block, side)
    ]


def test_a_recorded_visit():
    rows = recorded("browse.pcap")
    asked = [(r.verb, r.function, r.object) for r in rows if isinstance(r, Operation) and r.kind is Kind.REQUEST]
    assert asked == [
        (Verb.READ, "GET", "/"),
        (Verb.READ, "GET", "/values"),
        (Verb.READ, "HEAD", "/values"),
        (Verb.IDENTIFY, "OPTIONS", "/values"),
        (Verb.READ, "GET", "/missing"),
        (Verb.READ, "GET", "/secure"),
        (Verb.WRITE, "PUT", "/recipes/7"),
        (Verb.WRITE, "PATCH", "/recipes/7"),
        (Verb.FILE_DELETE, "DELETE", "/recipes/7"),
        (Verb.FIRMWARE_UPDATE, "POST", "/firmware"),
    ]
    answered = [r for r in rows if isinstance(r, Operation) and r.kind is not Kind.REQUEST]
    assert [r.code for r in answered] == ["200", "200", "200", "200", "404", "301", "204", "204", "204", "403"]
    assert [r.refusal for r in answered if r.kind is Kind.REFUSAL] == [
        "404 Not Found",
        "301 Moved Permanently",
        "403 Forbidden",
    ]
    assert set(credentials(rows)) == {"none"}
    assert "redirects to https" in details(rows)
    assert {(r.field, r.value) for r in rows if isinstance(r, Identity)} == {
        ("os", "Windows 7"),
        ("software", "Chrome 109"),
        ("software", "ExamplePLC/3.1"),
    }
    assert {r.server_name for r in rows if isinstance(r, Session) and r.server_name} == {"plc.example"}


@pytest.mark.parametrize("name", ["credentials.pcap", "credentials_port_18080.pcap"])
def test_recorded_credentials_are_known_by_kind(name):
    rows = recorded(name)
    kinds = credentials([r for r in rows if not (isinstance(r, Session) and r.credentials == "none")])
    assert set(kinds) == {"basic", "digest", "bearer", "form", "cookie"}
    assert "server asks for basic, digest" in details(rows)
    assert "credentials in the address" in details(rows)
    assert "401 Unauthorized" in [r.refusal for r in rows if isinstance(r, Operation)]


@pytest.mark.parametrize("path", sorted((CAPTURES / "http").glob("*.pcap")), ids=lambda p: p.name)
def test_no_secret_leaves_a_recording(path):
    shown = str(recorded(path.name))
    assert "secret" not in shown.lower()
    assert "b3BlcmF0b3I6" not in shown  # base64 of the user's name


def test_user_and_password_of_influxdb_stand_in_its_address():
    for line in ("GET /query?db=plant&u=hist&p=real-secret&q=x HTTP/1.1", "POST /write?u=a&p=real-secret HTTP/1.1"):
        rows = request(line, "Host: a")
        assert credentials(rows) == ["form"]
        assert "credentials in the address" in details(rows)
        assert "secret" not in repr(rows)
    for line in ("GET /page?u=7&p=2 HTTP/1.1", "GET /query?db=plant&p=2 HTTP/1.1"):
        assert credentials(request(line, "Host: a")) == ["none"]
    assert credentials(request("POST /api/v2/write?org=a HTTP/1.1", "Authorization: Token real-secret")) == ["bearer"]


def test_polling_with_a_changing_query_asks_for_one_thing():
    rows = recorded("poll.pcap")
    assert {r.object for r in rows if isinstance(r, Operation) and r.kind is Kind.REQUEST} == {"/values"}


def of(line: str, *fields: str) -> tuple:
    return key("http", block(line, fields))


GET = "GET /values?_=1732557600&page=2 HTTP/1.1"
SAME = [
    (GET, (), "GET /values?_=17325576011&page=13 HTTP/1.1", ()),
    ("GET /a;jsessionid=1F?x=1 HTTP/1.1", (), "GET /a;jsessionid=2FF?x=2 HTTP/1.1", ()),
    (GET, ("Cookie: a=1; sid=77",), GET, ("Cookie: a=22; sid=8",)),
    (GET, ("Authorization: Digest nonce=1",), GET, ("Authorization: Digest nonce=22",)),
    (GET, ("If-Modified-Since: Mon", "Host: plc"), GET, ("If-Modified-Since: Tuesday", "Host: plc")),
    ("POST /f HTTP/1.1", ("Content-Type: multipart/form-data; boundary=1",), "POST /f HTTP/1.1",
     ("Content-Type: multipart/form-data; boundary=22",)),
    ("HTTP/1.1 200 OK", ("Date: Mon", "Set-Cookie: sid=1; Path=/"), "HTTP/1.1 200 OK",
     ("Date: Tuesday", "Set-Cookie: sid=22")),
    ("HTTP/1.1 401 No", ('WWW-Authenticate: Digest realm="a", nonce="1"',), "HTTP/1.1 401 No",
     ('WWW-Authenticate: Digest realm="b", nonce="22"',)),
]  # fmt: skip
OTHER = [
    (GET, (), "GET /values?_=1732557600&side=2 HTTP/1.1", ()),
    (GET, (), "GET /valuez?_=1732557600&page=2 HTTP/1.1", ()),
    (GET, (), "PUT /values?_=1732557600&page=2 HTTP/1.1", ()),
    (GET, (), "GET /values?_=1732557600&page=2 HTTP/1.0", ()),
    ("GET /" + "a" * 200 + "b HTTP/1.1", (), "GET /" + "a" * 200 + "c HTTP/1.1", ()),
    (GET, ("Host: plc1",), GET, ("Host: plc2",)),
    (GET, ("host : plc1",), GET, ("host : plc2",)),
    (GET, ("User-Agent: curl/8",), GET, ("user-agent: curl/7",)),
    (GET, ("Authorization: Basic YTpi",), GET, ("Authorization: Digest x",)),
    (GET, ("Authorization: Basic YTpi",), GET, ()),
    (GET, ("X-Api-Key: 1",), GET, ("X-Api-Kez: 1",)),
    (GET, ("Cookie: lang=1",), GET, ("Cookie: lang=1; sid=1",)),
    ("HTTP/1.1 200 OK", ("Server: a",), "HTTP/1.1 200 OK", ("Server: b",)),
    ("HTTP/1.1 301 x", ("Location: http://a/",), "HTTP/1.1 301 x", ("Location: https://a/",)),
    ("HTTP/1.1 401 x", ("WWW-Authenticate: Basic",), "HTTP/1.1 401 x", ("WWW-Authenticate: Digest",)),
    ("HTTP/1.1 200 x", ("Set-Cookie: sid=1",), "HTTP/1.1 200 x", ("Set-Cookie: lang=1",)),
]  # fmt: skip


@pytest.mark.parametrize("case", SAME, ids=range(len(SAME)))
def test_queries_tokens_and_dates_make_no_other_message(case):
    one, fields, two, others = case
    assert of(one, *fields) == of(two, *others)
    one_side = one.startswith("HTTP")
    assert set(map(str, dissect(block(one, fields), not one_side))) == set(
        map(str, dissect(block(two, others), not one_side))
    )


@pytest.mark.parametrize("case", OTHER, ids=range(len(OTHER)))
def test_what_is_understood_makes_another_message(case):
    one, fields, two, others = case
    assert of(one, *fields) != of(two, *others)


def block(line: str, fields: tuple[str, ...]) -> bytes:
    return "\r\n".join((line, *fields, "", "")).encode("latin-1")


def test_of_an_address_without_a_path_the_query_is_not_shown():
    rows = request("GET http://plc?password=hidden HTTP/1.1")
    assert operation(rows).object == "/"
    assert "hidden" not in str(rows)


def test_the_http2_preface():
    (notice, session) = dissect(b"PRI * HTTP/2.0\r\n\r\n")
    assert (notice.verb, notice.kind) == (Verb.SESSION, Kind.NOTICE)
    assert (session.version, session.encrypted) == ("HTTP/2", False)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_its_verb(method):
    found = operation(request(f"{method} /x HTTP/1.1"))
    assert (found.verb, found.function) == (METHODS[method], method)
    assert found.filter.startswith(f'http.request.method == "{method}"')


@pytest.mark.parametrize(
    ("target", "shown", "precise"),
    [
        ("/a/b.html", "/a/b.html", True),
        ("/a?b=c&d", "/a", True),
        ("/a;jsessionid=0123456789ABCDEF?x", "/a", False),
        ("http://user:pw@plc.example:8080/a?x=1", "/a", True),
        ("http://plc.example", "/", False),
        ("*", "*", False),
        ("/api/0123456789abcdef0123456789abcdef01/x", "/api/…/x", False),
        ("/nudm-sdm/v2/imsi-001010000021309/am-data", "/nudm-sdm/v2/imsi-…/am-data", False),
        ("/nudm-ueau/v1/suci-0-001-01-0-0-0-0000021309/auth", "/nudm-ueau/v1/suci-…/auth", False),
        ("/x/nai-pump@plant.example/y", "/x/nai-…/y", False),
        ("/docs/imsi-format", "/docs/imsi-format", True),
        ("/m/llama%2Eg%67uf", "/m/llama.gguf", False),
        ("/a%2Fb%20c%5f", "/a%2Fb%20c_", False),
        ("/x/imsi%2D001010000021309", "/x/imsi-…", False),
        ('/a"b', '/a"b', False),
    ],
)
def test_targets_are_shown_without_what_may_be_secret(target, shown, precise):
    found = operation(request(f"GET {target} HTTP/1.0"))
    assert found.object == shown
    assert ("uri contains" in found.filter) == precise


@pytest.mark.parametrize(
    ("line", "fields", "kinds"),
    [
        ("GET / HTTP/1.1", (), ["none"]),
        ("GET / HTTP/1.1", ("Authorization: Basic QTpC",), ["basic"]),
        ("GET / HTTP/1.1", ("authorization:   NTLM TlRM",), ["ntlm"]),
        ("GET / HTTP/1.1", ("Authorization: Negotiate YII",), ["negotiate"]),
        ("GET / HTTP/1.1", ("Authorization: hunter2",), ["bearer"]),
        ("GET / HTTP/1.1", ("Authorization: Token hunter2",), ["bearer"]),
        ("GET / HTTP/1.1", ("Authorization: AWS4-HMAC-SHA256 Credential=hunter2",), ["other"]),
        ("GET / HTTP/1.1", ("api-key: hunter2",), ["bearer"]),
        ("GET / HTTP/1.1", ("X-Vault-Token: hunter2",), ["bearer"]),
        ("GET / HTTP/1.1", ("X-Password: hunter2",), ["password"]),
        ("GET / HTTP/1.1", ("X-CSRF-Token: hunter2", "Sec-WebSocket-Key: aGVsbG8="), ["none"]),
        ("GET / HTTP/1.1", ("Proxy-Authorization: Basic QTpC",), ["basic"]),
        ("GET / HTTP/1.1", ("X-Api-Key: hunter2",), ["bearer"]),
        ("GET http://a:hunter2@b/ HTTP/1.1", (), ["basic"]),
        ("GET /?user=a&passwd=hunter2 HTTP/1.1", (), ["form"]),
        ("GET /?access_token=hunter2 HTTP/1.1", (), ["bearer"]),
        ("GET /?user=a&p%61sswd=hunter2 HTTP/1.1", (), ["form"]),
        ("GET /?passenger=1&tokens=2&compass=3 HTTP/1.1", (), ["none"]),
        ("GET / HTTP/1.1", ("Cookie: theme=dark; PHPSESSID=hunter2",), ["cookie"]),
        ("GET / HTTP/1.1", ("Cookie: theme=dark",), ["none"]),
        ("POST /user/login.cgi HTTP/1.1", ("Content-Type: application/x-www-form-urlencoded",), ["form"]),
        ("POST /blog/author HTTP/1.1", ("Content-Type: application/x-www-form-urlencoded",), ["none"]),
        ("GET / HTTP/1.1", ("Cookie: sid=hunter2", "Authorization: Basic QTpC"), ["basic", "cookie"]),
    ],
)
def test_credentials_are_told_by_kind_only(line, fields, kinds):
    rows = request(line, *fields)
    assert credentials(rows) == kinds
    assert "hunter2" not in str(rows)
    assert "QTpC" not in str(rows)


@pytest.mark.parametrize(
    ("path", "body", "kinds"),
    [
        ("/api/sessions", b'{"name": "a", "kernel": {"name": "python3"}}', ["none"]),  # of a notebook
        ("/api/sessions", b'{"user": "a", "password": "hunter2"}', ["form"]),
        ("/api/sessions", b'{"user": "a", "passw', ["form"]),
        ("/api/login", b'{"who": "a", "what": "hunter2"}', ["form"]),
    ],
)
def test_json_that_begins_a_session_is_a_log_in_where_it_has_one(path, body, kinds):
    size = len(body) if body.endswith(b"}") else 2 * len(body)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
    data = head.encode() + body
    assert credentials(list(PROTOCOL.dissect(Message(data, len(data), from_client=True)))) == kinds


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ('Basic realm="PLC"', "server asks for basic"),
        ('Digest realm="Basic login", nonce="x", qop="auth", algorithm=MD5', "server asks for digest"),
        ("Negotiate, NTLM", "server asks for negotiate, ntlm"),
        ('Basic realm="x"\r\nWWW-Authenticate: Bearer', "server asks for basic, bearer"),
    ],
)
def test_challenges(value, asked):
    rows = dissect(f"HTTP/1.1 401 Denied\r\nWWW-Authenticate: {value}\r\n\r\n".encode(), False)
    assert details(rows) == asked
    assert operation(rows).refusal == "401 Unauthorized"


@pytest.mark.parametrize(
    ("line", "kind", "refusal"),
    [
        ("HTTP/1.1 200", Kind.RESPONSE, ""),
        ("HTTP/1.0 302 Moved", Kind.RESPONSE, ""),
        ("HTTP/1.1 500 <script>", Kind.REFUSAL, "500 Internal Server Error"),
        ("HTTP/1.1 599 whatever", Kind.REFUSAL, "599"),
    ],
)
def test_responses(line, kind, refusal):
    found = operation(dissect(f"{line}\r\n\r\n".encode(), False))
    assert (found.kind, found.refusal) == (kind, refusal)


def test_an_interim_response_is_no_outcome():
    assert not any(isinstance(r, Operation) for r in dissect(b"HTTP/1.1 100 Continue\r\n\r\n", False))


@pytest.mark.parametrize(
    ("agent", "facts"),
    [
        ("curl/8.5.0", {("software", "curl/8.5.0")}),
        ("python-requests/2.31", {("software", "python-requests/2.31")}),
        ("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", {("os", "Windows XP"), ("software", "MSIE 6")}),
        ("Mozilla/5.0 (X11; Linux) Firefox/115.0", {("software", "Firefox 115")}),
        ("-", set()),
    ],
)
def test_user_agents_reveal_program_and_system(agent, facts):
    rows = request("GET / HTTP/1.1", f"User-Agent: {agent}")
    assert {(r.field, r.value) for r in rows if isinstance(r, Identity)} == facts


@pytest.mark.parametrize(
    "block",
    [
        b"OPTIONS sip:a@b SIP/2.0\r\n\r\n",
        b"GET /\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"FETCH / HTTP/1.1\r\n\r\n",
        b"RTSP/1.0 200 OK\r\n\r\n",
        b"get / HTTP/1.1\r\n\r\n",
        b"",
    ],
)
def test_probe_refuses_what_is_not_http(block):
    assert not PROTOCOL.probe(message(block))


def test_a_block_cut_by_the_snap_length_gives_its_first_line():
    rows = list(PROTOCOL.dissect(Message(b"GET /a HTTP/1.1\r\nAuthoriz", 400, True, "tcp", 80)))
    assert operation(rows).object == "/a"


def test_names_cannot_carry_control_characters():
    rows = request("GET /a\x1b[2J HTTP/1.1", "Host: x\x00\x1by", "SOAPAction: \x07")
    texts = [r.object for r in rows if isinstance(r, Operation)] + [
        r.server_name for r in rows if isinstance(r, Session)
    ]
    assert all(t.isprintable() for t in texts)


@given(st.sampled_from([b"GET ", b"HTTP/1.1 200", b"POST /", b"PRI * HTTP/2.0\r\n"]), st.binary(max_size=200))
def test_any_block_gives_rows_or_malformed(start, rest):
    try:
        rows = list(PROTOCOL.dissect(message(start + rest)))
    except Malformed:
        assert not PROTOCOL.probe(message(start + rest))
        return
    assert {r.verb for r in rows if isinstance(r, Operation)} <= PROTOCOL.verbs


@given(st.text(st.characters(codec="latin-1"), min_size=8, max_size=40))
def test_no_value_of_a_credential_is_ever_shown(secret):
    secret = "~" + secret.replace("\r", "").replace("\n", "").replace(";", "").replace(" ", "")[:30] + "~"
    rows = request(
        "GET /?password=" + secret.replace("?", "").replace("&", "").replace("#", "") + " HTTP/1.1",
        f"Authorization: {secret}",
        f"Cookie: sid={secret}",
    )
    assert secret not in str(rows)


@pytest.mark.parametrize(
    ("line", "kind", "verb"),
    [
        ("POST /fwupdate HTTP/1.1", "", Verb.FIRMWARE_UPDATE),
        ("POST /cgi-bin/firmware.cgi HTTP/1.1", "multipart/form-data; boundary=x", Verb.FIRMWARE_UPDATE),
        ("PUT /api/v1/system/upgrade HTTP/1.1", "application/octet-stream", Verb.FIRMWARE_UPDATE),
        ("POST /portal HTTP/1.1", "application/x-elf", Verb.FILE_WRITE),
        ("POST /portal HTTP/1.1", "application/zip", Verb.FILE_WRITE),
        ("PUT /dav/plc/boot.app HTTP/1.1", "", Verb.FILE_WRITE),
        ("POST /upload.php HTTP/1.1", "multipart/form-data; boundary=x", Verb.FILE_WRITE),
        ("POST /api/firmware/check HTTP/1.1", "application/json", Verb.WRITE),
        ("GET /firmware/v1.bin HTTP/1.1", "", Verb.READ),
        ("POST /login HTTP/1.1", "multipart/form-data; boundary=x", Verb.WRITE),
        ("PUT /api/values/3 HTTP/1.1", "application/json", Verb.WRITE),
        ("POST /update HTTP/1.1", "application/x-www-form-urlencoded", Verb.WRITE),
    ],
)
def test_files_and_firmware_that_are_sent(line: str, kind: str, verb: Verb) -> None:
    assert operation(request(line, *([f"Content-Type: {kind}"] if kind else []))).verb is verb


@pytest.mark.parametrize(
    ("line", "fields", "unread"),
    [
        ("GET / HTTP/1.1", (), ()),
        ("POST /api/values HTTP/1.1", ("Content-Type: application/json", "Content-Length: 52"), ("credentials",)),
        ("PUT / HTTP/1.1", ("Content-Type: text/xml", "Transfer-Encoding: chunked"), ("credentials",)),
        ("POST / HTTP/1.1", ("Content-Type: application/json", "Content-Length: 0"), ()),
        ("POST / HTTP/1.1", ("Content-Type: image/png", "Content-Length: 52"), ()),
        ("CONNECT a:443 HTTP/1.1", (), ("credentials", "payload")),
        ("POST /UA HTTP/1.1", ("Content-Type: application/OPCUA+uajson",), ("credentials", "payload")),
        ("HTTP/1.1 101 Switching Protocols", ("Upgrade: websocket",), ("credentials", "payload")),
        ("HTTP/1.1 101 Switching Protocols", ("Upgrade: h2c",), ("credentials",)),
    ],
)
def test_a_body_that_may_hold_a_login_is_unread(line, fields, unread):
    found = [name for row in request(line, *fields) if isinstance(row, Session) for name in row.unread]
    assert tuple(found) == unread
