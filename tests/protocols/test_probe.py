"""A probe that only parses: Malformed is a no, anything else that is raised is a defect and shows itself."""

from __future__ import annotations

import pytest

from scanner.protocols.base import Malformed, Message
from scanner.protocols.common.probe import is_well_formed


def parse(message: Message) -> bytes:
    if not message.data:
        raise Malformed("no bytes")
    return message.data[4:5] or bytes((message.data[1],))


def test_only_what_parses_is_well_formed():
    assert is_well_formed(parse, Message(b"\0\0", 2))
    assert not is_well_formed(parse, Message(b"", 0))


def test_other_errors_are_not_hidden():
    with pytest.raises(IndexError):
        is_well_formed(parse, Message(b"\0", 1))
