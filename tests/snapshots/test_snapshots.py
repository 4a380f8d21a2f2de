"""A scan says what it said: every verdict, reason and piece of evidence. ``python -m tests.snapshots`` writes the files
anew; what changed in them has to be meant.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.snapshots.scenes import SCENES, kept, text


@pytest.mark.parametrize("name", SCENES)
def test_a_scan_says_what_it_said(name: str, tmp_path: Path) -> None:
    assert text(name, tmp_path).splitlines() == kept(name).read_text(encoding="utf-8").splitlines()
