"""A folder takes another's place whole, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanner import exchanged

WRITER = """
import sys
from pathlib import Path
from scanner.facts.frames import Facts, frame
from scanner.facts.saved import save
from scanner.facts.schema import TABLES

print("ready", flush=True)
number = 0
while True:
    number += 1
    rows = [{"role": f"r{number}", "member": str(n)} for n in range(3)]
    save(Facts({"roles": frame(TABLES["roles"], rows)}, site=f"r{number}"), Path(sys.argv[1]))
"""


@pytest.mark.parametrize("can_swap", [True, False])
def test_the_draft_takes_the_place_of_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, can_swap: bool
) -> None:
    if not can_swap:
        monkeypatch.setattr(exchanged, "_swapped", lambda *_: False)
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "said").write_text(name, "utf-8")
    exchanged.put_in_place(tmp_path / "new", tmp_path / "old")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old" / "said").read_text("utf-8") == "new"


def test_when_it_cannot_what_was_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanged, "_swapped", lambda *_: False)
    (tmp_path / "old").mkdir()
    (tmp_path / "draft").mkdir()
    usual = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.name == "draft":
            raise OSError(28, "No space left on device")
        return usual(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match="No space"):
        exchanged.put_in_place(tmp_path / "draft", tmp_path / "old")
    assert (tmp_path / "old").is_dir()


def _is_folder(handle: int) -> bool:
    return stat.S_ISDIR(os.fstat(handle).st_mode)


def test_files_and_folders_are_flushed_before_and_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    usual = Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: done.append("list" if _is_folder(handle) else "file"))
    monkeypatch.setattr(Path, "replace", lambda self, target: done.append("rename") or usual(self, target))
    (tmp_path / "draft").mkdir()
    (tmp_path / "draft" / "said").write_text("new", "utf-8")
    exchanged.put_in_place(tmp_path / "draft", tmp_path / "place")
    assert done[-2:] == ["rename", "list"]
    assert done[:2] == ["file", "list"]
    assert len(done) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="where folders are exchanged in one step")
def test_a_writer_that_is_killed_leaves_what_was_whole(tmp_path: Path) -> None:
    from scanner.facts.saved import load

    place = tmp_path / "facts"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(place)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        writer.stdout.readline()
        while not place.exists():
            time.sleep(0.01)
        for _ in range(20):
            time.sleep(0.013)
            assert place.is_dir()
        writer.send_signal(signal.SIGKILL)
    found = load(place)
    assert set(found["roles"]["role"]) == {found.site}
