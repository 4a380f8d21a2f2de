from __future__ import annotations

from pathlib import Path

import pytest

from scanner.assets import oui
from scanner.assets.oui import vendors


@pytest.mark.parametrize(
    ("mac", "vendor"),
    [
        ("00:1b:1b:01:02:03", "Siemens AG"),
        ("00:a0:45:01:00:21", "PHOENIX CONTACT Electronics GmbH"),
        ("f8:1d:78:30:01:02", "Shanghai Sun Telecommunication Co., Ltd."),  # 28 bits
        ("70:b3:d5:00:1a:bc", "SOREDI touch systems GmbH"),  # 36 bits
        ("02:1b:1b:01:02:03", ""),  # locally administered
        ("01:80:c2:00:00:0e", ""),  # a group address
        ("ff:ff:ff:ff:ff:ff", ""),
    ],
)
def test_longest_registered_prefix(mac: str, vendor: str) -> None:
    assert vendors([mac]) == {mac: vendor}


def test_what_was_built_is_what_scapy_ships(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(oui, "_FOLDER", tmp_path)
    assert not oui.known()
    built = oui.compiled()
    (tmp_path / oui.NAME).write_bytes(built)
    lines = oui.known()
    assert len(lines) > 30_000
    assert lines == oui._decoded()
    assert lines == sorted(lines)


@pytest.mark.parametrize("spoil", [lambda b: b"0" + b[1:], lambda b: b[:0], lambda b: b[:64] + b"\xff" + b[64:]])
def test_what_was_built_of_another_scapy_or_damaged_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoil: object
) -> None:
    monkeypatch.setattr(oui, "_FOLDER", tmp_path)
    (tmp_path / oui.NAME).write_bytes(spoil(oui.compiled()))  # type: ignore[operator]
    assert not oui.known()
    oui._lines.cache_clear()
    assert oui._lines()
