from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet

cdef class Carriers:
    cdef CarrierRow[::1] rows
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef unsigned long long[:, ::1] inner
    cdef readonly int inner_size
    cdef readonly int size
    cdef readonly long long left_out
    cdef long long limit
    cdef int last
    cdef unsigned long long secret
    cdef unsigned long long seed

    cdef int number(self, Packet packet) except -2
    cdef bint forward(self, int row, Packet packet) except -1
    cdef bint equal(self, int row, Packet packet, unsigned int identifier, unsigned long long nested) except -1
    cdef unsigned long long nested(self, Packet packet) except? 0
    cdef int keep(self, Packet packet) except -1
    cdef int add(self, Packet packet, unsigned int identifier, unsigned long long digest, unsigned long long nested) except -2
