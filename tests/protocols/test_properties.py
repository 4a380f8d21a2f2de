"""What holds for every protocol in ``scanner/protocols``, found by folder: damage gives rows or Malformed and nothing
else, rows keep to the vocabulary and to one line, and descriptions are complete.
"""

from __future__ import annotations

import functools
import random
from collections import defaultdict
from dataclasses import fields, replace

import pytest

from scanner.capture.descriptor import Byte
from scanner.capture.read import read_capture
from scanner.facts.understand import message_of
from scanner.protocols import all_framings, cases, protocols
from scanner.protocols.base import IDENTITY_FIELDS, Identity, Kind, Malformed, Message, Operation, Protocol, Row
from tests.protocols.recordings import CAPTURES

NAMES = sorted(protocols())
FIRST = 600  # bytes of a long message that are all tried as its end; beyond, every 61st
DAMAGED = 40  # damaged copies of every message


@functools.cache
def messages() -> dict[str, list[Message]]:
    """Protocol name -> its distinct messages over all recorded captures."""
    found: defaultdict[str, list[Message]] = defaultdict(list)
    for capture in sorted(CAPTURES.rglob("*.pcap")):
        result = read_capture(capture, capture.name, all_framings(), cases())
        for distinct in result.messages:
            if distinct.protocol:
                found[distinct.protocol].append(message_of(result.conversations[distinct.conversation], distinct))
    return dict(found)


def check(protocol: Protocol, message: Message) -> None:
    """The message gives rows that keep to their contract, or Malformed."""
    protocol.probe(message)
    try:
        rows = list(protocol.dissect(message))
    except Malformed:
        return
    for row in rows:
        check_row(protocol, row)


def check_row(protocol: Protocol, row: Row) -> None:
    for each in fields(row):
        value = getattr(row, each.name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                assert len(text) < 4096, (protocol.name, each.name)
                assert text.isprintable(), (protocol.name, each.name, text)
    if isinstance(row, Operation):
        assert row.verb in protocol.verbs, (protocol.name, row)
        assert row.function
        assert (row.kind is Kind.REFUSAL) == bool(row.refusal), (protocol.name, row)
    elif isinstance(row, Identity):
        assert row.field in IDENTITY_FIELDS
        assert row.value


@pytest.mark.parametrize("name", NAMES)
def test_every_protocol_has_recorded_messages_that_it_understands(name):
    protocol = protocols()[name]
    understood = 0
    for message in messages()[name]:
        check(protocol, message)
        understood += protocol.probe(message)
    assert understood


@pytest.mark.parametrize("name", NAMES)
def test_every_truncation_gives_rows_or_malformed(name):
    protocol = protocols()[name]
    for message in messages()[name]:
        size = len(message.data)
        for end in (*range(min(size, FIRST)), *range(FIRST, size, 61)):
            part = message.data[:end]
            check(protocol, replace(message, data=part))  # cut by the snap length: the true length is known
            check(protocol, replace(message, data=part, length=end))  # the message itself is short
            check(protocol, replace(message, data=part, length=end, from_client=None))


@pytest.mark.parametrize("name", NAMES)
def test_random_damage_gives_rows_or_malformed(name):
    protocol = protocols()[name]
    chance = random.Random(name)  # noqa: S311 - the same damage in every run
    for message in messages()[name]:
        for _ in range(DAMAGED):
            check(
                protocol, replace(message, data=damaged(message.data, chance), from_client=chance.choice((True, False)))
            )


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A copy with some bytes changed, and sometimes a piece taken out or put in."""
    raw = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        if raw:
            raw[chance.randrange(len(raw))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    at = chance.randrange(len(raw) + 1)
    if chance.random() < 0.3:
        raw[at:at] = chance.randbytes(chance.randrange(1, 40))
    elif chance.random() < 0.3:
        del raw[at : at + chance.randrange(1, 40)]
    return bytes(raw)


@pytest.mark.parametrize("name", NAMES)
def test_random_bytes_give_rows_or_malformed(name):
    protocol = protocols()[name]
    chance = random.Random(name)  # noqa: S311 - the same damage in every run
    for _ in range(500):
        data = chance.randbytes(chance.randrange(80))
        check(protocol, Message(data, len(data) + chance.choice((0, 0, 9)), chance.choice((True, False, None))))


@pytest.mark.parametrize("name", NAMES)
def test_descriptions_are_complete(name):
    protocol = protocols()[name]
    assert name == protocol.name == name.lower()
    assert protocol.title
    assert protocol.specification
    assert protocol.cases
    assert {case.protocol for case in protocol.cases} == {name}
    for case in protocol.cases:
        assert case.key, "a case that keys on nothing makes all its messages one"
        assert case.keep > 0
    for framing in (protocol.framing, *protocol.more_framings):
        assert set(framing.ports) <= {"tcp", "udp", "sctp", "ethertype"}


@pytest.mark.parametrize("name", NAMES)
def test_no_case_of_a_protocol_is_hidden_behind_an_earlier_one(name):
    """A case whose tests are implied by those of an earlier case can never be met."""
    own = protocols()[name].cases
    for later, case in enumerate(own):
        for earlier in own[:later]:
            assert not covers(earlier.when, case.when), (own.index(earlier), later)


def covers(wide, narrow) -> bool:
    """Every message that meets ``narrow`` meets ``wide``, as far as single tests show it."""
    return all(any(implied(test, other) for other in narrow) for test in wide)


def implied(test, other) -> bool:
    if isinstance(test, Byte) and isinstance(other, Byte):
        return test.at == other.at and other.among <= test.among
    return test == other
