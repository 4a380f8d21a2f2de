"""Captures for benchmarks beside the mixed one of ``generate``: each makes something else dear that reading may cost.

All come from a seed, and each ``write_*`` writes as many packets as it is told.
"""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import zstandard

from benchmarks import generate
from benchmarks.capture_stages import pcapng
from benchmarks.generate import ACK, PSH, Connection, Host, Lookup, Modbus, Tunnel
from benchmarks.repeats import REPEATS, Frames

SEED = 62443


def mixed(seed: int) -> Iterator[bytes]:
    """The plant of ``generate``."""
    return generate.frames(seed)


def unknown(seed: int) -> Iterator[bytes]:
    """Payload without a pattern, over TCP and UDP, at ports that nobody knows."""
    chosen = random.Random(seed)
    pairs = [(Host(1 + n, 1), Host(1 + n, 2)) for n in range(100)]
    streams = [Connection(client, server, 31_000 + n, 50_000 + n) for n, (client, server) in enumerate(pairs)]
    while True:
        number = chosen.randrange(len(pairs))
        client, server = pairs[number]
        yield streams[number].send(chosen.random() < 0.5, chosen.randbytes(chosen.randrange(20, 200)), PSH | ACK)
        payload = chosen.randbytes(chosen.randrange(20, 200))
        yield client.link(server) + generate.udp(client, server, 50_000 + number, 32_000 + number, payload)


def many_hosts(seed: int) -> Iterator[bytes]:
    """Twelve thousand hosts that ask for names and for each other."""
    chosen = random.Random(seed)
    servers = [Host(250, subnet) for subnet in range(50)]
    hosts = [Lookup(chosen, Host(1 + n % 240, n // 240), servers[n // 240]) for n in range(240 * len(servers))]
    while True:
        yield from chosen.choice(hosts)()


def tunnelled(seed: int) -> Iterator[bytes]:
    """Modbus of fifty stations behind GTP-U."""
    chosen = random.Random(seed)
    stations = []
    for number in range(50):
        tunnel = Tunnel(Host(1 + number, 9), Host(200, 9))
        connection = Connection(Host(5, 7), Host(1 + number, 8), 502, 50_000 + number, tunnel)
        stations.append(Modbus(chosen, connection, unit=1))
    while True:
        yield from chosen.choice(stations)()


KINDS: dict[str, Frames] = {
    "mixed": mixed,
    "unknown payload": unknown,
    "12,000 hosts": many_hosts,
    "behind GTP-U": tunnelled,
    **REPEATS,
}


def _as_pcapng(source: Path, target: Path) -> None:
    target.write_bytes(pcapng(source.read_bytes()))


def _as_gzip(source: Path, target: Path) -> None:
    with source.open("rb") as data, gzip.open(target, "wb", 6) as file:
        shutil.copyfileobj(data, file, 1 << 20)


def _as_zstd(source: Path, target: Path) -> None:
    with source.open("rb") as data, target.open("wb") as file:
        zstandard.ZstdCompressor().copy_stream(data, file)


FORMS: dict[str, Callable[[Path, Path], None]] = {"pcapng": _as_pcapng, "pcap.gz": _as_gzip, "pcap.zst": _as_zstd}


def made(kind: str, packets: int, folder: Path, seed: int = SEED) -> Path:
    """The capture of this kind and size, written where it is not there yet."""
    name = "".join(c if c.isalnum() else "-" for c in kind.lower())
    path = folder / f"{name}-{packets}-{seed}.pcap"
    if not path.exists():
        _write(path, lambda part: generate.write_frames(part, KINDS[kind](seed), packets))
    return path


def in_form(path: Path, form: str) -> Path:
    """The same packets in another form."""
    other = path.with_suffix(f".{form}")
    if not other.exists():
        _write(other, lambda part: FORMS[form](path, part))
    return other


def _write(path: Path, write: Callable[[Path], None]) -> None:
    """Nothing half-written is left under the name."""
    part = path.with_suffix(".part")
    write(part)
    part.rename(path)
