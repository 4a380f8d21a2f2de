"""Rules that few other cases are about: what is fetched, remote access tools, Heartbleed, units that are tried out."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

from tests.adversarial.leaving_forms import FAR, FORMS, PARTS, SERVER_HELLO, hello, secure, to
from tests.adversarial.modbus_forms import READ, SET, VALUES
from tests.adversarial.service_forms import question
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ENGINEER,
    HISTORIAN,
    OFFICE_PC,
    PLC_1,
    PLC_2,
    SCADA,
    STRANGER,
    Said,
    both,
    datagrams,
    formed,
    framed,
    stream,
)
from tests.capture.frames import ethernet, ipv4, tcp
from tests.twins import requests_only

PROGRAM, MODEL, TOOL = "program-fetched-in-clear", "model-file-in-clear", "remote-access-tool"
AI, CLOUD = "ai-service-contacted", "cloud-service-contacted"
BLEEDS, UNITS, TO_ALL = "tls-heartbleed-tried", "unit-scan", "modbus-write-to-all"


def in_forms(name: str, recording: Recorded, rule: str, *, unsure: Iterable[str] = ("requests only",)) -> list[Case]:
    """In each form; ``unsure``: in these, as in parts, nobody may know."""
    return [
        (seen if form in FORMS and form not in unsure else not_calm)(f"{name}, {form}", formed(change, recording), rule)
        for form, change in {**FORMS, **PARTS}.items()
    ]


def fetched(
    path: str, *, client: str = SCADA, server: str = FAR, port: int = 80, status: str = "200 OK", more: str = ""
) -> Recorded:
    """A file by HTTP."""
    asks = f"GET {path} HTTP/1.1\r\nHost: x.example\r\n{more}\r\n"
    body = b"MZ" * 40
    answer = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
    return stream(client, server, port, [(1, asks.encode()), (0, answer.encode() + body)])


PROGRAMS = (
    *("/a/setup.exe", "/a/setup.exe?x=1", "/a/setup.ex%65", "/a/setup.EXE", "/a/setup.exe;id=1", "/x/p.ps1"),
    *("/install.sh", "/install.sh?token=1", "/x/run.py", "/x/tool.run", "/x/t.AppImage", "/x/u.cab", "/x/p.msix"),
    *("/x/linux.deb?mirror=2", "/x/p.rpm", "/x/p.whl", "/x/p.pkg", "/x/p.dmg", "/x/p.apk", "/x/p.vbs"),
)
MODELS = (
    *("/m/llama.gguf", "/m/llama.gguf?download=true", "/m/model.safetensors", "/m/pytorch_model.bin", "/m/x.onnx"),
    *("/m/model.onnx.data", "/m/model.onnx_data", "/m/llama.gguf.part1of2"),
)


def files() -> list[Case]:
    """Programs and models from the Internet."""
    return [
        *(seen(f"a program is fetched: {path}", fetched(path), PROGRAM) for path in PROGRAMS),
        *(seen(f"a model is fetched: {path}", fetched(path), MODEL) for path in MODELS),
        *in_forms("a program is fetched", fetched("/a/setup.exe"), PROGRAM),
        *in_forms("a model is fetched", fetched("/m/llama.gguf"), MODEL),
        seen("a program is fetched on 8099", fetched("/a/setup.exe", port=8099), PROGRAM),
        seen("a program is fetched from the office", fetched("/a/setup.exe", server="10.10.0.80"), PROGRAM),
        seen(
            "a program is fetched by a proxy",
            fetched("http://x.example/a/setup.exe", server="10.10.0.80", port=3128),
            PROGRAM,
        ),
        seen(
            "a program is fetched in parts",
            fetched("/a/setup.exe", more="Range: bytes=0-\r\n", status="206 Partial Content"),
            PROGRAM,
        ),
        unmoved("a program is not there", fetched("/a/setup.exe", status="404 Not Found"), PROGRAM),
        unmoved("a page is fetched", fetched("/a/index.html"), PROGRAM, MODEL),
        unmoved("scripts of a page are fetched", fetched("/a/page.js"), PROGRAM, MODEL),
        unmoved("a host in a path is fetched", fetched("/shop/example.com/"), PROGRAM),
        unmoved("a program is fetched by the office", fetched("/a/setup.exe", client=OFFICE_PC), PROGRAM),
    ]


VIEWER = "router1.teamviewer.com"
MODELS_OF_OTHERS, CLOUD_NAME = "api.openai.com", "plant7.azure-devices.net"
OWN_WORDS: Said = [(1, b"\x17\x24\x0a\x20" + bytes(range(60))), (0, b"\x17\x24\x0b\x20" + bytes(range(60)))] * 5


def looked_up(name: str = VIEWER, *, client: str = SCADA, kind: int = 1, address: str = FAR) -> Recorded:
    """A name server tells the client an address."""
    asked = question(name.encode(), 9, kind)
    found = bytes(map(int, address.split(".")))
    answer = asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + asked[12:] + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + found
    return datagrams(client, ENGINEER, 53, [(1, asked), (0, answer)])


def tools() -> list[Case]:
    """By the names that are asked for."""
    own = stream(SCADA, FAR, 5938, OWN_WORDS)
    names = (
        *(VIEWER, "relay-a1.net.anydesk.com", "TEAMVIEWER.COM", "x.rustdesk.com", "abc.ngrok.io", "teamviewer.com."),
        *("device.vpn23.talk2m.com", "gm08.secomea.com", "x.ixon.cloud", "rsp.mbconnect24.net"),  # of makers
    )
    return [
        *(seen(f"a remote access tool: {name}", to(name), TOOL) for name in names),
        *in_forms("a remote access tool", to(VIEWER), TOOL, unsure=()),
        *(
            seen(f"a remote access tool by its own words, {name}", formed(change, both(looked_up(), own)), TOOL)
            for name, change in FORMS.items()
            if name not in ("in IPv6", "requests only")  # the address that was told is another, or was not
        ),
        seen("a remote access tool on 5938", to(VIEWER, port=5938), TOOL),
        seen("a remote access tool whose name was looked up", both(looked_up(), own), TOOL),
        seen("a remote access tool in datagrams", both(looked_up(), datagrams(SCADA, FAR, 5938, OWN_WORDS)), TOOL),
        seen("a remote access tool in TLS that names nobody", both(looked_up(), to("")), TOOL),
        not_calm("TLS that names nobody", to(""), TOOL),
        unmoved("a remote access tool is looked up and left alone", looked_up(), TOOL),
        unmoved("a remote access tool was looked up by another", both(looked_up(client=HISTORIAN), own), TOOL),
        unmoved("another name at the same address", both(looked_up(), to("www.example.com")), TOOL),
        unmoved("a remote access tool elsewhere", both(looked_up(address="93.184.216.35"), own), TOOL),
        unmoved("a name that ends alike", to("notteamviewer.com.example"), TOOL),
    ]


def by_their_names() -> list[Case]:
    """Clouds and AI services of which nothing on the wire but the answer of a name server speaks."""
    found: list[Case] = []
    for name, rule in ((MODELS_OF_OTHERS, AI), (CLOUD_NAME, CLOUD)):
        own = stream(SCADA, FAR, 9443, OWN_WORDS)
        found += [
            *(
                seen(f"{name} was looked up, {form}", formed(change, both(looked_up(name), own)), rule)
                for form, change in FORMS.items()
                if form not in ("in IPv6", "requests only")  # the address that was told is another, or was not
            ),
            seen(
                f"{name} was looked up, then datagrams",
                both(looked_up(name), datagrams(SCADA, FAR, 9443, OWN_WORDS)),
                rule,
            ),
            seen(f"{name} was looked up, then TLS that names nobody", both(looked_up(name), to("")), rule),
            seen(
                f"{name} was looked up among many names of its address",
                both(*(looked_up(f"a{n}.example.com") for n in range(12)), looked_up(name), own),
                AI if rule is AI else "control-system-to-internet",
            ),
            unmoved(f"{name} was looked up and left alone", looked_up(name), rule),
            unmoved(f"{name} was looked up by another", both(looked_up(name, client=HISTORIAN), own), rule),
            unmoved(
                f"{name} was looked up, another name asked for", both(looked_up(name), to("www.example.com")), rule
            ),
            unmoved(f"{name} has another address", both(looked_up(name, address="93.184.216.35"), own), rule),
            unmoved(
                f"{name} was looked up and refuses",
                both(looked_up(name), framed((260.0, _refused(True)), (260.001, _refused(False)))),
                rule,
            ),
        ]
    return found


def _refused(asks: bool) -> bytes:
    """A SYN to the Internet, and the reset that a firewall answers with."""
    ends = (SCADA, FAR) if asks else (FAR, SCADA)
    ports = (41000, 443) if asks else (443, 41000)
    return ethernet(0x800, ipv4(6, tcp(b"", *ports, flags=2 if asks else 0x14), *ends))


def heartbeat(claimed: int, size: int) -> bytes:
    """A request of RFC 6520, in a record of its own."""
    return b"\x18\3\2" + struct.pack(">HBH", 3 + size, 1, claimed) + bytes(size)


def heartbeats() -> list[Case]:
    """With and without what they claim."""
    greeted = secure("plc.example")[:2]
    refused = (0, b"\x15\3\2\0\2\2\x0a")
    long: Said = [*greeted, (1, heartbeat(0x4000, 0)), refused]
    ends = ((PLC_1, 443), (PLC_1, 4433), (FAR, 443), (HISTORIAN, 8443))
    return [
        *(seen(f"a heartbeat bleeds at {to_whom} on {port}", stream(STRANGER, to_whom, port, long), BLEEDS)
          for to_whom, port in ends),
        *in_forms("a heartbeat bleeds", stream(STRANGER, PLC_1, 443, long), BLEEDS, unsure=()),
        seen("a short heartbeat bleeds", stream(STRANGER, PLC_1, 443, [*greeted, (1, heartbeat(0x40, 16))]), BLEEDS),
        seen(
            "a heartbeat bleeds behind the client's greeting",
            stream(STRANGER, PLC_1, 443, [(1, hello("x") + heartbeat(0x4000, 0)), (0, SERVER_HELLO)]),
            BLEEDS,
        ),
        unmoved("an honest heartbeat", stream(STRANGER, PLC_1, 443, [*greeted, (1, heartbeat(16, 32))]), BLEEDS),
    ]  # fmt: skip


def unit(number: int, pdu: bytes, transaction: int = 1) -> bytes:
    """A message of Modbus/TCP to a unit."""
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, number) + pdu


def tried(
    units: Iterable[int] = range(1, 40), *, answered: bool = True, port: int = 502, client: str = STRANGER
) -> Recorded:
    """Units that a gateway says are not there."""
    absent = b"\x83\x0b"
    said = [
        one
        for u in units
        for one in ((1, unit(u, READ, u)), *(((0, unit(u, absent, u)),) if answered else ()))
    ]  # fmt: skip
    return stream(client, PLC_2, port, said)


def units() -> list[Case]:
    """Behind a gateway."""
    writes: Said = [(1, unit(0, SET, n)) for n in range(5)]
    reads: Said = [one for n in range(5) for one in ((1, unit(1, READ, n)), (0, unit(1, VALUES, n)))]
    ways: Mapping[str, Recorded] = {
        f"{'refused' if answered else 'unanswered'} on {port}": tried(answered=answered, port=port)
        for answered in (True, False)
        for port in (502, 1502)
    }
    return [
        *(seen(f"units are tried out, {name}", recording, UNITS) for name, recording in ways.items()),
        *in_forms("units are tried out", tried(), UNITS),
        not_calm(
            "units are tried out in datagrams",
            datagrams(STRANGER, PLC_2, 502, [(1, unit(u, READ, u)) for u in range(1, 40)]),
            UNITS,
        ),
        calm("three units are not there", tried(range(1, 4), client=SCADA), UNITS),
        calm("three units, requests only", formed(requests_only, tried(range(1, 4), client=SCADA)), UNITS),
        seen("all units are written to", stream(SCADA, PLC_2, 502, writes), TO_ALL),
        seen("all units are written to on 1502", stream(SCADA, PLC_2, 1502, [*reads, *writes]), TO_ALL),
        not_calm("all units are written to in datagrams", datagrams(SCADA, PLC_2, 502, writes), TO_ALL),
        calm(
            "unit 0 answers",
            stream(SCADA, PLC_2, 502, [one for n in range(5) for one in ((1, unit(0, SET, n)), (0, unit(0, SET, n)))]),
            TO_ALL,
        ),
    ]


def cases() -> list[Case]:
    """All."""
    return [*files(), *tools(), *by_their_names(), *heartbeats(), *units()]
