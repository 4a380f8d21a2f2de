from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.messages.segmentation cimport Segmentation

cdef class Datagrams:
    cdef Segmentation cutting

    cdef int take(
        self, int c, int side, Packet packet, Py_ssize_t at, Py_ssize_t captured, Py_ssize_t wire
    ) except -1
