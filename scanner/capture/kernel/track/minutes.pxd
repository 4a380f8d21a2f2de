from scanner.capture.kernel.hashing cimport mix

cdef class Minutes:
    cdef LaneRow[::1] rows
    cdef int[::1] buckets
    cdef unsigned long long mask
    cdef int size
    cdef unsigned long long secret
    cdef unsigned long long seed

    cdef int lane(self, unsigned long long identity) except -1
    cdef int tick(self, int lane, int minute) except -1
    cdef int busiest(self, int lane) except? -1
