# C types of minutes.py; LANE there is the same layout.

cdef struct LaneRow:
    int minute
    unsigned int count
    unsigned int most
    int most_at

ctypedef LaneRow* LanePointer

cdef class Minutes:
    cdef LaneRow[::1] rows
    cdef object known

    cdef int lane(self, unsigned long long identity) except -1
    cdef int tick(self, int lane, int minute) except -1
    cdef int busiest(self, int lane) except? -1
