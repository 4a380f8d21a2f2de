from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.tests cimport number_at

cdef class Lengths:
    cdef SpanRow[::1] tokens
    cdef const unsigned char[::1] token_bytes
    cdef const unsigned char[::1] names_of_bodies

    cdef Py_ssize_t total(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef Py_ssize_t ft12(self, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef Py_ssize_t line(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef bint ends(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t end) except -1 nogil
    cdef Py_ssize_t find_line_feed(self, Packet packet, Py_ssize_t start, Py_ssize_t end) except -2 nogil
    cdef int token(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef Py_ssize_t header_block(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
    cdef Py_ssize_t body(self, Packet packet, Py_ssize_t line, Py_ssize_t end, Py_ssize_t found, bint short) except -4 nogil
    cdef bint names(self, Packet packet, Py_ssize_t line, Py_ssize_t end, bint coding) except -1 nogil
    cdef Py_ssize_t answer(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t limit, Py_ssize_t size
    ) except -2 nogil
    cdef bint is_readable(self, Packet packet, Py_ssize_t line, Py_ssize_t end) except -1 nogil
    cdef bint spells(self, Packet packet, Py_ssize_t at, Py_ssize_t end, int name, int size) except -1 nogil
    cdef bint is_headed(self, Packet packet, Py_ssize_t have) except -1 nogil
    cdef Py_ssize_t chunks(
        self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t at, Py_ssize_t available
    ) except -2 nogil
    cdef int digit(self, Packet packet, Py_ssize_t at) except -2 nogil
    cdef int answers(self, FramingPointer known, Packet packet, Py_ssize_t start, Py_ssize_t available) except -2 nogil
