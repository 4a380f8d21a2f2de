"""Words that a transducer knows, by their hashes."""

from __future__ import annotations

from typing import Any

import cython


@cython.boundscheck(False)
def is_known(hashes: Any, first: cython.Py_ssize_t, last: cython.Py_ssize_t, digest: cython.ulonglong) -> cython.bint:
    """The hash is one of those from ``first`` to ``last`` (excluded), which are in ascending order."""
    end: cython.Py_ssize_t = last
    while first < last:
        if hashes[(first + last) >> 1] < digest:
            first = ((first + last) >> 1) + 1
        else:
            last = (first + last) >> 1
    return first < end and hashes[first] == digest
