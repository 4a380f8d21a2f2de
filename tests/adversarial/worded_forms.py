"""The same deed in other words: names that are asked for, paths, times of windows, versions, entries of export."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping

from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ANSWERS,
    ASKS,
    CELL_STRANGER,
    ENGINEER,
    HISTORIAN,
    OFFICE_PC,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    formed,
    over_tcp,
    over_udp,
    stream,
    wired,
)
from tests.adversarial.wrapped_forms import between
from tests.twins import ANY_LAYER, EVASIVE, IP_ONLY, cut_short, in_pieces, lossy

PUBLIC = "93.184.216.34"
REMOTE, CLOUD, AI, PEOPLE = (
    "remote-access-tool",
    "cloud-service-contacted",
    "ai-service-contacted",
    "person-to-person-service-used",
)
MODELS, PROGRAMS, LEAVES = "model-file-in-clear", "program-fetched-in-clear", "data-leaves-undeclared"
EXPORT, GRADED, WINDOW = "export-not-permitted", "graded-data-leaves", "change-outside-window"


# --- names ------------------------------------------------------------------------------------------------------------


def hello(name: bytes, padding: int = 0) -> bytes:
    """A ClientHello of TLS 1.2 that asks for a name (RFC 6066), behind an extension of padding."""
    served = struct.pack(">HBH", len(name) + 3, 0, len(name)) + name
    extensions = (
        (struct.pack(">HH", 21, padding) + bytes(padding) if padding else b"")
        + struct.pack(">HH", 0, len(served))
        + served
    )
    extensions += struct.pack(">HHHHH", 10, 4, 2, 29, 13) + struct.pack(">HHH", 4, 2, 0x0403)
    body = (
        b"\x03\x03"
        + bytes(range(32))
        + b"\0"
        + struct.pack(">HH", 2, 0xC02F)
        + b"\x01\0"
        + struct.pack(">H", len(extensions))
        + extensions
    )
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(part)) + part for part in _parts(handshake, 16_000))


def in_records(whole: bytes, size: int) -> bytes:
    """The handshake of one record in records of so many bytes."""
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(part)) + part for part in _parts(whole[5:], size))


def _parts(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


ALERT = b"\x15\x03\x03\0\x02\x02\x28"


def asked(client: str, first: bytes, port: int = 443) -> Recorded:
    return stream(client, PUBLIC, port, [(ASKS, first), (ANSWERS, ALERT)])


def _named(question: bytes, answers: bytes, count: int) -> list[tuple[int, bytes]]:
    ask = struct.pack(">HHHHHH", 9, 0x0100, 1, 0, 0, 0) + question
    return [(ASKS, ask), (ANSWERS, struct.pack(">HHHHHH", 9, 0x8180, 1, count, 0, 0) + question + answers)]


def _labels(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def looked_up(name: str, alias: str = "") -> Recorded:
    """A name server of the plant is asked, then the address contacted without a name."""
    question = _labels(name) + struct.pack(">HH", 1, 1)
    address = bytes(map(int, PUBLIC.split(".")))
    if alias:
        target = _labels(alias)
        answers = b"\xc0\x0c" + struct.pack(">HHIH", 5, 1, 60, len(target)) + target
        answers += target + struct.pack(">HHIH", 1, 1, 60, 4) + address
    else:
        answers = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + address
    said = _named(question, answers, 2 if alias else 1)
    unnamed = (
        bytes([0x16, 3, 1, 0, 45]) + b"\x01\0\0\x29\x03\x03" + bytes(range(32)) + b"\0" + b"\0\x02\xc0\x2f" + b"\x01\0"
    )
    return wired(
        over_udp(SCADA, "10.20.10.53", 53, said), over_tcp(SCADA, PUBLIC, 443, [(ASKS, unnamed), (ANSWERS, ALERT)])
    )


def _http(host: bytes, path: bytes = b"/", method: bytes = b"GET", headers: bytes = b"") -> list[tuple[int, bytes]]:
    request = method + b" " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + headers + b"\r\n"
    return [(ASKS, request), (ANSWERS, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]


_NAMES = (
    (REMOTE, b"router7.teamviewer.com", b"teamviewer.com.example.org"),
    (AI, b"api.openai.com", b"api.openai.company.example"),
    (PEOPLE, b"mail.google.com", b"mail.google.com.example.org"),
)


def _asked() -> list[Case]:
    found = []
    for rule, name, like in _NAMES:
        text = name.decode()
        ways: Mapping[str, Recorded] = {
            "by TLS": asked(SCADA, hello(name)),
            "by TLS in capitals": asked(SCADA, hello(name.upper())),
            "by TLS on another port": asked(SCADA, hello(name), 8443),
            "by TLS, in records of 50 bytes": asked(SCADA, in_records(hello(name), 50)),
            "by TLS, in segments of 3 bytes": formed(in_pieces(3), asked(SCADA, hello(name))),
            "by TLS, behind much padding": asked(SCADA, hello(name, 1800)),
            "by TLS in IPv6": formed(IP_ONLY["in IPv6"], asked(SCADA, hello(name))),
            "by TLS in GTP-U": formed(IP_ONLY["in GTP-U"], asked(SCADA, hello(name))),
            "by HTTP with a port": stream(SCADA, PUBLIC, 80, _http(name + b":80")),
            "by an absolute path": stream(SCADA, PUBLIC, 80, _http(b"", b"http://" + name + b"/x")),
            "by CONNECT": stream(SCADA, PUBLIC, 3128, _http(name + b":443", name + b":443", b"CONNECT")),
        }
        found += [seen(f"{text} {how}", add, rule) for how, add in ways.items()]
        found.append(unmoved(f"{like.decode()} by TLS", asked(SCADA, hello(like)), rule))
        found.append(calm(f"{text} by the office", asked(OFFICE_PC, hello(name)), rule))
        found.append(
            not_calm(f"{text}, cut after 96 bytes", formed(cut_short(96), asked(SCADA, hello(name, 300))), rule)
        )
        found.append(
            not_calm(
                f"{text} behind decoys",
                formed(EVASIVE["behind decoys that die on their way"], asked(SCADA, hello(name))),
                rule,
            )
        )
    found += [
        seen("a tool whose name was looked up", looked_up("router7.teamviewer.com"), REMOTE),
        seen(
            "an alias of a tool whose name was looked up",
            looked_up("help.example.org", "router7.teamviewer.com"),
            REMOTE,
        ),
        not_calm("a connection of which the name was not seen", asked(SCADA, hello(b"x")[:11] + bytes(200)), REMOTE),
    ]
    return found


# --- paths ------------------------------------------------------------------------------------------------------------

_MODEL_PATHS = (
    b"/m/llama.gguf",
    b"/m/LLAMA.GGUF",
    b"/m/llama.gguf?download=1",
    b"/m/llama%2Egguf",
    b"/m/llama.gguf#x",
    b"/m/%6clama.ggu%66",
)
_PROGRAM_PATHS = (
    b"/p/setup.exe",
    b"/p/SETUP.EXE",
    b"/p/setup.exe?v=2",
    b"/p/setup%2eexe",
    b"/p/install.sh",
    b"/p/x.msi;v=1",
)
_HARMLESS_PATHS = (b"/m/llama.html", b"/llama.gguf/", b"/why-gguf", b"/setup.exe.html")


def _fetched(path: bytes) -> Recorded:
    return stream(SCADA, PUBLIC, 8080, _http(b"files.example.org", path))


def _paths() -> list[Case]:
    return [
        *(seen(f"a model at {path.decode()}", _fetched(path), MODELS) for path in _MODEL_PATHS),
        *(seen(f"a program at {path.decode()}", _fetched(path), PROGRAMS) for path in _PROGRAM_PATHS),
        *(unmoved(f"a page at {path.decode()}", _fetched(path), MODELS, PROGRAMS) for path in _HARMLESS_PATHS),
        seen("a model by an absolute path", _fetched(b"http://files.example.org/m/llama.gguf"), MODELS),
        unmoved(
            "a model that is put",
            stream(SCADA, PUBLIC, 80, _http(b"x.example", b"/m/llama.gguf", b"HEAD")),
            "values-forced",
        ),
        not_calm("a model, 30 % lost", formed(lossy(0.3, 2), _fetched(b"/m/llama.gguf")), MODELS),
    ]


# --- windows ----------------------------------------------------------------------------------------------------------

_WEEKEND = "    days: [sat, sun]\n"  # the plant is recorded on Monday, 2024-01-01, from 9:00 local time on
_WINDOWS = (
    ("that morning", '    days: [mon]\n    from: "09:00"\n    to: "09:30"\n', True),
    ("a night that ends that morning", '    days: [sun]\n    from: "22:00"\n    to: "09:30"\n', True),
    ("once", "    from: 2024-01-01T08:30\n    to: 2024-01-01T10:00\n", True),
    ("once, in UTC by mistake", "    from: 2024-01-01T07:30\n    to: 2024-01-01T08:45\n", False),
    ("a night that ended before", '    days: [sun]\n    from: "22:00"\n    to: "09:00"\n', False),
    ("the day after", "    days: [tue]\n", False),
    ("of the office", "    zones: [office]\n", False),
)


def _windows() -> list[Case]:
    return [
        (unmoved if meant else seen)(
            f"a change in a window: {how}",
            between("modbus/umas", ENGINEER, PLC_2),
            WINDOW,
            edits={"policy": {_WEEKEND: window}},
        )
        for how, window, meant in _WINDOWS
    ]


# --- export -----------------------------------------------------------------------------------------------------------

_ROOT = "conduits:\n  - id: office-to-dmz"
_OUT = """export:
  - id: quality
    zones: [dmz]
    destinations: [%s]
    protocols: [%s]
    owner: Production IT
    reason: Quality data

