"""A capture of Modbus/TCP whose messages do not begin and end with segments, and what Suricata makes of it.

Polls of a controller by ten stations in many connections: answers of 125 registers in three segments, pairs of requests
in one segment or cut behind the header and function of the first, as tshark puts no header together.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from fixtures.record.wire import Wire
from tests.conformance.spec import Value

CONNECTIONS, POLLS = 100, 30
REGISTERS, PIECE = 125, 90
SURICATA = """%YAML 1.1
---
outputs:
  - eve-log: {enabled: yes, filetype: regular, filename: eve.json, types: [modbus]}
app-layer:
  protocols:
    modbus: {enabled: yes, detection-ports: {dp: 502}, stream-depth: 0}
stream: {midstream: true}
"""


def build(path: Path, connections: int = CONNECTIONS) -> None:
    """Write the capture: twice ``POLLS`` messages of a connection."""
    with Wire(path) as wire:
        for number in range(connections):
            end = wire.tcp(f"10.20.1.{10 + number % 10}", "10.20.2.5", 502)
            for poll in range(0, POLLS, 2):
                requests = [message(n, struct.pack(">BHH", function, n, REGISTERS)) for n, function in _pair(poll)]
                answers = [
                    message(n, struct.pack(">BB", f, 2 * REGISTERS) + bytes(2 * REGISTERS)) for n, f in _pair(poll)
                ]
                together = b"".join(requests)
                for part in (together,) if poll % 4 else (together[:9], together[9:]):
                    end.client(part)
                for answer in answers:
                    for at in range(0, len(answer), PIECE):
                        end.server(answer[at : at + PIECE])
            end.close()


def _pair(poll: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """(transaction, function) of two polls: holding and input registers."""
    return (poll, 3), (poll + 1, 4)


def message(transaction: int, pdu: bytes) -> bytes:
    """With the header of Modbus/TCP, unit 1."""
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, 1) + pdu


def suricata(capture: Path) -> Counter[Value] | None:
    """Modbus requests and answers by function as Suricata logs them; None where it is not installed.

    It may begin within a connection, and looks at all of one.
    """
    program = shutil.which("suricata")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        settings, log = Path(folder) / "suricata.yaml", Path(folder) / "eve.json"
        settings.write_text(SURICATA, encoding="utf-8")
        command = [program, "-c", str(settings), "--runmode", "single", "-k", "none", "-r", str(capture), "-l", folder]
        subprocess.run(command, check=True, capture_output=True)
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    found: Counter[Value] = Counter()
    for transaction in (json.loads(line)["modbus"] for line in lines):
        sides = (transaction[side] for side in ("request", "response") if side in transaction)
        found.update(("function code", str(side["function_raw"])) for side in sides)
    return found
