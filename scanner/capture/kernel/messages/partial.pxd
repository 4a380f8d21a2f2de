from scanner.capture.kernel.decode.packet cimport Packet

cdef class Partial:
    cdef Packet view
    cdef unsigned char[::1] data
    cdef Py_ssize_t have
    cdef Py_ssize_t room
    cdef Py_ssize_t cost
    cdef long long total
    cdef long long got
    cdef long long whole
    cdef bint holed
    cdef bint fitted
    cdef int framing

    cdef Py_ssize_t take(self, Packet packet, Py_ssize_t at, Py_ssize_t size) except -1
    cdef bint begins_as(self, Packet packet, Py_ssize_t at, Py_ssize_t visible) except -1
    cdef int stamp(self, Packet packet) except -1

cdef class Head:
    cdef Packet view
    cdef Py_ssize_t have
    cdef Py_ssize_t turn
    cdef list parts

    cdef int take(self, Packet packet, Py_ssize_t at, Py_ssize_t end) except -1
    cdef bint begins_after(self, Head other) except -1
    cdef bint answered_by(self, Head other) except -1
