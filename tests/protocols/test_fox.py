"""Niagara Fox: identity of both sides, logins, replies, what makes up the key."""

from __future__ import annotations

import pytest

from fixtures.record.fox import ANSWERED, CHALLENGE, N4, OFFERED, frame, hello
from fixtures.record.wire import Wire
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.vendors.fox import PROTOCOL
from scanner.wording import plain
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, *, side: bool | None = True, port: int = 1911) -> list:
    message = Message(raw, len(raw), side, "tcp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def test_a_station_says_who_it_is():
    operation, session, *identities = rows(hello(0, **ANSWERED), side=False)
    assert (operation.verb, operation.kind, operation.function) == (Verb.SESSION, Kind.RESPONSE, "fox hello")
    assert operation.detail == (
        "Station, station Roof Plantä, brand vykon, VM J9 2.3, authentication fox:FoxUsernamePasswordAuthAgent"
    )
    assert session == Session(version="Fox 1.0.1", encrypted=False)
    assert identities == [
        Identity("hostname", "jace-roof"),
        Identity("name", "Roof Plantä"),
        Identity("serial", "Qnx-NPM6-0000-1490-0001"),
        Identity("software", "Niagara Station 3.8.41"),
        Identity("os", "QNX 6.4.1"),
        Identity("ip", "10.60.0.21"),
    ]


def test_a_workbench_is_an_engineering_station():
    operation, _, *identities = rows(hello(1, **OFFERED))
    assert operation.kind is Kind.REQUEST
    assert Identity("role", "engineering_station") in identities
    assert Identity("software", "Niagara Workbench 3.8.41") in identities
    assert not [i for i in rows(hello(1, **N4 | {"hostAddress": "jace"})) if getattr(i, "field", "") == "ip"]


@pytest.mark.parametrize(
    ("method", "credentials"), [("digest-md5", "digest"), ("n4digest", "scram"), ("basic", "basic"), ("odd", "odd")]
)
def test_a_challenge_tells_the_method(method, credentials):
    operation, session = rows(
        frame("a", 1, -1, "fox challenge", f"method=s:{method}".encode(), b"nonce=b:2[ab]"), side=False
    )
    assert (operation.verb, operation.detail) == (Verb.AUTHENTICATE, f"method {method}")
    assert session == Session(credentials=credentials)


def test_the_end_of_a_login():
    operation, session = rows(frame("a", 5, -1, "fox welcome"), side=False)
    assert (operation.verb, session) == (Verb.AUTHENTICATE, Session(encrypted=False, authenticated=True))
    (operation,) = rows(frame("a", 5, -1, "fox rejected", b"authfail_reason=s:User Lockout"), side=False)
    assert (operation.kind, operation.refusal) == (Kind.REFUSAL, "User Lockout")
    (operation,) = rows(frame("a", 5, -1, "fox rejected"), side=False)
    assert operation.refusal == "rejected"
    operation, _ = rows(frame("e", 0, -1, "fox busy"), side=False)
    assert operation.refusal == "busy"


@pytest.mark.parametrize("name", ["username", "login", "authMessage2", "clientKeyExchangeMethod", "srp6ClientA"])
def test_nothing_of_a_login_is_shown(name):
    found = rows(frame("a", 3, -1, f"fox {name}", b"username=s:engineer", b"password=s:never-shown"))
    assert found[0].verb is Verb.AUTHENTICATE
    assert "engineer" not in str(found)
    assert "never-shown" not in str(found)


@pytest.mark.parametrize(
    ("kind", "way", "refusal"),
    [("s", Kind.REQUEST, ""), ("r", Kind.RESPONSE, ""), ("n", Kind.RESPONSE, ""), ("e", Kind.REFUSAL, "error frame")],
)
def test_synchronous_frames(kind, way, refusal):
    found, session = rows(frame(kind, 17, 230, "station sync", b"value=f:12.5"))
    assert found == Operation(
        Verb.UNKNOWN, "station sync", way, kind, refusal=refusal, filter='tcp contains "station sync"'
    )
    assert session == Session(encrypted=False)


@pytest.mark.parametrize(
    ("name", "verb"), [("circuit open", Verb.SESSION), ("fox ping", Verb.SESSION), ("spy get", Verb.UNKNOWN)]
)
def test_asynchronous_frames(name, verb):
    found, _ = rows(frame("a", 1234, -1, name))
    asks = Kind.UNCONFIRMED if verb is Verb.UNKNOWN else Kind.NOTICE
    assert (found.verb, found.function, found.kind) == (verb, name, asks)
    assert rows(frame("a", 1234, -1, name), side=False)[0].kind is Kind.NOTICE
    found, _ = rows(frame("k", -1, -1, "fox keepalive"))
    assert (found.function, found.kind) == ("fox keepalive", Kind.NOTICE)


@pytest.mark.parametrize(
    "raw",
    [
        b"fox x 1 -1 fox hello\n{\n};;\n",
        b"fox a one -1 fox hello\n{\n};;\n",
        b"fox a 1 -1 fox\n{\n};;\nthat is all",
        b"fox a 1 -1 \0\1\2\3\4\5\6\7\n{\n};;\n",
        b"The quick brown fox a 1 -1 fox hello\n",
    ],
)
def test_what_is_no_frame_is_malformed(raw):
    message = Message(raw, len(raw), True, "tcp", 1911)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_numbers_and_values_are_no_part_of_the_key():
    def of(raw: bytes) -> bytes:
        return key("fox", raw)[1]

    frames = [frame("s", 7, n, "station sync", b"value=f:%d" % n) for n in (1, 22, 333, 4444, 55555)]
    assert len({of(f) for f in frames}) == 1
    assert len({pair("fox", f) for f in frames}) == len(frames)
    frames = [frame("a", n, -1, "circuit stream", b"id=i:%d" % n) for n in (1, 22, 333, 4444)]
    assert len({of(f) for f in frames}) == 1
    assert of(frame("a", 3, -1, "fox username", b"username=s:a")) == of(
        frame("a", 3, -1, "fox username", b"username=s:b")
    )
    assert of(hello(1, **OFFERED)) != of(hello(1, **OFFERED | {"hostName": "other"}))
    assert of(CHALLENGE) == of(CHALLENGE.replace(b"\2\3]", b"\4\5]"))


def operations(name: str) -> list[tuple]:
    path = CAPTURES / "fox" / name
    result, understood = understand_capture(path)
    assert not understood.malformed
    found: dict[tuple, list[int]] = {}
    for _, protocol, _, c in operation_rows(result, understood):
        if protocol == "fox":
            counts = found.setdefault((c["function"], plain(c["detail"])[:9]), [0, 0, 0])
            for place, column in enumerate(("count", "accepted", "refused")):
                counts[place] += c[column]
    return [(*names, *counts) for names, counts in found.items()]


def test_a_session():
    assert operations("ax.pcap") == [
        ("fox hello", "Workbench", 1, 1, 0),
        ("fox challenge", "method di", 1, 0, 0),
        ("fox login", "", 1, 0, 0),
        ("fox welcome", "", 1, 0, 0),
        ("station sync", "", 12, 11, 1),
        ("circuit open", "", 2, 0, 0),
        ("circuit stream", "", 2, 0, 0),
        ("fox keepalive", "", 1, 0, 0),
        ("fox close", "", 1, 0, 0),
    ]


def test_another_port_and_another_protocol():
    assert operations("port_19110.pcap") == [
        ("fox hello", "Workbench", 1, 1, 0),
        ("fox challenge", "method di", 1, 0, 0),
    ]
    assert operations("http_on_1911.pcap") == []


def test_frames_end_where_they_say_so_and_not_with_a_segment(tmp_path):
    frames = [frame("s", n, n, f"station cmd{n}", b"text=s:;;", b"blob=b:3[};;]") for n in range(1, 6)]
    sent = b"".join(frames)
    for size in (7, 100, len(sent)):
        path = tmp_path / f"{size}.pcap"
        with Wire(path) as wire:
            talk = wire.tcp("10.60.0.10", "10.60.0.21", 1911)
            talk.client(hello(1, **OFFERED))
            talk.server(hello(0, **ANSWERED))
            for at in range(0, len(sent), size):
                talk.client(sent[at : at + size])
            talk.close()
        result, understood = understand_capture(path)
        asked = {c["function"] for _, _, _, c in operation_rows(result, understood)}
        assert asked == {"fox hello", *(f"station cmd{n}" for n in range(1, 6))}, size
