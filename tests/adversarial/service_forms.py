"""Log-ins, names, tools of language models and OPC Classic: what is said late, in pieces, in other languages."""

from __future__ import annotations

import json
import struct

from fixtures.record.dcerpc import ALTER, ALTER_ACK, PRIVACY, SPNEGO, acknowledge, bind, element, request, response
from fixtures.record.opc_classic import (
    ASYNC_IO,
    HANDLES,
    OBJECT,
    OPC_SERVER,
    SIGNED,
    SYNC_IO,
    UNKNOWN_INTERFACE,
    sync_read,
    written,
)
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CONDUIT,
    ENGINEER,
    PASSWORD,
    PLC_1,
    PLC_2,
    SCADA,
    STRANGER,
    WRITE,
    Said,
    datagrams,
    formed,
    stream,
)
from tests.twins import answers_only, in_pieces, other_port, requests_only

TOOL, LOCAL = "ai-service-in-clear", "10.20.10.77"
ADMINISTERED, ANYBODY = "time-server-administered-remotely", "anonymous-file-access"
PUBLIC, TUNNEL = "public-name-server-asked", "dns-tunnel"
RESOLVER = "8.8.8.8"


def redis(*words: bytes) -> bytes:
    """A command of RESP."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)


def log_ins() -> list[Case]:
    """Behind much, one behind the other, in pieces."""
    secret, get = redis(b"AUTH", b"secret"), redis(b"GET", b"k" * 100)
    begun: Said = [(1, redis(b"PING")), (0, b"+PONG\r\n"), (1, get), (0, b"$-1\r\n")]
    found = [
        seen(
            f"Redis AUTH behind {count} requests in a segment",
            stream(SCADA, ENGINEER, 6379, [*begun, (1, get * count + secret), (0, b"$-1\r\n" * count + b"+OK\r\n")]),
            PASSWORD,
        )
        for count in (1, 5, 10)
    ]
    welcome, anonymous = (0, b"220 x\r\n"), [(1, b"USER anonymous\r\n"), (0, b"331 p\r\n"), (1, b"PASS a@b\r\n")]
    refused, let_in = (0, b"530 no\r\n"), (0, b"230 ok\r\n")
    found += [
        calm("FTP refuses anybody", stream(SCADA, ENGINEER, 21, [welcome, *anonymous, refused]), ANYBODY),
        seen(
            "FTP, anybody at last",
            stream(SCADA, ENGINEER, 21, [welcome, *anonymous, refused, *anonymous, let_in]),
            ANYBODY,
        ),
        seen(
            "FTP, anybody first",
            stream(SCADA, ENGINEER, 21, [welcome, *anonymous, let_in, *anonymous, refused]),
            ANYBODY,
        ),
    ]
    found += [
        not_calm(
            f"Redis AUTH behind {count} requests in a segment",
            stream(SCADA, ENGINEER, 6379, [*begun, (1, get * count + secret), (0, b"$-1\r\n" * count + b"+OK\r\n")]),
            PASSWORD,
        )
        for count in (39, 80)
    ]
    found += [
        not_calm(
            "Redis AUTH behind 39 requests, first of all",
            stream(SCADA, ENGINEER, 6379, [(1, get * 39 + secret), (0, b"$-1\r\n" * 39 + b"+OK\r\n")]),
            PASSWORD,
        ),
        not_calm(
            "Redis AUTH behind 39 requests, in segments of 3 bytes",
            formed(
                in_pieces(3),
                stream(SCADA, ENGINEER, 6379, [*begun, (1, get * 39 + secret), (0, b"$-1\r\n" * 39 + b"+OK\r\n")]),
            ),
            PASSWORD,
        ),
        not_calm(
            "FTP log-in behind 2 KB",
            stream(
                SCADA,
                ENGINEER,
                21,
                [
                    (0, b"220 x\r\n"),
                    (1, b"NOOP\r\n" * 400 + b"USER u\r\nPASS p\r\n"),
                    (0, b"200 ok\r\n" * 400 + b"331 p\r\n230 ok\r\n"),
                ],
            ),
            PASSWORD,
        ),
        not_calm(
            "IRC password behind 2 KB",
            stream(
                SCADA,
                ENGINEER,
                6667,
                [
                    (1, b"NICK n\r\nUSER u 0 * :r\r\n" + b"PING :x\r\n" * 300 + b"PASS p\r\n"),
                    (0, b":h 001 n :Welcome\r\n"),
                ],
            ),
            PASSWORD,
        ),
        not_calm(
            "NATS password behind 2 KB",
            stream(
                SCADA,
                ENGINEER,
                4222,
                [
                    (0, b'INFO {"server_id":"x","version":"2.9"}\r\n'),
                    (1, b'CONNECT {"name":"' + b"n" * 2000 + b'","user":"u","pass":"p"}\r\nPING\r\n'),
                    (0, b"PONG\r\n"),
                ],
            ),
            PASSWORD,
        ),
        not_calm(
            "a form's password behind 70 KB",
            stream(
                SCADA,
                ENGINEER,
                80,
                [
                    (
                        1,
                        b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        b"Content-Length: 70023\r\n\r\na=" + b"x" * 69998 + b"&user=u&password=secret",
                    ),
                    (0, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                ],
            ),
            PASSWORD,
        ),
        not_calm(
            "an Authorization behind 9 KB of headers",
            stream(
                SCADA,
                ENGINEER,
                80,
                [
                    (
                        1,
                        b"GET / HTTP/1.1\r\nHost: h\r\n"
                        + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 90) for i in range(95))
                        + b"Authorization: Basic dTpw\r\n\r\n",
                    ),
                    (0, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                ],
            ),
            PASSWORD,
        ),
        seen(
            "SMTP AUTH in lower case behind a refused STARTTLS",
            stream(
                SCADA,
                ENGINEER,
                587,
                [
                    (0, b"220 m ESMTP\r\n"),
                    (1, b"EHLO s\r\n"),
                    (0, b"250-m\r\n250 AUTH PLAIN\r\n"),
                    (1, b"STARTTLS\r\n"),
                    (0, b"454 no\r\n"),
                    (1, b"auth plain AHUAcA==\r\n"),
                    (0, b"235 ok\r\n"),
                ],
            ),
            PASSWORD,
        ),
        seen(
            "POP3 pipelined on 10110",
            stream(
                SCADA,
                ENGINEER,
                10110,
                [(0, b"+OK\r\n"), (1, b"USER u\r\nPASS p\r\nSTAT\r\n"), (0, b"+OK\r\n+OK\r\n+OK 0 0\r\n")],
            ),
            PASSWORD,
        ),
        seen(
            "IMAP literals",
            stream(
                SCADA,
                ENGINEER,
                143,
                [
                    (0, b"* OK\r\n"),
                    (1, b"a1 LOGIN {1}\r\n"),
                    (0, b"+ go\r\n"),
                    (1, b"u {1}\r\n"),
                    (0, b"+ go\r\n"),
                    (1, b"p\r\n"),
                    (0, b"a1 OK\r\n"),
                ],
            ),
            PASSWORD,
        ),
        calm(
            "Redis without a log-in",
            stream(SCADA, ENGINEER, 6379, [*begun, (1, get * 20), (0, b"$-1\r\n" * 20)]),
            PASSWORD,
        ),
    ]
    return found


PROMPTS = {
    "English": ("login: ", "Password: "),
    "German": ("Benutzername: ", "Passwort: "),
    "French": ("Identifiant : ", "Mot de passe : "),
    "Spanish": ("Usuario: ", "Contraseña: "),
    "Italian": ("Nome utente: ", "Parola d'ordine: "),
    "Portuguese": ("Usuário: ", "Senha: "),
    "Polish": ("Nazwa użytkownika: ", "Hasło: "),
    "Russian": ("Имя пользователя: ", "Пароль: "),
    "Japanese": ("ユーザー名: ", "パスワード: "),
    "Korean": ("사용자 이름: ", "비밀번호: "),
    "Chinese": ("用户名：", "密码："),
    "traditional Chinese": ("使用者名稱：", "密碼："),
}


def telnet() -> list[Case]:
    """Prompts in the languages of their makers."""
    found = []
    for language, (name, password) in PROMPTS.items():
        for encoding in ("utf-8", "gbk") if language == "Chinese" else ("utf-8",):
            said = [
                (0, b"\xff\xfb\1\xff\xfb\3"), (1, b"\xff\xfd\1\xff\xfd\3"), (0, name.encode(encoding)),
                (1, b"admin\r\n"), (0, b"admin\r\n" + password.encode(encoding)), (1, b"secret\r\n"), (0, b"\r\n> "),
            ]  # fmt: skip
            found.append(
                seen(f"Telnet in {language}, {encoding}", stream(SCADA, ENGINEER, 23, said), PASSWORD, "telnet-in-use")
            )
    return found


def question(name: bytes, number: int, kind: int = 1) -> bytes:
    """A query of DNS."""
    labels = b"".join(bytes((len(part),)) + part for part in name.split(b"."))
    return struct.pack(">HHHHHH", number, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


def answered(asked: bytes) -> bytes:
    """Nothing there."""
    return asked[:2] + b"\x81\x80\0\1\0\0\0\0\0\0" + asked[12:]


def sized(message: bytes) -> bytes:
    """As in a stream."""
    return struct.pack(">H", len(message)) + message


def dns() -> list[Case]:
    """To a public server, over whatever."""
    names = [question(b"www%d.example.com" % n, n + 1) for n in range(8)]
    by_udp: Said = [each for name in names for each in ((1, name), (0, answered(name)))]
    by_tcp = [(who, sized(each)) for who, each in by_udp]
    coded = [
        question(bytes(f"{n * 7919:028x}.{n * 104729:028x}.t.evil.example", "ascii"), n + 1, 16) for n in range(150)
    ]
    hidden = [each for name in coded for each in ((1, sized(name)), (0, sized(answered(name))))]
    return [
        *(
            seen(f"public names over UDP on {port}", datagrams(SCADA, RESOLVER, port, by_udp), PUBLIC)
            for port in (53, 5335)
        ),
        *(
            seen(f"public names over TCP on {port}", stream(SCADA, RESOLVER, port, by_tcp), PUBLIC)
            for port in (53, 5335, 8053)
        ),
        not_calm("one public name over TCP on 8053", stream(SCADA, RESOLVER, 8053, by_tcp[:2]), PUBLIC),
        seen(
            "public names over TCP, all in a segment",
            stream(
                SCADA,
                RESOLVER,
                53,
                [(1, b"".join(sized(n) for n in names)), (0, b"".join(sized(answered(n)) for n in names))],
            ),
            PUBLIC,
        ),
        seen(
            "public names over TCP in segments of a byte",
            formed(in_pieces(1), stream(SCADA, RESOLVER, 53, by_tcp)),
            PUBLIC,
        ),
        seen("a tunnel of names over TCP on 53", stream(SCADA, RESOLVER, 53, hidden), TUNNEL),
        seen("a tunnel of names over TCP on 8053", stream(SCADA, RESOLVER, 8053, hidden), TUNNEL),
        calm("the plant's own names over TCP", stream(SCADA, ENGINEER, 53, by_tcp), PUBLIC, TUNNEL),
    ]


ACCEPTED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def posted(path: str, body: bytes, more: bytes = b"") -> bytes:
    """A request of HTTP."""
    head = f"POST {path} HTTP/1.1\r\nHost: llm\r\nContent-Type: application/json\r\n".encode()
    return head + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


def called(padding: int, method: str = "tools/call") -> bytes:
    """A call of MCP whose method stands behind so many bytes."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "params": {"a": "x" * padding}, "method": method}).encode()


