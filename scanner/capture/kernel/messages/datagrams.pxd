from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.segmentation cimport Cutting

cdef class Datagrams:
    cdef Cutting cutting

    cdef int take(
        self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire
    ) except -1
