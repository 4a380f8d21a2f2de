"""Configurations in gzip and ZIP files, and what is no such file."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import unpacked
from scanner.configs.chosen import chosen_dialects
from scanner.errors import Problem
from scanner.inputs import Input, InputKind, find_inputs, recognise
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


IOS = (FIXTURES / "ie3300" / "bad.cfg").read_bytes()


def tarred(mode: str, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in parts.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def found(path: Path, dialect: str = "") -> tuple[list[Input], list[Problem]]:
    problems: list[Problem] = []
    chosen = chosen_dialects((dialect,)) if dialect else None
    return list(find_inputs([str(path)], problems, dialects=chosen)), problems


@pytest.mark.parametrize("data", [zipped, lambda **p: tarred("w", **p), lambda **p: tarred("w:gz", **p)])
def test_every_configuration_of_an_archive_is_read(data: Any, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    path.write_bytes(data(core__sw1=TEXT, sw2=IOS, README__md=b"hello", notes=b"nothing\n", empty=b""))
    inputs, problems = found(path)
    assert [entry.source for entry in inputs] == [f"{path}/core/sw1", f"{path}/sw2"]
    read = [read_text_input(entry).facts for entry in inputs]
    assert [facts.tables["settings"]["dialect"][0] for facts in read] == ["huawei-vrp", "cisco-ios"]
    assert [str(p.what) for p in problems] == [
        "files in it are no device configuration, so not examined (3): README/md, notes, empty"
    ]


def test_documentation_in_an_archive_is_not_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in {"a.cfg": TEXT, "b.cfg": IOS, "README.md": b"x"}.items():
            archive.writestr(name, text)
    path.write_bytes(out.getvalue())
    inputs, problems = found(tmp_path)
    assert len(inputs) == 2
    assert problems == []


def test_one_configuration_in_a_tar_file(tmp_path: Path) -> None:
    path = tmp_path / "one.tgz"
    path.write_bytes(tarred("w:gz", only=IOS))
    inputs, problems = found(path)
    assert [entry.source for entry in inputs] == [f"{path}/only"]
    assert problems == []


def test_a_dialect_is_named_for_a_file_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tarred("w", one=IOS, **{"odd.txt": b"telnet server enable\n"}))
    inputs, problems = found(path, "*odd.txt=huawei-vrp")
    assert [(entry.source, entry.dialect) for entry in inputs] == [
        (f"{path}/one", ""),
        (f"{path}/odd.txt", "huawei-vrp"),
    ]
    assert problems == []


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_file_that_is_cut_off_says_so(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tarred(mode, one=IOS, two=os.urandom(40_000), three=TEXT)[:-30_000])
    inputs, problems = found(path)
    assert [entry.source for entry in inputs] == [f"{path}/one"]
    assert "a damaged or encrypted archive: what stands behind was not read" in [str(p.what) for p in problems]


@pytest.mark.parametrize("pack", [zipped, lambda **p: tarred("w:gz", **p)])
def test_a_bomb_is_not_unpacked(pack: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "MAX_UNPACKED", 300_000)
    path = tmp_path / "bomb"
    path.write_bytes(pack(one=IOS, two=IOS + b"! " + bytes([46]) * 400_000, three=IOS))
    inputs, problems = found(path)
    assert [entry.source for entry in inputs] == [f"{path}/one"]
    assert [str(p.what)[:22] for p in problems] == ["an archive of more tha"]


def test_an_archive_of_very_many_files_is_read_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "MAX_FILES", 3)
    path = tmp_path / "many.tar"
    path.write_bytes(tarred("w", **{f"sw{n}": IOS for n in range(5)}))
    inputs, problems = found(path)
    assert len(inputs) == 3
    assert len(problems) == 1


def test_links_and_folders_of_an_archive_are_no_files(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (("up", tarfile.SYMTYPE), ("pipe", tarfile.FIFOTYPE), ("folder", tarfile.DIRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("../../sw1")
        info.size = len(IOS)
        archive.addfile(info, io.BytesIO(IOS))
    inputs, problems = found(path)
    assert [entry.source for entry in inputs] == [f"{path}/../../sw1"]
    assert problems == []


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, 3_000), noise=st.binary(max_size=40), packed=st.booleans())
def test_no_archive_makes_it_fail(cut: int, noise: bytes, packed: bool) -> None:
    data = tarred("w:gz" if packed else "w", one=IOS, two=TEXT)
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data[:cut] + noise + data[cut + len(noise) :])
        unpacked.holds(Path(file.name), 1000, lambda _: True)
        unpacked.unpack(Path(file.name), 1000, 100, lambda _, __: True)


def test_captures_in_a_tar_file_are_not_taken_for_configurations(tmp_path: Path) -> None:
    path = tmp_path / "caps.tar.gz"
    path.write_bytes(tarred("w:gz", a=b"\xd4\xc3\xb2\xa1\x02\0\x04\0" + bytes(16)))
    inputs, _ = found(path)
    assert InputKind.CONFIGURATION not in [entry.kind for entry in inputs]
