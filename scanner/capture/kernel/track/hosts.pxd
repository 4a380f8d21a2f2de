from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet

cdef class Hosts:
    cdef HostRow[::1] rows
    cdef int[::1] buckets
    cdef int[::1] addresses
    cdef unsigned long long mask
    cdef readonly int size
    cdef public long long left_out
    cdef long long limit
    cdef unsigned long long secret
    cdef unsigned long long seed

    cdef int sender(self, Packet packet, int known) except -1
    cdef int outer(self, Packet packet, int known) except -1
    cdef int bound(self, Packet packet) except -1
    cdef int claim(self, int row, Packet packet) except -1
    cdef int place(self, int family, unsigned long long high, unsigned long long low, int vlan) except -1
    cdef int join(self, int row) except -1
    cdef int sight(
        self, unsigned long long mac, int family, unsigned long long high, unsigned long long low, int vlan, Packet packet
    ) except -1
    cdef int again(self, int row, Packet packet) except -1