def told(body: bytes, more: bytes = b"", path: str = "/") -> Recorded:
    """To a tool server of the plant."""
    return stream(SCADA, LOCAL, 8000, [(1, posted(path, body, more)), (0, ACCEPTED)])


def tools() -> list[Case]:
    """Tool servers and models."""
    chunked = b"POST / HTTP/1.1\r\nHost: llm\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    parts = b"".join(b"1\r\n%c\r\n" % octet for octet in called(10)) + b"0\r\n\r\n"
    return [
        *(seen(f"MCP: the method behind {size:,} bytes", told(called(size)), TOOL) for size in (0, 1000, 4000)),
        seen("MCP: in chunks of a byte", stream(SCADA, LOCAL, 8000, [(1, chunked + parts), (0, ACCEPTED)]), TOOL),
        seen("MCP: a batch", told(b"[" + called(0, "ping") + b"," + called(0) + b"]"), TOOL),
        seen("MCP: an escaped slash", told(called(0).replace(b"tools/call", b"tools\\/call")), TOOL),
        seen(
            "a completion on another path",
            told(b'{"model":"m","messages":[]}', path="/proxy/v1/chat/completions"),
            TOOL,
        ),
        seen(
            "a completion, requests only",
            formed(requests_only, told(b'{"model":"m","messages":[]}', path="/v1/chat/completions")),
            TOOL,
        ),
        unmoved("JSON-RPC of a device", told(called(0, "PlcProgram.Read")), TOOL),
        unmoved("70 KB of something else", told(b'{"values":"' + b"x" * 70_000 + b'"}'), TOOL),
    ]


