from scanner.capture.kernel.messages.tests cimport otaudit_load
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet

cdef class Recent:
    cdef RecentRow[::1] rows
    cdef Py_ssize_t size
    cdef unsigned long long secret
    cdef unsigned long long seed

    cdef Py_ssize_t place(self, unsigned long long digest) except -1
    cdef unsigned long long with_ends(self, unsigned long long digest, Packet packet) except? 0xFFFFFFFFFFFFFFFF
    cdef unsigned long long with_payload(
        self, unsigned long long digest, Packet packet, Py_ssize_t end
    ) except? 0xFFFFFFFFFFFFFFFF
