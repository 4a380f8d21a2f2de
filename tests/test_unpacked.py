"""Configurations in gzip and ZIP files, and what is no such file."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from scanner.inputs import Input, InputKind, recognise
from scanner.reading import read_text_input
from scanner.unpacked import only_file
from tests.configs.dialect_cases import FIXTURES

_MOST = 1 << 20
TEXT = (FIXTURES / "s5735" / "bad.cfg").read_bytes() + b"\0"


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


@pytest.mark.parametrize("data", [gzip.compress(TEXT), zipped(vrpcfg=TEXT), zipped(flash__=b"", flash__vrpcfg=TEXT)])
def test_the_only_file_is_unpacked(data: bytes, tmp_path: Path) -> None:
    assert only_file(data, _MOST) == TEXT
    path = tmp_path / "vrpcfg.zip"
    path.write_bytes(data)
    assert recognise(path, "vrpcfg.zip") is InputKind.CONFIGURATION
    plain = tmp_path / "vrpcfg.cfg"
    plain.write_bytes(TEXT)
    packed, same = (
        read_text_input(Input(InputKind.CONFIGURATION, "a", one)).facts.tables["settings"] for one in (path, plain)
    )
    assert packed.equals(same)


@pytest.mark.parametrize(
    "data",
    [
        zipped(a=TEXT, b=TEXT),
        zipped(),
        gzip.compress(os.urandom(9_000))[:-4_000],
        gzip.compress(TEXT)[:-12],
        zipped(a=TEXT)[:200],
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        TEXT,
    ],
)
def test_what_is_no_single_whole_file_is_none(data: bytes) -> None:
    assert only_file(data, _MOST) is None


def test_no_more_is_unpacked_than_asked_for() -> None:
    for data in (gzip.compress(bytes(50 << 20)), zipped(a=bytes(50 << 20))):
        assert only_file(data, 1000) == bytes(1001)


def test_a_capture_in_gzip_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap.gz"
    path.write_bytes(gzip.compress(b"\xd4\xc3\xb2\xa1\x02\0\x04\0" + bytes(16)))
    assert recognise(path, "a.pcap.gz") is InputKind.CAPTURE
