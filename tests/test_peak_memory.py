"""The memory of a process is its own, whoever started it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scanner.peak_memory import peak_memory

ASKS = "from scanner.peak_memory import peak_memory; print(peak_memory())"
HELD = 256 << 20  # bytes


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process is said to have what its parent had")
def test_a_small_process_of_a_large_one_is_small() -> None:
    large = bytearray(b"x" * HELD)
    done = subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) < len(large)
    assert peak_memory() >= len(large)


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process is said to have what its parent had")
def test_what_it_started_counts_once_it_has_ended() -> None:
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'b\"x\" * {HELD}'], check=True); {ASKS}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= HELD
