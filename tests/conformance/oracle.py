"""tshark's side: every wanted field of every frame, in one run a capture."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

JOIN = "\x1f"
BASE = ("frame.number", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "eth.src", "eth.dst")


def frames(capture: Path, fields: Sequence[str], decode_as: Sequence[str]) -> Iterator[dict[str, list[str]]]:
    """Field -> values of each frame; RuntimeError when tshark knows a field by another name.

    ``decode_as`` are tshark's own ``-d`` rules ("tcp.port==1502,mbtcp"). Name resolution and user profiles are off,
    reassembly is on, as by default. A capture that breaks off gives the frames before the break.
    """
    wanted = list(dict.fromkeys((*BASE, *fields)))
    command = ["tshark", "-n", "-r", str(capture), "-T", "fields", "-E", "occurrence=a", "-E", f"aggregator={JOIN}"]
    for rule in decode_as:
        command += ["-d", rule]
    for name in wanted:
        command += ["-e", name]
    with tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "WIRESHARK_CONFIG_DIR": empty, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
    trouble = done.stderr.decode("utf-8", "replace")
    if "aren't valid" in trouble:
        raise RuntimeError(trouble)
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        values = line.split("\t")
        if len(values) == len(wanted):
            yield {name: value.split(JOIN) for name, value in zip(wanted, values, strict=True) if value}


def layers(frame: dict[str, list[str]]) -> list[str]:
    """The protocols of a frame, outermost first."""
    return frame.get("frame.protocols", [""])[0].split(":")


def ends(frame: dict[str, list[str]]) -> tuple[str, str]:
    """The innermost addresses of a frame, in order of the alphabet."""
    for kind in ("ip", "ipv6", "eth"):
        source, target = frame.get(f"{kind}.src"), frame.get(f"{kind}.dst")
        if source and target:
            return (source[-1], target[-1]) if source[-1] <= target[-1] else (target[-1], source[-1])
    return "", ""
