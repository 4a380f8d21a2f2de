from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.framing.decision_tree import ABSENT, MOST_NODES
from scanner.framing.evidence import strength
from scanner.framing.language import (
    After,
    Alike,
    BerElements,
    Byte,
    Case,
    Chain,
    CrcResidue,
    Directory,
    Field,
    Framing,
    Length,
    Nth,
    Protobuf,
    Range,
    Role,
    Select,
    SentBy,
    Size,
    State,
    Step,
    Transducer,
    Whole,
    Within,
    bits,
    magic,
)
from scanner.framing.plan import LEAVES, MOST_FRAMINGS, OPEN, compile_descriptors
from scanner.protocols import all_framings, cases
from tests.capture.traffic import FRAMINGS, read, udp
from tests.protocols import keys
from tests.protocols.keys import picked_elements

WHOLE_DATAGRAMS = Framing("whole", Whole(), ports={"udp": (502,)}, confirmations=1)

_TEST = st.one_of(
    st.builds(Byte, st.integers(-3, 5), st.frozensets(st.integers(0, 5), max_size=4)),
    st.builds(lambda low, more: Size(low, low + more), st.integers(0, 6), st.integers(0, 6)),
    st.builds(CrcResidue, st.just(3), st.just(0), st.integers(0, 3)),  # of two bits, so that it often holds
    st.builds(SentBy, st.booleans()),
    st.builds(Alike, st.integers(0, 4), st.integers(0, 4), st.integers(1, 3)),
    st.builds(Within, st.integers(0, 5), st.frozensets(st.integers(0, 5), max_size=4)),
)
_CASES = st.lists(st.lists(_TEST, max_size=4).map(tuple), max_size=12)


def residue(test: CrcResidue, message: bytes) -> int:
    value = test.initial
    for byte in message:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (test.polynomial if value & 1 else 0)
    return value


def holds(test: Alike | Byte | Size | CrcResidue | SentBy | Within, message: bytes, *, from_client: bool) -> bool:
    if isinstance(test, SentBy):
        return test.client == from_client
    if isinstance(test, Size):
        return test.low <= len(message) <= test.high
    if isinstance(test, CrcResidue):
        return residue(test, message) == test.residue
    if isinstance(test, Within):
        return any(one == test.first and other in test.then for one, other in pairwise(message))
    if isinstance(test, Alike):
        ends = max(test.one, test.other) + test.width
        return ends <= len(message) and message[test.one :][: test.width] == message[test.other :][: test.width]
    at = test.at + (len(message) if test.at < 0 else 0)
    return 0 <= at < len(message) and message[at] in test.among


@settings(deadline=None)
@given(
    _CASES,
    st.lists(
        st.tuples(st.booleans(), st.lists(st.integers(0, 5), min_size=1, max_size=8).map(bytes)),
        min_size=1,
        max_size=20,
    ),
)
def test_the_first_case_whose_tests_hold(whens, messages):
    described = [Case(f"case{i}", when=when) for i, when in enumerate(whens)]
    frames = [udp(by_server, m) for by_server, m in messages]
    result = read(frames, (WHOLE_DATAGRAMS,), {"whole": described})
    found = {(not m.from_client, m.data): m.protocol for m in result.messages}
    for by_server, message in set(messages):
        fits = (all(holds(t, message, from_client=not by_server) for t in c.when) for c in described)
        expected = next((c.protocol for c, fit in zip(described, fits, strict=True) if fit), "")
        assert (found[by_server, message] if expected else found.get((by_server, message), "")) == expected


_TAGS = st.integers(0, 3)
_ELEMENTS = st.builds(
    BerElements,
    start=st.integers(0, 2),
    path=st.tuples(_TAGS, st.lists(st.builds(Nth, _TAGS, st.integers(0, 2)), max_size=3)).map(lambda p: (p[0], *p[1])),
    tags=st.frozensets(_TAGS, min_size=1),
    small=st.frozensets(_TAGS),
    skip=st.integers(0, 2),
    most=st.sampled_from((1, 2, 64)),
    head=st.sampled_from((0, 1, 3, 300)),
)
_BER = st.recursive(
    st.tuples(_TAGS, st.binary(max_size=3)),
    lambda inner: st.tuples(_TAGS, st.lists(inner, max_size=3)),
    max_leaves=6,
)


def encoded(element) -> bytes:
    tag, content = element
    if isinstance(content, list):
        content = b"".join(map(encoded, content))
    return bytes((tag, len(content))) + content if len(content) < 3 else bytes((tag, 0x81, len(content))) + content


