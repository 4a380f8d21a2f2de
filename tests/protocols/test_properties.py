"""What holds for every protocol in ``scanner/protocols``, found by folder: damage gives rows or Malformed and nothing
else, rows keep to the vocabulary and to one line, and descriptions are complete.
"""

from __future__ import annotations

import functools
import random
from collections import defaultdict
from contextlib import suppress
from dataclasses import fields, replace

import pytest

from scanner.capture.read import read_capture
from scanner.facts.dissection import claimed
from scanner.framing.language import Byte
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import IDENTITY_FIELDS, Identity, Kind, Malformed, Message, Operation, Protocol, Row
from tests.protocols.keys import case_of, key
from tests.protocols.recordings import CAPTURES

NAMES = sorted(protocols())
FIRST = 200  # bytes of a long message that are all tried as its end; beyond, every 97th
DAMAGED = 25  # damaged copies of every message
MOST = 150  # messages of a protocol that are damaged, evenly chosen; some are recorded in thousands

# Where the rows of a message say more than its key, on purpose: (which messages, why).
# Messages of which bytes in no key may say more; of other protocols that say so (``Protocol.beyond_key``) all may.
MORE_THAN_THE_KEY = {
    "s7comm": lambda data: len(data) > 20 and data[8] == 3 and data[19] == 4 and data[20] > 1,
    "http": lambda data: data[:1] == b"\0" or data.partition(b"\r\n\r\n")[2] != b"" or b"igest " in data,
    "redis": lambda data: data[:1] == b"*",
    "tds": lambda data: data[:1] == b"\x12" and data[8:9] == b"\x16",
    "ieee802154": lambda data: data[:2] == b"\0\0",
}


@functools.cache
def messages() -> dict[str, list[Message]]:
    """Protocol name -> its distinct messages over all recorded captures."""
    found: defaultdict[str, list[Message]] = defaultdict(list)
    for capture in sorted(CAPTURES.rglob("*.pcap")):
        result = read_capture(capture, capture.name, framing_plan())
        for _, protocol, message in claimed(result):
            found[protocol].append(message)
    return dict(found)


def some(name: str) -> list[Message]:
    """At most so many of a protocol's messages."""
    found = messages()[name]
    return found[:: -(-len(found) // MOST)]


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


@pytest.mark.parametrize("name", [name for name, protocol in protocols().items() if protocol.proof])
def test_every_beginning_of_a_message_can_be_asked_for_its_proof(name):
    for message in messages()[name][:20]:
        for end in range(min(len(message.data), 64)):
            with suppress(Malformed):
                protocols()[name].proof(replace(message, data=message.data[:end]))


@pytest.mark.parametrize("name", NAMES)
def test_every_truncation_gives_rows_or_malformed(name):
    protocol = protocols()[name]
    for message in some(name):
        size = len(message.data)
        for end in (*range(min(size, FIRST)), *range(FIRST, size, 97)):
            part = message.data[:end]
            check(protocol, replace(message, data=part))  # cut by the snap length: the true length is known
            check(protocol, replace(message, data=part, length=end))  # the message itself is short
            check(protocol, replace(message, data=part, length=end, from_client=None))


@pytest.mark.parametrize("name", NAMES)
def test_random_damage_gives_rows_or_malformed(name):
    protocol = protocols()[name]
    chance = random.Random(name)  # noqa: S311 - the same damage in every run
    for message in some(name):
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
def test_rows_say_only_what_the_key_tells_apart(name):
    """Messages of one key are counted as one and dissected once, so a byte outside the key must not change the rows."""
    protocol = protocols()[name]
    chance = random.Random(name)  # noqa: S311 - the same damage in every run
    excepted = MORE_THAN_THE_KEY.get(name, lambda _: bool(protocol.beyond_key))
    assert protocol.beyond_key or name not in MORE_THAN_THE_KEY
    for message in some(name):
        if message.length != len(message.data) or excepted(message.data):
            continue
        keys = {each.name: key_of(each.name, message.data, message.from_client) for each in protocol.framings}
        known = {framing: its for framing, its in keys.items() if its is not None}
        before = rows_of(protocol, message)
        for _ in range(DAMAGED if known and before is not None else 0):
            other = bytearray(message.data)
            other[chance.randrange(len(other))] = chance.randrange(256)
            if any(key_of(framing, bytes(other), message.from_client) == its for framing, its in known.items()):
                after = rows_of(protocol, replace(message, data=bytes(other)))
                assert after in (before, None), (message.data.hex(), other.hex())


def key_of(framing: str, data: bytes, from_client: bool | None) -> tuple[int, bytes, int] | None:
    """The key bytes of the case of the framing that it meets; None when it meets none."""
    return None if case_of(framing, data, from_client) is None else key(framing, data, from_client)


def rows_of(protocol: Protocol, message: Message) -> list[Row] | None:
    """What the message says; None when it is malformed."""
    try:
        return list(protocol.dissect(message))
    except Malformed:
        return None


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
    for framing in protocol.framings:
        assert set(framing.ports) <= {"tcp", "udp", "sctp", "websocket", "ethertype", "ip"}


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
