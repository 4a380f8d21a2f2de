from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.associations cimport Associations
from scanner.capture.kernel.messages.segmentation cimport Segmentation

cdef class Datagrams:
    cdef Segmentation cutting
    cdef Associations associations
    cdef object waiting

    cdef int take(
        self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire
    ) except -1
    cdef bint wait(
        self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire
    ) except -1
    cdef int release(self, int c) except -1
    cdef int finish(self, int c) except -1
    cdef int cut(
        self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire
    ) except -1
