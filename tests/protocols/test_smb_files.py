"""Names of files that SMB moves: by handles, shares, compounded requests, renaming; and what is no file."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from tests.protocols.smb_messages import (
    CREATE,
    DELETES,
    IOCTL,
    LOOKS,
    MAKE,
    OPEN,
    OVERWRITE,
    READS,
    WRITES,
    Part,
    captured,
    close,
    connect,
    create,
    created,
    message,
    moved,
    put,
    read,
    rename,
    rows,
    write,
)

CAPTURES = Path("fixtures/captures/smb")
ONE, TWO = (bytes([n]) * 16 for n in (1, 2))
DENIED, NO_SUCH, PENDING = 0xC0000022, 0xC0000034, 0x103
GOOD = bytes(16)


def asked(number: int, *parts: Part, **more: int) -> tuple[bool, bytes]:
    return False, message(*parts, number=number, **more)


def answered(number: int, *parts: Part, **more: int) -> tuple[bool, bytes]:
    return True, message(*parts, number=number, answer=True, **more)


def exchange(number: int, part: Part, answer: Part | None = None, **more: int) -> list[tuple[bool, bytes]]:
    return [asked(number, part, **more), answered(number, answer or (part[0], GOOD, 0), **more)]


def opened(number: int, handle: bytes, name: str, access: int = READS, how: int = OPEN, **more: int) -> list:
    return exchange(number, create(0, name, access, how), created(handle), **more)


LINE2 = exchange(1, connect())


def test_what_is_read_and_written_is_called_by_the_name_it_was_opened_by():
    sent = [
        *LINE2,
        *opened(2, ONE, "recipes\\day.csv"),
        *opened(3, TWO, "Line2.s7p", WRITES, OVERWRITE),
        *(e for n in range(5) for e in exchange(10 + n, read(ONE))),
        *(e for n in range(3) for e in exchange(20 + n, write(TWO))),
    ]
    assert moved(*sent) == [
        ("file-read", "Line2\\recipes\\day.csv", "", 5, 0),
        ("file-write", "Line2\\Line2.s7p", "", 1, 0),
        ("file-write", "Line2\\Line2.s7p", "", 3, 0),
    ]


def test_a_file_that_is_opened_every_second_is_one():
    sent = [*LINE2]
    for n in range(300):
        handle = struct.pack("<QQ", n, n)
        sent += [*opened(10 + 3 * n, handle, "level.csv"), *exchange(11 + 3 * n, read(handle))]
        sent += exchange(12 + 3 * n, close(handle))
    result = captured(*sent)
    assert len(result.messages) < 12
    assert ("file-read", "Line2\\level.csv", "", 300, 0) in rows(result)


@pytest.mark.parametrize("port", [445, 139, 4450])
def test_on_any_port(port):
    sent = [*LINE2, *opened(2, ONE, "setup.exe"), *exchange(3, read(ONE))]
    assert moved(*sent, port=port) == [("file-read", "Line2\\setup.exe", "", 1, 0)]


def test_a_handle_given_again_means_the_later_file():
    sent = [
        *LINE2,
        *opened(2, ONE, "a.csv"),
        *exchange(3, read(ONE)),
        *opened(4, ONE, "b.exe"),
        *exchange(5, read(ONE)),
    ]
    assert [row[1] for row in moved(*sent)] == ["Line2\\a.csv", "Line2\\b.exe"]


@pytest.mark.parametrize("last", [close(ONE), None])
def test_what_is_not_known_has_no_name(last):
    """Closed, or opened before the capture began, or in another session."""
    before = [*LINE2, *opened(2, ONE, "a.csv"), *exchange(3, last)] if last else []
    assert moved(*before, *exchange(4, read(ONE))) == [("file-read", "", "", 1, 0)]
    other = exchange(5, read(ONE), session=77)
    assert moved(*LINE2, *opened(2, ONE, "a.csv"), *other) == [("file-read", "", "", 1, 0)]


def test_the_share_may_be_unknown():
    assert moved(*opened(2, ONE, "setup.exe"), *exchange(3, read(ONE))) == [("file-read", "setup.exe", "", 1, 0)]


@pytest.mark.parametrize("half", [False, True])
def test_only_one_side(half):
    """Requests alone tell what is made by its name, and that something is read and written; answers only the latter."""
    sent = [*LINE2, *opened(2, ONE, "Line2.s7p", WRITES, OVERWRITE), *exchange(3, write(ONE))]
    found = moved(*(e for e in sent if e[0] is half))
    if half:
        assert {(verb, name) for verb, name, *_ in found} == {("file-write", "")}
    else:
        assert {(verb, name) for verb, name, *_ in found} == {("file-write", "Line2.s7p"), ("file-write", "")}


@pytest.mark.parametrize("missing", [2, 3])
def test_an_opening_that_was_lost(missing):
    """Of which the request or the answer was not captured: nobody knows what was read."""
    sent = [*LINE2, *opened(2, ONE, "setup.exe"), *exchange(3, read(ONE))]
    lost = [(back, None if place == missing else data) for place, (back, data) in enumerate(sent)]
    assert moved(*lost, *exchange(9, read(TWO))) == [("file-read", "", "", 2, 0)]


def test_an_answer_that_comes_late():
    sent = [*LINE2, asked(2, create(0, "setup.exe", READS))]
    sent += [answered(2, (CREATE, bytes(8), PENDING), flags=2), answered(2, created(ONE), flags=2)]
    assert moved(*sent, *exchange(3, read(ONE))) == [("file-read", "Line2\\setup.exe", "", 1, 0)]


@pytest.mark.parametrize("status", [DENIED, NO_SUCH])
def test_what_is_refused_moves_nothing(status):
    refused = exchange(2, create(0, "setup.exe", READS), (CREATE, bytes(8), status))
    assert moved(*LINE2, *refused) == []
    refused = exchange(2, create(0, "setup.exe", WRITES, MAKE), (CREATE, bytes(8), status))
    assert moved(*LINE2, *refused) == [("file-write", "Line2\\setup.exe", "", 0, 1)]


def test_looking_is_no_reading():
    """At directories and attributes: names are not even told apart."""
    sent = [*LINE2]
    for n in range(100):
        handle = struct.pack("<QQ", n, n)
        options, access = (1, READS) if n % 2 else (0, LOOKS)
        sent += exchange(10 + 2 * n, create(options, f"{n}.exe", access), created(handle))
        sent += exchange(11 + 2 * n, (16, struct.pack("<HBBI", 41, 1, 18, 0) + bytes(16) + handle, 0))
    result = captured(*sent)
    assert len(result.messages) < 12
    assert {(verb, name) for verb, name, *_ in rows(result) if verb not in ("session", "read")} == set()
    assert moved(*sent, *exchange(500, read(struct.pack("<QQ", 4, 4))))[0][:2] == ("file-read", "")


def test_pipes_are_no_files():
    sent = [*exchange(1, connect("\\\\10.0.0.2\\IPC$")), *opened(2, ONE, "svcctl", READS | WRITES)]
    sent += [*exchange(3, write(ONE)), *exchange(4, read(ONE))]
    assert {row[:2] for row in moved(*sent)} == {("unknown", "IPC$\\svcctl")}


def test_renamed_behind_the_upload():
    sent = [*LINE2, *opened(2, ONE, "x.tmp", WRITES | DELETES, MAKE), *exchange(3, write(ONE))]
    sent += exchange(4, rename("Line2.s7p", ONE))
    assert ("file-write", "Line2\\Line2.s7p", "FileRenameInformation", 1, 0) in moved(*sent)
    assert moved(*exchange(4, rename("Line2.s7p", ONE, 65)))[0][:3] == (
        *("file-write", "Line2.s7p"),
        "FileRenameInformationEx",
    )


@pytest.mark.parametrize(("value", "verb"), [(b"\1", "file-delete"), (b"\0", "configure")])
def test_deleted_or_not_after_all(value, verb):
    sent = [*LINE2, *opened(2, ONE, "old.s7p", DELETES), *exchange(3, put(1, 13, value, ONE))]
    assert moved(*sent) == [(verb, "Line2\\old.s7p", "FileDispositionInformation", 1, 0)]


def test_copied_by_the_server():
    control = struct.pack("<HHI", 57, 0, 0x001440F2) + ONE + bytes(32)
    sent = [*LINE2, *opened(2, ONE, "copy.exe", WRITES), *exchange(3, (IOCTL, control, 0))]
    assert moved(*sent) == [("file-write", "Line2\\copy.exe", "FSCTL_SRV_COPYCHUNK", 1, 0)]


def test_compounded():
    def all_of(number: int, name: str, handle: bytes, second: Part) -> list[tuple[bool, bytes]]:
        parts = (create(0, name, READS | WRITES), second, close())
        good = (created(handle), (second[0], GOOD, 0), (6, GOOD, 0))
        return [asked(number, *parts), answered(number, *good)]

    sent = [
        *LINE2,
        *all_of(2, "a.exe", ONE, read()),
        *all_of(3, "b.s7p", ONE, write()),
        *all_of(4, "c.csv", ONE, read()),
    ]
    assert moved(*sent) == [
        ("file-read", "Line2\\a.exe", "", 1, 0),
        ("file-read", "Line2\\c.csv", "", 1, 0),
        ("file-write", "Line2\\b.s7p", "", 1, 0),
    ]
    renamed = [*LINE2, *all_of(2, "x.tmp", ONE, rename("new.exe"))]
    assert moved(*renamed) == [("file-write", "Line2\\new.exe", "FileRenameInformation", 1, 0)]


def test_opened_with_another_request_and_read_later():
    parts = (create(0, "a.exe", READS), (16, struct.pack("<HBBI", 41, 1, 18, 0) + bytes(32), 0))
    sent = [*LINE2, asked(2, *parts), answered(2, created(ONE), (16, GOOD, 0)), *exchange(3, read(ONE))]
    assert ("file-read", "Line2\\a.exe", "", 1, 0) in moved(*sent)


def test_looking_compounded_is_folded():
    sent = [*LINE2]
    for n in range(100):
        parts = (create(0, f"{n}.exe", LOOKS), (16, struct.pack("<HBBI", 41, 1, 18, 0) + bytes(32), 0), close())
        sent += [asked(10 + n, *parts), answered(10 + n, created(ONE), (16, GOOD, 0), (6, GOOD, 0))]
    assert len(captured(*sent).messages) < 12


def test_unrelated_parts_have_no_name():
    parts = (create(0, "a.exe", READS), read(TWO), close())
    data = bytearray(message(*parts, number=2))
    second = 4 + struct.unpack_from("<I", data, 24)[0]
    data[second + 16] = 0
    assert moved(*LINE2, (False, bytes(data)))[0][:2] == ("file-read", "")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("setup.exe::$DATA", "Line2\\setup.exe"),
        ("a\u202egpj.exe", "Line2\\a gpj.exe"),
        ("\\\\setup.exe", "Line2\\setup.exe"),
        ("a/b/setup.exe", "Line2\\a\\b\\setup.exe"),
        ("\ud800\udc00.exe", "Line2\\\U00010000.exe"),
        ("a\r\n<b>.exe", "Line2\\a <b>.exe"),
        ("项目\\程序.s7p", "Line2\\项目\\程序.s7p"),
    ],
)
def test_names_are_fit_to_be_shown(name, shown):
    part = CREATE, create(0, "", READS)[1], 0
    text = name.encode("utf-16-le", "surrogatepass")
    part = CREATE, part[1][:46] + struct.pack("<H", len(text)) + part[1][48:] + text, 0
    sent = [*LINE2, *exchange(2, part, created(ONE)), *exchange(3, read(ONE))]
    assert moved(*sent) == [("file-read", shown, "", 1, 0)]


def test_the_end_of_a_long_name_is_shown():
    name = "\\".join(["folder"] * 60) + "\\setup.exe"
    ((_, shown, *_),) = moved(*LINE2, *opened(2, ONE, name), *exchange(3, read(ONE)))
    assert len(shown) <= 120
    assert shown.endswith("\\setup.exe")


@pytest.mark.parametrize(("offset", "length"), [(120, 60000), (0, 18), (65535, 18), (121, 0xFFFF)])
def test_names_that_are_not_there(offset, length):
    body = bytearray(create(0, "setup.exe", READS)[1])
    body[44:48] = struct.pack("<HH", offset, length)
    sent = [*LINE2, *exchange(2, (CREATE, bytes(body), 0), created(ONE)), *exchange(3, read(ONE))]
    assert moved(*sent) == [("file-read", "", "", 1, 0)]


def test_a_name_at_an_unusual_place():
    body = bytearray(create(0, "????????" + "setup.exe", READS)[1])
    body[44:48] = struct.pack("<HH", 136, 18)
    sent = [*LINE2, *exchange(2, (CREATE, bytes(body), 0), created(ONE)), *exchange(3, read(ONE))]
    assert moved(*sent) == [("file-read", "Line2\\setup.exe", "", 1, 0)]


def test_by_number_is_not_by_name():
    sent = [*LINE2, *exchange(2, create(0x2000, "abcd", READS), created(ONE)), *exchange(3, read(ONE))]
    assert moved(*sent) == [("file-read", "", "", 1, 0)]


def test_more_names_than_are_told_apart():
    sent = [*LINE2]
    for n in range(9000):
        handle = struct.pack("<QQ", n, n)
        sent += [*opened(10 + 2 * n, handle, f"{n}.csv"), *exchange(11 + 2 * n, read(handle))]
    result = captured(*sent)
    assert not result.info.limits
    found = [row for row in rows(result) if row[0] == "file-read"]
    assert len(found) == 8193
    assert ("file-read", "", "", 9000 - 8192, 0) in found


@pytest.mark.parametrize("kind", [0xFC, 0xFD])
def test_what_is_encrypted_or_compressed_is_not_read(kind):
    hidden = bytearray(message(read(ONE)))
    hidden[4] = kind
    assert moved(*LINE2, (False, bytes(hidden)), (True, bytes(hidden))) == []


def smb1(number: int, command: int, words: bytes, content: bytes = b"", *, answer: bool = False, **more: int) -> bytes:
    head = struct.pack("<BIBH", command, more.get("status", 0), 0x98 if answer else 0x18, 0xC001) + bytes(12)
    head = b"\xffSMB" + head + struct.pack("<HHHH", more.get("tree", 7), 1, 3, number)
    data = head + bytes((len(words) // 2,)) + words + struct.pack("<H", len(content)) + content
    return struct.pack(">I", len(data)) + data


def opened_1(number: int, name: str, handle: int) -> list[tuple[bool, bytes]]:
    text = name.encode("utf-16-le")
    words = struct.pack("<BBHBHIIIQIIIIIB", 0xFF, 0, 0, 0, len(text), 0, 0, READS, 0, 0, 7, OPEN, 0, 2, 0)
    answer = struct.pack("<BBHBHI", 0xFF, 0, 0, 0, handle, 1) + bytes(57)
    return [
        (False, smb1(number, 0xA2, words, b"\0" + text + b"\0\0")),
        (True, smb1(number, 0xA2, answer, answer=True)),
    ]


def read_1(number: int, handle: int, command: int = 0x2E) -> list[tuple[bool, bytes]]:
    words = (b"\xff\0\0\0" if command == 0x2E else b"") + struct.pack("<H", handle) + bytes(16)
    return [(False, smb1(number, command, words)), (True, smb1(number, command, bytes(24), answer=True))]


def test_numbers_of_files_are_given_again_in_smb_1():
    sent = [*opened_1(1, "\\a.csv", 0x4001), *read_1(2, 0x4001), *opened_1(3, "\\b.exe", 0x4001), *read_1(4, 0x4001)]
    sent += read_1(5, 0x4001, 0x0A)
    sent += [(False, smb1(6, 0x04, struct.pack("<H", 0x4001) + bytes(4))), (True, smb1(6, 0x04, b"", answer=True))]
    assert moved(*sent, *read_1(7, 0x4001)) == [
        ("file-read", "", "", 1, 0),
        ("file-read", "a.csv", "", 1, 0),
        ("file-read", "b.exe", "", 1, 0),
        ("file-read", "b.exe", "", 1, 0),
    ]


def test_a_number_of_smb_1_is_not_believed_behind_a_loss():
    sent = [*opened_1(1, "\\a.csv", 0x4001), (True, None), (False, None), *read_1(2, 0x4001), *read_1(3, 0x4001)]
    found = moved(*sent, *read_1(4, 0x4001))
    assert next(row[1] for row in found if row[3]) == ""


def test_a_chained_request_of_smb_1_has_no_name():
    text = "\\a.exe".encode("utf-16-le")
    words = struct.pack("<BBHBHIIIQIIIIIB", 0x2E, 0, 200, 0, len(text), 0, 0, READS, 0, 0, 7, OPEN, 0, 2, 0)
    assert moved((False, smb1(1, 0xA2, words, b"\0" + text + b"\0\0"))) == [("file-read", "", "", 0, 0)]


@pytest.mark.parametrize(
    ("command", "content", "row"),
    [
        (0x06, "\4\\old.s7p\0", ("file-delete", "old.s7p")),
        (0x07, "\4\\x.tmp\0|\4\\new.s7p\0", ("file-write", "new.s7p")),
        (0x0F, "\4\\new.exe\0", ("file-write", "new.exe")),
    ],
)
def test_commands_with_names_in_smb_1(command, content, row):
    words = bytes(6 if command == 0x0F else 2)
    data = b""
    for part in content.split("|"):
        data += bytes(len(data) & 1) + part[:1].encode() + part[1:].encode("utf-16-le")
    if command == 0x07:  # the second name begins at an even place of the message
        first, second = (p[1:].encode("utf-16-le") for p in content.split("|"))
        data = b"\4" + first + b"\4" + b"\0" + second
    assert moved((False, smb1(1, command, words, data)))[0][:2] == row


@pytest.mark.parametrize("dialect", ["samba_smb3", "samba_smb1"])
def test_the_same_work_in_every_dialect(dialect):
    """Fetched, sent and renamed, sent to a folder and fetched again, deleted there; refused; a pipe."""
    with (CAPTURES / f"{dialect}.pcap").open("rb") as file:
        found = rows(read_capture(file, dialect, framing_plan()))
    assert {(v, name.casefold(), bool(good)) for v, name, _, good, _ in found if v.startswith("file")} == {
        ("file-read", "line2\\recipe.csv", True),
        ("file-write", "line2\\upload.tmp", True),
        ("file-write", "line2\\line2.acd", True),
        ("file-write", "line2\\projects", True),
        ("file-write", "line2\\projects\\line2.s7p", True),
        ("file-read", "line2\\projects\\line2.s7p", True),
        ("file-delete", "line2\\projects\\line2.s7p", True),
        ("file-delete", "line2\\projects", True),
        ("file-read", "kept\\firmware.bin", True),
        ("file-write", "kept\\firmware.bin", False),
    }


def test_nothing_is_told_of_an_encrypted_session():
    with (CAPTURES / "samba_encrypted.pcap").open("rb") as file:
        found = rows(read_capture(file, "encrypted", framing_plan()))
    assert {row[0] for row in found} == {"session", "authenticate"}


@pytest.mark.parametrize(("name", "share"), [("samba_encrypted", 0.6), ("samba_smb3", 0), ("samba_smb1", 0)])
def test_how_much_of_it_is_encrypted(name, share):
    with (CAPTURES / f"{name}.pcap").open("rb") as file:
        (flow,) = capture_facts(read_capture(file, name, framing_plan()), protocols())["flows"].to_dicts()
    sent, hidden = (sum(flow[f"{end}_{what}"] for end in ("client", "server")) for what in ("bytes", "encrypted"))
    assert hidden / sent == pytest.approx(share, abs=0.1)
