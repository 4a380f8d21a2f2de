# C types of sights.py; SIGHT there is the same layout.
from scanner.capture.kernel.track.connections cimport ConnectionPointer

cdef struct SightRow:
    long long missing
    long long unread
    long long cut
    long long contradictory
    long long discarded
    long long midway
    long long frame

ctypedef SightRow* SightPointer

cdef class Sights:
    cdef SightRow[::1] rows

    cdef SightPointer of(self, ConnectionPointer connection, int side) except NULL
    cdef int missing(self, ConnectionPointer connection, int side, long long size, long long frame) except -1
    cdef int unread(self, ConnectionPointer connection, int side, long long size, long long frame) except -1
    cdef int contradictory(self, ConnectionPointer connection, int side, long long frame) except -1
    cdef int note(self, SightPointer row, long long frame) except -1
