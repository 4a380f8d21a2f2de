"""Descriptors to the flat tables that the kernel reads: one numpy record array for each kind of thing.

A framing's cases are found through a small decision tree: each node looks at one byte of the message and has 257
branches (the value, or "too short"), each leaf lists the few cases that can still hold, in the order they were given.
So twenty cases cost about as much as two.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.capture.descriptor import (
    Blocks,
    Byte,
    Case,
    Cutter,
    Field,
    Framing,
    HeaderBlock,
    Length,
    Line,
    Range,
    Role,
    Size,
    Test,
    Varint,
)

LENGTH, VARINT, BLOCKS, LINE, HEADER_BLOCK, WHOLE = range(6)  # kinds of cutter
TO_MESSAGE_END, AT_OFFSET, AT_FIELD = range(3)  # how a range ends
ABSENT = 256  # branch of a node for messages that do not have its byte
UNKNOWN_KEY = 8  # bytes compared of a message that meets no case
UNKNOWN_KEEP = 256  # bytes kept of such a message
STRONG = 16.0  # bits of sync that make a framing credible in the middle of another one
WEAKEST = 6.0  # bits of sync below which a framing is tried on its ports only
_SLACK = 8  # kept bytes beyond what tests look at, so that a short ``keep`` does not hide them
SMALL = 3  # cases that are tried one after the other: two, and what meets none
_MAX_NODES = 4096

# The layouts equal the C structs in kernel/descriptors.pxd; Cython checks that when a table is handed over.
FRAMING = np.dtype(
    [
        ("kind", "i4"),
        ("at", "i4"),
        ("width", "i4"),
        ("add", "i4"),
        ("little", "i4"),
        ("minimum", "i8"),
        ("maximum", "i8"),
        ("more_at", "i4"),
        ("more_mask", "i4"),
        ("more_if_at", "i4"),
        ("more_if_mask", "i4"),
        ("header", "i4"),
        ("overhead", "i4"),
        ("block", "i4"),
        ("crc", "i4"),
        ("first_token", "i4"),
        ("last_token", "i4"),
        ("first_test", "i4"),
        ("last_test", "i4"),
        ("probe", "i4"),
        ("keep", "i4"),
        ("root", "i4"),
        ("confirmations", "i4"),
        ("by_requester", "i4"),
        ("strong", "i4"),
    ],
    align=True,
)
TEST = np.dtype([("at", "i4"), ("mask", "i4"), ("low", "i8"), ("high", "i8")], align=True)
CASE = np.dtype(
    [
        ("protocol", "i4"),
        ("first_test", "i4"),
        ("last_test", "i4"),
        ("first_range", "i4"),
        ("last_range", "i4"),
        ("first_pair", "i4"),
        ("last_pair", "i4"),
        ("role", "i4"),
        ("keep", "i4"),
        ("with_length", "i4"),
    ],
    align=True,
)
RANGE = np.dtype(
    [
        ("start", "i4"),
        ("ends", "i4"),
        ("end", "i4"),
        ("at", "i4"),
        ("width", "i4"),
        ("add", "i4"),
        ("little", "i4"),
        ("stride", "i4"),
        ("span", "i4"),
    ],
    align=True,
)
NODE = np.dtype([("at", "i4"), ("first_child", "i4")], align=True)
SPAN = np.dtype([("first", "i4"), ("last", "i4")], align=True)

Table = NDArray[Any]


@dataclass(frozen=True)
class Plan:
    """The compiled descriptors. ``children`` holds 257 entries a node: >= 0 a node, below 0 the leaf ``-1 - entry``.

    Each framing has one more case after its own: what meets no case of it (protocol ""). ``hints`` are the framings to
    try first for a transport and port, ``anywhere`` those to try for the transport on any port, strongest sync first.
    """

    names: tuple[str, ...]
    protocols: tuple[str, ...]
    framings: Table
    tests: Table
    masks: Table
    cases: Table
    ranges: Table
    nodes: Table
    children: Table
    leaves: Table
    leaf_cases: Table
    tokens: Table
    token_bytes: Table
    case_framing: Table
    hints: dict[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    anywhere: dict[str, tuple[int, ...]] = field(default_factory=dict)


def compile_descriptors(framings: Sequence[Framing], cases: Mapping[str, Sequence[Case]]) -> Plan:
    """The flat tables of ``framings`` and their ``cases`` (by framing name); ValueError on a contradiction."""
    names = tuple(f.name for f in framings)
    if len(set(names)) != len(names):
        raise ValueError("two framings have the same name")
    if unknown := set(cases) - set(names):
        raise ValueError(f"cases of unknown framings: {', '.join(sorted(unknown))}")
    compiler = _Compiler()
    for framing in framings:
        compiler.add(framing, tuple(cases.get(framing.name, ())))
    return compiler.plan(framings)


class _Compiler:
    """Collects rows; each ``add`` appends one framing with its tests, cases and decision tree."""

    def __init__(self) -> None:
        self.protocols: dict[str, int] = {"": 0}
        self.masks: dict[frozenset[int], int] = {}
        self.rows: dict[str, list[tuple[int, ...]]] = {
            name: [] for name in ("framing", "test", "case", "range", "node", "leaf", "token")
        }
        self.children: list[NDArray[np.int32]] = []
        self.leaf_cases: list[int] = []
        self.trees: dict[tuple[int, int, frozenset[int]], int] = {}
        self.leaf_ids: dict[tuple[int, ...], int] = {}
        self.token_bytes = bytearray()
        self.case_framing: list[int] = []

    def add(self, framing: Framing, cases: tuple[Case, ...]) -> None:
        first_test, last_test = self._tests(framing.sync)
        first_case = len(self.rows["case"])
        for case in cases:
            self._case(case)
        self._case(Case("", key=(Range(0, UNKNOWN_KEY),), keep=UNKNOWN_KEEP, role=Role.NOTICE))
        self.case_framing += [len(self.rows["framing"])] * (len(cases) + 1)
        looked_at = [t.at for c in cases for t in c.when if isinstance(t, Byte)]
        whens = [*(c.when for c in cases), ()]
        at_bytes = {at: _byte_classes(whens, at) for at in sorted({at for at in looked_at if at >= 0})}
        root = self._tree(first_case, at_bytes, (1 << len(whens)) - 1, frozenset())
        cut = self._cutter(framing.cutter)
        seen = [t.at + 1 for t in framing.sync if isinstance(t, Byte) and t.at >= 0]
        cut["probe"] = max([cut.get("probe", 1), *seen])
        whole = cut["maximum"] if cut["kind"] in (LINE, HEADER_BLOCK) else 0  # must be at hand to find the end
        keep = max([c.keep for c in cases] + [at + _SLACK for at in looked_at] + [UNKNOWN_KEEP, cut["probe"], whole])
        cut |= {
            "first_test": first_test,
            "last_test": last_test,
            "keep": keep,
            "root": root,
            "confirmations": max(1, framing.confirmations),
            "by_requester": int(framing.pair_by_requester),
            "strong": int(strength(framing) >= STRONG),
        }
        self.rows["framing"].append(tuple(cut.get(name, 0) for name in FRAMING.names or ()))

    def _tests(self, tests: Iterable[Test]) -> tuple[int, int]:
        first = len(self.rows["test"])
        for test in tests:
            if isinstance(test, Size):
                self.rows["test"].append((0, -1, test.low, test.high))
            else:
                self.rows["test"].append((test.at, self._mask(test.among), 0, 0))
        return first, len(self.rows["test"])

    def _mask(self, among: frozenset[int]) -> int:
        if bad := [v for v in among if not 0 <= v <= 255]:
            raise ValueError(f"not a byte value: {bad[0]}")
        return self.masks.setdefault(among, len(self.masks))

    def _ranges(self, ranges: Iterable[Range]) -> tuple[int, int]:
        first = len(self.rows["range"])
        for r in ranges:
            ends, end, at, width, add, little = TO_MESSAGE_END, 0, 0, 0, 0, 0
            if isinstance(r.end, Field):
                if not 1 <= r.end.width <= 4:
                    raise ValueError(f"a field of {r.end.width} bytes")
                ends, at, width, add, little = AT_FIELD, r.end.at, r.end.width, r.end.add, int(r.end.little)
            elif r.end is not None:
                ends, end = AT_OFFSET, r.end
            if r.stride < 0 or (r.stride and r.width < 1):
                raise ValueError("a stride needs a positive width")
            self.rows["range"].append((r.start, ends, end, at, width, add, little, r.stride, r.width))
        return first, len(self.rows["range"])

    def _case(self, case: Case) -> None:
        protocol = self.protocols.setdefault(case.protocol, len(self.protocols))
        tests, key, pair = self._tests(case.when), self._ranges(case.key), self._ranges(case.pair)
        self.rows["case"].append(
            (protocol, *tests, *key, *pair, int(case.role), max(case.keep, 1), int(case.with_length))
        )

    def _cutter(self, cutter: Cutter) -> dict[str, int]:
        if isinstance(cutter, Length):
            if not 1 <= cutter.width <= 4:
                raise ValueError(f"a length field of {cutter.width} bytes")
            more, more_if = cutter.more, cutter.more_if
            return {
                "kind": LENGTH,
                "at": cutter.at,
                "width": cutter.width,
                "add": cutter.add,
                "little": int(cutter.little),
                "minimum": max(1, cutter.minimum),
                "maximum": cutter.maximum,
                "more_at": more.at if more else -1,
                "more_mask": self._mask(more.among) if more else -1,
                "more_if_at": more_if.at if more_if else -1,
                "more_if_mask": self._mask(more_if.among) if more_if else -1,
                "header": cutter.header,
                "probe": cutter.at + cutter.width,
            }
        if isinstance(cutter, Varint):
            return {
                "kind": VARINT,
                "at": cutter.at,
                "width": cutter.limit,
                "minimum": cutter.at + 1,
                "maximum": cutter.maximum,
                "probe": cutter.at + 1,
            }
        if isinstance(cutter, Blocks):
            return {
                "kind": BLOCKS,
                "at": cutter.at,
                "overhead": cutter.overhead,
                "header": cutter.header,
                "block": max(1, cutter.block),
                "crc": cutter.crc,
                "minimum": cutter.header,
                "maximum": 1 << 16,
                "probe": cutter.at + 1,
            }
        if isinstance(cutter, Line):
            return {"kind": LINE, "minimum": 1, "maximum": cutter.maximum, "probe": 1}
        if isinstance(cutter, HeaderBlock):
            first = len(self.rows["token"])
            for token in cutter.tokens:
                self.rows["token"].append((len(self.token_bytes), len(self.token_bytes) + len(token)))
                self.token_bytes += token
            return {
                "kind": HEADER_BLOCK,
                "first_token": first,
                "last_token": len(self.rows["token"]),
                "minimum": 1,
                "maximum": cutter.maximum,
                "probe": 1,
            }
        return {"kind": WHOLE, "minimum": 1, "maximum": 1 << 62, "probe": 1}

    def _tree(self, first_case: int, bytes_: dict[int, _ByteClasses], live: int, seen: frozenset[int]) -> int:
        """Build the node or leaf for the cases in the bit set ``live``; returns its index as ``children`` writes it."""
        at = _best_byte(bytes_, live, seen)
        if at is None or len(self.rows["node"]) >= _MAX_NODES:
            return self._leaf(tuple(first_case + i for i in range(live.bit_length()) if live >> i & 1))
        node = len(self.rows["node"])
        self.rows["node"].append((at, node * (ABSENT + 1)))
        self.children.append(bytes_[at].class_of)  # keeps the place
        below = [self._subtree(first_case, bytes_, live & possible, seen | {at}) for possible, _ in bytes_[at].classes]
        self.children[node] = np.array(below, np.int32)[bytes_[at].class_of]
        return node

    def _subtree(self, first_case: int, bytes_: dict[int, _ByteClasses], live: int, seen: frozenset[int]) -> int:
        """``_tree``, built once for equal cases of one framing."""
        key = (first_case, live, seen)
        if key not in self.trees:
            self.trees[key] = self._tree(first_case, bytes_, live, seen)
        return self.trees[key]

    def _leaf(self, members: tuple[int, ...]) -> int:
        if members not in self.leaf_ids:
            self.leaf_ids[members] = len(self.rows["leaf"])
            self.rows["leaf"].append((len(self.leaf_cases), len(self.leaf_cases) + len(members)))
            self.leaf_cases += members
        return -1 - self.leaf_ids[members]

    def plan(self, framings: Sequence[Framing]) -> Plan:
        masks = np.zeros((max(1, len(self.masks)), 256), np.uint8)
        for among, index in self.masks.items():
            masks[index, sorted(among)] = 1
        hints: dict[tuple[str, int], list[int]] = {}
        anywhere: dict[str, list[int]] = {}
        for index, framing in enumerate(framings):
            for transport in framing.ports or ("tcp", "udp"):
                for port in framing.ports.get(transport, ()):
                    hints.setdefault((_transport(transport), port), []).append(index)
                if framing.anywhere and strength(framing) >= WEAKEST:
                    anywhere.setdefault(_transport(transport), []).append(index)
        for found in anywhere.values():
            found.sort(key=lambda i: -strength(framings[i]))
        return Plan(
            names=tuple(f.name for f in framings),
            protocols=tuple(self.protocols),
            framings=_table(self.rows["framing"], FRAMING),
            tests=_table(self.rows["test"], TEST),
            masks=masks,
            cases=_table(self.rows["case"], CASE),
            ranges=_table(self.rows["range"], RANGE),
            nodes=_table(self.rows["node"], NODE),
            children=np.concatenate(self.children) if self.children else _numbers([]),
            leaves=_table(self.rows["leaf"], SPAN),
            leaf_cases=_numbers(self.leaf_cases),
            tokens=_table(self.rows["token"], SPAN),
            token_bytes=np.frombuffer(bytes(self.token_bytes) or b"\0", np.uint8).copy(),
            case_framing=_numbers(self.case_framing),
            hints={key: tuple(found) for key, found in hints.items()},
            anywhere={key: tuple(found) for key, found in anywhere.items()},
        )


def strength(framing: Framing) -> float:
    """How many bits of evidence the sync tests of one message give."""
    return sum(
        math.log2(256 / max(1, len(t.among)))
        if isinstance(t, Byte)
        else math.log2(0x10000 / min(0x10000, max(1, t.high - t.low + 1)))
        for t in framing.sync
    ) + (min(map(len, framing.cutter.tokens), default=0) * 8.0 if isinstance(framing.cutter, HeaderBlock) else 0.0)


def _transport(name: str) -> str:
    return "ethernet" if name == "ethertype" else name


@dataclass(frozen=True)
class _ByteClasses:
    """The values of one byte (and ABSENT) by which cases they leave possible, as bit sets with how many values do."""

    classes: list[tuple[int, int]]
    class_of: NDArray[np.int32]


def _byte_classes(whens: Sequence[tuple[Test, ...]], at: int) -> _ByteClasses:
    indifferent = (1 << len(whens)) - 1
    named: dict[int, int] = {}  # value -> cases that name it
    for number, when in enumerate(whens):
        among = [test.among for test in when if isinstance(test, Byte) and test.at == at]
        if among:
            indifferent &= ~(1 << number)
            for value in frozenset.intersection(*among):
                named[value] = named.get(value, 0) | 1 << number
    possible = [named.get(value, 0) | indifferent for value in range(ABSENT + 1)]
    numbers: dict[int, int] = {}
    class_of = np.array([numbers.setdefault(cases, len(numbers)) for cases in possible], np.int32)
    sizes = np.bincount(class_of, minlength=len(numbers)).tolist()
    return _ByteClasses(list(zip(numbers, sizes, strict=True)), class_of)


def _best_byte(bytes_: dict[int, _ByteClasses], live: int, seen: frozenset[int]) -> int | None:
    """The byte whose value leaves the fewest cases possible; None when no byte helps."""
    best: tuple[int, int] | None = None
    every = live.bit_count() * (ABSENT + 1)
    if live.bit_count() <= SMALL:
        return None
    for at, byte in bytes_.items():
        if at not in seen:
            left = sum((live & cases).bit_count() * values for cases, values in byte.classes)
            if left < every and (best is None or left < best[0]):
                best = (left, at)
    return best[1] if best else None


def _table(rows: list[tuple[int, ...]], dtype: np.dtype[Any]) -> Table:
    return np.array(rows or [(0,) * len(dtype.names or ())], dtype).view(np.recarray)


def _numbers(values: list[int]) -> Table:
    return np.array(values or [0], np.int32)
