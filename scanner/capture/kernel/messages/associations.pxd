from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.matcher cimport Matcher
from scanner.capture.kernel.messages.recognition cimport Recognition
from scanner.capture.kernel.track.connections cimport Connections

cdef class Associations:
    cdef Matcher matcher
    cdef Connections connections
    cdef Recognition recognition

    cdef bint chosen(self, int c, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire) except -1
    cdef bint otherwise(self, int c, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire) except -1
    cdef int standing(self, int c) except? -1
    cdef int keep(self, int c, int before, int standing) except -1
    cdef bint returns(self, int c, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire) except -1
    cdef int contested(self, int c, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire) except -1
    cdef int needed(self, int c) except -1
    cdef int best(
        self, int c, int needed, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire
    ) except -2
    cdef int concede(self, int c) except -1
    cdef int give_in(self, int c) except -1
    cdef bint shows_more(self, int c, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire) except -1
    cdef int worth(
        self, int framing, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire
    ) except -1
    cdef int bits(
        self, int framing, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire
    ) except -1
