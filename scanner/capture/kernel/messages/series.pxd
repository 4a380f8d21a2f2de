from scanner.capture.kernel.messages.matcher cimport Matcher
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet

cdef class Series:
    cdef Matcher matcher
    cdef unsigned long long[::1] out
    cdef unsigned long long secret
    cdef unsigned long long seed
    cdef long long limit
    cdef long long change_limit
    cdef long long each_limit
    cdef SeriesRow[::1] rows
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef readonly int size
    cdef readonly long long left_out
    cdef long long[::1] spans
    cdef long long[::1] span_counts
    cdef unsigned long long[::1] recent_states
    cdef unsigned long long[::1] recent_sequences
    cdef long long[::1] recent_times
    cdef ChangeRow[::1] changes
    cdef long long changed

    cdef int find(self, Packet packet, unsigned long long side) except -2
    cdef int add(self, unsigned long long digest) except -2
    cdef bint take(self, int row, Packet packet) except -1
    cdef int open(
        self, SeriesPointer known, long long time, unsigned long long state, unsigned long long sequence
    ) except -1
    cdef bint begin(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence
    ) except -1
    cdef int stand(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence
    ) except -1
    cdef int follow(
        self, int row, Packet packet, unsigned long long sequence, unsigned long long missing
    ) except -1
    cdef int expire(self, SeriesPointer known, Packet packet, bint missing) except -1
    cdef bint turn(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence
    ) except -1
    cdef bint was_there(
        self, int row, unsigned long long state, unsigned long long sequence, long long time
    ) except -1
    cdef bint was_missing(
        self, SeriesPointer known, unsigned long long state, unsigned long long sequence, long long time
    ) except -1
    cdef bint goes_on(
        self, SeriesPointer known, unsigned long long state, unsigned long long sequence
    ) except -1
    cdef int park(self, SeriesPointer known) except -1
    cdef bint go_back(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence, bint lower
    ) except -1
    cdef int repeat(self, int row, Packet packet, unsigned long long sequence) except -1
    cdef int change(
        self, int row, Packet packet, unsigned long long state, unsigned long long sequence, int kind
    ) except -1
    cdef int keep(
        self,
        int row,
        Packet packet,
        unsigned long long state,
        unsigned long long before,
        unsigned long long sequence,
        int kind,
    ) except -1
    cdef bint leap(self, int row, Packet packet, unsigned long long sequence) except -1
    cdef bint was_a_moment_ago(
        self, SeriesPointer known, long long time, unsigned long long sequence
    ) except -1
    cdef int swap(self, int row, Packet packet, unsigned long long sequence) except -1
    cdef int wrap(self, int row, Packet packet, unsigned long long sequence) except -1