_RANGE = st.builds(
    Range,
    start=st.integers(-4, 6),
    end=st.one_of(
        st.none(),
        st.integers(-4, 12),
        st.builds(Field, at=st.integers(0, 3), width=st.integers(1, 2), add=st.integers(-2, 3), little=st.booleans()),
    ),
    stride=st.integers(0, 3),
    width=st.integers(1, 3),
)


def picked(r: Range | BerElements, message: bytes) -> bytes:
    if isinstance(r, BerElements):
        return picked_elements(r, message)
    start = max(0, r.start + len(message)) if r.start < 0 else r.start
    end = len(message)
    if isinstance(r.end, Field):
        field = message[r.end.at : r.end.at + r.end.width]
        if len(field) < r.end.width:
            return b""
        end = min(end, int.from_bytes(field, "little" if r.end.little else "big") + r.end.add)
    elif r.end is not None:
        end = min(end, r.end + (len(message) if r.end < 0 else 0))
    if not r.stride:
        return message[start:end] if end > start else b""
    return b"".join(message[at : min(at + r.width, end)] for at in range(start, max(end, start), r.stride))


@settings(deadline=None)
@given(
    st.lists(_RANGE, max_size=3).map(tuple),
    st.booleans(),
    st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=12).map(bytes), min_size=1, max_size=30),
)
def test_messages_are_equal_when_their_key_bytes_are(key, with_length, messages):
    case = Case("x", key=key, with_length=with_length)
    result = read([udp(False, m) for m in messages], (WHOLE_DATAGRAMS,), {"whole": (case,)})
    expected: dict[object, int] = {}
    for message in messages:
        value = b"".join(picked(r, message) for r in key), len(message) if with_length else 0
        expected[value] = expected.get(value, 0) + 1
    assert [m.count for m in result.messages] == list(expected.values())


@settings(deadline=None)
@given(
    st.lists(st.one_of(_ELEMENTS, _RANGE), min_size=1, max_size=3).map(tuple),
    st.lists(
        st.one_of(
            _BER.map(encoded),
            st.tuples(st.binary(max_size=2), _BER.map(encoded), st.integers(0, 9)).map(
                lambda t: (t[0] + t[1])[: -t[2] or None]
            ),
        ).filter(bool),
        min_size=1,
        max_size=20,
    ),
)
def test_messages_are_equal_when_their_elements_are(key, messages):
    result = read([udp(False, m) for m in messages], (WHOLE_DATAGRAMS,), {"whole": (Case("x", key=key),)})
    expected = Counter(b"".join(picked(part, m) for part in key) for m in messages)
    assert Counter(m.count for m in result.messages) == Counter(expected.values())


_FIELD = st.builds(Field, at=st.integers(0, 3), width=st.integers(1, 2), add=st.integers(-1, 4), little=st.booleans())
_PICKS = st.lists(
    st.builds(
        Select,
        when=st.lists(st.builds(Byte, st.integers(-2, 3), st.integers(0, 2)), max_size=2).map(tuple),
        key=st.lists(_RANGE, max_size=2).map(tuple),
    ),
    max_size=3,
).map(tuple)
_CHAIN = st.builds(
    Chain,
    start=st.integers(0, 3),
    size=_FIELD,
    picks=_PICKS,
    mask=st.sampled_from((0x01, 0x02, 0x03, 0x7FFFFFFF)),
    more=st.one_of(st.none(), st.builds(Byte, st.integers(0, 2), st.integers(0, 2))),
)
_BEHIND = st.builds(After, field=_FIELD, size=st.one_of(st.none(), st.integers(1, 9)))
_DIRECTORY = st.builds(
    Directory,
    start=st.integers(0, 3),
    width=st.integers(1, 2),
    picks=_PICKS,
    little=st.booleans(),
    end=st.one_of(st.none(), _FIELD),
)
_NAMES = st.sampled_from("abc")
_STEP = st.builds(Step, _NAMES, st.booleans())
_STATE = st.builds(State, _STEP, st.lists(st.tuples(st.binary(max_size=3), _STEP), max_size=2).map(tuple))
_TRANSDUCER = st.builds(Transducer, st.integers(0, 3), st.fixed_dictionaries(dict.fromkeys("abc", _STATE)))


