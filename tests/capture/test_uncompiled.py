"""The first stages of the kernel are plain Python too: uncompiled, they find the same."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import scanner
from scanner.capture.files.containers import open_capture
from scanner.capture.kernel.decode.layers import Decoder
from scanner.capture.kernel.decode.packet import Packet
from tests.capture.test_containers import SEEDS
from tests.capture.test_layers import CORPUS, seen

FIELDS = (
    *("trouble", "category", "number", "has_macs", "source_mac", "target_mac", "vlan", "ethertype", "tunnel", "more"),
    "returned",
    *("tunnel_way",),
    *("tunnel_id", "tunnel_family", "tunnel_source_low", "source_port", "sequence", "flags", "binding", "binding_mac"),
)


def picture() -> str:
    """Everything that records and frames of the other tests give, as text."""
    lines = []
    for link, data in CORPUS:
        packet = Packet()  # some fields are only valid with others, so none may be left over
        for size, wire in ((len(data), -1), (len(data) * 2 // 3, len(data))):
            Decoder().decode_one(packet, data[:size], link, wire)
            lines.append(repr([seen(packet), *(int(getattr(packet, name)) for name in FIELDS)]))
    for seed in SEEDS:
        with open_capture(io.BytesIO(seed), "x") as source:
            rows = [row for chunk in source.chunks() for row in chunk.index.rows()]
        lines.append(repr((rows, source.info)))
    return "\n".join(lines)


def test_uncompiled_stages_find_the_same(tmp_path: Path) -> None:
    pytest.importorskip("cython")
    root = Path(scanner.__file__).parent
    shutil.copytree(root, tmp_path / "scanner", ignore=shutil.ignore_patterns("*.so", "*.pyd", "*.c", "__pycache__"))
    script = tmp_path / "picture.py"
    script.write_text(
        "import sys\n"
        f"sys.path.append({str(Path(__file__).parents[2])!r})\n"
        "import scanner.capture.kernel.decode.layers as layers\n"
        "assert layers.__file__.endswith('.py'), layers.__file__\n"
        "from tests.capture.test_uncompiled import picture\n"
        "print(picture())\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    theirs, ours = done.stdout.splitlines(), picture().splitlines()
    assert len(ours) > 500
    assert theirs == ours
