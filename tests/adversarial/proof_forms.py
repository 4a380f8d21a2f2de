"""Which version of NTLM proves who asks, within HTTP and DCE/RPC; and passwords under the names of other languages."""

from __future__ import annotations

import struct
from base64 import b64encode

from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import ENGINEER, OFFICE_PC, SCADA, formed, stream
from tests.twins import IP_ONLY, answers_only, in_pieces, midway, requests_only

WEAK, PASSWORD = "weak-login-algorithm", "credentials-in-clear"
SERVER = "10.20.10.30"
NAMES = (
    *("kennwort", "mot_de_passe", "mdp", "contrasena", "senha", "parola", "heslo", "haslo", "wachtwoord", "mima"),
    *("%E5%AF%86%E7%A0%81", "ctl00$Main$txtPassword", "psw", "usr_pwd", "tfPwd", "user[passwort]"),
)
INNOCENT_NAMES = ("showPassword", "passwordPolicy", "passport", "bypass", "compass", "pass_rate", "parole")


def ntlm(kind: int, response: int = 0) -> bytes:
    """A message of NTLM; ``response``: bytes of the second response of an authentication (MS-NLMP, section 2.2.1)."""
    if kind == 1:
        return b"NTLMSSP\0\1\0\0\0" + struct.pack("<I", 0xE2088297) + bytes(16)
    if kind == 2:
        head = struct.pack("<HHII", 2, 2, 48, 0xE2898215) + bytes(range(16)) + struct.pack("<HHI", 0, 0, 50)
        return b"NTLMSSP\0\2\0\0\0" + head + b"X\0"
    parts = bytes(24), bytes(range(256))[:response], b"X\0", b"b\0o\0b\0", b"P\0C\0", b""
    fields, at = b"", 64
    for part in parts:
        fields += struct.pack("<HHI", len(part), len(part), at)
        at += len(part)
    return b"NTLMSSP\0\3\0\0\0" + fields + struct.pack("<I", 0xE2888215) + b"".join(parts)


def by_http(*responses: int, scheme: bytes = b"NTLM ", port: int = 8080, field: bytes = b"Authorization") -> Recorded:
    """Log-ins on a connection, one for each response."""

    def request(kind: int, response: int = 0) -> bytes:
        proof = b64encode(ntlm(kind, response))
        return b"GET /reports HTTP/1.1\r\nHost: h\r\n" + field + b": " + scheme + proof + b"\r\n\r\n"

    asked = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + scheme + b64encode(ntlm(2)) + b"\r\n"
    said = []
    for response in responses:
        said += [(1, request(1)), (0, asked + b"Content-Length: 0\r\n\r\n")]
        said += [(1, request(3, response)), (0, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    return stream(ENGINEER, SERVER, port, said)


def _pdu(kind: int, content: bytes, proof: bytes = b"", call: int = 1) -> bytes:
    verifier = b"\x0a\5\0\0" + bytes(4) + proof if proof else b""
    size = 16 + len(content) + len(verifier)
    return bytes((5, 0, kind, 3)) + b"\x10\0\0\0" + struct.pack("<HHI", size, len(proof), call) + content + verifier


def by_rpc(response: int, port: int = 135) -> Recorded:
    """A connection of DCE/RPC that is authenticated, and a call."""
    interface = bytes.fromhex("81bb7a364498f135ad3298f03800100302000000")
    syntax = bytes.fromhex("045d888aeb1cc9119fe808002b10486002000000")
    bind = b"\xb8\x10\xb8\x10" + bytes(4) + b"\1\0\0\0" + b"\0\0\1\0" + interface + syntax
    bound = b"\xb8\x10\xb8\x10\1\0\0\0" + b"\4\0" + b"135\0" + b"\0\0" + b"\1\0\0\0" + bytes(4) + syntax
    return stream(
        ENGINEER,
        SERVER,
        port,
        [
            (1, _pdu(11, bind, ntlm(1))),
            (0, _pdu(12, bound, ntlm(2))),
            (1, _pdu(16, bytes(4), ntlm(3, response)) + _pdu(0, bytes(6) + b"\5\0" + b"x" * 8, call=2)),
            (0, _pdu(2, bytes(8) + b"y" * 8, call=2)),
        ],
    )


def by_form(name: str) -> Recorded:
    """A form with a field of this name."""
    body = f"op=1&{name}=geheim".encode()
    head = b"POST /settings HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    request = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    return stream(OFFICE_PC, SCADA, 8080, [(1, request), (0, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")])


def cases() -> list[Case]:
    """All."""
    old, new = 24, 76
    forms = {
        "on another port": IP_ONLY["on another port"],
        "in IPv6": IP_ONLY["in IPv6"],
        "in pieces of a byte": in_pieces(1),
        "requests only": requests_only,
        "midway": midway,
    }
    ways = {"HTTP": by_http(old), "DCE/RPC": by_rpc(old)}
    found = [
        seen(f"NTLM of version 1 by {way}, {form}", formed(change, recording), WEAK)
        for way, recording in ways.items()
        for form, change in forms.items()
    ]
    found += [
        not_calm(f"NTLM of version 1 by {way}, answers only", formed(answers_only, recording), WEAK)
        for way, recording in ways.items()
    ]
    found += [
        seen("NTLM of version 1 by Negotiate", by_http(old, scheme=b"Negotiate "), WEAK),
        seen("NTLM of version 1 between others of version 2", by_http(new, old, new), WEAK),
        seen("NTLM of version 1 to a proxy, behind two spaces",
             by_http(old, scheme=b"NTLM  ", port=3128, field=b"proxy-authorization"), WEAK),
        calm("NTLM of version 2 by HTTP", by_http(new, new), WEAK),
        calm("NTLM of version 2 by Negotiate", by_http(new, scheme=b"Negotiate "), WEAK),
        calm("NTLM of version 2 by DCE/RPC", by_rpc(new, 49702), WEAK),
    ]  # fmt: skip
    found += [seen(f"a password called {name}", by_form(name), PASSWORD) for name in NAMES]
    return found + [unmoved(f"no password, though called {name}", by_form(name), PASSWORD) for name in INNOCENT_NAMES]
