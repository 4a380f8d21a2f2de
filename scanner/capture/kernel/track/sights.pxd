
cdef class Sights:
    cdef SightRow[::1] rows
    cdef SightRow[::1] blank

    cdef SightPointer of(self, ConnectionPointer connection, int side) except NULL
    cdef int missing(self, ConnectionPointer connection, int side, long long size, long long frame) except -1
    cdef int unread(self, ConnectionPointer connection, int side, long long size, long long frame) except -1
    cdef int contradictory(self, ConnectionPointer connection, int side, long long frame) except -1
    cdef int forget(self, int conversation) except -1
    cdef int note(self, SightPointer row, long long frame) except -1
