"""What is done within encrypted messages of general protocols; and files that are asked about, refused, or renamed."""

from __future__ import annotations

from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import CELL_STRANGER, ENGINEER, PLC_1, formed, played, stream
from tests.twins import answers_only, in_fragments, other_port

SET, RESET, FIRMWARE = "snmp-set-unauthorised", "device-reset-or-silenced", "program-or-firmware-in-clear"
PROGRAM, MODEL = "program-fetched-in-clear", "model-file-in-clear"
ON_THE_INTERNET = "93.184.216.34"


def by_http(request: bytes, answer: bytes, server: str = PLC_1) -> Recorded:
    """One request and its answer, twice."""
    body = b"\x7fELF" if request.startswith(b"PUT") else b""
    asked = request + b" HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    return stream(ENGINEER, server, 80, [(1, asked), (0, b"HTTP/1.1 " + answer + b"\r\nContent-Length: 0\r\n\r\n")] * 2)


def by_ftp(*lines: tuple[bytes, bytes], server: str = PLC_1) -> Recorded:
    """A session of commands and replies."""
    said = [(0, b"220 x\r\n"), (1, b"USER op\r\n"), (0, b"331 p\r\n"), (1, b"PASS S3cr3tX\r\n"), (0, b"230 in\r\n")]
    said += [each for ask, told in lines for each in ((1, ask + b"\r\n"), (0, told + b"\r\n"))]
    return stream(ENGINEER, server, 21, said)


def cases() -> list[Case]:
    """All."""
    power = played("ipmi/lanplus", _10_20_99_21=CELL_STRANGER, _10_20_99_60=PLC_1)
    about = by_ftp((b"SIZE fw.bin", b"213 9"), (b"MDTM fw.bin", b"213 20240101000000"), (b"LIST fw.bin", b"226 ok"))
    return [
        not_calm("IPMI 2.0, encrypted", power, RESET),
        not_calm("IPMI 2.0, encrypted, on another port", formed(other_port, power), RESET),
        not_calm("IPMI 2.0, encrypted, in fragments", formed(in_fragments(40), power), RESET),
        not_calm("IPMI 2.0, encrypted, answers only", formed(answers_only, power), RESET),
        not_calm("firmware put and refused", by_http(b"PUT /up/fw.bin", b"401 Unauthorized"), FIRMWARE),
        not_calm("firmware stored until the disk was full", by_ftp((b"STOR fw.bin", b"150 go\r\n552 full")), FIRMWARE),
        seen("firmware stored under another name", by_ftp(
            (b"STOR a.tmp", b"150 go\r\n226 ok"), (b"RNFR a.tmp", b"350 to"), (b"RNTO fw.bin", b"250 ok")), FIRMWARE),
        calm("firmware that the server does not take", by_ftp((b"STOR fw.bin", b"553 no")), FIRMWARE),
        calm("firmware that is asked about by FTP", about, FIRMWARE),
        unmoved("firmware that is asked about by HTTP", by_http(b"HEAD /fw.bin", b"200 OK"), FIRMWARE),
        unmoved("a program that is asked about", by_http(b"HEAD /x.exe", b"200 OK", ON_THE_INTERNET), PROGRAM),
        unmoved("a model that is asked about", by_http(b"HEAD /x.gguf", b"200 OK", ON_THE_INTERNET), MODEL),
        seen("a program that is fetched", by_http(b"GET /x.exe", b"200 OK", ON_THE_INTERNET), PROGRAM),
        seen("a model that is fetched", by_http(b"GET /x.gguf", b"200 OK", ON_THE_INTERNET), MODEL),
    ]  # fmt: skip
