"""Descriptors to the flat tables that the kernel reads: one numpy record array for each kind of thing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.capture.decisions import ABSENT, decide
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
UNDECIDED = -(1 << 31)  # root of a framing whose decision tree is not made yet
UNKNOWN_KEY = 8  # bytes compared of a message that meets no case
UNKNOWN_KEEP = 256  # bytes kept of such a message
STRONG = 16.0  # bits of sync that make a framing credible in the middle of another one
WEAKEST = 6.0  # bits of sync below which a framing is tried on its ports only
_BYTES = frozenset(range(256))
_SLACK = 8  # kept bytes beyond what tests look at, so that a short ``keep`` does not hide them

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
LEAF = np.dtype([("case", "i4"), ("first_test", "i4"), ("last_test", "i4")], align=True)

Table = NDArray[Any]


class Plan:
    """The compiled descriptors, each attribute a table.

    A framing's decision tree is made when it is first needed (``decide``; until then its ``root`` is UNDECIDED): the
    tables nodes, children, leaves, leaf_cases, tests and masks grow by it. ``children`` holds 257 entries a node: >= 0
    a node, below 0 the leaf ``-1 - entry``. ``masks`` holds 256 entries (1: among) for each set of byte values; tests
    name the first of them, -1 for a test of size. Each framing has one more case after its own: what meets no case of
    it (protocol ""). ``hints`` are the framings to try first for a transport and port, ``anywhere`` those to try for
    the transport on any port, strongest sync first.
    """

    nodes: Table
    children: Table
    leaves: Table
    leaf_cases: Table
    tests: Table
    masks: Table

    def __init__(self, framings: Sequence[Framing], cases: Mapping[str, Sequence[Case]]) -> None:
        self._protocols: dict[str, int] = {"": 0}
        self._masks: dict[frozenset[int], int] = {}  # where each begins
        self._mask_bytes = bytearray()
        self._rows: dict[str, list[tuple[int, ...]]] = {
            name: [] for name in ("framing", "test", "case", "range", "node", "leaf", "leaf_case", "token")
        }
        self._children: list[Table] = []
        self._whens: list[list[tuple[Test, ...]]] = []  # of each framing
        self._first_case: list[int] = []
        self._left_tests: dict[tuple[Test, ...], tuple[int, int]] = {}
        self._token_bytes = bytearray()
        self.names = tuple(f.name for f in framings)
        for framing in framings:
            self._add(framing, tuple(cases.get(framing.name, ())))
        self.protocols = tuple(self._protocols)
        self.framings = _table(self._rows["framing"], FRAMING)
        self.cases = _table(self._rows["case"], CASE)
        self.case_framing = _numbers([i for i, whens in enumerate(self._whens) for _ in whens])
        self.ranges = _table(self._rows["range"], RANGE)
        self.tokens = _table(self._rows["token"], SPAN)
        self.token_bytes = np.frombuffer(bytes(self._token_bytes) or b"\0", np.uint8).copy()
        self.hints, self.anywhere = _where(framings)
        self._renew()

    def decide(self, framing: int) -> None:
        """Make the decision tree of a framing."""
        decision = decide(self._whens[framing])
        node, leaf = len(self._rows["node"]), len(self._rows["leaf"])
        for at, branches in decision.nodes:
            self._rows["node"].append((at, len(self._rows["node"]) * (ABSENT + 1)))
            self._children.append(np.where(branches >= 0, branches + node, branches - leaf).astype(np.int32))
        for members in decision.leaves:
            first = len(self._rows["leaf_case"])
            for case, left in members:
                if left not in self._left_tests:
                    self._left_tests[left] = self._tests(left)
                self._rows["leaf_case"].append((self._first_case[framing] + case, *self._left_tests[left]))
            self._rows["leaf"].append((first, len(self._rows["leaf_case"])))
        self.framings[framing].root = decision.root + node if decision.root >= 0 else decision.root - leaf
        self._renew()

    def _renew(self) -> None:
        """Make the tables that grow."""
        self.nodes = _table(self._rows["node"], NODE)
        self.children = np.concatenate(self._children) if self._children else _numbers([])
        self.leaves = _table(self._rows["leaf"], SPAN)
        self.leaf_cases = _table(self._rows["leaf_case"], LEAF)
        self.tests = _table(self._rows["test"], TEST)
        self.masks = np.frombuffer(bytes(self._mask_bytes or 256), np.uint8)

    def _add(self, framing: Framing, cases: tuple[Case, ...]) -> None:
        first_test, last_test = self._tests(framing.sync)
        self._first_case.append(len(self._rows["case"]))
        cases = (*cases, Case("", key=(Range(0, UNKNOWN_KEY),), keep=UNKNOWN_KEEP, role=Role.NOTICE))
        for case in cases:
            self._case(case)
        self._whens.append([c.when for c in cases])
        looked_at = [t.at for c in cases for t in c.when if isinstance(t, Byte)]
        cut = self._cutter(framing.cutter)
        seen = [t.at + 1 for t in framing.sync if isinstance(t, Byte) and t.at >= 0]
        cut["probe"] = max([cut.get("probe", 1), *seen])
        whole = cut["maximum"] if cut["kind"] in (LINE, HEADER_BLOCK) else 0  # must be at hand to find the end
        keep = max([c.keep for c in cases] + [at + _SLACK for at in looked_at] + [cut["probe"], whole])
        cut |= {
            "first_test": first_test,
            "last_test": last_test,
            "keep": keep,
            "root": UNDECIDED,
            "confirmations": max(1, framing.confirmations),
            "by_requester": int(framing.pair_by_requester),
            "strong": int(strength(framing) >= STRONG),
        }
        self._rows["framing"].append(tuple(cut.get(name, 0) for name in FRAMING.names or ()))

    def _tests(self, tests: Iterable[Test]) -> tuple[int, int]:
        first = len(self._rows["test"])
        for test in tests:
            if isinstance(test, Size):
                self._rows["test"].append((0, -1, test.low, test.high))
            else:
                self._rows["test"].append((test.at, self._mask(test.among), 0, 0))
        return first, len(self._rows["test"])

    def _mask(self, among: frozenset[int]) -> int:
        if among not in self._masks:
            _check(among)
            self._masks[among] = len(self._mask_bytes)
            self._mask_bytes += bytes(value in among for value in range(256))
        return self._masks[among]

    def _ranges(self, ranges: Iterable[Range]) -> tuple[int, int]:
        first = len(self._rows["range"])
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
            self._rows["range"].append((r.start, ends, end, at, width, add, little, r.stride, r.width))
        return first, len(self._rows["range"])

    def _case(self, case: Case) -> None:
        protocol = self._protocols.setdefault(case.protocol, len(self._protocols))
        for test in case.when:
            if isinstance(test, Byte):
                _check(test.among)
        key, pair = self._ranges(case.key), self._ranges(case.pair)
        self._rows["case"].append((protocol, *key, *pair, int(case.role), max(case.keep, 1), int(case.with_length)))

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
            first = len(self._rows["token"])
            for token in cutter.tokens:
                self._rows["token"].append((len(self._token_bytes), len(self._token_bytes) + len(token)))
                self._token_bytes += token
            return {
                "kind": HEADER_BLOCK,
                "first_token": first,
                "last_token": len(self._rows["token"]),
                "minimum": 1,
                "maximum": cutter.maximum,
                "probe": 1,
            }
        return {"kind": WHOLE, "minimum": 1, "maximum": 1 << 62, "probe": 1}


def compile_descriptors(framings: Sequence[Framing], cases: Mapping[str, Sequence[Case]]) -> Plan:
    """The flat tables of ``framings`` and their ``cases`` (by framing name); ValueError on a contradiction."""
    names = [f.name for f in framings]
    if len(set(names)) != len(names):
        raise ValueError("two framings have the same name")
    if unknown := set(cases) - set(names):
        raise ValueError(f"cases of unknown framings: {', '.join(sorted(unknown))}")
    return Plan(framings, cases)


def _where(
    framings: Sequence[Framing],
) -> tuple[dict[tuple[str, int], tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Framings by the ports that they name, and those to try anywhere."""
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
    return {k: tuple(v) for k, v in hints.items()}, {k: tuple(v) for k, v in anywhere.items()}


def _check(among: frozenset[int]) -> None:
    if not _BYTES.issuperset(among):
        raise ValueError(f"not a byte value: {min(among - _BYTES)}")


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


def _table(rows: list[tuple[int, ...]], dtype: np.dtype[Any]) -> Table:
    return np.array(rows or [(0,) * len(dtype.names or ())], dtype).view(np.recarray)


def _numbers(values: list[int]) -> Table:
    return np.array(values or [0], np.int32)
