"""Plain lists: an address or host name a line, or an address with its names as in ``/etc/hosts``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from scanner.addresses import is_ip
from scanner.assets.headers import FIELD_OF
from scanner.assets.inventory import Inventory, Record, assemble
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _text
from scanner.assets.spelling import normalise
from scanner.assets.text import decode
from scanner.errors import Problem
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_line, joined, said, verbatim

_COMMENT = re.compile(r"(?:^|\s)(?:#|;|//).*")
_DOTTED = re.compile(r"(?=[^.]*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})?(?:\.[A-Za-z0-9-]{1,63})+")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})?(?:\.[A-Za-z0-9-]{1,63})*")
_OWN = frozenset(("localhost", "ip6-localhost", "ip6-loopback", "broadcasthost", "ip6-allnodes", "ip6-allrouters"))
_LEAST = 0.9  # of the lines are what a list of hosts has
_HEADERS = frozenset(("hostname", "name", "ips"))  # what a line above may call them


def _words(line: str) -> list[str]:
    return _COMMENT.sub("", line).split()


def _is_host(words: list[str]) -> bool:
    """An address, with names or without, or a name with dots in it, as no other text has alone on its lines."""
    if is_ip(words[0]):
        return all(_NAME.fullmatch(word) for word in words[1:])
    return len(words) == 1 and _DOTTED.fullmatch(words[0]) is not None


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is a list of hosts: nearly every line is an address or a full host name, and one is an address, or
    there are three names with a common end.
    """
    try:
        text = decode(head, whole=False).text.removeprefix("\ufeff")
    except ValueError:
        return NONE
    lines = [words for line in text.splitlines() if (words := _words(line))]
    lines = lines[1:] if lines and _is_header(lines[0]) else lines
    if not lines or any(len(words[0]) > 255 for words in lines[:200]):
        return NONE
    good = [words for words in lines if _is_host(words)]
    addresses = any(is_ip(words[0]) for words in good)
    ends = {words[0].rpartition(".")[2] for words in good}
    if len(good) >= _LEAST * len(lines) and (addresses or (len(good) >= 3 and len(ends) == 1)):
        return Resemblance(0.6, (said("an address or host name a line"),))
    short = {words[0] for words in lines if len(words) == 1 and _NAME.fullmatch(words[0])}
    # Any list of words looks so; one that somebody calls an inventory is one.
    if len(short) > 1 and len(short) >= _LEAST * len(lines):
        return Resemblance(0.3, (said("an address or host name a line"),))
    return NONE


def _is_header(words: list[str]) -> bool:
    return FIELD_OF.get(normalise("".join(words))) in _HEADERS


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The hosts; InputError when it is no text."""
    decoded = _text.decoded(content, name)
    lines = decoded.text.removeprefix("\ufeff").splitlines()
    notes = (("format", joined((said("list of hosts"), verbatim(decoded.encoding)))),)
    return assemble(name, ("ip", "hostname", "other names"), _records(name, lines), notes, columns)


def _records(name: str, lines: list[str]) -> Iterator[Record | Problem]:
    above = False  # some line
    for number, line in enumerate(lines, 1):
        words = _words(line)
        if not words or (len(words) > 1 and words[1].lower() in _OWN) or (_is_header(words) and not above):
            above = above or bool(words)
            continue
        above = True
        if not _is_host(words) and not (len(words) == 1 and _NAME.fullmatch(words[0])):
            yield Problem(name, said("line skipped: no address or host name alone"), at_line(number))
        elif is_ip(words[0]):
            yield Record(number, {"ip": words[0], "hostname": "".join(words[1:2]), "other names": words[2:]}, at_line)
        else:
            yield Record(number, {"hostname": words[0]}, at_line)


INVENTORY = InventoryFormat("host-list", "list of hosts", resemblance, read)
