"""Dropbox LAN sync: a computer tells its neighbours that it keeps folders of that service, and which.

No specification is published; written from the announcements of its clients: JSON in a datagram to everybody, with the
number of the computer, the version and the port of the transfer, and the folders (namespaces), which are numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from scanner.framing.language import Case, Framing, Range, Role, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed

_NAME = "dropbox-lan-sync"
_KEPT = 2048
_BEGUN = (b'{"host_int": ', b'{"version": [')
_WANTED = {"host_int", "version", "port", "namespaces"}


def _framing(name: str, begun: bytes) -> Framing:
    return Framing(name, Whole(), magic(0, begun), {"udp": (17500,)}, confirmations=1)


FRAMING = _framing(_NAME, _BEGUN[0])
OTHER = _framing("dropbox-lan-sync-version", _BEGUN[1])
CASES = (Case(_NAME, (), (Range(0, 13),), Role.NOTICE, keep=_KEPT),)


def probe(message: Message) -> bool:
    """JSON with the names that an announcement has."""
    return is_well_formed(_check, message)


def _check(message: Message) -> None:
    if message.transport != "udp" or not message.data.startswith(_BEGUN):
        raise Malformed("no announcement of Dropbox")
    if len(message.data) < message.length:  # of many folders
        if not all(f'"{name}"'.encode() in message.data for name in _WANTED):
            raise Malformed("no announcement of Dropbox")
        return
    try:
        found = json.loads(message.data)
    except (ValueError, RecursionError):
        raise Malformed("no announcement of Dropbox") from None
    if not found.keys() >= _WANTED or not isinstance(found["namespaces"], list):
        raise Malformed("no announcement of Dropbox")


def dissect(message: Message) -> Iterator[Row]:
    """That folders are kept here, and may be had."""
    _check(message)
    yield Operation(Verb.REPORT, "Announcement", Kind.NOTICE, filter="db-lsp-disc")
    yield Session(encrypted=False)


PROTOCOL = Protocol(
    name=_NAME,
    title="Dropbox LAN sync",
    framing=FRAMING,
    more_framings=(OTHER,),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    beyond_key="it is told by all of the text, of which the key has the beginning",
    specification="none is published: announcements of its clients on UDP port 17500",
    industrial=False,
)
