cdef class PresenceTable:
    cdef long long origin
    cdef long long last
    cdef long long until
    cdef int present
    cdef int shift
    cdef long long[::1] activity
    cdef unsigned long long[::1] bits
    cdef int[::1] shifts

    cdef int tick(self, int row, long long time) except -1
    cdef int slot(self, long long time) except? -1
    cdef int locate(self) except -1
    cdef int spread(self, long long start, long long end) except -1
    cdef int widen(self) except -1
    cdef int fold(self, int row) except -1
    cdef int forget(self, int row) except -1
