from scanner.capture.kernel.hashing cimport mix

cdef class Services:
    cdef ServiceRow[::1] rows
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef int size
    cdef int limit
    cdef unsigned long long secret
    cdef unsigned long long seed

    cdef int find(
        self, int transport, int vlan, int tunnel, unsigned long long high, unsigned long long low, int port, bint make
    ) except -2
