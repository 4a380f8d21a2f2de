"""Files that were given and not read: which of them may be the configuration of a device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from scanner.errors import Problem
from scanner.exclusions import IGNORE_FILE

_HEAD = 1 << 20  # bytes
_NO_TEXT = (b"%PDF", b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis.opendocument")  # how such packages begin
# What a configuration that joins networks has at least one of, in whatever language it is written.
_OF_NETWORKS = re.compile(
    rb"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4}::|::[0-9a-f]|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}"
    rb"|interface|ethernet|\beth\d|vlan|rout(?:e|ing)|bridge|switch|gateway|address|firewall|hostname|sysname|forward"
    rb"|\b(?:ip|ipv4|ipv6|port|network|nat|acl|dhcp)\b"
    rb"|^\S{48,}\r?$",  # or is encoded
    re.IGNORECASE | re.MULTILINE,
)


def unread_devices(problems: Iterable[Problem]) -> Iterator[str]:
    """The sources of these problems that may describe a device, each once. problems: of finding the inputs."""
    seen: set[str] = set()
    for problem in problems:
        if problem.source not in seen and _may_be_device(problem.source):
            seen.add(problem.source)
            yield problem.source


def _may_be_device(source: str) -> bool:
    """Not certain to be something else. What cannot be opened, and folders, may be anything."""
    path = Path(source)
    if path.name == IGNORE_FILE:
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD + 1)
    except (OSError, ValueError):
        return True
    if head.startswith(_NO_TEXT) or (head.startswith(b"PK") and any(mark in head[:200] for mark in _OFFICE)):
        return False
    if not head or len(head) > _HEAD:  # an export that failed; or nobody looks at the rest
        return True
    try:
        head.decode()
    except UnicodeDecodeError:
        return True  # the backup of a device may be written in any form
    return b"\x00" in head or _OF_NETWORKS.search(head) is not None
