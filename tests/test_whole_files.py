"""A file is written whole or not at all, and so are several."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.whole_files import write_all, write_whole


def _broken() -> Iterator[bytes]:
    yield b"half"
    raise OSError("no space left")


def test_what_was_there_stays_until_all_is_written(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    with pytest.raises(OSError, match="no space"):
        write_all({one: [b"new"], two: _broken()})
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "two"]
    write_all({one: [b"n", b"ew"], two: [b"two"]})
    assert (one.read_bytes(), two.read_bytes()) == (b"new", b"two")


def test_permissions_stay_and_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"1")
    real.chmod(0o600)
    link.symlink_to(real)
    write_whole(link, [b"2"])
    assert link.is_symlink()
    assert real.read_bytes() == b"2"
    assert real.stat().st_mode & 0o777 == 0o600