def dcom(
    *asks: tuple[int, int, bytes],
    client: str = STRANGER,
    port: int = 49720,
    security: dict[str, int] | None = None,
    little: bool = True,
) -> Recorded:
    """A connection to an OPC server; (context, operation, stub): context 1 is of the server, 2 to 4 of a group."""
    secured: dict[str, object] = dict(security or {})
    first = {**secured, "value": b"\x60" + bytes(130)} if secured else {}
    said = [
        (1, bind(element(0, UNKNOWN_INTERFACE, little=little), little=little, **first)),
        (0, acknowledge((0, 0), address=b"49720\0", little=little, **secured)),
    ]  # type: ignore[arg-type]
    for context, interface in ((1, OPC_SERVER), (2, SYNC_IO), (3, ASYNC_IO)):
        said += [
            (1, bind(element(context, interface, little=little), kind=ALTER, little=little)),
            (0, acknowledge((0, 0), address=b"", kind=ALTER_ACK, little=little)),
        ]
    reads = [(2, 3, sync_read(1, *HANDLES))] * 3
    for context, operation, stub in (*reads, *asks):
        said += [
            (1, request(context, operation, stub, object_id=OBJECT, little=little, **secured)),
            (0, response(context, bytes(60), little=little, **secured)),
        ]  # type: ignore[arg-type]
    return stream(client, PLC_1, port, said)


