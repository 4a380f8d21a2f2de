"""Memory and time that each format takes for a very large result, beside what an empty one takes.

``python -m benchmarks.reports [findings]``: 100,000 findings with two pieces of evidence each, and as many operations,
made when somebody asks for them, as the engine does. Each format is written by a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from scanner.peak_memory import peak_memory
from scanner.report import formats, write
from scanner.results.model import (
    Coverage,
    Evidence,
    Finding,
    OperationRow,
    Results,
    RuleResult,
    Run,
    Severity,
    Status,
    Verdict,
)
from scanner.results.publications import End, Seen
from scanner.results.rows import Lazy

FINDINGS = 100_000
_TIMES = "2026-01-01T08:00:00Z", "2026-01-01T09:00:00.25Z"


def results(findings: int) -> Results:
    """One rule with so many findings, and so many operations."""
    rule = RuleResult(
        rule="writes-are-allowed",
        title={"en": "Writes are allowed", "zh": "写入均获许可"},
        description={"en": "Writes follow the policy."},
        severity=Severity.HIGH,
        verdict=Verdict.FAIL if findings else Verdict.PASS,
        reason={"en": f"{findings * 2:,} of {findings * 3:,} operations failed."},
        coverage=Coverage(subjects=findings * 3, failing=findings * 2, failing_findings=findings),
        findings=Lazy(findings, lambda start, stop: map(_finding, range(start, stop))),
    )
    seen = Lazy(findings, lambda start, stop: map(_operation, range(start, stop)))
    run = Run("2026-01-01T10:00:00Z", 1.0, "0.1.0")
    empty = Results("plant", "default", run, (), (), (), (), (), (), ())
    return replace(empty, rules=(rule,), operations=seen)


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _finding(number: int) -> Finding:
    client = _address(number)
    evidence = tuple(
        Evidence(
            "plant.pcap",
            frames=(number, number + place),
            first_time=_TIMES[0],
            last_time=_TIMES[1],
            count=2,
            client=client,
            server="10.0.1.5",
            port=502,
            protocol="modbus",
            message={"en": f"Write Multiple Registers, unit 1, holding register {number}"},
            filter=f"ip.addr == {client} && modbus.func_code == 16",
        )
        for place in range(2)
    )
    message = {"en": f"{client} wrote to 10.0.1.5 4 times", "zh": f"{client} 向 10.0.1.5 写入 4 次"}
    subject = {"client": client, "server": "10.0.1.5"}
    return Finding(f"{number:016x}", Status.FAIL, Severity.HIGH, subject, message, evidence, proofs=2)


def _operation(number: int) -> OperationRow:
    client = _address(number)
    return OperationRow(
        verb="write",
        changes=False,
        protocol="modbus",
        function="Write Multiple Registers",
        code="16",
        object=f"holding register {number}",
        unit="1",
        detail={},
        client=End(client, client, "ops", 2.0, ("hmi",), client),
        server=End("10.0.1.5", "PLC-1", "cell", 1.0, ("controller",), "10.0.1.5"),
        transport="tcp",
        port=502,
        vlan=-1,
        tunnel="",
        seen_as="request",
        count=2,
        accepted=2,
        refused=0,
        unanswered=0,
        unobserved=0,
        refusals=(),
        allowed=False,
        seen=Seen("plant.pcap", *_TIMES, (number,), f"ip.addr == {client} && modbus.func_code == 16"),
    )


def measure(name: str, findings: int) -> str:
    """Write the format once for nothing, once for so many findings: what the second takes."""
    with TemporaryDirectory() as folder:
        write(results(0), Path(folder) / "small", formats()[name])
        before, clock = peak_memory(), time.process_time()
        target = Path(folder) / "large"
        write(results(findings), target, formats()[name])
        took = time.process_time() - clock
        files = [target] if target.is_file() else list(target.iterdir())
        size = sum(file.stat().st_size for file in files) / 1e6
    more = (peak_memory() - before) / 2**20
    return f"{name:>14} {more:>8.1f} MB more {size:>9.1f} MB written {took:>7.1f} s of processor time"


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(measure(sys.argv[1], int(sys.argv[2])))
    else:
        for format_name in formats():
            count = sys.argv[1] if len(sys.argv) == 2 else str(FINDINGS)
            subprocess.run([sys.executable, "-m", "benchmarks.reports", format_name, count], check=True)
