from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.keys cimport Keys
from scanner.capture.kernel.messages.lengths cimport Lengths
from scanner.capture.kernel.messages.tests cimport Tests, number_at

cdef class Matcher:
    cdef object plan
    cdef Tests tests
    cdef Lengths lengths
    cdef Keys keys
    cdef FramingRow[::1] framings
    cdef const unsigned char[::1] masks
    cdef CaseRow[::1] cases
    cdef int[::1] tree
    cdef SpanRow[::1] leaves
    cdef LeafRow[::1] leaf_cases
    cdef readonly int framing_count

    cdef int prepare(self, int framing) except -1
    cdef int expand(self, int leaf) except -1 with gil
    cdef Py_ssize_t cut(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef bint in_sync(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
    cdef bint gives_way(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible
    ) except -1 nogil
    cdef Py_ssize_t cut_datagram(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t captured, Py_ssize_t wire
    ) except -2 nogil
    cdef bint is_checked(self, FramingPointer known) except -1 nogil
    cdef bint may_grow(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -1
    cdef bint continues(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible) except -1 nogil
    cdef bint begins(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible) except -1 nogil
    cdef Py_ssize_t whole(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible) except -1 nogil
    cdef int classify(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t visible, long long total
    ) except -1 nogil