@settings(deadline=None)
@given(
    st.lists(st.one_of(_CHAIN, _BEHIND, _DIRECTORY, _TRANSDUCER, _RANGE), min_size=1, max_size=3).map(tuple),
    st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=24).map(bytes), min_size=1, max_size=30),
)
def test_messages_are_equal_when_the_records_of_their_chains_are(key, messages):
    result = read([udp(False, m) for m in messages], (WHOLE_DATAGRAMS,), {"whole": (Case("x", key=key),)})
    expected: dict[bytes, int] = {}
    for message in messages:
        value = keys.picked(key, message)
        expected[value] = expected.get(value, 0) + 1
    assert [m.count for m in result.messages] == list(expected.values())


_VARINT = st.one_of(st.integers(0, 300), st.integers(0, (1 << 77) - 1))


def varint(value: int) -> bytes:
    return bytes((value & 0x7F | 0x80,)) + varint(value >> 7) if value > 0x7F else bytes((value,))


def field(number: int, content: int | bytes) -> bytes:
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    if len(content) in (4, 8):
        return varint(number << 3 | (5 if len(content) == 4 else 1)) + content
    return varint(number << 3 | 2) + varint(len(content)) + content


_NUMBER = st.one_of(st.integers(1, 3), st.sampled_from((15, 16, 300)))
_FIELDS = st.lists(st.builds(field, _NUMBER, st.one_of(_VARINT, st.binary(max_size=9))), max_size=3).map(b"".join)
_MESSAGE = st.one_of(
    st.lists(st.builds(field, _NUMBER, st.one_of(_VARINT, st.binary(max_size=9), _FIELDS)), max_size=3).map(b"".join),
    st.lists(st.integers(0, 27), max_size=12).map(bytes),
)


