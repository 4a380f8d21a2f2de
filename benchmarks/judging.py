"""How long all rules take over the facts of a large plant, and writing the report.

``python -m benchmarks.judging [DEVICES] [CONVERSATIONS] [OPERATIONS]`` makes facts as readers fill them: devices in
forty zones, half of them listed, conversations between them, operations, sessions, and the configurations of a hundred
switches with access lists. They are saved, and judged by a process of its own: what each step takes of processor time
and memory is written into ``docs/performance.md``, and the rules that took most are printed.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

from benchmarks import page
from scanner.engine.definitions.together import load_definitions
from scanner.engine.judge import judge
from scanner.facts.frames import Facts, frame, polars_schema
from scanner.facts.saved import load, save
from scanner.facts.schema import TABLES
from scanner.gc_paused import uncollected
from scanner.given_back import give_back
from scanner.peak_memory import peak_memory
from scanner.provenance import Provenance
from scanner.report import formats, write

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
ZONES, SWITCHES, ENTRIES = 40, 100, 50
SHOWN = 12  # rules
PROTOCOLS = (("modbus", 502), ("s7comm", 102), ("http", 80), ("ssh", 22), ("tls", 443), ("telnet", 23), ("", 9999))


def _full(name: str, columns: dict[str, Any], height: int) -> pl.DataFrame:
    """The columns, and the others of the table empty."""
    known = {}
    for column, kind in polars_schema(TABLES[name]).items():
        if column in columns:
            known[column] = pl.Series(column, columns[column]).cast(kind)
            continue
        empty: Any = "" if kind == pl.String else [] if isinstance(kind, pl.List) else None
        known[column] = pl.Series(column, [empty], dtype=kind).new_from_index(0, height)
    return pl.DataFrame(known)


def made(devices: int, conversations: int, operations: int) -> Facts:
    """The facts of such a plant."""
    chosen = np.random.default_rng(1)
    ip = [f"10.{20 + n % ZONES}.{n // ZONES // 250}.{1 + n // ZONES % 250}" for n in range(devices)]
    mac = [f"00:1b:1b:{n >> 16 & 255:02x}:{n >> 8 & 255:02x}:{n & 255:02x}" for n in range(devices)]
    first, last = START, START + timedelta(hours=1)

    def talk(number: int) -> dict[str, Any]:
        """Columns of so many conversations; every ninth leaves its zone."""
        client = chosen.integers(0, devices, number)
        near = (client + ZONES * chosen.integers(1, 50, number)) % devices
        server = np.where(chosen.random(number) < 0.1, chosen.integers(0, devices, number), near)
        kind = chosen.integers(0, len(PROTOCOLS), number)
        addresses, macs = pl.Series(ip), pl.Series(mac)
        protocol = pl.Series([p for p, _ in PROTOCOLS])[kind]
        return {
            "capture": ["c0ffee"] * number,
            "transport": ["tcp"] * number,
            "client": addresses[client],
            "server": addresses[server],
            "client_mac": macs[client],
            "server_mac": macs[server],
            "server_port": pl.Series([p for _, p in PROTOCOLS])[kind],
            "vlan": [-1] * number,
            "tunnel_id": [0] * number,
            "protocol": protocol,
            "recognised_by": ["content"] * number,
            "industrial": protocol.is_in(["modbus", "s7comm"]),
            "secured": protocol.is_in(["ssh"]),
            "first_time": [first] * number,
            "last_time": [last] * number,
            "frames": [[1, 2]] * number,
        }

    flows = talk(conversations)
    numbers = {
        name: chosen.integers(1, 90, conversations)
        for name in ("client_packets", "server_packets", "client_bytes", "server_bytes", "connections")
    }
    truths = {"established": [True] * conversations, "one_sided": [False] * conversations}
    flows |= (
        numbers
        | truths
        | {"protocols": [[p] if p else [] for p in flows["protocol"]], "opened_by": ["syn"] * conversations}
    )
    done = talk(operations)
    verbs = pl.Series(["read", "write", "identify", "stop", "program-download", "session"])
    done |= {
        "verb": verbs[chosen.choice(6, operations, p=[0.6, 0.3, 0.06, 0.01, 0.01, 0.02])],
        "function": ["Read Holding Registers"] * operations,
        "object": pl.Series([f"holding register {n}" for n in range(500)])[chosen.integers(0, 500, operations)],
        "seen_as": ["request"] * operations,
        "count": chosen.integers(1, 9, operations),
        "accepted": chosen.integers(0, 9, operations),
    }
    sessions = talk(conversations // 10)
    sessions |= {"versions": [["TLS 1.2"]] * (conversations // 10), "encrypted": [True] * (conversations // 10)}
    inventory = [
        {
            "source": "i.csv",
            "row": n + 2,
            "name": f"D-{n}",
            "ips": [ip[n]],
            "macs": [mac[n]],
            "type": "switch" if n < SWITCHES else "plc",
        }
        for n in range(0, devices, 2)
    ]
    zones = [
        {"zone": f"z{n}", "name": f"Zone {n}", "level": float(n % 4), "sl_t": n % 4, "subnets": [f"10.{20 + n}.0.0/16"]}
        for n in range(ZONES)
    ]
    conduits = [
        {
            "conduit": f"c{n}",
            "from_zone": f"z{n}",
            "to_zone": f"z{(n + 1) % ZONES}",
            "protocols": ["modbus"],
            "both_ways": False,
        }
        for n in range(ZONES)
    ]
    tables = {
        "captures": frame(TABLES["captures"], [_capture(first, last)]),
        "sightings": _full(
            "sightings",
            {
                "capture": ["c0ffee"] * devices,
                "mac": mac,
                "ip": ip,
                "packets": [9] * devices,
                "first_time": [first] * devices,
            },
            devices,
        ),
        "flows": _full("flows", flows, conversations),
        "operations": _full("operations", done, operations),
        "sessions": _full("sessions", sessions, conversations // 10),
        "inventory": frame(TABLES["inventory"], inventory),
        "zones": frame(TABLES["zones"], zones),
        "conduits": frame(TABLES["conduits"], conduits),
        "settings": frame(TABLES["settings"], [row for n in range(SWITCHES) for row in _settings(n, ip)]),
    }
    kinds = ("capture", "inventory", "policy", "zones", "configuration")
    return Facts(tables, tuple(Provenance(f"the {kind}", kind, 1, "00") for kind in kinds))


def _seen(devices: int, first: datetime) -> dict[str, Any]:
    return {"capture": ["c0ffee"] * devices, "packets": [9] * devices, "first_time": [first] * devices}


def _capture(first: datetime, last: datetime) -> dict[str, Any]:
    return {
        "capture": "c0ffee",
        "source": "plant.pcap",
        "packets": 10_000_000,
        "first_time": first,
        "last_time": last,
        "duration": 3600.0,
        "complete": True,
    }


def _settings(number: int, ip: list[str]) -> list[dict[str, Any]]:
    """The configuration of a switch: its address, its services, and an access list."""
    usual = {"source": f"sw{number}.cfg", "device": f"sw{number}", "line_start": 1, "line_end": 1}
    rows = [
        ("interface", "Vlan1", "address", f"{ip[number]}/16"),
        ("management", "telnet", "enabled", "no"),
        ("line", "vty 0 4", "telnet", "no"),
        ("acl", "acl 120", "bound", "interface Vlan1 in"),
    ]
    for entry in range(ENTRIES):
        item = f"acl 120 entry {entry}"
        rows += [
            ("acl", item, "action", "permit"),
            ("acl", item, "protocol", "tcp"),
            ("acl", item, "source", f"10.{20 + entry % ZONES}.{number}.0/24"),
            ("acl", item, "destination", f"10.{20 + (entry + 1) % ZONES}.0.{entry + 1}"),
        ]
    return [usual | dict(zip(("category", "item", "setting", "value"), row, strict=True)) for row in rows]


def judged(folder: Path) -> list[tuple[str, str, str]]:
    """What each step of judging the saved facts takes of processor time, and the peak memory when it is done."""
    rows: list[tuple[str, str, str]] = []
    began = time.process_time()

    def done(what: str) -> None:
        nonlocal began
        rows.append((what, f"{time.process_time() - began:.2f}", f"{peak_memory() >> 20}"))
        began = time.process_time()

    definitions = load_definitions()
    done("rules and frameworks")
    facts = Facts().merge(load(folder))
    give_back(facts.tables)
    done("loading the facts")
    times: dict[str, float] = {}
    last = time.process_time()

    def stage(name: str, number: int, _every: int) -> None:
        nonlocal last
        now = time.process_time()
        if name == "judging" and not number:
            done("joining them with who everybody is and what is allowed")
        elif name == "judging":
            times[definitions.rules[number - 1].id] = now - last
        last = now

    profile, frameworks = definitions.profile("default"), definitions.frameworks
    with uncollected():
        results = judge(facts, definitions.rules, profile, frameworks, today=date(2026, 1, 2), stage=stage)
    done(f"{len(definitions.rules)} rules, and what else the results tell")
    give_back(facts.tables)
    write(results, folder.parent / "report.html", formats()["html"])
    done("writing them as HTML")
    slowest = sorted(times.items(), key=lambda pair: -pair[1])[:SHOWN]
    print("\n".join(f"{seconds:6.3f} s  {name}" for name, seconds in slowest), file=sys.stderr)
    return rows


def main(devices: int = 10_000, conversations: int = 200_000, operations: int = 1_000_000) -> None:
    """Make the facts, have a process of its own judge them, and write how long it took."""
    with TemporaryDirectory() as name:
        folder = Path(name, "facts")
        save(Facts().merge(made(devices, conversations, operations)), folder)
        command = [sys.executable, "-m", "benchmarks.judging", str(folder)]
        rows = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    machine = f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}"
    size = f"{devices:,} devices, {conversations:,} conversations and {operations:,} rows of operations"
    text = f"{size}, on {machine}.\n\n" + page.table(("step", "s", "peak MB by then"), rows)
    print(text)
    page.write("judging", text)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(json.dumps(judged(Path(sys.argv[1]))))
    else:
        main(*map(int, sys.argv[1:]))