"""
_SENT = wired(over_tcp(HISTORIAN, PUBLIC, 443, [(ASKS, hello(b"quality.example.org")), (ANSWERS, ALERT)]))
_DMZ = "    members: {subnets: [10.20.50.0/24"
_ENTRIES = (
    ("by the address", PUBLIC, "tls", True),
    ("by a network", "93.184.216.0/24", "tls", True),
    ("by an IPv4-mapped address", f'"::ffff:{PUBLIC}"', "tls", True),
    ("by a port", PUBLIC, "tcp/443", True),
    ("to a neighbour", "93.184.216.35", "tls", False),
    ("of another protocol", PUBLIC, "modbus", False),
    ("of another port", PUBLIC, "tcp/444", False),
)


def _exports() -> list[Case]:
    found = []
    for how, where, protocol, meant in _ENTRIES:
        edits = {"policy": {_ROOT: _OUT % (where, protocol) + _ROOT}}
        found.append((calm if meant else seen)(f"an entry of export {how}", _SENT, EXPORT, edits=edits))
    grade = {_DMZ: "    data_grade: core\n" + _DMZ}
    edits = {"policy": {_ROOT: _OUT % (PUBLIC, "tls") + _ROOT, **grade}}
    found.append(seen("core data by an entry without a grade", _SENT, GRADED, edits=edits))
    graded = _OUT.replace("    owner", "    data_grade: core\n    owner") % (PUBLIC, "tls")
    edits = {"policy": {_ROOT: graded + _ROOT, **grade}}
    found.append(calm("core data by an entry of that grade", _SENT, GRADED, edits=edits))
    found.append(seen("data to nowhere declared", _SENT, LEAVES))
    return found


# --- advisories -------------------------------------------------------------------------------------------------------


def advisory(product: str, versions: str, status: str = "known_affected") -> bytes:
    """One product in CSAF 2.0."""
    leaf = {
        "category": "product_version_range",
        "name": versions,
        "product": {"name": f"{product} {versions}", "product_id": "P1"},
    }
    tree = {
        "branches": [
            {
                "category": "vendor",
                "name": "WAGO",
                "branches": [{"category": "product_name", "name": product, "branches": [leaf]}],
            }
        ]
    }
    document = {
        "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "x", "lang": "en",
        "publisher": {"category": "vendor", "name": "WAGO", "namespace": "https://www.wago.com"},
        "tracking": {"id": "WAGO-1", "status": "final", "version": "1", "initial_release_date": "2023-01-01T00:00:00Z",
                     "current_release_date": "2023-01-01T00:00:00Z",
                     "revision_history": [{"date": "2023-01-01T00:00:00Z", "number": "1", "summary": "x"}]},
    }  # fmt: skip
    return json.dumps(
        {
            "document": document,
            "product_tree": tree,
            "vulnerabilities": [{"cve": "CVE-2023-0001", "product_status": {status: ["P1"]}}],
        }
    ).encode()


_RANGES = (
    ("vers:generic/<=03.05.01", True),
    ("vers:generic/<3.6", True),
    ("<03.06.00", True),
    ("vers:generic/>=03.00.00|<=03.10.01", True),
    ("vers:generic/<03.05.01", False),
    ("vers:generic/>=03.06.00", False),
    ("<=03.05.00", False),
)


def _advisories() -> list[Case]:
    rule = "vulnerability-in-advisory"
    found = [
        (not_calm if bad else unmoved)(
            f"an advisory about {versions}", list, rule, files={"a.json": advisory("750-8212", versions)}
        )
        for versions, bad in _RANGES
    ]
    found.append(
        unmoved(
            "an advisory about what is not affected",
            list,
            rule,
            files={"a.json": advisory("750-8212", "<9", "known_not_affected")},
        )
    )
    found.append(
        unmoved("an advisory about another device", list, rule, files={"a.json": advisory("Wireless 9000", "<9")})
    )
    return found


# --- sessions from above ----------------------------------------------------------------------------------------------

PAST_HOST, IN_CLEAR = "remote-session-past-jump-host", "industrial-data-leaves-in-clear"


def _sessions() -> list[Case]:
    shell = between("ssh/paramiko", STRANGER, SCADA)
    desktop = between("vnc/built", STRANGER, SCADA)
    data = between("mqtt/v311", SCADA, PUBLIC)
    forms = {
        "in VXLAN": ANY_LAYER["in VXLAN"],
        "on another port": IP_ONLY["on another port"],
        "in fragments": IP_ONLY["in IP fragments of 24 bytes"],
    }
    found = []
    for how, form in forms.items():
        found.append(seen(f"a shell from the office {how}", formed(form, shell), PAST_HOST))
        found.append(seen(f"a desktop from the office {how}", formed(form, desktop), PAST_HOST))
        found.append(seen(f"MQTT to the Internet {how}", formed(form, data), IN_CLEAR))
    jump = {"policy": {"  historian: [HISTORIAN-1]": "  historian: [HISTORIAN-1]\n  jump_host: [10.10.0.66]"}}
    found.append(unmoved("a shell from a jump host", shell, PAST_HOST, edits=jump))
    other = {"policy": {"  historian: [HISTORIAN-1]": "  historian: [HISTORIAN-1]\n  jump_host: [10.10.0.67]"}}
    found.append(seen("a shell from a jump host's neighbour", shell, PAST_HOST, edits=other))
    found.append(not_calm("a shell in ESP", formed(EVASIVE["in ESP"], shell), PAST_HOST))
    found.append(
        not_calm(
            "a stop in answers alone",
            formed(IP_ONLY["answers only"], between("modbus/umas", CELL_STRANGER, PLC_2)),
            STOP,
        )
    )
    return found


def cases() -> list[Case]:
    return [*_asked(), *_paths(), *_windows(), *_exports(), *_advisories(), *_sessions()]