def opc_classic() -> list[Case]:
    """Written to over DCOM."""
    write = (2, 4, written((1.5,), HANDLES[0]))
    secret = {"level": PRIVACY, "provider": SPNEGO}
    plain = dcom(write)
    return [
        seen("OPC Classic: written", plain, WRITE, "opc-classic-in-use"),
        seen("OPC Classic: written, signed", dcom(write, security=dict(SIGNED)), WRITE),
        not_calm("OPC Classic: written, encrypted", dcom(write, security=secret), WRITE),
        seen("OPC Classic: written on 5000", dcom(write, port=5000), WRITE),
        seen("OPC Classic: written in segments of 3 bytes", formed(in_pieces(3), plain), WRITE),
        seen("OPC Classic: written, requests only", formed(requests_only, plain), WRITE),
        not_calm("OPC Classic: written, answers only", formed(answers_only, plain), WRITE),
        seen(
            "OPC Classic: written by the asynchronous interface",
            dcom((3, 4, written((1.5,), HANDLES[0]) + struct.pack("<I", 9))),
            WRITE,
        ),
        not_calm("OPC Classic: the binding not recorded", lambda: [r for n, r in enumerate(plain()) if n > 18], WRITE),
        seen("OPC Classic: read across zones", dcom(client=STRANGER), CONDUIT, "opc-classic-in-use"),
        calm("OPC Classic: read within the cell", dcom(client=PLC_2), WRITE, "opc-classic-in-use"),
    ]


def of_time_servers() -> list[Case]:
    """Who asks a time server for more, which nobody does from the port from which he asks for the time."""
    asked = {
        "mode 6": (b"\x16\2\0\1" + bytes(8), b"\x16\x82\0\1\0\0\0\0\0\0\0\4leap"),
        "mode 7": (b"\x17\0\3\x2a" + bytes(4), b"\x97\0\3\x2a\0\1\0\x48" + bytes(72)),
    }
    found = []
    for mode, (ask, answer) in asked.items():
        both = datagrams(STRANGER, ENGINEER, 123, [(1, ask), (0, answer)])
        found += [
            seen(f"NTP of {mode} alone", both, ADMINISTERED),
            seen(f"NTP of {mode} on another port", formed(other_port, both), ADMINISTERED),
            unmoved(
                f"what begins as NTP of {mode}, on another port",
                datagrams(STRANGER, ENGINEER, 2222, [(1, ask + b"x" * 9)] * 9),
                ADMINISTERED,
            ),
            seen(f"NTP of {mode}, requests only", formed(requests_only, both), ADMINISTERED),
            seen(f"NTP of {mode}, answers only", formed(answers_only, both), ADMINISTERED),
            unmoved(
                f"what begins as NTP of {mode}",
                datagrams(STRANGER, ENGINEER, 123, [(1, ask + b"x" * 9)] * 9),
                ADMINISTERED,
            ),
        ]
    return found


def cases() -> list[Case]:
    """All."""
    return [*of_time_servers(), *log_ins(), *telnet(), *dns(), *tools(), *opc_classic()]
