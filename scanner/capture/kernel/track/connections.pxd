from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet

ctypedef unsigned long long* BitsPointer

cdef class Connections:
    cdef ConnectionRow[::1] rows
    cdef HalfRow[::1] halves
    cdef RecentSegmentRow[::1] recent
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef readonly int size
    cdef int free
    cdef int hand
    cdef int limit
    cdef unsigned long long serial
    cdef unsigned long long secret
    cdef unsigned long long seed
    cdef unsigned long long digest
    cdef unsigned long long high0
    cdef unsigned long long low0
    cdef unsigned long long high1
    cdef unsigned long long low1
    cdef int port0
    cdef int port1
    cdef int transport
    cdef int vlan
    cdef int tunnel
    cdef int side

    cdef int locate(self, Packet packet, int transport, int tunnel) except -2
    cdef int add(self) except -1
    cdef int victim(self) except -2
    cdef int remove(self, int row) except -1
