"""``python -m tests.fuzz SECONDS [NAME]``: fuzz every target, or those whose name holds NAME, for so long in all.

What fails is written to tests/fuzz/found/, to be mended and committed: the test suite tries it from then on.
"""

from __future__ import annotations

import hashlib
import random
import sys
from pathlib import Path

from tests.fuzz.engine import Finding, Fuzz
from tests.fuzz.targets import targets

FOUND = Path(__file__).parent / "found"
ROUND = 0.25  # seconds for one target at one time


def main() -> int:
    """Fuzz; 1 when something was found."""
    seconds, wanted = float(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    seed = random.SystemRandom().randrange(1 << 32)
    chosen = [target for name, target in targets().items() if wanted in name]
    if not chosen:
        print(f"no target is called {wanted}")
        return 0 if wanted == "kernel" else 2
    print(f"{len(chosen)} targets, seed {seed}")
    under_way = [Fuzz(target, random.Random(f"{seed}{target.name}")) for target in chosen]
    each = min(ROUND, seconds / len(chosen))
    known: set[tuple[str, str]] = set()
    for fuzz in under_way:
        _report(fuzz.start(), known)
    left = seconds
    while left > 0:
        for fuzz in under_way:
            _report(fuzz.go_on(each), known)
        left -= each * len(under_way)
    runs, edges = sum(f.runs for f in under_way), sum(len(f.trace.edges) for f in under_way)
    print(f"{runs:,} runs, {edges:,} edges, {len(known)} found")
    return 1 if known else 0


def _report(findings: object, known: set[tuple[str, str]]) -> None:
    for finding in findings:  # type: ignore[attr-defined]
        assert isinstance(finding, Finding)
        kind = (finding.target, finding.what.partition(":")[0])
        if kind in known:
            continue
        known.add(kind)
        folder = FOUND / finding.target
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{hashlib.sha256(finding.data).hexdigest()[:16]}.bin"
        file.write_bytes(finding.data)
        print(f"{finding.target}: {finding.what[:200]} ({len(finding.data)} bytes, {file.name})")


sys.exit(main())
