cdef class Activity:
    cdef TrackRow[::1] tracks
    cdef TrackRow[::1] blank
    cdef StretchRow[::1] pool
    cdef int used
    cdef int limit
    cdef readonly long long coarse

    cdef int beat(self, int conversation, long long time, bint from_client) except -1
    cdef int opened(self, int conversation, long long time) except -1
    cdef int tick(self, int conversation, long long time) except -1
    cdef int fold(self, int conversation) except -1
    cdef int forget(self, int conversation) except -1
    cdef int turn(self, int conversation) except -1
    cdef int widen(self, int conversation) except -1
    cdef int merge(self, int conversation) except -1
    cdef int icmp(self, int conversation, int version, int kind, bint from_client) except -1

cdef long long uncertain(StretchRow* one) noexcept
cdef long long loss(StretchRow* one, StretchRow* two) noexcept
cdef int join(StretchRow* one, StretchRow* two) noexcept
