"""Packs of rules: what is packed comes out, whatever else a zip may hold is refused in one line."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.cli import main
from scanner.engine.definitions import packs
from scanner.engine.definitions.packs import MANIFEST, SIGNATURE, packed, read_pack
from scanner.errors import DefinitionError
from tests.engine.engine_cases import RULE

ROOT = Path(__file__).parents[2]
CAPTURE = ROOT / "fixtures/captures/modbus/umas.pcap"
FILES = {"commands/a.yaml": b"id: a\n", "frameworks/house.yaml": "id: 家\n".encode()}


def pem() -> tuple[bytes, bytes]:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def refused(path: Path) -> str:
    with pytest.raises(DefinitionError) as error:
        read_pack(path)
    (problem,) = error.value.problems
    assert "\n" not in str(problem)
    return str(problem)


PATHS = st.from_regex(r"[a-z0-9_-]{1,8}(/[a-z0-9_-]{1,8}){0,3}\.yaml", fullmatch=True)


@given(st.dictionaries(PATHS, st.binary(max_size=200), max_size=6), st.booleans())
@settings(max_examples=40, deadline=None)
def test_what_is_packed_comes_out(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], signed: bool
) -> None:
    key = pem()[0] if signed else None
    path = tmp_path_factory.mktemp("pack") / "p.zip"
    path.write_bytes(packed("house", "1.2", files, key, None))
    pack = read_pack(path)
    assert (pack.name, pack.version, pack.files, bool(pack.signer)) == ("house", "1.2", files, signed)
    assert packed("house", "1.2", files, key, None) == path.read_bytes()


@given(st.integers(0, 2000), st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_no_changed_byte_changes_what_is_read(tmp_path_factory: pytest.TempPathFactory, at: int, by: int) -> None:
    """It is refused, or means nothing."""
    data = bytearray(packed("house", "1.2", FILES, _KEY, None))
    data[at % len(data)] ^= by
    path = tmp_path_factory.mktemp("pack") / "p.zip"
    path.write_bytes(data)
    try:
        pack = read_pack(path)
    except DefinitionError:
        return
    assert (pack.name, pack.version, pack.files) == ("house", "1.2", FILES)


_KEY = pem()[0]


@given(st.binary(max_size=3000))
@settings(max_examples=60, deadline=None)
def test_whatever_is_no_pack_is_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("pack") / "p.zip"
    path.write_bytes(data)
    refused(path)


def made(path: Path, change: Callable[[zipfile.ZipFile], None], files: dict[str, bytes] = FILES) -> Path:
    """A pack to which something is added that no packer adds."""
    path.write_bytes(packed("house", "1.2", files, None, None))
    with zipfile.ZipFile(path, "a") as archive:
        change(archive)
    return path


def entry(name: str, *, mode: int = 0o100644, kind: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr, info.create_system, info.compress_type = mode << 16, 3, kind
    return info


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("info", "told"),
    [
        (entry("../../etc/cron.yaml"), "is not a path inside of the pack"),
        (entry("/etc/cron.yaml"), "is not a path inside of the pack"),
        (entry("c:/cron.yaml"), "is not a path inside of the pack"),
        (entry("a\\b.yaml"), "is not a path inside of the pack"),
        (entry("a//b.yaml"), "is not a path inside of the pack"),
        (entry("./a.yaml"), "is not a path inside of the pack"),
        (entry("a\x1b[31m.yaml"), "is not a path inside of the pack"),
        (entry("link.yaml", mode=stat.S_IFLNK | 0o777), "is not a plain file"),
        (entry("pipe.yaml", mode=stat.S_IFIFO | 0o644), "is not a plain file"),
        (entry("commands/a.yaml"), "is in it twice"),
        (entry("COMMANDS/A.yaml"), "is in it twice"),
        (entry("b.yaml", kind=zipfile.ZIP_LZMA), "is compressed in a way that is not read"),
        (entry("more.yaml"), "is not in its list of files"),
    ],
)  # fmt: skip
def test_what_no_packer_makes_is_refused(tmp_path: Path, info: zipfile.ZipInfo, told: str) -> None:
    path = made(tmp_path / "p.zip", lambda archive: archive.writestr(info, b"id: x"))
    text = refused(path)
    assert told in text
    assert "\x1b" not in text


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed("house", "1.2", FILES, None, None))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 8] |= 1
    (tmp_path / "p.zip").write_bytes(data)
    assert "is encrypted" in refused(tmp_path / "p.zip")


def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST_BYTES", 1 << 20)
    (tmp_path / "p.zip").write_bytes(packed("house", "1.2", {"a.yaml": bytes(2 << 20)}, None, None))
    assert "holds more than 1,048,576 bytes" in refused(tmp_path / "p.zip")


def test_a_size_that_is_not_true_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed("house", "1.2", {"a.yaml": bytes(100_000)}, None, None))
    directory = data.index(b"PK\x01\x02", data.index(b"a.yaml"))
    directory = (
        data.index(b"PK\x01\x02", directory + 4) if b"a.yaml" not in data[directory : directory + 60] else directory
    )
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    (tmp_path / "p.zip").write_bytes(data)
    refused(tmp_path / "p.zip")


def test_very_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST_FILES", 3)
    (tmp_path / "p.zip").write_bytes(packed("house", "1.2", {f"{n}.yaml": b"" for n in range(9)}, None, None))
    assert "holds more than 3 files" in refused(tmp_path / "p.zip")


def rewritten(path: Path, changes: dict[str, bytes | None]) -> Path:
    """The pack with other contents under some names."""
    with zipfile.ZipFile(path) as old:
        whole = {name: old.read(name) for name in old.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in (whole | changes).items():
            if content is not None:
                archive.writestr(name, content)
    path.write_bytes(out.getvalue())
    return path


def test_what_was_altered_is_refused(tmp_path: Path) -> None:
    def pack() -> Path:
        (tmp_path / "p.zip").write_bytes(packed("house", "1.2", FILES, _KEY, None))
        return tmp_path / "p.zip"

    assert "'commands/a.yaml' is not what was packed" in refused(rewritten(pack(), {"commands/a.yaml": b"id: b\n"}))
    assert "is missing" in refused(rewritten(pack(), {"commands/a.yaml": None}))
    assert "holds no otaudit-pack.json" in refused(rewritten(pack(), {MANIFEST: None}))
    newer = read_pack(pack()).manifest.replace(b'"1.2"', b'"1.3"')
    assert "its signature does not fit" in refused(rewritten(pack(), {MANIFEST: newer}))
    assert "its signature does not fit" in refused(rewritten(pack(), {SIGNATURE: b"{}"}))
    other = json.dumps(
        {"public_key": base64.b64encode(bytes(32)).decode(), "signature": base64.b64encode(bytes(64)).decode()}
    )
    assert "its signature does not fit" in refused(rewritten(pack(), {SIGNATURE: other.encode()}))
    assert read_pack(rewritten(pack(), {SIGNATURE: None})).signer == ""  # which is told wherever it is used


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"otaudit_pack": 1, "name": "../x", "version": "1", "files": {}}',
        b'{"otaudit_pack": 2, "name": "x", "version": "1", "files": {}}',
        b'{"otaudit_pack": 1, "name": "x", "version": 1, "files": {}}',
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "p.zip").write_bytes(packed("house", "1.2", {}, None, None))
    assert "is not a list of files" in refused(rewritten(tmp_path / "p.zip", {MANIFEST: manifest}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "Plant Rules"
    (place / "commands").mkdir(parents=True)
    (place / "commands/writes-are-allowed.yaml").write_text(RULE, encoding="utf-8")
    (place / "README.md").write_text("notes", encoding="utf-8")
    return place


def test_a_pack_is_made_verified_and_judged_by(folder: Path, tmp_path: Path) -> None:
    private, public = pem()
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "pub.pem").write_bytes(public)
    pack = tmp_path / "plant.zip"
    done = run("rules", "pack", folder, "-o", pack, "--version", "1.2", "--sign", tmp_path / "key.pem")
    assert done.exit_code == 0, done.output
    assert run("rules", "verify", pack, "--key", tmp_path / "pub.pem").exit_code == 0
    (tmp_path / "other.pem").write_bytes(pem()[1])
    assert run("rules", "verify", pack, "--key", tmp_path / "other.pem").exit_code == 1
    results = tmp_path / "r.json"
    run("scan", CAPTURE, "--rules", pack, "-o", results, "-o", tmp_path / "r.txt", "-q")
    loaded = json.loads(results.read_text(encoding="utf-8"))
    (rule,) = [r for r in loaded["rules"] if r["rule"] == "writes-are-allowed"]
    signer = hashlib.sha256(base64.b64decode(public.split(b"\n")[1])[-32:]).hexdigest()
    assert rule["origin"] == f"plant-rules 1.2, signed by {signer[:32]}"
    assert rule["family"] == "commands"
    assert f"{rule['origin']}/{MANIFEST}" in loaded["basis"]["own"]
    assert f"plant-rules 1.2, signed by {signer[:32]}" in (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert run("verify", results, "--rules", pack).exit_code == 0
    again = run("rules", "pack", folder, "-o", pack, "--version", "1.3")
    assert "plant-rules 1.3, not signed" in again.stdout
    assert run("rules", "verify", pack).exit_code == 1
    assert run("verify", results, "--rules", pack).exit_code == 1


def test_mistakes_are_told_before_anything_is_packed(folder: Path, tmp_path: Path) -> None:
    pack = tmp_path / "plant.zip"
    (tmp_path / "no.pem").write_text("no key", encoding="utf-8")
    told = run("rules", "pack", folder, "-o", pack, "--version", "1.2", "--sign", tmp_path / "no.pem")
    assert (told.exit_code, "is no Ed25519 private key" in told.output) == (2, True)
    assert run("rules", "pack", folder, "-o", pack, "--version", "1 2").exit_code == 2
    assert run("rules", "pack", folder, "-o", tmp_path / "plant.tar", "--version", "1").exit_code == 2
    (folder / "commands/wrong.yaml").write_text("id: wrong", encoding="utf-8")
    assert "key 'title' is missing" in run("rules", "pack", folder, "-o", pack, "--version", "1").output
    assert not pack.exists()


def test_a_pack_among_the_inputs_is_no_input(folder: Path, tmp_path: Path) -> None:
    plant = tmp_path / "plant"
    plant.mkdir()
    (plant / "umas.pcap").write_bytes(CAPTURE.read_bytes())
    assert run("rules", "pack", folder, "-o", plant / "p.zip", "--version", "1").exit_code == 0
    done = run("scan", plant, "--rules", plant / "p.zip", "-o", tmp_path / "r.json")
    assert done.exit_code == 1
    assert "not recognised" not in done.output
