"""Which rows are equal: their words are, and so are the bytes that each of them has elsewhere."""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.hashing import SECRET, SEED

if not cython.compiled:
    from scanner.capture.kernel.hashing import mix


@cython.boundscheck(False)
def first_equal(words: Any, octets: Any, begins: Any, ends: Any) -> Any:
    """For each row of ``words`` the first row that is equal to it; its bytes are ``octets[begin:end]``."""
    row: cython.Py_ssize_t
    other: cython.Py_ssize_t
    at: cython.Py_ssize_t
    bucket: cython.Py_ssize_t
    digest: cython.ulonglong
    rows: cython.Py_ssize_t = words.shape[0]
    secret: cython.ulonglong = SECRET
    seed: cython.ulonglong = SEED
    mask: cython.Py_ssize_t = (1 << int(2 * rows).bit_length()) - 1
    found: Any = np.empty(rows, np.int64)
    first: Any = found
    digests: Any = np.empty(rows, np.uint64)
    buckets: Any = np.full(mask + 1, -1, np.int32)
    for row in range(rows):
        digest = mix(seed, ends[row] - begins[row], secret)
        for at in range(words.shape[1]):
            digest = mix(digest, words[row, at], secret)
        digest = octets_mixed(digest, octets, begins[row], ends[row], secret)
        digests[row] = digest
        bucket = digest & mask
        other = buckets[bucket]
        while other >= 0 and not (digests[other] == digest and equal_rows(words, octets, begins, ends, row, other)):
            bucket = (bucket + 1) & mask
            other = buckets[bucket]
        if other < 0:
            buckets[bucket] = cython.cast(cython.int, row)
            other = row
        first[row] = other
    return found


@cython.boundscheck(False)
def octets_mixed(
    digest: cython.ulonglong,
    octets: Any,
    begin: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    secret: cython.ulonglong,
) -> cython.ulonglong:
    """The digest after these bytes."""
    at: cython.Py_ssize_t
    word: cython.ulonglong = 0
    for at in range(begin, end):
        word = word << 8 | octets[at]
        if (at - begin) & 7 == 7:
            digest = mix(digest, word, secret)
            word = 0
    return mix(digest, word, secret)


@cython.boundscheck(False)
def equal_rows(
    words: Any, octets: Any, begins: Any, ends: Any, row: cython.Py_ssize_t, other: cython.Py_ssize_t
) -> cython.bint:
    """Whether two rows are equal."""
    at: cython.Py_ssize_t
    apart: cython.Py_ssize_t = begins[other] - begins[row]
    if ends[other] - begins[other] != ends[row] - begins[row]:
        return False
    for at in range(words.shape[1]):
        if words[row, at] != words[other, at]:
            return False
    at = begins[row]
    while at < ends[row] and octets[at] == octets[at + apart]:
        at += 1
    end: cython.Py_ssize_t = ends[row]
    return at == end
