"""``python -m tests.snapshots [NAME...]``: writes what the scans say now. Look at the diff before you commit it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.snapshots.scenes import SCENES, kept, text

for name in sys.argv[1:] or SCENES:
    with tempfile.TemporaryDirectory() as folder:
        kept(name).write_text(text(name, Path(folder)), encoding="utf-8")
