"""Messages of SMB 2 and 1, built, and what becomes of them."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable

from scanner.capture.read import read_capture
from scanner.capture.result import CaptureResult
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from tests.capture.files import pcap
from tests.capture.traffic import Talk
from tests.protocols.understanding import operation_rows

TREE_CONNECT, CREATE, CLOSE, READ, WRITE, IOCTL, SET_INFO = 3, 5, 6, 8, 9, 11, 17
RELATED = bytes([0xFF]) * 16
READS, WRITES, DELETES, LOOKS = 0x00120089, 0x00120196, 0x00010080, 0x00000080  # rights
OPEN, MAKE, OPEN_OR_MAKE, OVERWRITE = 1, 2, 3, 5

Part = tuple[int, bytes, int]
Row = tuple[str, str, str, int, int]


def header(command: int, body: bytes, following: int = 0, **more: int) -> bytes:
    """answer, status, number, tree, flags beside those of an answer."""
    flags = more.get("answer", 0) | more.get("flags", 0)
    start = struct.pack("<HHIHHIIQ", 64, 1, more.get("status", 0), command, 1, flags, following, more.get("number", 7))
    return b"\xfeSMB" + start + struct.pack("<IIQ", 0, more.get("tree", 1), more.get("session", 9)) + bytes(16) + body


def message(*parts: Part, answer: bool = False, **more: int) -> bytes:
    """(command, body, status) each; every one but the last says where the next begins, and is related to it."""
    data = b""
    for place, (command, body, status) in enumerate(parts):
        padded = body + bytes(-len(body) % 8)
        following = 0 if place == len(parts) - 1 else 64 + len(padded)
        flags = more.get("flags", 4 if place else 0)
        data += header(command, padded, following, **(more | {"answer": answer, "status": status, "flags": flags}))
    return struct.pack(">I", len(data)) + data


def connect(share: str = r"\\10.0.0.2\Line2") -> Part:
    text = share.encode("utf-16-le")
    return TREE_CONNECT, struct.pack("<HHHH", 9, 0, 72, len(text)) + text, 0


def create(
    options: int = 0, name: str = "recipe.txt", access: int = 0x10000, how: int = OPEN, after: bytes = b""
) -> Part:
    text = name.encode("utf-16-le")
    body = struct.pack("<HBBIQQIIIII", 57, 0, 0, 2, 0, 0, access, 0, 7, how, options)
    return CREATE, body + struct.pack("<HHII", 120, len(text), 0, 0) + text + after, 0


def created(handle: bytes) -> Part:
    return CREATE, struct.pack("<HBBI", 89, 0, 0, 1) + bytes(56) + handle + bytes(8), 0


def read(handle: bytes = RELATED) -> Part:
    return READ, struct.pack("<HBBIQ", 49, 0, 0, 512, 0) + handle + bytes(17), 0


def write(handle: bytes = RELATED, size: int = 8) -> Part:
    return WRITE, struct.pack("<HHIQ", 49, 112, size, 0) + handle + bytes(16 + size), 0


def close(handle: bytes = RELATED) -> Part:
    return CLOSE, struct.pack("<HHI", 24, 0, 0) + handle, 0


def put(kind: int, number: int, value: bytes = b"\1", handle: bytes = RELATED) -> Part:
    return SET_INFO, struct.pack("<HBBIHHI", 33, kind, number, len(value), 96, 0, 0) + handle + value, 0


def rename(name: str, handle: bytes = RELATED, number: int = 10) -> Part:
    text = name.encode("utf-16-le")
    return put(1, number, bytes(16) + struct.pack("<I", len(text)) + text, handle)


def captured(*sent: tuple[bool, bytes | None], port: int = 445, client: str = "10.0.0.1") -> CaptureResult:
    """(from the server, message) each; None: something of that side is missing."""
    talk = Talk(client=(client, 50000), server=("10.0.0.2", port))
    for back, data in sent:
        talk.send(back, data or bytes(100), captured=data is not None)
    frames = [(1000, 1000 * i, frame, len(frame)) for i, frame in enumerate(talk.frames)]
    return read_capture(io.BytesIO(pcap(frames)), "test", framing_plan())


def rows(result: CaptureResult) -> Iterable[Row]:
    """(verb, object, detail, accepted, refused)."""
    understood = understand(result, protocols())
    assert not understood.defects
    found = [row for _, name, _, row in operation_rows(result, understood) if name == "smb"]
    return sorted(tuple(r[n] for n in ("verb", "object", "detail", "accepted", "refused")) for r in found)


def moved(*sent: tuple[bool, bytes | None], port: int = 445) -> list[Row]:
    """What is no session matter, in the order of the verbs."""
    return [row for row in rows(captured(*sent, port=port)) if row[0] != "session"]
