"""Descriptors to the flat tables that the kernel reads: one numpy record array for each kind of thing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scanner.framing.decision_tree import ABSENT, Decisions, TreePlace
from scanner.framing.evidence import credible, evidence, found_by_content, is_plain, is_strong, opened, strength, yields
from scanner.framing.language import (
    After,
    Alike,
    BerElements,
    Bits,
    Byte,
    Case,
    Chain,
    CrcBlocks,
    CrcResidue,
    Delimiter,
    Directory,
    Field,
    Framing,
    Ft12,
    HeaderBlock,
    Length,
    Line,
    Part,
    Protobuf,
    Range,
    Role,
    Select,
    SentBy,
    Size,
    Sync,
    Test,
    Transducer,
    Varint,
    Whole,
    Within,
)
from scanner.framing.layout import (
    ALIKE,
    AT_FIELD,
    AT_OFFSET,
    BEHIND,
    BLOCKS,
    CASE,
    CHAIN,
    CHAIN_ROW,
    DIGITS,
    DIRECTORY,
    ELEMENTS,
    ESCAPED,
    EVERY_SEGMENT,
    FRAMING,
    FT12,
    HEADER_BLOCK,
    LEAF,
    LEAVES,
    LENGTH,
    LIFETIME,
    LINE,
    MASKED,
    OPEN,
    PICK,
    PROTOBUF,
    RANGE,
    RESIDUE,
    SENDER,
    SEQUENCE,
    SHORT_SEGMENTS,
    SIZE,
    SMALL,
    SPAN,
    STATE,
    TEST,
    TO_MESSAGE_END,
    TRANSDUCER,
    UNPREPARED,
    VARINT,
    WHOLE,
    WITHIN,
    WORD,
    WORD_FACTOR,
    WORD_SEED,
)

_SAY_LENGTH = (LENGTH, VARINT, BLOCKS, FT12)  # before the tests are asked
MOST_FRAMINGS = 512  # of which the kernel notes for each connection what it is not
UNKNOWN_KEY = 8  # bytes compared of a message that meets no case
UNKNOWN_KEEP = 256  # bytes kept of such a message
_VALUES_SET = frozenset(range(256))
_LONGEST_PATH = 4  # tags
_HEAD_SHIFT = 8  # bits for how many elements are taken, below how many bytes of each
_MOST_SKIPPED = 15  # elements of one tag
_WORD = 8  # bytes that are compared at once
_MOST_STATES = 1 << 15  # of a transducer: a step is a state and a bit
_SLACK = 8  # kept bytes beyond what tests look at, so that a short ``keep`` does not hide them


Table = NDArray[Any]


class _Growing:
    """A table to which rows are added; ``all`` is an array that may be longer than what is ``used``."""

    def __init__(self, dtype: np.dtype[Any], room: int = 64) -> None:
        self.all: Table = np.zeros(room, dtype)
        self.used = 0

    def add(self, rows: Any) -> int:
        """Append; gives where the first of them is."""
        first, self.used = self.used, self.used + len(rows)
        if self.used > len(self.all):
            grown = np.zeros(max(self.used, 2 * len(self.all)), self.all.dtype)
            grown[:first] = self.all[:first]
            self.all = grown
        self.all[first : self.used] = rows
        return first

    @property
    def rows(self) -> Table:
        """What is used."""
        return self.all[: self.used]


class _Made(NamedTuple):
    """The cases of a framing as rows, how many bytes they want kept, and the beginning of their tree."""

    rows: Table
    keep: int
    decisions: Decisions


def word_hash(word: bytes) -> int:
    """By which a transducer knows a word, in either case."""
    state = WORD_SEED
    for octet in word.lower():
        state = (state ^ octet) * WORD_FACTOR & 0xFFFFFFFFFFFFFFFF
    return state


class FramingPlan:
    """The compiled descriptors, each attribute a table.

    Of a framing that no message was found of only the row in ``framings`` is there: the rest is made by ``prepare``,
    and its decision tree where messages come by (``expand``). So cases, case_framing, ranges, chains, picks, steps,
    tree, leaves, leaf_cases, tests and masks grow; ``tables_that_grow`` are the arrays as they are now.

    ``tree`` holds 258 entries a node: the byte it looks at, and what each value and TOO_SHORT lead to; ``root`` and
    these entries are the place of a node (>= 0), ``-1 - case``, or ``LEAVES - leaf``. ``masks`` holds 256 entries (1:
    among) for each set of byte values; tests name the first of them, -1 for a test of size. Each framing has one more
    case after its own: what meets no case of it (protocol ""). ``hints`` are the framings to try first for a transport
    and port, ``anywhere`` those to try for the transport on any port, strongest sync first.
    """

    def __init__(
        self, framings: Sequence[Framing], cases: Mapping[str, Sequence[Case]], rest: Mapping[str, str]
    ) -> None:
        if len(framings) > MOST_FRAMINGS:
            raise ValueError(f"{len(framings)} framings; the kernel tells {MOST_FRAMINGS} apart")
        self._cases, self._rest = cases, rest
        self._kept_cases: list[tuple[Case, ...]] = []  # whose identities tell them
        self._mask_at: dict[frozenset[int], int] = {}
        self._numbers_at: dict[tuple[tuple[int, int], ...], int] = {}
        self._tests_at: dict[tuple[Test | Sync, ...], tuple[int, int]] = {}
        self._families: dict[str, int] = {}
        self._masks = _Growing(np.dtype("u1"), 4096)
        self._tests = _Growing(TEST)
        self._case_rows = _Growing(CASE)
        self._case_framing = _Growing(np.dtype("i4"))
        self._ranges = _Growing(RANGE)
        self._chains = _Growing(CHAIN_ROW)
        self._picks = _Growing(PICK)
        self._steps = _Growing(np.dtype("u2"))
        self._steps_at: dict[Transducer, int] = {}
        self._words = _Growing(np.dtype("u8"))
        self._tree = _Growing(np.dtype("i4"), 4096)
        self._leaves = _Growing(SPAN)
        self._leaf_cases = _Growing(LEAF)
        self._made_of: dict[tuple[int, ...], _Made] = {}  # by the identities of the cases, which ``_kept_cases`` keeps
        self._decisions: dict[int, Decisions] = {}  # of each framing that is prepared
        self._places: list[tuple[int, TreePlace]] = []  # framing and place of each leaf
        self._above: list[list[int]] = []  # nodes that lead to each leaf
        self._entry_of: dict[tuple[int, TreePlace], int] = {}  # of the places that are a leaf or became a node
        self._tokens: list[tuple[int, int]] = []
        self._token_bytes = bytearray()
        self.protocols: list[str] = [""]
        self.names = tuple(f.name for f in framings)
        self._described = {f.name: f for f in framings}
        self._followers = {f.then for f in framings}
        self.framings = _table([self._framing(f) for f in framings], FRAMING)
        self.tokens = _table(self._tokens, SPAN)
        self.token_bytes = np.frombuffer(bytes(self._token_bytes) or b"\0", np.uint8).copy()
        self.hints, self.anywhere = _where(framings)

    @property
    def cases(self) -> Table:
        """The cases of the framings that were wanted."""
        return self._case_rows.rows

    @property
    def case_framing(self) -> Table:
        """The framing of each case."""
        return self._case_framing.rows

    @property
    def leaves(self) -> Table:
        """The leaves, some of them open."""
        return self._leaves.rows

    @property
    def tree(self) -> Table:
        """The nodes, 258 entries each."""
        return self._tree.rows

    @property
    def tables_that_grow(self) -> tuple[Table, ...]:
        """tests, masks, cases, ranges, chains, picks, steps, words, tree, leaves, leaf_cases; the next ``prepare`` or
        ``expand`` may replace any of them.
        """
        growing = (
            self._tests,
            self._masks,
            self._case_rows,
            self._ranges,
            self._chains,
            self._picks,
            self._steps,
            self._words,
            self._tree,
            self._leaves,
            self._leaf_cases,
        )
        return tuple(g.all for g in growing)

    def prepare(self, framing: int) -> None:
        """Make the cases of a framing, and the root of its tree. ValueError on a contradiction in a case."""
        made = self._made(tuple(self._cases.get(self.names[framing], ())))
        first = self._case_rows.add(made.rows)
        self._case_framing.add([framing] * len(made.rows))
        row = self.framings[framing]
        row.keep = max(row.keep, made.keep)
        row.first_case = first
        self._decisions[framing] = decisions = made.decisions.again()
        row.root = self._entry(framing, decisions.root)

    def _made(self, cases: tuple[Case, ...]) -> _Made:
        """What the framings that share these very cases share: the forms of carrying one protocol do."""
        identity = tuple(map(id, cases))
        if identity not in self._made_of:
            self._kept_cases.append(cases)
            cases = (*cases, Case("", key=(Range(0, UNKNOWN_KEY),), keep=UNKNOWN_KEEP, role=Role.NOTICE))
            looked_at = [t.at for c in cases for t in c.when if isinstance(t, Byte)]
            keep = max(*(c.keep for c in cases), max(looked_at, default=0) + _SLACK)
            ranges: list[tuple[int, ...]] = []
            rows = [self._case(case, ranges) for case in cases]
            self._ranges.add(ranges)
            self._made_of[identity] = _Made(_table(rows, CASE), keep, Decisions([c.when for c in cases]))
        return self._made_of[identity]

    def expand(self, leaf: int) -> None:
        """A message came to an open leaf: it becomes a node, or gets the cases that are to be tried."""
        framing, place = self._places[leaf]
        decisions = self._decisions[framing]
        split = decisions.split(place)
        if split is None:
            first_case = int(self.framings[framing].first_case)
            rows = [(first_case + case, *self._tests_of(left)) for case, left in decisions.leaf(place)]
            first = self._leaf_cases.add(rows)
            self._leaves.all[leaf] = first, first + len(rows)
            return
        at, below, class_of = split
        entries = np.array([self._entry(framing, p) for p in below], np.int32)
        node = self._tree.add(np.concatenate(([at], entries[class_of])).astype(np.int32))
        for lower in {LEAVES - e for e in entries.tolist() if e <= LEAVES}:
            self._above[lower].append(node)
        entry = LEAVES - leaf
        for above in self._above[leaf]:
            branches = self._tree.all[above + 1 : above + ABSENT + 2]
            branches[branches == entry] = node
        self._entry_of[framing, place] = node
        if self.framings[framing].root == entry:
            self.framings[framing].root = node

    def _entry(self, framing: int, place: TreePlace) -> int:
        """The entry that leads to a place: the case it decides, a leaf, open at first, or the node it became."""
        case = self._decisions[framing].decided(place)
        if case >= 0:
            return -1 - int(self.framings[framing].first_case) - case
        entry = self._entry_of.get((framing, place))
        if entry is None:
            entry = self._entry_of[framing, place] = LEAVES - self._leaves.add([(OPEN, OPEN)])
            self._places.append((framing, place))
            self._above.append([])
        return entry

    def _framing(self, framing: Framing) -> tuple[int, ...]:
        cut = self._more(None, None, 0) | self._delimiter(framing.delimiter)
        if cut["kind"] in _SAY_LENGTH:
            for test in framing.sync:
                if isinstance(test, Size):
                    cut["minimum"] = max(cut["minimum"], test.low)
                    cut["maximum"] = min(cut["maximum"], test.high)
        cut["first_test"], cut["last_test"] = self._tests_of(framing.sync)
        rest, cut["word_mask"], cut["word"], cut["reach"] = _word(framing.sync, cut["kind"])
        cut["first_rest"], cut["last_rest"] = self._tests_of(rest)
        cut["first_unless"], cut["last_unless"] = self._tests_of(framing.unless)
        seen = [t.at + 1 for t in framing.sync if isinstance(t, Byte) and t.at >= 0]
        cut["probe"] = max([cut.get("probe", 1), *seen])
        whole = cut["maximum"] if cut["kind"] in (LINE, HEADER_BLOCK) else 0  # must be at hand to find the end
        cut |= {
            "keep": max(cut["probe"], whole),
            "root": UNPREPARED,
            "confirmations": max(1, framing.confirmations),
            "by_requester": int(framing.pair_by_requester),
            "strong": int(is_strong(framing)),
            "credible": credible(framing),
            "evidence": int(evidence(framing)) if self._may_follow(framing) else 0,
            "family": self._family(framing),
            "doubt": int(evidence(framing)) if framing.anywhere else 0,
            "weight": int(max(strength(framing), evidence(framing))),
            "opened": opened(framing) if framing.name in self._followers else 0,
            "yields": yields(framing),
            "then": self.names.index(framing.then) if framing.then in self.names else -1,
        }
        return tuple(cut.get(name, 0) for name in FRAMING.names or ())

    def _tests_of(self, tests: tuple[Test | Sync, ...]) -> tuple[int, int]:
        """Where these tests are in the table."""
        if tests not in self._tests_at:
            rows = [self._test(test) for test in tests]
            first = self._tests.add(rows) if rows else 0
            self._tests_at[tests] = first, first + len(rows)
        return self._tests_at[tests]

    def _test(self, test: Test | Sync) -> tuple[int, int, int, int]:
        if isinstance(test, Size):
            return 0, SIZE, test.low, test.high
        if isinstance(test, CrcResidue):
            return 0, RESIDUE, test.polynomial << 16 | test.initial, test.residue
        if isinstance(test, SentBy):
            return 0, SENDER, int(test.client), 0
        if isinstance(test, Within):
            return 0, WITHIN, test.first, self._mask(test.then)
        if isinstance(test, Alike):
            return test.one, ALIKE, test.other, test.width
        return test.at, self._mask(test.among), 0, 0

    def _mask(self, among: frozenset[int]) -> int:
        if among not in self._mask_at:
            mask = np.zeros(len(_VALUES_SET), np.uint8)
            mask[list(among)] = 1
            self._mask_at[among] = self._masks.add(mask)
        return self._mask_at[among]

    def _add_ranges(self, parts: tuple[Part, ...], ranges: list[tuple[int, ...]]) -> tuple[int, int]:
        """Append the rows to ``ranges``, which are added to the table at once; gives where they will be in it."""
        rows = [self._part(p, ranges) for p in parts]
        first = self._ranges.used + len(ranges)
        ranges += rows
        return first, first + len(rows)

    def _part(self, part: Part, ranges: list[tuple[int, ...]]) -> tuple[int, ...]:
        if isinstance(part, BerElements):
            return self._elements(part)
        if isinstance(part, Chain):
            return self._chain(part, ranges)
        if isinstance(part, After):
            size = 0 if part.size is None else part.size
            if size < 0 or part.size == 0:
                raise ValueError("nothing is taken behind a field")
            return 0, BEHIND, 0, *_field(part.field), 0, size, 0
        if isinstance(part, Bits):
            if part.at < 0 or not 0 < part.mask < 0x100:
                raise ValueError("bits are of a byte that counts from the front")
            return part.at, MASKED, part.mask, 0, 0, 0, 0, 0, 0, 1
        return self._listed(part, ranges)

    def _listed(
        self, part: Range | Directory | Protobuf | Transducer, ranges: list[tuple[int, ...]]
    ) -> tuple[int, ...]:
        if isinstance(part, Directory):
            return self._directory(part, ranges)
        if isinstance(part, Protobuf):
            if part.inside not in _VALUES_SET or not _VALUES_SET.issuperset(part.whole):
                raise ValueError("fields beyond 255 are not looked at")
            return 0, PROTOBUF, self._mask(part.whole), *_field(part.start), part.inside, 0, 0
        if isinstance(part, Transducer):
            return part.start, TRANSDUCER, self._transducer(part), *self._known(part), 0, 0, 0, 0, 0
        return _range(part)

    def _chain(self, part: Chain, ranges: list[tuple[int, ...]]) -> tuple[int, ...]:
        """A row of the table of ranges: ``end`` is its row in the table of chains, which has what is left. ``stride``
        and ``span`` are the place and the width of the field that says where it begins, no width where an offset does.
        """
        begin = Field(0, 0, part.start) if isinstance(part.start, int) else part.start
        if min(begin.at, begin.add, part.size.at) < 0 or begin.little:
            raise ValueError("a chain and the size of its records count from the front")
        more = (part.more.at, self._mask(part.more.among)) if part.more else (-1, -1)
        row = self._chains.add([(part.mask, *more, *self._add_picks(part.picks, ranges))])
        return begin.add, CHAIN, row, *_field(part.size), begin.at, begin.width, 0

    def _directory(self, part: Directory, ranges: list[tuple[int, ...]]) -> tuple[int, ...]:
        """As of a chain; the field is that of the end, of no width where there is none. ``stride`` and ``span`` are the
        width of an offset and whether it is little-endian.
        """
        if part.start < 0 or not 1 <= part.width <= 4:
            raise ValueError("a directory counts from the front, by offsets of one to four bytes")
        row = self._chains.add([(0, -1, -1, *self._add_picks(part.picks, ranges))])
        end = _field(part.end) if part.end else (0, 0, 0, 0)
        return part.start, DIRECTORY, row, *end, part.width, int(part.little), 0

    def _add_picks(self, picks: tuple[Select, ...], ranges: list[tuple[int, ...]]) -> tuple[int, int]:
        rows = [(*self._tests_of(p.when), *self._add_ranges(p.key, ranges)) for p in picks]
        first = self._picks.add(rows) if rows else 0
        return first, first + len(rows)

    def _transducer(self, part: Transducer) -> int:
        """Where its states are in their table. A state is for each byte twice the state that follows, and 1: take it;
        then 1 and the byte that it waits for, 0 when it does not leave out all bytes but one; then whether what it
        reads is a word, and one that is written otherwise than it is.
        """
        at = self._steps_at.get(part)
        if at is not None:
            return at
        number = {name: i for i, (name, _) in enumerate(part.states)}
        if part.start < 0 or not 1 <= len(number) <= _MOST_STATES or len(number) < len(part.states):
            raise ValueError("a transducer begins at an offset from the front, in the first of its states")
        steps = np.zeros((len(number), 258), np.uint16)
        for row, (_, state) in zip(steps, part.states, strict=True):
            for step in (state.otherwise, *(step for _, step in state.steps)):
                if step.to not in number:
                    raise ValueError(f"no state {step.to} to go to")
            row[:] = 2 * number[state.otherwise.to] + state.otherwise.take
            for among, step in reversed(state.steps):
                row[list(among)] = 2 * number[step.to] + step.take
        ends = steps[:, :256] != 2 * np.arange(len(number))[:, np.newaxis]
        steps[:, 257] = [WORD * state.word | ESCAPED * state.escaped for _, state in part.states]
        steps[:, 256] = np.where((ends.sum(axis=1) == 1) & (steps[:, 257] == 0), 1 + ends.argmax(axis=1), 0)
        self._steps_at[part] = at = self._steps.add(steps.ravel())
        return at

    def _known(self, part: Transducer) -> tuple[int, int]:
        """Where the hashes of its words begin and end in their table, in ascending order."""
        first = self._words.add(np.unique(np.array([word_hash(word) for word in part.words], np.uint64)))
        return first, self._words.used

    def _elements(self, part: BerElements) -> tuple[int, ...]:
        """A row of the table of ranges: ``end`` is the mask of the tags, ``at`` where it stands what the number of each
        is or -1, ``add`` the tags of the path and ``span`` how many of each are skipped, four bits each, ``width`` its
        length, ``little`` and ``stride`` are ``skip`` and ``most``, with ``head`` in the bits above eight.
        """
        numbers = self._numbers_of(part)
        tags = (*(step.tag for step in part.path), *part.tags, *numbers)
        if not 1 <= len(part.path) <= _LONGEST_PATH or not _VALUES_SET.issuperset(tags):
            raise ValueError("a path has one to four tags of one byte")
        if not all(0 <= step.skip <= _MOST_SKIPPED for step in part.path) or part.path[0].skip:
            raise ValueError("a path begins with an element, and skips up to 15 further down")
        if not (0 <= part.most < 1 << _HEAD_SHIFT and 0 <= part.head < 1 << 16):
            raise ValueError("up to 255 elements, and up to 65535 bytes of each")
        path = int.from_bytes(bytes(s.tag for s in part.path), "big", signed=len(part.path) == _LONGEST_PATH)
        skipped = sum(s.skip << 4 * i for i, s in enumerate(reversed(part.path)))
        return (
            part.start,
            ELEMENTS,
            self._mask(part.tags),
            self._numbers(numbers),
            len(part.path),
            path,
            part.skip,
            part.head << _HEAD_SHIFT | part.most,
            skipped,
            0,
        )

    @staticmethod
    def _numbers_of(part: BerElements) -> dict[int, int]:
        """Tag -> what the number is to its message."""
        found = dict.fromkeys(part.small, SMALL)
        numbering = part.numbering
        if numbering:
            for tag, kind in ((numbering.state, STATE), (numbering.sequence, SEQUENCE), (numbering.lifetime, LIFETIME)):
                if tag in part.tags:
                    raise ValueError("what numbers messages cannot make each of them another one")
                if tag is not None:
                    found[tag] = found.get(tag, 0) | kind
        return found

    def _numbers(self, numbers: dict[int, int]) -> int:
        """Where it stands for each tag what its number is; -1 when there is none."""
        if not numbers:
            return -1
        known = tuple(sorted(numbers.items()))
        if known not in self._numbers_at:
            kinds = np.zeros(len(_VALUES_SET), np.uint8)
            kinds[list(numbers)] = list(numbers.values())
            self._numbers_at[known] = self._masks.add(kinds)
        return self._numbers_at[known]

    def _case(self, case: Case, ranges: list[tuple[int, ...]]) -> tuple[int, ...]:
        if case.protocol not in self.protocols:
            self.protocols.append(case.protocol)
        key, pair = self._add_ranges(case.key, ranges), self._add_ranges(case.pair, ranges)
        protocol = self.protocols.index(case.protocol)
        how = (int(case.with_length), int(case.in_order), case.most, int(is_plain(case)))
        handles = (case.gives, case.uses, case.drops)
        parts = (self._add_ranges(handle.parts if handle else (), ranges) for handle in handles)
        of_handles = (*itertools.chain.from_iterable(parts), int(any(handle and handle.brief for handle in handles)))
        return (protocol, *key, *pair, int(case.role), max(case.keep, 1), *how, *of_handles)

    def _family(self, framing: Framing) -> int:
        """By the protocol to which everything belongs that meets no other case."""
        name = self._rest.get(framing.name, framing.name)
        return self._families.setdefault(name, 1 + len(self._families))

    def _may_follow(self, framing: Framing) -> bool:
        """It is looked for everywhere, and is no opening of a session in which anything may follow anyway."""
        then = self._described.get(framing.then)
        return framing.anywhere and not (then and yields(then))

    def _more(self, more: Byte | None, more_if: Byte | None, header: int, fresh: Byte | None = None) -> dict[str, int]:
        return {
            "more_at": more.at if more else -1,
            "more_mask": self._mask(more.among) if more else -1,
            "more_if_at": more_if.at if more_if else -1,
            "more_if_mask": self._mask(more_if.among) if more_if else -1,
            "fresh_at": fresh.at if fresh else -1,
            "fresh_mask": self._mask(fresh.among) if fresh else -1,
            "header": header,
        }

    def _delimiter(self, delimiter: Delimiter) -> dict[str, int]:
        if isinstance(delimiter, Length):
            whole = delimiter.whole or Field(0, 0)
            if not 1 <= delimiter.width <= 4 or not 0 <= whole.width <= 4 or whole.little:
                raise ValueError(f"a length field of {delimiter.width} bytes, or a whole length of {whole.width}")
            return {
                "kind": LENGTH,
                "whole_at": whole.at,
                "whole_width": whole.width,
                "whole_add": whole.add,
                "at": delimiter.at,
                "width": delimiter.width,
                "add": delimiter.add,
                "little": DIGITS if delimiter.digits else int(delimiter.little),
                "mask": delimiter.mask,
                "minimum": max(1, delimiter.minimum),
                "maximum": delimiter.maximum,
                **self._more(delimiter.more, delimiter.more_if, delimiter.header),
                "probe": delimiter.at + delimiter.width,
            }
        if isinstance(delimiter, Varint):
            return {
                "kind": VARINT,
                "at": delimiter.at,
                "width": delimiter.limit,
                "minimum": delimiter.at + 1,
                "maximum": delimiter.maximum,
                "probe": delimiter.at + 1,
            }
        if isinstance(delimiter, CrcBlocks):
            return {
                "kind": BLOCKS,
                "at": delimiter.at,
                "overhead": delimiter.overhead,
                "head": delimiter.header,
                **self._more(delimiter.more, delimiter.more_if, 0, delimiter.fresh),
                "block": max(1, delimiter.block),
                "crc": delimiter.crc,
                "minimum": delimiter.header,
                "maximum": 1 << 16,
                "probe": delimiter.at + 1,
            }
        if isinstance(delimiter, Line):
            return {
                "kind": LINE,
                "minimum": 1,
                "maximum": delimiter.maximum,
                "probe": 1,
                **self._tokens_of((delimiter.end,)),
            }
        if isinstance(delimiter, HeaderBlock):
            return {
                "kind": HEADER_BLOCK,
                **self._tokens_of(delimiter.tokens),
                "answers": delimiter.answers,
                "bodies": int(delimiter.bodies),
                "minimum": 1,
                "maximum": delimiter.maximum,
                "probe": 1,
            }
        kind, longest = (FT12, 261) if isinstance(delimiter, Ft12) else (WHOLE, 1 << 62)
        gathers = _gathers(delimiter) if isinstance(delimiter, Whole) else 0
        short = delimiter.joins if isinstance(delimiter, Whole) else 0
        return {"kind": kind, "minimum": 1, "maximum": longest, "probe": 1, "gathers": gathers, "short": short}

    def _tokens_of(self, tokens: Iterable[bytes]) -> dict[str, int]:
        first = len(self._tokens)
        for token in tokens:
            self._tokens.append((len(self._token_bytes), len(self._token_bytes) + len(token)))
            self._token_bytes += token
        return {"first_token": first, "last_token": len(self._tokens)}


def _gathers(delimiter: Whole) -> int:
    return EVERY_SEGMENT if delimiter.grows else SHORT_SEGMENTS if delimiter.joins else 0


def _field(field: Field) -> tuple[int, int, int, int]:
    if not 1 <= field.width <= 4:
        raise ValueError(f"a field of {field.width} bytes")
    return field.at, field.width, field.add, int(field.little)


def _range(r: Range) -> tuple[int, ...]:
    """A row of the table of ranges. fixed: bytes of a range that lies whole in a word and at one place, else 0."""
    ends, end, at, width, add, little = TO_MESSAGE_END, 0, 0, 0, 0, 0
    if isinstance(r.end, Field):
        ends = AT_FIELD
        at, width, add, little = _field(r.end)
    elif r.end is not None:
        ends, end = AT_OFFSET, r.end
    if r.stride < 0 or (r.stride and r.width < 1):
        raise ValueError("a stride needs a positive width")
    fixed = end - r.start if ends == AT_OFFSET and r.start >= 0 and not r.stride else 0
    return r.start, ends, end, at, width, add, little, r.stride, r.width, fixed if 0 < fixed <= _WORD else 0


def _word(sync: tuple[Sync, ...], kind: int) -> tuple[tuple[Sync, ...], int, int, int]:
    """The tests for one value of one of the first eight bytes as a mask and a value of a little-endian word.

    Gives the other tests, the mask, the value, and how many bytes must be visible for the word to say anything.
    """
    rest: list[Sync] = []
    mask = value = reach = 0
    for test in sync:
        if isinstance(test, Size) and kind in _SAY_LENGTH:
            continue
        if isinstance(test, Byte) and 0 <= test.at < _WORD and len(test.among) == 1:
            mask |= 0xFF << 8 * test.at
            value |= next(iter(test.among)) << 8 * test.at
            reach = max(reach, test.at + 1)
        else:
            rest.append(test)
    return tuple(rest), mask, value, reach


def compile_descriptors(
    framings: Sequence[Framing], cases: Mapping[str, Sequence[Case]], rest: Mapping[str, str] | None = None
) -> FramingPlan:
    """The flat tables of ``framings`` and their ``cases`` (by framing name); ValueError on a contradiction.

    Of ``cases`` nothing but the names is asked for before a message of the framing was found. rest: by framing name,
    the protocol to which messages belong that meet no case with tests; that of its last case where not given.
    """
    names = [f.name for f in framings]
    if len(set(names)) != len(names):
        raise ValueError("two framings have the same name")
    if unknown := set(cases) - set(names):
        raise ValueError(f"cases of unknown framings: {', '.join(sorted(unknown))}")
    if rest is None:
        rest = {name: found[-1].protocol for name, found in cases.items() if found}
    return FramingPlan(framings, cases, rest)


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
            if found_by_content(framing):
                anywhere.setdefault(_transport(transport), []).append(index)
                if transport == "tcp":
                    anywhere.setdefault("websocket", []).append(index)
    for found in anywhere.values():
        found.sort(key=lambda i: -strength(framings[i]))
    return {k: tuple(v) for k, v in hints.items()}, {k: tuple(v) for k, v in anywhere.items()}


def _transport(name: str) -> str:
    return "ethernet" if name == "ethertype" else name


def _table(rows: Sequence[tuple[int, ...]], dtype: np.dtype[Any]) -> Table:
    return np.array(rows or [(0,) * len(dtype.names or ())], dtype).view(np.recarray)
