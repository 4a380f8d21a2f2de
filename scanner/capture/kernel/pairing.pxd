# C types of pairing.py; PENDING and PAIR there are the same layouts.
from scanner.capture.kernel.descriptors cimport Descriptors
from scanner.capture.kernel.hashing cimport mix

cdef enum:
    PAIR_WORDS = 4  # words of pair bytes; a longer identifier is folded into the last one

cdef struct PendingRow:
    unsigned long long hash
    unsigned long long owner0
    unsigned long long owner1
    unsigned long long owner2
    unsigned long long pair0
    unsigned long long pair1
    unsigned long long pair2
    unsigned long long pair3
    int size
    int request
    int next
    int waits  # 0 free, 1 for one answer, 2 for any number

ctypedef PendingRow* PendingPointer

cdef struct PairRow:
    long long count
    int request
    int response
    int next
    int unused

cdef class Pairing:
    cdef PendingRow[::1] pending
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef int hand
    cdef int free  # the rows that were freed, by ``next``
    cdef int ring
    cdef PairRow[::1] pairs
    cdef int[::1] pair_buckets
    cdef unsigned long long pair_mask
    cdef readonly int size
    cdef long long pair_limit
    cdef readonly long long left_out
    cdef unsigned long long secret
    cdef unsigned long long seed
    cdef unsigned long long[::1] words

    cdef int ask(
        self,
        unsigned long long owner0,
        unsigned long long owner1,
        unsigned long long owner2,
        Py_ssize_t size,
        int row,
        bint stays,
    ) except -1
    cdef int answer(
        self,
        unsigned long long owner0,
        unsigned long long owner1,
        unsigned long long owner2,
        Py_ssize_t size,
        int row,
    ) except -1
    cdef unsigned long long identify(
        self, unsigned long long owner0, unsigned long long owner1, unsigned long long owner2, Py_ssize_t size
    ) except? 0xFFFFFFFFFFFFFFFF
    cdef int find(
        self,
        unsigned long long digest,
        unsigned long long owner0,
        unsigned long long owner1,
        unsigned long long owner2,
        Py_ssize_t size,
    ) except -2
    cdef int room(self) except -1
    cdef int unlink(self, int row) except -1
    cdef int pair(self, int request, int response) except -1
