"""The tables of a plan: their rows, and the numbers in them that mean something. The kernel's C structs and constants
are made from this file (setup.py), so it holds nothing else.
"""

import numpy as np

LENGTH, VARINT, BLOCKS, LINE, HEADER_BLOCK, WHOLE, FT12 = range(7)  # kinds of delimiter
# How a range ends; or it is elements by their tags, records of a chain, or begins where a field says; records of a
# directory, fields by their numbers, or what a transducer takes.
TO_MESSAGE_END, AT_OFFSET, AT_FIELD, ELEMENTS, CHAIN, BEHIND, DIRECTORY, PROTOBUF, TRANSDUCER, MASKED = range(10)
EVERY_SEGMENT, SHORT_SEGMENTS = 1, 2  # that are put together
UNPREPARED = -(1 << 31)  # root of a framing whose cases were not wanted yet
LEAVES = -(1 << 20)  # entry of a tree: >= 0 a node, down to here -1 - case, and from here LEAVES - leaf
OPEN = -1  # ``first`` of a leaf that nobody came to yet
FRAMING = np.dtype(
    [
        ("kind", "i4"),
        ("at", "i4"),
        ("width", "i4"),
        ("add", "i4"),
        ("little", "i4"),
        ("mask", "i8"),
        ("minimum", "i8"),
        ("maximum", "i8"),
        ("more_at", "i4"),
        ("more_mask", "i4"),
        ("more_if_at", "i4"),
        ("more_if_mask", "i4"),
        ("fresh_at", "i4"),
        ("fresh_mask", "i4"),
        ("header", "i4"),
        ("whole_at", "i4"),
        ("whole_width", "i4"),
        ("whole_add", "i4"),
        ("head", "i4"),
        ("overhead", "i4"),
        ("block", "i4"),
        ("crc", "i4"),
        ("first_token", "i4"),
        ("last_token", "i4"),
        ("first_test", "i4"),
        ("last_test", "i4"),
        ("first_rest", "i4"),  # the tests that ``word`` does not stand for
        ("last_rest", "i4"),
        ("first_unless", "i4"),
        ("last_unless", "i4"),
        ("reach", "i4"),  # bytes that must be visible for ``word`` to be compared
        ("word_mask", "u8"),
        ("word", "u8"),
        ("probe", "i4"),
        ("keep", "i4"),
        ("root", "i4"),
        ("first_case", "i4"),
        ("confirmations", "i4"),
        ("by_requester", "i4"),
        ("strong", "i4"),
        ("credible", "i4"),  # bytes that must be there before an incomplete message is believed
        ("then", "i4"),
        ("answers", "i4"),
        ("bodies", "i4"),  # the body that a header says it has belongs to it, in requests and answers alike
        ("gathers", "i4"),  # the segments that are put together, where a message is one; 0: none
        ("short", "i4"),  # bytes of a segment, at most, behind which others are
        ("evidence", "i4"),  # bits that a whole message of it gives, 0 where it is text as others are
        ("family", "i4"),  # one number for framings whose messages are of one protocol, unless their cases say more
        ("doubt", "i4"),  # the same also of openings behind which anything may come
        ("weight", "i4"),  # bits that a whole message of it gives, whatever it is
        ("opened", "i4"),  # of what an opening alone speaks for, as ``yields``, on ports that do not
        ("yields", "i4"),  # bits of evidence for another framing with which a connection goes over to that
    ],
    align=True,
)
DIGITS = 2  # in the place of ``little``: the number is written in hexadecimal digits
SIZE, RESIDUE, SENDER, WITHIN, ALIKE = -1, -2, -3, -4, -5  # in the place of a test's mask
SMALL, STATE, SEQUENCE, LIFETIME = 1, 2, 4, 8  # what an element's number is to its message
WORD, ESCAPED = 1, 2  # what a state of a transducer reads
WORD_SEED, WORD_FACTOR = 0x1505, 0x01000193  # of the hash of a word
LONGEST_WORD = 192  # bytes of one that is escaped
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
        ("in_order", "i4"),
        ("most", "i4"),
        ("plain", "i4"),  # its tests hold of almost anything
        *((f"{end}_{what}", "i4") for what in ("gift", "use", "drop") for end in ("first", "last")),
        ("brief", "i4"),  # its handles hold in their connection alone
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
        ("fixed", "i4"),  # bytes, when they lie at one place and in one word
    ],
    align=True,
)
CHAIN_ROW = np.dtype(
    [
        ("mask", "i4"),
        ("more_at", "i4"),
        ("more_mask", "i4"),
        ("first_pick", "i4"),
        ("last_pick", "i4"),
    ],
    align=True,
)
PICK = np.dtype([("first_test", "i4"), ("last_test", "i4"), ("first_range", "i4"), ("last_range", "i4")], align=True)
SPAN = np.dtype([("first", "i4"), ("last", "i4")], align=True)
LEAF = np.dtype([("case", "i4"), ("first_test", "i4"), ("last_test", "i4")], align=True)
