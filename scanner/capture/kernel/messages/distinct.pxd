from scanner.capture.kernel.messages.matcher cimport Matcher
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.track.minutes cimport Minutes
from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.series cimport Series
from scanner.capture.kernel.record_index cimport otaudit_prefetch

ctypedef const unsigned char* BytesPointer

cdef class DistinctMessages:
    cdef Matcher matcher
    cdef MessageRow[::1] rows
    cdef int[::1] buckets
    cdef unsigned long long[::1] out
    cdef unsigned long long[::1] keys
    cdef unsigned char[::1] kept
    cdef long long keys_used
    cdef long long kept_used
    cdef readonly int size
    cdef unsigned long long mask
    cdef unsigned long long secret
    cdef unsigned long long seed
    cdef long long row_limit
    cdef long long each_limit
    cdef long long byte_limit
    cdef readonly long long left_out
    cdef object each
    cdef object some
    cdef object overflows
    cdef Series series
    cdef int of  # the series of the message at hand
    cdef unsigned long long digest
    cdef bint set_back
    cdef long long connection
    cdef long long lost
    cdef unsigned long long ordinal
    cdef Minutes minutes

    cdef int find(self, unsigned long long identity, int size, int guess) except -2
    cdef int count(
        self,
        unsigned long long identity,
        bint by_port,
        Packet packet,
        Py_ssize_t start,
        Py_ssize_t visible,
        long long total,
        int before,
    ) except -1
    cdef int alone(
        self,
        unsigned long long identity,
        bint by_port,
        Packet packet,
        Py_ssize_t start,
        Py_ssize_t visible,
        long long total,
        long long connection,
        long long lost,
    ) except -1
    cdef bint same(self, int row, unsigned long long identity, int size) noexcept
    cdef int foresee(self, int row) noexcept
    cdef int see(self, int row, Packet packet) except -1
    cdef int date(self, MessagePointer known, Packet packet) except -1
    cdef int add(
        self,
        unsigned long long digest,
        int size,
        unsigned long long identity,
        bint by_port,
        Packet packet,
        Py_ssize_t start,
        Py_ssize_t visible,
        long long total,
    ) except -1
    cdef bint enough(self, unsigned long long identity) except -1
    cdef bint full(self, unsigned long long identity, int size, Py_ssize_t keep) except -1
    cdef int overflow(
        self,
        unsigned long long identity,
        bint by_port,
        Packet packet,
        Py_ssize_t start,
        Py_ssize_t visible,
        long long total,
    ) except -1
    cdef int append(
        self,
        unsigned long long identity,
        bint by_port,
        Packet packet,
        Py_ssize_t start,
        Py_ssize_t visible,
        long long total,
    ) except -1