@settings(deadline=None)
@given(
    st.builds(
        Protobuf,
        st.builds(Field, at=st.integers(0, 1), width=st.just(1), add=st.integers(0, 2)),
        st.sampled_from((1, 2, 3, 16)),
        st.frozensets(st.sampled_from((1, 2, 15, 16)), max_size=2),
    ),
    st.lists(st.tuples(_MESSAGE, st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=12),
)
def test_messages_are_equal_when_the_protobuf_fields_taken_are(part, drawn):
    messages = [
        (b"\1\1" + bytes(zeros) + content)[: max(1, 2 + zeros + len(content) - cut)] for content, zeros, cut in drawn
    ]
    case = Case("x", key=(part, Range(0, 1)))
    result = read([udp(False, m) for m in messages], (WHOLE_DATAGRAMS,), {"whole": (case,)})
    expected: dict[bytes, int] = {}
    for message in messages:
        value = keys.picked(case.key, message)
        expected[value] = expected.get(value, 0) + 1
    assert [m.count for m in result.messages] == list(expected.values())


def test_of_a_directory_256_records_are_compared():
    directory = Directory(0, 2, (Select((), (Range(0, 1),)),))
    listed = [(300).to_bytes(2, "big") + b"".join((602 + 2 * n).to_bytes(2, "big") for n in range(300))]
    listed = [listed[0] + b"a-" * n + b"b-" + b"a-" * (299 - n) for n in (255, 256, 257)]
    case = Case("x", key=(directory,), keep=1 << 16)
    result = read([udp(False, m) for m in listed], (WHOLE_DATAGRAMS,), {"whole": (case,)})
    assert [m.count for m in result.messages] == [1, 2]


def test_of_a_chain_256_records_are_compared_and_a_long_one_is_not_read_twice():
    chain = Chain(0, Field(0, 1), (Select((), (Range(1, 2),)),))
    case = Case("x", key=(chain,), keep=1 << 16)
    messages = [b"\2a" * 256, b"\2a" * 256 + b"\2b", b"\2a" * 255 + b"\2b", b"\0" * 9]
    result = read([udp(False, m) for m in messages], (WHOLE_DATAGRAMS,), {"whole": (case,)})
    assert [m.count for m in result.messages] == [2, 1, 1]


def test_bytes_behind_what_is_kept_are_not_compared():
    case = Case("x", keep=4)
    messages = [b"abcd1", b"abcd2", b"abce1"]
    result = read([udp(False, m) for m in messages], (WHOLE_DATAGRAMS,), {"whole": (case,)})
    assert [(m.data, m.count, m.length) for m in result.messages] == [(b"abcd", 2, 5), (b"abce", 1, 5)]


def test_hints_and_what_may_be_tried_anywhere():
    weak = Framing("weak", Whole(), ports={"tcp": (7,)})
    strong = Framing("strong", Length(0, 2), sync=magic(2, b"abcd"), ports={"tcp": (7, 9), "ethertype": (0x88B5,)})
    middle = Framing("middle", Length(0, 2), sync=magic(2, b"a") + (Byte(3, bits(0xF0, 0x40)),))
    shy = Framing("shy", Length(0, 2), sync=magic(2, b"abcd"), anywhere=False, ports={"udp": (1,)})
    plan = compile_descriptors((weak, middle, strong, shy), {})
    assert plan.hints == {("tcp", 7): (0, 2), ("tcp", 9): (2,), ("ethernet", 0x88B5): (2,), ("udp", 1): (3,)}
    assert plan.anywhere == {"tcp": (2, 1), "websocket": (2, 1), "udp": (1,), "ethernet": (2,)}
    assert strength(strong) == 32
    assert strength(middle) == 12


def test_every_message_of_a_framing_meets_its_last_case():
    plan = compile_descriptors(FRAMINGS, {})
    for number in range(len(FRAMINGS)):
        plan.prepare(number)
    assert plan.protocols == [""]
    assert plan.case_framing.tolist() == list(range(len(FRAMINGS)))
    assert set(plan.cases["role"].tolist()) == {int(Role.NOTICE)}


@pytest.mark.parametrize(
    ("framings", "described"),
    [
        ((WHOLE_DATAGRAMS, WHOLE_DATAGRAMS), {}),
        ((WHOLE_DATAGRAMS,), {"other": ()}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", when=(Byte(0, 256),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Range(0, Field(0, 5)),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Range(0, None, 2, 0),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(BerElements(0, (), (1,)),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(BerElements(0, (1,), (256,)),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(BerElements(0, (Nth(1, 1),), (1,)),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(BerElements(0, (1, Nth(1, 16)), (1,)),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(After(Field(0, 1), 0),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(After(Field(0, 5)),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Chain(-1, Field(0, 1), ()),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Chain(0, Field(0, 5), ()),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(BerElements(0, (1,), (1,), (256,)),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Directory(-1, 2, ()),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Directory(0, 5, ()),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Protobuf(Field(0, 1), 256, ()),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Protobuf(Field(0, 1), 1, (256,)),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Transducer(0, {}),)),)}),
        ((WHOLE_DATAGRAMS,), {"whole": (Case("x", key=(Transducer(0, {"a": State(Step("b"))}),)),)}),
        ((Framing("long", Length(0, 8)),), {}),
        ((Framing("whole", Length(0, 2, whole=Field(0, 8))),), {}),
    ],
)
def test_contradictions_are_refused(framings, described):
    with pytest.raises(ValueError, match=r"."):
        compile_descriptors(framings, described).prepare(0)


def test_more_framings_than_the_kernel_tells_apart_are_refused():
    framings = [Framing(f"f{i}", Whole()) for i in range(MOST_FRAMINGS + 1)]
    assert compile_descriptors(framings[1:], {}).names[-1] == f"f{MOST_FRAMINGS}"
    with pytest.raises(ValueError, match="framings"):
        compile_descriptors(framings, {})


def test_a_framing_far_down_the_list_is_refuted_by_itself_alone():
    """Each connection notes what it is not, one bit a framing."""
    shy = [Framing(f"f{i}", Whole(), sync=magic(0, bytes([i])), anywhere=False) for i in range(200)]
    spoken = Framing("spoken", Length(4, 2, add=6), sync=magic(0, b"abcd"), confirmations=2)
    bytes_ = b"abcd" + bytes([0, 2]) + b"xy"
    result = read([udp(False, bytes_), udp(True, bytes_), udp(False, bytes_)], (*shy, spoken), {})
    assert {c.framing for c in result.conversations} == {"spoken"}


def test_the_real_protocols_decide_fast():
    plan = compile_descriptors(all_framings(), cases())
    for number, name in enumerate(plan.names):
        plan.prepare(number)
        leaf = LEAVES - int(plan.framings[number].root)
        while leaf < len(plan.leaves) and leaf >= 0:  # wherever a message can come to
            if plan.leaves["first"][leaf] == OPEN:
                plan.expand(leaf)
            leaf += 1
        longest = (plan.leaves["last"] - plan.leaves["first"]).max()
        assert longest <= 160, name
    assert len(plan.tree) <= MOST_NODES * (ABSENT + 2) * len(plan.names)
