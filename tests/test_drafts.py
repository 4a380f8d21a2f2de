"""What a process that was killed left beside a place is put away by the next one that writes there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.drafts import draft
from scanner.exchanged import put_in_place
from scanner.facts.frames import Facts
from scanner.facts.saved import KEPT, load, save

WRITES = """
import sys, time
from pathlib import Path
from scanner.drafts import draft
with draft(Path(sys.argv[1]), "kept") as found:
    (found / "half").write_text("written")
    print(found, flush=True)
    time.sleep(60)
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing can be locked")


def killed(place: Path) -> Path:
    """What a process leaves that is killed while it writes; its drafts are not put away before that."""
    with subprocess.Popen([sys.executable, "-c", WRITES, str(place)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        left = Path(process.stdout.readline().strip())
        with draft(place, "kept"):
            assert (left / "half").exists()
        os.kill(process.pid, signal.SIGKILL)
    return left


def test_what_is_left_is_put_away(tmp_path: Path) -> None:
    left = killed(tmp_path / "facts [1]")
    assert (left / "half").exists()
    save(Facts({}, (), (), ""), tmp_path / "facts [1]")
    assert [p.name for p in tmp_path.iterdir()] == ["facts [1]"]
    assert load(tmp_path / "facts [1]").site == ""


def test_what_is_carried_over_comes_back(tmp_path: Path) -> None:
    place, left = tmp_path / "facts", tmp_path / ".facts.abc.part"
    save(Facts({}, (), (), ""), place)
    (left / KEPT).mkdir(parents=True)
    (left / KEPT / "one").touch()
    save(Facts({}, (), (), ""), place)
    assert (place / KEPT / "one").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["facts"]


def test_what_was_in_the_place_comes_back_where_nothing_took_it(tmp_path: Path) -> None:
    place, before = tmp_path / "facts", tmp_path / ".facts.abc.part.before"
    before.mkdir()
    (before / "old").touch()
    others = {".facts.old.abc.part.before", ".facts.other"}
    for other in others:
        (tmp_path / other).mkdir()
    with draft(place, "kept") as found:
        assert (place / "old").exists()
        put_in_place(found, place)
    assert {p.name for p in tmp_path.iterdir()} == {"facts", *others}
