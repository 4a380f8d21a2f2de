"""``scan --trust``: whether a server's certificates lead to an authority that was given."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fixtures.record.wire import Wire
from scanner.cli import main
from tests.trust.made import Made, made

ROOT = made("root", authority=True)
SUB = made("sub", ROOT, length=0)
SERVER = made("server", SUB)
FALSE = made("server", SUB, signer="foreign")


def record(kind: int, body: bytes) -> bytes:
    message = bytes((kind,)) + struct.pack(">I", len(body))[1:] + body
    return b"\x16\3\3" + struct.pack(">H", len(message)) + message


def listed(*chain: Made) -> bytes:
    each = b"".join(struct.pack(">I", len(one.der))[1:] + one.der for one in chain)
    return record(11, struct.pack(">I", len(each))[1:] + each)


HELLO = record(1, b"\3\3" + bytes(32) + b"\0\0\2\xc0\x2b\1\0")
CHOICE = record(2, b"\3\3" + bytes(32) + b"\0\xc0\x2b\0")


def recorded(folder: Path, *chains: tuple[Made, ...]) -> Path:
    with Wire(folder / "x.pcap") as wire:
        for chain in chains * 6:
            way = wire.tcp("10.1.0.9", "10.1.0.5", 443)
            way.client(HELLO)
            way.server(CHOICE + listed(*chain) + record(14, b""))
            way.close()
            wire.pause(15)
    return folder / "x.pcap"


def scan(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["scan", *map(str, arguments), "--fail-on", "never"])


def verdict(done: Result, report: Path) -> str:
    assert done.exit_code in (0, 3), done.output
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return next(rule["verdict"] for rule in found["rules"] if rule["rule"] == "certificate-not-trusted")


@pytest.mark.parametrize(
    ("chains", "wanted"),
    [
        ([(SERVER, SUB)], "pass"),
        ([(SERVER,)], "fail"),
        ([(FALSE, SUB)], "fail"),
        ([(FALSE, SUB), (SERVER, SUB)], "fail"),  # an impostor by the same names beside the server
        ([(SERVER, SUB), (FALSE, SUB)], "fail"),
    ],
)
def test_chains(tmp_path: Path, chains: list[tuple[Made, ...]], wanted: str) -> None:
    (tmp_path / "ca.pem").write_bytes(b"The plant's\n" + ROOT.pem)
    capture = recorded(tmp_path, *chains)
    done = scan(capture, "-q", "-o", tmp_path / "r.json", "--trust", tmp_path / "ca.pem")
    assert verdict(done, tmp_path / "r.json") == wanted


def test_saved_facts_are_judged_by_other_authorities(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(ROOT.pem)
    (tmp_path / "other.pem").write_bytes(made("other", authority=True).pem)
    capture = recorded(tmp_path, (SERVER, SUB))
    done = scan(capture, "-q", "--save-facts", tmp_path / "facts", "-o", tmp_path / "r.json")
    assert verdict(done, tmp_path / "r.json") == "no-evidence"
    for name, wanted in (("ca.pem", "pass"), ("other.pem", "fail")):
        done = scan("--facts", tmp_path / "facts", "-q", "-o", tmp_path / "r.json", "--trust", tmp_path / name)
        assert verdict(done, tmp_path / "r.json") == wanted


def test_a_file_that_holds_none_is_told(tmp_path: Path) -> None:
    capture = recorded(tmp_path, (SERVER, SUB))
    (tmp_path / "ca.pem").write_text("hello\n")
    done = scan(capture, "--trust", tmp_path / "ca.pem")
    assert "has no certificate in PEM" in done.output
    assert done.exit_code == 3
    (tmp_path / "ca.pem").write_bytes(ROOT.pem + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert "1 of its certificates cannot be read" in scan(capture, "--trust", tmp_path / "ca.pem").output
    assert scan(capture, "--trust", tmp_path / "none.pem").exit_code == 2
