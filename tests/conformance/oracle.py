"""tshark's side: every wanted field of every frame, in one run a capture."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

JOIN = "\x1f"
# tshark asks the lower of two ports first: a dissector for a port of the ephemeral range would take away conversations
# whose client happened to use it (IDMP has 1102).
DISABLED = ("idmp",)
BASE = (
    *("frame.number", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "eth.src", "eth.dst"),
    *("wlan.sa", "wlan.da", "wlan.fc.type_subtype"),
)
WITHOUT_MAC = {"wpan", "wpan-tap", "can", "canxl", "btle", "loratap"}
WITHOUT_ADDRESSES = "00:00:00:00:00:00"  # of a link that has no MAC addresses
TO_ALL = "ff:ff:ff:ff:ff:ff"  # where probe responses go, for otaudit
PROBE_RESPONSE = "0x0005"


@cache
def dissectors() -> frozenset[tuple[str, str]]:
    """(transport, dissector) wherever tshark can be told a port."""
    rows = (line.split("\t") for line in _run(["tshark", "-G", "decodes"]).stdout.decode("utf-8").splitlines())
    return frozenset((row[0].removesuffix(".port"), row[-1]) for row in rows if row[0] in ("tcp.port", "udp.port"))


def frames(capture: Path, fields: Sequence[str], options: Sequence[str]) -> Iterator[dict[str, list[str]]]:
    """Field -> values of each frame; RuntimeError when tshark knows a field by another name.

    A field may be a whole display filter: it has a value in the frames that the filter finds. ``options`` are tshark's
    own ("-d", "tcp.port==1502,mbtcp"). Name resolution and user profiles are off, reassembly is on, as by default. A
    capture that breaks off gives the frames before the break.
    """
    wanted = list(dict.fromkeys((*BASE, *fields)))
    command = ["tshark", "-n", "-r", str(capture), "-T", "fields", "-E", "occurrence=a", "-E", f"aggregator={JOIN}"]
    for name in DISABLED:
        command += ["--disable-protocol", name]
    command += options
    for name in wanted:
        command += ["-e", name]
    done = _run(command)
    trouble = done.stderr.decode("utf-8", "replace")
    if "aren't valid" in trouble:
        raise RuntimeError(trouble)
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        values = line.split("\t")
        if len(values) == len(wanted):
            yield {name: value.split(JOIN) for name, value in zip(wanted, values, strict=True) if value}


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    with tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "WIRESHARK_CONFIG_DIR": empty, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        return subprocess.run(command, capture_output=True, check=False, env=environment)


def layers(frame: dict[str, list[str]]) -> list[str]:
    """The protocols of a frame, outermost first."""
    return frame.get("frame.protocols", [""])[0].split(":")


def ends(frame: dict[str, list[str]]) -> tuple[str, str]:
    """The innermost addresses of a frame in order of the alphabet; EtherCAT's, not those inside its mailbox.

    What returns from its ring goes to the master, whose address has the local bit in none of the captures.
    """
    by_air = not WITHOUT_MAC.isdisjoint(layers(frame))
    if by_air and not frame.get("eth.src"):
        return WITHOUT_ADDRESSES, WITHOUT_ADDRESSES
    is_ring = "ecat" in layers(frame)
    at = 0 if is_ring else -1
    for kind in ("eth",) if by_air else ("ip", "ipv6", "eth"):
        sources, targets = frame.get(f"{kind}.src"), frame.get(f"{kind}.dst")
        if sources and targets:
            source, target = sources[at], targets[at]
            if is_ring and kind == "eth":
                source = f"{int(source[:2], 16) & ~2:02x}{source[2:]}"
            return (source, target) if source <= target else (target, source)
    if frame.get("wlan.sa") and frame.get("wlan.da"):
        answer = frame.get("wlan.fc.type_subtype") == [PROBE_RESPONSE]
        source, target = frame["wlan.sa"][-1], TO_ALL if answer else frame["wlan.da"][-1]
        return (source, target) if source <= target else (target, source)
    return "", ""
